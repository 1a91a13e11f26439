"""Road profiles: class levels, spectrum and coherence of generated tracks, events."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.loads.road_events import enveloped, road_event, with_events
from mechlock.loads.roads import (
    ON_ROAD_BAND,
    REFERENCE_N,
    RoadProfile,
    RoadSpectrum,
    class_limits,
    coherence,
    estimate_level,
    generate,
    road_class,
)


@pytest.fixture(scope="module")
def road():
    return generate(road_class("C"), 40e6, 100.0, seed=1)


def test_classes_are_the_ladder_of_the_standard():
    assert [road_class(name).level for name in "ABCDEFGH"] == pytest.approx([16e3 * 4**k for k in range(8)])
    assert class_limits("C") == pytest.approx((128e3, 512e3))
    assert class_limits("A")[0] is None
    with pytest.raises(InputError, match="no class is called 'I'"):
        road_class("I")


def test_integrals_of_the_spectrum():
    assert road_class("A").rms_height(*ON_ROAD_BAND) == pytest.approx(3.80643, rel=1e-5)
    assert road_class("C").rms_slope(*ON_ROAD_BAND) == pytest.approx(0.016879, rel=3e-5)


def test_generated_road_re_estimates_to_its_class(road):
    for track in (road.left, road.right):
        assert estimate_level(track, road.spacing) == pytest.approx(256e3, rel=0.02)


def test_every_octave_of_the_generated_road_has_the_level(road):
    low = 0.03e-3
    while 2 * low < 2.8e-3:
        assert estimate_level(road.left, road.spacing, (low, 2 * low)) == pytest.approx(256e3, rel=0.10)
        low *= 2


def test_heights_are_gaussian_with_the_rms_of_the_formula():
    road = generate(road_class("A"), 100e6, 150.0, seed=3)
    assert road.left.std() == pytest.approx(3.80643, rel=0.1)
    slope = np.diff(road.left) / 150.0
    spread = slope / slope.std()
    assert np.mean(spread**4) == pytest.approx(3.0, abs=0.1)
    assert np.mean(np.abs(spread) > 3) == pytest.approx(0.0027, abs=0.0006)


@pytest.mark.parametrize("model", ["isotropic", "exponential", "none", "full"])
def test_tracks_have_the_coherence_prescribed(model):
    road = generate(road_class("C"), 40e6, 100.0, seed=2, track=1800.0, model=model)
    n = np.fft.rfftfreq(len(road.left), road.spacing)
    left, right = np.fft.rfft(road.left), np.fft.rfft(road.right)
    for low in (0.05e-3, 0.1e-3, 0.3e-3, 0.6e-3):
        band = (n >= low) & (n <= 1.3 * low)
        cross = np.mean((left * right.conj())[band]).real
        power = math.sqrt(np.mean(np.abs(left[band]) ** 2) * np.mean(np.abs(right[band]) ** 2))
        assert cross / power == pytest.approx(float(np.mean(coherence(n[band], 1800.0, model))), abs=0.06)


def test_isotropic_coherence_is_one_for_long_waves_and_falls():
    values = coherence([0.0, 1e-9, 1e-4, 1e-3], 1800.0)
    assert values[:2] == pytest.approx([1.0, 1.0])
    assert values[2] > values[3] > 0


def test_seed_makes_the_road():
    again = [generate(road_class("D"), 1e6, 100.0, seed=7).left for _ in range(2)]
    assert (again[0] == again[1]).all()
    assert (again[0] != generate(road_class("D"), 1e6, 100.0, seed=8).left).any()


def test_velocity_level_is_flat_only_for_waviness_two():
    assert RoadSpectrum(64e3).velocity_level(20e3) == pytest.approx((2 * math.pi * REFERENCE_N) ** 2 * 64e3 * 20e3)
    with pytest.raises(InputError, match="waviness"):
        RoadSpectrum(64e3, 2.5).velocity_level(20e3)


@pytest.mark.parametrize(("length", "spacing", "message"), [(1e6, 200.0, "cannot carry"), (5e4, 100.0, "does not hold")])
def test_roads_that_cannot_be_are_refused(length, spacing, message):
    with pytest.raises(InputError, match=message):
        generate(road_class("C"), length, spacing, seed=0)


@pytest.mark.parametrize("kind", ["pothole", "cosine_hump", "washboard", "wheel_lift", "kerb", "rail_crossing"])
def test_events_reach_their_height_and_stay_in_their_length(kind):
    event = road_event(kind, 120.0, 2000.0, 1000.0)
    x = np.arange(0.0, 4000.0, 5.0)
    heights = event.heights(x)
    assert np.abs(heights).max() == pytest.approx(120.0, rel=1e-3)
    assert (heights[(x < 1000.0) | (x > 3000.0)] == 0.0).all()
    assert (heights <= 0).all() if kind == "pothole" else (heights >= -1e-12).all()


def test_events_lie_on_the_side_asked_for():
    flat = RoadProfile(10.0, np.zeros(1000), np.zeros(1000))
    road = with_events(flat, [road_event("pothole", 100.0, 600.0, 2000.0, "left"), road_event("kerb", 50.0, 100.0, 5000.0)])
    assert road.left.min() == pytest.approx(-100.0, rel=1e-2)
    assert road.right.min() == 0.0
    assert road.right.max() == pytest.approx(50.0)
    with pytest.raises(InputError, match="does not lie on the road"):
        with_events(flat, [road_event("kerb", 50.0, 100.0, 9950.0)])


def test_tyre_averages_over_its_contact():
    flat = RoadProfile(10.0, np.zeros(1000), np.zeros(1000))
    road = with_events(flat, [road_event("rail_crossing", 20.0, 1435.0, 2000.0)])
    felt = enveloped(road, 300.0)
    assert felt.left.max() < 0.4 * road.left.max()
    assert felt.left.sum() == pytest.approx(road.left.sum())


@pytest.mark.parametrize(("kind", "height"), [("crater", 100.0), ("pothole", -1.0), ("kerb", math.nan)])
def test_events_that_cannot_be_are_refused(kind, height):
    with pytest.raises(InputError):
        road_event(kind, height, 100.0, 0.0)
