"""Mitred corners of members along the axes: two members of one section that end on the plane that halves their corner.

What two mitred members fill together has faces along the axes only, so that boxes make it up exactly. Of each wall, the block
that the plane halves is one of the first member's boxes; solids and masses of both end on the plane, and so do their groups of
the mesh, element by element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import AXES, Member
from mechlock.inputs.hollow import Section
from mechlock.inputs.profiles import Profile
from mechlock.solids.boxes import TOUCHING, Floats
from mechlock.solids.frame_parts import AXIS_NUMBER, Mitre, Part

ENDS = ("from", "to")


@dataclass(frozen=True)
class Run:
    """One member on its lines, before anything is cut.

    Attributes
    ----------
    entry : Member
    name : str
    centre : (3,) float array
        On its centre line, mm.
    half : (3,) float array
        Half the section's sizes by axis, mm.
    span : (start, end)
        Of its centre line along its axis, without overhang, mm.
    """

    entry: Member
    name: str
    centre: Floats
    half: Floats
    span: tuple[float, float]

    @property
    def along(self) -> int:
        """Axis that it runs along."""
        return AXIS_NUMBER[self.entry.along]

    def end(self, number: int) -> Floats:
        """Return the end (0 or 1) of its centre line, (3,)."""
        point = self.centre.copy()
        point[self.along] = self.span[number]
        return point


@dataclass(frozen=True)
class Corner:
    """A mitred end of a run.

    Attributes
    ----------
    point : (3,) float array
        Where the centre lines meet, mm.
    end : int
        0 where the run starts, 1 where it ends.
    axis, sense : int
        Of the other member: axis, and +1 or -1 for the way that it leaves the corner.
    partner : str
        Name of the other run.
    first : bool
        Whether the blocks that the plane halves are this run's.
    """

    point: Floats
    end: int
    axis: int
    sense: int
    partner: str
    first: bool


def corners(file: FrameFile, runs: list[Run]) -> dict[str, tuple[Corner, ...]]:
    """Return the mitred ends of every run by its name.

    Raises
    ------
    InputError
        When a mitred end meets no other one, or several, or one of another section, or one in line with it.
    """
    ends = [(run, ENDS.index(word)) for run in runs for word in run.entry.mitre]
    found: dict[str, tuple[Corner, ...]] = {}
    for place, (run, end) in enumerate(ends):
        where = f"members.{run.entry.name}.mitre"
        point = run.end(end)
        others = [
            (number, other, its)
            for number, (other, its) in enumerate(ends)
            if number != place and np.abs(other.end(its) - point).max() <= TOUCHING
        ]
        at = ", ".join(f"{value:g}" for value in point)
        if len(others) != 1:
            what = f"{len(others)} other mitred ends meet the end of {run.name} at ({at}) mm" if others else (
                f"no other mitred end meets the end of {run.name} at ({at}) mm"
            )  # fmt: skip
            raise InputError(what, where, "let two members end on the same lines, and name both ends in their `mitre`")
        number, other, its = others[0]
        _refuse_unlike(file, run, other, where)
        corner = Corner(point, end, other.along, 1 if its == 0 else -1, other.name, place < number)
        found[run.name] = (*found.get(run.name, ()), corner)
    return found


def _refuse_unlike(file: FrameFile, run: Run, other: Run, where: str) -> None:
    if run.along == other.along:
        raise InputError(f"{run.name} and {other.name} are in line", where, "a mitre halves a corner: leave it out")
    across = 3 - run.along - other.along
    same = (run.half[other.along], run.half[across]) == (other.half[run.along], other.half[across])
    if run.entry.section != other.entry.section or not same:
        text = " and ".join(f"{_size(file, item)} for {item.name}" for item in (run, other))
        raise InputError(
            f"the sections differ: {text}",
            where,
            f"mitred members have one section with one height along {AXES[across]}: see `upright`",
        )


def _size(file: FrameFile, run: Run) -> str:
    section = file.sections.get(run.entry.section) or file.profiles[run.entry.section]
    return f"{section.text}, height along {run.entry.height_axis},"


def reach(run: Run, own: tuple[Corner, ...]) -> tuple[float, float]:
    """Return how far a run goes past its lines: its overhang, or half its width at a mitre.

    Raises
    ------
    InputError
        When a mitred end has an overhang.
    """
    past = list(run.entry.overhang)
    for corner in own:
        if past[corner.end]:
            where = f"members.{run.entry.name}.overhang"
            raise InputError(
                f"the mitred end of {run.name} has an overhang of {past[corner.end]:g} mm", where, "make it 0 mm there"
            )
        past[corner.end] = float(run.half[corner.axis])
    return past[0], past[1]


def plane_of_corner(section: Section | Profile, own: tuple[Corner, ...]) -> int | None:
    """Return the axis across which a hollow section's walls come first, so that both members of a corner are cut alike."""
    return own[0].axis if own and isinstance(section, Section) else None


