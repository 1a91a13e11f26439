"""The fabricated results as fixtures."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location("example_results", Path(__file__).with_name("example_results.py"))
assert _SPEC is not None and _SPEC.loader is not None
_EXAMPLE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_EXAMPLE)


@pytest.fixture
def full() -> dict[str, Any]:
    """Results with everything the report knows of."""
    return _EXAMPLE.example()


@pytest.fixture
def minimal() -> dict[str, Any]:
    """Results with only what the contract requires."""
    return _EXAMPLE.minimal()


@pytest.fixture(params=["full", "minimal"])
def check(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Either of the two."""
    return {"full": _EXAMPLE.example, "minimal": _EXAMPLE.minimal}[request.param]()
