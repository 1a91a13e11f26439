"""Parts that are cut from plate or turned: slabs of one outline each, stacked along z, with bores through them.

Slabs of one part do not overlap in z unless their outlines are apart, so that volume and mass follow exactly from the
outlines, without a CAD kernel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mechlock.solids.outline import Outline, Point2, circle

Floats = NDArray[np.float64]

_FINE = 2e-5
"""Deviation (mm) of the polygons that second moments are taken from."""


@dataclass(frozen=True)
class Slab:
    """An outline from z = `low` to z = `high` (mm)."""

    outline: Outline
    low: float
    high: float

    @property
    def height(self) -> float:
        """Extent along z in mm."""
        return self.high - self.low


@dataclass(frozen=True)
class Bore:
    """A hole along z for the pin of `joint`, through every slab around its centre."""

    joint: str
    centre: Point2
    radius: float


@dataclass(frozen=True)
class Part:
    """One part of the lock in the frame of the body that it moves with.

    Attributes
    ----------
    name : str
        Unique; the two plates of a pair are ``NAME_1`` (z > 0) and ``NAME_2``.
    body : str
        Body of the linkage, or ``pack`` for what belongs to the pack.
    kind : str
        What it is, for the bill of materials.
    material : str
    ruling : float
        Thickness (mm) that its yield strength is read for.
    slabs : tuple of Slab
    bores : tuple of Bore
    points : dict of str to (x, y)
        Named points in its own frame (mm).
    """

    name: str
    body: str
    kind: str
    material: str
    ruling: float
    slabs: tuple[Slab, ...]
    bores: tuple[Bore, ...] = ()
    points: dict[str, Point2] = field(default_factory=dict)

    @property
    def reach(self) -> tuple[float, float]:
        """Least and greatest z in mm."""
        return min(slab.low for slab in self.slabs), max(slab.high for slab in self.slabs)

    def bore(self, joint: str) -> Bore:
        """Return the bore for the pin of `joint`."""
        return next(bore for bore in self.bores if bore.joint == joint)

    def bored_height(self, bore: Bore) -> float:
        """Length of a bore in mm: the heights of all slabs around it."""
        return sum(slab.height for slab in self.slabs if inside(slab.outline, bore.centre))


@dataclass(frozen=True)
class MassProperties:
    """Volume (mm³), mass (t), centre (mm) and inertia about the centre (t·mm²) in the part's own frame."""

    volume: float
    mass: float
    centre: tuple[float, float, float]
    inertia: Floats


def inside(outline: Outline, point: Point2) -> bool:
    """Say whether `point` is within the outline."""
    start = outline.polygon(0.1)
    end = np.roll(start, -1, axis=0)
    x, y = point
    straddles = (start[:, 1] > y) != (end[:, 1] > y)
    a, b = start[straddles], end[straddles]
    crossing = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return bool(np.count_nonzero(crossing > x) % 2)


def mass_properties(part: Part, density: float) -> MassProperties:
    """Return volume, mass, centre and inertia of a part of the given density (t/mm³).

    Volume and centre are exact; the inertia comes from polygons within 2e-5 mm of the outlines.
    """
    total, first, second = 0.0, np.zeros(3), np.zeros((3, 3))
    for slab in part.slabs:
        pieces = [(slab.outline, 1.0)]
        pieces += [(circle(bore.centre, bore.radius), -1.0) for bore in part.bores if inside(slab.outline, bore.centre)]
        for outline, sign in pieces:
            volume, moment, product = _slab_moments(outline, slab.low, slab.high)
            total += sign * volume
            first += sign * moment
            second += sign * product
    centre = first / total
    about = second - total * np.outer(centre, centre)
    inertia = density * (np.trace(about) * np.eye(3) - about)
    return MassProperties(total, density * total, (float(centre[0]), float(centre[1]), float(centre[2])), inertia)


def _slab_moments(outline: Outline, low: float, high: float) -> tuple[float, Floats, Floats]:
    """Integrals of 1, x_i and x_i x_j over a slab."""
    area, sx, sy = outline.moments
    xx, yy, xy = _second_moments(outline)
    h, h2, h3 = high - low, (high**2 - low**2) / 2.0, (high**3 - low**3) / 3.0
    first = np.array([sx * h, sy * h, area * h2])
    second = np.array([[xx * h, xy * h, sx * h2], [xy * h, yy * h, sy * h2], [sx * h2, sy * h2, area * h3]])
    return area * h, first, second


def _second_moments(outline: Outline) -> tuple[float, float, float]:
    """Integrals of x², y² and xy over an outline (mm⁴)."""
    p = outline.polygon(_FINE)
    q = np.roll(p, -1, axis=0)
    twice = p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]
    squares = (p**2 + p * q + q**2) * twice[:, None] / 12.0
    mixed = (p[:, 0] * q[:, 1] + 2.0 * p[:, 0] * p[:, 1] + 2.0 * q[:, 0] * q[:, 1] + q[:, 0] * p[:, 1]) * twice / 24.0
    return float(squares[:, 0].sum()), float(squares[:, 1].sum()), float(mixed.sum())


def ruling_of_round(diameter: float) -> float:
    """Return the flat's thickness (mm) that has the strength of a quenched and tempered round of `diameter` mm.

    EN 10083-3 gives steps for rounds of 16, 40, 100 and 160 mm beside flats of 8, 20, 60 and 100 mm: half the diameter up to
    80 mm, 0.6 of it above.
    """
    return 0.5 * diameter if diameter <= 80.0 else 0.6 * diameter


def turned(centre: Point2, steps: list[tuple[float, float, float]]) -> tuple[Slab, ...]:
    """Return slabs of a turned part about `centre`: (diameter, low, high) each."""
    return tuple(Slab(circle(centre, diameter / 2.0), low, high) for diameter, low, high in steps if not math.isclose(low, high))
