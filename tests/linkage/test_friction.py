"""Friction circles, wedges and eccentrics against their closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage.friction import friction_forces
from mechlock.linkage.kinetostatics import kinetostatics
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.self_locking import critical_friction, slide_equation
from mechlock.linkage.semantics import build
from mechlock.resources import folder


def lever(parts, mu):
    """One lever on a pin of 20 mm radius, loaded at 100 mm."""
    bodies = {"ground": {"O": parts.mm(0, 0)}, "lever": {"O": parts.mm(0, 0), "P": parts.mm(100, 0)}}
    joints = [parts.pin("O", "ground.O", "lever.O", pin_radius="20 mm", friction=mu)]
    return parts.data(bodies, joints, {"joint": "O", "value": "0 deg"})


def solved(mechanism, point, force, moving, values=None):
    positions = Positions(mechanism, values)
    q = positions.at(positions.selected, np.array([positions.drive_value]))
    return friction_forces(positions, q, {point: np.atleast_2d(force)}, moving)


@pytest.mark.parametrize("moving", [1, -1])
def test_a_pin_adds_the_moment_of_its_friction_circle(make, parts, moving):
    found = solved(make(lever(parts, 0.3)), PointName("lever", "P"), [0.0, -1000.0], moving)
    circle = 20.0 * 0.3 / np.sqrt(1 + 0.3**2)
    assert found.effort[0] == pytest.approx(moving * 1000.0 * 100.0 + 1000.0 * circle, rel=1e-12)
    assert found.frictionless[0] == pytest.approx(moving * 100_000.0)


def wedge(parts, mu, alpha):
    """A wedge under a plunger: three bodies' worth of sliding, made determinate by a pin between incline block and plunger."""
    bodies = {
        "ground": {"W": parts.mm(0, 0), "V": parts.mm(0, 40)},
        "wedge": {"W": parts.mm(0, 0), "F": parts.mm(0, 20)},
        "shoe": {"F": parts.mm(0, 0)},
        "plunger": {"F": parts.mm(0, 0)},
    }
    joints = [
        parts.slide("base", "ground.W", "wedge.W") | {"friction": mu},
        parts.slide("incline", "wedge.F", "shoe.F", f"{alpha!r} deg") | {"friction": mu},
        parts.pin("F", "shoe.F", "plunger.F"),
        parts.slide("guide", "ground.V", "plunger.F", "90 deg"),
    ]
    return parts.data(bodies, joints, {"joint": "base", "value": "-40 mm"})


@pytest.mark.parametrize(("alpha", "mu"), [(5.0, 0.1), (12.0, 0.05), (5.0, 0.02)])
def test_a_wedge_needs_the_sum_of_its_angles(make, parts, alpha, mu):
    """Driving it in: F tan(alpha + phi) + F mu at the base; drawing it out: the friction angles turn round."""
    mechanism = make(wedge(parts, mu, alpha))
    load = np.array([0.0, -1000.0])
    angle, phi = np.radians(alpha), np.arctan(mu)
    out_and_in = [solved(mechanism, PointName("plunger", "F"), load, moving) for moving in (-1, 1)]
    lifting = next(found for found in out_and_in if found.frictionless[0] > 0)
    lowering = next(found for found in out_and_in if found.frictionless[0] < 0)
    assert lifting.effort[0] == pytest.approx(1000.0 * (np.tan(angle + phi) + mu), rel=1e-9)
    assert lowering.effort[0] == pytest.approx(1000.0 * (np.tan(phi - angle) + mu), rel=1e-9)


