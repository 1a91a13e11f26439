"""Triads: every real root, against Sturm's count of an exact polynomial, a scan, and Newton's method from many starts."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from mechlock.linkage import newton, velocity
from mechlock.linkage.census import census
from mechlock.linkage.circuits import circuits
from mechlock.linkage.elimination_check import check_elimination
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.mobility import require_driven
from mechlock.linkage.polynomial import all_modes
from mechlock.linkage.positions import Positions
from mechlock.linkage.samples import draw
from mechlock.linkage.triad_rates import triad_rates
from mechlock.linkage.triads import Platform, Ring


def platform(parts, rng, kinds=("RR", "RR", "RR")):
    """A crank that drives the first leg of a platform on three legs; integers, so that a rational check is exact."""

    def whole(*ranges):
        return [int(rng.integers(low, high)) for low, high in ranges]

    outer = [(20, 0), whole((40, 90), (-30, 40)), whole((100, 150), (-40, 30))]
    inner = [(0, 0), whole((25, 60), (-40, 10)), whole((60, 100), (-15, 25))]
    lengths = whole((60, 90), (40, 70), (50, 80))
    bodies = {
        "ground": {"O": parts.mm(0, 0), "G2": parts.mm(*outer[1]), "G3": parts.mm(*outer[2])},
        "crank": {"O": parts.mm(0, 0), "A1": parts.mm(20, 0)},
        "platform": {f"P{i + 1}": parts.mm(*inner[i]) for i in range(3)},
    }
    joints = [parts.pin("O", "ground.O", "crank.O")]
    for i, kind in enumerate(kinds):
        body, base = f"leg{i + 1}", "crank.A1" if i == 0 else f"ground.G{i + 1}"
        axis = f"{int(rng.integers(20, 160))} deg"
        reach = lengths[i] if kind == "RR" else 0
        bodies[body] = {"A": parts.mm(0, 0), "B": parts.mm(reach, 0)}
        if kind == "PR":
            joints.append(parts.slide(f"A{i + 1}", base, f"{body}.A", axis))
        else:
            joints.append(parts.pin(f"A{i + 1}", base, f"{body}.A"))
        if kind == "RP":
            joints.append(parts.slide(f"B{i + 1}", f"platform.P{i + 1}", f"{body}.B", axis))
        else:
            joints.append(parts.pin(f"B{i + 1}", f"{body}.B", f"platform.P{i + 1}"))
    return parts.data(bodies, joints, {"joint": "O", "value": "40 deg"}), outer, inner, lengths


def ring(parts, rng):
    """A crank carries one ternary link, ground the other; two binary links join them."""
    u = rng.uniform
    bodies = {
        "ground": {"O": parts.mm(0, 0), "G": parts.mm(110 + u(-15, 15), u(-20, 20))},
        "crank": {"O": parts.mm(0, 0), "A": parts.mm(20, 0)},
        "lever": {"A": parts.mm(0, 0), "M": parts.mm(50 + u(-10, 10), 10), "N": parts.mm(40 + u(-10, 10), -25)},
        "hook": {"G": parts.mm(0, 0), "M": parts.mm(-45, 20 + u(-10, 10)), "N": parts.mm(-35, -30 + u(-10, 10))},
        "upper": {"M": parts.mm(0, 0), "N": parts.mm(50 + u(-10, 20), 0)},
        "lower": {"M": parts.mm(0, 0), "N": parts.mm(45 + u(-10, 20), 0)},
    }
    joints = [
        parts.pin("O", "ground.O", "crank.O"),
        parts.pin("A", "crank.A", "lever.A"),
        parts.pin("G", "ground.G", "hook.G"),
        parts.pin("U1", "lever.M", "upper.M"),
        parts.pin("U2", "upper.N", "hook.M"),
        parts.pin("L1", "lever.N", "lower.M"),
        parts.pin("L2", "lower.N", "hook.N"),
    ]
    return parts.data(bodies, joints, {"joint": "O", "value": "40 deg"})


def residual(positions, modes):
    q = np.array([mode.start for mode in modes])
    return np.abs(positions.constraints.residual(q, np.full(len(q), positions.drive_value))).max() if len(q) else 0.0


def real_roots_by_sturm(outer, inner, lengths):
    """Platform on three pinned legs at crank 40 deg with rational sine and cosine: its own elimination, by resultants."""
    t, x, y = sp.symbols("t x y")
    half = sp.Rational(np.tan(np.radians(20.0))).limit_denominator(10**6)
    pin = [20 * (1 - half**2) / (1 + half**2), 20 * 2 * half / (1 + half**2)]
    ends = [pin, *[[sp.Integer(c) for c in point] for point in outer[1:]]]
    equations = []
    for (a, b), (p, q), length in zip(ends, inner, lengths, strict=True):
        gx = (x - a) * (1 + t**2) + p * (1 - t**2) - q * 2 * t
        gy = (y - b) * (1 + t**2) + p * 2 * t + q * (1 - t**2)
        equations.append(sp.expand(sp.cancel((gx**2 + gy**2 - length**2 * (1 + t**2) ** 2) / (1 + t**2))))
    linear = [sp.expand(equations[i] - equations[0]) for i in (1, 2)]
    solved = sp.solve(linear, [x, y], dict=True)[0]
    top = sp.together(equations[0].subs(solved)).as_numer_denom()[0]
    polynomial = sp.Poly(top, t)
    for factor, _ in sp.factor_list(polynomial)[1]:
        if factor.degree() == 6:
            return factor.count_roots(), half
    raise AssertionError("no factor of degree six")


@pytest.mark.parametrize("seed", range(4))
def test_all_roots_of_a_triad_by_sturm(make, parts, seed):
    data, outer, inner, lengths = platform(parts, np.random.default_rng(seed))
    count, half = real_roots_by_sturm(outer, inner, lengths)
    data["drive"]["value"] = f"{2 * float(sp.atan(half).evalf(25))!r} rad"
    positions = Positions(make(data))
    assert len(positions.modes) == count
    assert residual(positions, positions.modes) < 1e-9
    assert positions.polynomials[0].degree == 6


@pytest.mark.parametrize("seed", range(6))
def test_a_ring_has_all_modes_that_many_starts_find(make, parts, seed):
    positions = Positions(make(ring(parts, np.random.default_rng(seed))))
    assert isinstance(positions.roots.elimination.stages[0].group, Ring)
    other = newton.all_modes(positions.constraints, positions.drive_value)
    assert len(positions.modes) == len(other)
    assert residual(positions, positions.modes) < 1e-9


@pytest.mark.parametrize(
    "kinds", [("RR", "RR", "PR"), ("RR", "PR", "PR"), ("RR", "RP", "RR"), ("RR", "RP", "PR"), ("RP", "PR", "PR")]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_platforms_with_sliding_legs(make, parts, kinds, seed):
    positions = Positions(make(platform(parts, np.random.default_rng(seed), kinds)[0]))
    assert isinstance(positions.roots.elimination.stages[0].group, Platform)
    other = newton.all_modes(positions.constraints, positions.drive_value)
    own = np.array([mode.start for mode in positions.modes]).reshape(-1, positions.constraints.unknowns)
    assert len(newton.distinct(positions.constraints, np.vstack([own, other]))) == len(own)
    assert residual(positions, positions.modes) < 1e-9


def test_a_dyad_behind_a_triad(make, parts):
    data, *_ = platform(parts, np.random.default_rng(3))
    data["bodies"]["rod"] = {"points": {"P": parts.mm(0, 0), "Q": parts.mm(90, 0)}}
    data["bodies"]["rocker"] = {"points": {"G": parts.mm(0, 0), "Q": parts.mm(70, 0)}}
    data["bodies"]["ground"]["points"]["G4"] = parts.mm(150, 90)
    data["bodies"]["platform"]["points"]["P4"] = parts.mm(50, 40)
    data["joints"] += [
        parts.pin("P4", "platform.P4", "rod.P"), parts.pin("Q", "rod.Q", "rocker.Q"), parts.pin("G4", "ground.G4", "rocker.G")
    ]  # fmt: skip
    positions = Positions(make(data))
    other = newton.all_modes(positions.constraints, positions.drive_value)
    assert len(positions.modes) == len(other) > 0
    assert require_driven(positions, positions.selected).value == 1


def test_the_polynomial_vanishes_at_the_solutions(make, parts):
    positions = Positions(make(platform(parts, np.random.default_rng(0))[0]))
    polynomial = positions.polynomials[0]
    index = positions.constraints.bodies.index("platform")
    for mode in positions.modes:
        assert abs(np.polyval(polynomial.coefficients, np.tan(mode.start[3 * index + 2] / 2))) < 1e-9


def test_the_elimination_reaches_the_command_and_the_derivation(parts, tmp_path, capsys):
    import json
    import tomllib

    from mechlock.cli.main import run

    data, *_ = platform(parts, np.random.default_rng(1))
    data["bodies"] = {name: {"points": body["points"]} for name, body in data["bodies"].items()}
    lines = [f'format = "{data["format"]}"']
    for name, body in data["bodies"].items():
        lines += [f"[bodies.{name}.points]", *[f"{point} = {json.dumps(at)}" for point, at in body["points"].items()]]
    for joint in data["joints"]:
        lines += ["[[joints]]", *[f"{key} = {json.dumps(value)}" for key, value in joint.items()]]
    lines += ["[drive]", 'joint = "O"', 'value = "40 deg"']
    path = tmp_path / "triad.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert tomllib.loads(path.read_text(encoding="utf-8"))
    page = tmp_path / "triad.html"
    assert run(["kinematics", str(path), "--json", "--quiet", "--derivation", str(page)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["polynomials"][0]["degree"] == 6
    assert record["polynomials"][0]["real_roots"] == len(record["modes"]) == 6
    assert record["all_modes_proved"] is True
    assert record["modes_at_drive_value"] == 6
    text = page.read_text(encoding="utf-8")
    assert "half-angle tangent" in text
    assert text.count("<h2>") >= 6
    assert "<mtable>" in text
    differences = [float(found) for found in re.findall(r"the difference is ([^<]*)\.</p>", text)]
    assert len(differences) == 2
    assert max(differences) < 1e-9
    assert run(["kinematics", str(path), "--quiet"]) == 0
    assert "6 assembly modes at the file's drive value: proved to be all" in capsys.readouterr().out


@pytest.mark.parametrize(
    "kinds", [("RR", "RR", "RR"), ("RR", "RR", "PR"), ("RR", "PR", "PR"), ("RR", "RP", "RR"), ("RP", "PR", "PR"), ("ring",)]
)
def test_rate_equations_agree_with_the_constraint_equations(make, parts, kinds):
    """Two derivations: three legs (or two links) by determinants, and all joints of all bodies by elimination."""
    rng = np.random.default_rng(1)
    positions = Positions(make(ring(parts, rng) if kinds == ("ring",) else platform(parts, rng, kinds)[0]))
    stage = positions.roots.elimination.stages[0]
    for mode in positions.modes:
        q = np.array(mode.start)
        v = velocity.rates(positions.constraints, q[None])
        a = velocity.second_rates(positions.constraints, q[None], v)
        found = triad_rates(positions, stage.group, q)
        first, second = found.numbers()
        known = {symbol: sp.Float(value) for symbol, value in found.values.items()}
        for body, column in found.bodies.items():
            index = 3 * positions.constraints.bodies.index(body) + 2
            assert first[column] == pytest.approx(v[0, index], rel=1e-8)
            assert second[column] == pytest.approx(a[0, index], rel=1e-7)
            assert float(found.ratio(body).xreplace(known)) == pytest.approx(v[0, index], rel=1e-8)


def test_modes_that_exist_only_elsewhere_are_found_and_named(make, parts):
    """Two modes at the drive's value; between the limits -73.97 and -58.14 deg, by the interval search on its own, two more."""
    mechanism = make(platform(parts, np.random.default_rng(0))[0])
    sweep = np.radians(np.linspace(-100.0, 20.0, 121))
    result = kinematics(mechanism, sweep=(sweep[0], sweep[-1], len(sweep)))
    assert [mode.mode.name for mode in result.modes] == ["1", "2", "3", "4"]
    assert [mode.mode.begin is None for mode in result.modes] == [True, True, False, False]
    there = sum(np.isfinite(mode.q).all(axis=1).astype(int) for mode in result.modes)
    for index in (0, 20, 35, 50, 120):
        found = census(result.positions.constraints, float(sweep[index]))
        assert found.complete
        assert there[index] == len(found.q)
    assert set(there) == {2, 4}
    gap = np.concatenate([mode.q[35:36] for mode in result.modes])
    assert len(newton.distinct(result.positions.constraints, gap)) == 4


