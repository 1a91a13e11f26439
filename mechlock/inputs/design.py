"""The design file, ``mechlock-design/1``: ties a lock, a frame, a pack, a tray, load cases and criteria together.

Each part is written inline or is the path of another file; any value can be overridden from outside by its dotted key.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.joint_play import with_fits
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.inputs.lockparts import LockPartsFile
from mechlock.inputs.pack import PackFile
from mechlock.inputs.quantities import (
    Acceleration,
    Angle,
    AsTuple,
    Duration,
    Force,
    Length,
    Number,
    PositiveLength,
    PositiveStiffness,
    PositiveStress,
    Strict,
    TemperatureChange,
)
from mechlock.inputs.tray import TrayFile

FORMAT = "mechlock-design/1"
LINKS = (
    ("lock", "linkage"),
    ("lock", "parts"),
    ("frame",),
    ("baseline", "as_built"),
    ("baseline", "resized"),
    ("pack",),
    ("tray",),
)
"""Keys of a design that may name another file."""


class OutOfPlane(Strict):
    """The part that carries what the planar linkage cannot: force across its plane."""

    carrier: str
    limit: Force
    source: str = ""


class LockSection(Strict):
    """How the lock stands in the design."""

    load: Annotated[str, Field(description="load of the linkage whose set of forces was proved for this frame")]
    plane: Annotated[Literal["xz", "yz"], Field(description="frame axes of the linkage's x and y")] = "xz"
    out_of_plane: OutOfPlane
    positioning: Annotated[Angle, Field(description="how far the hook's pull may point aside by positioning")]
    shaken: Annotated[Acceleration, Field(gt=0, description="acceleration of the base that the links' masses feel")] = 68646.55
    sensor: Annotated[Angle, Field(gt=0, description="the drive's sensor reads locked within this of the stop")] = 0.0174533
    source: str = ""


class ExtraCase(Strict):
    """A static case of the user's own."""

    name: str
    g_load: Annotated[tuple[Acceleration, Acceleration, Acceleration], AsTuple]
    rail_twist: Length = 0.0
    category: Annotated[Literal["limit", "handling"], Field(alias="class")] = "limit"
    source: str = "design file"


class Slings(Strict):
    """What lifts the frame by its eyes."""

    stiffness: Annotated[PositiveStiffness, Field(description="of the shackle and sling at one eye, along it")] = 100e3
    source: str = "assumption: shackles on a lifting beam; slings that yield share the weight more evenly and spare the frame"


class CasesSection(Strict):
    """Load cases."""

    slings: Slings = Slings()
    set: Annotated[str, Field(description="name of a shipped set of static factors")] = "mechlock_default_set"
    skip: Annotated[tuple[str, ...], AsTuple] = ()
    extra: Annotated[tuple[ExtraCase, ...], AsTuple] = ()


class BaselineSection(Strict):
    """What the mass is compared with."""

    overall_height: Annotated[PositiveLength, Field(description="height of the conventional pack above the lock plane")]
    source: str = ""


class MeshSection(Strict):
    """Element sizes."""

    frame: PositiveLength
    frame_quick: PositiveLength
    toes: Annotated[
        Literal["members", "all"],
        Field(description="where weld toes get rows of small elements: at members' ends, or at blocks too"),
    ] = "members"


class LifeSection(Strict):
    """What `mechlock check --life` assesses the frame's life with."""

    duty: Annotated[str | None, Field(description="path of a mechlock-duty/1 file; without it the default mine tipper")] = None
    years: Annotated[Number | None, Field(gt=0, description="in place of the duty's own")] = None
    sample: Annotated[Duration, Field(description="driving simulated of every kind of road")] = 60.0
    damping: Annotated[Number, Field(gt=0, lt=1, description="damping ratio of every mode")] = 0.02
    weld_class: Annotated[PositiveStress, Field(description="hot-spot class (FAT) of the welds")] = 90.0
    wear_rate: Annotated[str, Field(description="condition of the lock's bearings")] = "hardened, greased"
    clamped_swing: Annotated[Angle, Field(gt=0, description="turn of the drive over which the clamp builds up")] = 0.35
    thermal_spread: Annotated[TemperatureChange, Field(gt=0, description="top of the frame warmer than its bottom")] = 8.0
    thermal_lag: Annotated[TemperatureChange, Field(gt=0, description="frame warmer or colder than the tray")] = 10.0
    source: str = "IIW FAT 90: load-carrying fillet welds; damping 2 % (welded steel, clamped seats), temperatures: assumption"


class DesignFile(Strict):
    """The keys of a design that are not files of their own kind."""

    format: Literal["mechlock-design/1"]
    name: str
    lock: LockSection
    baseline: BaselineSection
    mesh: MeshSection
    cases: CasesSection = CasesSection()
    criteria: dict[str, dict[str, Number]] = Field(default_factory=dict)
    modes: Annotated[int, Field(ge=1, le=200)] = 10
    life: LifeSection = LifeSection()
    source: str = ""


@dataclass(frozen=True)
class Design:
    """A design that has been read: every part validated, every path resolved.

    Attributes
    ----------
    file : DesignFile
    linkage : LinkageSource
        With the clearances that its parts' fits give to joints without one.
    parts : LockPartsFile
    frame, as_built, resized : FrameFile
        The frame under test; the conventional one as built; the conventional one brought down in its own steel.
    pack : PackFile
    tray : TrayFile
    where : str
        The design file's name.
    files : dict of str to str
        Which file each part came from.
    """

    file: DesignFile
    linkage: LinkageSource
    parts: LockPartsFile
    frame: FrameFile
    as_built: FrameFile
    resized: FrameFile | None
    pack: PackFile
    tray: TrayFile
    where: str
    files: dict[str, str]


