"""Four-bar locks for the tests, and a second derivation of Q that shares nothing with the prover or the checker."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.semantics import build
from mechlock.proof.conditions import Problem

LOCKS = Path(__file__).parents[2] / "geometry" / "locks"


def case(data: dict[str, Any]) -> Problem:
    """The lock with its closed form, as the checker reads both."""
    return Problem(build(linkage_from_data(data, "lock.toml")), data)


def shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((LOCKS / f"{name}.toml").read_text(encoding="utf-8"))


def hook_13(tolerance: float) -> dict[str, Any]:
    data = shipped("hook_fourbar_13")
    for name in ("a", "b", "c", "x4", "y4"):
        data["parameters"][name]["tolerance"] = f"{tolerance} mm"
    for name in ("px", "py"):
        data["parameters"][name]["tolerance"] = f"{2 * tolerance} mm"
    return data


def fourbar(
    lengths: tuple[float, float, float, float],
    drive_deg: float,
    *,
    tolerance: float = 0.1,
    stop: str = "increasing",
    clearance: float = 0.0,
    direction: tuple[float, float] = (80.0, 100.0),
    point: tuple[float, float] = (90.0, 10.0),
    guess: tuple[float, float] = (0.0, 0.0),
) -> dict[str, Any]:
    """Crank a, coupler b, rocker c on ground d, load at a point of the rocker."""
    joints = [
        ("O2", "ground.O2", "crank.O2"),
        ("A", "crank.A", "coupler.A"),
        ("B", "coupler.B", "rocker.B"),
        ("O4", "ground.O4", "rocker.O4"),
    ]
    return {
        "format": "mechlock-linkage/1",
        "parameters": {k: {"value": f"{v!r} mm", "tolerance": f"{tolerance!r} mm"} for k, v in zip("abcd", lengths, strict=True)},
        "bodies": {
            "ground": {"points": {"O2": ["0 mm", "0 mm"], "O4": ["d", "0 mm"]}},
            "crank": {"points": {"O2": ["0 mm", "0 mm"], "A": ["a", "0 mm"]}},
            "coupler": {"points": {"A": ["0 mm", "0 mm"], "B": ["b", "0 mm"]}},
            "rocker": {"points": {"O4": ["0 mm", "0 mm"], "B": ["c", "0 mm"], "P": [f"{point[0]!r} mm", f"{point[1]!r} mm"]}},
        },
        "joints": [
            {"name": n, "type": "revolute", "of": [i, j]}
            | ({"clearance": f"{clearance!r} mm"} if clearance and n in "AB" else {})
            for n, i, j in joints
        ],
        "drive": {"joint": "O2", "value": f"{drive_deg!r} deg"},
        "assembly": {"coupler": f"{guess[0]!r} deg", "rocker": f"{guess[1]!r} deg"},
        "lock": {
            "claims": ["over_centre"],
            "drive": {"value": f"{drive_deg!r} deg", "tolerance": "0.2 deg"},
            "stop": stop,
            "loads": [
                {
                    "name": "load",
                    "body": "rocker",
                    "point": "P",
                    "magnitude": ["5 kN", "60 kN"],
                    "direction": [f"{x!r} deg" for x in direction],
                }
            ],
        },
    }


def lever(values: dict[str, Any], sense: int, point: Any, direction: Any, carried: bool = False) -> Any:
    """d(position of P)/d(drive) along the load, by circle intersection and a numerical derivative (mpmath, any precision).

    `values`: a, b, c, x4, y4, drive (rad) and offsets ax, ay, bx, by; `sense` picks the intersection; `carried` lets the offset
    at A turn with the crank.
    """
    start = mpmath.mpf(values["drive"])

    def rocker_angle(drive: Any) -> Any:
        turn = mpmath.expj(drive - start) if carried else 1
        a = values["a"] * mpmath.expj(drive) + mpmath.mpc(values.get("ax", 0), values.get("ay", 0)) * turn
        c = mpmath.mpc(values["x4"], values["y4"]) - mpmath.mpc(values.get("bx", 0), values.get("by", 0))
        base = c - a
        size = abs(base)
        cosine = (size**2 + values["b"] ** 2 - values["c"] ** 2) / (2 * size * values["b"])
        if abs(cosine) > 1:
            return None
        b = a + values["b"] * base / size * mpmath.expj(sense * mpmath.acos(cosine))
        return mpmath.arg((b - c) / reference) if reference else b - c

    reference: Any = None
    reference = rocker_angle(start)
    if reference is None:
        return None
    rate = mpmath.diff(rocker_angle, start)
    arm = mpmath.mpc(*point) * reference / abs(reference)
    return rate * (mpmath.mpc(0, 1) * arm * mpmath.expj(-direction)).real


def as_nominal(data: dict[str, Any], values: dict[str, float]) -> dict[str, Any]:
    """The same lock with a counterexample's dimensions as exact nominal values."""
    result = copy.deepcopy(data)
    for name, value in values.items():
        if name in result["parameters"]:
            unit = "" if isinstance(result["parameters"][name], dict) and "range" in result["parameters"][name] else " mm"
            result["parameters"][name] = f"{value!r}{unit}" if unit else value
    return result


def levers(p: np.ndarray, sense: int, point: tuple[float, float]) -> np.ndarray:
    """Lever of many samples in closed form: columns a, b, c, d, drive, direction (rad)."""
    a, b, c, d, drive, direction = p
    crank = a * np.exp(1j * drive)
    base = d - crank
    size = np.abs(base)
    cosine = (size**2 + b**2 - c**2) / (2 * size * b)
    with np.errstate(invalid="ignore"):
        link = b * base / size * np.exp(1j * sense * np.arccos(cosine))
    rocker = crank + link - d
    rate = (1j * crank * link.conj()).real / (1j * rocker * link.conj()).real
    arm = complex(*point) * rocker / c
    return rate * (1j * arm * np.exp(-1j * direction)).real
