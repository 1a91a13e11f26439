"""Whether a file of lock parts and a linkage speak of the same bodies, joints and pins."""

from __future__ import annotations

import math

import sympy as sp

from mechlock.errors import InputError
from mechlock.inputs.joint_play import Joints, shared_pins
from mechlock.inputs.lockparts import LockPartsFile
from mechlock.inputs.lockparts_bodies import Eccentric, Plunger, Wedge
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.linkage.mechanism import GROUND, Mechanism


def check_agreement(mechanism: Mechanism, file: LockPartsFile, joints: Joints, where: str) -> None:
    """Refuse parts that do not fit their linkage: bodies, eyes, pins and diameters (fits: `mechlock.inputs.joint_play`).

    Raises
    ------
    InputError
        For the first that does not, with file and key.
    """

    def fail(what: str, key: str, mend: str) -> InputError:
        return InputError(what, f"{where}: {key}" if where else key, mend)

    real = [name for name, body in mechanism.bodies.items() if not body.virtual]
    for name in file.bodies:
        if name not in real:
            raise fail(f"the linkage has no body {name!r}", f"bodies.{name}", f"it has {', '.join(real)}")
        if isinstance(file.bodies[name], Bracket) != (name == GROUND):
            raise fail("the bracket, and only the bracket, is ground", f"bodies.{name}.shape", "check shape and body")
        unknown = [eye for eye in file.bodies[name].eyes if eye not in mechanism.bodies[name].points]
        if unknown:
            known = ", ".join(mechanism.bodies[name].points)
            raise fail(f"the body has no point {unknown[0]!r}", f"bodies.{name}.eyes", f"it has {known}")
    for name in real:
        if name not in file.bodies:
            raise fail(f"the body {name!r} of the linkage has no part", "bodies", f"add [bodies.{name}]")
    for name in file.pins:
        if name not in joints:
            raise fail(f"the linkage has no pin joint {name!r}", f"pins.{name}", f"it has {', '.join(joints)}")
    pins = shared_pins(joints)
    for name, ends in joints.items():
        pin = pins[name]
        if pin != name and name in file.pins:
            raise fail(f"{name!r} turns on the pin of {pin!r}, at the same point", f"pins.{name}", "leave it out")
        if pin not in file.pins:
            raise fail(f"the joint {pin!r} has no pin", "pins", f"add [pins.{pin}]")
        radius = mechanism.joint(name).pin_radius
        if radius is not None and not math.isclose(2.0 * radius, file.pins[pin].diameter, rel_tol=1e-9):
            raise fail(
                f"the pin's diameter is {file.pins[pin].diameter:g} mm, the linkage's pin_radius is {radius:g} mm",
                f"pins.{pin}.diameter",
                "make them agree: the proof's friction uses pin_radius",
            )
        for body, point in ends:
            if point not in file.bodies[body].eyes:
                raise fail(f"the body has no eye at {point!r}, where joint {name!r} is", f"bodies.{body}.eyes", f"add {point}")
    for name, body in file.bodies.items():
        if isinstance(body, Eccentric):
            _check_radius(mechanism, name, (body.disc, body.diameter / 2.0), "diameter", where)
        if isinstance(body, Plunger) and body.nose is not None:
            _check_radius(mechanism, name, (body.point, body.nose), "nose", where)
        if isinstance(body, (Plunger, Wedge)):
            _check_slope(mechanism, name, body, where)


def _check_radius(mechanism: Mechanism, name: str, disc: tuple[str, float], key: str, where: str) -> None:
    """Refuse a disc (its point, its radius) of another radius than the linkage's."""
    radius = _disc_radius(mechanism, name, disc[0])
    if radius is not None and not math.isclose(radius, disc[1], rel_tol=1e-9):
        raise InputError(
            f"the disc's radius is {disc[1]:g} mm, the linkage's is {radius:g} mm",
            f"{where}: bodies.{name}.{key}" if where else f"bodies.{name}.{key}",
            "make them agree: motion and friction in the proof use that radius",
        )


def _check_slope(mechanism: Mechanism, name: str, body: Plunger | Wedge, where: str) -> None:
    """Refuse an inclined face that lies otherwise than the axis along which the linkage lets two bodies slide on it."""
    point = body.incline if isinstance(body, Wedge) else body.point
    lies = body.slope if isinstance(body, Wedge) else body.slope + body.direction - math.pi / 2.0
    for joint in mechanism.joints:
        ends = [(end.body, end.point) for end in (joint.first, joint.second)]
        if joint.kind != "prismatic" or (name, point) not in ends or GROUND in joint.bodies:
            continue
        slope = float(sp.N(joint.axis.xreplace(mechanism.nominal())))
        if not math.isclose(math.sin(slope - lies), 0.0, abs_tol=1e-6):
            raise InputError(
                f"the face lies at {math.degrees(lies):g} deg in its body, the linkage slides at {math.degrees(slope):g} deg",
                f"{where}: bodies.{name}.slope" if where else f"bodies.{name}.slope",
                "make them agree",
            )


def _disc_radius(mechanism: Mechanism, body: str, point: str) -> float | None:
    """Radius in mm that the linkage gives a disc about a point of a body: of a pin in a slot, or of a cam; None without one."""
    for joint in mechanism.joints:
        ends = [(end.body, end.point) for end in (joint.first, joint.second)]
        other = joint.second.body if ends[0] == (body, point) else joint.first.body
        if (body, point) not in ends or not mechanism.bodies[other].virtual:
            continue
        written = mechanism.joint(joint.written_as)
        if written.contact is not None and written.contact.radii:
            radius = written.contact.radii[0 if joint.name == joint.written_as else 1]
            return float(sp.Float(radius.xreplace(mechanism.nominal())))
        return written.pin_radius
    return None
