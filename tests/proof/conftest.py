"""Locks that several tests build, and an independent derivation of Q."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def fourbars() -> ModuleType:
    spec = importlib.util.spec_from_file_location("proof_fourbars", Path(__file__).with_name("fourbars.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
