"""The frame file, ``mechlock-frame/1``: grid lines, sections and gauges as named groups, members and plates on the lines.

Members stand in the order in which they are welded: one that comes first runs through, one that comes later is cut to
its face. Lock brackets come before everything, so that members end on them; plates are cut to all the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.quantities import AsTuple, Length, NonNegativeLength, PositiveLength, Strict, refuse

FORMAT = "mechlock-frame/1"
LEAST_HOLLOW_WALL = 2.5
"""Least wall in mm of welded hollow sections (EN 1993-1-8, 7.1.1)."""

RESERVED = frozenset({"frame", "pad_shoe", "guide_socket", "lifting_eye"})
"""Names of groups that every frame has, whatever its sections are called."""

Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, Axis, Axis] = ("x", "y", "z")
Names = Annotated[tuple[str, ...], AsTuple, Field(min_length=1)]
Lines = Annotated[Literal["all"] | Names, Field(description="names of grid lines, or 'all'", examples=["all", ["rear", "front"]])]
Pair = Annotated[tuple[str, str], AsTuple]
PairOfLengths = Annotated[tuple[NonNegativeLength, NonNegativeLength], AsTuple]
Size3 = Annotated[tuple[PositiveLength, PositiveLength, PositiveLength], AsTuple]
Size2 = Annotated[tuple[PositiveLength, PositiveLength], AsTuple]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="a name of letters, digits and _")]


class Entry(Strict):
    """Base of what stands in a frame file: every figure may carry its source."""

    model_config = ConfigDict(populate_by_name=True)
    source: str = ""


class Section(Entry):
    """A hollow section that members are made of."""

    type: Literal["rhs"] = "rhs"
    height: PositiveLength
    width: PositiveLength
    thickness: PositiveLength

    @model_validator(mode="after")
    def _has_a_hollow(self) -> Section:
        least = min(self.height, self.width)
        if self.thickness >= least / 2:
            what = f"thickness {self.thickness:g} mm leaves no hollow in a section of {self.height:g} x {self.width:g} mm"
            raise refuse(InputError(what, mend=f"thickness must be below {least / 2:g} mm"))
        if self.thickness < LEAST_HOLLOW_WALL:
            what = f"thickness {self.thickness:g} mm is below the least wall of welded hollow sections"
            raise refuse(InputError(what, mend=f"use at least {LEAST_HOLLOW_WALL:g} mm (EN 1993-1-8)"))
        return self

    @property
    def text(self) -> str:
        """How the trade writes it, such as ``RHS 100x60x4``."""
        return f"RHS {max(self.height, self.width):g}x{min(self.height, self.width):g}x{self.thickness:g}"


class Gauge(Entry):
    """A thickness that plates or walls of fittings share."""

    thickness: PositiveLength


class Grid(Entry):
    """Named lines of each axis, in mm; +x forward, +y left, +z up, origin in the lock plane."""

    x: Annotated[dict[Identifier, Length], Field(min_length=1)]
    y: Annotated[dict[Identifier, Length], Field(min_length=1)]
    z: Annotated[dict[Identifier, Length], Field(min_length=1)]

    def lines(self, axis: Axis) -> dict[str, float]:
        """Lines of one axis by name."""
        return {"x": self.x, "y": self.y, "z": self.z}[axis]


class Member(Entry):
    """Hollow sections along one axis, on every crossing of the lines named for the other two axes."""

    name: Identifier
    section: str
    along: Axis
    start: Annotated[str | None, Field(alias="from", description="line where it starts; default: the first")] = None
    end: Annotated[str | None, Field(alias="to", description="line where it ends; default: the last")] = None
    x: Lines | None = None
    y: Lines | None = None
    z: Lines | None = None
    upright: Annotated[Axis | None, Field(description="axis of the section's height; default z, for posts x")] = None
    overhang: Annotated[PairOfLengths, Field(description="how far it runs past its first and last line")] = (0.0, 0.0)
    shift: Annotated[tuple[Length, Length, Length], AsTuple, Field(description="centre line off the grid lines")] = (
        0.0,
        0.0,
        0.0,
    )

    @model_validator(mode="after")
    def _lines_fit(self) -> Member:
        _need_lines(self, f"member {self.name!r} runs along {self.along}", self.along)
        if self.upright == self.along:
            raise refuse(InputError(f"upright is {self.upright!r}, the axis it runs along", mend="name another axis"))
        return self

    @property
    def height_axis(self) -> Axis:
        """Axis of the section's height."""
        return self.upright or ("x" if self.along == "z" else "z")


