"""The composer: the only place where stages meet, and where frame forces go back to the proof."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mechlock.pipeline.building import build
    from mechlock.pipeline.checking import CheckResult, check

__all__ = ["CheckResult", "build", "check"]

_HOMES = {"build": "building", "CheckResult": "checking", "check": "checking"}


def __getattr__(name: str) -> Any:
    """Import a stage's function when it is first asked for: solving a model needs neither designs nor proofs."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mechlock.pipeline' has no attribute {name!r}")
    return getattr(import_module(f"mechlock.pipeline.{_HOMES[name]}"), name)
