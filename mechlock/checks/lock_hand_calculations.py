"""The hand calculations of a lock: each pin, eye, the hook's throat, contacts, weld feet, under its governing load."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mechlock.checks import hand_calculations as hand
from mechlock.checks.hand_calculations import HandResult
from mechlock.checks.hook_throat import throat
from mechlock.checks.lock_joint_forces import LockForces, StopForce, hook_of, hooks_of
from mechlock.inputs.joint_play import shared_pins
from mechlock.inputs.lockparts_bodies import PlateLink
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.linkage.mechanism import GROUND
from mechlock.solids.lock import Lock
from mechlock.solids.outline import Point2
from mechlock.solids.parts import Part

Floats = NDArray[np.float64]

YIELD_AT_CONTACT = 1.67
"""First yield under a line contact: peak pressure over yield strength (Johnson, Contact Mechanics, 1985, 6.2)."""
BUCKLING_FACTOR = 2.0
"""Least Euler load over compression (acceptance data: linear_buckling)."""


def hand_calculations(lock: Lock, forces: LockForces, actuator: LockForces | None = None) -> tuple[HandResult, ...]:
    """Return every hand calculation of a lock.

    Parameters
    ----------
    lock : Lock
    forces : LockForces
        Under the loads on the hook.
    actuator : LockForces, optional
        Under the actuator's greatest effort; joints that only it loads are calculated with it.
    """
    found: list[HandResult] = []
    for joint in dict.fromkeys(shared_pins(lock.joints).values()):
        given = forces
        if actuator is not None and float(forces.size(joint).max()) < 1e-6 * float(actuator.size(joint).max()):
            given = actuator
        found += _pin(lock, joint, given)
        found += _eyes(lock, joint, given)
    found += _links(lock, forces)
    for name in forces.loads:
        found += _hook(lock, forces, name)
        found += _striker(lock, forces, name)
    if forces.stop is not None:
        found.append(_stop(lock, forces.stop, forces.cases))
    found += _weld_feet(lock, forces)
    return tuple(found)


def governing(results: Sequence[HandResult]) -> HandResult:
    """Return the hand calculation with the least margin."""
    return min(results, key=lambda result: result.margin)


def _pin(lock: Lock, joint: str, forces: LockForces) -> list[HandResult]:
    pin, grip = next(part for part in lock.parts if part.name in {f"pin_{joint}", f"pin_{joint}_1"}), lock.grips[joint]
    sizes = forces.size(joint)
    worst = int(np.argmax(sizes))
    force, case = float(sizes[worst]), forces.cases[worst]
    return _round_in_double_shear(
        lock, pin, case, force, grip.diameter, (grip.inner_width, grip.outer_width, grip.gap), f"pin {joint}"
    )


def _round_in_double_shear(
    lock: Lock, part: Part, case: str, force: float, d: float, widths: tuple[float, float, float], what: str
) -> list[HandResult]:
    """Shear, bending, and both together, of a round in three plates: inner and outer width and gap in mm."""
    b, a, c = widths
    allowed = lock.yield_strength(part) / lock.file.safety
    shear = hand.pin_shear_stress(force, d)
    moment = hand.pin_bending_moment(force, b, a, c)
    bending = hand.round_bending_stress(moment, d)
    shear_limit = allowed / math.sqrt(3.0)
    both = math.hypot(shear / shear_limit, bending / allowed)
    common = (("F", force, "N"), ("d", d, "mm"))
    span = (("b", b, "mm"), ("a", a, "mm"), ("c", c, "mm"))
    source = f"{hand.EC3_PIN}; limit Re/S, S = {lock.file.safety:g}"
    rows = [
        ("double shear", "F / (2 pi d^2/4)", common, shear, shear_limit, "MPa", f"{source}; {hand.MISES_SHEAR}"),
        ("bending", "F/8 (b + 4c + 2a) / (pi d^3/32)", (*common, *span), bending, allowed, "MPa", source),
        ("bending and shear", "sqrt((sigma/sigma_lim)^2 + (tau/tau_lim)^2)", (*common, *span), both, 1.0, "-", source),
    ]
    return [
        HandResult(what, name, case, formula, inputs, value, limit, unit, text)
        for name, formula, inputs, value, limit, unit, text in rows
    ]


def _eyes(lock: Lock, joint: str, forces: LockForces) -> list[HandResult]:
    """Bearing, net section, and where the pin pulls at the eye's end, peak and tear-out, of every part on one pin."""
    grip = lock.grips[joint]
    found: list[HandResult] = []
    for part in lock.parts:
        if part.name in {grip.inner, grip.outer[0]} and any(bore.joint == joint for bore in part.bores):
            vectors = forces.on_body[joint, part.body] * (1.0 if part.name == grip.inner else 0.5)
            worst = int(np.argmax(np.linalg.norm(vectors, axis=1)))
            found += _eye_rows(lock, part, joint, vectors[worst], forces.cases[worst])
    return found


