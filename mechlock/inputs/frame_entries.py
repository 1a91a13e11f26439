"""What stands in a frame file beside sections: gauges, members, plates, braces, fittings and mounts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs.quantities import AsTuple, Length, NonNegativeLength, PositiveLength, Strict, refuse

Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, Axis, Axis] = ("x", "y", "z")
Names = Annotated[tuple[str, ...], AsTuple, Field(min_length=1)]
Lines = Annotated[Literal["all"] | Names, Field(description="names of grid lines, or 'all'", examples=["all", ["rear", "front"]])]
Pair = Annotated[tuple[str, str], AsTuple]
PairOfLengths = Annotated[tuple[NonNegativeLength, NonNegativeLength], AsTuple]
Size3 = Annotated[tuple[PositiveLength, PositiveLength, PositiveLength], AsTuple]
PointOfPath = Annotated[tuple[Length, ...], AsTuple]
Point2 = Annotated[tuple[Length, Length], AsTuple]
Side = Literal["+x", "-x", "+y", "-y", "+z", "-z"]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="a name of letters, digits and _")]


class Entry(Strict):
    """Base of what stands in a frame file: every figure may carry its source."""

    model_config = ConfigDict(populate_by_name=True)
    source: str = ""


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
    """Sections along one axis, on every crossing of the lines named for the other two axes."""

    name: Identifier
    section: Annotated[str, Field(description="name of a section, a profile or a tube")]
    along: Axis
    start: Annotated[str | None, Field(alias="from", description="line where it starts; default: the first")] = None
    end: Annotated[str | None, Field(alias="to", description="line where it ends; default: the last")] = None
    x: Lines | None = None
    y: Lines | None = None
    z: Lines | None = None
    upright: Annotated[Axis | None, Field(description="axis of the section's height; default z, for posts x")] = None
    opens: Annotated[
        tuple[Side, ...], AsTuple, Field(description="where a channel is open, where an angle's legs point", examples=[["+y"]])
    ] = ()
    overhang: Annotated[PairOfLengths, Field(description="how far it runs past its first and last line")] = (0.0, 0.0)
    mitre: Annotated[
        tuple[Literal["from", "to"], ...],
        AsTuple,
        Field(description="ends that are mitred with another member's end on the same lines", examples=[["from", "to"]]),
    ] = ()
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


class Hole(Entry):
    """A round hole in the plate in which its centre lies."""

    at: Annotated[Point2, Field(description="centre, in the plate's two axes")]
    diameter: PositiveLength


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
    cutouts: Annotated[
        dict[Identifier, Annotated[tuple[Point2, Point2], AsTuple]],
        Field(description="name to two opposite corners of a rectangular opening, in the other two axes"),
    ] = Field(default_factory=dict)
    holes: Annotated[
        dict[Identifier, Hole],
        Field(description="name to a round hole", examples=[{"drain": {"at": ["0 mm", "100 mm"], "diameter": "60 mm"}}]),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _lines_fit(self) -> Plate:
        _need_lines(self, f"plate {self.name!r} is normal to {self.normal}", self.normal)
        wanted = {axis for axis in AXES if axis != self.normal}
        if self.window and set(self.window) != wanted:
            raise refuse(InputError("the window lacks a dimension", mend=f"give {' and '.join(sorted(wanted))}"))
        return self


class Brace(Entry):
    """Inclined members, each cut at both ends by the face that it is welded to.

    In a plane normal to an axis, on lines of it; or, without `normal`, between points anywhere in space. A path of more than two
    points is a member in several pieces, mitred where they meet.
    """

    name: Identifier
    section: Annotated[str, Field(description="name of a section, a profile or a tube")]
    opens: Annotated[
        tuple[Literal["+height", "-height", "+width", "-width"], ...],
        AsTuple,
        Field(
            description="where an open profile is open: a channel to one side of its width, an angle to one of each; height lies "
            "in the brace's plane (upwards in space), width across it along the normal. Default: plus",
            examples=[["-width"]],
        ),
    ] = ()
    normal: Axis | None = None
    at: Lines | None = None
    offset: Annotated[Length, Field(description="of the centre line, away from the middle of the frame")] = 0.0
    paths: Annotated[
        dict[Identifier, Annotated[tuple[PointOfPath, ...], AsTuple, Field(min_length=2)]],
        Field(
            min_length=1,
            description="name to points of the centre line in the other two or all three axes; ends on faces, mitres between",
        ),
    ]

    @model_validator(mode="after")
    def _in_a_plane_or_in_space(self) -> Brace:
        if (self.normal is None) != (self.at is None):
            raise refuse(
                InputError("normal and at belong together", mend="give both, or neither and points of three coordinates")
            )
        if self.normal is None and self.offset:
            raise refuse(InputError("offset is across a plane, and no normal is given", mend="move the points instead"))
        count = 3 if self.normal is None else 2
        for name, path in self.paths.items():
            if any(len(point) != count for point in path):
                what = f"the points of {name!r} have {' and '.join(str(len(point)) for point in path)} coordinates"
                raise refuse(InputError(what, mend=f"give {count} each" + (", or name the plane's normal" if count == 3 else "")))
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
    side: Annotated[Side, Field(description="face of the member")]
    length: PositiveLength
    at: Annotated[
        dict[Identifier, Annotated[tuple[Length, ...], AsTuple]],
        Field(min_length=1, description="name to places on it"),
    ]


class OnMembers(Entry):
    """Plates on the members of an entry, or on those of them that stand on the given lines."""

    name: Identifier
    member: Annotated[str, Field(description="name of the members' entry")]
    gauge: str
    x: Lines | None = None
    y: Lines | None = None
    z: Lines | None = None


class Cap(OnMembers):
    """Flat plates that close the ends of members."""

    ends: Annotated[tuple[Literal["from", "to"], ...], AsTuple, Field(min_length=1, description="which ends")] = ("to",)
    margin: Annotated[NonNegativeLength, Field(description="how far the plate reaches past the section, all around")] = 0.0


class Doubler(OnMembers):
    """Plates on the faces of members, computed as one with the wall beneath."""

    side: Annotated[Side, Field(description="face of the member")]
    length: PositiveLength
    width: Annotated[PositiveLength | None, Field(description="across the member; default: the whole face")] = None
    at: Annotated[tuple[Length, ...], AsTuple, Field(min_length=1, description="places along the member: middle of each plate")]


class MemberHoles(Entry):
    """Round holes through one wall of members of an entry, or of those of them that stand on the given lines."""

    name: Identifier
    member: Annotated[str, Field(description="name of the members' entry")]
    x: Lines | None = None
    y: Lines | None = None
    z: Lines | None = None
    side: Annotated[Side, Field(description="wall that the holes go through")]
    diameter: PositiveLength
    at: Annotated[tuple[Length, ...], AsTuple, Field(min_length=1, description="places of the centres along the member")]
    aside: Annotated[Length, Field(description="of the centres from the middle of the face, across the member")] = 0.0


class Gussets(Entry):
    """Triangular plates in the corners between two faces at right angles, normal to an axis."""

    name: Identifier
    gauge: str
    normal: Axis
    at: Lines
    offset: Annotated[Length, Field(description="of the middle plane, away from the middle of the frame")] = 0.0
    snipe: Annotated[PositiveLength, Field(description="cut off each leg at the corner, to clear the weld")] = 10.0
    corners: Annotated[
        dict[Identifier, Annotated[tuple[Point2, Point2], AsTuple]],
        Field(min_length=1, description="name to the corner, and to the legs from it with their signs, in the other two axes"),
    ]


def _need_lines(entry: Member | Plate, what: str, axis: Axis) -> None:
    for other, lines in (("x", entry.x), ("y", entry.y), ("z", entry.z)):
        if other == axis and lines is not None:
            raise refuse(InputError(f"{what} and yet names lines of {other}", mend=f"remove {other}"))
        if other != axis and lines is None:
            raise refuse(InputError(f"{what} and names no lines of {other}", mend=f"add {other}"))
