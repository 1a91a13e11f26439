"""The locked state of a linkage file: stop, locked interval, loads, release and clamp, checked and in internal units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.linkage import Band, LinkageFile
from mechlock.inputs.linkage import Load as LoadText
from mechlock.inputs.linkage import Lock as LockText
from mechlock.inputs.linkage import Release as ReleaseText
from mechlock.inputs.parameters import Parameter, read_parameter
from mechlock.linkage.mechanism import GROUND, Body, Clamp, Drive, Load, Lock, PointName, Release

Sign = Literal[-1, 1]


def read_lock(file: LinkageFile, where: str, bodies: dict[str, Body], drive: Drive) -> Lock | None:
    """Read the `[lock]` table.

    Raises
    ------
    InputError
        With the key, for unknown names, quantities of the wrong kind, or intervals that are upside down.
    """
    if file.lock is None:
        return None
    text, kind = file.lock, "length" if drive.sliding else "angle"
    stop: Sign | None = None if text.stop is None else 1 if text.stop == "increasing" else -1
    position = _parameter(_band(text.drive), kind, f"{where}: lock.drive")
    locked = _locked(text, position, stop, kind, where)
    loads: list[Load] = []
    for index, load in enumerate(text.loads):
        if load.name in [other.name for other in loads]:
            raise InputError(
                f"two loads are called {load.name!r}", f"{where}: lock.loads[{index}].name", "give each its own name"
            )
        loads.append(_load(load, f"{where}: lock.loads[{index}]", bodies))
    release = _release(text.release, drive, [load.name for load in loads], where)
    if text.clamp and text.clamp.stiffness.low <= 0.0:
        raise InputError("the stiffness is not positive", f"{where}: lock.clamp.stiffness", "write a positive one")
    clamp = Clamp(text.clamp.stiffness, text.clamp.interference, text.clamp.adjusted) if text.clamp else None
    if text.clamp and text.clamp.loads is not None:
        _known_loads(text.clamp.loads, [load.name for load in loads], f"{where}: lock.clamp.loads")
    return Lock(tuple(text.claims), position, stop, locked, tuple(loads), release, clamp)


def _band(value: str | Band) -> object:
    if isinstance(value, str):
        return value
    return {"value": value.value} | ({"tolerance": value.tolerance} if value.tolerance is not None else {})


def _parameter(value: object, dimension: str, where: str) -> Parameter:
    try:
        return read_parameter(value, dimension)
    except InputError as error:
        raise error.at(where) from None


def _locked(text: LockText, position: Parameter, stop: Sign | None, kind: str, where: str) -> tuple[float, float]:
    low, high = position.low, position.high
    if text.locked_from is None:
        return low, high
    key = f"{where}: lock.locked_from"
    start = _parameter(text.locked_from, kind, key).nominal
    if stop is None:
        raise InputError("locked_from needs a stop", key, 'add stop = "increasing" or "decreasing"')
    if (stop > 0 and start > high) or (stop < 0 and start < low):
        raise InputError("locked_from lies beyond the stop", key, "the locked interval goes from here to the stop")
    return (min(start, low), high) if stop > 0 else (low, max(start, high))


def _load(text: LoadText, where: str, bodies: dict[str, Body]) -> Load:
    if text.body not in bodies or text.body == GROUND:
        known = ", ".join(name for name in bodies if name != GROUND)
        raise InputError(f"unknown body {text.body!r}", f"{where}.body", f"the moving bodies are {known}")
    if text.point not in bodies[text.body].points:
        known = ", ".join(bodies[text.body].points)
        raise InputError(f"the body {text.body!r} has no point {text.point!r}", f"{where}.point", f"its points are {known}")
    magnitude = _parameter({"range": text.magnitude}, "force", f"{where}.magnitude")
    if magnitude.low < 0.0:
        raise InputError("the magnitude is negative", f"{where}.magnitude", "turn the direction round instead")
    direction = _parameter({"range": text.direction}, "angle", f"{where}.direction")
    if direction.high - direction.low >= 2.0 * math.pi:
        raise InputError("the cone of directions is a whole turn or more", f"{where}.direction", "write [from, to] within a turn")
    return Load(text.name, PointName(text.body, text.point), magnitude, direction)


def _release(value: ReleaseText | str | None, drive: Drive, loads: list[str], where: str) -> Release | None:
    if value is None:
        return None
    if isinstance(value, str):
        return Release((), None, 1 if value == "increasing" else -1)
    _known_loads(value.loads, loads, f"{where}: lock.release.loads")
    right, wrong = ("max_force", "max_torque") if drive.sliding else ("max_torque", "max_force")
    if getattr(value, wrong) is not None:
        raise InputError(f"the drive needs {right}, not {wrong}", f"{where}: lock.release.{wrong}", f"write {right}")
    limit = getattr(value, right)
    effort = None
    if limit is not None:
        try:
            effort = units.parse(limit, "force" if drive.sliding else "torque")
        except InputError as error:
            raise error.at(f"{where}: lock.release.{right}") from None
    opens: Sign | None = None if value.direction is None else 1 if value.direction == "increasing" else -1
    return Release(tuple(value.loads), effort, opens)


def _known_loads(names: Sequence[str], loads: list[str], key: str) -> None:
    for index, name in enumerate(names):
        if name not in loads:
            raise InputError(f"unknown load {name!r}", f"{key}[{index}]", f"the loads are {', '.join(loads) or 'none'}")