@pytest.mark.parametrize(("length", "count"), [(64.0648078918457, 4), (64.06480693817139, 2)])
def test_a_circuit_of_a_thirtieth_of_a_degree_is_found_or_proved_not_to_exist(make, parts, length, count):
    """A leg a nanometre shorter and the circuit at 19.045 deg is gone; the roots of the polynomial there say the same."""
    data, *_ = platform(parts, np.random.default_rng(4))
    data["bodies"]["leg1"]["points"]["B"] = parts.mm(length, 0)
    data["drive"]["value"] = "170 deg"
    result = kinematics(make(data), sweep=(-np.pi, np.pi, 37))
    positions = result.positions
    assert positions.circuits.complete
    assert len(result.modes) == count
    here = len(all_modes(positions.roots, positions.constraints, np.radians(19.0453)))
    beside = len(all_modes(positions.roots, positions.constraints, np.radians(19.1)))
    assert (here, beside) == (count, 2)
    for mode in result.modes[2:]:
        (interval,) = mode.reach
        assert np.degrees(interval.high - interval.low) == pytest.approx(0.0339, abs=1e-4)
        assert np.isnan(mode.q).all()  # it lies between two positions of the sweep


@pytest.mark.parametrize("seed", range(2))
def test_all_modes_of_the_whole_travel_against_the_polynomial(make, parts, seed):
    """As many modes exist at any drive coordinate as the polynomial has real roots there."""
    mechanism = make(ring(parts, np.random.default_rng(seed)))
    sweep = np.linspace(-np.pi, np.pi, 57)
    result = kinematics(mechanism, sweep=(-np.pi, np.pi, len(sweep)))
    positions = result.positions
    assert positions.circuits.complete
    there = sum(np.isfinite(mode.q).all(axis=1).astype(int) for mode in result.modes)
    assert list(there) == [len(all_modes(positions.roots, positions.constraints, float(at))) for at in sweep]


