"""All real solutions of eliminations: the polynomial from samples of its equation on a whole turn, roots, Newton's refinement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy as sp

from mechlock.linkage import newton
from mechlock.linkage.constraints import Array, Constraints
from mechlock.linkage.elimination import Elimination, Stage, closing
from mechlock.linkage.program import floating

SAMPLES = 32
"""Samples of the closing equation over a turn; its highest harmonic is the fourth."""

LOOKS = 181
"""Drive coordinates of a sweep at which modes are looked for that do not exist at the drive's value, at most."""

STARTS = 20
"""Random starts at each of a fifth of them, for a group that cannot be eliminated."""

_ROUNDING = 1e-11
_NEAR = 2e-2
"""A root this near to the unit circle is tried: rounding moves double roots off it, and Newton's method decides."""


@dataclass(frozen=True)
class Polynomial:
    """The closing equation of one stage as a polynomial in t = tan(angle/2).

    Attributes
    ----------
    stage : Stage
        Which.
    coefficients : array, shape (degree + 1,)
        Highest power first; real, the largest one of size 1.
    angles : array, shape (k,)
        Angles of its real roots, and of those that are real but for rounding (rad).
    """

    stage: Stage
    coefficients: Array
    angles: Array

    @property
    def degree(self) -> int:
        """Degree in t."""
        return len(self.coefficients) - 1


