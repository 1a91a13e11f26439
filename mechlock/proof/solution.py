"""The symbolic solution of a linkage as the certificate holds it: formulas for positions, and for levers in factors.

Every formula is in the quantities of the root box under the checker's names (``_drive``, ``_x2`` for a clearance, ``_d1`` for a
load's direction). The checker believes none of them before it has found the equations of the joints fulfilled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from numbers import Rational
from typing import Any

import sympy as sp

from mechlock.linkage.assur import PinLink
from mechlock.linkage.mechanism import GROUND, Joint, PointName, Vector
from mechlock.linkage.placement import ZERO, SolvedGroup
from mechlock.linkage.program import Assignment, cross, dot, flatten, minus, norm2, plus, rotate, times, turned
from mechlock.linkage.symbolic import SymbolicSolution
from mechlock.proof.formula_text import formula_text


@dataclass(frozen=True)
class ClosedForm:
    """A solution in the checker's symbols, for one assembly mode.

    Attributes
    ----------
    steps : tuple of (symbol, expression)
        In order.
    factors : mapping of str to sympy.Expr
        Factors of levers and of the determinant of the joints' equations, by name.
    data : dict
        As the certificate holds it.
    """

    steps: tuple[tuple[sp.Symbol, sp.Expr], ...]
    factors: Mapping[str, sp.Expr]
    data: dict[str, Any]


class Writer:
    """Writes a solution as the certificate holds it."""

    def __init__(
        self,
        solution: SymbolicSolution,
        constants: Mapping[sp.Symbol, sp.Expr],
        names: Mapping[sp.Expr, sp.Expr],
        loads: list[str],
        masses: Mapping[str, Rational] | None = None,
    ) -> None:
        self.masses = masses or {}
        self.solution, self.constants, self.names = solution, constants, dict(names)
        self.mechanism, self.rates, self.load_names = solution.mechanism, solution.rates, loads
        self.factors: dict[str, sp.Expr] = {}
        self.known: dict[sp.Expr, str] = {}
        self.pins: Mapping[PointName, tuple[sp.Expr, Vector]] = getattr(solution.rates, "pins", {})
        self.named: dict[sp.Symbol, sp.Expr] = getattr(solution.rates, "named", {})
        known = {item.symbol for item in solution.program}
        for solved in solution.groups:  # the links' cross product is base times height, with fewer occurrences of each quantity
            name = solved.group.inner.path[0][0].name if isinstance(solved.group.inner, PinLink) else ""
            square, height = (sp.Symbol(f"{kind}_{name}", real=True) for kind in ("L2", "k"))
            if solved.group.kind == "RRR" and {square, height} <= known:
                self.names[cross(solved.vectors["v"], solved.vectors["w"])] = -square * height

    def final(self, expression: sp.Expr) -> sp.Expr:
        """An expression in the checker's symbols, of the mode at hand."""
        return expression.xreplace(self.names)  # pyright: ignore[reportReturnType]

    def text(self, expression: sp.Expr) -> str:
        """An expression as a formula."""
        return formula_text(self.final(expression), self.constants)

    def vector(self, vector: Vector) -> list[str]:
        """Both parts of a vector."""
        return [self.text(part) for part in vector]

    def write(self) -> ClosedForm:
        """Write it all."""
        solution = self.solution
        steps = tuple((item.symbol, self.final(item.expression)) for item in _reaches(solution.program))
        needed = [c.expression for c in solution.conditions]
        exists = [s.name for expression in needed for s in (expression, -expression) if isinstance(s, sp.Symbol)]
        regular = [name for group in solution.groups for name in self.regular(group)]
        loads = {name: self.load(name, k) for k, name in enumerate(self.load_names, 1)}
        data: dict[str, Any] = {
            "steps": [],
            "bodies": {body: self.pose(body) for body in self.mechanism.moving if not self.mechanism.bodies[body].virtual},
            "exists": [],
            "sharp": [],
            "regular": regular,
            "spare": [row for group in solution.groups for row in self.spare(group)],
            "factors": {name: formula_text(factor, self.constants) for name, factor in self.factors.items()},
            "loads": {name: [list(entry) for entry in entries] for name, entries in loads.items()},
            "margins": dict([*self.margins(), *self.slots()]),
            "sway": self.sway(),
        }
        steps += tuple((symbol, self.final(expression)) for symbol, expression in self.named.items())
        texts = [(symbol.name, formula_text(expression, self.constants)) for symbol, expression in steps]
        poses = [pose[1:] for pose in data["bodies"].values()]
        data["steps"] = _needed(texts, _words([poses, data["factors"], data["margins"], data["sway"]]))
        stepped = {name for name, _ in data["steps"]}
        data["exists"] = [name for name in dict.fromkeys(exists) if name in stepped]
        data["sharp"] = [name for name in _chained(steps) if name in stepped]
        return ClosedForm(steps, self.factors, data)

    def pose(self, body: str) -> list[str]:
        """A body's first point with its position, and the body's direction."""
        point = self.first_point(body)
        return [point, *self.vector(self.solution.points[PointName(body, point)]), *self.vector(self.solution.directions[body])]

    def first_point(self, body: str) -> str:
        """The point by which a body was placed, or its first."""
        place = self.rates.place
        pose = place.poses[place.owner[body]]
        points = self.mechanism.bodies[body].points
        return next((name for name, local in points.items() if local == pose.anchor), next(iter(points)))

    def factor(self, expression: sp.Expr, meaning: str) -> str:
        """Name of a factor; one expression has one name."""
        final = self.final(expression)
        if final not in self.known:
            name, k = meaning, 2
            while name in self.factors:
                name, k = f"{meaning} ({k})", k + 1
            self.factors[name] = final
            self.known[final] = name
        return self.known[final]

    def load(self, name: str, k: int) -> list[tuple[str, int]]:
        """The factors of a load's generalised force."""
        lock = self.mechanism.lock
        assert lock is not None
        force = self.solution.generalised_force(lock.load(name).at)
        self.names[force.direction] = sp.Symbol(f"_d{k}", real=True)
        found = [
            (
                self.factor(factor.expression, f"{factor.meaning}, {name}" if factor.kind == "load" else factor.meaning),
                factor.power,
            )
            for factor in force.factors
            if self.final(factor.expression) not in (1, -1)
        ]
        del self.names[force.direction]
        return found

    def regular(self, solved: SolvedGroup) -> Iterator[str]:
        """Factor of the determinant that a group adds; a number is none."""
        v, kind = solved.vectors, solved.group.kind
        if kind == "redundant":
            det = self.redundant_determinant(solved)
        elif kind == "RRR":
            det = cross(v["v"], v["w"])
        elif kind == "RRP":
            det = dot(v["u"], v["w"])
        else:
            det = dot(v["D"], v["u"]) if kind == "RPR" else cross(v["u1"], v["u2"])
        if not self.final(det).is_number:
            yield self.factor(det, f"transmission: {solved.group.name}")

    def redundant_determinant(self, solved: SolvedGroup) -> sp.Expr:
        """Of a body held more often than needed: by its first two connections, less the spare one."""
        if "w" in solved.vectors:
            return solved.vectors["w"][1 if self.keeps_x(solved) else 0]
        return cross(solved.vectors["u1"], solved.vectors["u2"]) if "u1" in solved.vectors else sp.S.One

    def keeps_x(self, solved: SolvedGroup) -> bool:
        """Whether a body on two pins is turned by the second one's equation in x (else in y)."""
        x, y = (float(part.xreplace(self.nominal())) for part in map(self.flat, solved.vectors["w"]))  # pyright: ignore
        return abs(y) > abs(x)

    def flat(self, expression: sp.Expr) -> sp.Expr:
        """An expression at nominal dimensions, the drive where the file puts it."""
        return flatten(self.final(expression), [replace(i, expression=self.final(i.expression)) for i in self.solution.program])

    def nominal(self) -> dict[sp.Expr, sp.Expr]:
        """Nominal values of all quantities under the checker's names."""
        values: dict[sp.Expr, sp.Expr] = {s: sp.Float(v) for s, v in self.mechanism.nominal().items()}
        values[sp.Symbol("_drive", real=True)] = self.mechanism.drive.value.xreplace(values)  # pyright: ignore
        for k in range(1, len(self.mechanism.joints) + 1):
            values |= {sp.Symbol(f"_{axis}{k}", real=True): sp.Float(0) for axis in "xy"}
        return values

    def spare(self, solved: SolvedGroup) -> Iterator[str]:
        """Equations that a body held more often than needed leaves over."""
        if solved.group.kind != "redundant":
            return
        pins = [link for link in solved.group.outer if isinstance(link, PinLink)]
        slides = [joint for joint in solved.group.outer if isinstance(joint, Joint)]
        labels = [link.path[0][0].written_as or link.path[0][0].name for link in pins]
        if len(pins) >= 2:
            yield f"{labels[1]} {'y' if self.keeps_x(solved) else 'x'}"
            yield from (f"{label} {axis}" for label in labels[2:] for axis in "xy")
        elif pins:
            yield f"{slides[0].written_as} normal"
        else:
            yield f"{slides[1].written_as} couple"
        first = 0 if len(pins) >= 2 else 1 if pins else 2
        yield from (f"{joint.written_as} {row}" for joint in slides[first:] for row in ("normal", "couple"))

    def toggle_links(self) -> Iterator[tuple[str, PinLink, str, sp.Expr, bool]]:
        """Links that may be in line with what drives them.

        For each its name, its driving pin, the body that it moves, its length (one across a slide), and whether that body is
        held by the ground. Two sliders pinned to each other have none: see `slots`.
        """
        for solved in self.solution.groups:
            group, bodies = solved.group, solved.group.bodies
            outer, far = (*group.outer, None)[:2]
            if group.kind in ("RRR", "RRP") and isinstance(outer, PinLink) and isinstance(group.inner, PinLink):
                length = _size(minus(self.rates.place.local(group.inner.here), self.rates.place.local(outer.here)))
                held = far.there.body == GROUND if isinstance(far, PinLink) else isinstance(far, Joint) and GROUND in far.bodies
                yield bodies[0], outer, bodies[1], self.final(length), held
            elif group.kind == "RPR" and isinstance(outer, PinLink) and isinstance(far, PinLink):
                yield bodies[0], outer, bodies[1], sp.S.One, far.there.body == GROUND
                yield bodies[1], far, bodies[0], sp.S.One, outer.there.body == GROUND
            elif group.kind == "RPP" and isinstance(outer, PinLink):
                yield bodies[0], outer, bodies[1], sp.S.One, solved.slides[0].guide == GROUND

    def sway(self) -> list[str]:
        """Sum of the masses (t) times the velocity of their centres, over the drive's rate; nothing without masses."""
        total: Vector = ZERO
        actions = self.mechanism.actions
        known = actions.masses if actions is not None else {}
        for body, mass in self.masses.items():
            home = PointName(body, next(iter(self.mechanism.bodies[body].points)))
            centre = known[body].centre if body in known else ZERO
            arm = rotate(self.solution.directions[body], minus(centre, self.mechanism.local(home)))
            omega, share = self.rates.omega(body), sp.Integer(mass.numerator) / sp.Integer(mass.denominator)
            total = plus(total, times(share, plus(self.rates.velocity(home), times(omega, turned(arm)))))
        return self.vector(total) if self.masses else []

    def margins(self) -> Iterator[tuple[str, list[str]]]:
        """Reserve and sine of each link that moves a body on the ground."""
        place = self.rates.place
        for link, outer, body, length, held in self.toggle_links():
            driver, motion = self.rates.motions[place.owner[outer.there.body]], self.rates.motions[body]
            toggle = next((f for f in reversed(motion.factors) if f.kind == "toggle"), None) if motion else None
            circles = link.endswith("~link")  # that touch: the line of their centres
            if toggle is None or driver is None or not held or (self.mechanism.bodies[link].virtual and not circles):
                continue
            if self.final(toggle.expression) not in self.known:
                continue  # no load acts through it
            reserve, reach = self.final(toggle.expression) / length, sp.S.One
            if driver.velocity == ZERO:
                symbol, play = self.pins.get(outer.there, (sp.S.Zero, ZERO))
                arm = self.rates.arm(driver.anchor, outer.there)
                carried = (arm[0] + symbol * play[0], arm[1] + symbol * play[1])
                local = minus(place.local(outer.there), place.local(driver.anchor))
                reach = self.final(sp.sqrt(norm2(carried)) if play != ZERO else _size(local))
            elif driver.omega != 0:  # it floats: the distance is that of its instant centre
                known = {value: symbol for symbol, value in self.named.items()}
                x, y = (known.get(part, part) for part in self.rates.unit_velocity(outer.there))
                reserve, reach = reserve / driver.omega, sp.sqrt(norm2((x, y))) / driver.omega
            yield link.removesuffix("~link"), [self.text(reserve), self.text(reserve / reach)]

    def slots(self) -> Iterator[tuple[str, list[str]]]:
        """Reserve and sine of a slider that is pinned to one on the ground and slides on what drives it: across its slide."""
        for solved in (s for s in self.solution.groups if s.group.kind == "PRP"):
            guides = [slide.guide for slide in solved.slides]
            if guides.count(GROUND) != 1 or not isinstance(solved.group.inner, PinLink):
                continue
            k = 1 - guides.index(GROUND)
            body, slot = solved.group.bodies[k], solved.vectors[("u1", "u2")[k]]
            pin = next(end for end in (solved.group.inner.here, solved.group.inner.there) if end.body == body)
            home, omega = solved.slides[k].guide_point, self.rates.omega(guides[k])
            arm = minus(self.rates.place.at(pin), self.rates.place.at(home))
            speed = plus(self.rates.velocity(home), times(omega, turned(arm)))
            reserve = self.final(cross(slot, speed)) / (self.final(omega) if omega != 0 else 1)
            if not self.mechanism.bodies[body].virtual and speed != ZERO:
                size = self.final(sp.sqrt(norm2(speed)))
                sine = self.final(cross(slot, speed)) / size
                yield body, [self.text(reserve if omega != 0 else sine), self.text(sine)]


