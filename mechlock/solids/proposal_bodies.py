"""Shapes that are proposed for the moving bodies of a linkage: hooks, links, cranks and sliders, as data of a parts file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.lockparts_bodies import BellCrank, Hook, PlateLink, SliderBlock
from mechlock.linkage.mechanism import GROUND, Load, Mechanism
from mechlock.solids.lock_outlines import IN_LINE, Points, crank_outline, hook_outline, link_outline, slider_outline
from mechlock.solids.lock_position import Placement
from mechlock.solids.outline import Outline
from mechlock.solids.parts import Bore, Part, Slab
from mechlock.solids.proposal_sizes import HOOK, PLATE, JointSize, grounded, throat

SOURCE = "proposed: from the forces in the joints"
THROAT_AT = (45.0, 60.0, 30.0)
"""Where a hook's throat may be measured, degrees from its crown; the first that gives a whole outline is taken."""

NOSE_WRAP = (55.0, 70.0, 35.0)
HEEL_WRAP = (0.0, 45.0, 60.0)
SHOULDER = (0.7, 0.9)
"""Radius of the outer edge at the throat, over its depth."""

WAIST = 0.75
"""Of a link over its smaller eye: at the bearing pressure that sizes it, 0.26 of the pin's diameter would carry the force."""

LARGER = 6.0
"""By how much a crank's eye at the stop is wider than others on its pin, mm, so that it alone meets the stop."""


@dataclass(frozen=True)
class Body:
    """A moving body and what it is to be.

    Attributes
    ----------
    name : str
    role : str
        ``hook``, ``slider``, ``crank`` or ``link``.
    eyes : mapping of point to pin
        The joint whose pin turns there.
    load : Load or None
        On a hook.
    along : float
        Of a slider: direction of its shaft in its own frame, rad.
    """

    name: str
    role: str
    eyes: Mapping[str, str]
    load: Load | None = None
    along: float = 0.0

    @property
    def middle(self) -> bool:
        """Whether it has to run in the middle plane."""
        return self.role == "hook"


def _straight(places: list[tuple[float, float]]) -> bool:
    first = places[0]
    far = max(places, key=lambda place: math.dist(place, first))
    length = math.dist(far, first) or 1.0
    asides = [abs((x - first[0]) * (far[1] - first[1]) - (y - first[1]) * (far[0] - first[0])) / length for x, y in places]
    return max(asides) <= IN_LINE


def moving_bodies(
    mechanism: Mechanism,
    joints: Mapping[str, tuple[tuple[str, str], ...]],
    pins: Mapping[str, str],
    points: Mapping[str, Points],
) -> list[Body]:
    """Return what every moving body of a linkage is to be.

    Raises
    ------
    InputError
        For joints that no part is proposed for, and bodies that nothing holds.
    """
    for joint in mechanism.joints:
        written = joint.written_as or joint.name
        ground_slide = joint.kind == "prismatic" and GROUND in joint.bodies
        virtual = any(mechanism.bodies[body].virtual for body in joint.bodies)
        if virtual or joint.contact is not None or not (joint.kind == "revolute" or ground_slide):
            raise InputError(
                f"no parts are proposed for the joint {written!r}: it is neither a pin nor a slide on ground",
                f"{mechanism.where}: joints" if mechanism.where else "joints",
                "write a file of parts and name it with --parts (docs/geometry.md)",
            )
    found: list[Body] = []
    for name in mechanism.moving:
        eyes = {point: pins[joint] for joint, ends in joints.items() for owner, point in ends if owner == name}
        if not eyes:
            raise InputError(f"no pin holds the body {name!r}", mechanism.where, "write a file of parts for it")
        load = next((item for item in mechanism.lock.loads if item.at.body == name), None) if mechanism.lock else None
        slides = any(joint.kind == "prismatic" and name in joint.bodies for joint in mechanism.joints)
        if slides:
            found.append(Body(name, "slider", eyes))
        elif load is not None and load.at.point not in eyes:
            found.append(Body(name, "hook", eyes, load))
        else:
            straight = _straight([points[name][point] for point in eyes])
            found.append(Body(name, "link" if straight and not grounded(mechanism, name) else "crank", eyes))
    return found