def mitred(part: Part, corner: Corner) -> Part:
    """Return a piece whose boxes end at a corner: those of the first member with the blocks that the plane halves."""
    axis, along = corner.axis, part.axis
    away = 1 if corner.end == 0 else -1
    low, high = part.low.copy(), part.high.copy()
    beside = np.sort(corner.sense * (np.stack([low[:, axis], high[:, axis]], axis=1) - corner.point[axis]), axis=1)
    start = corner.point[along] + away * beside[:, 0 if corner.first else 1]
    (low if away > 0 else high)[:, along] = start
    if (high - low)[:, along].min() <= TOUCHING:
        length, least = np.ptp(part.envelope[:, along]), 2 * np.abs(beside).max()
        raise InputError(
            f"the cuts of {part.name}, {length:g} mm from tip to tip, meet",
            f"{part.entry}.mitre",
            f"it needs more than {least:g} mm, and {2 * least:g} mm with mitres at both ends",
        )
    blocks = np.ptp(beside, axis=1) ** 2 * (high - low)[:, 3 - axis - along]
    normal = np.zeros(3)
    normal[along], normal[axis] = -away, corner.sense
    foreign = float(blocks.sum()) / 2 * (1 if corner.first else -1)
    mitre = Mitre(corner.end, corner.point, normal / np.sqrt(2.0), foreign, corner.partner)
    return replace(part, low=low, high=high, mitres=(*part.mitres, mitre))


def mitred_ends(parts: tuple[Part, ...]) -> Iterator[tuple[Part, Mitre, Part]]:
    """Mitred corners: both members, and the plane as the first one has it."""
    ends = [(part, mitre) for part in parts for mitre in part.mitres]
    for number, (part, mitre) in enumerate(ends):
        for other, its in ends[number + 1 :]:
            if np.abs(its.point - mitre.point).max() < TOUCHING:
                yield part, mitre, other


def refuse_gaps(parts: tuple[Part, ...]) -> None:
    """Refuse mitred members whose walls do not meet, as channels that open to different sides.

    Raises
    ------
    InputError
        Naming both.
    """
    ends = [(part, mitre) for part in parts for mitre in part.mitres]
    for part, mitre in ends:
        other, its = next(
            (item, own) for item, own in ends if item is not part and np.abs(own.point - mitre.point).max() <= TOUCHING
        )
        if sorted(map(tuple, _section(part, mitre, other).tolist())) != sorted(map(tuple, _section(other, its, part).tolist())):
            raise InputError(
                f"the walls of {part.name} and {other.name} do not meet in their mitre",
                f"{part.entry}, {other.entry}",
                "let both open to the inside or both to the outside of the corner",
            )


def _section(part: Part, mitre: Mitre, other: Part) -> Floats:
    """Walls of a piece at its mitre: from the inside of the corner outwards and across its plane; rounded, (n, 4)."""
    axis, across = other.axis, 3 - part.axis - other.axis
    inward = float(np.sign(mitre.normal[axis]))
    own = np.stack([part.low[:, axis], part.high[:, axis]], axis=1) - mitre.point[axis]
    beside = np.sort(inward * own, axis=1)
    return np.round(np.concatenate([beside, np.stack([part.low[:, across], part.high[:, across]], axis=1)], axis=1), 6) + 0.0
