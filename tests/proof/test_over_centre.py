"""The claim over_centre: bars, soundness against samples, optimisers and high precision, counterexamples that do open."""

from __future__ import annotations

import copy
import json
import math
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy.optimize import minimize

from mechlock.errors import InputError
from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import ProofResult, prove
from mechlock.proof.conditions import NO_SOLUTION
from mechlock.proof.tape import values

checker = import_module("mechlock.proof.verify")


def _prove(data: dict[str, Any]) -> ProofResult:
    return prove(linkage_from_data(data, "lock.toml"), claims=["over_centre"])


def _exact(data: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(data), parse_float=Fraction)


@pytest.mark.parametrize(("tolerance", "verdict"), [(0.2, "proved"), (1.0, "proved"), (2.8, "refuted"), (3.0, "refuted")])
def test_yardstick(fourbars: ModuleType, tolerance: float, verdict: str) -> None:
    result = _prove(fourbars.hook_13(tolerance))
    assert result.verdict == verdict
    assert checker.verify(result.certificate).accepted


def test_contract_fourbar_is_proved_as_written_and_refuted_with_wide_lengths(fourbars: ModuleType) -> None:
    data = fourbars.shipped("contract_fourbar")
    assert _prove(data).verdict == "proved"
    for name in "abcd":
        value = data["parameters"][name]
        data["parameters"][name] = {"value": value["value"] if isinstance(value, dict) else value, "tolerance": "2 mm"}
    result = _prove(data)
    assert result.verdict == "refuted"
    assert checker.verify(result.certificate).accepted


def test_reserve_is_a_lower_bound_and_not_a_wild_one(fourbars: ModuleType) -> None:
    """Against the least toggle height over corners of the box, found by following gradients from random corners."""
    theorem = _prove(fourbars.hook_13(0.2)).theorems[0]
    assert theorem.margin is not None
    nominal = _value_at_middle(_goals(fourbars, fourbars.hook_13(0.2)), "reserve coupler")
    corners = _corner_minimum(_goals(fourbars, fourbars.hook_13(0.2)), "reserve coupler")
    assert 0.95 * corners < theorem.margin.value <= corners < nominal


def _goals(fourbars: ModuleType, data: dict[str, Any]) -> Any:
    case = fourbars.case(data)
    return checker.Goals(case.linkage)


def _value_at_middle(goals: Any, name: str) -> float:
    return goals.scene(checker.centre(goals.linkage.root())).quantity(name).value[0] / checker.ONE


def _corner_minimum(goals: Any, name: str) -> float:
    root = goals.linkage.root()
    rng = np.random.default_rng(3)
    best = math.inf
    for _ in range(60):
        point = [(ends[k], ends[k]) for ends, k in zip(root, rng.integers(0, 2, len(root)), strict=True)]
        for _ in range(3):
            value, slopes = goals.scene(point).quantity(name).value, goals.scene(point).gradient(name)
            best = min(best, value[0] / checker.ONE)
            point = [(low, low) if s[0] > 0 else (high, high) for (low, high), s in zip(root, slopes, strict=True)]
    return best


LENGTHS = [(40.0, 120.0, 80.0, 100.0), (60.0, 90.0, 110.0, 120.0), (35.0, 100.0, 70.0, 90.0), (50.0, 70.0, 90.0, 60.0)]


def _lock(
    fourbars: ModuleType, lengths: tuple[float, ...], past: float, tolerance: float, **options: Any
) -> tuple[dict[str, Any], int]:
    """A four-bar `past` degrees beyond outer dead centre, and the intersection that it uses."""
    a, b, c, d = lengths
    dead = math.acos(((a + b) ** 2 + d**2 - c**2) / (2 * (a + b) * d))
    knee = (a + b) * np.exp(1j * dead)
    rocker = math.degrees(np.angle(knee - d))
    drive = math.degrees(dead) + past
    data = fourbars.fourbar(lengths, drive, tolerance=tolerance, guess=(math.degrees(dead), rocker), **options)
    base = d - a * np.exp(1j * math.radians(drive))
    link = knee - a * np.exp(1j * dead)
    return data, 1 if (base.conjugate() * link).imag > 0 else -1


