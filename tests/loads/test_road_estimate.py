"""`mechlock loads road`: a road that is made has, by an estimate that knows nothing of it, its class's spectrum and coherence."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mechlock.cli.main import run
from mechlock.loads.road_estimate import estimate_road
from mechlock.loads.roads import RoadProfile, generate, road_class


def test_class_c_re_estimates_to_its_spectrum_and_coherence(capsys):
    """Whole band within 1 % (5 % are asked for), every octave and its coherence by what so long a road can tell."""
    assert run(["loads", "road", "C", "--length", "50 km", "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["level_prescribed_m3"] == pytest.approx(256e-6)
    assert np.abs(found["level_error_percent"]).max() < 1.0
    assert len(found["bands"]) == 8
    for band in found["bands"]:
        assert np.abs(np.array([band["left"], band["right"]]) - 1.0).max() < 3.5 * band["standard_error"]
        assert band["coherence"] == pytest.approx(band["coherence_prescribed"], abs=0.03)


def test_another_class_and_another_coherence_are_told_apart():
    road = generate(road_class("D"), 10e6, 100.0, 3, model="exponential")
    found = estimate_road(road)
    assert found.whole / 256e3 == pytest.approx([4.0, 4.0], rel=0.05)
    one = estimate_road(RoadProfile(road.spacing, road.left, road.left))
    assert one.band_coherence == pytest.approx(np.ones(8))
    assert found.band_coherence[-1] < 0.1


def test_heights_are_written_as_a_table(tmp_path):
    out, plot = tmp_path / "road.csv", tmp_path / "road.svg"
    assert run(["loads", "road", "A", "--length", "2 km", "--out", str(out), "--plot", str(plot), "--quiet"]) == 0
    head, *rows = out.read_text(encoding="utf-8").splitlines()
    assert head == "distance [m],left [mm],right [mm]"
    assert len(rows) == 20_000
    assert plot.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--length", "1 km"], "at least 1.09 km"),
        (["--length", "-5 km"], "take a longer road"),
        (["--spacing", "300 mm"], "less than 177 mm"),
        (["--track", "-2 m"], "a distance of zero or more"),
        (["--plot", "x.gif"], "ends in"),
    ],
)
def test_roads_that_cannot_be_estimated_are_refused(options, message, capsys):
    assert run(["loads", "road", "C", *options, "--quiet"]) == 2
    assert message in capsys.readouterr().err
