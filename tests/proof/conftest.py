"""Locks that several tests build, and an independent derivation of Q."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mechlock.proof.verify import digest


@pytest.fixture(scope="session")
def fourbars() -> ModuleType:
    spec = importlib.util.spec_from_file_location("proof_fourbars", Path(__file__).with_name("fourbars.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sealed() -> Callable[[dict[str, Any]], str]:
    """What writes an altered certificate with all its hashes recomputed."""

    def seal(content: dict[str, Any]) -> str:
        content = content | {"linkage_sha256": digest(content["linkage"])}
        return json.dumps(content | {"sha256": digest({k: v for k, v in content.items() if k != "sha256"})})

    return seal