@pytest.mark.parametrize("lengths", LENGTHS)
@pytest.mark.parametrize("past", [-2.0, 1.0, 4.0])
def test_verdicts_stand_up_to_samples_and_an_optimiser(fourbars: ModuleType, lengths: tuple[float, ...], past: float) -> None:
    for tolerance in (0.05, 0.4):
        for facing in (90.0, -90.0):
            data, sense = _lock(fourbars, lengths, past, tolerance, direction=(facing - 8.0, facing + 8.0))
            result = _prove(data)
            low, high = _ends(data)
            rng = np.random.default_rng(11)
            points = np.concatenate(
                [rng.uniform(low, high, (20_000, 6)), np.where(rng.uniform(size=(4_000, 6)) < 0.5, low, high)]
            )
            levers = fourbars.levers(points.T, sense, (90.0, 10.0))
            if result.verdict == "proved":
                assert np.all(levers > 0.0)
                best = minimize(
                    lambda x, sense=sense: float(fourbars.levers(x[:, None], sense, (90.0, 10.0))[0]),
                    points[np.argmin(levers)],
                    bounds=list(zip(low, high, strict=True)),
                )
                assert best.fun > 0.0
                arms = [m.value for m in result.theorems[0].margins if m.meaning.startswith("lever arm")]
                assert arms and 0.0 < arms[0] <= best.fun
            else:
                assert result.verdict == "refuted"
                point = {v.name: v.value for v in result.theorems[0].counterexample}
                with mpmath.workdps(50):
                    exact = {k: mpmath.mpf(str(point[k])) for k in "abc"} | {"x4": mpmath.mpf(str(point["d"])), "y4": 0}
                    exact["drive"] = mpmath.radians(mpmath.mpf(str(point["drive O2"])))
                    direction = mpmath.radians(mpmath.mpf(str(point["direction load"])))
                    assert fourbars.lever(exact, sense, (90, 10), direction) < 0


