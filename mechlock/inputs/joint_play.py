"""The play of a lock's pin joints from the fits of its pins: what a proof covers where the linkage gives no clearance."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mechlock.errors import InputError
from mechlock.inputs.fits import joint_clearance
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.inputs.lockparts import LockPartsFile, Pin

Joints = Mapping[str, tuple[tuple[str, str], tuple[str, str]]]
"""Pin joints by name: the (body, point) that each joins."""

DIGITS = 4
"""Decimals of a millimetre that a clearance is rounded up to."""


@dataclass(frozen=True)
class JointPlay:
    """The play of one pin joint.

    Attributes
    ----------
    joint, pin : str
        The joint, and the one whose pin it turns on.
    fit, seat : str
        Of the pin, ISO 286.
    play : float
        Greatest radial play that the fits allow, mm, rounded up.
    given : float or None
        Radial clearance in the linkage file, mm.
    """

    joint: str
    pin: str
    fit: str
    seat: str
    play: float
    given: float | None

    @property
    def clearance(self) -> float:
        """What the proof covers, mm."""
        return self.play if self.given is None else self.given


def shared_pins(joints: Joints) -> dict[str, str]:
    """Return by joint the one whose pin it turns on: itself, or an earlier joint at the same point of the same body."""
    first: dict[tuple[str, str], str] = {}
    found: dict[str, str] = {}
    for name, ends in joints.items():
        pin = next((first[end] for end in ends if end in first), name)
        for end in ends:
            first.setdefault(end, pin)
        found[name] = pin
    return found


def common_bodies(joints: Joints) -> dict[str, tuple[str, ...]]:
    """Return by pin the bodies that all joints on it have: a pin of several joints is seated in one of them."""
    found: dict[str, tuple[str, ...]] = {}
    for name, pin in shared_pins(joints).items():
        bodies = tuple(body for body, _ in joints[name])
        found[pin] = tuple(body for body in found.get(pin, bodies) if body in bodies)
    return found


def joint_plays(source: LinkageSource, parts: LockPartsFile) -> tuple[JointPlay, ...]:
    """Return the play of every pin joint that the parts have a pin for."""
    joints = {joint.name: (_end(joint.of[0]), _end(joint.of[1])) for joint in source.file.joints if joint.type == "revolute"}
    given = {joint.name: joint.clearance for joint in source.file.joints}
    seated = common_bodies(joints)
    return tuple(
        JointPlay(name, pin, data.fit, data.seat, _play(data, data.seat if seated[pin] else data.fit), given[name])
        for name, pin in shared_pins(joints).items()
        if (data := parts.pins.get(pin)) is not None
    )


def with_fits(source: LinkageSource, parts: LockPartsFile, where: str = "") -> LinkageSource:
    """Return a linkage whose pin joints have the clearance of their fits where its file gives none.

    Parameters
    ----------
    source : LinkageSource
    parts : LockPartsFile
        Of the lock that the linkage is.
    where : str
        The file of the parts, for messages.

    Raises
    ------
    InputError
        When a fit allows more play than the linkage's own clearance, which is what a proof covers; with file and key.
    """
    plays = joint_plays(source, parts)
    for item in plays:
        if item.given is not None and item.given < item.play - 1e-9:
            key = f"pins.{item.pin}.fit"
            raise InputError(
                f"{item.fit} and {item.seat} allow {item.play:.4g} mm of play, "
                f"the linkage's clearance at joint {item.joint!r} is {item.given:g} mm",
                f"{where}: {key}" if where else key,
                "choose closer fits, raise the joint's clearance and prove again, or leave it out: the fits' play is then proved",
            )
    filled = {item.joint: item.play for item in plays if item.given is None}
    if not filled:
        return source
    data: dict[str, Any] = copy.deepcopy(source.data)
    for joint in data["joints"]:
        if joint["name"] in filled:
            joint["clearance"] = f"{filled[joint['name']]:.{DIGITS}f} mm"
    words = {item.joint: f"{item.fit} and {item.seat}" for item in plays if item.given is None}
    return replace(linkage_from_data(data, source.where), fits=words)


def _end(reference: str) -> tuple[str, str]:
    body, _, point = reference.partition(".")
    return body, point


def _play(pin: Pin, other: str) -> float:
    """Greatest radial play, mm, between a part that turns on the pin and one that has the fit `other`."""
    scale = 10**DIGITS
    return math.ceil(round(joint_clearance(pin.fit, other, pin.diameter) * scale, 6)) / scale
