"""A slider and a rod that drive the crank of a four-bar hook: the six-link lock, with the stop still on the crank.

A point D of the crank, a rod and a slide are sampled; what is kept lets the rod pull and push well on both ends through the
whole travel, in little room, and needs little force where the lock opens. The force is ``torque / |ds/dphi|``; with the rod as a
vector w, the slide's direction u and the arm d of the crank, ``ds/dphi = (d x w) / (u . w)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage.constraints import Array
from mechlock.linkage.synthesis import Proposal
from mechlock.linkage.wishes import STEPS, Wishes

SWING = np.radians(105.0)
"""Greatest swing of a crank that a rod can drive well from one side."""

_STEEPEST = np.radians(35.0)
"""Greatest angle between rod and slide."""

_SQUARE = 0.5
"""Least sine of the angle between the crank's arm and the rod."""


@dataclass(frozen=True)
class SliderDrive:
    """What drives the crank.

    Attributes
    ----------
    arm : (x, y)
        The rod's pin D on the crank, in the crank's frame (mm).
    rod : float
        Length (mm).
    line : float
        Angle of the slide in ground's frame, along which the slider closes the lock (rad).
    origin : (x, y)
        Where the slider stands when locked, from the hook's pivot (mm).
    stroke : float
        From open to locked (mm).
    force : float
        At the slider, to open the lock under the greatest parked load: the estimate of the torque over the ratio (N).
    rod_angle : float
        Of the rod from D to the slider when locked (rad).
    """

    arm: tuple[float, float]
    rod: float
    line: float
    origin: tuple[float, float]
    stroke: float
    force: float
    rod_angle: float


def slider_drive(wishes: Wishes, proposal: Proposal, *, samples: int = 40_000, seed: int = 1) -> SliderDrive:
    """Propose the slider and rod for a four-bar hook; they may stand out of its envelope by 60 % in width, 20 % in height.

    Raises
    ------
    NoVerdict
        When none is found.
    """
    rng = np.random.default_rng(seed)
    low = np.array([0.8 * proposal.crank, -np.pi, 1.2 * proposal.crank, -np.pi])
    high = np.array([1.6 * proposal.crank, np.pi, 3.0 * proposal.crank, np.pi])
    x = rng.uniform(low, high, (samples, 4))  # radius and angle of D on the crank, rod, angle of the slide
    radius, turn, rod, line = (column[:, None] for column in x.T)
    phi = np.linspace(proposal.locked, proposal.opened, STEPS)[None, :]
    pivot = complex(*proposal.pivot)
    d = radius * np.exp(1j * (phi + turn))
    u = np.exp(1j * line)
    # the slide passes so that the rod lies along it half-way
    middle = d[:, STEPS // 2][:, None]
    across = np.imag(np.conj(u) * (middle - d))
    with np.errstate(invalid="ignore"):
        along = np.sqrt(rod**2 - across**2)
    place = pivot + d + u * (along + 1j * across)  # the slider lies ahead of D, so that it pulls when it closes
    w = place - pivot - d
    slope = np.abs(across) / rod
    square = np.imag(np.conj(d) * w) / (radius * rod)
    ratio = np.imag(np.conj(d) * w) / np.real(np.conj(u) * w)
    way = np.sign(proposal.locked - proposal.opened)
    box = np.concatenate([place, pivot + d, np.tile(_four_bar(wishes, proposal), (samples, 1))], axis=1)
    room = np.stack([np.ptp(box.real, axis=1), np.ptp(box.imag, axis=1)], axis=1) / np.array(wishes.envelope)
    fits = (room <= np.array([1.6, 1.2])).all(axis=1)
    fine = fits & np.isfinite(along).all(axis=1) & (slope <= np.sin(_STEEPEST)).all(axis=1)
    fine &= (np.abs(square) >= _SQUARE).all(axis=1) & (way * ratio > 0.0).all(axis=1)
    fine &= _clear(proposal, pivot + d, place)
    if not fine.any():
        raise NoVerdict("no slider and rod were found that drive the crank well", mend="allow a larger envelope, or less travel")
    merit = np.where(fine, proposal.torque / np.abs(ratio[:, 0]) * (1.0 + slope.max(axis=1)) * room.prod(axis=1) ** 2, np.inf)
    best = int(np.argmin(merit))
    at = place[best]
    return SliderDrive(
        (float(x[best, 0] * np.cos(x[best, 1])), float(x[best, 0] * np.sin(x[best, 1]))), float(x[best, 2]), float(x[best, 3]),
        (float(at[0].real), float(at[0].imag)), float(abs(at[-1] - at[0])), float(proposal.torque / abs(ratio[best, 0])),
        float(np.angle(w[best, 0])),
    )  # fmt: skip


def _four_bar(wishes: Wishes, proposal: Proposal) -> Array:
    """Pivots and pins of the four-bar when locked, and the hook's point."""
    crank = complex(*proposal.pivot) + proposal.crank * np.exp(1j * proposal.locked)
    return np.array([0.0j, complex(*proposal.pivot), crank, complex(*proposal.pin), complex(*wishes.arm)])


def _clear(proposal: Proposal, d: Array, slider: Array) -> Array:
    """Whether rod's pin and slider stay away from the link's pins and the hook's pivot."""
    room = 2.5 * sum(proposal.pins)
    fixed = np.array([0.0j, complex(*proposal.pin)])
    far = np.abs(slider[:, :, None] - fixed).min(axis=(1, 2))
    own = np.abs(d[:, 0] - (complex(*proposal.pivot) + proposal.crank * np.exp(1j * proposal.locked)))
    return (far > room) & (own > room) & (np.abs(d[:, :, None] - fixed).min(axis=(1, 2)) > 0.5 * room)
