"""The hook's throat as a curved beam: every section through the saddle's axis, the worst one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.hand_calculations import curved_beam
from mechlock.checks.lock_joint_forces import hook_of
from mechlock.checks.lock_part_model import saddle_axis
from mechlock.solids.lock import Lock
from mechlock.solids.outline import Point2

Floats = NDArray[np.float64]

SECTIONS = 61
SLIVER = 0.1
"""Depth over the saddle's radius below which a section lies beyond the end of the saddle."""


@dataclass(frozen=True)
class Throat:
    """A section of the hook.

    Attributes
    ----------
    angle : float
        Of the section from the saddle's crown towards the pivot, rad.
    depth : float
        From the saddle to the outer edge, mm.
    tension, moment : float
        Through and about the section's centroid, N and N·mm; the moment opens the hook.
    stress : float
        At the saddle, MPa.
    """

    angle: float
    depth: float
    tension: float
    moment: float
    stress: float


def throat(lock: Lock, force: Point2, name: str) -> Throat:
    """Return the section of the greatest inner stress under a force at the crown of hook `name`, in its frame (N).

    Sections run from the crown to where the saddle ends or a section would meet the pivot's bore.
    """
    hook = hook_of(lock, name)
    part, points = lock.part(name), lock.points[name]
    crown, pivot = points[hook.saddle.point], points[hook.pivot]
    axis, radius = saddle_axis(hook, crown), hook.saddle.radius
    up = np.array([math.cos(hook.saddle.pull), math.sin(hook.saddle.pull)])
    side = math.copysign(1.0, up[0] * (pivot[1] - crown[1]) - up[1] * (pivot[0] - crown[0]))
    polygon = part.slabs[0].outline.polygon(0.02)
    bore = next(bore for bore in part.bores if math.dist(bore.centre, pivot) < 1e-9)
    found: list[Throat] = []
    for angle in np.linspace(0.0, math.pi / 2.0, SECTIONS):
        turn = side * float(angle)
        ray = np.array([up[0] * math.cos(turn) - up[1] * math.sin(turn), up[0] * math.sin(turn) + up[1] * math.cos(turn)])
        aside = (pivot[0] - axis[0]) * ray[1] - (pivot[1] - axis[1]) * ray[0]
        ahead = (pivot[0] - axis[0]) * ray[0] + (pivot[1] - axis[1]) * ray[1]
        depth = _reach(polygon, axis, ray, radius) - radius
        if depth <= SLIVER * radius or (ahead > 0.0 and abs(aside) <= bore.radius):
            break
        centroid = np.array(axis) + (radius + depth / 2.0) * ray
        normal = side * np.array([ray[1], -ray[0]])
        tension = float(force[0] * normal[0] + force[1] * normal[1])
        moment = side * float((crown[0] - centroid[0]) * force[1] - (crown[1] - centroid[1]) * force[0])
        stress = curved_beam(moment, tension, radius, depth, hook.thickness).inner_stress
        found.append(Throat(float(angle), depth, tension, moment, stress))
    return max(found, key=lambda section: section.stress)


def _reach(polygon: Floats, origin: Point2, ray: Floats, beyond: float) -> float:
    """Distance along a ray to where it leaves the polygon, farther than `beyond` (a little inside it)."""
    start = polygon - np.array(origin)
    end = np.roll(start, -1, axis=0)
    s0 = ray[0] * start[:, 1] - ray[1] * start[:, 0]
    s1 = ray[0] * end[:, 1] - ray[1] * end[:, 0]
    cut = (s0 > 0.0) != (s1 > 0.0)
    share = s0[cut] / (s0[cut] - s1[cut])
    where = (start[cut] + share[:, None] * (end[cut] - start[cut])) @ ray
    outside = np.sort(where[where > beyond * 1.01])
    return float(outside[0]) if len(outside) else 0.0
