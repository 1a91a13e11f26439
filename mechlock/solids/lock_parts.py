"""The parts of a lock: every body of the linkage as plates, with pins, bracket and striker, checked for fit."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from mechlock.errors import InputError
from mechlock.inputs.joint_play import Joints, shared_pins
from mechlock.inputs.lockparts import Body, LockPartsFile
from mechlock.inputs.lockparts_bodies import BellCrank, Eccentric, Eye, Hook, PlateLink, Plunger, SliderBlock, Wedge
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.positions import Positions
from mechlock.solids.lock_agreement import check_agreement
from mechlock.solids.lock_bracket import bracket_parts
from mechlock.solids.lock_eccentric import eccentric, plunger, wedge
from mechlock.solids.lock_grips import grips
from mechlock.solids.lock_limits import within_limits
from mechlock.solids.lock_outlines import Points, crank_outline, hook_outline, link_outline, slider_outline
from mechlock.solids.lock_pins import pin_parts, striker_parts
from mechlock.solids.lock_position import Placement, body_points
from mechlock.solids.outline import Outline, circle
from mechlock.solids.parts import Bore, Part, Slab

MIN_LIGAMENT = 0.07
"""Least material beside a bore, over its diameter; thinner rims are a slip in the file."""


def lock_parts(positions: Positions, file: LockPartsFile, locked: Mapping[str, Placement], where: str = "") -> tuple[Part, ...]:
    """Return every part of the lock in the frame of its body; bracket parts in ground's.

    Parameters
    ----------
    positions : Positions
        Of the linkage that the parts belong to.
    file : LockPartsFile
    locked : mapping of body to Placement
        The locked position, which the stop is made for.
    where : str
        The file of the parts, for messages.

    Raises
    ------
    InputError
        When a body, joint or point does not exist, when plates would overlap along a pin, or when a dimension leaves no
        material; with file and key.
    """
    mechanism = positions.mechanism
    points = body_points(positions)
    joints = pin_joints(mechanism)
    check_agreement(mechanism, file, joints, where)
    parts: list[Part] = []
    for name, body in file.bodies.items():
        key = f"{where}: bodies.{name}" if where else f"bodies.{name}"

        def make(body: Body, name: str = name, key: str = key) -> list[Part]:
            bores = _bores(name, body.eyes, file, joints, points[name], key)
            if isinstance(body, Bracket):
                return list(bracket_parts(body, file, bores, points, locked, key))
            if isinstance(body, PlateLink):
                return _link(name, body, bores, points[name], key)
            if isinstance(body, SliderBlock):
                outline = slider_outline(body, points[name], key)
                return _plates(name, body, outline, bores, points[name])
            if isinstance(body, Eccentric):
                return [eccentric(name, body, bores[0], points[name], key)]
            if isinstance(body, Plunger):
                return [plunger(name, body, points[name], key)]
            if isinstance(body, Wedge):
                return [wedge(name, body, points[name], key)]
            if isinstance(body, BellCrank) and body.plates == 2:
                outline = crank_outline(body, body.eyes, points[name], key)
                return _plates(name, body, outline, bores, points[name])
            return [_crank_or_hook(name, body, bores, points[name], key)]

        parts += within_limits(body, key, make)
    found = grips(parts, file, joints, where)
    parts += pin_parts(file, found, points, where)
    parts += striker_parts(file, points, locked, where)
    return tuple(parts)


def pin_joints(mechanism: Mechanism) -> dict[str, tuple[tuple[str, str], tuple[str, str]]]:
    """Return the revolute joints of real bodies: the (body, point) that each joins."""
    return {
        joint.name: ((joint.first.body, joint.first.point), (joint.second.body, joint.second.point))
        for joint in mechanism.joints
        if joint.kind == "revolute" and not any(mechanism.bodies[body].virtual for body in joint.bodies)
    }


def _bores(body: str, eyes: Mapping[str, Eye], file: LockPartsFile, joints: Joints, points: Points, key: str) -> tuple[Bore, ...]:
    """Return the bores of a body: one per eye, of the diameter of the pin of the joint there."""
    found: list[Bore] = []
    for name, joint in shared_pins(joints).items():
        for owner, point in joints[name]:
            if owner != body or not eyes[point].bore or any(bore.joint == joint for bore in found):
                continue
            diameter = file.pins[joint].diameter
            eye = eyes[point]
            least = diameter * (1.0 + 2.0 * MIN_LIGAMENT)
            for value, name in ((eye.diameter, "diameter"), (eye.hub_diameter, "hub_diameter")):
                if value is not None and value < least:
                    raise InputError(
                        f"{value:g} mm leaves too little around the pin of {diameter:g} mm",
                        f"{key}.eyes.{point}.{name}",
                        f"make it at least {least:.4g} mm",
                    )
            if eye.hub_diameter is not None and eye.hub_diameter > eye.diameter:
                raise InputError(
                    "the hub is wider than its eye", f"{key}.eyes.{point}.hub_diameter", f"at most {eye.diameter:g} mm"
                )
            found.append(Bore(joint, points[point], diameter / 2.0))
    return tuple(found)


def _layers(eyes: Mapping[str, Eye], thickness: float, key: str) -> list[tuple[float, float, dict[str, Eye]]]:
    """Return the layers of half a plate: from, to (mm from its middle plane) and the eyes that reach so far."""
    for name, eye in eyes.items():
        if eye.thickness is not None and eye.thickness > thickness:
            raise InputError("the tongue is thicker than the plate", f"{key}.eyes.{name}.thickness", f"at most {thickness:g} mm")
    levels = sorted({0.0, *((eye.thickness or thickness) / 2.0 for eye in eyes.values())})
    return [
        (low, high, {name: eye for name, eye in eyes.items() if (eye.thickness or thickness) / 2.0 >= high})
        for low, high in pairwise(levels)
    ]


def _stack(outlines: list[tuple[float, float, Outline]]) -> list[Slab]:
    """Mirror layers about z = 0, joining the innermost with its image."""
    slabs = [Slab(outline, -high, high) for low, high, outline in outlines if low == 0.0]
    for low, high, outline in outlines:
        if low > 0.0:
            slabs += [Slab(outline, low, high), Slab(outline, -high, -low)]
    return slabs


def _hubs(eyes: Mapping[str, Eye], thickness: float, points: Points, key: str) -> list[Slab]:
    slabs: list[Slab] = []
    for name, eye in eyes.items():
        if eye.hub_width is None or eye.hub_diameter is None:
            continue
        half = (eye.thickness or thickness) / 2.0
        if eye.hub_width <= 2.0 * half:
            raise InputError("the hub is not wider than the plate", f"{key}.eyes.{name}.hub_width", f"more than {2 * half:g} mm")
        disc = circle(points[name], eye.hub_diameter / 2.0, f"hub_{name}")
        slabs += [Slab(disc, half, eye.hub_width / 2.0), Slab(disc, -eye.hub_width / 2.0, -half)]
    return slabs


def _crank_or_hook(name: str, body: BellCrank | Hook, bores: tuple[Bore, ...], points: Points, key: str) -> Part:
    layers: list[tuple[float, float, Outline]] = []
    if isinstance(body, Hook):
        if any(eye.thickness for eye in body.eyes.values()):
            raise InputError("the eyes of a hook have its full thickness", f"{key}.eyes", "remove `thickness`")
        layers.append((0.0, body.thickness / 2.0, hook_outline(body, points, key)))
    else:
        for low, high, eyes in _layers(body.eyes, body.thickness, key):
            layers.append((low, high, crank_outline(body, eyes, points, key)))
    slabs = _stack(layers) + _hubs(body.eyes, body.thickness, points, key)
    return Part(name, name, body.shape, body.material, body.thickness, tuple(slabs), bores, dict(points))


def _link(name: str, body: PlateLink, bores: tuple[Bore, ...], points: Points, key: str) -> list[Part]:
    if any(eye.thickness or eye.hub_width for eye in body.eyes.values()):
        raise InputError("a plate link has neither tongues nor hubs", f"{key}.eyes", "use shape = 'bell_crank'")
    outline = link_outline(body, points, key)
    return _plates(name, body, outline, bores, points)


def _plates(
    name: str, body: PlateLink | BellCrank | SliderBlock, outline: Outline, bores: tuple[Bore, ...], points: Points
) -> list[Part]:
    """One plate in the middle, or a pair."""
    if body.plates == 1:
        spans = {name: (-body.thickness / 2.0, body.thickness / 2.0)}
    else:
        low = (body.inside or 0.0) / 2.0
        spans = {f"{name}_1": (low, low + body.thickness), f"{name}_2": (-low - body.thickness, -low)}
    return [
        Part(part, name, body.shape, body.material, body.thickness, (Slab(outline, *span),), bores, dict(points))
        for part, span in spans.items()
    ]