def _ends(data: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    linkage = checker.Linkage(_exact(data), NO_SOLUTION)
    degrees = np.array([math.pi / 180 if v.unit == "deg" else 1.0 for v in linkage.variables])
    return tuple(np.array([float(ends[k]) for ends in linkage.root()]) * degrees for k in (0, 1))  # type: ignore[return-value]


def test_counterexample_put_back_as_nominal_opens(fourbars: ModuleType) -> None:
    """Lower the over-centre angle or widen the tolerance until it must fail; its dimensions, made exact, push the drive off."""
    for data, _ in (_lock(fourbars, LENGTHS[0], 0.5, 0.5), _lock(fourbars, LENGTHS[0], 3.0, 3.0)):
        result = _prove(data)
        assert result.verdict == "refuted"
        point = {v.name: v.value for v in result.theorems[0].counterexample}
        again = fourbars.as_nominal(data, point)
        again["lock"]["drive"] = f"{point['drive O2']!r} deg"
        again["lock"]["loads"][0]["direction"] = [f"{point['direction load']!r} deg"] * 2
        assert _prove(again).verdict == "refuted"


def test_widening_and_lowering_turn_the_verdict_once(fourbars: ModuleType) -> None:
    down = {"direction": (-98.0, -82.0)}
    verdicts = [_prove(_lock(fourbars, LENGTHS[1], past, 0.2, **down)[0]).verdict for past in (6.0, 4.0, 2.0, 0.5, -1.0)]
    assert verdicts[0] == "proved"
    assert verdicts[-1] == "refuted"
    assert verdicts == sorted(verdicts)


def test_a_mirrored_stop_needs_the_opposite_sign(fourbars: ModuleType) -> None:
    data, _ = _lock(fourbars, LENGTHS[0], 4.0, 0.05)
    proved = _prove(data).verdict
    data["lock"]["stop"] = "decreasing"
    assert {proved, _prove(data).verdict} == {"proved", "refuted"}


def test_a_drive_joint_written_the_other_way_round_is_the_same_lock(fourbars: ModuleType) -> None:
    """The relative angle is the second body's against the first's, so it changes sign with their order, and so does the stop."""
    data, _ = _lock(fourbars, LENGTHS[0], 4.0, 0.05)
    turned = copy.deepcopy(data)
    turned["joints"][0]["of"].reverse()
    for table in (turned["drive"], turned["lock"]["drive"]):
        table["value"] = "-" + table["value"]
    turned["lock"]["stop"] = "decreasing"
    first, second = _prove(data).theorems[0], _prove(turned).theorems[0]
    assert first.verdict == second.verdict
    assert [m.value for m in first.margins] == pytest.approx([m.value for m in second.margins], rel=0.05)


def test_a_load_that_may_vanish_is_refuted(fourbars: ModuleType) -> None:
    data = fourbars.hook_13(0.1)
    data["lock"]["loads"][0]["magnitude"] = ["0 kN", "60 kN"]
    result = _prove(data)
    assert result.verdict == "refuted"
    assert "vanish" in result.theorems[0].violates
    assert checker.verify(result.certificate).accepted


@pytest.mark.parametrize("drive", [90.0, 94.0])
def test_a_claim_about_no_assembly_is_refuted(fourbars: ModuleType, drive: float) -> None:
    """Coupler and rocker hardly reach each other; with the tolerance they do not, so the claim would be vacuous there."""
    for facing in (90.0, -90.0):
        data = fourbars.fourbar((40.0, 60.0, 50.0, 100.0), drive, tolerance=2.0, guess=(-10.0, 140.0), direction=(facing, facing))
        data["drive"]["value"] = "80 deg"
        result = _prove(data)
        assert result.verdict == "refuted"
        assert checker.verify(result.certificate).accepted
        if "assembled" in result.theorems[0].violates:
            point = {v.name: v.value for v in result.theorems[0].counterexample}
            pin = point["a"] * np.exp(1j * math.radians(point["drive O2"]))
            assert abs(point["d"] - pin) > point["b"] + point["c"]
            break
    else:
        pytest.fail("neither direction was refuted for want of an assembly")


def test_a_locked_interval_that_reaches_back_over_dead_centre_is_refuted(fourbars: ModuleType) -> None:
    data = fourbars.hook_13(0.1)
    data["lock"]["locked_from"] = "88 deg"
    assert _prove(data).verdict == "refuted"
    data["lock"]["locked_from"] = "92.5 deg"
    assert _prove(data).verdict == "proved"


def test_missing_lock_stop_or_loads_are_input_errors(fourbars: ModuleType) -> None:
    data = fourbars.hook_13(0.1)
    del data["lock"]["stop"]
    with pytest.raises(InputError, match="stop"):
        _prove(data)
    data = fourbars.hook_13(0.1)
    data["lock"]["loads"] = []
    with pytest.raises(InputError, match="load"):
        _prove(data)
    del data["lock"]
    with pytest.raises(InputError, match="lock"):
        _prove(data)


def test_an_exhausted_budget_is_undecided_and_never_proved(fourbars: ModuleType) -> None:
    result = prove(linkage_from_data(fourbars.hook_13(2.7), "lock.toml"), claims=["over_centre"], budget=5)
    assert result.verdict == "undecided"
    assert "budget" in result.theorems[0].statement
    assert result.exit_code == 3


def test_results_are_deterministic(fourbars: ModuleType) -> None:
    assert _prove(fourbars.hook_13(1.0)).certificate == _prove(fourbars.hook_13(1.0)).certificate


@pytest.mark.parametrize("name", ["var_ii_slider_pair", "ref_sixbar_crank_stop", "hook_fourbar_13", "eccentric_cam"])
def test_symbolic_tape_and_checker_agree(fourbars: ModuleType, name: str) -> None:
    """SymPy's expression on the tape, the checker's formulas, and differences of the checker's positions, at random points."""
    case = fourbars.case(fourbars.shipped(name))
    goals, linkage = checker.Goals(case.linkage), case.linkage
    rng, step = np.random.default_rng(5), Fraction(1, 10**6)
    for _ in range(3):
        point = [(x, x) for x in (low + Fraction(int(rng.integers(1000)), 1000) * (high - low) for low, high in linkage.root())]
        inputs = np.array([[ends[0] / checker.ONE] for ends in linkage.intervals(point)])
        for condition in goals.conditions:
            tape = case.tape(condition, goals)
            if condition.startswith("factor") or condition.startswith("assembly "):
                assert tape is not None
                value = goals.scene(point).quantity(condition).value[0] / checker.ONE
                assert values(tape, inputs)[0].item() == pytest.approx(value, rel=1e-9)
        point = [(Fraction(0),) * 2 if v.symbol.startswith("_t") else x for v, x in zip(linkage.variables, point, strict=True)]
        drive = next(low for v, (low, _) in zip(linkage.variables, point, strict=True) if v.symbol == "_drive")
        unit = 1.0 if linkage.drive.kind == "prismatic" else math.radians(1.0)
        for load in linkage.loads:
            scene = checker.Real(linkage, linkage.intervals(point))
            product = float(case.linkage.senses[load])
            for factor, power in linkage.solution["loads"][load]:
                product *= (scene.quantity(f"factor {factor}").value[0] / checker.ONE) ** power
            ends = [
                checker.Real(linkage, linkage.intervals(linkage.with_drive(point, drive + h, drive + h))).along(load).value[0]
                for h in (step, -step)
            ]
            assert product == pytest.approx((ends[0] - ends[1]) / checker.ONE / (2 * float(step) * unit), rel=1e-7)


def test_constraints_hold_in_the_checker(fourbars: ModuleType) -> None:
    """Every joint's equations are fulfilled up to rounding, play and all, for shipped locks of every kind of joint."""
    for name in ("ref_sixbar_rod_stop", "ref_sixbar_crank_stop", "var_ii_slider_pair", "watt_i_reaching_hook", "eccentric_cam"):
        linkage = fourbars.case(fourbars.shipped(name)).linkage
        scene = checker.Real(linkage, linkage.intervals([(low, low) for low, _ in linkage.root()]))
        for joint in linkage.joints:
            for residual in scene.residuals(joint):
                assert abs(residual.value[0]) + abs(residual.value[1]) < checker.ONE * 1e-16


def test_statement_and_payload_follow_the_contract(fourbars: ModuleType) -> None:
    payload = _prove(fourbars.hook_13(0.2)).payload()
    theorem = payload["theorems"][0]
    assert {"name", "verdict", "statement", "margin", "counterexample", "boxes", "time_s"} <= set(theorem)
    assert set(theorem["margin"]) >= {"value", "unit", "meaning"}
    json.dumps(payload, allow_nan=False)


def test_claims_without_a_method_are_undecided(fourbars: ModuleType) -> None:
    data = copy.deepcopy(fourbars.hook_13(0.2))
    data["lock"]["claims"] = ["over_centre", "can_hold"]
    result = prove(linkage_from_data(data, "lock.toml"))
    assert [t.verdict for t in result.theorems] == ["proved", "undecided"]
    assert result.verdict == "undecided"
    assert checker.verify(result.certificate).accepted
