"""The frame file, ``mechlock-frame/1``: grid lines, sections and gauges as named groups, members and plates on the lines.

Members stand in the order in which they are welded: one that comes first runs through, one that comes later is cut to
its face. Lock brackets come before everything, so that members end on them; plates are cut to all the rest; braces are
cut by the faces that they run between.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame_entries import (
    AXES,
    Brace,
    Cap,
    Doubler,
    Gauge,
    Grid,
    GuideSockets,
    Gussets,
    Identifier,
    LiftingEyes,
    Lines,
    LockBrackets,
    Member,
    MemberHoles,
    Mounts,
    Pads,
    Plate,
)
from mechlock.inputs.hollow import Section, Tube
from mechlock.inputs.profiles import Profile
from mechlock.inputs.quantities import AsTuple, Strict, refuse

FORMAT = "mechlock-frame/1"
RESERVED = frozenset({"frame", "pad_shoe", "guide_socket", "lifting_eye"})
"""Names of groups that every frame has, whatever its sections are called."""


class FrameFile(Strict):
    """A frame as the engineer writes it."""

    format: Literal["mechlock-frame/1"]
    name: str
    material: Annotated[str, Field(description="name in the material library")]
    grid: Grid
    sections: dict[Identifier, Section] = Field(default_factory=dict)
    profiles: dict[Identifier, Profile] = Field(default_factory=dict)
    tubes: dict[Identifier, Tube] = Field(default_factory=dict)
    gauges: dict[Identifier, Gauge] = Field(default_factory=dict)
    members: Annotated[tuple[Member, ...], AsTuple, Field(min_length=1)]
    plates: Annotated[tuple[Plate, ...], AsTuple] = ()
    braces: Annotated[tuple[Brace, ...], AsTuple] = ()
    caps: Annotated[tuple[Cap, ...], AsTuple] = ()
    doublers: Annotated[tuple[Doubler, ...], AsTuple] = ()
    gussets: Annotated[tuple[Gussets, ...], AsTuple] = ()
    holes: Annotated[tuple[MemberHoles, ...], AsTuple] = ()
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

    def stock(self, name: str) -> Section | Profile | Tube:
        """What a member or a brace is made of, by its name."""
        stocks: dict[str, Section | Profile | Tube] = {**self.sections, **self.profiles, **self.tubes}
        return stocks[name]


def read_frame(path: Path) -> FrameFile:
    """Read and validate a frame file.

    Raises
    ------
    InputError
        With file and key, for anything that is not as the format says.
    """
    return reading.validate(FrameFile, reading.read_toml(path), str(path))


def _known(name: str, kind: str, names: dict[str, object], where: str) -> None:
    if name not in names:
        raise refuse(InputError(f"{where}: there is no {kind} {name!r}", mend=f"known: {', '.join(names) or 'none'}"))


def _check_groups(file: FrameFile) -> None:
    groups: dict[str, dict[str, object]] = {
        "section": dict(file.sections),
        "profile": dict(file.profiles),
        "tube": dict(file.tubes),
        "gauge": dict(file.gauges),
    }
    named = [(name, kind) for kind, names in groups.items() for name in names]
    for name, kind in named:
        others = [other for same, other in named if same == name and other != kind]
        if others:
            raise refuse(InputError(f"{name!r} is a {kind} and a {others[0]}", mend="give them different names"))
        if name in RESERVED:
            raise refuse(InputError(f"the name {name!r} is taken", mend="mechlock uses it for a group of its own"))
    named_entries = (*file.members, *file.plates, *file.braces, *file.caps, *file.doublers, *file.gussets, *file.holes)
    entries = [entry.name for entry in named_entries]
    for name in entries:
        if entries.count(name) > 1:
            raise refuse(InputError(f"two entries are called {name!r}", mend="give every entry its own name"))
    stocks = groups["section"] | groups["profile"] | groups["tube"]
    for member in file.members:
        where = f"member {member.name!r}"
        _known(member.section, "section, profile or tube", stocks, where)
        if member.section in file.tubes and (member.mitre or member.opens or any(member.overhang)):
            key = "mitre" if member.mitre else "opens" if member.opens else "overhang"
            mend = "a brace with a path of three points has mitres" if key == "mitre" else "leave it out"
            raise refuse(InputError(f"{where} is a tube, which ends on the faces it runs between: it takes no {key}", mend=mend))
    for brace in file.braces:
        _known(brace.section, "section, profile or tube", stocks, f"brace {brace.name!r}")
    for plate in file.plates:
        _known(plate.gauge, "gauge", groups["gauge"], f"plate {plate.name!r}")
    if file.lock_brackets is not None:
        _known(file.lock_brackets.gauge, "gauge", groups["gauge"], "lock_brackets")
    members: dict[str, object] = {member.name: member for member in file.members if member.section not in file.tubes}
    for mount in file.mounts:
        _known(mount.member, "member with flat faces", members, f"mounts {', '.join(mount.at)}")
    for holes in file.holes:
        _known(holes.member, "member with flat faces", members, f"holes {holes.name!r}")
    for gusset in file.gussets:
        _known(gusset.gauge, "gauge", groups["gauge"], f"gusset {gusset.name!r}")
    for kind, fitted in (("cap", file.caps), ("doubler", file.doublers)):
        for entry in fitted:
            _known(entry.member, "member with flat faces", members, f"{kind} {entry.name!r}")
            _known(entry.gauge, "gauge", groups["gauge"], f"{kind} {entry.name!r}")


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
    for brace in file.braces:
        if brace.normal is not None:
            check(brace.normal, brace.at, f"brace {brace.name!r}")
    for gusset in file.gussets:
        check(gusset.normal, gusset.at, f"gusset {gusset.name!r}")
    places = [(f"member {m.name!r}", m.x, m.y, m.z) for m in file.members]
    places += [(f"plate {p.name!r}", p.x, p.y, p.z) for p in file.plates]
    places += [(f"mounts {', '.join(m.at)}", m.x, m.y, m.z) for m in file.mounts]
    places += [(f"cap {c.name!r}", c.x, c.y, c.z) for c in file.caps]
    places += [(f"holes {h.name!r}", h.x, h.y, h.z) for h in file.holes]
    places += [(f"doubler {d.name!r}", d.x, d.y, d.z) for d in file.doublers]
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
