"""Outlines against closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.inputs.lockparts_bodies import BellCrank, Eye, Hook, Neck, PlateLink, Saddle
from mechlock.solids.lock_outlines import crank_outline, hook_outline, link_outline
from mechlock.solids.outline import Arc, Line, Pulley, band, circle, crosses_itself, rectangle

SOURCE = "assumption: test"


def shoelace(polygon):
    x, y = polygon.T
    return 0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)


def test_circle_and_rectangle():
    assert circle((3.0, 4.0), 5.0).moments == pytest.approx((25 * math.pi, 75 * math.pi, 100 * math.pi))
    assert rectangle((1.0, 2.0), (4.0, 8.0)).moments == pytest.approx((18.0, 45.0, 90.0))


def test_band_around_equal_discs_is_a_stadium():
    outline = band([Pulley((0.0, 0.0), 10.0), Pulley((50.0, 0.0), 10.0)], "test")
    assert outline.area == pytest.approx(math.pi * 100 + 50 * 20)
    assert outline.moments[1] == pytest.approx(25 * outline.area)


def test_band_around_unequal_discs():
    # two arcs of pi -+ 2 asin((R - r)/d) and two right trapezia, by hand
    r1, r2, d = 30.0, 12.0, 70.0
    beta = math.asin((r1 - r2) / d)
    expected = 0.5 * r1**2 * (math.pi + 2 * beta) + 0.5 * r2**2 * (math.pi - 2 * beta) + (r1 + r2) * d * math.cos(beta)
    assert band([Pulley((0, 0), r1), Pulley((d, 0), r2)], "test").area == pytest.approx(expected)


def test_touching_convex_and_concave_discs_meet_in_a_point():
    outline = band(
        [
            Pulley((0, 0), 10),
            Pulley((100, 0), 10),
            Pulley((100, 60), 10),
            Pulley((50, 45), 40, convex=False),
            Pulley((0, 60), 10),
        ],
        "test",
    )
    touching = band(
        [Pulley((0, 0), 30), Pulley((100, 0), 30), Pulley((50, math.sqrt(70**2 - 50**2)), 40, convex=False)],
        "test",
    )
    for shape in (outline, touching):
        assert shape.area == pytest.approx(shoelace(shape.polygon(1e-6)), rel=1e-6)
        for piece, after in zip(shape.pieces, (*shape.pieces[1:], shape.pieces[0]), strict=True):
            assert piece.end == after.start
    assert not any(isinstance(piece, Line) and math.dist(piece.start, piece.end) < 1e-6 for piece in touching.pieces)


def test_outlines_are_smooth():
    def directions(piece):
        if isinstance(piece, Line):
            angle = math.atan2(piece.end[1] - piece.start[1], piece.end[0] - piece.start[0])
            return angle, angle
        turn = math.copysign(math.pi / 2, piece.turn)
        ends = [math.atan2(p[1] - piece.centre[1], p[0] - piece.centre[0]) + turn for p in (piece.start, piece.end)]
        return ends[0], ends[1]

    pieces = hook_outline(reference_hook(), HOOK_POINTS, "hook").pieces
    for piece, after in zip(pieces, (*pieces[1:], pieces[0]), strict=True):
        assert math.remainder(directions(piece)[1] - directions(after)[0], 2 * math.pi) == pytest.approx(0.0, abs=1e-6)


@given(
    st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200), st.floats(1, 60)), min_size=2, max_size=5),
)
def test_moments_agree_with_a_fine_polygon_or_the_band_is_refused(discs):
    pulleys = [Pulley((x, y), r) for x, y, r in discs]
    try:
        outline = band(pulleys, "random")
    except InputError as error:
        assert "random" in str(error)
        return
    p = outline.polygon(1e-5)
    q = np.roll(p, -1, axis=0)
    cross = p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]
    by_polygon = (cross.sum() / 2, ((p[:, 0] + q[:, 0]) * cross).sum() / 6, ((p[:, 1] + q[:, 1]) * cross).sum() / 6)
    assert outline.moments == pytest.approx(by_polygon, rel=1e-5, abs=1e-2)


def test_discs_without_a_tangent_are_refused_by_name():
    with pytest.raises(InputError, match=r"eye_A.*no common tangent"):
        band([Pulley((0, 0), 50, name="eye_A"), Pulley((10, 0), 5, name="eye_B")], "link")


def test_a_bow_tie_crosses_itself():
    assert crosses_itself(np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    assert not crosses_itself(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))


@given(st.floats(20, 55), st.floats(80, 300))
def test_waist_is_as_wide_as_asked(waist, length):
    link = PlateLink.model_construct(
        eyes={"A": Eye.model_construct(diameter=58.0), "B": Eye.model_construct(diameter=58.0)}, waist=waist
    )
    outline = link_outline(link, {"A": (0.0, 0.0), "B": (length, 0.0)}, "link")
    polygon = outline.polygon(1e-4)
    middle = polygon[np.abs(polygon[:, 0] - length / 2) < length / 4]
    assert np.abs(middle[:, 1]).min() * 2 == pytest.approx(waist, abs=1e-3)


def test_a_waist_wider_than_the_eyes_is_refused():
    link = PlateLink.model_construct(
        eyes={"A": Eye.model_construct(diameter=58.0), "B": Eye.model_construct(diameter=50.0)}, waist=52.0
    )
    with pytest.raises(InputError, match=r"link\.waist.*not narrower.*below 50"):
        link_outline(link, {"A": (0.0, 0.0), "B": (100.0, 0.0)}, "link")


def test_a_neck_is_tangent_to_both_eyes_and_cuts_into_the_band():
    eyes = {name: Eye.model_construct(diameter=40.0, thickness=None) for name in "ABC"}
    points = {"A": (0.0, 0.0), "B": (90.0, 0.0), "C": (0.0, 90.0)}
    plain = crank_outline(BellCrank.model_construct(eyes=eyes, necks=()), eyes, points, "crank")
    necked = BellCrank.model_construct(eyes=eyes, necks=(Neck.model_construct(between=("C", "B"), radius=60.0),))
    cut = crank_outline(necked, eyes, points, "crank")
    arc = next(piece for piece in cut.pieces if isinstance(piece, Arc) and piece.name == "neck")
    assert arc.turn < 0
    assert math.dist(arc.centre, points["B"]) == pytest.approx(80.0)
    assert math.dist(arc.centre, points["C"]) == pytest.approx(80.0)
    assert cut.area < plain.area
    wrong = BellCrank.model_construct(eyes=eyes, necks=(Neck.model_construct(between=("A", "X"), radius=60.0),))
    assert crank_outline(wrong, eyes, points, "crank").area == pytest.approx(plain.area)


HOOK_POINTS = {"H": (0.0, 0.0), "B": (-15.0, -84.0), "P": (60.0, 25.0)}


def reference_hook(**changes):
    saddle = {
        "point": "P",
        "radius": 16.0,
        "throat": 65.0,
        "throat_at": math.pi / 4,
        "shoulder_radius": 40.0,
        "nose_radius": 12.0,
        "nose_wrap": math.radians(55),
        "pull": math.pi / 2,
    }
    eyes = {"H": Eye.model_construct(diameter=84.0), "B": Eye.model_construct(diameter=60.0)}
    shape = Saddle.model_construct(**{**saddle, **changes})
    return Hook.model_construct(eyes=eyes, pivot="H", arm_neck=None, thickness=35.0, saddle=shape)


def test_hook_has_saddle_throat_and_nose():
    outline = hook_outline(reference_hook(), HOOK_POINTS, "hook")
    arcs = {piece.name: piece for piece in outline.pieces if isinstance(piece, Arc)}
    assert arcs["saddle"].centre == pytest.approx((60.0, 9.0))
    assert arcs["saddle"].turn < 0
    assert math.dist(arcs["saddle"].centre, arcs["nose"].centre) == pytest.approx(28.0)
    ray = np.array([-math.sqrt(0.5), math.sqrt(0.5)])
    polygon = outline.polygon(1e-5) - np.array([60.0, 9.0])
    along, aside = polygon @ ray, polygon @ np.array([ray[1], -ray[0]])
    assert along[(np.abs(aside) < 0.5) & (along > 40)].max() == pytest.approx(81.0, abs=0.01)


def test_a_mirrored_hook_is_the_same_hook():
    mirrored = {name: (-x, y) for name, (x, y) in HOOK_POINTS.items()}
    one, other = hook_outline(reference_hook(), HOOK_POINTS, "a"), hook_outline(reference_hook(), mirrored, "b")
    area, sx, sy = one.moments
    assert other.moments == pytest.approx((area, -sx, sy))


def test_a_turned_hook_is_the_same_hook():
    angle = 0.7
    c, s = math.cos(angle), math.sin(angle)
    turned = {name: (c * x - s * y, s * x + c * y) for name, (x, y) in HOOK_POINTS.items()}
    one = hook_outline(reference_hook(), HOOK_POINTS, "a")
    other = hook_outline(reference_hook(pull=math.pi / 2 + angle), turned, "b")
    assert other.area == pytest.approx(one.area)


def test_a_saddle_at_an_unknown_point_is_refused():
    with pytest.raises(InputError, match=r"saddle\.point.*'Q'"):
        hook_outline(reference_hook(point="Q"), HOOK_POINTS, "bodies.hook")
