"""Whether a file of lock parts and a linkage speak of the same bodies, joints, pins and clearances."""

from __future__ import annotations

import math
from collections.abc import Mapping

import sympy as sp

from mechlock.errors import InputError
from mechlock.inputs.fits import joint_clearance
from mechlock.inputs.lockparts import Bracket, Eccentric, LockPartsFile
from mechlock.linkage.mechanism import GROUND, Mechanism

Joints = Mapping[str, tuple[tuple[str, str], tuple[str, str]]]
"""Pin joints by name: the (body, point) that each joins."""


def check_agreement(mechanism: Mechanism, file: LockPartsFile, joints: Joints, where: str) -> None:
    """Refuse parts that do not fit their linkage: bodies, eyes, pins, diameters and fits.

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
    for name, ends in joints.items():
        if name not in file.pins:
            raise fail(f"the joint {name!r} has no pin", "pins", f"add [pins.{name}]")
        radius = mechanism.joint(name).pin_radius
        if radius is not None and not math.isclose(2.0 * radius, file.pins[name].diameter, rel_tol=1e-9):
            raise fail(
                f"the pin's diameter is {file.pins[name].diameter:g} mm, the linkage's pin_radius is {radius:g} mm",
                f"pins.{name}.diameter",
                "make them agree: the proof's friction uses pin_radius",
            )
        for body, point in ends:
            if point not in file.bodies[body].eyes:
                raise fail(f"the body has no eye at {point!r}, where joint {name!r} is", f"bodies.{body}.eyes", f"add {point}")
    for name, body in file.bodies.items():
        radius = _disc_radius(mechanism, name, body.disc) if isinstance(body, Eccentric) else None
        if isinstance(body, Eccentric) and radius is not None and not math.isclose(2.0 * radius, body.diameter, rel_tol=1e-9):
            raise fail(
                f"the disc's diameter is {body.diameter:g} mm, the linkage's has a radius of {radius:g} mm",
                f"bodies.{name}.diameter",
                "make them agree: motion and friction in the proof use that radius",
            )
    _check_fits(mechanism, file, where)


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


def _check_fits(mechanism: Mechanism, file: LockPartsFile, where: str) -> None:
    """Refuse fits that allow more play than the linkage gives its joint, which is what a proof covers."""
    for name, pin in file.pins.items():
        key = f"{where}: pins.{name}.fit" if where else f"pins.{name}.fit"
        try:
            play = joint_clearance(pin.fit, pin.seat, pin.diameter)
        except InputError as error:
            raise error.at(key) from None
        joint = mechanism.joint(name)
        if 0.0 < joint.clearance < play:
            raise InputError(
                f"{pin.fit} and {pin.seat} allow {play:.4g} mm of play, the linkage's clearance is {joint.clearance:g} mm",
                key,
                "choose closer fits, or raise the joint's clearance and prove again",
            )
