"""Positions of a mechanism in every assembly mode: closed forms where it decomposes into dyads, Newton where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage import continuation, newton, polynomial
from mechlock.linkage.census import Census, census
from mechlock.linkage.circuits import BOXES, Circuits, circuits
from mechlock.linkage.compile import Compiled, compile_solution
from mechlock.linkage.constraints import Array, Bools, Constraints, numeric, wrapped
from mechlock.linkage.dyad_circuits import dyad_circuits
from mechlock.linkage.elimination import eliminate
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.symbolic import Signs, SymbolicSolution, solve

Values = Mapping[str, float]

CLOSED_FORM_BOXES = 60_000
"""Boxes that the circuits of a linkage with a closed form are worth; its modes are known, only narrow gaps need a search."""


@dataclass(frozen=True)
class Mode:
    """One assembly mode.

    Attributes
    ----------
    name : str
        Signs of its dyads, such as ``"+-"``, or a number.
    signs : tuple of int or None
        Assembly signs; None for a mode found numerically.
    start : array or None
        A configuration of a mode found numerically: at the drive's value, or at the drive coordinate `begin`.
    begin : float or None
        Drive coordinate of `start` where the mode does not exist at the drive's value (rad or mm).
    """

    name: str
    signs: Signs | None
    start: tuple[float, ...] | None = None
    begin: float | None = None


class Positions:
    """Solver of one mechanism at given dimensions.

    Parameters
    ----------
    mechanism : Mechanism
        What to solve.
    values : mapping, optional
        Parameters and clearance offsets by name that differ from nominal.

    Attributes
    ----------
    solution : SymbolicSolution or None
        The closed form, or None where there is none; `reason` says why.
    constraints : Constraints
        The constraint equations at these dimensions.
    """

    def __init__(self, mechanism: Mechanism, values: Values | None = None) -> None:
        self.mechanism = mechanism
        self.values = dict(values or {})
        self.constraints: Constraints = numeric(mechanism, self.values)
        self.solution: SymbolicSolution | None = None
        self.reason = ""
        self._placing: Compiled | None = None
        self._limits: Compiled | None = None
        self._paths: dict[str, continuation.Path] = {}
        try:
            self.solution = solve(mechanism)
        except NoVerdict as error:
            self.reason = error.what

    @cached_property
    def drive_value(self) -> float:
        """The drive coordinate of the file (rad or mm)."""
        return self.number(self.mechanism.drive.value)

    @cached_property
    def _known(self) -> dict[sp.Basic, sp.Basic]:
        known: dict[sp.Basic, sp.Basic] = {symbol: sp.Float(value, 17) for symbol, value in self.mechanism.nominal().items()}
        known.update({sp.Symbol(name, real=True): sp.Float(value, 17) for name, value in self.values.items()})
        return known

    def number(self, expression: sp.Expr) -> float:
        """Value of an expression in parameters."""
        return float(expression.xreplace(self._known))  # pyright: ignore[reportArgumentType]

    @cached_property
    def modes(self) -> tuple[Mode, ...]:
        """Every assembly mode: by signs where there is a closed form, else those that exist at the drive's value."""
        if self.solution is not None:
            return tuple(Mode("".join("+" if sign > 0 else "-" for sign in signs), signs) for signs in self.solution.all_signs())
        found = self.census.q
        if self.roots is not None:
            found = np.vstack([found, polynomial.all_modes(self.roots, self.constraints, self.drive_value)])
        elif not self.census.complete:
            found = np.vstack([found, newton.all_modes(self.constraints, self.drive_value, self._guess())])
        found = newton.distinct(self.constraints, found)
        return tuple(Mode(str(index + 1), None, tuple(row)) for index, row in enumerate(found))

    @cached_property
    def census(self) -> Census:
        """All configurations at the drive's value of a linkage without a closed form, and whether they are proved to be all."""
        return census(self.constraints, self.drive_value)

    @cached_property
    def roots(self) -> polynomial.Roots | None:
        """The elimination to one polynomial, where there is no closed form but groups of four bodies that it solves."""
        if self.solution is not None:
            return None
        found = eliminate(self.mechanism)
        if found is None:
            return None
        return polynomial.Roots(found, self._numbers)

    @property
    def _numbers(self) -> dict[str, float]:
        """Values of all parameters and offsets."""
        return {symbol.name: value for symbol, value in self.mechanism.nominal().items()} | self.values

    @cached_property
    def polynomials(self) -> tuple[polynomial.Polynomial, ...]:
        """Polynomials of the elimination at the drive's value, one for each assembly of what comes before; often one."""
        return tuple(self.roots.starts(self.drive_value)[1]) if self.roots is not None else ()

    def _guess(self) -> Array:
        guess = np.zeros(self.constraints.unknowns)
        for index, body in enumerate(self.constraints.bodies):
            guess[3 * index + 2] = self.mechanism.assembly.get(body, 0.0)
        return guess

    def at(self, mode: Mode, drive: Array) -> Array:
        """Configurations of one mode.

        Parameters
        ----------
        drive : array, shape (n,)
            Drive coordinates (rad or mm).

        Returns
        -------
        array, shape (n, unknowns)
            (x, y, angle) of each moving body (mm, rad in (-pi, pi]); NaN where the mode does not exist.
        """
        if mode.signs is None:
            return self.path(mode).at(self.constraints, drive)
        q = self.by_program(mode.signs, drive)
        if self.solution is not None and self.solution.redundant:
            q[~self._agree(q, drive)] = np.nan
        return q

    def by_program(self, signs: Signs, drive: Array) -> Array:
        """Configurations by the closed form, whether or not redundant constraints agree."""
        table = self._program(signs)(drive, self.values)
        q = np.empty((len(drive), self.constraints.unknowns))
        q[:, 0::3], q[:, 1::3] = table[0::4].T, table[1::4].T
        q[:, 2::3] = np.arctan2(table[3::4], table[2::4]).T
        q[~np.isfinite(q).all(axis=1)] = np.nan
        return q

    def _agree(self, q: Array, drive: Array) -> Bools:
        """Whether configurations satisfy all constraints: a redundant one need not, in another mode or at other dimensions."""
        return np.asarray(np.abs(self.constraints.residual(q, drive)).max(axis=1) <= 1e-6 * self.constraints.size)

    def path(self, mode: Mode) -> continuation.Path:
        """How a mode without a closed form goes on through the travel of the drive; all modes are followed at once."""
        if mode.name not in self._paths:
            self._follow(self.modes)
        return self._paths[mode.name]

    def _follow(self, modes: tuple[Mode, ...]) -> None:
        begin = np.array([self.drive_value if mode.begin is None else mode.begin for mode in modes])
        starts = np.array([mode.start for mode in modes])
        paths = continuation.trace(self.constraints, starts, begin, begin - self._reach, begin + self._reach)
        self._paths.update({mode.name: path for mode, path in zip(modes, paths, strict=True)})

    @cached_property
    def circuits(self) -> Circuits:
        """Where the linkage can stand through the whole travel, and whether these are proved to be all."""
        if self.solution is not None and not self.solution.redundant:
            sliding, size = self.constraints.sliding, self.constraints.size
            low, high = (self.drive_value - self._reach, self.drive_value + self._reach) if sliding else (-np.pi, np.pi)
            found = dyad_circuits(self.solution, self._numbers, low, high, size if sliding else 1.0)
            if found.complete:
                return found
        reach, limit = self._reach, CLOSED_FORM_BOXES if self.solution is not None else BOXES
        found = circuits(self.constraints, self.drive_value - reach, self.drive_value + reach, limit)
        q, ok = newton.solve(self.constraints, found.q, found.drive) if len(found.q) else (found.q, np.zeros(0, dtype=bool))
        return replace(found, q=q[ok], drive=found.drive[ok], complete=found.complete and bool(ok.all()))

    @property
    def _reach(self) -> float:
        """How far a mode is followed to either side: a turn, or as far as the links could reach (mm)."""
        return self.constraints.size * (len(self.constraints.bodies) + 1) if self.constraints.sliding else 2.0 * np.pi

    def elsewhere(self, drive: Array) -> tuple[Mode, ...]:
        """Modes without a closed form that do not exist at the drive's value, but at another one, named on from `modes`.

        For one drive coordinate those there, for several those of the whole travel. Where the search over the travel does not
        come to its end, they are looked for at `polynomial.LOOKS` coordinates as well.
        """
        if self.solution is not None:
            return ()
        q, at = self._somewhere(drive)
        found: list[Mode] = []
        known = list(self.modes)
        while True:
            for mode in known:
                new = ~newton.alike(self.constraints, q, self.path(mode).at(self.constraints, at))
                q, at = q[new], at[new]
            if not len(q):
                break
            known = [Mode(f"elsewhere {len(found)}", None, tuple(q[0]), float(at[0]))]
            found += known
            self._follow(tuple(known))
            q, at = q[1:], at[1:]
        paths = sorted(((self._paths.pop(mode.name), mode) for mode in found), key=lambda pair: pair[0].ends)
        named = tuple(replace(mode, name=str(len(self.modes) + 1 + index)) for index, (_, mode) in enumerate(paths))
        self._paths.update({mode.name: path for mode, (path, _) in zip(named, paths, strict=True)})
        return named

    def _somewhere(self, drive: Array) -> tuple[Array, Array]:
        """Configurations on all modes, shape (n, unknowns), and the drive coordinates of each."""
        if len(drive) == 1:
            q = census(self.constraints, float(drive[0])).q
            if self.roots is not None:
                q = np.vstack([q, polynomial.all_modes(self.roots, self.constraints, float(drive[0]))])
            return q, np.full(len(q), drive[0])
        q, at = self.circuits.q, self.circuits.drive
        if not self.circuits.complete:
            more, there = polynomial.everywhere(self.roots, self.constraints, drive)
            q, at = np.vstack([q, more]), np.concatenate([at, there])
        return q, at

    def _program(self, signs: Signs) -> Compiled:
        if self.solution is None:
            raise NoVerdict(self.reason)
        if self._placing is None:
            outputs: list[sp.Expr] = []
            for body in self.constraints.bodies:
                outputs += [*_origin(self.solution, body), *self.solution.directions[body]]
            self._placing = compile_solution(self.solution, signs, outputs)
        return self._placing.of_mode(signs)

    def clearance_to_limit(self, mode: Mode, drive: Array) -> Array:
        """Least of the mode's conditions of existence (> 0 inside the travel), unrounded; NaN past an earlier dyad's limit."""
        if self.solution is None or mode.signs is None:
            return np.where(np.isfinite(self.at(mode, drive)).all(axis=1), 1.0, -1.0)
        if self._limits is None:
            wanted = [condition.expression for condition in self.solution.conditions if condition.kind == "positive"]
            self._limits = compile_solution(self.solution, mode.signs, wanted, settle=False)
        table = self._limits.of_mode(mode.signs)(drive, self.values)
        if not table.size:
            return np.ones(len(drive))
        return np.where(np.isnan(table).any(axis=0), -1.0, table.min(axis=0))

    def exists(self, mode: Mode, drive: Array) -> Bools:
        """Whether a mode exists at drive coordinates (rad or mm); with redundant constraints, whether they all agree there."""
        found: Bools = self.clearance_to_limit(mode, drive) >= 0.0
        if self.solution is not None and self.solution.redundant:
            found &= np.isfinite(self.at(mode, drive)).all(axis=1)
        return found

    @cached_property
    def selected(self) -> Mode:
        """The mode that the file's `[assembly]` singles out at the drive's value.

        Raises
        ------
        InputError
            When the linkage cannot be assembled there.
        """
        existing = [(mode, q) for mode in self.modes if np.isfinite(q := self.at_value(mode)).all()]
        existing = [(mode, q) for mode, q in existing if self.agrees(q)]
        if not existing:
            from mechlock.linkage.refusals import contradicting, unreachable

            raise contradicting(self) or unreachable(self)
        return min(existing, key=lambda pair: self._misfit(pair[1]))[0]

    def at_value(self, mode: Mode) -> Array:
        """Configuration of a mode at the drive's value, shape (unknowns,); NaN where it does not exist."""
        return np.array(mode.start) if mode.start and mode.begin is None else self.at(mode, np.array([self.drive_value]))[0]

    def agrees(self, q: Array) -> bool:
        """Whether a configuration satisfies all constraints (a redundant one may not, at these dimensions)."""
        return bool(self._agree(q[None], np.array([self.drive_value]))[0])

    def _misfit(self, q: Array) -> float:
        index = {name: i for i, name in enumerate(self.constraints.bodies)}
        gaps = [q[3 * index[body] + 2] - angle for body, angle in self.mechanism.assembly.items()]
        return float(np.sum(wrapped(np.array(gaps)) ** 2)) if gaps else 0.0

    def points(self, q: Array) -> dict[PointName, Array]:
        """Positions of all named points of all bodies but the virtual ones, each of shape (n, 2)."""
        index = {name: i for i, name in enumerate(self.constraints.bodies)} | {GROUND: -1}
        found: dict[PointName, Array] = {}
        for name, local in self.local_points.items():
            found[name] = self.constraints.point(q, index[name.body], local)
        return found

    @cached_property
    def local_points(self) -> dict[PointName, Array]:
        """Numeric local coordinates of all named points of all bodies but the virtual ones (mm)."""
        found: dict[PointName, Array] = {}
        for body in self.mechanism.bodies.values():
            if not body.virtual:
                for point, local in body.points.items():
                    found[PointName(body.name, point)] = np.array([self.number(c) for c in local])
        return found


def _origin(solution: SymbolicSolution, body: str) -> tuple[sp.Expr, sp.Expr]:
    """Position of a body's own origin."""
    points = solution.mechanism.bodies[body].points
    name = next((name for name, local in points.items() if local == (0, 0)), next(iter(points)))
    (x, y), (px, py), (c, s) = solution.points[PointName(body, name)], points[name], solution.directions[body]
    return x - c * px + s * py, y - s * px - c * py
