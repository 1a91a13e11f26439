"""The command: files whole or not at all, one clear message for what cannot be done, JSON on stdout alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mechlock.cli.main import run
from mechlock.solids.cad import kernel
from mechlock.view.scene import part_colors


def test_json_lists_what_is_there(bar_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["view", str(bar_file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["results"][0]
    assert sorted(found["cases"]) == ["braking", "rail twist"]
    assert found["modes"] == [{"mode": 1, "frequency_Hz": 20.4}, {"mode": 2, "frequency_Hz": 31.2}]


def test_page_needs_no_gl(bar_file: Path, tmp_path: Path) -> None:
    assert run(["view", str(bar_file), "--html", str(tmp_path / "page.html"), "--quiet"]) == 0
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.usefixtures("renders")
def test_screenshot_is_a_picture(bar_file: Path, tmp_path: Path) -> None:
    assert run(["view", str(bar_file), "--screenshot", str(tmp_path / "shot.png"), "--mode", "2", "--quiet"]) == 0
    assert (tmp_path / "shot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to look at"),
        (["nowhere.vtu"], "no such file"),
        (["BAR", "--screenshot", "shot.jpg"], "must end in .png"),
        (["BAR", "--html", "page.pdf"], "must end in .html"),
        (["BAR", "--animate", "move.avi"], "must end in .gif or .mp4"),
        (["BAR", "--html", "page.html", "--screenshot", "shot.png", "--case", "kerb"], "no case 'kerb'"),
        (["BAR", "--html", "page.html", "--screenshot", "shot.png", "--section", "600"], "is not a plane"),
        (["BAR", "--html", "page.html", "--screenshot", "shot.png", "--section", "y=600"], "600"),
    ],
)
def test_bad_requests_end_in_one_message_and_leave_nothing(
    arguments: list[str],
    said: str,
    bar_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = set(tmp_path.iterdir())
    monkeypatch.chdir(tmp_path)
    assert run(["view", *[str(bar_file) if word == "BAR" else word for word in arguments], "--quiet"]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert set(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("renders")
def test_parts_are_cut_open_and_bare_meshes_and_folders_of_build_are_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A box with a rod behind the plane and one before it: the box is closed again where it is cut."""
    import pyvista

    from mechlock.view.cutting import cut_open

    box = pyvista.Box((0, 100, 0, 60, 0, 40)).triangulate().clean()
    rods = [
        pyvista.Cylinder(center=(50, y, 80), direction=(1, 0, 0), radius=5, height=100).triangulate().clean() for y in (10, 50)
    ]
    left = cut_open([("box", box), ("near rod", rods[0]), ("far rod", rods[1])], "y", 30.0, (1.0, -1.25, 0.75))
    assert [name for name, _ in left] == ["box", "far rod"]
    assert left[0][1].volume == pytest.approx(100 * 30 * 40)
    assert left[0][1].n_open_edges == 0
    box.save(tmp_path / "box.stl")
    shot = tmp_path / "shot.png"
    assert run(["view", str(tmp_path / "box.stl"), "--section", "y=30 mm", "--screenshot", str(shot), "--quiet"]) == 0
    assert run(["view", str(tmp_path / "box.stl"), "--section", "y=90 mm", "--screenshot", str(shot), "--quiet"]) == 2
    assert "misses the parts; they lie between 0 and 60 mm" in capsys.readouterr().err
    pyvista.ImageData(dimensions=(3, 3, 3)).cast_to_unstructured_grid().save(tmp_path / "bare.vtu")
    assert run(["view", str(tmp_path / "bare.vtu"), "--screenshot", str(shot), "--quiet"]) == 0
    capsys.readouterr()
    (tmp_path / "built").mkdir()
    (tmp_path / "bare.vtu").rename(tmp_path / "built" / "frame.vtu")
    made = kernel().Box((0, 0, 0), (100, 60, 40))
    made.name = "post.front"
    made.WriteStep(str(tmp_path / "built" / "frame.step"))
    assert run(["view", str(tmp_path / "built"), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["parts"] == ["post.front"]


def test_parts_of_frames_are_told_apart_by_what_they_are() -> None:
    names = ["post.front.left", "post.rear.left", "lock_bracket.L1", "link_1", "link_2", "bolt M8.8"]
    assert list(part_colors(names)) == ["post", "lock bracket", "link", "bolt M8.8"]


def test_without_a_display_the_way_out_is_named(
    bar_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert run(["view", str(bar_file), "--quiet"]) == 2
    assert "--screenshot" in capsys.readouterr().err