class Plate(Entry):
    """Flat plates normal to an axis, one in every bay between consecutive lines of the other two axes."""

    name: Identifier
    gauge: str
    normal: Axis
    at: Lines
    x: Annotated[Pair | None, Field(description="first and last line")] = None
    y: Annotated[Pair | None, Field(description="first and last line")] = None
    z: Annotated[Pair | None, Field(description="first and last line")] = None
    flush: Annotated[Length, Field(description="from the line to the plate's far face, thickness towards the line")] = 0.0
    side: Annotated[
        Literal["outward", "inward", "+", "-"], Field(description="which way flush counts; 0 centres it on the line")
    ] = "outward"
    window: Annotated[dict[Axis, PositiveLength], Field(description="opening amid each bay")] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _lines_fit(self) -> Plate:
        _need_lines(self, f"plate {self.name!r} is normal to {self.normal}", self.normal)
        wanted = {axis for axis in AXES if axis != self.normal}
        if self.window and set(self.window) != wanted:
            raise refuse(InputError("the window lacks a dimension", mend=f"give {' and '.join(sorted(wanted))}"))
        return self


class LockBrackets(Entry):
    """Corner fittings: a box of thick plate, open to the hook from below, with a striker bar across it.

    Lengths count from the crossing of the lines: inboard towards the middle of the frame, outboard away from it.
    """

    names: Names
    x: Lines = "all"
    y: Lines
    gauge: str
    inboard: PairOfLengths
    outboard: PairOfLengths
    height: PositiveLength
    slot: Annotated[PairOfLengths, Field(description="opening in the bottom, x and y, for the hook")]
    striker: Annotated[PositiveLength, Field(description="side of the square bar that the hook grips; it lies along y")]
    striker_bottom: PositiveLength


class Pads(Entry):
    """Shoes under the base rails that stand on the tray's pads; their bottom is the lock plane z = 0."""

    names: Names
    x: Lines = "all"
    y: Lines
    size: Size3


class GuideSockets(Entry):
    """Blocks that take the guide pins, set off inboard of the crossing of the lines."""

    names: Names
    x: Lines = "all"
    y: Lines
    size: Size3
    inboard: Annotated[PairOfLengths, Field(description="from the lines to the block's near faces, x and y")]


class LiftingEyes(Entry):
    """Stirrups on the posts: a base plate, two uprights across y and a crossbar that the shackle goes round."""

    names: Names
    x: Lines = "all"
    y: Lines
    bottom: PositiveLength
    size: Annotated[Size3, Field(description="outer length along x, width along y, height")]
    base: Annotated[PositiveLength, Field(description="thickness of the base plate")]
    upright: Annotated[PositiveLength, Field(description="thickness of the uprights")]
    crossbar: Annotated[PositiveLength, Field(description="height of the crossbar")]


class Mounts(Entry):
    """Faces on members where a box is fastened; the group is called ``mount_`` and the name given here."""

    member: Annotated[str, Field(description="name of the members' entry")]
    x: Lines | None = None
    y: Lines | None = None
    z: Lines | None = None
    side: Annotated[Literal["+x", "-x", "+y", "-y", "+z", "-z"], Field(description="face of the member")]
    length: PositiveLength
    at: Annotated[
        dict[Identifier, Annotated[tuple[Length, ...], AsTuple]],
        Field(min_length=1, description="name to places on it"),
    ]


class FrameFile(Strict):
    """A frame as the engineer writes it."""

    format: Literal["mechlock-frame/1"]
    name: str
    material: Annotated[str, Field(description="name in the material library")]
    grid: Grid
    sections: dict[Identifier, Section]
    gauges: dict[Identifier, Gauge] = Field(default_factory=dict)
    members: Annotated[tuple[Member, ...], AsTuple, Field(min_length=1)]
    plates: Annotated[tuple[Plate, ...], AsTuple] = ()
    lock_brackets: LockBrackets | None = None
    pads: Pads | None = None
    guide_sockets: GuideSockets | None = None
    lifting_eyes: LiftingEyes | None = None
    mounts: Annotated[tuple[Mounts, ...], AsTuple] = ()
    source: str = ""

    @model_validator(mode="after")
    def _names_are_known(self) -> FrameFile:
        _check_groups(self)
        _check_lines(self)
        return self


