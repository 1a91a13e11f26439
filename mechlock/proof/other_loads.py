"""A lock under other forces than its file says: load sets that are widened, and what a shock releases against the barrier.

As in `variants`, the linkage's data is rewritten, so that the same prover and the same checker serve.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.proof.decimals import down, up


@dataclass(frozen=True)
class LoadRange:
    """A set of forces: magnitude from low to high (N), direction from low to high (rad, ground's frame)."""

    magnitude: tuple[float, float]
    direction: tuple[float, float]


@dataclass(frozen=True)
class Release:
    """What a barrier is held against: kinetic energy of the links, and elastic energy of what they clamp.

    Attributes
    ----------
    masses : mapping of str to float
        Mass of every moving body, t.
    stiffness, interference : (low, high)
        Of the clamp, N/mm and mm.
    velocity_change : float
        Of the base, mm/s.
    """

    masses: Mapping[str, float]
    stiffness: tuple[float, float]
    interference: tuple[float, float]
    velocity_change: float


def widen(source: LinkageSource, load: str, sets: Mapping[str, LoadRange], words: str, name: str) -> LinkageSource:
    """Return the linkage with other forces in place of those of one load.

    Parameters
    ----------
    source : LinkageSource
        With a load of that name.
    load : str
    sets : mapping of str to LoadRange
        By name; the load's own name keeps what else the file says of it.
    words : str
        Where the sets come from.
    name : str
        Of the variant.

    Raises
    ------
    InputError
        When the file has no such load.
    """
    data: dict[str, Any] = copy.deepcopy(source.data)
    entries = data.get("lock", {}).get("loads", [])
    given = next((entry for entry in entries if entry["name"] == load), None)
    if given is None:
        raise InputError(f"there is no load {load!r}", f"{source.where}: lock.loads", "name one of the file's loads")
    written = [
        {
            **copy.deepcopy(given),
            "name": key,
            "magnitude": [f"{down(forces.magnitude[0])} N", f"{up(forces.magnitude[1])} N"],
            "direction": [f"{down(math.degrees(forces.direction[0]))} deg", f"{up(math.degrees(forces.direction[1]))} deg"],
        }
        for key, forces in sets.items()
    ]
    place = entries.index(given)
    data["lock"]["loads"] = [*entries[:place], *written, *entries[place + 1 :]]
    data["name"] = f"{source.file.name}, {name}"
    data["about"] = " ".join([*([source.file.about] if source.file.about else []), f"Variant: {name}.", words])
    return linkage_from_data(data, f"{source.where}, {name}")


def shocked(source: LinkageSource, release: Release) -> LinkageSource:
    """Return the linkage with what `stays_shut` needs where the file does not say it, and at least this velocity change."""
    assert source.file.lock is not None
    data: dict[str, Any] = copy.deepcopy(source.data)
    for body, mass in release.masses.items():
        if source.file.bodies[body].mass <= 0.0:
            data["bodies"][body]["mass"] = f"{up(mass * 1e3)} kg"
    if source.file.lock.clamp is None:
        ends = {"stiffness": (release.stiffness, "N/mm"), "interference": (release.interference, "mm")}
        data["lock"]["clamp"] = {
            key: {"range": [f"{down(low)} {unit}", f"{up(high)} {unit}"]} for key, ((low, high), unit) in ends.items()
        } | {"adjusted": True}
    given = source.file.lock.shock
    known = given.velocity_change if given is not None else 0.0
    data["lock"]["shock"] = {
        **data["lock"].get("shock", {}),
        "velocity_change": f"{up(max(known, release.velocity_change))} mm/s",
    }
    return linkage_from_data(data, source.where)
