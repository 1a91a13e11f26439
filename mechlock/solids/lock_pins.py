"""Pins of a lock with heads, grooves and spacer bushes, and the striker bars on the pack."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mechlock.errors import InputError
from mechlock.inputs.lockparts import LockPartsFile
from mechlock.inputs.lockparts_bodies import Hook
from mechlock.solids.lock_outlines import Points
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import Point2, circle
from mechlock.solids.parts import Bore, Part, Slab, ruling_of_round, turned

if TYPE_CHECKING:
    from mechlock.solids.lock_grips import Grip

SHORTEST_BUSH = 2.0
"""Spaces along a pin shorter than so many mm, play taken off, are left to washers."""


def pin_parts(file: LockPartsFile, grips: Mapping[str, Grip], points: Mapping[str, Points]) -> list[Part]:
    """Return the pins and their spacer bushes, each in the frame of the body in the middle of its joint."""
    parts: list[Part] = []
    for joint, grip in grips.items():
        pin = file.pins[joint]
        body, point = grip.holder
        centre = points[body][point]
        reach = grip.inner_width / 2.0 + grip.hollow / 2.0 + grip.gap + grip.outer_width
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
        parts += _bushes(file, joint, grip, centre)
    return parts


def _bushes(file: LockPartsFile, joint: str, grip: Grip, centre: Point2) -> list[Part]:
    """Rings in the spaces between plates along a pin, in pairs; one in the middle where nothing is."""
    pin = file.pins[joint]
    if pin.bush_diameter is None:
        return []
    outline, bore = circle(centre, pin.bush_diameter / 2.0, "mantle"), (Bore(joint, centre, pin.diameter / 2.0),)
    ruling = ruling_of_round(pin.bush_diameter)
    parts: list[Part] = []
    for number, (low, high) in enumerate(grip.spaces):
        a, b = low + file.side_gap, high - file.side_gap
        if b - a < SHORTEST_BUSH:
            continue
        spans = [(a, b), (-b, -a)] if low > 0.0 else [(-b, b)]
        names = [f"bush_{joint}_{number}_{side}" for side in (1, 2)] if low > 0.0 else [f"bush_{joint}"]
        parts += [
            Part(name, grip.holder[0], "bush", pin.material, ruling, (Slab(outline, *span),), bore)
            for name, span in zip(names, spans, strict=True)
        ]
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


def striker_centre(
    file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement], where: str = "", name: str | None = None
) -> Point2:
    """Return the centre of a hook's striker bar in ground's frame (mm): its radius below the saddle's crown.

    `name` is that of the hook, where there are several.
    """
    own, hook = the_hook(file, where) if name is None else (name, file.bodies[name])
    if file.striker is None or not isinstance(hook, Hook):
        raise InputError("there is no striker", "striker", "add it")
    place = locked[own]
    crown = place.to_ground(points[own][hook.saddle.point])
    angle = place.angle + hook.saddle.pull
    radius = file.striker.diameter / 2.0
    return crown[0] - radius * math.cos(angle), crown[1] - radius * math.sin(angle)


def striker_parts(file: LockPartsFile, points: Mapping[str, Points], locked: Mapping[str, Placement], where: str) -> list[Part]:
    """Return a striker bar for each hook, in ground's frame at the locked position; they belong to the pack."""
    striker = file.striker
    hooks = {name: body for name, body in file.bodies.items() if isinstance(body, Hook)}
    if striker is None:
        return []
    if not hooks:
        raise InputError("there is no hook for the striker", f"{where}: striker" if where else "striker", "leave it out")
    parts: list[Part] = []
    for name, hook in hooks.items():
        if striker.diameter / 2.0 > hook.saddle.radius:
            key = f"{where}: striker.diameter" if where else "striker.diameter"
            raise InputError("the striker does not fit into the saddle", key, f"at most {2 * hook.saddle.radius:g} mm")
        centre = striker_centre(file, points, locked, where, name)
        half = hook.thickness / 2.0 + striker.side_gap + striker.plate_thickness
        slabs = turned(centre, [(striker.diameter, -half, half)])
        ruling = ruling_of_round(striker.diameter)
        label = "striker" if len(hooks) == 1 else f"striker_{name}"
        parts.append(Part(label, "pack", "striker", striker.material, ruling, slabs, points={"axis": centre}))
    return parts
