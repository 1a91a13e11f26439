"""Forces on every part of the locked lock: the hook's loads carried by pins and stop to the bracket.

Statics of the linkage (free-body equations, no friction) gives the pins' forces and the torque that holds the drive; the
stop gives that torque as a force at its contact, and the driven pivot takes the difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError, NoVerdict
from mechlock.inputs.joint_play import shared_pins
from mechlock.inputs.lockparts_bodies import Hook, SliderBlock
from mechlock.inputs.lockparts_bracket import Bracket
from mechlock.linkage.mechanism import GROUND, PointName
from mechlock.linkage.statics import JointForces, joint_forces
from mechlock.solids.lock import Lock
from mechlock.solids.lock_bracket import stop_contact
from mechlock.solids.lock_pins import the_hook
from mechlock.solids.outline import Point2

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HookLoad:
    """A force on the lock's one hook at its saddle's crown, or one for each of its hooks: (x, y) in N in ground's frame."""

    name: str
    force: Point2 | Mapping[str, Point2]


@dataclass(frozen=True)
class StopForce:
    """The stop's force on the part that rests on it.

    Attributes
    ----------
    body, eye : str
        The part and its eye that touches.
    at : (x, y)
        Contact in ground's frame, mm.
    force : (n_cases, 2) array
        On the part, N, ground's frame.
    push : (x, y)
        Unit vector of the force, ground's frame.
    per_effort : float
        Size of the force per torque that holds the drive, 1/mm.
    """

    body: str
    eye: str
    at: Point2
    force: Floats
    push: Point2
    per_effort: float


@dataclass(frozen=True)
class LockForces:
    """Forces in all joints for a list of cases.

    Attributes
    ----------
    cases : tuple of str
    loads : mapping of hook to (n_cases, 2) array
        On each loaded hook at its saddle's crown, N, ground's frame.
    on_body : mapping of (joint, body) to (n_cases, 2) array
        Force of a pin on a body, N, ground's frame; a pin that several joints share goes by the first one's name.
    stop : StopForce or None
    imbalance : float
        Largest force or moment left over in any body's equilibrium, over the largest load (moments over 100 mm).
    """

    cases: tuple[str, ...]
    loads: Mapping[str, Floats]
    on_body: Mapping[tuple[str, str], Floats]
    stop: StopForce | None
    imbalance: float

    @property
    def greatest(self) -> float:
        """Greatest component of any load on a hook, N; zero where none is loaded."""
        return max((float(np.abs(load).max()) for load in self.loads.values()), default=0.0)

    def size(self, joint: str) -> Floats:
        """Greatest force of a pin on one of its bodies in each case, N, shape (n_cases,)."""
        return np.max([np.linalg.norm(force, axis=1) for (name, _), force in self.on_body.items() if name == joint], axis=0)


def proved_loads(lock: Lock, name: str) -> tuple[HookLoad, ...]:
    """Return the greatest loads of one of the linkage's load sets: its ends and middle of direction, at full magnitude.

    Raises
    ------
    InputError
        When the linkage has no load of that name.
    """
    found = lock.mechanism.lock
    if found is None or name not in [load.name for load in found.loads]:
        known = ", ".join(load.name for load in found.loads) if found is not None else "none"
        raise InputError(f"the linkage has no load {name!r}", f"{lock.mechanism.where}: lock.loads", f"it has {known}")
    load = found.load(name)
    size = load.magnitude.high
    angles = (load.direction.low, load.direction.nominal, load.direction.high)
    return tuple(
        HookLoad(f"{name} {size / 1e3:g} kN at {math.degrees(angle):g} deg", (size * math.cos(angle), size * math.sin(angle)))
        for angle in angles
    )