def read_frame(path: Path) -> FrameFile:
    """Read and validate a frame file.

    Raises
    ------
    InputError
        With file and key, for anything that is not as the format says.
    """
    return reading.validate(FrameFile, reading.read_toml(path), str(path))


def _need_lines(entry: Member | Plate, what: str, axis: Axis) -> None:
    for other, lines in (("x", entry.x), ("y", entry.y), ("z", entry.z)):
        if other == axis and lines is not None:
            raise refuse(InputError(f"{what} and yet names lines of {other}", mend=f"remove {other}"))
        if other != axis and lines is None:
            raise refuse(InputError(f"{what} and names no lines of {other}", mend=f"add {other}"))


def _known(name: str, kind: str, names: dict[str, object], where: str) -> None:
    if name not in names:
        raise refuse(InputError(f"{where}: there is no {kind} {name!r}", mend=f"known: {', '.join(names) or 'none'}"))


def _check_groups(file: FrameFile) -> None:
    sections: dict[str, object] = dict(file.sections)
    gauges: dict[str, object] = dict(file.gauges)
    both = sorted(set(sections) & set(gauges))
    reserved = sorted(RESERVED & (set(sections) | set(gauges)))
    if reserved:
        raise refuse(InputError(f"the name {reserved[0]!r} is taken", mend="mechlock uses it for a group of its own"))
    if both:
        raise refuse(InputError(f"{both[0]!r} is a section and a gauge", mend="give them different names"))
    entries = [entry.name for entry in (*file.members, *file.plates)]
    for name in entries:
        if entries.count(name) > 1:
            raise refuse(InputError(f"two entries are called {name!r}", mend="give each members and plates entry its own name"))
    for member in file.members:
        _known(member.section, "section", sections, f"member {member.name!r}")
    for plate in file.plates:
        _known(plate.gauge, "gauge", gauges, f"plate {plate.name!r}")
    if file.lock_brackets is not None:
        _known(file.lock_brackets.gauge, "gauge", gauges, "lock_brackets")
    members: dict[str, object] = {member.name: member for member in file.members}
    for mount in file.mounts:
        _known(mount.member, "member", members, f"mounts {', '.join(mount.at)}")


def _check_lines(file: FrameFile) -> None:
    lines: dict[str, dict[str, object]] = {axis: dict(file.grid.lines(axis)) for axis in AXES}

    def check(axis: str, names: str | tuple[str | None, ...] | None, where: str) -> None:
        for name in () if names is None or isinstance(names, str) else names:
            if name is not None:
                _known(name, f"line of {axis}", lines[axis], where)

    for member in file.members:
        check(member.along, (member.start, member.end), f"member {member.name!r}")
    for plate in file.plates:
        check(plate.normal, plate.at, f"plate {plate.name!r}")
    places = [(f"member {m.name!r}", m.x, m.y, m.z) for m in file.members]
    places += [(f"plate {p.name!r}", p.x, p.y, p.z) for p in file.plates]
    places += [(f"mounts {', '.join(m.at)}", m.x, m.y, m.z) for m in file.mounts]
    fittings = {"lock_brackets": file.lock_brackets, "pads": file.pads}
    fittings |= {"guide_sockets": file.guide_sockets, "lifting_eyes": file.lifting_eyes}
    for key, entry in fittings.items():
        if entry is not None:
            places.append((key, entry.x, entry.y, None))
            _count(key, entry.names, entry.x, entry.y, lines)
    for where, x, y, z in places:
        for axis, names in zip(AXES, (x, y, z), strict=True):
            check(axis, names, where)


def _count(key: str, names: tuple[str, ...], x: Lines, y: Lines, lines: dict[str, dict[str, object]]) -> None:
    count = (len(lines["x"]) if x == "all" else len(x)) * (len(lines["y"]) if y == "all" else len(y))
    if len(names) != count or len(set(names)) != count:
        raise refuse(
            InputError(f"{key}.names has {len(set(names))} different names for {count} places", mend="one name a place, x by x")
        )
