"""Dimensions of an over-centre four-bar hook from what is wanted of it.

Freudenstein's equation ``K1 cos(t4) - K2 cos(t2) + K3 = cos(t2 - t4)`` is linear in the link ratios. Three conditions fix them:
the hook's angle at dead centre, its angle when open, and its standing still at dead centre (the derivative). What is left free,
four angles and a length, is sampled and then improved by Nelder and Mead's method. Source: Freudenstein, "Approximate synthesis
of four-bar linkages", Trans. ASME 77, 1955; pins with the friction circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage.constraints import Array
from mechlock.linkage.wishes import LEAST_SINE, STEPS, Complexes, Wishes, pin_radius


@dataclass(frozen=True)
class Proposal:
    """A four-bar hook.

    Attributes
    ----------
    crank, link, lever, ground : float
        Lengths (mm): crank, link, hook between its pivot and the link's pin, distance of the pivots.
    pivot : (x, y)
        The crank's pivot from the hook's (mm).
    pin : (x, y)
        The link's pin on the hook in the hook's frame, which stands level when locked (mm).
    locked, dead_centre, opened : float
        Crank angles (rad); closing turns it from `opened` over `dead_centre` to `locked`.
    link_angle : float
        Of the link when locked (rad).
    pins : (float, float)
        Radii of the hook's pivot and of the other pins (mm).
    torque : float
        Estimate of the torque that opens it under the greatest parked load (N·mm).
    link_force : float
        In the link under the greatest load (N).
    transmission : float
        Least angle between link and hook, from 0 or 180 deg (rad).
    """

    crank: float
    link: float
    lever: float
    ground: float
    pivot: tuple[float, float]
    pin: tuple[float, float]
    locked: float
    dead_centre: float
    opened: float
    link_angle: float
    pins: tuple[float, float]
    torque: float
    link_force: float
    transmission: float


@dataclass(frozen=True)
class _Trial:
    """Candidates, arrays of shape (n,) or (n, STEPS)."""

    merit: Array
    lengths: Array
    angles: Array
    torque: Array
    force: Array
    sine: Array
    pins: Array


def freudenstein(t2: Array, t4: Array, opened2: Array, opened4: Array) -> Array:
    """Ratios (K1, K2, K3), shape (n, 3), that stand still at (t2, t4) and pass (opened2, opened4)."""
    one, zero = np.ones_like(t2), np.zeros_like(t2)
    matrix = np.stack(
        [
            np.stack([np.cos(t4), -np.cos(t2), one], axis=-1),
            np.stack([np.cos(opened4), -np.cos(opened2), one], axis=-1),
            np.stack([zero, np.sin(t2), zero], axis=-1),
        ],
        axis=-2,
    )
    right = np.stack([np.cos(t2 - t4), np.cos(opened2 - opened4), -np.sin(t2 - t4)], axis=-1)
    singular = np.abs(np.linalg.det(matrix)) < 1e-9
    matrix[singular] = np.eye(3)
    found = np.linalg.solve(matrix, right[..., None])[..., 0]
    found[singular] = np.nan
    return np.asarray(found, dtype=np.float64)


def _try(wishes: Wishes, x: Array, way: int) -> _Trial:
    """Judge candidates; columns of x: crank and hook angle at dead centre, crank's way, turn of the whole, distance of pivots."""
    t2, t4, swing, _, ground = x.T
    locked = t2 + way * wishes.over_centre
    with np.errstate(all="ignore"):
        k1, k2, k3 = freudenstein(t2, t4, t2 - way * swing, t4 + wishes.travel).T
        crank, lever = ground / k1, ground / k2
        link = np.sqrt(crank**2 + lever**2 + ground**2 - 2.0 * crank * lever * k3)
        path = np.linspace(0.0, 1.0, STEPS)[None, :]
        theta = locked[:, None] + path * (t2 - way * swing - locked)[:, None]
        a = crank[:, None] * np.exp(1j * theta)
        reach = ground[:, None] - a
        size = np.abs(reach)
        cosine = (size**2 + lever[:, None] ** 2 - link[:, None] ** 2) / (2.0 * size * lever[:, None])
        half = np.arccos(cosine)
        both = [np.angle(-reach) + sign * half for sign in (1.0, -1.0)]
        at_dead = [np.abs(np.angle(np.exp(1j * (_near(angle, path, t2, locked, way, swing) - t4)))) for angle in both]
        hook = np.where((at_dead[0] < at_dead[1])[:, None], both[0], both[1])
        b = ground[:, None] + lever[:, None] * np.exp(1j * hook)
        return _judge(wishes, x, way, (crank, link, lever), (theta, hook, a, b))