def _eye_rows(lock: Lock, part: Part, joint: str, vector: Floats, case: str) -> list[HandResult]:
    bore, force = part.bore(joint), float(np.linalg.norm(vector))
    (width, thickness), d, height = _eye(lock, part, joint), 2.0 * bore.radius, part.bored_height(bore)
    strength, safety = lock.yield_strength(part), lock.file.safety
    lug = (("F", force, "N"), ("w", width, "mm"), ("d", d, "mm"), ("t", thickness, "mm"))
    bearing = (("F", force, "N"), ("d", d, "mm"), ("t", height, "mm"))
    allowed, text = strength / safety, f"limit Re/S, S = {safety:g}"
    pressure = hand.bearing_pressure(force, d, height)
    net = hand.net_section_stress(force, width, d, thickness)
    pressure_limit, pressure_source = lock.file.bearing_pressure_limit, "acceptance data: lock_contact_pressure"
    rows = [
        ("bearing pressure", "F / (d t)", bearing, pressure, pressure_limit, pressure_source),
        ("net section", "F / ((w - d) t)", lug, net, allowed, f"mean stress beside the bore; {text}"),
    ]
    if _pulls_out(lock, part, joint, vector):  # else the plate behind the bore carries it, and neither applies
        if 0.15 <= d / width <= 0.75:
            peak = hand.lug_factor_net(d / width) * net
            source = f"{hand.PETERSON_LUG}; limit Re (local)"
            rows.append(("peak at the bore", "Ktn(d/w) F / ((w - d) t)", lug, peak, strength, source))
        tear = hand.tear_out_stress(force, width, d, thickness)
        source = f"{hand.MISES_SHEAR}; {text}"
        rows.append(("tear-out", "F / (t (w - d))", lug, tear, allowed / math.sqrt(3.0), source))
    what = f"{part.name} at {joint}"
    return [
        HandResult(what, name, case, formula, inputs, value, limit, "MPa", source)
        for name, formula, inputs, value, limit, source in rows
    ]


def _eye(lock: Lock, part: Part, joint: str) -> tuple[float, float]:
    """Width of the eye at a joint and thickness of the plate there, without the hub (mm)."""
    pins = shared_pins(lock.joints)
    point = next(dict(ends)[part.body] for name, ends in lock.joints.items() if pins[name] == joint and part.body in dict(ends))
    eye = lock.file.bodies[part.body].eyes[point]
    return eye.diameter, eye.thickness or lock.file.bodies[part.body].thickness


def _pulls_out(lock: Lock, part: Part, joint: str, force: Floats) -> bool:
    """Say whether the pin pushes the eye's end away from the rest of the part."""
    bore = part.bore(joint)
    centre = lock.mass_properties(part).centre
    plane = lock.locked[part.body].to_body((float(force[0]), float(force[1])))
    return plane[0] * (bore.centre[0] - centre[0]) + plane[1] * (bore.centre[1] - centre[1]) > 0.0