def body_data(body: Body, sizes: Mapping[str, JointSize], points: Points, place: Placement, pack: float) -> dict[str, Any]:
    """Return the table of a body as a single plate in the middle.

    Parameters
    ----------
    pack : float
        Diameter of the striker bar, mm.
    """
    used = [sizes[pin] for pin in body.eyes.values()]
    thickness = max(size.thickness(1) for size in used)
    table: dict[str, Any] = {"material": HOOK if body.role == "hook" else PLATE, "thickness": mm(thickness)}
    if body.role == "hook":
        return _hook(body, table, sizes, points, place, pack)
    shape = {"slider": "slider", "crank": "bell_crank", "link": "plate_link"}[body.role]
    table = {"shape": shape, **table, "source": SOURCE}
    if body.role == "slider":
        order = sorted(body.eyes, key=lambda p: -(points[p][0] * math.cos(body.along) + points[p][1] * math.sin(body.along)))
        widest = max(size.eye for size in used)
        table["shaft"] = {"height": mm(widest), "length": mm(2.0 * widest), "direction": f"{math.degrees(body.along):.6g} deg"}
        table["eyes"] = {point: {"diameter": mm(widest)} for point in order}
        return table
    table["eyes"] = {point: {"diameter": mm(sizes[pin].eye)} for point, pin in body.eyes.items()}
    if body.role == "link":
        table["waist"] = mm(math.floor(WAIST * min(size.eye for size in used)))
    return table


def _hook(
    body: Body, table: dict[str, Any], sizes: Mapping[str, JointSize], points: Points, place: Placement, pack: float
) -> dict[str, Any]:
    assert body.load is not None
    ground = [point for point, pin in body.eyes.items() if sizes[pin].force == max(sizes[p].force for p in body.eyes.values())]
    table = {"shape": "hook", **table, "pivot": ground[0], "source": SOURCE}
    table["eyes"] = {point: {"diameter": mm(sizes[pin].eye)} for point, pin in body.eyes.items()}
    thickness = float(table["thickness"].split()[0])
    for made in _saddles(body, table, thickness, pack, body.load.direction.nominal - place.angle):
        candidate = {**table, "saddle": made}
        if _whole(candidate, points):
            return candidate
    raise InputError(
        f"no hook is found between the pins of {body.name!r} and its load at {body.load.at.point!r}",
        f"bodies.{body.name}.points.{body.load.at.point}",
        "move the load's point away from the pins, or write a file of parts",
    )


def _saddles(body: Body, table: Mapping[str, Any], thickness: float, pack: float, pull: float) -> Iterator[dict[str, Any]]:
    assert body.load is not None
    radius = pack / 2.0 + 1.0
    for heel, at, wrap, shoulder in product(HEEL_WRAP, THROAT_AT, NOSE_WRAP, SHOULDER):
        depth = throat(body.load.magnitude.high, thickness, radius, math.radians(at))
        depth = max(depth, 2.0 * radius)
        yield {
            "point": body.load.at.point,
            "radius": mm(radius),
            "throat": mm(depth),
            "throat_at": f"{at:g} deg",
            "shoulder_radius": mm(round(shoulder * depth)),
            "nose_radius": mm(max(6.0, round(0.75 * radius))),
            "nose_wrap": f"{wrap:g} deg",
            **({"heel_wrap": f"{heel:g} deg"} if heel else {}),
            "pull": f"{math.degrees(pull):.6g} deg",
            "source": SOURCE,
        }


def _whole(table: dict[str, Any], points: Points) -> bool:
    try:
        hook_outline(reading.validate(Hook, table, ""), points, "")
    except InputError:
        return False
    return True


def plate(name: str, table: Mapping[str, Any], points: Points, bores: tuple[Bore, ...] = ()) -> Part:
    """Return the plate of a proposed body at z = 0, for looking where it sweeps."""
    outline = _outline(name, dict(table), points)
    return Part(name, name, str(table["shape"]), str(table["material"]), 1.0, (Slab(outline, -0.5, 0.5),), bores, dict(points))


def _outline(name: str, table: dict[str, Any], points: Points) -> Outline:
    if table["shape"] == "hook":
        return hook_outline(reading.validate(Hook, table, name), points, name)
    if table["shape"] == "plate_link":
        return link_outline(reading.validate(PlateLink, table, name), points, name)
    if table["shape"] == "bell_crank":
        crank = reading.validate(BellCrank, table, name)
        return crank_outline(crank, crank.eyes, points, name)
    return slider_outline(reading.validate(SliderBlock, table, name), points, name)


def mm(value: float) -> str:
    """Write a length."""
    return f"{value:.6g} mm"
