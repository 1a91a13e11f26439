"""The command: files whole or not at all, one clear message for what cannot be done, JSON on stdout alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mechlock.cli.main import run


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


def test_without_a_display_the_way_out_is_named(
    bar_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert run(["view", str(bar_file), "--quiet"]) == 2
    assert "--screenshot" in capsys.readouterr().err
