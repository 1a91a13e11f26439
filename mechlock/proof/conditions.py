"""A lock as the prover sees it: the symbolic solution written for the checker, and its conditions as tapes for a search."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

import mechlock.proof.verify as verify
from mechlock.errors import NoVerdict
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.positions import Positions
from mechlock.linkage.refusals import require_stop
from mechlock.linkage.symbolic import Signs, SymbolicSolution
from mechlock.proof import search
from mechlock.proof.general_solution import CarriedRates, carried_pins, checker_names, general_solution
from mechlock.proof.solution import ClosedForm, Writer
from mechlock.proof.tape import Compiler, Tape, values

NO_SOLUTION: dict[str, Any] = {"steps": [], "bodies": {}, "factors": {}, "margins": {}, "sharp": [], "sway": []}


class Problem:
    """A lock with its closed form in the assembly mode that the file singles out.

    Parameters
    ----------
    mechanism : Mechanism
        The linkage.
    data : dict
        The linkage file.

    Attributes
    ----------
    linkage : verify.Linkage
        The checker's reading of the file and of the closed form.
    goals : verify.Goals
        The conditions of `over_centre` on the root box.
    solution : SymbolicSolution
        The closed form in the mechanism's own symbols, constant angles as symbols.
    form : ClosedForm
        The closed form.
    space : search.Coordinates
        The root box.

    Raises
    ------
    NoVerdict
        When there is no closed form that covers the whole box.
    InputError
        When the drive does not move the linkage, or not as far as its stop.
    verify.Unreadable, verify.Rejected
        When the checker cannot read the file, or finds that the closed form does not solve the linkage.
    """

    def __init__(self, mechanism: Mechanism, data: dict[str, Any]) -> None:
        self.mechanism = mechanism
        self.data = data
        # a linkage that its drive does not move is refused here, in words
        self.solution, self.constants = general_solution(mechanism)
        bare = verify.Linkage(self.data, NO_SOLUTION)
        self.symbols = tuple(sp.Symbol(v.symbol, real=True) for v in bare.variables)
        names = [joint.name for joint in bare.joints]
        pins = {joint.name: (f"_t{names.index(joint.name) + 1}", near) for joint, near, _ in bare.driving.values()}
        self._carried = replace(self.solution, rates=CarriedRates.with_pins(self.solution, carried_pins(mechanism, pins)))
        self._names: dict[sp.Expr, sp.Expr] = {**checker_names(mechanism)}
        self.linkage, self.form = self._mode(bare)
        self.goals = verify.Goals(self.linkage)
        index = {variable.name: place for place, variable in enumerate(self.linkage.variables)}
        discs = tuple(
            (index[f"clearance {joint.name} x"], index[f"clearance {joint.name} y"])
            for joint in self.linkage.joints
            if joint.play
        )
        in_degrees = [variable.unit == "deg" for variable in self.linkage.variables]
        choices = tuple(place for place, variable in enumerate(self.linkage.variables) if variable.symbol.startswith("_t"))
        self.space = search.coordinates(self.linkage.root(), in_degrees, discs, choices)

    def _mode(self, bare: verify.Linkage) -> tuple[verify.Linkage, ClosedForm]:
        """The assembly mode that the checker accepts as the one of the file."""
        names = dict(self._names)
        reason: verify.Rejected | None = None
        for signs in self._likely_signs(bare, names):
            chosen = dict(zip(self.solution.signs, map(sp.Integer, signs), strict=True))
            self._names = {**names, **chosen}
            masses = bare.masses if bare.base else None
            form = Writer(self._carried, self.constants, self._names, list(bare.loads), masses).write()
            linkage = verify.Linkage(self.data, form.data)
            form = _positive(form, linkage)
            linkage = verify.Linkage(self.data, form.data)
            linkage.senses = verify.identities(linkage, "trial")
            try:
                verify.check_mode(linkage)
            except verify.Rejected as error:
                reason = error
                continue
            except verify.Unknown:
                continue
            return linkage, form
        require_stop(Positions(self.mechanism))
        raise reason or NoVerdict("the mechanism cannot be assembled at nominal dimensions", self.mechanism.where)

    def _likely_signs(self, bare: verify.Linkage, names: Mapping[sp.Expr, sp.Expr]) -> Iterator[Signs]:
        """Assembly signs, those first whose body angles at nominal values are nearest to those of the file."""
        solution: SymbolicSolution = self.solution
        choices, bodies = solution.all_signs(), list(self.mechanism.assembly)
        compiler = Compiler((*self.symbols, *solution.signs))
        for symbol, angle in self.constants.items():
            compiler.assign(symbol, angle)
        for item in solution.program:
            compiler.assign(item.symbol, item.expression.xreplace(dict(names)))  # pyright: ignore[reportArgumentType]
        tape = compiler.tape([part.xreplace(dict(names)) for body in bodies for part in solution.directions[body]])  # pyright: ignore[reportArgumentType]
        box = bare.intervals(bare.nominal(bare.data["drive"]["value"]))
        columns = np.array([[*(low / verify.ONE for low, _ in box), *signs] for signs in choices], dtype=float).T
        with np.errstate(all="ignore"):
            table = np.array([np.broadcast_to(row, (len(choices),)) for row in values(tape, columns)])
        wanted = np.array([self.mechanism.assembly[body] for body in bodies])[:, None]
        misfit = 1.0 - np.cos(np.arctan2(table[1::2], table[0::2]) - wanted) if bodies else np.zeros((1, len(choices)))
        order = np.argsort(np.where(np.isfinite(misfit), misfit, np.inf).sum(axis=0), kind="stable")
        return iter([choices[int(k)] for k in order])

    @cached_property
    def _compiler(self) -> Compiler:
        compiler = Compiler(self.symbols)
        for symbol, angle in self.constants.items():
            compiler.assign(symbol, angle)
        for symbol, expression in self.form.steps:
            compiler.assign(symbol, expression)
        return compiler

    def compile(self, outputs: Sequence[sp.Expr], floors: Mapping[sp.Expr, float] | None = None) -> Tape:
        """Compile expressions of the solution, with lower bounds known of some."""
        sharp = [sp.Symbol(name, real=True) for name in self.form.data["sharp"]]
        return self._compiler.tape([expression.xreplace(self._names) for expression in outputs], floors, sharp)  # pyright: ignore

    def tape(self, name: str, goals: verify.Goals) -> Tape | None:
        """Compile a condition, positive where it holds, with the lower bounds already proved of steps."""
        kind, _, key = name.partition(" ")
        if kind not in ("assembly", "factor") or not key:
            return None
        if kind == "assembly":
            step = sp.Symbol(key.removeprefix("-"), real=True)
            expression: sp.Expr = -step if key.startswith("-") else step
        else:
            expression = self.form.factors[key]
        floors: dict[sp.Expr, float] = {
            sp.Symbol(name.removeprefix("assembly "), real=True): low / verify.ONE * (1.0 - 1e-12)
            for name, (low, _) in goals.floors.items()
            if low > 0 and name.startswith("assembly ")
        }
        return self.compile([expression], floors)


def lever_factors(case: Problem, load: str) -> list[tuple[sp.Expr, int]]:
    """Factors of s Q/|f| with their powers, each positive."""
    return [(case.form.factors[name], power) for name, power in case.linkage.solution["loads"][load]]


def _positive(form: ClosedForm, linkage: verify.Linkage) -> ClosedForm:
    """The closed form with all that has to keep its sign, and all margins, written so that it is positive at the box's middle."""
    scene, data = verify.Real(linkage, linkage.intervals(verify.centre(linkage.root()))), dict(form.data)

    def negative(name: str) -> bool:
        try:
            return scene.quantity(name).value[1] < 0
        except verify.Unknown:
            return False

    turned = {name for name in form.factors if negative(f"factor {name}")}
    data["exists"] = [f"-{step}" if negative(f"assembly {step}") else step for step in data["exists"]]
    data["factors"] = {name: f"-({text})" if name in turned else text for name, text in data["factors"].items()}
    data["margins"] = {
        link: [f"-({text})" if negative(f"{kind} {link}") else text for kind, text in zip(("reserve", "sine"), pair, strict=True)]
        for link, pair in data["margins"].items()
    }
    return replace(form, factors={name: -f if name in turned else f for name, f in form.factors.items()}, data=data)