def _near(angle: Array, path: Array, t2: Array, locked: Array, way: int, swing: Array) -> Array:
    """Hook angle at the step next to dead centre."""
    share = (locked - t2) / (locked - t2 + way * swing)
    step = np.clip(np.rint(share * (path.shape[1] - 1)).astype(int), 0, path.shape[1] - 1)
    return angle[np.arange(len(angle)), step]


def _judge(
    wishes: Wishes,
    x: Array,
    way: int,
    lengths: tuple[Array, Array, Array],
    moved: tuple[Array, Array, Complexes, Complexes],
) -> _Trial:
    crank, link, lever = lengths
    theta, hook, a, b = moved
    ground, turn = x[:, 4], np.exp(1j * x[:, 3])[:, None]
    opening = np.unwrap(hook, axis=1) - hook[:, :1]
    along = (b - a) / link[:, None]
    sine = np.imag(np.conj(along) * np.exp(1j * hook))
    knee = np.imag(np.conj(along) * np.exp(1j * theta))  # of the angle between crank and link
    rate = crank[:, None] * knee / (lever[:, None] * sine)  # d(hook)/d(crank), up to its sign
    link_rate = np.gradient(np.unwrap(np.angle(along), axis=1), axis=1) / np.gradient(theta, axis=1)
    force = wishes.clamp[1] * wishes.arm[0] / (lever * np.abs(sine[:, 0]))
    pivot_force = force + wishes.clamp[1]
    pins = np.stack([pin_radius(wishes, size) for size in (pivot_force, force)], axis=1)
    mu = wishes.friction[1]
    circle = pins * mu / np.sqrt(1.0 + mu**2)
    share = wishes.parked[1] / wishes.clamp[1]
    start = np.abs(rate[:, 0])
    turns = 1.0 + np.abs(1.0 - link_rate[:, 0]) + np.abs(link_rate[:, 0]) + start
    torque = share * (force * crank * np.abs(knee[:, 0]) + force * circle[:, 1] * turns + pivot_force * circle[:, 0] * start)
    width, height, highest = _box(wishes, ground, turn, a, b)
    steps = np.diff(opening, axis=1)
    past = way * (theta[:, :-1] - x[:, :1]) <= 0.0  # steps on the open side of dead centre
    missed = np.abs(np.exp(1j * (hook[:, -1] - x[:, 1] - wishes.travel)) - 1.0)
    excess = [
        LEAST_SINE - np.abs(sine).min(axis=1),
        width / wishes.envelope[0] - 1.0,
        height / wishes.envelope[1] - 1.0,
        torque / (0.8 * wishes.release) - 1.0,
        highest / wishes.envelope[1] + 0.1,
        np.where(missed < 1e-6, -1.0, 1.0),
        np.where((np.where(past, steps, 1.0) > 0.0).all(axis=1), -1.0, 1.0),
        np.abs(rate).max(axis=1) / 2.5 - 1.0,
        1.0 - start * wishes.arm[0] / wishes.lever,
        5.0 * pins[:, 1] / np.minimum(np.minimum(crank, link), lever) - 1.0,
        5.0 * pins[:, 1] / np.abs(b).min(axis=1) - 1.0,
        3.0 * pins.sum(axis=1) / np.minimum(lever, np.abs(a - ground[:, None]).min(axis=1)) - 1.0,
    ]
    wrong = sum((np.maximum(entry, 0.0) for entry in excess), np.zeros(len(x)))
    merit = torque / wishes.release + 0.3 * force / wishes.clamp[1] + 0.3 * width / wishes.envelope[0] + 20.0 * wrong
    sane = np.isfinite(b).all(axis=1) & np.isfinite(merit) & (crank > 0.0) & (lever > 0.0)
    merit = np.where(sane, merit + np.where(wrong > 0.0, 100.0, 0.0), 1e6)
    angles = np.stack([theta[:, 0], x[:, 0], theta[:, -1], hook[:, 0], np.angle(along[:, 0])], axis=1)
    return _Trial(merit, np.stack([crank, link, lever, ground], axis=1), angles, torque, force, np.abs(sine).min(axis=1), pins)


