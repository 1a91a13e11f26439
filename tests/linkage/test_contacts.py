"""Eccentrics, cams and wedges against closed forms, with and without friction, and lifting off."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.friction import friction_forces
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.kinetostatics import kinetostatics
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.symbolic import solve
from mechlock.proof import prove

E, R, ROLLER, MU = 6.0, 30.0, 12.0, 0.12
TOP = PointName("plunger", "T")


def eccentric(parts, side="right", mu=0.0, force=(0.0, -1000.0), **more):
    """A disc on a shaft under a flat plunger that slides upwards."""
    bodies = {
        "ground": {"O": parts.mm(0, 0)},
        "shaft": {"O": parts.mm(0, 0), "K": parts.mm(E, 0)},
        "plunger": {"F": parts.mm(0, 0), "T": parts.mm(0, 25)},
    }
    face = {
        "name": "face",
        "type": "eccentric",
        "of": ["plunger.F", "shaft.K"],
        "radius": f"{R} mm",
        "side": side,
        "friction": mu,
    }
    joints = [parts.pin("O", "ground.O", "shaft.O"), face | more, parts.slide("guide", "ground.O", "plunger.F", "90 deg")]
    values = parts.data(bodies, joints, {"joint": "O", "value": "40 deg"})
    values["forces"] = [{"name": "clamp", "body": "plunger", "point": "T", "force": [f"{c} N" for c in force]}]
    return values


def cam(parts, mu=0.0, inside=False, radii=(R, ROLLER), value="40 deg"):
    """A disc on a shaft under a round follower that slides upwards; or a ring on the shaft around it."""
    bodies = {
        "ground": {"O": parts.mm(0, 0)},
        "shaft": {"O": parts.mm(0, 0), "K": parts.mm(E, 0)},
        "plunger": {"F": parts.mm(0, 0), "T": parts.mm(0, 25)},
    }
    radii = [f"{radius} mm" for radius in radii]
    touch = {"name": "touch", "type": "cam", "of": ["shaft.K", "plunger.F"], "radii": radii, "inside": inside, "friction": mu}
    joints = [parts.pin("O", "ground.O", "shaft.O"), touch, parts.slide("guide", "ground.O", "plunger.F", "90 deg")]
    return parts.data(bodies, joints, {"joint": "O", "value": value})


def upper(positions):
    """The mode in which the plunger is above the shaft."""
    return max(positions.modes, key=lambda mode: positions.points(positions.at_value(mode)[None])[TOP][0, 1])


PHI = np.radians([-80.0, -20.0, 40.0, 75.0, 110.0, 170.0])


def test_an_eccentric_lifts_by_its_sine(make, parts):
    positions = Positions(make(eccentric(parts)))
    q = positions.at(positions.selected, PHI)
    assert positions.points(q)[PointName("plunger", "F")][:, 1] == pytest.approx(E * np.sin(PHI) + R)
    found = kinetostatics(positions, q)
    assert found.drive_effort == pytest.approx(1000.0 * E * np.cos(PHI))
    assert found.contacts["face"] == pytest.approx(1000.0)
    assert kinematics(positions.mechanism).mobility.value == 1
    assert "higher pair" in kinematics(positions.mechanism).mobility.explanation


def test_an_eccentric_on_the_other_side_is_below(make, parts):
    positions = Positions(make(eccentric(parts, side="left")))
    q = positions.at(positions.selected, PHI)
    assert positions.points(q)[PointName("plunger", "F")][:, 1] == pytest.approx(E * np.sin(PHI) - R)
    assert kinetostatics(positions, q).contacts["face"] == pytest.approx(-1000.0)  # the load lifts it off


@pytest.mark.parametrize("moving", [1, -1])
def test_friction_of_an_eccentric_acts_on_its_rim(make, parts, moving):
    positions = Positions(make(eccentric(parts, mu=MU)))
    q = positions.at(positions.selected, PHI)
    found = friction_forces(positions, q, {TOP: np.tile([0.0, -1000.0], (len(PHI), 1))}, moving)
    # on the rim the disc slides at (R + e sin phi) times its speed, always the same way
    expected = moving * 1000.0 * E * np.cos(PHI) + MU * 1000.0 * (R + E * np.sin(PHI))
    assert found.effort == pytest.approx(expected)


@pytest.mark.parametrize(("inside", "radii"), [(False, (R, ROLLER)), (True, (50.0, 20.0)), (True, (20.0, 50.0))])
@pytest.mark.parametrize("moving", [1, -1])
def test_a_cam_and_a_round_follower(make, parts, inside, radii, moving):
    positions = Positions(make(cam(parts, MU, inside, radii)))
    apart = abs(radii[0] - radii[1]) if inside else sum(radii)
    mode = upper(positions)
    q = positions.at(mode, PHI)
    centre = E * np.stack([np.cos(PHI), np.sin(PHI)], axis=1)
    follower = np.stack([0 * PHI, centre[:, 1] + np.sqrt(apart**2 - centre[:, 0] ** 2)], axis=1)
    assert positions.points(q)[PointName("plunger", "F")] == pytest.approx(follower, abs=1e-9)
    towards = (follower - centre) / apart
    across = np.stack([-towards[:, 1], towards[:, 0]], axis=1)
    reach = -radii[0] if inside and radii[0] < radii[1] else radii[0]
    touch = centre + reach * towards
    h = 1e-6
    lift = (positions.at(mode, PHI + h) - positions.at(mode, PHI - h))[
        :, 3 * positions.constraints.bodies.index("plunger") + 1
    ] / (2 * h)
    speed = moving * np.stack([-touch[:, 1], touch[:, 0]], axis=1)
    slip = np.einsum("ij,ij->i", np.stack([0 * PHI, moving * lift], axis=1) - speed, across)
    # force on the follower: n towards - sign(slip) mu |n| across, upwards part carries the load
    sense = -np.sign(slip)
    way = -1.0 if inside else 1.0
    load = way * 1000.0  # towards the contact
    n = load / (towards[:, 1] + way * sense * MU * across[:, 1])
    force = n[:, None] * towards + (np.abs(n) * sense * MU)[:, None] * across
    assert force[:, 1] == pytest.approx(load)
    effort = touch[:, 0] * force[:, 1] - touch[:, 1] * force[:, 0]
    found = friction_forces(positions, q, {TOP: np.tile([0.0, -load], (len(PHI), 1))}, moving)
    assert found.effort == pytest.approx(moving * effort)


def test_a_wedge_presses_or_lifts_off(make, parts):
    bodies = {
        "ground": {"W": parts.mm(0, 0), "V": parts.mm(0, 40)},
        "wedge": {"W": parts.mm(0, 0), "F": parts.mm(0, 20)},
        "plunger": {"F": parts.mm(0, 0), "T": parts.mm(0, 40)},
    }
    face = {"name": "face", "type": "wedge", "of": ["wedge.F", "plunger.F"], "axis": "5 deg"}
    joints = [parts.slide("base", "ground.W", "wedge.W"), face, parts.slide("guide", "ground.V", "plunger.F", "90 deg")]
    values = parts.data(bodies, joints, {"joint": "base", "value": "-40 mm"})
    for force, sign in ((-1000.0, 1.0), (1000.0, -1.0)):
        values["forces"] = [{"name": "clamp", "body": "plunger", "point": "T", "force": ["0 N", f"{force} N"]}]
        positions = Positions(make(values))
        found = kinetostatics(positions, positions.at(positions.selected, np.array([-40.0])))
        assert found.contacts["face"][0] == pytest.approx(sign * 1000.0 / np.cos(np.radians(5.0)))


@pytest.mark.parametrize(("direction", "stop", "proved"), [("270 deg", "decreasing", True), ("90 deg", "increasing", False)])
def test_a_theorem_holds_only_where_the_load_presses_the_contact(make, parts, direction, stop, proved):
    values = eccentric(parts)
    load = {"name": "clamp", "body": "plunger", "point": "T", "magnitude": ["1 kN", "2 kN"], "direction": [direction, direction]}
    values["lock"] = {"claims": ["over_centre"], "drive": "40 deg", "stop": stop, "loads": [load]}
    assert solve(make(values)).unmodelled_offsets == ("face",)
    assert (prove(linkage_from_data(values, "test.toml")).verdict == "proved") is proved


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"radius": None}, "radius does not fit"),
        ({"radii": ["1 mm", "2 mm"]}, "radii does not fit"),
        ({"clearance": "0.1 mm"}, "clearance"),
        ({"inside": True}, "inside"),
        ({"pin_radius": "3 mm"}, "pin_radius"),
    ],
)
def test_bad_contacts_are_named(make, parts, change, match):
    values = eccentric(parts)
    values["joints"][1] = {key: value for key, value in (values["joints"][1] | change).items() if value is not None}
    with pytest.raises(InputError, match=match):
        make(values)