def read_design(path: Path, overrides: Mapping[str, str] | None = None) -> Design:
    """Read a design file and every file it names.

    Parameters
    ----------
    path : Path
    overrides : mapping of str to str, optional
        Dotted key to value, as on the command line: ``{"frame.sections.post.thickness": "5 mm"}``.

    Raises
    ------
    InputError
        With file and key, for anything that is not as the formats say.
    """
    data = reading.read_toml(path)
    if data.get("format") != FORMAT:
        raise InputError(
            f"this is not a design file (format is {data.get('format')!r})", f"{path}: format", f"write format = {FORMAT!r}"
        )
    files = _inline(data, path)
    for key, value in (overrides or {}).items():
        override(data, key, value)
    parts = {".".join(link): _take(data, link) for link in LINKS}

    def given(key: str) -> tuple[dict[str, Any], str]:
        found = parts[key]
        if found is None:
            raise InputError("this key is missing", f"{path}: {key}", "add it, inline or as the path of a file")
        return found, files.get(key, f"{path}: {key}")

    lock_parts = reading.validate(LockPartsFile, *given("lock.parts"))
    return Design(
        file=reading.validate(DesignFile, data, str(path)),
        linkage=with_fits(linkage_from_data(*given("lock.linkage")), lock_parts, given("lock.parts")[1]),
        parts=lock_parts,
        frame=reading.validate(FrameFile, *given("frame")),
        as_built=reading.validate(FrameFile, *given("baseline.as_built")),
        resized=None if parts["baseline.resized"] is None else reading.validate(FrameFile, *given("baseline.resized")),
        pack=reading.validate(PackFile, *given("pack")),
        tray=reading.validate(TrayFile, *given("tray")),
        where=str(path),
        files=files,
    )


def lock_linkage(path: Path) -> LinkageSource:
    """Return the linkage that a design or a linkage file holds; a design's with the clearances of its parts' fits.

    Raises
    ------
    InputError
        When the file is neither, or is not as its format says.
    """
    data = reading.read_toml(path)
    if data.get("format") != FORMAT:
        return linkage_from_data(data, str(path))
    files = _inline(data, path)
    linkage = _take(data, ("lock", "linkage"))
    if linkage is None:
        raise InputError("this key is missing", f"{path}: lock.linkage", "add it, inline or as the path of a file")
    source = linkage_from_data(linkage, files.get("lock.linkage", f"{path}: lock.linkage"))
    parts, where = _take(data, ("lock", "parts")), files.get("lock.parts", f"{path}: lock.parts")
    return source if parts is None else with_fits(source, reading.validate(LockPartsFile, parts, where), where)


def _inline(data: dict[str, Any], path: Path) -> dict[str, str]:
    """Put the files that `data` names in the place of their names; return which came from where."""
    files: dict[str, str] = {}
    for link in LINKS:
        holder = data if len(link) == 1 else data.get(link[0])
        if not isinstance(holder, dict) or not isinstance(holder.get(link[-1]), str):
            continue
        target = path.parent / holder[link[-1]]
        if not target.is_file():
            raise InputError(
                f"there is no file {holder[link[-1]]!r}", f"{path}: {'.'.join(link)}", "paths are relative to the design file"
            )
        holder[link[-1]] = reading.read_toml(target)
        files[".".join(link)] = str(target)
    return files


def _take(data: dict[str, Any], link: tuple[str, ...]) -> dict[str, Any] | None:
    """Remove the part at `link` from `data` and return it."""
    holder = data if len(link) == 1 else data.get(link[0])
    if not isinstance(holder, dict):
        return None
    found = holder.pop(link[-1], None)
    if found is not None and not isinstance(found, dict):
        raise InputError("a table or the path of a file is expected", ".".join(link), "write one of them")
    return copy.deepcopy(found)


def override(data: dict[str, Any], key: str, value: str) -> None:
    """Set one value by its dotted key; list entries by number. The value is TOML, or else a string."""
    where = f"--set {key}"
    place: Any = data
    *path, last = key.split(".")
    if path[:1] == ["life"]:
        data.setdefault("life", {})
    if path[:1] == ["criteria"] and len(path) == 2:
        # rows that a design does not write are those of the shipped data, so that any of them can be changed
        data.setdefault("criteria", {}).setdefault(path[1], {})
    for part in path:
        place = _step(place, part, where)
    target: Any = _index(place, last, where) if isinstance(place, list) else last
    if not isinstance(place, (dict, list)):
        raise InputError(f"{path[-1]!r} is a value and has no keys", where, "check the key")
    try:
        place[target] = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        place[target] = value


def _step(place: Any, part: str, where: str) -> Any:
    if isinstance(place, list):
        return place[_index(place, part, where)]
    if not isinstance(place, dict) or part not in place:
        known = f"known: {', '.join(place)}" if isinstance(place, dict) else "check the key"
        raise InputError(f"there is no {part!r}", where, known)
    return place[part]


def _index(place: list[Any], part: str, where: str) -> int:
    if not part.isdigit() or int(part) >= len(place):
        raise InputError(f"{part!r} is not one of the {len(place)} entries", where, "count from 0")
    return int(part)
