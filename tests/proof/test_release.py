"""The claim release: effort against closed forms, virtual work and adversarial friction; verdicts and certificates."""

from __future__ import annotations

import copy
import json
import math
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import ProofResult, prove

checker = import_module("mechlock.proof.verify")


def _linkage(fourbars: ModuleType, data: dict[str, Any]) -> Any:
    return fourbars.case(data).linkage


def _contract(fourbars: ModuleType) -> dict[str, Any]:
    data = fourbars.shipped("contract_fourbar")
    for joint in data["joints"]:
        del joint["clearance"]
    return data


def _effort(linkage: Any, point: list[Fraction], load: str) -> tuple[float, float]:
    scene = checker.Real(linkage, linkage.intervals([(x, x) for x in point]))
    low, high = checker.effort(scene, load).value
    return low / checker.ONE, high / checker.ONE


def _random_point(linkage: Any, rng: np.random.Generator) -> list[Fraction]:
    return [low + Fraction(int(rng.integers(1001)), 1000) * (high - low) for low, high in linkage.root()]


@pytest.mark.parametrize("name", ["contract_fourbar", "ref_sixbar_crank_stop", "ref_sixbar_rod_stop", "var_ii_slider_pair"])
def test_without_friction_the_effort_is_the_lever_arm(fourbars: ModuleType, name: str) -> None:
    """Equilibrium of all bodies against virtual work on the positions, which share no formula."""
    data = fourbars.shipped(name)
    for joint in data["joints"]:
        joint.pop("clearance", None)
        joint.pop("friction", None)
    linkage, rng = _linkage(fourbars, data), np.random.default_rng(2)
    for load in linkage.loads:
        point = _random_point(linkage, rng)
        box, step = [(x, x) for x in point], Fraction(1, 10**6)
        drive = next(x for v, x in zip(linkage.variables, point, strict=True) if v.symbol == "_drive")
        ends = [
            checker.Real(linkage, linkage.intervals(linkage.with_drive(box, drive + h, drive + h))).along(load).value[0]
            for h in (step, -step)
        ]
        unit = 1.0 if linkage.drive.kind == "prismatic" else math.radians(1.0)
        work = (ends[0] - ends[1]) / checker.ONE / (2 * float(step) * unit)
        least, most = _effort(linkage, point, load)
        assert least == pytest.approx(linkage.stop * work, rel=1e-7)
        assert most == pytest.approx(least, rel=1e-12)


