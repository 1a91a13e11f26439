"""`mechlock loads list` and `show`, with pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mechlock.cli.loads import list_, show
from mechlock.cli.main import run
from mechlock.cli.output import Common
from mechlock.errors import InputError
from mechlock.loads.standards import shipped_records


def test_list_prints_one_object_with_every_row(capsys):
    assert list_(common=Common(json=True)) == 0
    rows = json.loads(capsys.readouterr().out)["loads"]
    assert len(rows) == len(shipped_records())
    assert all(row["source"] and row["certainty"] for row in rows)


def test_list_of_one_kind(capsys):
    list_(kind="corridor")
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 4
    assert all(line.startswith("corridor") for line in lines)


def test_show_has_figures_and_source(capsys):
    show("GB38031_nonM1N1_z")
    text = capsys.readouterr().out
    assert "rms_g_stated" in text
    assert "source" in text


PICTURES = ["GB38031_mech_shock", "UNR100_03_M3_N3", "GB38031_nonM1N1_z", "D", "mechlock_default_set"]
PICTURES += ["GB38031_nonM1N1_sine", "UNR100_annex9A", "pothole", "cosine_hump", "washboard", "mine_haul_default_mechlock"]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_drawn(name, tmp_path):
    pytest.importorskip("matplotlib")
    target = tmp_path / "load.svg"
    show(name, plot=target, common=Common(json=True))
    text = target.read_text()
    assert text.lstrip().startswith("<?xml")
    assert len(text) > 5000


@pytest.mark.parametrize("name", ["frame_twist", "ISO19453_6", "heavy_dump_quarter_front_8x4_default"])
def test_what_has_no_picture_is_told(name, tmp_path):
    with pytest.raises(InputError, match="no picture"):
        show(name, plot=tmp_path / "load.svg")
    assert not (tmp_path / "load.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show"], "NAME"),
        (["show", "nothing like it"], "no load is called"),
        (["list", "x"], "Unused"),
        (["list", "--kind", "moon"], "no loads of the kind"),
        (["ride", "J", "20 km/h"], "Invalid"),
        (["ride", "D", "20"], "SPEED"),
        (["ride", "D", "20 km/h", "--truck", "tank"], "no truck is called"),
        (["ride", "D", "20 km/h", "--sample", "0 s"], "drive for one second"),
        (["ride", "D", "900 km/h"], "up to 150 km/h"),
        (["cross", "canyon", "20 km/h"], "Invalid"),
        (["cross", "pothole", "20 km/h", "--height", "-1 mm"], "give positive sizes"),
        (["cross", "pothole", "20 km/h", "--length", "1"], "--length"),
        (["cross", "pothole", "0 km/h"], "up to 150 km/h"),
    ],
)
def test_wrong_requests_are_refused(arguments, message, capsys):
    assert run(["loads", *arguments]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert not said.out


def crossed(capsys, *arguments):
    assert run(["loads", "cross", *arguments, "--json", "--quiet"]) == 0
    return json.loads(capsys.readouterr().out)


def test_an_event_on_one_side_rolls_the_truck_to_it_and_twists_its_rails(capsys):
    both, left, right = (crossed(capsys, "pothole", "20 km/h", "--side", side) for side in ("both", "left", "right"))
    assert both["event"]["height_mm"] == pytest.approx(150.0)  # the middle of its row
    assert both["event"]["length_mm"] == pytest.approx(1050.0)
    assert both["roll_rad_s2"] == pytest.approx(0.0, abs=1e-9)
    assert both["twist_mrad"] == pytest.approx(0.0, abs=1e-9)
    assert left["twist_mrad"] > 1.0
    for key in ("roll_rad_s2", "twist_mrad", "pitch_rad_s2"):  # the truck is the same on both sides
        assert left[key] == pytest.approx(right[key], rel=1e-9)


def test_the_motion_over_an_event_is_seen(capsys, tmp_path):
    """A record of few samples once had an envelope without area, and its picture no curve."""
    pillow = pytest.importorskip("PIL.Image")
    crossed(capsys, "pothole", "20 km/h", "--plot", str(tmp_path / "hole.png"))
    picture = np.asarray(pillow.open(tmp_path / "hole.png").convert("RGB")).astype(int)
    history = picture[: len(picture) // 2, : picture.shape[1] // 2]
    assert np.count_nonzero(history[..., 2] > history[..., 0] + 60) > 1500


def test_a_slow_wheel_lift_twists_the_rails_as_a_static_one_would(capsys):
    """Front and rear are a track of height apart in turn; the rails take their share of it, as the suspension lets them."""
    low, high = (crossed(capsys, "wheel_lift", "2 km/h", "--side", "left", "--height", size) for size in ("50 mm", "100 mm"))
    assert high["twist_mrad"] == pytest.approx(2.0 * low["twist_mrad"], rel=1e-3)
    assert high["lifted_s"] == 0.0


def test_a_users_own_file(tmp_path, capsys):
    path = tmp_path / "own.toml"
    path.write_text(
        '[[pulse]]\nid = "ours"\nshape = "half_sine"\npeak_g = 9\nduration_ms = 20\n'
        'status = "found"\nsource = "our logger"\ncertainty = "high"\n'
    )
    show("ours", file=path, plot=tmp_path / "ours.png")
    assert (tmp_path / "ours.png").read_bytes().startswith(b"\x89PNG")
    assert "our logger" in capsys.readouterr().out