def _size(vector: Vector) -> sp.Expr:
    """Length of a link; a sign that is wrong does no harm to a margin."""
    return vector[0] + vector[1] if 0 in vector else sp.sqrt(norm2(vector))


def _chained(steps: Iterable[tuple[sp.Symbol, sp.Expr]]) -> list[str]:
    """Parts of the vectors on which a dyad stands whose place a root has given: their intervals are worth narrowing."""
    rooted: set[sp.Basic] = set()
    found: list[str] = []
    for symbol, expression in steps:
        if not rooted.isdisjoint(expression.free_symbols):
            rooted.add(symbol)
            if symbol.name.startswith(("X_base_", "Y_base_", "L2_", "k_", "wx_", "wy_", "_v")):
                found.append(symbol.name)
        elif any(part.exp == sp.Rational(1, 2) for part in expression.atoms(sp.Pow)):
            rooted.add(symbol)
    return found


def _reaches(program: Iterable[Assignment]) -> Iterator[Assignment]:
    """The program with the square of a dyad's base once in each condition: far/L2 and near/L2 in place of far and near."""
    squares: dict[sp.Symbol, sp.Symbol] = {}
    for item in program:
        kind, _, name = item.symbol.name.partition("_")
        square = sp.Symbol(f"L2_{name}", real=True)
        if kind in ("far", "near") and item.expression.coeff(square) in (1, -1):
            squares[item.symbol] = square
            yield replace(item, expression=sp.Add(*[part / square for part in sp.Add.make_args(item.expression)]))
        elif kind == "k" and set(squares) & item.expression.free_symbols:
            yield replace(item, expression=item.expression * square)
        else:
            yield item


def _words(data: Any) -> set[str]:
    """Names in formulas."""
    if isinstance(data, str):
        return set(re.findall(r"[^\W\d]\w*", data))
    return set[str]().union(*(_words(part) for part in (data.values() if isinstance(data, dict) else data)))


def _needed(steps: list[tuple[str, str]], wanted: set[str]) -> list[list[str]]:
    """Steps that are used by what comes later."""
    kept: list[list[str]] = []
    for name, text in reversed(steps):
        if name in wanted:
            kept.append([name, text])
            wanted |= _words(text)
    return kept[::-1]
