"""Walls of open sections as boxes: web, flanges and legs inside the envelope of a member."""

from __future__ import annotations

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame_entries import AXES, Member
from mechlock.inputs.profiles import Profile
from mechlock.solids.boxes import Floats
from mechlock.solids.frame_parts import AXIS_NUMBER
from mechlock.solids.swept_section import open_walls

OPENINGS = {"channel": 1, "angle": 2, "i": 0, "flat": 0}
"""How many directions say which way a section lies."""


def profile_walls(profile: Profile, entry: Member, envelope: Floats) -> tuple[Floats, Floats]:
    """Low and high corners of the walls of a profile that fills `envelope`, none overlapping another.

    Raises
    ------
    InputError
        When `opens` of the member does not say which way the section lies.
    """
    up = AXIS_NUMBER[entry.height_axis]
    side = 3 - up - AXIS_NUMBER[entry.along]
    senses = _senses(profile, entry, up, side)
    sections = open_walls(profile, senses.get(up, 1), senses.get(side, 1))
    walls = np.repeat(envelope[None], len(sections), axis=0)
    for number, axis in enumerate((up, side)):
        half = np.ptp(envelope[:, axis]) / 2
        places = sections[:, :, number]
        # faces on the envelope are those of the envelope to the last digit, whatever its middle rounds to
        walls[:, :, axis] = np.where(places < 0, envelope[0, axis] + (places + half), envelope[1, axis] + (places - half))
    return walls[:, 0], walls[:, 1]


def _senses(profile: Profile, entry: Member, up: int, side: int) -> dict[int, int]:
    """+1 or -1 by axis, as `opens` says."""
    found = {AXIS_NUMBER[word[1]]: 1 if word[0] == "+" else -1 for word in entry.opens}
    wanted = {"channel": {side}, "angle": {up, side}}.get(profile.type, set[int]())
    if set(found) != wanted or len(entry.opens) != OPENINGS[profile.type]:
        names = sorted(AXES[axis] for axis in wanted)
        how = " and ".join(f'"+{name}" or "-{name}"' for name in names) if names else "leave it out"
        kind = {"channel": "channel opens to one side", "angle": "angle opens to two sides"}.get(
            profile.type, f"{profile.type} section opens to no side"
        )
        raise InputError(
            f"a {kind}, `opens` has {len(entry.opens)} entries {list(entry.opens)}", f"members.{entry.name}.opens", how
        )
    return found
