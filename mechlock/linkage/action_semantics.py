"""Masses, springs, forces, actuators and stops of a linkage file, checked and in internal units."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import sympy as sp

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageFile
from mechlock.linkage.actions import Actions, Actuator, AppliedForce, MassProperties, Spring, Stop, TorsionSpring
from mechlock.linkage.mechanism import GROUND, Body, Drive, Joint, PointName

Reader = Callable[[object, str, str], sp.Expr]
"""Reads an expression: (text, dimension, key)."""
PointReader = Callable[[str, dict[str, Body], str], PointName]


def read_actions(
    file: LinkageFile,
    where: str,
    bodies: dict[str, Body],
    joints: Iterable[Joint],
    drive: Drive,
    expression: Reader,
    point: PointReader,
) -> Actions:
    """Read what acts on the linkage.

    Raises
    ------
    InputError
        With the key, for unknown or duplicate names and ends that are no pair of bodies.
    """
    _distinct(file, where)
    masses: dict[str, MassProperties] = {}
    for name, body in file.bodies.items():
        if name == GROUND and (body.mass > 0.0 or body.inertia > 0.0):
            raise InputError("ground has a mass", f"{where}: bodies.ground.mass", "remove it: ground does not move")
        if body.mass > 0.0 or body.inertia > 0.0:
            centre = tuple(expression(c, "length", f"bodies.{name}.centre[{i}]") for i, c in enumerate(body.centre))
            masses[name] = MassProperties(float(body.mass), (centre[0], centre[1]), float(body.inertia))
    gravity = (0.0, 0.0)
    if file.gravity is not None:
        size, angle = float(file.gravity.magnitude), float(file.gravity.direction)
        gravity = (size * math.cos(angle), size * math.sin(angle))

    def ends(of: tuple[str, str], key: str) -> tuple[PointName, PointName]:
        first, second = (point(reference, bodies, f"{key}.of[{i}]") for i, reference in enumerate(of))
        if first.body == second.body:
            raise InputError(f"both ends are on the body {first.body!r}", f"{where}: {key}.of", "name two bodies")
        pinned = next((j for j in joints if j.kind == "revolute" and {j.first, j.second} == {first, second}), None)
        if pinned is not None:
            raise InputError(f"joint {pinned.name!r} holds both ends together", f"{where}: {key}.of", "name points that part")
        return first, second

    springs = tuple(
        Spring(s.name, *ends(s.of, f"springs[{i}]"), s.free_length, s.rate, s.preload, s.damping, s.acts)
        for i, s in enumerate(file.springs)
    )
    actuators = tuple(Actuator(a.name, *ends(a.of, f"actuators[{i}]"), a.force) for i, a in enumerate(file.actuators))
    kinds = {joint.name: joint.kind for joint in joints}
    return Actions(
        masses,
        gravity,
        springs,
        _torsion(file, where, kinds),
        _forces(file, where, bodies),
        actuators,
        _stops(file, where, drive),
    )


def _distinct(file: LinkageFile, where: str) -> None:
    seen: set[str] = set()
    for key in ("springs", "torsion_springs", "forces", "actuators"):
        for index, entry in enumerate(getattr(file, key)):
            if entry.name in seen:
                raise InputError(
                    f"two springs or forces are called {entry.name!r}", f"{where}: {key}[{index}].name", "give each its own name"
                )
            seen.add(entry.name)


def _torsion(file: LinkageFile, where: str, kinds: Mapping[str, str]) -> tuple[TorsionSpring, ...]:
    found: list[TorsionSpring] = []
    for index, text in enumerate(file.torsion_springs):
        if kinds.get(text.joint) != "revolute":
            known = ", ".join(name for name, kind in kinds.items() if kind == "revolute" and "~" not in name) or "none"
            raise InputError(
                f"{text.joint!r} is no revolute joint",
                f"{where}: torsion_springs[{index}].joint",
                f"the revolute joints are {known}",
            )
        found.append(TorsionSpring(text.name, text.joint, text.free_angle, text.rate, text.preload, text.damping))
    return tuple(found)


def _forces(file: LinkageFile, where: str, bodies: Mapping[str, Body]) -> tuple[AppliedForce, ...]:
    found: list[AppliedForce] = []
    for index, text in enumerate(file.forces):
        key = f"{where}: forces[{index}]"
        if text.body not in bodies or text.body == GROUND:
            known = ", ".join(name for name in file.bodies if name != GROUND)
            raise InputError(f"unknown body {text.body!r}", f"{key}.body", f"the moving bodies are {known}")
        if text.point is not None and text.point not in bodies[text.body].points:
            known = ", ".join(bodies[text.body].points)
            raise InputError(f"the body {text.body!r} has no point {text.point!r}", f"{key}.point", f"its points are {known}")
        at = PointName(text.body, text.point) if text.point is not None else None
        found.append(AppliedForce(text.name, text.body, at, text.force or (0.0, 0.0), text.torque))
    return tuple(found)


def _stops(file: LinkageFile, where: str, drive: Drive) -> tuple[Stop, ...]:
    found: list[Stop] = []
    for index, text in enumerate(file.stops):
        try:
            at = units.parse(text.at, "length" if drive.sliding else "angle")
        except InputError as error:
            raise error.at(f"{where}: stops[{index}].at") from None
        found.append(Stop(at, 1 if text.blocks == "increasing" else -1, text.restitution))
    return tuple(found)