@pytest.mark.parametrize("crank", [0.5, 1.0, 2.0])
def test_a_slider_toggle_is_held_short_of_dead_centre(make, parts, crank):
    """Critical friction of a toggle held by its pins: sin(g - alpha) = 2 rho / a, sin(alpha) = 2 rho / b, where g is the knee."""
    a, b, r = 40.0, 100.0, 10.0
    bodies = {
        "ground": {"O": parts.mm(0, 0)},
        "crank": {"O": parts.mm(0, 0), "A": parts.mm(a, 0)},
        "rod": {"A": parts.mm(0, 0), "B": parts.mm(b, 0)},
        "slider": {"B": parts.mm(0, 0)},
    }
    joints = [
        parts.pin(name, *of, pin_radius=f"{r} mm", friction="mu")
        for name, of in (("O", ("ground.O", "crank.O")), ("A", ("crank.A", "rod.A")), ("B", ("rod.B", "slider.B")))
    ]
    joints.append(parts.slide("s", "ground.O", "slider.B"))
    values = parts.data(
        bodies, joints, {"joint": "O", "value": f"{crank!r} deg"}, parameters={"mu": 0.1}, assembly={"rod": "0 deg"}
    )
    mechanism = make(values)

    def opens(mu):
        return solved(mechanism, PointName("slider", "B"), [-1000.0, 0.0], 1, {"mu": mu}).effort[0] < 0.0

    low, high = 0.0, 0.5
    for _ in range(40):
        low, high = (0.5 * (low + high), high) if opens(0.5 * (low + high)) else (low, 0.5 * (low + high))
    rho = r * low / np.sqrt(1 + low**2)
    phi = np.radians(crank)
    knee = phi + np.arcsin(a * np.sin(phi) / b)
    assert a * np.sin(knee - np.arcsin(2 * rho / b)) == pytest.approx(2 * rho, rel=1e-6)


def test_the_eccentric_locks_at_the_friction_its_file_names():
    mechanism = build(read_linkage(folder("geometry") / "locks" / "var_iii_eccentric.toml"))
    point = PointName("plunger", "P")
    efforts = [solved(mechanism, point, [0.0, -1000.0], -1, {"mu": mu}).effort[0] for mu in (0.0390, 0.0404)]
    assert efforts[0] < 0.0 < efforts[1]


def parallelogram(parts, frictional, crank="70 deg"):
    """A beam on three equal parallel cranks: more than it needs."""
    bodies = {
        "ground": {f"O{i}": parts.mm(100 * i, 0) for i in range(3)},
        "beam": {f"A{i}": parts.mm(100 * i, 0) for i in range(3)},
    }
    bodies["beam"]["P"] = parts.mm(250, 40)
    joints = []
    for i in range(3):
        bodies[f"crank{i}"] = {"O": parts.mm(0, 0), "A": parts.mm(60, 0)}
        joints.append(parts.pin(f"O{i}", f"ground.O{i}", f"crank{i}.O"))
        joints.append(parts.pin(f"A{i}", f"crank{i}.A", f"beam.A{i}"))
    for joint in joints:
        if joint["name"] in frictional:
            joint |= {"pin_radius": "8 mm", "friction": 0.1}
    return parts.data(bodies, joints, {"joint": "O0", "value": crank})


@pytest.mark.parametrize("stiffness", [None, (100.0, 50.0, 400.0)])
def test_parallel_cranks_share_a_load_as_a_rigid_beam_on_springs(make, parts, stiffness):
    """Upright cranks under a vertical load: N_i = k_i (u + turn x_i), from the two equations of the beam by hand."""
    values = parallelogram(parts, (), "90 deg")
    k = np.array(stiffness or (1.0, 1.0, 1.0))
    for joint in values["joints"] if stiffness else ():
        joint["stiffness"] = f"{2.0 * k[int(joint['name'][1])]} kN/mm"  # two pins in series to a crank
    found = solved(make(values), PointName("beam", "P"), [0.0, -1000.0], 1)
    x, at = np.array([0.0, 100.0, 200.0]), 250.0
    sink, turn = np.linalg.solve([[k.sum(), (k * x).sum()], [(k * x).sum(), (k * x * x).sum()]], [1000.0, 1000.0 * at])
    for i, size in enumerate(np.abs(k * (sink + turn * x))):
        assert found.reactions[f"A{i}"][0] == pytest.approx(size, rel=1e-9)
        assert found.reactions[f"O{i}"][0] == pytest.approx(size, rel=1e-9)


@pytest.mark.parametrize("moving", [1, -1])
def test_friction_of_parallel_cranks_takes_the_power_that_their_pins_lose(make, parts, moving):
    """Effort, load and friction circles balance in power; every pin turns as fast as the cranks."""
    names = [f"{letter}{i}" for letter in "OA" for i in range(3)]
    found = solved(make(parallelogram(parts, names)), PointName("beam", "P"), [0.0, -1000.0], moving)
    circle = 8.0 * 0.1 / np.sqrt(1.0 + 0.1**2)
    lost = circle * sum(found.reactions[name][0] for name in names)
    assert found.effort[0] == pytest.approx(moving * 1000.0 * 60.0 * np.cos(np.radians(70.0)) + lost, rel=1e-9)
    assert lost > 1000.0


