"""Margins found by bisection on proofs: what they say holds, and a little beyond the truth it does not."""

from __future__ import annotations

import copy
import json
import math
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import DRIVE_RESERVE, limits, prove

checker = import_module("mechlock.proof.verify")


def _prove(data: dict[str, Any]) -> Any:
    return prove(linkage_from_data(data, "lock.toml"), margins=True)


@pytest.fixture(scope="module")
def contract(fourbars: ModuleType) -> Any:
    data = fourbars.shipped("contract_fourbar")
    data["lock"]["claims"] = ["over_centre"]
    return data, _prove(data)


def test_reserve_at_the_drive_stays_below_every_sample(contract: Any) -> None:
    """Dead centre of the contract's four-bar: crank and coupler in line, cos(drive) = ((a + b)^2 + d^2 - c^2)/(2 (a + b) d)."""
    data, result = contract
    margin = next(m for m in result.theorems[0].margins if m.meaning == DRIVE_RESERVE)
    rng = np.random.default_rng(3)
    a, b, c, d = (v + 0.1 * np.where(rng.uniform(size=4096) < 0.5, -1, 1) for v in (40.0, 120.0, 80.0, 100.0))
    dead = np.degrees(np.arccos(((a + b) ** 2 + d**2 - c**2) / (2 * (a + b) * d)))
    true = (26.65 - dead).min()  # the stop stands at 27.15 deg +- 0.5 deg
    assert 0.8 * true < margin.value < true
    assert margin.unit == "deg"
    assert data["lock"]["drive"]["tolerance"] == "0.5 deg"


def test_an_earlier_beginning_in_the_certificate_is_checked(contract: Any, sealed: Any) -> None:
    content = json.loads(contract[1].certificate)
    assert checker.verify(sealed(content)).accepted
    for start in ("24.1", "26.99", "40"):
        altered = copy.deepcopy(content)
        altered["theorems"][0]["from"] = start
        assert not checker.verify(sealed(altered)).accepted


def test_limits_bracket_the_truth_for_a_wedge(fourbars: ModuleType) -> None:
    """Of the wedge of 5 deg: mu may fall to tan(alpha/2) with alpha at its upper end of 5.1 deg."""
    data = fourbars.shipped("var_iii_wedge")
    found = {limit.meaning.split()[0]: limit for limit in limits(linkage_from_data(data, "w"), ("friction",), budget=60)}
    least = found["least"]
    critical = math.tan(math.radians(5.1 / 2)) / 0.08
    assert least.outcome == "refuted"
    assert least.beyond < critical < least.value < 1.02 * critical
    # mu stays at 0.08 while the angle grows: 5 deg + factor x 0.1 deg reaches 2 atan(0.08)
    largest, truth = found["largest"], (math.degrees(2 * math.atan(0.08)) - 5.0) / 0.1
    assert largest.outcome == "refuted"
    assert largest.value < truth < largest.beyond < 1.02 * truth
    assert largest.governs == "alpha"


def test_limits_of_a_claim_that_does_not_hold_are_none(fourbars: ModuleType) -> None:
    data = fourbars.shipped("var_iii_wedge")
    data["parameters"]["mu"] = {"range": [0.01, 0.2]}
    assert limits(linkage_from_data(data, "w"), ("friction",), budget=60) == ()
