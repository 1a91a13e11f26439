"""The loop between the proof and the finite-element model of the lock's parts: elastic displacements at the pins.

Joint forces over the whole box of parameters *and* displacements, rigorously; from them the displacements of every pin,
with the parts' compliance and a bound on its error; these must lie inside the box that was assumed (a fixed-point
inclusion). What is then proved with that box holds with the elasticity that the forces themselves cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mechlock.checks.lock_parts import LockPartsCheck
from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import LinkageSource
from mechlock.pipeline.elastic_image import elastic_image
from mechlock.pipeline.elastic_parts import elastic_parts
from mechlock.proof.variants import Perturbation, Shift, derive, together
from mechlock.solids.lock import Lock

SPARE = 1.08
"""The displacement box is made so much larger than the displacements that it has to contain."""

ROUNDS = 6
"""Attempts to find a box that contains the displacements it causes."""


@dataclass(frozen=True)
class ElasticLoop:
    """What the loop found.

    Attributes
    ----------
    box : Perturbation
        The displacement box, with the assumptions behind it; the claims are to be proved with it.
    image : Perturbation
        The displacements that the forces over that box cause; they lie inside it.
    joint_forces : mapping of str to float
        Greatest force of each pin over the box, N.
    errors : mapping of str to (bound, text)
        Of each part's compliance: relative error bound and where it comes from.
    rounds : int
        Attempts it took.
    """

    box: Perturbation
    image: Perturbation
    joint_forces: Mapping[str, float]
    errors: Mapping[str, tuple[float, str]]
    rounds: int


def close_loop(
    source: LinkageSource,
    lock: Lock,
    check: LockPartsCheck,
    also: tuple[Perturbation, ...] = (),
    start: Perturbation | None = None,
) -> ElasticLoop:
    """Find a box of pin displacements that contains what the joint forces over that box cause.

    Parameters
    ----------
    source : LinkageSource
        The linkage as built.
    lock : Lock
        Its parts.
    check : LockPartsCheck
        Solved parts with their compliances.
    also : tuple of Perturbation
        What else is to hold at once (wear).
    start : Perturbation, optional
        A box that may contain its displacements, to be tried first.

    Raises
    ------
    NoVerdict
        Where joint forces cannot be enclosed, a part that carries force was not solved, or the displacements run away.
    """
    elastic, errors = elastic_parts(lock, check)
    box = Perturbation("bent") if start is None else start
    for attempt in range(1, ROUNDS + 1):
        derived = derive(source, together("bent", (*also, box)), ("over_centre",))
        image, forces = elastic_image(derived, lock, check.forces, elastic)
        if (attempt > 1 or start is not None) and _inside(image, box):
            return ElasticLoop(_worded(box, errors), image, forces, errors, attempt)
        box = _larger(image)
    raise NoVerdict("the pin displacements run away: no box contains those that its joint forces cause", source.where)


def _larger(image: Perturbation) -> Perturbation:
    """A box with room around the displacements."""
    shifts = tuple(
        Shift(s.body, s.point, s.direction, s.low - (SPARE - 1.0) * (s.high - s.low), s.high + (SPARE - 1.0) * (s.high - s.low))
        for s in image.shifts
    )
    clearance = {joint: SPARE * growth for joint, growth in image.clearance.items()}
    low, high = image.drive
    return Perturbation("bent", (), clearance, shifts, (SPARE * low, SPARE * high))


def _inside(image: Perturbation, box: Perturbation) -> bool:
    """Whether the displacements lie inside the box they were caused by."""
    return (
        all(inner.inside(outer) for inner, outer in zip(image.shifts, box.shifts, strict=True))
        and all(growth < box.clearance[joint] for joint, growth in image.clearance.items())
        and all(inner <= outer for inner, outer in zip(image.drive, box.drive, strict=True))
    )


def _worded(box: Perturbation, errors: Mapping[str, tuple[float, str]]) -> Perturbation:
    """Write down what the box rests on."""
    bounds = "; ".join(f"{part} {bound:.1%} ({text})" for part, (bound, text) in errors.items())
    words = (
        "Elastic: the points of each body move in its frame within the intervals of the parameters bend1, bend2 and so on, pins "
        "bend and flatten by what their clearance grows, and the stop gives by what its band grows.",
        "These displacements contain those caused by the joint forces over this same box, from nothing to the greatest load, by "
        "frictionless equilibrium and the compliance of the parts from their linear finite-element models at nominal dimensions.",
        f"Assumed bound on the error of the compliance, in the spectral norm: {bounds}. Pins by beam formulas; bores under a "
        "cosine pressure; the stop's block and the bracket's weld foot as rigid: what moves the whole bracket only turns the "
        "load within its cone.",
    )
    return Perturbation(box.name, words, box.clearance, box.shifts, box.drive)
