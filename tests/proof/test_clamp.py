"""The claim `clamp`: the preload interval against hand calculation and samples, both verdicts, tampering."""

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


def _contract(fourbars: ModuleType, **clamp: Any) -> dict[str, Any]:
    data = fourbars.shipped("contract_fourbar")
    data["lock"]["claims"] = ["clamp"]
    data["lock"]["clamp"].update(clamp)
    return data


def _prove(data: dict[str, Any]) -> Any:
    return prove(linkage_from_data(data, "lock.toml"))


def test_adjusted_clamp_is_stiffness_times_interference(fourbars: ModuleType) -> None:
    """The contract's lock: 80 to 120 kN/mm on 0.15 to 0.25 mm."""
    result = _prove(_contract(fourbars))
    assert result.verdict == "proved"
    low, high = ([m.value for m in result.theorems[0].margins][k::2] for k in (0, 1))
    assert low == pytest.approx([12e3] * 2, rel=2e-5)
    assert high == pytest.approx([30e3] * 2, rel=2e-4)
    assert max(low) <= 12e3 < 30e3 <= min(high)
    assert checker.verify(result.certificate).accepted


def test_losses_lessen_the_lower_end(fourbars: ModuleType) -> None:
    result = _prove(_contract(fourbars, losses={"settlement": {"range": ["0.01 mm", "0.02 mm"]}, "wear": "0.03 mm"}))
    assert [m.value for m in result.theorems[0].margins][:2] == pytest.approx([80e3 * 0.10, 120e3 * 0.21], rel=1e-4)
    assert _prove(_contract(fourbars, losses={"wear": "0.12 mm"})).verdict == "refuted"


def test_tolerances_of_the_linkage_count_unless_adjusted(fourbars: ModuleType) -> None:
    """Four lengths of +-0.1 mm move the hook's point by more than the interference of 0.15 mm."""
    result = _prove(_contract(fourbars, adjusted=False))
    assert result.verdict == "refuted"
    assert checker.verify(result.certificate).accepted
    names = [v.name for v in result.theorems[0].counterexample]
    assert names[-2:] == ["clamp stiffness", "clamp interference"]


def _overlap(p: np.ndarray) -> np.ndarray:
    """Movement of P against the load, from nominal: the four-bar in closed form; columns a, b, c, d, drive, direction."""
    a, b, c, d, drive, direction = p
    crank = a * np.exp(1j * drive)
    base = d - crank
    size = np.abs(base)
    link = b * base / size * np.exp(1j * np.arccos((size**2 + b**2 - c**2) / (2 * size * b)))
    rocker = (crank + link - d) / c
    return d + rocker * (1.5 * c + 10j), np.exp(1j * direction)


def test_proved_preload_encloses_every_sample_and_is_tight(fourbars: ModuleType) -> None:
    data = _contract(fourbars, adjusted=False, interference="1.2 mm")
    for name in "abcd":
        data["parameters"][name] = {"value": data["parameters"][name]["value"] if name in "ab" else data["parameters"][name]}
        data["parameters"][name]["tolerance"] = "0.02 mm"
    for joint in data["joints"]:
        joint.pop("clearance", None)
    del data["lock"]["locked_from"]
    data["lock"]["drive"]["tolerance"] = "0.1 deg"
    result = _prove(data)
    assert result.verdict == "proved"
    rng = np.random.default_rng(1)
    nominal = np.array([40.0, 120.0, 80.0, 100.0, np.radians(27.15), np.radians(145.0)])
    spread = np.array([0.02, 0.02, 0.02, 0.02, np.radians(0.1), np.radians(20.0)])
    corners = np.where(rng.uniform(size=(6, 4000)) < 0.5, -1.0, 1.0)
    points, force = _overlap(nominal[:, None] + spread[:, None] * corners)
    rest, _ = _overlap(nominal[:, None])
    overlap = 1.2 + ((rest - points) * force.conj()).real
    low, high = (m.value for m in result.theorems[0].margins[:2])
    assert low <= 80e3 * overlap.min() < 1.06 * low
    assert high >= 120e3 * overlap.max() > 0.94 * high


def test_altered_preload_or_bounds_are_rejected(fourbars: ModuleType, sealed: Any) -> None:
    data = _contract(fourbars, adjusted=False, interference="4 mm")
    content = json.loads(_prove(data).certificate)
    theorem = content["theorems"][0]
    assert theorem["verdict"] == "proved"
    assert checker.verify(sealed(copy.deepcopy(content))).accepted
    for path, value in [
        (("conditions", -1, "at_least"), str(float(theorem["conditions"][-1]["at_least"]) * 1.01)),
        (("conditions", -1, "quantity"), "spare pack uplift"),
        (("conditions", -1, "at_least"), "-0.5"),
        (("margins", 0, "at_least"), str(float(theorem["margins"][0]["at_least"]) * 0.99)),
        (("margins", 0, "quantity"), "overload nobody"),
        (("margins", 1, "at_least"), "0.5"),
        (("margins", 2, "at_least"), "0.5"),
    ]:
        altered = copy.deepcopy(content)
        node = altered["theorems"][0]
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        assert not checker.verify(sealed(altered)).accepted, path
    for change in ({"interference": "0.3 mm"}, {"stiffness": "1 kN/mm"}, {"losses": {"wear": "4 mm"}}, {"adjusted": "no"}):
        altered = copy.deepcopy(content)
        altered["linkage"]["lock"]["clamp"].update(change)
        assert not checker.verify(sealed(altered)).accepted, change


def test_a_clamp_without_its_table_is_an_input_error(fourbars: ModuleType) -> None:
    data = _contract(fourbars)
    del data["lock"]["clamp"]
    with pytest.raises(InputError, match="clamp"):
        _prove(data)
    with pytest.raises(InputError, match="unknown load"):
        _prove(_contract(fourbars, loads=["nobody"]))
