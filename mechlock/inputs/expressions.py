"""Expressions in design files, parsed by a whitelist into SymPy, never evaluated as code.

Allowed are ``+ - * / **``, parentheses, numbers, ``sqrt sin cos tan atan2 pi`` and parameter names. Dimensions are
carried along, so that adding a length to an angle is refused with the expression's text.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from mechlock import units
from mechlock.errors import InputError

MAX_LENGTH = 400
MAX_EXPONENT = 8

Exponents = tuple[Fraction, Fraction, Fraction]
"""Exponents of length, mass and time; an angle has none."""


def _exponents(length: int, mass: int = 0, time: int = 0) -> Exponents:
    return Fraction(length), Fraction(mass), Fraction(time)


PURE = _exponents(0)
DIMENSION_EXPONENTS: dict[str, Exponents] = {
    "": PURE,
    "angle": PURE,
    "length": _exponents(1),
    "area": _exponents(2),
    "mass": _exponents(0, 1),
    "time": _exponents(0, 0, 1),
    "force": _exponents(1, 1, -2),
    "torque": _exponents(2, 1, -2),
    "energy": _exponents(2, 1, -2),
    "stiffness": _exponents(0, 1, -2),
    "stress": _exponents(-1, 1, -2),
    "acceleration": _exponents(1, 0, -2),
    "velocity": _exponents(1, 0, -1),
    "inertia": _exponents(2, 1),
}

_FUNCTIONS: dict[str, Any] = {"sqrt": sp.sqrt, "sin": sp.sin, "cos": sp.cos, "tan": sp.tan}


@dataclass(frozen=True)
class Expression:
    """A quantity or an expression in parameters.

    Attributes
    ----------
    text : str
        As written in the file.
    symbolic : sympy.Expr
        In internal units (mm, rad, N), with parameters as real symbols of their own names.
    """

    text: str
    symbolic: sp.Expr

    @property
    def names(self) -> frozenset[str]:
        """Names of the parameters it depends on."""
        return frozenset(str(symbol) for symbol in self.symbolic.free_symbols)


def symbol(name: str) -> sp.Symbol:
    """Return the one SymPy symbol that stands for the parameter `name`."""
    return sp.Symbol(name, real=True)


def exact(number: float) -> sp.Expr:
    """Return the decimal that `number` was written as, exactly (0.1 becomes 1/10)."""
    return sp.Rational(Fraction(repr(number)))


def read(value: object, dimension: str, parameters: Mapping[str, str]) -> Expression:
    """Read a quantity such as ``"120 mm"`` or an expression such as ``"1.5*c"``.

    Parameters
    ----------
    value : object
        What stands in the file.
    dimension : str
        Dimension expected of the result, a key of `DIMENSION_EXPONENTS`.
    parameters : mapping of str to str
        Names that may occur, with their dimensions.

    Raises
    ------
    InputError
        When it is neither, has an unknown name or function, or has another dimension.
    """
    if not isinstance(value, str):
        units.parse(value, dimension)
    text = str(value)
    if units.is_quantity(text):
        if not dimension:
            raise InputError(f"{text!r} has a unit, a pure number is expected", mend="leave the unit away")
        return Expression(text, exact_quantity(text, dimension))
    if len(text) > MAX_LENGTH:
        raise InputError(f"the expression is longer than {MAX_LENGTH} characters", mend="use parameters to shorten it")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"{text!r} is neither a quantity nor an expression", mend="write '120 mm' or 'a + b*cos(phi)'") from None
    result, found = _Reader(text, parameters).visit(tree)
    wanted = DIMENSION_EXPONENTS[dimension]
    if found != wanted and result != 0:
        raise InputError(f"{text!r} is not a {dimension or 'pure number'}", mend="check the units of its parameters")
    if dimension and result != 0 and not any(isinstance(node, (ast.Name, ast.Call)) for node in ast.walk(tree)):
        raise InputError(f"{text!r} has no unit", mend=f"write it like '{units.DIMENSIONS[dimension][1]}'")
    if result.has(sp.zoo, sp.nan, sp.oo):
        raise InputError(f"{text!r} divides by zero", mend="correct the expression")
    return Expression(text, result)


def exact_quantity(text: str, dimension: str) -> sp.Expr:
    """Convert ``"30 deg"`` to ``pi/6`` and ``"0.1 mm"`` to ``1/10``, without rounding."""
    value = units.parse(text, dimension)
    number, unit = units.split(text)
    if dimension == "angle" and unit in {"deg", "degree", "degrees"}:
        return exact(number) * sp.pi / 180
    one = units.parse(f"1 {unit}", dimension)
    if number and not math.isclose(number * one, value, rel_tol=1e-12):
        raise InputError(f"{text!r} does not scale with its number", mend="use a plain unit")
    return exact(number) * exact(float(f"{one:.15g}"))


class _Reader:
    def __init__(self, text: str, parameters: Mapping[str, str]) -> None:
        self.text = text
        self.parameters = parameters

    def fail(self, what: str, mend: str) -> InputError:
        return InputError(f"{what} in {self.text!r}", mend=mend)

    def visit(self, node: ast.expr) -> tuple[sp.Expr, Exponents]:
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            if not math.isfinite(node.value) or abs(node.value) > 1e15:
                raise self.fail("a number that is not finite or far too large", "write a plain number")
            return exact(node.value), PURE
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            value, dimension = self.visit(node.operand)
            return (-value if isinstance(node.op, ast.USub) else value), dimension
        if isinstance(node, ast.BinOp):
            return self.binary(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        raise self.fail("something that is not allowed", "allowed are + - * / **, sqrt sin cos tan atan2 pi and parameters")

    def name(self, name: str) -> tuple[sp.Expr, Exponents]:
        if name == "pi":
            return sp.pi, PURE
        if name not in self.parameters:
            known = ", ".join(sorted(self.parameters)) or "none"
            raise self.fail(f"unknown name {name!r}", f"parameters of this file: {known}")
        dimension = self.parameters[name]
        if dimension not in DIMENSION_EXPONENTS:
            raise self.fail(f"the {dimension} {name!r}", "expressions take lengths, angles, forces and pure numbers")
        return symbol(name), DIMENSION_EXPONENTS[dimension]

    def binary(self, node: ast.BinOp) -> tuple[sp.Expr, Exponents]:
        left, dl = self.visit(node.left)
        right, dr = self.visit(node.right)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            if dl != dr and left != 0 and right != 0:
                raise self.fail("a sum of different dimensions", "check the units of its terms")
            return (left + right if isinstance(node.op, ast.Add) else left - right), (dl if left != 0 else dr)
        if isinstance(node.op, ast.Mult):
            return left * right, (dl[0] + dr[0], dl[1] + dr[1], dl[2] + dr[2])
        if isinstance(node.op, ast.Div):
            if right == 0:
                raise self.fail("a division by zero", "correct the expression")
            return left / right, (dl[0] - dr[0], dl[1] - dr[1], dl[2] - dr[2])
        if isinstance(node.op, ast.Pow):
            if not (isinstance(right, sp.Rational) and abs(right) <= MAX_EXPONENT):
                raise self.fail("a power that is not a small number", f"exponents are numbers up to {MAX_EXPONENT}")
            power = Fraction(int(right.p), int(right.q))
            return left**right, (dl[0] * power, dl[1] * power, dl[2] * power)
        raise self.fail("an operator that is not allowed", "allowed are + - * / **")

    def call(self, node: ast.Call) -> tuple[sp.Expr, Exponents]:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.fail("a call that is not allowed", "write functions as sqrt(x)")
        values = [self.visit(argument) for argument in node.args]
        if name == "atan2" and len(values) == 2:
            if values[0][1] != values[1][1]:
                raise self.fail("atan2 of different dimensions", "both must be of one kind")
            return sp.atan2(values[0][0], values[1][0]), PURE
        if name not in _FUNCTIONS or len(values) != 1:
            raise self.fail(f"the function {name!r}", "allowed are sqrt sin cos tan atan2")
        value, dimension = values[0]
        if name == "sqrt":
            return sp.sqrt(value), (dimension[0] / 2, dimension[1] / 2, dimension[2] / 2)
        if dimension != PURE:
            raise self.fail(f"{name} of something that is not an angle", "give it an angle or a pure number")
        return _FUNCTIONS[name](value), PURE
