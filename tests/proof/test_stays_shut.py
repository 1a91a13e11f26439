"""The claim `stays_shut`: barrier and released energy against samples, both verdicts, tampering."""

from __future__ import annotations

import copy
import json
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")


def _lock(fourbars: ModuleType, magnitude: tuple[float, float] = (50, 52), clearance: float = 0.0, speed: float = 1.0) -> Any:
    data = fourbars.shipped("contract_fourbar")
    for joint in data["joints"]:
        joint.pop("clearance", None)
        if clearance and joint["name"] == "A":
            joint["clearance"] = f"{clearance} mm"
    for name in "abcd":
        spec = data["parameters"][name]
        data["parameters"][name] = {"value": spec["value"] if isinstance(spec, dict) else spec, "tolerance": "0.01 mm"}
    for name, mass in (("crank", 1.0), ("coupler", 2.0), ("hook", 3.0)):
        data["bodies"][name]["mass"] = f"{mass} kg"
    lock = data["lock"]
    lock.pop("locked_from", None)
    lock["drive"]["tolerance"] = "0.1 deg"
    lock["claims"], lock["loads"] = ["stays_shut"], lock["loads"][:1]
    lock["loads"][0] |= {"magnitude": [f"{x} kN" for x in magnitude], "direction": ["140 deg", "150 deg"]}
    lock.pop("release", None)
    lock["shock"] = {"velocity_change": f"{speed} m/s"}
    return data


def _prove(data: dict[str, Any]) -> Any:
    return prove(linkage_from_data(data, "lock.toml"))


def _height(p: np.ndarray) -> np.ndarray:
    """Height of P against the load; columns a, b, c, d, drive, direction."""
    a, b, c, d, drive, direction = p
    crank = a * np.exp(1j * drive)
    base = d - crank
    size = np.abs(base)
    link = b * base / size * np.exp(1j * np.arccos((size**2 + b**2 - c**2) / (2 * size * b)))
    return ((d + (crank + link - d) / c * (1.5 * c + 10j)) * np.exp(-1j * direction)).real


def test_barrier_stays_below_every_sample_and_energies_add_up(fourbars: ModuleType) -> None:
    result = _prove(_lock(fourbars))
    assert result.verdict == "proved", result.theorems[0].statement
    assert checker.verify(result.certificate).accepted
    barrier, released, ratio = (m.value for m in result.theorems[0].margins)
    given = (52e3**2 - 50e3**2) / (2 * 80e3) / 1e3 + 0.5 * 6.0 * 1.0**2
    assert released == pytest.approx(given, rel=2e-4)
    assert released >= given
    assert 1.0 < ratio <= barrier / released
    rng = np.random.default_rng(2)
    middle = np.array([40.0, 120.0, 80.0, 100.0, np.radians(27.15), np.radians(145.0)])
    spread = np.array([0.01] * 4 + [np.radians(0.1), np.radians(5.0)])
    points = middle[:, None] + spread[:, None] * np.where(rng.uniform(size=(6, 2000)) < 0.5, -1, 1)
    heights = [_height(np.vstack([points[:4], np.full(2000, np.radians(x)), points[5]])) for x in np.linspace(22, 27, 200)]
    true = 50.0 * (_height(points) - np.min(heights, axis=0)).min()
    assert 0.5 * true < barrier < true


def test_play_elasticity_and_speed_each_can_refuse(fourbars: ModuleType) -> None:
    """A wide range of the load releases more elastic energy than the barrier holds: refuted; play has no such proof."""
    wide = _prove(_lock(fourbars, magnitude=(20, 110)))
    assert wide.verdict == "refuted"
    assert checker.verify(wide.certificate).accepted
    assert _prove(_lock(fourbars, speed=3.0)).verdict == "refuted"
    loose = _prove(_lock(fourbars, clearance=0.05))
    assert loose.verdict == "undecided"
    assert "released" in loose.theorems[0].statement


def test_altered_certificates_are_rejected(fourbars: ModuleType, sealed: Any) -> None:
    content = json.loads(_prove(_lock(fourbars)).certificate)
    assert checker.verify(sealed(copy.deepcopy(content))).accepted

    def rejected(change: Any) -> bool:
        altered = copy.deepcopy(content)
        change(altered, altered["theorems"][0])
        return not checker.verify(sealed(altered)).accepted

    load, released = next(iter(content["theorems"][0]["released"].items()))
    barrier = float(content["theorems"][0]["climb"][-1]["at_least"])
    assert rejected(lambda c, t: t["climb"][-1].update(at_least=str(1.01 * barrier)))
    assert rejected(lambda c, t: t["released"].update({load: str(0.999 * float(released))}))
    assert rejected(lambda c, t: t["released"].update({load: str(barrier)}))
    assert rejected(lambda c, t: t["released"].clear())
    assert rejected(lambda c, t: t.update(summit="20"))
    assert rejected(lambda c, t: t["conditions"].pop())
    assert rejected(lambda c, t: t["climb"].pop())
    assert rejected(lambda c, t: t["climb"][-1].update(at_least=str(1.5 * float(t["climb"][-1]["at_least"]))))
    assert rejected(lambda c, t: c["linkage"]["lock"]["shock"].update(velocity_change="9 m/s"))
    assert rejected(lambda c, t: c["linkage"]["lock"]["shock"].update(drive_energy="1 kJ"))
    assert rejected(lambda c, t: c["linkage"]["lock"]["shock"].update(drive_energy="-1 J"))
    assert rejected(lambda c, t: c["linkage"]["lock"]["loads"][0].update(magnitude=["50 kN", "22 kN"]))
    assert rejected(lambda c, t: c["linkage"]["bodies"]["hook"].update(mass="90 kg"))
    assert rejected(lambda c, t: c["linkage"]["bodies"]["hook"].pop("mass"))
    assert rejected(lambda c, t: c["linkage"]["lock"]["clamp"].update(stiffness="2 kN/mm"))


def test_altered_counterexamples_are_rejected(fourbars: ModuleType, sealed: Any) -> None:
    content = json.loads(_prove(_lock(fourbars, magnitude=(20, 110))).certificate)
    for to in ("27", "26.5", "30"):
        altered = copy.deepcopy(content)
        altered["theorems"][0]["counterexample"]["to"] = to
        assert not checker.verify(sealed(altered)).accepted
    altered = copy.deepcopy(content)
    altered["linkage"]["lock"]["loads"][0]["magnitude"] = ["50 kN", "52 kN"]
    assert not checker.verify(sealed(altered)).accepted


def test_masses_and_shock_are_asked_for(fourbars: ModuleType) -> None:
    data = _lock(fourbars)
    del data["bodies"]["hook"]["mass"]
    with pytest.raises(InputError, match="mass"):
        _prove(data)
    data = _lock(fourbars)
    del data["lock"]["shock"]
    with pytest.raises(InputError, match="shock"):
        _prove(data)