def test_joints_that_share_a_load_have_all_a_stiffness_or_none(make, parts):
    values = parallelogram(parts, ("A1", "O2"))
    next(joint for joint in values["joints"] if joint["name"] == "A1")["stiffness"] = "100 kN/mm"
    with pytest.raises(NoVerdict, match=r"friction at A1 is not determined.*give stiffness.*to A0, A2, O0, O1, O2"):
        solved(make(values), PointName("beam", "P"), [0.0, -1000.0], 1)


def two_guides(parts, **guide):
    """A slider on two guides in line: they share force across and couple, and a pin carries a rod that pushes it aside."""
    bodies = {
        "ground": {"S": parts.mm(0, 0), "T": parts.mm(300, 0), "O": parts.mm(0, 0)},
        "slider": {"S": parts.mm(0, 0), "T": parts.mm(300, 0), "P": parts.mm(100, 0)},
    }
    joints = [parts.slide(name, f"ground.{name}", f"slider.{name}") | {"friction": 0.1} | guide for name in "ST"]
    return parts.data(bodies, joints, {"joint": "S", "value": "0 mm"})


def test_couples_of_two_guides_are_shared_when_their_stiffness_is_given(make, parts):
    """The slider under F at 100 mm of 300: sinks by u, turns by w; each guide gives k (u + w x) and a couple c w."""
    with pytest.raises(NoVerdict, match=r"give stiffness \(and slides rotational_stiffness\) to S, T"):
        solved(make(two_guides(parts)), PointName("slider", "P"), [0.0, -1000.0], 1)
    k, c, x = 50e3, 4e8, np.array([0.0, 300.0])
    mechanism = make(two_guides(parts, stiffness="50 kN/mm", rotational_stiffness="400 kN*m/rad"))
    found = solved(mechanism, PointName("slider", "P"), [0.0, -1000.0], 1)
    u, w = np.linalg.solve([[2 * k, k * x.sum()], [k * x.sum(), k * (x * x).sum() + 2 * c]], [1000.0, 1000.0 * 100.0])
    for name, normal in zip("ST", k * (u + w * x), strict=True):
        assert found.normals[name][0] == pytest.approx(normal, rel=1e-9)
    assert found.effort[0] == pytest.approx(0.1 * 1000.0, rel=1e-9)


def test_a_pin_has_no_rotational_stiffness(make, parts):
    values = parallelogram(parts, ())
    values["joints"][0]["rotational_stiffness"] = "4 kN*m/rad"
    with pytest.raises(InputError, match="carries no couple"):
        make(values)


def test_a_parallelogram_without_friction_is_driven_by_virtual_work(make, parts):
    found = solved(make(parallelogram(parts, ())), PointName("beam", "P"), [0.0, -1000.0], 1)
    assert found.effort[0] == pytest.approx(1000.0 * 60.0 * np.cos(np.radians(70.0)), rel=1e-9)


@pytest.mark.parametrize("mu", [0.0, 0.03, 0.0437, 0.1])
@pytest.mark.parametrize("moving", [1, -1])
def test_a_wedge_on_three_faces_with_redundant_couples(mu, moving):
    """Forces on wedge and plunger by hand: the couples of the guides are open, the forces are not."""
    mechanism = build(read_linkage(folder("geometry") / "locks" / "var_iii_wedge.toml"))
    found = solved(mechanism, PointName("plunger", "P"), [0.0, -1000.0], moving, {"mu": mu})
    rise = -moving  # the face rises to the right: a wedge carried there lets the plunger sink
    tilt = np.radians(5.0) + rise * np.arctan(mu)  # of the face's reaction from the vertical
    # plunger: guide's normal is the face force's horizontal part, its friction opposes the rise
    face = 1000.0 / (np.cos(tilt) - rise * mu * abs(np.sin(tilt)))
    base = face * np.cos(tilt)
    effort = rise * face * np.sin(tilt) + mu * base
    assert found.effort[0] == pytest.approx(effort, rel=1e-9)


