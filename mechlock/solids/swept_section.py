"""Sections that are swept in any direction: walls as rectangles about the centre line, or a ring.

Coordinates are (height, width) in mm from the middle of the section's envelope, on which the centre line runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mechlock.inputs.hollow import Section, Tube
from mechlock.inputs.profiles import Profile
from mechlock.solids.boxes import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class SweptSection:
    """A section.

    Attributes
    ----------
    size : (2,) float array
        Outer height and width in mm (the diameter twice for a tube).
    thickness : float
        Of the wall, or of the web.
    walls : (n, 2, 2) float array
        Low and high corners of the rectangles that make it up, none overlapping another; empty for a tube.
    hollow : bool
        A closed section with an inner outline.
    """

    size: Floats
    thickness: float
    walls: Floats
    hollow: bool

    @property
    def round(self) -> bool:
        """Whether it is a tube."""
        return not len(self.walls)

    @cached_property
    def area(self) -> float:
        """Area in mm²."""
        if self.round:
            return float(np.pi * self.thickness * (self.size[0] - self.thickness))
        return float(np.prod(self.walls[:, 1] - self.walls[:, 0], axis=1).sum())

    @cached_property
    def centroid(self) -> Floats:
        """Centroid from the centre line; shape (2,)."""
        if self.round:
            return np.zeros(2)
        areas = np.prod(self.walls[:, 1] - self.walls[:, 0], axis=1)
        return np.asarray(areas @ self.walls.mean(axis=1) / areas.sum(), np.float64)

    def outline(self) -> Floats:
        """Corners of the envelope, counter-clockwise; a tube's outer circle as 48 points."""
        return self._ring(self.size / 2)

    def outlines(self) -> tuple[Floats, ...]:
        """Corners of the outer outline, and of the inner one of a hollow section, counter-clockwise."""
        if self.hollow:
            return self._ring(self.size / 2), self._ring(self.size / 2 - self.thickness)
        corners, quads = self.cells()
        edges = boundary(quads)
        following = dict(edges.tolist())
        chain = [int(edges[0, 0])]
        while following[chain[-1]] != chain[0]:
            chain.append(following[chain[-1]])
        loop = corners[chain]
        before, after = loop - np.roll(loop, 1, axis=0), np.roll(loop, -1, axis=0) - loop
        turns = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        return (loop[np.abs(turns) > 1e-9],)

    def _ring(self, half: Floats) -> Floats:
        if not self.round:
            return np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * half
        turn = np.arange(48) * (2 * np.pi / 48)
        return np.stack([np.cos(turn), np.sin(turn)], axis=1) * half

    def cells(self, pieces: int = 2, through: int = 1) -> tuple[Floats, Ints]:
        """Corners (n, 2) and quadrilaterals (m, 4), counter-clockwise, that fill the walls.

        Spans between walls are cut into `pieces`, others, which are across walls, into `through`.
        """
        lines = [_divided(np.unique(self.walls[:, :, axis].round(9)), self.thickness, pieces, through) for axis in range(2)]
        middles = np.stack(np.meshgrid(*[(line[1:] + line[:-1]) / 2 for line in lines], indexing="ij"), axis=-1)[:, :, None]
        i, j = np.nonzero(((middles > self.walls[:, 0]) & (middles < self.walls[:, 1])).all(axis=-1).any(axis=-1))
        number = np.arange(len(lines[0]) * len(lines[1])).reshape(len(lines[0]), -1)
        quads = np.stack([number[i, j], number[i + 1, j], number[i + 1, j + 1], number[i, j + 1]], axis=1)
        used, inverse = np.unique(quads, return_inverse=True)
        grid = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1).reshape(-1, 2)
        return grid[used], inverse.reshape(quads.shape)

    def points(self) -> tuple[Floats, Floats]:
        """Points (n, 2) and weights (n,) in mm² that integrate polynomials of degree five over the section."""
        nodes, gauss = np.polynomial.legendre.leggauss(3)
        if self.round:
            turn = np.arange(8) * (np.pi / 4)
            radius = self.size[0] / 2 - self.thickness / 2 + nodes * self.thickness / 2
            points = np.stack([np.outer(radius, np.cos(turn)), np.outer(radius, np.sin(turn))], axis=-1).reshape(-1, 2)
            return points, np.repeat(gauss * self.thickness / 2 * radius * np.pi / 4, len(turn))
        low, high = self.walls[:, 0], self.walls[:, 1]
        u, v = np.meshgrid(nodes, nodes, indexing="ij")
        unit = np.stack([u.ravel(), v.ravel()], axis=1)
        points = (low[:, None] + high[:, None]) / 2 + unit * (high - low)[:, None] / 2
        weights = np.outer(np.prod(high - low, axis=1) / 4, np.outer(gauss, gauss).ravel())
        return points.reshape(-1, 2), weights.ravel()


def boundary(quads: Ints) -> Ints:
    """Edges of counter-clockwise quadrilaterals that belong to one of them only, as they run round it; shape (n, 2)."""
    edges = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    _, inverse, counts = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True, return_counts=True)
    return edges[counts[inverse.ravel()] == 1]


def _divided(lines: Floats, thickness: float, pieces: int, through: int) -> Floats:
    steps = np.diff(lines)
    wide = steps > thickness * (1 + 1e-9)
    found = [lines]
    for chosen, count in ((wide, pieces), (~wide, through)):
        found.append((lines[:-1][chosen, None] + steps[chosen, None] * np.arange(1, count) / count).ravel())
    return np.sort(np.concatenate(found))


def swept_section(stock: Section | Tube | Profile, senses: tuple[int, int] = (1, 1)) -> SweptSection:
    """Return the section of a stock; `senses` say to which sides of height and width an open one is open."""
    if isinstance(stock, Tube):
        size = np.array([stock.diameter, stock.diameter])
        return SweptSection(size, stock.thickness, np.zeros((0, 2, 2)), True)
    size = np.array([stock.height, stock.width])
    walls = _hollow_walls(size / 2, stock.thickness) if isinstance(stock, Section) else open_walls(stock, *senses)
    return SweptSection(size, stock.thickness, walls, isinstance(stock, Section))


def _hollow_walls(half: Floats, wall: float) -> Floats:
    h, w = half
    return np.array(
        [
            [[-h, -w], [wall - h, w]],
            [[h - wall, -w], [h, w]],
            [[wall - h, -w], [h - wall, wall - w]],
            [[wall - h, w - wall], [h - wall, w]],
        ]
    )


def open_walls(profile: Profile, up: int, side: int) -> Floats:
    """Walls of an open section about its envelope's middle, as (height, width) rectangles; shape (n, 2, 2).

    Parameters
    ----------
    profile : Profile
    up, side : int
        +1 or -1: to which side an angle's web stands from its flange; to which side channels and angles are open.
    """
    h, w, web, flange = profile.height / 2, profile.width / 2, profile.thickness, profile.flange
    bottom, top = (-h, flange - h), (h - flange, h)
    whole = (-w, w)
    if profile.type == "flat":
        walls = [((-h, h), whole)]
    elif profile.type == "i":
        walls = [(bottom, whole), (top, whole), ((bottom[1], top[0]), (-web / 2, web / 2))]
    else:
        back, rest = ((-w, web - w), (web - w, w)) if side > 0 else ((w - web, w), (-w, w - web))
        flanges = [bottom, top] if profile.type == "channel" else [bottom if up > 0 else top]
        walls = [((-h, h), back), *((span, rest) for span in flanges)]
    return np.array([[[span[0], across[0]], [span[1], across[1]]] for span, across in walls])
