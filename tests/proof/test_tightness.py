"""A claim is proved up to 97 % and more of the tolerance at which a true counterexample exists."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import pytest

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

BREAKS = [
    ("hook_fourbar_13", "over_centre", 14.0),
    pytest.param("ref_sixbar_crank_stop", "over_centre", 47.02, marks=pytest.mark.slow),
    pytest.param("friction_toggle", "friction", 19.6, marks=pytest.mark.slow),
]
"""Lock, claim, and the factor on all its length tolerances with which it is refuted; the certificate of that is exact."""


def _scaled(data: dict[str, Any], factor: float) -> dict[str, Any]:
    data = copy.deepcopy(data)
    for spec in data["parameters"].values():
        if isinstance(spec, dict) and "tolerance" in spec:
            spec["tolerance"] = f"{float(spec['tolerance'].split()[0]) * factor!r} mm"
    return data


@pytest.mark.parametrize(("name", "claim", "breaks"), BREAKS)
def test_proof_holds_to_97_per_cent_of_a_counterexample(name: str, claim: str, breaks: float, fourbars: ModuleType) -> None:
    verdicts = [
        prove(linkage_from_data(_scaled(fourbars.shipped(name), factor), name), claims=(claim,), levers=False).verdict
        for factor in (0.97 * breaks, breaks)
    ]
    assert verdicts == ["proved", "refuted"]
