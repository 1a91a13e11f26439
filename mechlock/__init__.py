"""mechlock: self-locking mechanisms of swappable truck batteries, solved, proved, built and checked.

Each command has a function of the same name here, which returns plain objects and works in a notebook::

    import mechlock

    outcome = mechlock.check("geometry/designs/reference.toml")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mechlock.linkage.dynamics import dynamics
    from mechlock.linkage.kinematics import kinematics
    from mechlock.pipeline import build, check
    from mechlock.pipeline.solving import solve
    from mechlock.proof import prove, verify
    from mechlock.validation import validate

__all__ = ["build", "check", "dynamics", "kinematics", "prove", "solve", "validate", "verify"]

_HOMES = {
    "build": "mechlock.pipeline",
    "check": "mechlock.pipeline",
    "dynamics": "mechlock.linkage.dynamics",
    "kinematics": "mechlock.linkage.kinematics",
    "prove": "mechlock.proof",
    "solve": "mechlock.pipeline.solving",
    "validate": "mechlock.validation",
    "verify": "mechlock.proof",
}


def __getattr__(name: str) -> Any:
    """Import a command's function when it is first asked for, so that ``import mechlock`` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mechlock' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
