"""Pins of a lock with heads, grooves and spacer bushes, and the striker bars on the pack."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mechlock.errors import InputError
from mechlock.inputs.lockparts import LockPartsFile, Pin
from mechlock.inputs.lockparts_bodies import Hook
from mechlock.solids.lock_outlines import Points
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import Point2, circle
from mechlock.solids.parts import Bore, Part, Slab, ruling_of_round, turned

if TYPE_CHECKING:
    from mechlock.solids.lock_grips import Grip

SHORTEST_BUSH = 2.0
"""Spaces along a pin shorter than so many mm, play taken off, are left to washers."""


def pin_parts(file: LockPartsFile, grips: Mapping[str, Grip], points: Mapping[str, Points], where: str = "") -> list[Part]:
    """Return the pins and their spacer bushes, each in the frame of the body in the middle of its joint.

    Raises
    ------
    InputError
        When a split pin has a plate in the middle.
    """
    parts: list[Part] = []
    for joint, grip in grips.items():
        body, point = grip.holder
        centre, pin = points[body][point], file.pins[joint]
        if pin.split and not grip.hollow:
            key = f"{where}: pins.{joint}.split" if where else f"pins.{joint}.split"
            raise InputError(f"the plate {grip.inner} is in the middle of the pin", key, "leave it out")
        upper = _steps(pin, grip, file.side_gap)
        material, ruling, marks = pin.material, ruling_of_round(pin.diameter), {"axis": centre}
        if pin.split:
            lower = [(diameter, -high, -low) for diameter, low, high in upper]
            for number, steps in ((1, upper), (2, lower)):
                parts.append(Part(f"pin_{joint}_{number}", body, "pin", material, ruling, turned(centre, steps), points=marks))
        else:
            parts.append(Part(f"pin_{joint}", body, "pin", material, ruling, turned(centre, upper), points=marks))
        parts += _bushes(file, joint, grip, centre)
    return parts


def _steps(pin: Pin, grip: Grip, side_gap: float) -> list[tuple[float, float, float]]:
    """Diameters and ends along z of a pin, or of the upper one of two stubs, whose head is inside."""
    reach = grip.hollow / 2.0 + grip.inner_width / 2.0 + grip.gap + grip.outer_width
    d, face = pin.diameter, reach + side_gap
    headed = pin.head_diameter is not None and not pin.split
    low = grip.hollow / 2.0 if pin.split else (-face if headed else -reach)
    high = face if pin.ring is not None else reach
    steps = [(d, low, high)]
    if headed and pin.head_diameter is not None and pin.head_thickness is not None:
        steps.insert(0, (pin.head_diameter, low - pin.head_thickness, low))
    if pin.ring is not None:
        groove = high + pin.ring.groove_width
        steps += [(pin.ring.groove_diameter, high, groove), (d, groove, groove + pin.ring.edge)]
    return steps


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
        if b - a < SHORTEST_BUSH or (pin.split and low == 0.0):
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