def _box(wishes: Wishes, ground: Array, turn: Complexes, a: Complexes, b: Complexes) -> tuple[Array, Array, Array]:
    """Width and height of the box around everything, and how high the moving pins come (mm)."""
    own = ground[:, None]
    pins = np.concatenate([(a - own) * turn, (b - own) * turn, -own * turn], axis=1)
    zero = np.zeros((len(ground), 1))
    places = np.concatenate([pins, zero + 0j, zero + complex(*wishes.arm)], axis=1)
    return np.ptp(np.real(places), axis=1), np.ptp(np.imag(places), axis=1), np.asarray(np.imag(pins).max(axis=1))


def synthesize(wishes: Wishes, *, count: int = 3, samples: int = 40_000, seed: int = 1) -> tuple[Proposal, ...]:
    """Propose dimensions, best first.

    Parameters
    ----------
    wishes : Wishes
        What is wanted.
    count : int
        How many proposals at most.
    samples : int
        How many candidates to begin with, for each way that the crank can turn.
    seed : int
        Of the random numbers; the same seed gives the same proposals.

    Raises
    ------
    NoVerdict
        When no candidate fulfils the wishes.
    """
    from scipy.optimize import minimize

    generator = np.random.default_rng(seed)
    largest = float(np.hypot(*wishes.envelope))
    low = np.array([-np.pi, -np.pi, np.radians(40.0), -np.pi, 0.15 * largest])
    high = np.array([np.pi, np.pi, wishes.swing, np.pi, 0.8 * largest])
    found: list[tuple[float, Array, int]] = []
    for way in (1, -1):
        x = generator.uniform(low, high, (samples, 5))
        merit = _try(wishes, x, way).merit
        for index in np.argsort(merit)[: 3 * count]:
            best: Any = minimize(
                lambda y, way=way: float(_try(wishes, np.clip(y, low, high)[None], way).merit[0]),
                x[index], method="Nelder-Mead", options={"maxiter": 400, "xatol": 1e-4, "fatol": 1e-5},
            )  # fmt: skip
            if best.fun < 100.0:
                found.append((float(best.fun), np.clip(best.x, low, high), way))
    if not found:
        raise NoVerdict(
            "no four-bar hook was found that fulfils all wishes", mend="allow a larger envelope or torque, less travel or clamp"
        )
    found.sort(key=lambda entry: entry[0])
    chosen: list[tuple[Array, int]] = []
    for _, x, way in found:
        if all(way != other or np.abs(np.exp(1j * (x[:2] - y[:2])) - 1.0).max() > 0.1 for y, other in chosen):
            chosen.append((x, way))
    return tuple(_proposal(wishes, x, way) for x, way in chosen[:count])


def _proposal(wishes: Wishes, x: Array, way: int) -> Proposal:
    trial = _try(wishes, x[None], way)
    crank, link, lever, ground = (float(value) for value in trial.lengths[0])
    locked, dead, opened, hook, along = (float(value) for value in trial.angles[0])
    turn = float(x[3])
    pivot = -ground * np.exp(1j * turn)
    pin = lever * np.exp(1j * (hook + turn))
    return Proposal(
        crank, link, lever, ground, (float(pivot.real), float(pivot.imag)), (float(pin.real), float(pin.imag)), locked + turn,
        dead + turn, opened + turn, along + turn, (float(trial.pins[0, 0]), float(trial.pins[0, 1])), float(trial.torque[0]),
        float(trial.force[0]), float(np.arcsin(trial.sine[0])),
    )  # fmt: skip