def test_a_change_point_leaves_the_circuits_unproved(make, parts):
    """A parallelogram's modes cross where its links are collinear."""
    positions = Positions(make(parts.four_bar(40.0, 100.0, 40.0, 100.0, 60.0)))
    found = circuits(positions.constraints, -1.0, 1.0)
    assert not found.complete
    assert "change point" in found.reason
    assert "did not suffice" in circuits(positions.constraints, -1.0, 1.0, limit=10).reason


@pytest.mark.parametrize("seed", range(4))
def test_limits_of_modes_that_merge_agree_to_the_last_digits(make, parts, seed):
    """Two modes turn back at one limit; inside there are two solutions more than outside."""
    mechanism = make(platform(parts, np.random.default_rng(seed))[0])
    result = kinematics(mechanism, sweep=(-np.pi, np.pi, 181))
    positions = result.positions
    ends: list[tuple[float, int]] = []
    for mode in result.modes:
        for interval in mode.reach:
            ends += [(interval.low, 1)] if interval.bounded[0] else []
            ends += [(interval.high, -1)] if interval.bounded[1] else []
    for end, inwards in ends:
        twins = [abs(end - other) for other, way in ends if way == inwards and abs(end - other) < 1e-6]
        assert len(twins) >= 2 or abs(end) > np.pi  # beyond the sweep its partner was not asked for
        assert max(twins) < 2e-14
        inside, outside = (len(all_modes(positions.roots, positions.constraints, end + inwards * by)) for by in (1e-9, -1e-9))
        assert inside == outside + 2


def test_the_stages_of_an_elimination_are_checked(make, parts):
    """A line, the square of the circle and a pose, each altered by a millionth."""
    for data in (platform(parts, np.random.default_rng(1))[0], ring(parts, np.random.default_rng(1))):
        positions = Positions(make(data))
        samples = draw(positions, 12)
        assert not [one for one in check_elimination(positions, samples) if not one.agrees]
        right = positions.roots.elimination
        (stage,) = right.stages
        m, k = stage.lines[0]
        for wrong in (
            replace(right, stages=(replace(stage, lines=((m, k * (1 + sp.Float(1e-6))), *stage.lines[1:])),)),
            replace(right, stages=(replace(stage, square=stage.square * (1 + sp.Float(1e-6))),)),
            replace(
                right, poses=((*right.poses[0][:2], *(part + sp.Float(1e-3) for part in right.poses[0][2:])), *right.poses[1:])
            ),
        ):
            positions.roots.elimination = wrong
            sections = {one.section for one in check_elimination(positions, samples) if not one.agrees}
            positions.roots.elimination = right
            assert sections in ({"elimination"}, {"positions"})
