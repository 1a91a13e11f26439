"""Dimensions of a slider-driven toggle pair, two mirrored hooks on one slide, from what is wanted of it.

When locked the link stands `over_centre` past the line square to the slide, which gives its length from the place of the hook's
pin, so that both the locked and the open position hold exactly. Two lengths and an angle are left free: sampled, then improved
by Nelder and Mead's method. With e along the link, j against the slider's travel, the hook turns by
``d(hook)/ds = (e . j) / (b (e x n))`` where n is the direction of the hook's arm b. Pins with the friction circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage.constraints import Array
from mechlock.linkage.wishes import CONE, LEAST_SINE, STEPS, Complexes, Wishes, pin_radius


@dataclass(frozen=True)
class PairProposal:
    """A toggle pair, right-hand side; the slide points down, along which the slider closes the hooks.

    Attributes
    ----------
    half : float
        The hooks' pivots stand so far left and right of the slide (mm).
    pin : (x, y)
        The link's pin on the right-hand hook from its pivot, the hook level as it is when locked (mm).
    link : float
        Length of the links (mm).
    locked, dead_centre, opened : float
        Travel of the slider from the pivots' line (mm).
    link_angle : float
        Of the right-hand link when locked (rad).
    pins : (float, float)
        Radii of the hooks' pivots and of the other pins (mm).
    force : float
        Estimate of the force that opens it against the greatest parked load on one hook (N).
    link_force : float
        In a link under the greatest load (N).
    transmission : float
        Least angle between link and hook, from 0 or 180 deg (rad).
    press : float
        Newtons with which the slider is pressed into its stop for each newton on a hook, at the worst end of the load's cone.
    """

    half: float
    pin: tuple[float, float]
    link: float
    locked: float
    dead_centre: float
    opened: float
    link_angle: float
    pins: tuple[float, float]
    force: float
    link_force: float
    transmission: float
    press: float


@dataclass(frozen=True)
class _Trial:
    """Candidates, arrays of shape (n,); `pins` of shape (n, 2)."""

    merit: Array
    link: Array
    locked: Array
    dead_centre: Array
    opened: Array
    force: Array
    link_force: Array
    sine: Array
    press: Array
    pins: Array


def _try(wishes: Wishes, x: Array) -> _Trial:
    """Judge candidates; columns of x: half distance of the pivots, arm of the hook's pin, its angle when locked."""
    half, arm, angle = x.T
    pivot = half + 0j
    with np.errstate(all="ignore"):
        locked_pin = pivot + arm * np.exp(1j * angle)
        link = locked_pin.real / np.cos(wishes.over_centre)
        locked = link * np.sin(wishes.over_centre) - locked_pin.imag
        open_pin = pivot + arm * np.exp(1j * (angle - wishes.travel))
        opened = -open_pin.imag - np.sqrt(link**2 - open_pin.real**2)
        travel = locked[:, None] + np.linspace(0.0, 1.0, STEPS)[None, :] * (opened - locked)[:, None]
        slider = -1j * travel
        pin = _pin_places(slider, pivot[:, None], link[:, None], arm[:, None])
        dead_centre = np.sqrt(arm**2 - (half - link) ** 2)  # the links square to the slide
        return _judge(wishes, x, (link, locked, dead_centre, opened), (slider, pin))


def _pin_places(slider: Complexes, pivot: Complexes, link: Array, arm: Array) -> Complexes:
    """Where link and hook meet, on the side of the line from slider to pivot that lies away from the load."""
    gap = pivot - slider
    size = np.abs(gap)
    foot = (size**2 + link**2 - arm**2) / (2.0 * size)
    return slider + gap / size * (foot - 1j * np.sqrt(link**2 - foot**2))


