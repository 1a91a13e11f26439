"""Kinematics of a linkage: every assembly mode with positions, velocity ratios, velocities, accelerations and dead centres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageSource, read_linkage
from mechlock.linkage import change_points, travel, velocity
from mechlock.linkage.assur import PinLink
from mechlock.linkage.constraints import Array
from mechlock.linkage.dead_centre import DeadCentre, Landmarks, landmarks
from mechlock.linkage.mechanism import GROUND, Joint, Mechanism, PointName
from mechlock.linkage.mobility import Mobility, require_driven
from mechlock.linkage.positions import Mode, Positions
from mechlock.linkage.refusals import unreachable
from mechlock.linkage.semantics import build
from mechlock.linkage.travel import Interval

MAX_SWEEP = 2_000_000


@dataclass(frozen=True)
class ModeKinematics:
    """One assembly mode over n drive positions; NaN where it does not exist or has no velocity.

    Attributes
    ----------
    mode : Mode
        Which one.
    selected : bool
        Whether the file's `[assembly]` singles it out.
    q : array, shape (n, unknowns)
        Configurations (mm, rad).
    motion : (array, array), each of shape (n, unknowns)
        Their first and second derivatives by the drive.
    angles : mapping of body to array (n,)
        Body angles (rad).
    points : mapping of PointName to array (n, 2)
        Positions (mm).
    velocity_ratios : mapping of body to array (n,)
        d(angle)/d(drive) (rad/rad or rad/mm).
    travels, travel_ratios : mapping of joint to array (n,)
        Travel of prismatic joints (mm) and d(travel)/d(drive).
    transmission_angles : mapping of joint to array (n,)
        Angle between the two links of a dyad at their pin, or between a rod and the normal of its slide (rad, 0 to pi).
    omega, alpha : mapping of body to array (n,)
        Angular velocity and acceleration (rad/s, rad/s²); empty without a drive rate.
    velocities, accelerations : mapping of PointName to array (n, 2)
        mm/s and mm/s²; empty without a drive rate.
    reach : tuple of Interval
        Intervals of the drive coordinate in which it exists: the circuits of the linkage in this mode.
    """

    mode: Mode
    selected: bool
    q: Array
    motion: tuple[Array, Array]
    angles: Mapping[str, Array]
    points: Mapping[PointName, Array]
    velocity_ratios: Mapping[str, Array]
    travels: Mapping[str, Array]
    travel_ratios: Mapping[str, Array]
    transmission_angles: Mapping[str, Array]
    omega: Mapping[str, Array]
    alpha: Mapping[str, Array]
    velocities: Mapping[PointName, Array]
    accelerations: Mapping[PointName, Array]
    reach: tuple[Interval, ...] = ()


@dataclass(frozen=True)
class Kinematics:
    """Result of `kinematics`.

    Attributes
    ----------
    mechanism : Mechanism
        What was analysed.
    mobility : Mobility
        Degrees of freedom, explained.
    drive : array, shape (n,)
        Drive positions (rad or mm).
    sweep : bool
        Whether it is a sweep.
    modes : tuple of ModeKinematics
        All modes that exist at one of the positions, or between two of a sweep, the selected one marked.
    landmarks : Landmarks
        Dead centres and change points of the selected mode, within one turn or the reachable travel.
    closed_form : bool
        Whether positions come from a closed form; else `reason` says why not.
    reason : str
        Why there is no closed form.
    positions : Positions
        The solver, for what is computed on demand: forces, instant centres, coupler curves.
    """

    mechanism: Mechanism
    mobility: Mobility
    drive: Array
    sweep: bool
    modes: tuple[ModeKinematics, ...]
    landmarks: Landmarks
    closed_form: bool
    reason: str
    positions: Positions

    @property
    def dead_centres(self) -> tuple[DeadCentre, ...]:
        """Those of the selected mode."""
        return self.landmarks.centres

    @property
    def selected(self) -> ModeKinematics:
        """The mode that the file singles out."""
        return next(mode for mode in self.modes if mode.selected)


def kinematics(
    linkage: Path | str | LinkageSource | Mechanism,
    *,
    drive: str | float | None = None,
    sweep: str | tuple[float, float, int] | None = None,
) -> Kinematics:
    """Analyse a linkage at one drive position or over a sweep.

    Parameters
    ----------
    linkage : path, LinkageSource or Mechanism
        What to analyse.
    drive : str or float, optional
        Drive position with its unit, or in rad or mm; default: the file's. The assembly mode is the one that the file's
        assembly angles single out at the file's own drive position.
    sweep : str or (from, to, n), optional
        ``"0 deg:360 deg:361"``, or numbers in rad or mm; both ends are included.

    Returns
    -------
    Kinematics

    Raises
    ------
    InputError
        For bad input, an immobile or under-driven linkage, or a position that cannot be reached.
    """
    mechanism = mechanism_of(linkage)
    positions = Positions(mechanism)
    asked = _drive(mechanism, positions, drive)
    where = sweep_positions(mechanism, sweep) if sweep is not None else np.array([asked])
    selected = positions.selected
    if drive is not None and not np.isfinite(positions.at(selected, np.array([asked]))).all():
        raise unreachable(positions, "--drive")
    mobility = require_driven(positions, selected, asked)
    elsewhere = positions.elsewhere(where) if sweep is not None or drive is not None else ()
    found = [_mode(positions, mode, where, mode == selected) for mode in (*positions.modes, *elsewhere)]
    also = positions.circuits.between if sweep is not None and positions.solution is not None else None
    found = [replace(mode, reach=tuple(travel.reachable(positions, mode.mode, also))) for mode in found]
    modes = tuple(
        mode
        for mode in found
        if mode.selected or np.isfinite(mode.q).any() or (sweep and _met(mode, where, mechanism.drive.sliding))
    )
    return Kinematics(
        mechanism,
        mobility,
        where,
        sweep is not None,
        modes,
        landmarks(positions, selected, asked),
        positions.solution is not None,
        positions.reason,
        positions,
    )


def _met(mode: ModeKinematics, where: Array, sliding: bool) -> bool:
    """Whether a mode exists at one of the drive positions, or between two of them."""
    if np.isfinite(mode.q).any() or len(where) == 1:
        return bool(np.isfinite(mode.q).any())
    low, high = where.min(), where.max()
    turns = (0.0,) if sliding else 2.0 * np.pi * np.arange(-2, 3)
    return any(reach.low + turn <= high and reach.high + turn >= low for reach in mode.reach for turn in turns)


def mechanism_of(linkage: Path | str | LinkageSource | Mechanism) -> Mechanism:
    """Build a mechanism from whatever describes it."""
    if isinstance(linkage, Mechanism):
        return linkage
    return build(linkage if isinstance(linkage, LinkageSource) else read_linkage(Path(linkage)))


def _quantity(mechanism: Mechanism, value: str, option: str) -> float:
    try:
        return units.parse(value.strip(), "length" if mechanism.drive.sliding else "angle")
    except InputError as error:
        raise error.at(option) from None


def _drive(mechanism: Mechanism, positions: Positions, value: str | float | None) -> float:
    if value is None:
        return positions.drive_value
    return _quantity(mechanism, value, "--drive") if isinstance(value, str) else float(value)


def sweep_positions(mechanism: Mechanism, sweep: str | tuple[float, float, int]) -> Array:
    """Drive positions of a sweep, both ends included.

    Raises
    ------
    InputError
        When it is not FROM:TO:N with units and 2 <= N <= 2 000 000.
    """
    if isinstance(sweep, str):
        parts = sweep.split(":")
        if len(parts) != 3 or not parts[2].strip().isdigit():
            raise InputError(f"{sweep!r} is not a sweep", "--sweep", "write FROM:TO:N, such as '0 deg:360 deg:361'")
        sweep = (_quantity(mechanism, parts[0], "--sweep"), _quantity(mechanism, parts[1], "--sweep"), int(parts[2]))
    low, high, count = sweep
    if not 2 <= count <= MAX_SWEEP:
        raise InputError(f"a sweep of {count} positions is not possible", "--sweep", f"take 2 to {MAX_SWEEP}")
    return np.linspace(low, high, count)


def _mode(positions: Positions, mode: Mode, drive: Array, selected: bool) -> ModeKinematics:
    constraints, mechanism = positions.constraints, positions.mechanism
    q = positions.at(mode, drive)
    v, w = change_points.rates(positions, mode, drive, q)
    real = [body for body in constraints.bodies if not mechanism.bodies[body].virtual]
    angle = {body: q[:, 3 * constraints.bodies.index(body) + 2] for body in real}
    ratio = {body: v[:, 3 * constraints.bodies.index(body) + 2] for body in real}
    sliders = [joint for joint in constraints.joints if not joint.revolute]
    travels = {joint.name: constraints.travel(q, joint) for joint in sliders}
    travel_ratios = {joint.name: velocity.travel_rate(positions, joint.name, q, v) for joint in sliders}
    omega: dict[str, Array] = {}
    alpha: dict[str, Array] = {}
    velocities: dict[PointName, Array] = {}
    accelerations: dict[PointName, Array] = {}
    if mechanism.drive.rate is not None:
        rate, gain = mechanism.drive.rate, mechanism.drive.acceleration or 0.0
        speed = v * rate
        second = w * rate**2 + v * gain
        for body in real:
            row = 3 * constraints.bodies.index(body) + 2
            omega[body], alpha[body] = speed[:, row], second[:, row]
        index = {name: i for i, name in enumerate(constraints.bodies)} | {GROUND: -1}
        for name, local in positions.local_points.items():
            velocities[name] = constraints.velocity(q, speed, index[name.body], local)
            accelerations[name] = constraints.acceleration(q, speed, second, index[name.body], local)
    points = positions.points(q)
    transmission = _transmission(positions, points, q)
    return ModeKinematics(
        mode,
        selected,
        q,
        (v, w),
        angle,
        points,
        ratio,
        travels,
        travel_ratios,
        transmission,
        omega,
        alpha,
        velocities,
        accelerations,
    )


def _transmission(positions: Positions, points: Mapping[PointName, Array], q: Array) -> dict[str, Array]:
    """Transmission angle of every RRR and RRP dyad, by the name of its inner joint."""
    found: dict[str, Array] = {}
    if positions.solution is None:
        return found
    joints = {joint.name: joint for joint in positions.constraints.joints}
    for solved in positions.solution.groups:
        group = solved.group
        inner, (outer1, outer2) = group.inner, (*group.outer, None)[:2]
        if not isinstance(inner, PinLink) or not isinstance(outer1, PinLink) or inner.here not in points:
            continue
        link = points[inner.here] - points[outer1.here]
        if isinstance(outer2, PinLink):
            other = points[inner.there] - points[outer2.here]
        elif isinstance(outer2, Joint):
            _, other = positions.constraints.axes(q, joints[outer2.name])
        else:
            continue
        cross = link[:, 0] * other[:, 1] - link[:, 1] * other[:, 0]
        found[inner.path[0][0].written_as] = np.arctan2(np.abs(cross), np.einsum("ij,ij->i", link, other))
    return found
