"""A first design of a lock's parts for a linkage: sizes from the forces in its joints, planes from its travel.

What is proposed is a file of parts like any other, for the engineer to change.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from mechlock.errors import InputError, MechlockError
from mechlock.inputs.fits import joint_clearance
from mechlock.inputs.joint_play import shared_pins
from mechlock.inputs.lockparts import lock_parts_from_data
from mechlock.linkage.mechanism import GROUND, Mechanism
from mechlock.linkage.positions import Positions
from mechlock.solids.interference import interferences, is_clamp
from mechlock.solids.lock import Lock, build_lock
from mechlock.solids.lock_outlines import Points
from mechlock.solids.lock_parts import pin_joints
from mechlock.solids.lock_position import Placement, body_points, locked_drive, placements
from mechlock.solids.outline import circle
from mechlock.solids.parts import Part, Slab
from mechlock.solids.proposal_bodies import LARGER, SOURCE, Body, body_data, mm, moving_bodies, plate
from mechlock.solids.proposal_bracket import bracket_data, sleeve_block, stop_block, stop_eye
from mechlock.solids.proposal_levels import BARS, levels
from mechlock.solids.proposal_sizes import PIN, PRESSURE, SAFETY, JointSize, greatest_forces, joint_size, pin_sizes, too_small
from mechlock.solids.proposal_travel import open_at, sweep

SIDE_GAP = 0.5
PACK_GAP, PACK_PLATE = 2.5, 14.0
SLEEVE_WALL = 8.0
"""Of a sleeve beside the slider, mm."""

FITS = (("F7/h6", "M7/h6"), ("G7/h6", "M7/h6"), ("H7/h6", "M7/h6"), ("H6/h5", "M7/h5"))
"""Running fits and seats that are tried, from loose to close (ISO 286)."""

SHARES = (1.0, 0.8, 0.6, 0.4, 0.25)
"""Shares of the travel that are tried, one after the other."""


@dataclass(frozen=True)
class Proposal:
    """Parts for a linkage.

    Attributes
    ----------
    data : dict
        Content of a file of parts.
    lock : Lock
        Made of it.
    open_at : float
        Drive coordinate (rad or mm) up to which nothing meets.
    forces : mapping of pin to float
        Greatest force that its size is reckoned with, N.
    notes : tuple of str
        What is missing of it, or falls short.
    """

    data: dict[str, Any]
    lock: Lock
    open_at: float
    forces: Mapping[str, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Setting:
    """What a proposal goes by."""

    mechanism: Mechanism
    points: Mapping[str, Points]
    pins: Mapping[str, str]
    joints: Mapping[str, tuple[tuple[str, str], tuple[str, str]]]
    sizes: Mapping[str, JointSize]
    bodies: Sequence[Body]
    bar: float
    """Diameter of the striker bars, mm."""
    tables: Mapping[str, dict[str, Any]]
    """Of the bodies, each as a plate in the middle."""
    places: Sequence[Mapping[str, Placement]]

    @property
    def ends(self) -> dict[str, frozenset[str]]:
        """Bodies on every pin."""
        found: dict[str, set[str]] = {}
        for joint, ends in self.joints.items():
            found.setdefault(self.pins[joint], set()).update(body for body, _ in ends)
        return {pin: frozenset(bodies) for pin, bodies in found.items()}


def propose_parts(mechanism: Mechanism) -> Proposal:
    """Propose parts for a linkage of pins and slides on ground.

    Raises
    ------
    InputError
        For a linkage with other joints, or one whose bodies cannot be kept apart even over a quarter of the travel.
    NoVerdict
        When its joint forces are not determined.
    """
    positions = Positions(mechanism)
    locked = locked_drive(mechanism)
    joints, points = pin_joints(mechanism), body_points(positions)
    pins = shared_pins(joints)
    start = placements(positions, np.array([locked]))[0]
    bodies = _with_ways(mechanism, moving_bodies(mechanism, joints, pins, points), points, start)
    sizes = pin_sizes(mechanism, pins, greatest_forces(mechanism, locked))
    loads = [body.load.magnitude.high for body in bodies if body.load is not None]
    bar = joint_size(max(loads), None).diameter if loads else 0.0
    tables = {body.name: body_data(body, sizes, points[body.name], start[body.name], bar) for body in bodies}
    hooks = tuple(body.name for body in bodies if body.role == "hook")
    end = open_at(positions, locked, hooks)
    last: MechlockError | None = None
    for share in SHARES:
        drives = sweep(positions, locked, locked + share * (end - locked))
        places = [{**found, "pack": Placement((0.0, 0.0), 0.0)} for found in placements(positions, drives)]
        setting = _Setting(mechanism, points, pins, joints, sizes, bodies, bar, tables, places)
        try:
            data, lock, notes = _clear(setting, drives)
        except InputError as error:
            last = error
            continue
        text = f"{drives[-1]:.4g} mm" if mechanism.drive.sliding else f"{math.degrees(drives[-1]):.4g} deg"
        data = {**{key: value for key, value in data.items() if key != "bodies"}, "open_at": text, "bodies": data["bodies"]}
        if share < 1.0:
            notes = (*notes, f"clear of each other as far as a drive of {text}, {share:.0%} of the way that was tried first")
        notes = (*notes, *filter(None, (too_small(pin, size) for pin, size in sizes.items())))
        return Proposal(data, lock, float(drives[-1]), {pin: size.force for pin, size in sizes.items()}, notes)
    assert last is not None
    raise last


def _with_ways(
    mechanism: Mechanism, bodies: Sequence[Body], points: Mapping[str, Points], locked: Mapping[str, Placement]
) -> list[Body]:
    """Sliders with the direction of their shafts: along their slide, away from the middle of all pins."""
    middle = np.mean(
        [place.to_ground(point) for name, place in locked.items() if name in points for point in points[name].values()], axis=0
    )
    found: list[Body] = []
    for body in bodies:
        joint = next((item for item in mechanism.joints if item.kind == "prismatic" and body.name in item.bodies), None)
        if joint is None:
            found.append(body)
            continue
        axis = float(sp.N(joint.axis.xreplace(mechanism.nominal())))
        if joint.first.body != GROUND:
            axis += locked[body.name].angle
        own = np.mean([locked[body.name].to_ground(points[body.name][point]) for point in body.eyes], axis=0)
        outward = (own - middle) @ np.array([math.cos(axis), math.sin(axis)]) >= 0.0
        found.append(replace(body, along=axis - locked[body.name].angle + (0.0 if outward else math.pi)))
    return found


def _clear(setting: _Setting, drives: np.ndarray) -> tuple[dict[str, Any], Lock, tuple[str, ...]]:
    """A design in which nothing meets: with a stop where there is room for one."""
    notes: tuple[str, ...] = ()
    for stop in (True, False):
        data = _design(setting, stop)
        lock = build_lock(setting.mechanism, lock_parts_from_data(data, "proposed parts"), "proposed parts")
        rows = [row for row in interferences(lock, drives) if not is_clamp(lock, row)]
        dips = [row for row in rows if {lock.part(row.first).kind, lock.part(row.second).kind} == {"hook", "striker"}]
        met = [row for row in rows if row not in dips]
        if not met:
            said = (f"{row.first} runs {row.depth:.3g} mm into {row.second} on its way, as the linkage has it" for row in dips)
            return data, lock, (*notes, *said)
        if not any("stop" in (row.first, row.second) for row in met):
            break
        notes = ("no stop is proposed: there is no room for a block between the cheeks",)
    worst = max(met, key=lambda row: row.depth)
    raise InputError(
        f"{worst.first} and {worst.second} of the proposed parts meet, {worst.depth:.3g} mm deep",
        setting.mechanism.where,
        "write a file of parts and name it with --parts",
    )


def _design(setting: _Setting, with_stop: bool) -> dict[str, Any]:
    """Content of the file of parts."""
    mechanism, points = setting.mechanism, setting.points
    meets = stop_eye(mechanism, setting.bodies, points) if with_stop else None
    tables = copy.deepcopy(dict(setting.tables))
    if meets is not None:
        eye = tables[meets[0]]["eyes"][meets[1]]
        eye["diameter"] = mm(float(eye["diameter"].split()[0]) + LARGER)
    plates = {name: plate(name, table, points[name]) for name, table in tables.items()}
    sleeves = []
    for body in setting.bodies:
        if body.role == "slider":
            others = [part for name, part in plates.items() if name != body.name]
            held, length = sleeve_block(body, tables[body.name], points[body.name], others, setting.places)
            tables[body.name]["shaft"]["length"] = mm(math.ceil(length))
            plates[body.name] = plate(body.name, tables[body.name], points[body.name])
            sleeves.append(held)
    middle = frozenset(body.name for body in setting.bodies if body.middle)
    level, bare = _levels(setting, plates, middle)
    inside = _stack(setting, tables, level)
    stop = None
    if meets is not None:
        body = next(body for body in setting.bodies if body.name == meets[0])
        stop = stop_block(mechanism, meets, setting.sizes[body.eyes[meets[1]]], points, setting.places[0][meets[0]])
    eyes = {
        point: setting.sizes[setting.pins[joint]]
        for joint, its in setting.joints.items()
        for body, point in its
        if body == GROUND
    }
    lowest = min(float(_ground(plates[name], place[name])[:, 1].min()) for name in plates for place in setting.places)
    bracket = bracket_data(mechanism, eyes, inside, lowest, stop, sleeves, points[GROUND])
    data: dict[str, Any] = {
        "format": "mechlock-lockparts/1", "name": f"{mechanism.name}: proposed parts", "side_gap": mm(SIDE_GAP), "safety": SAFETY,
        "bearing_pressure_limit": f"{PRESSURE:g} MPa", "source": SOURCE,
        "bodies": {**tables, GROUND: bracket}, "pins": {pin: _pin(setting, pin, level, bare) for pin in setting.sizes},
    }  # fmt: skip
    if setting.bar:
        data["striker"] = {
            "diameter": mm(setting.bar), "material": PIN, "plate_thickness": mm(PACK_PLATE), "side_gap": mm(PACK_GAP),
            "contact_pressure_limit": "1500 MPa", "source": SOURCE,
        }  # fmt: skip
    return data


def _levels(setting: _Setting, plates: Mapping[str, Part], middle: frozenset[str]) -> tuple[dict[str, int], frozenset[str]]:
    """Planes of the bodies, and pins that have no room for bushes, which are given up only where nothing else helps."""
    bars = _bar_discs(setting)
    ends = {**setting.ends, **{key: frozenset([key.removeprefix("bar ")]) for key in bars}}
    where, pins = setting.mechanism.where, frozenset(setting.sizes)
    try:
        return levels(plates, {**_pin_discs(setting), **bars}, ends, middle, setting.places, where), frozenset()
    except InputError:
        discs = _pin_discs(setting, pins)
        found = levels(plates, {**discs, **bars}, ends, middle, setting.places, where)
    for pin in setting.sizes:  # give back what has room
        kept = pins - {pin}
        try:
            if levels(plates, {**_pin_discs(setting, kept), **bars}, ends, middle, setting.places, where) == found:
                pins = kept
        except InputError:
            continue
    return found, pins


def _ground(part: Part, place: Placement) -> np.ndarray:
    c, s = math.cos(place.angle), math.sin(place.angle)
    return part.slabs[0].outline.polygon(0.5) @ np.array([[c, s], [-s, c]]) + np.array(place.origin)


def _bush(size: JointSize) -> float:
    return min(size.diameter + 8.0, size.eye - 2.0)


def _pin_discs(setting: _Setting, bare: frozenset[str] = frozenset()) -> dict[str, Part]:
    """Pins with their bushes, those of `bare` without, as discs that move with one of their bodies."""
    found: dict[str, Part] = {}
    for joint, ends in setting.joints.items():
        body, point = next((end for end in ends if end[0] == GROUND), ends[0])
        size = setting.sizes[setting.pins[joint]]
        radius = (size.diameter if setting.pins[joint] in bare else _bush(size)) / 2.0
        outline = circle(setting.points[body][point], radius)
        found.setdefault(setting.pins[joint], Part(f"the pin {joint}", body, "pin", PIN, 1.0, (Slab(outline, -1.0, 1.0),)))
    return found


def _bar_discs(setting: _Setting) -> dict[str, Part]:
    """Striker bars, which the pack holds where the hooks are when locked."""
    found: dict[str, Part] = {}
    for body in setting.bodies:
        if body.load is None or body.role != "hook":
            continue
        crown = setting.places[0][body.name].to_ground(setting.points[body.name][body.load.at.point])
        angle, radius = body.load.direction.nominal, setting.bar / 2.0
        outline = circle((crown[0] - radius * math.cos(angle), crown[1] - radius * math.sin(angle)), radius)
        found[f"bar {body.name}"] = Part(f"the bar of {body.name}", "pack", "striker", PIN, 1.0, (Slab(outline, -1.0, 1.0),))
    return found


def _stack(setting: _Setting, tables: dict[str, Any], level: Mapping[str, int]) -> float:
    """Give pairs their plates and places; return the distance between the cheeks, mm."""
    thickness = {
        body.name: max(setting.sizes[pin].thickness(1 if level[body.name] == 0 else 2) for pin in body.eyes.values())
        for body in setting.bodies
    }
    singles = [thickness[name] for name, own in level.items() if own == 0]
    low = max(singles, default=0.0) / 2.0 + (SIDE_GAP if singles else PACK_GAP)
    hooks = [thickness[body.name] for body in setting.bodies if body.role == "hook"]
    pack = max(hooks) / 2.0 + PACK_GAP + PACK_PLATE + SIDE_GAP if hooks else 0.0
    for number in range(1, max(level.values(), default=0) + 1):
        if number > BARS:
            low = max(low, pack)
        own = [name for name in level if level[name] == number]
        for name in own:
            tables[name] |= {"plates": 2, "thickness": mm(thickness[name]), "inside": mm(2.0 * low)}
        low += max((thickness[name] for name in own), default=0.0) + SIDE_GAP
    slides = any(body.role == "slider" and level[body.name] == max(level.values()) for body in setting.bodies)
    return 2.0 * math.ceil(max(low + SIDE_GAP + (SLEEVE_WALL if slides else 0.0), pack + SIDE_GAP))


def _pin(setting: _Setting, pin: str, level: Mapping[str, int], bare: frozenset[str]) -> dict[str, Any]:
    size = setting.sizes[pin]
    d = size.diameter
    table: dict[str, Any] = {"diameter": mm(d), "material": PIN, **_fits(setting, pin)}
    if pin not in bare:
        table["bush_diameter"] = mm(_bush(size))
    if all(level.get(body, 1) > 0 for body in setting.ends[pin]):
        table["split"] = True
    if GROUND in setting.ends[pin]:
        ring = {"groove_diameter": mm(round(0.94 * d, 1)), "groove_width": "1.85 mm", "edge": "3 mm"}
        table |= {"head_diameter": mm(d + 8.0), "head_thickness": mm(max(4.0, round(0.2 * d))), "ring": ring}
    if "split" in table:
        table = {key: value for key, value in table.items() if not key.startswith("head")}
    source = f"proposed: {size.force / 1e3:.4g} kN" if size.force else "proposed: no load is given"
    return {**table, "source": source}


def _fits(setting: _Setting, pin: str) -> dict[str, str]:
    """Fits with no more play than the linkage gives the joints on a pin; none where the usual ones do."""
    limits = [setting.mechanism.joint(joint).clearance for joint, its in setting.pins.items() if its == pin]
    given = [limit for limit in limits if limit > 0.0]
    d = setting.sizes[pin].diameter
    for number, (running, seat) in enumerate(FITS):
        if not given or joint_clearance(running, seat, d) <= min(given):
            return {"fit": running, "seat": seat} if number else {}
    raise InputError(
        f"no fit of a pin of {d:g} mm keeps the play of joint {pin!r} within {min(given):g} mm",
        f"{setting.mechanism.where}: joints.{pin}.clearance",
        f"at least {joint_clearance(*FITS[-1], d):.4g} mm",
    )
