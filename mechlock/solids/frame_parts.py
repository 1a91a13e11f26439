"""Parts and faces of a frame: what one piece of section, plate or block is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, Lines
from mechlock.solids.boxes import TOUCHING, Floats

AXIS_NUMBER = {"x": 0, "y": 1, "z": 2}


@dataclass(frozen=True)
class RoundHole:
    """A round hole through a wall, with a square of the wall around it that stays free.

    Attributes
    ----------
    name : str
        Unique; that of the face group of its surface.
    axis : int
        That it runs along.
    centre : (3,) float array
        In the middle of the wall, mm.
    radius, depth : float
        mm; the depth is the wall's thickness.
    """

    name: str
    axis: int
    centre: Floats
    radius: float
    depth: float

    SHARE: ClassVar[float] = 1.3
    """Half the side of the square over the radius: the least edge distance, 1.2 diameters (EN 1993-1-8, table 3.3), has room."""

    @property
    def square(self) -> Floats:
        """Low and high corner of the block of wall around it; shape (2, 3)."""
        half = np.full(3, self.SHARE * self.radius)
        half[self.axis] = self.depth / 2
        return np.array([self.centre - half, self.centre + half])

    @property
    def volume(self) -> float:
        """What it takes away, mm³."""
        return math.pi * self.radius**2 * self.depth


@dataclass(frozen=True)
class Mitre:
    """An end of a member on the plane that halves its corner with another one.

    Attributes
    ----------
    end : int
        0 at the low coordinate along the member, 1 at the high one.
    point : (3,) float array
        Where the centre lines meet, mm.
    normal : (3,) float array
        Unit normal of the plane, out of the member.
    foreign : float
        Volume of the member's boxes beyond the plane, less what they leave out before it; mm³.
    partner : str
        Name of the other member.
    """

    end: int
    point: Floats
    normal: Floats
    foreign: float
    partner: str


@dataclass(frozen=True)
class Part:
    """One piece of the frame.

    Attributes
    ----------
    name : str
        Unique, made of the entry's name and of grid lines, so that it stays when dimensions change.
    entry : str
        Where it stands in the file, such as ``members.post`` (for messages and bills).
    kind : str
        ``hollow``, ``plate`` or ``block``.
    group : str
        Gauge group: name of its section or gauge.
    thickness : float
        Wall thickness in mm.
    text : str
        How the trade writes it, such as ``RHS 100x60x4``.
    low, high : (n, 3) float arrays
        Boxes without common volume that it is made of, in mm.
    envelope : (2, 3) float array
        Low and high corner of the outer box.
    axis : int
        Axis it runs along (hollow), or of its normal (plate); -1 for blocks.
    holes : tuple of RoundHole
        Taken out of its boxes.
    mitres : tuple of Mitre
        Ends that are cut on a slant, where boxes of both members together make up the corner.
    """

    name: str
    entry: str
    kind: str
    group: str
    thickness: float
    text: str
    low: Floats
    high: Floats
    envelope: Floats
    axis: int = -1
    holes: tuple[RoundHole, ...] = ()
    mitres: tuple[Mitre, ...] = ()

    @property
    def length(self) -> float:
        """Longest side of the envelope in mm."""
        return float((self.envelope[1] - self.envelope[0]).max())

    @property
    def volume(self) -> float:
        """Volume in mm³."""
        boxes = float(np.prod(self.high - self.low, axis=1).sum())
        return boxes - sum(hole.volume for hole in self.holes) - sum(mitre.foreign for mitre in self.mitres)


@dataclass(frozen=True)
class Face:
    """A named rectangle on the surface of a part.

    Attributes
    ----------
    name : str
        Group that it belongs to.
    part : str
        Name of the part.
    axis, outward : int
        Axis of the normal, and +1 or -1 for its sense.
    low, high : (3,) float arrays
        Corners of the rectangle in mm; equal along `axis`.
    """

    name: str
    part: str
    axis: int
    outward: int
    low: Floats
    high: Floats

    @property
    def area(self) -> float:
        """Area in mm²."""
        return float(np.prod(np.delete(self.high - self.low, self.axis)))


def chosen(file: FrameFile, axis: int, lines: Lines | None) -> dict[str, float]:
    """Lines of one axis that an entry names, with their coordinates."""
    known = file.grid.lines(AXES[axis])
    if lines is None or isinstance(lines, str):
        return known
    return {name: known[name] for name in lines}


def outward(coordinate: float, where: str) -> int:
    """Sense of the direction away from the middle of the frame.

    Raises
    ------
    InputError
        When the line is in the middle, where there is no such direction.
    """
    if abs(coordinate) <= TOUCHING:
        raise InputError(
            "the line lies in the middle, so that inboard and outboard mean nothing there", where, "use another line"
        )
    return 1 if coordinate > 0 else -1


def hollow_walls(envelope: Floats, axis: int, thickness: float, across: int | None = None) -> tuple[Floats, Floats]:
    """Four walls of a hollow section that fills `envelope` along `axis`; corners belong to the pair across `across`."""
    first, second = (other for other in range(3) if other != axis)
    if across == second:
        first, second = second, first
    low, high = np.repeat(envelope[:1], 4, axis=0), np.repeat(envelope[1:], 4, axis=0)
    high[0, first] = low[0, first] + thickness
    low[1, first] = high[1, first] - thickness
    low[2:, first] += thickness
    high[2:, first] -= thickness
    high[2, second] = low[2, second] + thickness
    low[3, second] = high[3, second] - thickness
    return low, high


def block(name: str, entry: str, group: str, low: list[float], high: list[float]) -> Part:
    """A solid block between two opposite corners (in any order)."""
    corners = np.array([np.minimum(low, high), np.maximum(low, high)], dtype=np.float64)
    sides = corners[1] - corners[0]
    text = "block " + "x".join(f"{side:g}" for side in sides)
    return Part(name, entry, "block", group, float(sides.min()), text, corners[:1], corners[1:], corners)