def _links(lock: Lock, forces: LockForces) -> list[HandResult]:
    """Buckling of the links that the load compresses, each plate as a pinned flat bar of its waist."""
    found: list[HandResult] = []
    for name, body in lock.file.bodies.items():
        if not isinstance(body, PlateLink):
            continue
        pins = shared_pins(lock.joints)
        ends = [pins[joint] for joint in lock.joints if name in dict(lock.joints[joint])]
        if len(ends) != 2:  # a bar that couples several hooks: its pieces share the load, which no single length speaks for
            continue
        part = next(part for part in lock.parts if part.body == name and part.kind == "plate_link")
        first, second = (part.bore(joint).centre for joint in ends)
        axis = np.array([second[0] - first[0], second[1] - first[1]])
        length = float(np.linalg.norm(axis))
        vectors = np.array([lock.locked[name].to_body((float(f[0]), float(f[1]))) for f in forces.on_body[ends[0], name]])
        pressed = vectors @ (axis / length) / body.plates
        worst = int(np.argmax(pressed))
        force = float(pressed[worst])
        if force <= 1e-6 * forces.greatest:
            continue
        width = body.waist or min(eye.diameter for eye in body.eyes.values())
        load = hand.euler_load(lock.materials[part.material].E, width, body.thickness, length)
        inputs = (("F", force, "N"), ("b", width, "mm"), ("t", body.thickness, "mm"), ("l", length, "mm"))
        source = "Euler, pinned ends; limit from acceptance data: linear_buckling"
        formula = "pi^2 E b t^3/12 / (l^2 F)"
        found.append(
            HandResult(
                part.name, "buckling", forces.cases[worst], formula, inputs, load / force, BUCKLING_FACTOR, "-", source, "lower"
            )
        )
    return found


def _hook(lock: Lock, forces: LockForces, name: str) -> list[HandResult]:
    hook = hook_of(lock, name)
    place, part = lock.locked[name], lock.part(name)
    sections = [throat(lock, place.to_body((float(force[0]), float(force[1]))), name) for force in forces.loads[name]]
    worst = int(np.argmax([section.stress for section in sections]))
    section = sections[worst]
    inputs = (
        ("M", section.moment, "N*mm"),
        ("N", section.tension, "N"),
        ("ri", hook.saddle.radius, "mm"),
        ("h", section.depth, "mm"),
        ("t", hook.thickness, "mm"),
        ("angle from the crown", math.degrees(section.angle), "deg"),
    )
    formula = "N/(t h) + M (rn - ri)/(t h e ri), rn = h/ln(1 + h/ri), e = ri + h/2 - rn"
    limit = lock.yield_strength(part) / lock.file.safety
    source = f"{hand.WINKLER}; worst of all sections through the saddle's axis; limit Re/S, S = {lock.file.safety:g}"
    return [HandResult(name, "throat", forces.cases[worst], formula, inputs, section.stress, limit, "MPa", source)]


def _striker(lock: Lock, forces: LockForces, name: str) -> list[HandResult]:
    striker = lock.file.striker
    if striker is None:
        return []
    hook, label = hook_of(lock, name), "striker" if len(hooks_of(lock)) == 1 else f"striker_{name}"
    sizes = np.linalg.norm(forces.loads[name], axis=1)
    worst = int(np.argmax(sizes))
    force, case = float(sizes[worst]), forces.cases[worst]
    bar, steel = lock.part(label), lock.materials[lock.part(name).material]
    widths = (hook.thickness, striker.plate_thickness, striker.side_gap)
    rows = _round_in_double_shear(lock, bar, case, force, striker.diameter, widths, label)
    other = lock.materials[bar.material]
    contact = hand.line_contact(
        force, hook.thickness, striker.diameter / 2.0, -hook.saddle.radius, (other.E, steel.E), (other.nu, steel.nu)
    )
    inputs = (
        ("F", force, "N"),
        ("l", hook.thickness, "mm"),
        ("R1", striker.diameter / 2.0, "mm"),
        ("R2", -hook.saddle.radius, "mm"),
        ("half width", contact.half_width, "mm"),
    )
    formula = "sqrt(F E* (1/R1 + 1/R2) / (pi l))"
    limit, source = striker.contact_pressure_limit, f"{hand.HERTZ}; {striker.source}"
    saddle = "saddle" if label == "striker" else f"saddle of {name}"
    rows.append(HandResult(saddle, "Hertz pressure", case, formula, inputs, contact.pressure, limit, "MPa", source))
    return rows


