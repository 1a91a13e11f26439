"""Every number and name of a certificate altered, hashes recomputed: rejected, or shown to be true. See `mutations.py`."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

EVERY = os.environ.get("MECHLOCK_ALL_MUTATIONS", "") not in ("", "0")
"""Whether all alterations are tried (thousands, an hour), as `python tests/proof/mutations.py` does; else one of each field."""

SPEC = importlib.util.spec_from_file_location("proof_mutations", Path(__file__).with_name("mutations.py"))


def _load() -> ModuleType:
    import sys

    assert SPEC and SPEC.loader
    module = importlib.util.module_from_spec(SPEC)
    sys.modules[SPEC.name] = module  # its dataclasses look themselves up
    SPEC.loader.exec_module(module)
    return module


mutations = _load()


def _fields(name: str) -> set[str]:
    return {mutations.field_name(path) for path, _ in mutations.alterations(mutations.certificate(name))}


SLOW = ("clamp", "release", "release refuted", "stays_shut", "stays_shut refuted")
"""Their certificates take longest to check, each some fifty times."""


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow if n in SLOW else ()) for n in mutations.locks()])
def test_what_is_accepted_of_altered_certificates_is_true(name: str) -> None:
    """One alteration of every field: of a claim's second certificates of those fields that its first does not have."""
    content = mutations.certificate(name)
    assert mutations.accepted(content)
    claim = content["theorems"][0]["claim"]
    places = mutations.one_of_each(content, set() if name == claim else _fields(claim))
    found = mutations.survey(content, None if EVERY else places)
    assert found.false == []
    assert found.tried.total() >= len(places) > 0 or name == "over_centre without load"
    assert found.rejected.total() > 0 or len(places) < 3


def test_every_key_of_a_certificate_is_altered() -> None:
    """Names, numbers and formulas of every part: nothing but prose and seals is left out."""
    content = mutations.certificate("over_centre with reserves")
    altered = {path[:2] for path, _ in mutations.alterations(content)}
    assert {path[0] for path in altered} == set(content) - {"linkage_sha256", "sha256", "versions"}
    assert {path[1] for path in altered if path[0] == "solution"} >= {k for k, v in content["solution"].items() if v}


def test_the_oracle_finds_a_statement_that_is_not_true() -> None:
    """What the checker would have to accept to be wrong: a bound beyond the truth, and a lock that opens."""
    content = mutations.certificate("over_centre")
    theorem = ("theorems", 0, "margins", 0, "at_least")
    assert not mutations.Oracle(content).why(mutations.altered(content, theorem, "1000"), theorem)
    stop = ("linkage", "lock", "stop")
    assert not mutations.Oracle(content).why(mutations.altered(content, stop, "decreasing"), stop)