def all_hooks(lock: Lock) -> tuple[HookLoad, ...]:
    """Return the greatest loads on all hooks at once, at both ends and the middle of their directions, and on each hook alone.

    A hook is alone when the others do not engage. The first load set of each hook counts; empty where no hook has one.
    """
    found = lock.mechanism.lock
    sets = {load.at.body: load for load in reversed(found.loads if found is not None else ())}
    loads = {name: sets[name] for name in hooks_of(lock) if name in sets}
    cases: list[HookLoad] = []
    for words in ("low", "nominal", "high") if loads else ():
        angles = {name: float(getattr(load.direction, words)) for name, load in loads.items()}
        forces = {name: _vector(loads[name].magnitude.high, angle) for name, angle in angles.items()}
        shown = ", ".join(dict.fromkeys(f"{math.degrees(angle):g}" for angle in angles.values()))
        cases.append(HookLoad(f"all hooks at {shown} deg", forces))
    for name, load in loads.items() if len(loads) > 1 else ():
        cases.append(HookLoad(f"{name} alone, {load.name}", {name: _vector(load.magnitude.high, float(load.direction.nominal))}))
    return tuple(cases)


def _vector(size: float, angle: float) -> Point2:
    return size * math.cos(angle), size * math.sin(angle)


def lock_forces(lock: Lock, loads: Sequence[HookLoad]) -> LockForces:
    """Carry loads on the hook through the locked lock.

    Raises
    ------
    InputError
        When no load is given, or the stop stands under a part that is not the drive.
    NoVerdict
        When a load pulls the drive off its stop.
    """
    if not loads:
        raise InputError("no load on the hook is given", mend="name a load of the linkage")
    on_hooks = _by_hook(lock, loads)
    applied = {PointName(name, hook_of(lock, name).saddle.point): force for name, force in on_hooks.items()}
    statics = joint_forces(lock.mechanism, applied, drive=lock.drive)
    on_body = _on_pins(lock, statics)
    stop = _stop_force(lock, statics, loads)
    if stop is not None:
        driven = lock.mechanism.drive.joint
        for body, _ in lock.joints[driven]:
            on_body[driven, body] -= stop.force if body == stop.body else -stop.force
    imbalance = _imbalance(lock, on_hooks, on_body, stop)
    return LockForces(tuple(load.name for load in loads), on_hooks, on_body, stop, imbalance)


def hook_of(lock: Lock, name: str) -> Hook:
    """Return the hook that a body is.

    Raises
    ------
    InputError
        When it is none.
    """
    hook = lock.file.bodies.get(name)
    if not isinstance(hook, Hook):
        raise InputError(f"{name!r} is no hook", "bodies", f"hooks are {', '.join(hooks_of(lock)) or 'none'}")
    return hook


def hooks_of(lock: Lock) -> tuple[str, ...]:
    """Names of the lock's hooks."""
    return tuple(name for name, body in lock.file.bodies.items() if isinstance(body, Hook))


def _on_pins(lock: Lock, statics: JointForces) -> dict[tuple[str, str], Floats]:
    """Force of every pin on every body that it goes through, of all joints on it together."""
    pins, found = shared_pins(lock.joints), dict[tuple[str, str], Floats]()
    for joint, ends in lock.joints.items():
        for body, _ in ends:
            force = np.array(statics.joints[joint].on_body(body), dtype=np.float64)
            found[pins[joint], body] = found.get((pins[joint], body), 0.0) + force
    return found


def _by_hook(lock: Lock, loads: Sequence[HookLoad]) -> dict[str, Floats]:
    """Forces on each hook that any load acts on, (n_cases, 2)."""
    cases = [load.force if isinstance(load.force, Mapping) else {the_hook(lock.file)[0]: load.force} for load in loads]
    names = [name for name in hooks_of(lock) if any(name in case for case in cases)]
    return {name: np.array([case.get(name, (0.0, 0.0)) for case in cases], dtype=np.float64) for name in names}


