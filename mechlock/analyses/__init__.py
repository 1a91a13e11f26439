"""The finite-element analyses of a model file: static, modal, dynamic; figures as plain objects, fields for files."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mechlock.analyses.run import Solution, run_model
    from mechlock.analyses.solving import Refinement, solve

__all__ = ["Refinement", "Solution", "run_model", "solve"]

_HOMES = {"Refinement": "solving", "Solution": "run", "run_model": "run", "solve": "solving"}


def __getattr__(name: str) -> Any:
    """Import a function when it is first asked for: checking a design needs no model files."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mechlock.analyses' has no attribute {name!r}")
    return getattr(import_module(f"mechlock.analyses.{_HOMES[name]}"), name)
