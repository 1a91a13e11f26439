"""Every number and name of a certificate altered, hashes recomputed: rejected, or shown to be true. See `mutations.py`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

EACH = 12
"""Alterations of each certificate, one of each field in turn; `python tests/proof/mutations.py` goes over all."""

SPEC = importlib.util.spec_from_file_location("proof_mutations", Path(__file__).with_name("mutations.py"))


def _load() -> ModuleType:
    import sys

    assert SPEC and SPEC.loader
    module = importlib.util.module_from_spec(SPEC)
    sys.modules[SPEC.name] = module  # its dataclasses look themselves up
    SPEC.loader.exec_module(module)
    return module


mutations = _load()


@pytest.mark.parametrize("name", mutations.locks())
def test_what_is_accepted_of_altered_certificates_is_true(name: str) -> None:
    content = mutations.certificate(name)
    assert mutations.accepted(content)
    found = mutations.survey(content, EACH)
    assert found.false == []
    assert found.tried.total() == EACH
    assert found.rejected.total() > EACH / 2


def test_the_oracle_finds_a_statement_that_is_not_true() -> None:
    """What the checker would have to accept to be wrong: a bound beyond the truth, and a lock that opens."""
    content = mutations.certificate("over_centre")
    theorem = ("theorems", 0, "margins", 0, "at_least")
    assert not mutations.Oracle(content).why(mutations.altered(content, theorem, "1000"), theorem)
    stop = ("linkage", "lock", "stop")
    assert not mutations.Oracle(content).why(mutations.altered(content, stop, "decreasing"), stop)