def _judge(wishes: Wishes, x: Array, lengths: tuple[Array, ...], moved: tuple[Complexes, Complexes]) -> _Trial:
    half, arm, _ = x.T
    link, locked, dead_centre, opened = lengths
    slider, pin = moved
    along = (pin - slider) / link[:, None]
    lever = (pin - half[:, None]) / arm[:, None]
    sine = np.imag(np.conj(along) * lever)
    rate = along.imag / (arm[:, None] * sine)  # d(hook)/d(travel)
    moment = wishes.arm[0] * np.cos(CONE) + abs(wishes.arm[1]) * np.sin(CONE)
    press = (wishes.arm[0] * np.cos(CONE) - abs(wishes.arm[1]) * np.sin(CONE)) * np.abs(rate[:, 0])
    link_force = wishes.clamp[1] * moment / (arm * np.abs(sine[:, 0]))
    pivot_force = link_force + wishes.clamp[1]
    pins = np.stack([pin_radius(wishes, size) for size in (pivot_force, link_force)], axis=1)
    force = _opening(wishes, (along[:, 0], lever[:, 0]), (arm, link), rate[:, 0], pins, (link_force, pivot_force), moment)
    hook = np.unwrap(np.angle(lever), axis=1)
    room = pins.sum(axis=1)
    own = _corners(half, slider, pin, wishes)
    width, height = 2.0 * own.real.max(axis=1), np.ptp(own.imag, axis=1)
    excess = [
        LEAST_SINE / np.abs(sine).min(axis=1) - 1.0,
        width / wishes.envelope[0] - 1.0,
        height / wishes.envelope[1] - 1.0,
        force / (0.4 * wishes.release) - 1.0,
        1.0 - press / wishes.press,
        np.abs(hook[:, -1] - hook[:, 0] + wishes.travel) * 1e3 - 1.0,
        5.0 * pins[:, 1] / np.minimum(link, arm) - 1.0,
        3.0 * pins[:, 1] / pin.real.min(axis=1) - 1.0,
        2.5 * room / np.abs(slider - half[:, None]).min(axis=1) - 1.0,
        2.5 * room / arm - 1.0,
        1.5 * pins[:, 1] / (half - wishes.arm[0]) - 1.0,
        np.where(half > wishes.arm[0], -1.0, 1.0),
        np.where((np.diff(hook, axis=1)[:, STEPS // 4 :] < 0.0).all(axis=1) & (opened < dead_centre), -1.0, 1.0),
    ]
    wrong = sum((np.maximum(entry, 0.0) for entry in excess), np.zeros(len(x)))
    size = width / wishes.envelope[0] + height / wishes.envelope[1]
    merit = force / wishes.release + 0.3 * link_force / wishes.clamp[1] + 0.4 * size + 20.0 * wrong
    sane = np.isfinite(merit) & np.isfinite(dead_centre) & (link > 0.0) & (pin.real.min(axis=1) > 0.0)
    merit = np.where(sane, merit + np.where(wrong > 0.0, 100.0, 0.0), 1e6)
    return _Trial(
        merit, link, locked, dead_centre, opened, force, link_force, np.abs(sine).min(axis=1), press, pins
    )  # fmt: skip


def _opening(
    wishes: Wishes,
    directions: tuple[Complexes, Complexes],
    lengths: tuple[Array, Array],
    rate: Array,
    pins: Array,
    forces: tuple[Array, Array],
    moment: float,
) -> Array:
    """Force on the slider that opens against the greatest parked load on one hook, all friction opposing (N)."""
    along, lever = directions
    arm, link = lengths
    mu, share = wishes.friction[1], wishes.parked[1] / wishes.clamp[1]
    circle = pins * mu / np.sqrt(1.0 + mu**2)
    link_force, pivot_force = forces
    link_rate = np.abs(arm * rate * np.real(np.conj(along) * lever) + along.real) / link
    turning = circle[:, 1] * link_force * (2.0 * link_rate + np.abs(rate)) + circle[:, 0] * pivot_force * np.abs(rate)
    return share * (wishes.clamp[1] * moment * np.abs(rate) + turning + mu * link_force * np.abs(along.real))


def _corners(half: Array, slider: Complexes, pin: Complexes, wishes: Wishes) -> Complexes:
    """All pivots and pins through the whole travel, and the hook's point when locked."""
    pivot = half[:, None] + 0j
    point = pivot + complex(-wishes.arm[0], wishes.arm[1])
    return np.asarray(np.concatenate([slider, pin, pivot, point], axis=1), dtype=np.complex128)


def synthesize_pair(wishes: Wishes, *, count: int = 3, samples: int = 40_000, seed: int = 1) -> tuple[PairProposal, ...]:
    """Propose toggle pairs, best first.

    Parameters
    ----------
    wishes : Wishes
        What is wanted; `over_centre` is the angle of the links past the line square to the slide, `release` a force (N) on the
        slider with both hooks loaded, loads and arm are one hook's.
    count : int
        How many proposals at most.
    samples : int
        How many candidates to begin with.
    seed : int
        Of the random numbers; the same seed gives the same proposals.

    Raises
    ------
    NoVerdict
        When no candidate fulfils the wishes.
    """
    from scipy.optimize import minimize

    generator = np.random.default_rng(seed)
    width = wishes.envelope[0]
    low, high = np.array([0.05 * width, 0.05 * width, -np.pi]), np.array([0.5 * width, 0.8 * width, -np.radians(10.0)])
    x = generator.uniform(low, high, (samples, 3))
    found: list[tuple[float, Array]] = []
    for index in np.argsort(_try(wishes, x).merit)[: 4 * count]:
        best: Any = minimize(
            lambda y: float(_try(wishes, np.clip(y, low, high)[None]).merit[0]),
            x[index], method="Nelder-Mead", options={"maxiter": 300, "xatol": 1e-4, "fatol": 1e-6},
        )  # fmt: skip
        found += [(float(_try(wishes, start[None]).merit[0]), start) for start in (np.clip(best.x, low, high), x[index])]
    found = sorted((entry for entry in found if entry[0] < 100.0), key=lambda entry: entry[0])
    if not found:
        raise NoVerdict(
            "no toggle pair was found that fulfils all wishes",
            mend="allow a larger envelope, force or over-centre angle, or less travel or clamp",
        )
    chosen: list[Array] = []
    for _, y in found:
        if all(np.abs(y / other - 1.0).max() > 0.12 for other in chosen):
            chosen.append(y)
    return tuple(_proposal(wishes, y) for y in chosen[:count])


def _proposal(wishes: Wishes, x: Array) -> PairProposal:
    trial = _try(wishes, x[None])
    half, arm, angle = (float(value) for value in x)
    pin = arm * np.exp(1j * angle)
    return PairProposal(
        half=half,
        pin=(float(pin.real), float(pin.imag)),
        link=float(trial.link[0]),
        locked=float(trial.locked[0]),
        dead_centre=float(trial.dead_centre[0]),
        opened=float(trial.opened[0]),
        link_angle=float(wishes.over_centre),
        pins=(float(trial.pins[0, 0]), float(trial.pins[0, 1])),
        force=float(trial.force[0]),
        link_force=float(trial.link_force[0]),
        transmission=float(np.arcsin(trial.sine[0])),
        press=float(trial.press[0]),
    )
