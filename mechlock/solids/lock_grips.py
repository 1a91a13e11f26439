"""How the plates of a lock stand along its pins: a plate in the middle or a pair, and pairs outside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mechlock.errors import InputError
from mechlock.inputs.joint_play import Joints, common_bodies, shared_pins
from mechlock.inputs.lockparts import LockPartsFile
from mechlock.solids.parts import Bore, Part, inside


@dataclass(frozen=True)
class Grip:
    """How the plates stand along the pin of one joint, symmetric about z = 0.

    Attributes
    ----------
    joint : str
    diameter : float
        Of the pin, mm.
    inner : str
        Name of the part in the middle, or of one of the innermost pair.
    outer : tuple of str
        Names of the outermost plates.
    inner_width : float
        Bearing length of the middle part, or of the innermost pair together, mm.
    outer_width : float
        Bearing length of one of the outer plates, mm.
    gap : float
        Between the innermost part and an outer plate, mm; plates of others may stand in it.
    shear_planes : int
    hollow : float
        Between the plates of an innermost pair, mm.
    spaces : tuple of (float, float)
        Where nothing is along the pin at z >= 0, mm.
    holder : (str, str)
        Body and point that the pin is seated in and moves with: of the innermost part, or of the body that all joints on a
        shared pin have.
    """

    joint: str
    diameter: float
    inner: str
    outer: tuple[str, str]
    inner_width: float
    outer_width: float
    gap: float
    shear_planes: int = 2
    hollow: float = 0.0
    spaces: tuple[tuple[float, float], ...] = ()
    holder: tuple[str, str] = ("", "")


def grips(parts: Sequence[Part], file: LockPartsFile, joints: Joints, where: str = "") -> dict[str, Grip]:
    """Return how the plates stand along each pin, by the joint whose pin it is.

    Raises
    ------
    InputError
        When a pin is not held on both sides, or plates along it overlap.
    """
    pins = shared_pins(joints)
    ends = {pin: dict(end for name, its in pins.items() if its == pin for end in joints[name]) for pin in pins.values()}
    seats = common_bodies(joints)
    return {pin: _grip(pin, parts, file, ends[pin], seats[pin], where) for pin in ends}


def _grip(pin: str, parts: Sequence[Part], file: LockPartsFile, ends: dict[str, str], seats: Sequence[str], where: str) -> Grip:
    at_pin = [part for part in parts if part.kind != "bush" and any(bore.joint == pin for bore in part.bores)]
    spans = sorted(((*_span(part, part.bore(pin)), part) for part in at_pin), key=lambda span: (abs(span[0] + span[1]), -span[0]))
    middle = [span for span in spans if span[0] < 0.0 < span[1]]
    upper = [span for span in spans if span[0] >= 0.0]
    lower = [span for span in spans if span[1] <= 0.0]
    key = f"{where}: pins.{pin}" if where else f"pins.{pin}"
    if len(middle) > 1 or len(upper) != len(lower) or len(middle) + len(upper) < 2:
        raise InputError(
            f"{pin} joins {len(middle)} parts in the middle and {len(upper) + len(lower)} plates at the sides",
            key,
            "give one body a single plate and the other two plates, so that the pin is held on both sides",
        )
    stack = [*middle, *upper]
    for near, far in pairwise(stack):
        if far[0] - near[1] < file.side_gap - 1e-9:
            left = f"{far[2].body} leaves {2.0 * far[0]:g} mm between its plates"
            raise InputError(
                f"{near[2].name} is {2.0 * near[1]:g} mm wide at {pin} and {left}",
                f"{where}: bodies.{far[2].body}.inside" if where else f"bodies.{far[2].body}.inside",
                f"make it at least {2.0 * (near[1] + file.side_gap):g} mm",
            )
    inner, outer = stack[0], stack[-1]
    hollow = max(2.0 * inner[0], 0.0)
    spaces = [(near[1], far[0]) for near, far in pairwise(stack)]
    body = next((part.body for _, _, part in stack if part.body in seats), inner[2].body)
    return Grip(
        pin, file.pins[pin].diameter, inner[2].name, (outer[2].name, lower[-1][2].name),
        2.0 * inner[1] - hollow, outer[1] - outer[0], outer[0] - inner[1], 2 * (len(stack) - 1), hollow,
        ((0.0, inner[0]), *spaces) if hollow else tuple(spaces), (body, ends[body]),
    )  # fmt: skip


def _span(part: Part, bore: Bore) -> tuple[float, float]:
    slabs = [slab for slab in part.slabs if inside(slab.outline, bore.centre)]
    return min(slab.low for slab in slabs), max(slab.high for slab in slabs)