def _reactions(data: dict[str, Any], values: dict[str, float], direction: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Joint forces and drive torque of the contract's four-bar by free bodies: per unit load, and per friction moment."""
    a, b, c, d, drive = (values[k] for k in ("a", "b", "c", "d", "drive"))
    crank = a * np.exp(1j * drive)
    size = abs(d - crank)
    link = b * (d - crank) / size * np.exp(1j * math.acos((size**2 + b**2 - c**2) / (2 * size * b)))
    rocker = crank + link - d
    load_arm = complex(1.5 * c, 10.0) * rocker / c
    # unknowns: forces on crank at O2, on coupler at A, on rocker at B (their partners get the opposite), on rocker at O4; torque
    matrix, right = np.zeros((9, 9)), np.zeros((9, 5))
    for row, forces, moments in (
        (0, {0: 1, 1: -1}, {1: -crank}),
        (3, {1: 1, 2: -1}, {2: -link}),
        (6, {2: 1, 3: 1}, {2: rocker}),
    ):
        for joint, sign in forces.items():
            matrix[row, 2 * joint] = matrix[row + 1, 2 * joint + 1] = sign
        for joint, arm in moments.items():
            matrix[row + 2, 2 * joint : 2 * joint + 2] = -arm.imag, arm.real
    matrix[2, 8] = 1.0
    force = np.exp(1j * direction)
    right[6:9, 0] = -force.real, -force.imag, -(load_arm.real * force.imag - load_arm.imag * force.real)
    for column, (plus, minus) in enumerate(((2, None), (5, 2), (8, 5), (8, None)), 1):
        right[plus, column] = -1.0
        if minus is not None:
            right[minus, column] = 1.0
    solution = np.linalg.solve(matrix, right)
    return solution[:, 0], solution[:, 1:], matrix


def test_friction_bounds_hold_every_admissible_friction(fourbars: ModuleType) -> None:
    """Free bodies solved in floating point, with friction moments anywhere in their circles, stay within the bounds."""
    data = _contract(fourbars)
    linkage, rng = _linkage(fourbars, data), np.random.default_rng(4)
    names = [v.name for v in linkage.variables]
    for _ in range(10):
        point = _random_point(linkage, rng)
        values = dict(zip(names, map(float, point), strict=True))
        values["drive"] = math.radians(values["drive O2"])
        free, influence, _ = _reactions(data, values, math.radians(values["direction parked"]))
        rho = 8.0 * values["mu"] / math.sqrt(1.0 + values["mu"] ** 2)
        least, most = _effort(linkage, point, "parked")
        for signs in rng.uniform(-1.0, 1.0, (50, 4)):
            moments = np.zeros(4)
            for _ in range(100):
                solution = free + influence @ moments
                moments = rho * signs * np.hypot(solution[0:8:2], solution[1:8:2])
            assert -solution[8] <= most + 1e-9
        opposing = np.sign(-influence[8])
        moments = np.zeros(4)
        for _ in range(200):
            solution = free + influence @ moments
            moments = rho * opposing * np.hypot(solution[0:8:2], solution[1:8:2])
        assert least - 1e-9 <= -solution[8] <= most + 1e-9
        assert most < 1.001 * -solution[8]


def _prove(data: dict[str, Any]) -> ProofResult:
    return prove(linkage_from_data(data, "lock.toml"), claims=["release"])


def test_contract_fourbar_can_be_released(fourbars: ModuleType) -> None:
    data = fourbars.shipped("contract_fourbar")
    result = _prove(data)
    assert result.verdict == "proved"
    assert result.theorems[0].margin is not None
    assert result.theorems[0].margin.value < 160.0
    content = json.loads(result.certificate)
    assert checker.verify(result.certificate).accepted
    theorem = content["theorems"][0]
    for change in (
        lambda t: t.update(to="26.5"),
        lambda t: t.update(to="24"),
        lambda t: t["travel"][-1].update(at_least="-140000"),
        lambda t: t["travel"][-1].update(at_least="-170000"),
        lambda t: t["travel"].pop(),
        lambda t: t["end"].pop(),
        lambda t: t["travel"][-1].update(tree=["."]),
    ):
        altered = copy.deepcopy(content)
        change(altered["theorems"][0])
        altered["sha256"] = checker.digest({k: v for k, v in altered.items() if k != "sha256"})
        assert not checker.verify(json.dumps(altered)).accepted
    assert theorem["claim"] == "release"


def test_a_weak_actuator_is_refuted_or_undecided_never_proved(fourbars: ModuleType) -> None:
    data = fourbars.shipped("contract_fourbar")
    for limit, verdicts in (("100 N*m", {"refuted"}), ("135 N*m", {"refuted", "undecided"})):
        data["lock"]["release"]["max_torque"] = limit
        result = prove(linkage_from_data(data, "lock.toml"), claims=["release"], budget=40)
        assert result.verdict in verdicts
        assert checker.verify(result.certificate).accepted


def test_counterexample_exceeds_the_limit_by_free_bodies(fourbars: ModuleType) -> None:
    data = _contract(fourbars)
    data["lock"]["release"]["max_torque"] = "100 N*m"
    theorem = _prove(data).theorems[0]
    values = {v.name: v.value for v in theorem.counterexample}
    values["drive"] = math.radians(values["drive O2"])
    free, influence, _ = _reactions(data, values, math.radians(values["direction parked"]))
    rho, moments, solution = 8.0 * values["mu"] / math.sqrt(1.0 + values["mu"] ** 2), np.zeros(4), free
    for _ in range(200):
        solution = free + influence @ moments
        moments = rho * np.sign(-influence[8]) * np.hypot(solution[0:8:2], solution[1:8:2])
    assert -solution[8] * 6000.0 > 100e3


def test_missing_data_are_input_errors(fourbars: ModuleType) -> None:
    data = fourbars.shipped("contract_fourbar")
    del data["lock"]["release"]["max_torque"]
    with pytest.raises(InputError, match="limit"):
        _prove(data)
    del data["lock"]["release"]
    with pytest.raises(InputError, match="loads"):
        _prove(data)


def test_majorant_bounds_a_contraction_and_refuses_an_expansion() -> None:
    one = checker.ONE
    bound = checker.majorant([one, one], [[one // 4, one // 4], [0, one // 2]])
    assert bound[0] >= one * Fraction(2)  # exact solution of x = 1 + M x is (2, 2)
    assert bound[1] >= 2 * one
    assert bound[0] < 2.1 * one
    with pytest.raises(checker.Unknown):
        checker.majorant([one, one], [[one // 2, one], [one, one // 2]])


def test_elimination_encloses_random_systems() -> None:
    rng, one = np.random.default_rng(8), checker.ONE
    for _ in range(10):
        matrix = rng.normal(size=(5, 5)) + 4.0 * np.eye(5)
        boxes = [[checker.Num((int((x - 1e-3) * one), int((x + 1e-3) * one))) for x in row] for row in matrix]
        right = rng.normal(size=5)
        system = [[*row, checker.Num((int(x * one), int(x * one)))] for row, x in zip(boxes, right, strict=True)]
        checker.eliminate(system)
        solved = [row[-1] for row in system]
        column, entries = [number.value for number in solved], [entry for row in boxes for entry in row]
        slopes = checker.gradient(solved[0], entries)
        exact = -np.outer(np.linalg.inv(matrix)[0], np.linalg.solve(matrix, right)).ravel()
        assert all(low / one <= slope <= high / one for slope, (low, high) in zip(exact, slopes, strict=True))
        for _ in range(20):
            solution = np.linalg.solve(matrix + rng.uniform(-1e-3, 1e-3, (5, 5)), right)
            for x, (low, high) in zip(solution, column, strict=True):
                assert low / one - 1e-12 <= x <= high / one + 1e-12
