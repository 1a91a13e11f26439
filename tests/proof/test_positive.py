"""The claim `positive`: a tooth on the crank and a face on the ground, with both verdicts, samples and tampering."""

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


def _lock(fourbars: ModuleType, edge: tuple[float, float] = (32.0, 12.95), **table: Any) -> dict[str, Any]:
    """The contract's four-bar, locked from 26 deg; a tooth 30 mm out on the crank, a face that looks up below it."""
    data = fourbars.shipped("contract_fourbar")
    data["bodies"]["crank"]["points"]["T"] = ["30 mm", "0 mm"]
    data["bodies"]["ground"]["points"]["K"] = [f"{edge[0]} mm", f"{edge[1]} mm"]
    data["lock"]["claims"] = ["positive"]
    data["lock"]["positive"] = {
        "body": "crank",
        "point": "T",
        "against": "ground.K",
        "normal": "90 deg",
        "width": "10 mm",
        "engagement": "3 mm",
        "blocked_at": "25 deg",
    } | table
    return data


def _prove(data: dict[str, Any]) -> Any:
    return prove(linkage_from_data(data, "lock.toml"))


def test_margins_are_those_of_the_crank(fourbars: ModuleType) -> None:
    """The tooth stands at 30 (cos, sin) of the drive, and play of 0.05 mm at the crank's pivot moves it as much."""
    result = _prove(_lock(fourbars))
    assert result.verdict == "proved"
    assert checker.verify(result.certificate).accepted
    values = sorted(m.value for m in result.theorems[0].margins)
    low, end, stop = (30 * np.exp(1j * np.radians(x)) for x in (26.0, 25.0, 27.65))
    truth = [low.imag - 0.05 - 12.95, 12.95 - end.imag - 0.05, 32 - end.real - 0.05 - 3, 10 - 3 - (32 - stop.real + 0.05)]
    assert values == pytest.approx(sorted(truth), rel=1e-4)
    assert all(value <= other for value, other in zip(values, sorted(truth), strict=True))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"edge": (32.0, 13.12)}, "already stands"),
        ({"edge": (32.0, 12.70)}, "still before"),
        ({"edge": (29.0, 12.95)}, "edge"),
        ({"width": "7 mm"}, "far end"),
        ({"side": "right"}, "edge"),
        ({"normal": "270 deg"}, "already stands"),
    ],
)
def test_a_face_out_of_place_is_refuted(fourbars: ModuleType, change: dict[str, Any], words: str) -> None:
    result = _prove(_lock(fourbars, **change))
    assert result.verdict == "refuted"
    assert words in result.theorems[0].violates
    assert checker.verify(result.certificate).accepted


def test_altered_certificates_are_rejected(fourbars: ModuleType, sealed: Any) -> None:
    content = json.loads(_prove(_lock(fourbars)).certificate)
    assert checker.verify(sealed(copy.deepcopy(content))).accepted
    for change in (
        {"blocked_at": "25.6 deg"},
        {"blocked_at": "26.5 deg"},
        {"engagement": "6 mm"},
        {"engagement": "-1 mm"},
        {"width": "6 mm"},
        {"normal": "260 deg"},
        {"side": "right"},
        {"side": "up"},
        {"against": "ground.O4"},
        {"wdith": "3 mm"},
    ):
        altered = copy.deepcopy(content)
        altered["linkage"]["lock"]["positive"].update(change)
        assert not checker.verify(sealed(altered)).accepted, change
    for part in ("locked", "travel", "end"):
        altered = copy.deepcopy(content)
        altered["theorems"][0][part].pop()
        assert not checker.verify(sealed(altered)).accepted
        altered = copy.deepcopy(content)
        altered["theorems"][0][part][-1]["at_least"] = str(1.01 * float(altered["theorems"][0][part][-1]["at_least"]))
        assert not checker.verify(sealed(altered)).accepted


def test_missing_tables_are_input_errors(fourbars: ModuleType) -> None:
    data = _lock(fourbars)
    del data["lock"]["positive"]
    with pytest.raises(InputError, match="tooth"):
        _prove(data)
    with pytest.raises(InputError, match="no point"):
        _prove(_lock(fourbars, against="ground.X"))