class Roots:
    """Solver of an elimination with numbers.

    Parameters
    ----------
    elimination : Elimination
        The symbolic form.
    values : mapping of str to float
        Values of all parameters and offsets.
    """

    def __init__(self, elimination: Elimination, values: Mapping[str, float]) -> None:
        self.elimination = elimination
        self.values = dict(values)
        self.inputs = [elimination.mechanism.drive.symbol, *(sp.Symbol(name, real=True) for name in values), *elimination.signs]
        self._stages = [self._compile_stage(i) for i in range(len(elimination.stages))]
        poses = [part for pose in elimination.poses for part in pose]
        self._poses = _lambdify(self._known(len(elimination.stages)), self._program(None), poses)

    def _known(self, stages: int) -> list[sp.Symbol]:
        found = list(self.inputs)
        for stage in self.elimination.stages[:stages]:
            found += [stage.angle, *stage.vector]
        return found

    def _program(self, before: int | None) -> list[tuple[sp.Symbol, sp.Expr]]:
        return [(item.symbol, item.expression) for item in self.elimination.program[:before]]

    def _compile_stage(self, index: int) -> Any:
        stage = self.elimination.stages[index]
        wanted = [part for (m, k) in stage.lines for part in (*m, k)]
        wanted += [stage.square if stage.square is not None else sp.S.Zero, closing(stage)[2]]
        return _lambdify([*self._known(index), stage.angle], self._program(stage.before), wanted)

    def polynomial(self, index: int, known: Sequence[float]) -> Polynomial:
        """Polynomial of a stage, given the values of all inputs and of the stages before."""
        theta = 2.0 * np.pi * np.arange(SAMPLES) / SAMPLES
        with np.errstate(invalid="ignore", divide="ignore"):
            sampled = np.broadcast_to(np.asarray(self._stages[index](*known, theta)[-1], dtype=float), theta.shape)
        stage = self.elimination.stages[index]
        if not np.isfinite(sampled).all():
            return Polynomial(stage, np.array([np.nan]), np.zeros(0))
        harmonics = np.fft.fft(sampled) / SAMPLES
        size = np.abs(harmonics).max()
        high = [k for k in range(SAMPLES // 2) if abs(harmonics[k]) > _ROUNDING * size]
        degree = max(high, default=0)
        if degree == 0:
            return Polynomial(stage, np.array([np.nan if size == 0.0 else 1.0]), np.zeros(0))
        laurent = np.concatenate([harmonics[-degree:], harmonics[: degree + 1]])  # powers -degree to degree of exp(i angle)
        roots = np.roots(laurent[::-1])
        angles = np.angle(roots[np.abs(np.abs(roots) - 1.0) < _NEAR])
        return Polynomial(stage, _in_tangent(laurent), np.asarray(np.sort(angles), dtype=np.float64))

    def starts(self, drive: float) -> tuple[list[Array], list[Polynomial]]:
        """Approximate configurations of all modes at a drive coordinate, and the polynomials met on the way."""
        q: list[Array] = []
        polynomials: list[Polynomial] = []
        for signs in product((1.0, -1.0), repeat=len(self.elimination.signs)):
            self._descend(0, [drive, *self.values.values(), *signs], q, polynomials)
        return q, polynomials

    def _descend(self, index: int, known: list[float], q: list[Array], polynomials: list[Polynomial]) -> None:
        if index == len(self.elimination.stages):
            with np.errstate(invalid="ignore", divide="ignore"):
                numbers = np.array([float(part) for part in self._poses(*known)]).reshape(-1, 4)
            if np.isfinite(numbers).all():
                angle = np.arctan2(numbers[:, 1], numbers[:, 0])
                q.append(np.stack([numbers[:, 2], numbers[:, 3], angle], axis=1).ravel())
            return
        polynomial = self.polynomial(index, known)
        if np.isfinite(polynomial.coefficients).all():
            polynomials.append(polynomial)
        for angle in polynomial.angles:
            for x in self._vectors(index, known, float(angle)):
                self._descend(index + 1, [*known, float(angle), float(x[0]), float(x[1])], q, polynomials)

    def _vectors(self, index: int, known: list[float], angle: float) -> list[Array]:
        """X at a root: where the lines cross, and where one of them meets the circle if they hardly cross."""
        numbers = np.array([float(part) for part in self._stages[index](*known, angle)])
        lines = numbers[:-2].reshape(-1, 3)
        m, k, square = lines[:, :2], lines[:, 2], numbers[-2]
        u, s, vt = np.linalg.svd(m)
        found = [np.asarray(np.linalg.lstsq(m, -k, rcond=None)[0], dtype=np.float64)]
        if s[1] < 1e-3 * s[0] and self.elimination.stages[index].square is not None:
            foot = -vt[0] * float(u[:, 0] @ k) / s[0]
            reach = np.sqrt(max(square - float(foot @ foot), 0.0))
            found += [foot + reach * vt[1], foot - reach * vt[1]]
        return found


def all_modes(roots: Roots, constraints: Constraints, drive: float) -> Array:
    """Every configuration at a drive coordinate, refined by Newton's method on the constraint equations.

    Returns
    -------
    array, shape (k, unknowns)
        Distinct configurations in a reproducible order.
    """
    starts, _ = roots.starts(drive)
    if not starts:
        return np.zeros((0, constraints.unknowns))
    q, ok = newton.solve(constraints, np.array(starts), np.full(len(starts), drive))
    return newton.distinct(constraints, q[ok])


def everywhere(roots: Roots | None, constraints: Constraints, drive: Array) -> tuple[Array, Array]:
    """Configurations at `LOOKS` drive coordinates at most, shape (n, unknowns), and these coordinates.

    Of an elimination all; without one what Newton's method finds from random starts.
    """
    grid = drive if len(drive) <= LOOKS else np.linspace(drive.min(), drive.max(), LOOKS)
    if roots is None:
        generator = np.random.default_rng(20240602)
        where = np.repeat(grid[:: max(len(grid) // 36, 1)], STARTS)
        starts = generator.uniform(-1.0, 1.0, (len(where), constraints.unknowns))
        starts *= np.tile([constraints.size * 2.0, constraints.size * 2.0, np.pi], len(constraints.bodies))
    else:
        found = [(at, start) for at in grid for start in roots.starts(float(at))[0]]
        where = np.array([at for at, _ in found])
        starts = np.array([start for _, start in found]).reshape(-1, constraints.unknowns)
    if not len(starts):
        return starts, where
    q, ok = newton.solve(constraints, starts, where)
    return q[ok], where[ok]


def _in_tangent(laurent: npt.NDArray[np.complex128]) -> Array:
    """Coefficients in t from those of powers of exp(i angle) = (1 + i t)/(1 - i t), times (1 + t^2)^degree."""
    degree = len(laurent) // 2
    total: npt.NDArray[np.complex128] = np.zeros(2 * degree + 1, dtype=np.complex128)
    for power, value in zip(range(-degree, degree + 1), laurent, strict=True):
        term = np.array([1.0 + 0.0j])
        for factor, times in (([1.0j, 1.0], degree + power), ([-1.0j, 1.0], degree - power)):
            for _ in range(times):
                term = np.convolve(term, factor)
        total = np.asarray(total + value * term)
    part = np.asarray(np.real(total), dtype=np.float64)
    real = part / np.abs(part).max()
    return np.asarray(np.trim_zeros(np.where(np.abs(real) < _ROUNDING, 0.0, real), "f"))


def _lambdify(inputs: Sequence[sp.Symbol], program: list[tuple[sp.Symbol, sp.Expr]], outputs: Sequence[sp.Expr]) -> Any:
    needed: set[sp.Basic] = set().union(*[sp.sympify(output).free_symbols for output in outputs])
    kept: list[tuple[sp.Symbol, sp.Expr]] = []
    for symbol, expression in reversed(program):
        if symbol in needed:
            needed |= expression.free_symbols
            kept.append((symbol, expression))

    def shared(expressions: Any) -> Any:
        return [(symbol, floating(expression)) for symbol, expression in kept[::-1]], [floating(found) for found in expressions]

    cse: Any = shared  # a function is allowed, which SymPy's annotation leaves out
    return sp.lambdify(list(inputs), list(outputs), modules="numpy", cse=cse)