def _stop(lock: Lock, stop: StopForce, cases: Sequence[str]) -> HandResult:
    sizes = np.linalg.norm(stop.force, axis=1)
    worst = int(np.argmax(sizes))
    force = float(sizes[worst])
    bracket = lock.file.bodies[GROUND]
    part, moving = lock.part("stop"), next(part for part in lock.parts if part.body == stop.body and part.kind != "pin")
    body = lock.file.bodies[stop.body]
    eye = body.eyes[stop.eye]
    width = min(
        bracket.stop.width if isinstance(bracket, Bracket) and bracket.stop else math.inf, eye.thickness or body.thickness
    )
    first, second = lock.materials[part.material], lock.materials[moving.material]
    contact = hand.line_contact(force, width, eye.diameter / 2.0, math.inf, (second.E, first.E), (second.nu, first.nu))
    inputs = (("F", force, "N"), ("l", width, "mm"), ("R", eye.diameter / 2.0, "mm"))
    limit = YIELD_AT_CONTACT * min(lock.yield_strength(part), lock.yield_strength(moving)) / lock.file.safety
    source = f"{hand.HERTZ}; limit {YIELD_AT_CONTACT} Re/S, first yield under a line contact (the same, 6.2)"
    return HandResult(
        "stop", "Hertz pressure", cases[worst], "sqrt(F E* / (pi l R))", inputs, contact.pressure, limit, "MPa", source
    )


def _weld_feet(lock: Lock, forces: LockForces) -> list[HandResult]:
    """Fillet welds of both cheeks: the bracket hands the hooks' loads on to the base plate."""
    bracket = lock.file.bodies[GROUND]
    if not isinstance(bracket, Bracket):
        return []
    foot = bracket.foot
    length = foot.end - foot.start
    middle = ((foot.start + foot.end) / 2.0, foot.level)
    total, moments = _about(lock, forces, middle)
    welds = [
        hand.foot_weld(float(fy), float(fx), float(moment), foot.weld_throat, length, 4)
        for (fx, fy), moment in zip(total, moments, strict=True)
    ]
    worst = int(np.argmax([weld.equivalent for weld in welds]))
    (fx, fy), moment = (float(v) for v in total[worst]), float(moments[worst])
    steel = lock.materials[bracket.material]
    softened = steel.haz_yield_fraction if steel.haz_yield_fraction is not None else 1.0
    limit = softened * steel.yield_at(bracket.thickness) / lock.file.safety
    inputs = (
        ("Fy", fy, "N"),
        ("Fx", fx, "N"),
        ("M", moment, "N*mm"),
        ("a", foot.weld_throat, "mm"),
        ("l", length, "mm"),
        ("n", 4.0, "-"),
    )
    formula = "f = Fy/(n a l) + 6 M/(n a l^2); sqrt((f/sqrt2)^2 + 3 ((f/sqrt2)^2 + (Fx/(n a l))^2))"
    source = f"{hand.EC3_WELD}; limit {softened:g} Re/S (softened zone), S = {lock.file.safety:g}"
    case = forces.cases[worst]
    return [HandResult("bracket", "weld feet", case, formula, inputs, welds[worst].equivalent, limit, "MPa", source)]


def _about(lock: Lock, forces: LockForces, middle: Point2) -> tuple[Floats, Floats]:
    """Sum of the loads on all hooks (n_cases, 2) and their moments about a point (n_cases,), in ground's frame."""
    total, moments = np.zeros((len(forces.cases), 2)), np.zeros(len(forces.cases))
    for name, load in forces.loads.items():
        x, y = lock.locked[name].to_ground(lock.points[name][hook_of(lock, name).saddle.point])
        total += load
        moments += (x - middle[0]) * load[:, 1] - (y - middle[1]) * load[:, 0]
    return total, moments