def _stop_force(lock: Lock, statics: JointForces, loads: Sequence[HookLoad]) -> StopForce | None:
    bracket = lock.file.bodies[GROUND]
    if not isinstance(bracket, Bracket) or bracket.stop is None:
        return None
    drive = lock.mechanism.drive
    ends = lock.joints.get(drive.joint)
    if ends is None or bracket.stop.body not in dict(ends) or GROUND not in dict(ends):
        raise InputError(
            f"the stop stands under {bracket.stop.body!r}, which is not the drive",
            "bodies.ground.stop.body",
            "put it under the drive",
        )
    at, direction = stop_contact(bracket, lock.file, lock.points, lock.locked)
    pivot = lock.locked[bracket.stop.body].to_ground(lock.points[bracket.stop.body][dict(ends)[bracket.stop.body]])
    push = np.array([-direction[0], -direction[1]])
    lever = (at[0] - pivot[0]) * push[1] - (at[1] - pivot[1]) * push[0]
    sense = 1.0 if ends[1][0] == bracket.stop.body else -1.0
    size = sense * np.asarray(statics.drive_effort) / lever
    off = [load.name for load, value in zip(loads, size, strict=True) if value < 0.0]
    if off:
        raise NoVerdict(f"the load {off[0]!r} pulls the drive off its stop", mend="the lock is not over centre there")
    way = (float(push[0]), float(push[1]))
    return StopForce(bracket.stop.body, bracket.stop.eye, at, size[:, None] * push, way, float(sense / lever))


def _imbalance(
    lock: Lock, loads: Mapping[str, Floats], on_body: Mapping[tuple[str, str], Floats], stop: StopForce | None
) -> float:
    """Sum forces and moments on every moving body anew, as the parts will receive them."""
    worst, pins = 0.0, shared_pins(lock.joints)
    places = {(pins[joint], body): point for joint, ends in lock.joints.items() for body, point in ends}
    for body in lock.mechanism.moving:
        if body not in lock.points or _guided(lock, body):
            continue
        rows: list[tuple[Point2, Floats]] = []
        for (pin, owner), force in on_body.items():
            if owner == body:
                point = lock.points[body][places[pin, body]]
                rows.append((lock.locked[body].to_ground(point), force))
        if body in loads:
            rows.append((lock.locked[body].to_ground(lock.points[body][hook_of(lock, body).saddle.point]), loads[body]))
        if stop is not None and stop.body == body:
            rows.append((stop.at, stop.force))
        total = np.sum([force for _, force in rows], axis=0)
        moment = np.sum([at[0] * force[:, 1] - at[1] * force[:, 0] for at, force in rows], axis=0)
        worst = max(worst, float(np.abs(total).max()), float(np.abs(moment).max()) / 100.0)
    return worst / max(float(np.abs(load).max()) for load in loads.values())


def _guided(lock: Lock, body: str) -> bool:
    """Say whether a body is held by a prismatic joint too, whose forces are not among the pins'."""
    return any(joint.kind == "prismatic" and body in joint.bodies for joint in lock.mechanism.joints)


def actuator_forces(lock: Lock) -> LockForces | None:
    """Forces under the actuator's greatest effort on a slider, or None where the lock names no slider or no effort.

    The actuator pulls at the slider's eye along its travel until the drive's torque is the release effort of the linkage.
    """
    found = lock.mechanism.lock
    slider = next((name for name, body in lock.file.bodies.items() if isinstance(body, SliderBlock)), None)
    if found is None or found.release is None or found.release.effort is None or slider is None:
        return None
    guide = next((joint for joint in lock.mechanism.joints if joint.kind == "prismatic" and slider in joint.bodies), None)
    if guide is None:
        return None
    eye = next(iter(lock.file.bodies[slider].eyes))
    place = lock.locked[slider]
    shape = lock.file.bodies[slider]
    angle = place.angle + (shape.shaft.direction if isinstance(shape, SliderBlock) else 0.0)
    unit = np.array([[math.cos(angle), math.sin(angle)]])
    statics = joint_forces(lock.mechanism, {PointName(slider, eye): unit}, drive=lock.drive)
    effort = abs(float(statics.drive_effort[0]))
    if effort <= 0.0:
        raise NoVerdict("the slider does not move the drive in the locked position", mend="check the linkage")
    size = found.release.effort / effort
    on_body = {place: size * force for place, force in _on_pins(lock, statics).items()}
    name = f"actuator at its greatest effort, {size / 1e3:.3g} kN"
    return LockForces((name,), {}, on_body, None, float(statics.imbalance))
