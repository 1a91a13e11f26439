"""Walls of open sections as boxes: web, flanges and legs inside the envelope of a member."""

from __future__ import annotations

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame_entries import AXES, Member
from mechlock.inputs.profiles import Profile
from mechlock.solids.boxes import Floats
from mechlock.solids.frame_parts import AXIS_NUMBER

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
    low, high = envelope[0].copy(), envelope[1].copy()
    web, flange = profile.thickness, profile.flange

    def box(**ends: tuple[float, float]) -> Floats:
        made = np.array([low, high])
        for name, span in ends.items():
            made[:, up if name == "up" else side] = span
        return made

    bottom, top = (low[up], low[up] + flange), (high[up] - flange, high[up])
    if profile.type == "flat":
        walls = [box()]
    elif profile.type == "i":
        middle = (low[side] + high[side]) / 2
        walls = [box(up=bottom), box(up=top), box(up=(bottom[1], top[0]), side=(middle - web / 2, middle + web / 2))]
    else:
        back = (low[side], low[side] + web) if senses[side] > 0 else (high[side] - web, high[side])
        rest = (back[1], high[side]) if senses[side] > 0 else (low[side], back[0])
        flanges = [bottom, top] if profile.type == "channel" else [bottom if senses[up] > 0 else top]
        walls = [box(side=back), *(box(up=span, side=rest) for span in flanges)]
    table = np.array(walls)
    return table[:, 0], table[:, 1]


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
