"""Pins of a lock with heads and grooves, and the striker bar on the pack."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mechlock.errors import InputError
from mechlock.inputs.lockparts import Hook, LockPartsFile
from mechlock.solids.lock_agreement import Joints
from mechlock.solids.lock_outlines import Points
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import Point2
from mechlock.solids.parts import Part, ruling_of_round, turned

if TYPE_CHECKING:
    from mechlock.solids.lock_parts import Grip


def pin_parts(file: LockPartsFile, grips: Mapping[str, Grip], joints: Joints, points: Mapping[str, Points]) -> list[Part]:
    """Return the pins, each in the frame of the body in the middle of its joint."""
    parts: list[Part] = []
    for joint, grip in grips.items():
        pin = file.pins[joint]
        ends = dict(joints[joint])
        body = grip.inner if grip.inner in ends else next(iter(ends))
        centre = points[body][ends[body]]
        reach = grip.inner_width / 2.0 + grip.gap + grip.outer_width
        d, face = pin.diameter, reach + file.side_gap
        low = -face if pin.head_diameter is not None else -reach
        high = face if pin.ring is not None else reach
        steps = [(d, low, high)]
        if pin.head_diameter is not None and pin.head_thickness is not None:
            steps.insert(0, (pin.head_diameter, low - pin.head_thickness, low))
        if pin.ring is not None:
            groove = high + pin.ring.groove_width
            steps += [(pin.ring.groove_diameter, high, groove), (d, groove, groove + pin.ring.edge)]
        slabs = turned(centre, steps)
        parts.append(Part(f"pin_{joint}", body, "pin", pin.material, ruling_of_round(d), slabs, points={"axis": centre}))
    return parts


def the_hook(file: LockPartsFile, where: str = "") -> tuple[str, Hook]:
    """Return the name and data of the hook.

    Raises
    ------
    InputError
        When the parts have no hook, or several.
    """
    hooks = [(name, body) for name, body in file.bodies.items() if isinstance(body, Hook)]
    if len(hooks) != 1:
        raise InputError(f"{len(hooks)} hooks found", f"{where}: bodies" if where else "bodies", "a lock has one hook")
    return hooks[0]


def striker_centre(file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement], where: str = "") -> Point2:
    """Return the centre of the striker bar in ground's frame (mm): its radius below the saddle's crown."""
    name, hook = the_hook(file, where)
    if file.striker is None:
        raise InputError("there is no striker", "striker", "add it")
    place = locked[name]
    crown = place.to_ground(points[name][hook.saddle.point])
    angle = place.angle + hook.saddle.pull
    radius = file.striker.diameter / 2.0
    return crown[0] - radius * math.cos(angle), crown[1] - radius * math.sin(angle)


def striker_part(file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement], where: str) -> Part:
    """Return the striker bar, in ground's frame at the locked position; it belongs to the pack."""
    _, hook = the_hook(file, where)
    striker = file.striker
    centre = striker_centre(file, points, locked, where)
    if striker is None or striker.diameter / 2.0 > hook.saddle.radius:
        key = f"{where}: striker.diameter" if where else "striker.diameter"
        raise InputError("the striker does not fit into the saddle", key, f"at most {2 * hook.saddle.radius:g} mm")
    half = hook.thickness / 2.0 + striker.side_gap + striker.plate_thickness
    slabs = turned(centre, [(striker.diameter, -half, half)])
    return Part("striker", "pack", "striker", striker.material, ruling_of_round(striker.diameter), slabs, points={"axis": centre})