def test_efficiency_of_lifting(make, parts):
    found = solved(make(wedge(parts, 0.1, 12.0)), PointName("plunger", "F"), [0.0, -1000.0], 1)
    other = solved(make(wedge(parts, 0.1, 12.0)), PointName("plunger", "F"), [0.0, -1000.0], -1)
    lifting = found if found.frictionless[0] > 0 else other
    expected = np.tan(np.radians(12.0)) / (np.tan(np.radians(12.0) + np.arctan(0.1)) + 0.1)
    assert lifting.efficiency[0] == pytest.approx(expected, rel=1e-9)


def test_the_critical_friction_of_a_wedge_is_the_tangent_of_half_its_angle():
    mechanism = build(read_linkage(folder("geometry") / "locks" / "var_iii_wedge.toml"))
    positions = Positions(mechanism)
    q = positions.at(positions.selected, np.array([-40.0]))
    load = mechanism.lock.loads[0]
    assert critical_friction(positions, q, load).coefficient == pytest.approx(np.tan(np.radians(2.5)), rel=1e-12)
    equation = slide_equation(positions, q, load)
    mu, alpha = sp.Symbol("mu", nonnegative=True), sp.Symbol("alpha", real=True)
    assert equation.lhs.free_symbols == {mu, alpha}
    assert sp.simplify(sp.expand_trig(equation.lhs.subs(alpha, 2 * sp.atan(mu)))) == 0


def test_the_critical_friction_of_an_eccentric_by_its_triangle():
    """Contact on the rim, a pin of the shaft's radius: moments about the shaft's axis with a friction circle."""
    mechanism = build(read_linkage(folder("geometry") / "locks" / "var_iii_eccentric.toml"))
    positions = Positions(mechanism)
    q = positions.at(positions.selected, np.array([np.radians(70.0)]))
    mu = critical_friction(positions, q, mechanism.lock.loads[0]).coefficient
    e, radius, shaft, phi = 6.0, 30.0, 16.0, np.radians(70.0)
    normal, tangent = 1.0, mu  # the plunger's guide carries the tangent, and rubs
    left = e * np.cos(phi) * normal - tangent * (radius + e * np.sin(phi))
    assert left == pytest.approx(shaft * mu / np.sqrt(1 + mu**2) * np.hypot(normal, tangent), rel=1e-9)


def test_an_over_centre_lock_needs_no_friction_and_a_greased_screw_always_opens(make, parts):
    mechanism = build(read_linkage(folder("geometry") / "locks" / "var_i_fourbar.toml"))
    positions = Positions(mechanism)
    q = positions.at(positions.selected, np.array([mechanism.lock.drive.nominal]))
    assert critical_friction(positions, q, mechanism.lock.loads[0]).coefficient == 0.0
    values = lever(parts, 0.1)
    load = {"name": "x", "body": "lever", "point": "P", "magnitude": ["1 kN", "2 kN"], "direction": ["270 deg", "270 deg"]}
    values["lock"] = {"claims": ["friction"], "drive": "0 deg", "release": "decreasing", "loads": [load]}
    mechanism = make(values)
    positions = Positions(mechanism)
    found = critical_friction(positions, positions.at(positions.selected, np.zeros(1)), mechanism.lock.loads[0])
    assert found.coefficient is None
    assert "opens even" in found.reason


@pytest.mark.parametrize(("alpha", "mu"), [(12.0, 0.1), (5.0, 0.05), (3.0, 0.1)])
def test_efficiencies_of_a_wedge_both_ways(make, parts, alpha, mu):
    """Forward tan a / (tan(a + phi) + mu), back (tan(a - phi) - mu) / tan a: negative where the wedge locks itself."""
    mechanism = make(
        wedge(parts, mu, alpha) | {"forces": [{"name": "weight", "body": "plunger", "point": "F", "force": ["0 N", "-1000 N"]}]}
    )
    positions = Positions(mechanism)
    found = kinetostatics(positions, positions.at_value(positions.selected)[None])
    forward, back = found.efficiencies
    angle, phi = np.radians(alpha), np.arctan(mu)
    assert forward[0] == pytest.approx(np.tan(angle) / (np.tan(angle + phi) + mu), rel=1e-9)
    assert back[0] == pytest.approx((np.tan(angle - phi) - mu) / np.tan(angle), rel=1e-9)
    assert (back[0] < 0.0) == (alpha < 6.0)
