"""Regression of a check against stored figures: what moved, by how much, and whether that is more than its tolerance."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mechlock.errors import InputError

FORMAT = "mechlock-baseline/1"

IGNORED = (
    "*time_s",
    "*memory_MB",
    "versions.*",
    "stages.*",
    "proof.certificate",
    "design.file",
    "*.file",
    "*.reason",
    "*.case",
    "*.at.*",
    "criteria.evidence: equilibrium*.margin",
    "proof.failures.*.words",
    "proof.variants.*.assumptions.*",
    "proof.loop.compliance_error.*.from",
)
"""What says something about the machine, words that name one of several equal places (a symmetric frame has four), and the margin
of rounding against its limit, which is rounding too; the rounding itself is compared."""

DEFAULT_TOLERANCES: dict[str, dict[str, float]] = {
    "*": {"rtol": 1e-3, "atol": 1e-9},
    "*_error": {"atol": 1e-9},
    "cases.modes.*_error": {"atol": 1e-6},
    "criteria.evidence: equilibrium*.value": {"atol": 1e-9},
    "*.reactions_N.*": {"rtol": 1e-3, "atol": 1.0},
    "*.reaction_moments_N_mm.*": {"rtol": 1e-3, "atol": 1e4},
    "*force_N": {"rtol": 2e-3, "atol": 5.0},
    "*lateral_N": {"rtol": 1e-2, "atol": 5.0},
    "*opening_mm": {"rtol": 1e-2, "atol": 1e-5},
    "*effective_mass*": {"rtol": 1e-2, "atol": 1.0},
    "*effective_inertia*": {"rtol": 1e-2, "atol": 1e6},
    "*von_mises*": {"rtol": 5e-3},
    "lock.parts.*": {"rtol": 1e-2, "atol": 1e-3},
    "proof.loop.*": {"rtol": 2e-2, "atol": 1e-3},
    "proof.variants.*": {"rtol": 2e-2, "atol": 1e-3},
    "proof.*.boxes": {"rtol": 0.5, "atol": 10.0},
}
"""Tolerances of a new baseline: the last pattern that matches a figure holds."""

Figure = float | str | bool | None


@dataclass(frozen=True)
class Difference:
    """A figure that is not what the baseline says, within its tolerance."""

    key: str
    stored: Figure
    obtained: Figure
    tolerance: str


def figures(results: Mapping[str, Any]) -> dict[str, Figure]:
    """Flatten a results object to dotted keys, leaving out what depends on the machine.

    Items of a list are called by their ``name`` where they have one, and by their number among those of that name, so that a new
    item moves no other.
    """
    flat: dict[str, Figure] = {}

    def walk(value: Any, key: str) -> None:
        if isinstance(value, Mapping):
            for name, item in value.items():
                walk(item, f"{key}.{name}" if key else str(name))
        elif isinstance(value, (list, tuple)):
            for name, item in zip(_called(value), value, strict=True):
                walk(item, f"{key}.{name}")
        elif not any(fnmatch.fnmatchcase(key, pattern) for pattern in IGNORED):
            flat[key] = value

    walk(results, "")
    return flat


def _called(items: Sequence[Any]) -> list[str]:
    """Keys of the items of a list."""
    names = [str(item["name"]) if isinstance(item, Mapping) and "name" in item else "" for item in items]
    return [f"{name}.{names[:number].count(name)}" if name else str(number) for number, name in enumerate(names)]


def new_baseline(results: Mapping[str, Any], tolerances: Mapping[str, Mapping[str, float]] | None = None) -> dict[str, Any]:
    """Return the baseline that `results` make, with the tolerances of the old one where there is one."""
    return {"format": FORMAT, "tolerances": dict(tolerances or DEFAULT_TOLERANCES), "figures": figures(results)}


def compare(results: Mapping[str, Any], baseline: Mapping[str, Any], where: str) -> list[Difference]:
    """Compare `results` with a stored baseline.

    Raises
    ------
    InputError
        When the baseline is not one.
    """
    if baseline.get("format") != FORMAT or not isinstance(baseline.get("figures"), Mapping):
        raise InputError("this is not a baseline", where, "make one with `mechlock regress DESIGN --baseline FILE --update`")
    stored: Mapping[str, Figure] = baseline["figures"]
    tolerances: Mapping[str, Mapping[str, float]] = baseline.get("tolerances", DEFAULT_TOLERANCES)
    obtained = figures(results)
    moved: list[Difference] = []
    for key in sorted(stored.keys() | obtained.keys()):
        rtol, atol = _tolerance(key, tolerances)
        if key not in obtained or key not in stored or not _close(stored[key], obtained[key], rtol, atol):
            missing = "(absent)"
            moved.append(Difference(key, stored.get(key, missing), obtained.get(key, missing), f"rtol {rtol:g}, atol {atol:g}"))
    return moved


def _tolerance(key: str, tolerances: Mapping[str, Mapping[str, float]]) -> tuple[float, float]:
    found: Mapping[str, float] = {}
    for pattern, tolerance in tolerances.items():
        if fnmatch.fnmatchcase(key, pattern):
            found = tolerance
    return found.get("rtol", 0.0), found.get("atol", 0.0)


def _close(stored: Figure, obtained: Figure, rtol: float, atol: float) -> bool:
    numbers = [isinstance(value, (int, float)) and not isinstance(value, bool) for value in (stored, obtained)]
    if all(numbers):
        return math.isclose(float(obtained or 0.0), float(stored or 0.0), rel_tol=rtol, abs_tol=atol)
    return stored == obtained
