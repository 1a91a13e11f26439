"""Variants of a lock as linkages derived from its file: bent, worn, shaken, or with a part that fails.

A variant is a `Perturbation`: clearance discs that grow, points of bodies that move within intervals, a stop band that grows,
a base that accelerates, and the reasons in words. `derive` writes it into the linkage's data, so that the same prover
and the same checker serve, and the certificate carries the derived linkage with its assumptions (in ``about``).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs import expressions
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage.semantics import build
from mechlock.proof.decimals import DIGITS, down, up


@dataclass(frozen=True)
class LinkMass:
    """Mass (t) of a body and its centre in the body's own frame (mm)."""

    mass: float
    centre: tuple[float, float]


@dataclass(frozen=True)
class Shift:
    """A point of a body that moves along a direction of the body's frame, anywhere in an interval (mm)."""

    body: str
    point: str
    direction: tuple[float, float]
    low: float
    high: float

    def inside(self, other: Shift) -> bool:
        """Whether this interval lies in the interior of another one, or is the same exact zero."""
        return self.low == self.high == 0.0 or (other.low < self.low and self.high < other.high)


@dataclass(frozen=True)
class Perturbation:
    """How a variant differs from the file.

    Attributes
    ----------
    name : str
        Of the variant.
    words : tuple of str
        What is assumed, one sentence each.
    clearance : mapping of str to float
        Growth of a joint's clearance, mm.
    shifts : tuple of Shift
        Points that move in their bodies.
    drive : (float, float)
        How far the stop's band grows down and up (rad or mm, neither negative).
    acceleration : float
        Most that the base accelerates by, mm/s².
    masses : mapping of str to LinkMass
        Masses of the bodies that are shaken.
    """

    name: str
    words: tuple[str, ...] = ()
    clearance: Mapping[str, float] = field(default_factory=dict[str, float])
    shifts: tuple[Shift, ...] = ()
    drive: tuple[float, float] = (0.0, 0.0)
    acceleration: float = 0.0
    masses: Mapping[str, LinkMass] = field(default_factory=dict[str, "LinkMass"])


def together(name: str, parts: Sequence[Perturbation]) -> Perturbation:
    """Return several perturbations at once: growths add up."""
    clearance: dict[str, float] = {}
    for part in parts:
        for joint, growth in part.clearance.items():
            clearance[joint] = clearance.get(joint, 0.0) + growth
    low, high = (sum(part.drive[end] for part in parts) for end in (0, 1))
    words = tuple(word for part in parts for word in part.words)
    shifts, masses = tuple(s for part in parts for s in part.shifts), {b: m for part in parts for b, m in part.masses.items()}
    return Perturbation(name, words, clearance, shifts, (low, high), sum(part.acceleration for part in parts), masses)


def derive(source: LinkageSource, change: Perturbation, claims: Sequence[str] | None = None) -> LinkageSource:
    """Return the linkage of a variant.

    Parameters
    ----------
    source : LinkageSource
        The file as built, with a ``[lock]``.
    change : Perturbation
        What differs.
    claims : sequence of str, optional
        Claims to ask of it; default those of the file.

    Raises
    ------
    InputError
        When the file has no lock, or a joint that is to gain play can have none.
    NoVerdict
        When a joint would gain as much play as its pin is thick.
    """
    if source.file.lock is None:
        raise InputError("a variant needs a lock", source.where, "add a [lock] table")
    data: dict[str, Any] = copy.deepcopy(source.data)
    data["name"] = f"{source.file.name}, {change.name}"
    data["about"] = " ".join([*([source.file.about] if source.file.about else []), f"Variant: {change.name}.", *change.words])
    for joint in source.file.joints:
        growth = change.clearance.get(joint.name, 0.0)
        if growth > 0.0:
            if joint.type not in {"revolute", "pin_in_slot"}:
                raise InputError(f"the joint {joint.name!r} has no pin that could gain play", source.where, "leave it out")
            play = up(float(joint.clearance or 0.0) + growth)
            if joint.pin_radius is not None and float(play) >= joint.pin_radius:
                raise NoVerdict(f"nothing is left of the pin {joint.name!r}: it gains {growth:.3g} mm of play", source.where)
            written = next(entry for entry in data["joints"] if entry["name"] == joint.name)
            written["clearance"] = f"{play} mm"
    _move(data, change.shifts)
    _open_lock(data, source, change)
    if claims is not None:
        data["lock"]["claims"] = list(claims)
    return linkage_from_data(data, f"{source.where}, {change.name}")


def _move(data: dict[str, Any], shifts: Sequence[Shift]) -> None:
    parameters = data.setdefault("parameters", {})
    taken = set(parameters)
    for number, shift in enumerate(shifts, 1):
        name = _new(f"bend{number}", taken)
        parameters[name] = {"range": [f"{down(shift.low)} mm", f"{up(shift.high)} mm"]}
        point = list(data["bodies"][shift.body]["points"][shift.point])
        for axis, share in enumerate(map(float, shift.direction)):
            if share != 0.0:
                term = name if share == 1.0 else f"{share!r}*{name}" if share > 0.0 else f"(0 - {-share!r})*{name}"
                point[axis] = _plus(point[axis], term, parameters, taken)
        data["bodies"][shift.body]["points"][shift.point] = point


def _plus(written: Any, term: str, parameters: dict[str, Any], taken: set[str]) -> str:
    """Add a term to a coordinate; a plain length becomes a parameter of its own, since expressions hold names only."""
    if not _is_quantity(written):
        return f"{written} + {term}"
    if expressions.exact_quantity(str(written), "length") == 0:
        return term
    name = _new("given", taken)
    parameters[name] = written
    return f"{name} + {term}"


def _is_quantity(written: Any) -> bool:
    try:
        expressions.exact_quantity(str(written), "length")
    except InputError:
        return False
    return True


def _new(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _open_lock(data: dict[str, Any], source: LinkageSource, change: Perturbation) -> None:
    """Widen the stop's band, and let the base accelerate."""
    mechanism = build(source)
    lock = mechanism.lock
    assert lock is not None
    if any(change.drive):
        unit, scale = ("mm", 1.0) if mechanism.drive.sliding else ("deg", 180.0 / math.pi)
        low, high = (lock.drive.low - change.drive[0]) * scale, (lock.drive.high + change.drive[1]) * scale
        middle = round(float(0.5 * (low + high)), DIGITS)
        half = float(up(max(high - middle, middle - low)))
        data["lock"]["drive"] = {"value": f"{middle!r} {unit}", "tolerance": f"{half!r} {unit}"}
    if change.acceleration > 0.0:
        data["lock"]["base_acceleration"] = f"{up(change.acceleration)} mm/s**2"
    for body, entry in change.masses.items():
        centre = [f"{share!r} mm" for share in entry.centre]
        data["bodies"][body] |= {"mass": f"{entry.mass!r} t", "centre": centre}
