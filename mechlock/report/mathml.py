"""SymPy expressions as MathML set as textbooks set them: sin²φ, upright indices, real minus signs, brackets that fit."""

from __future__ import annotations

from typing import Any, cast

import sympy as sp
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.precedence import PRECEDENCE

_LEADS = {f"{letter}{axis}": (letter, axis) for letter in "agnruvw" for axis in "xy"} | {
    "L2": ("Λ", ""),
    "l2": ("λ", ""),
    "l": ("ℓ", ""),
    "far": ("p", ""),
    "near": ("q", ""),
    "travel": ("s", ""),
}
"""Letter and upper index of the names that a program of positions uses."""

_NAMES = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho final sigma tau upsilon phi chi"
_GREEK = {name: chr(ord("α") + place) for place, name in enumerate((*_NAMES.split(), "psi", "omega"))} | {
    "Gamma": "Γ",
    "Delta": "Δ",
    "Lambda": "Λ",
}

_ELEMENTARY = (sp.sin, sp.cos, sp.tan)
_TALL = ("mfrac", "msqrt", "mtable")


class Printer(MathMLPresentationPrinter):
    """SymPy's printer, but for symbols, sums, products and elementary functions."""

    def element(self, tag: str, *children: Any, **attributes: str) -> Any:
        """Make an element of the document."""
        made: Any = self.dom.createElement(tag)
        for child in children:
            made.appendChild(self.dom.createTextNode(child) if isinstance(child, str) else child)
        for name, value in attributes.items():
            made.setAttribute(name, value)
        return made

    def fenced(self, inside: Any) -> Any:
        """Put brackets about an element, as high as it only where that is a fraction or a root."""
        tall = any(inside.getElementsByTagName(tag) for tag in _TALL) or inside.tagName in _TALL
        ends = [self.element("mo", end, **({} if tall else {"stretchy": "false"})) for end in "()"]
        return self.element("mrow", ends[0], inside, ends[1])

    def parenthesize(self, item: sp.Basic, level: int, strict: bool = False) -> Any:
        """Put brackets about a part where SymPy would."""
        plain: Any = super().parenthesize(item, level, strict)
        bare: Any = self._print(item)
        return plain if plain.toxml() == bare.toxml() else self.fenced(bare)

    def _print_Symbol(self, sym: sp.Symbol, style: str = "plain") -> Any:  # noqa: N802
        lead, above, below = name_parts(sym.name)
        letter = self.element("mi", lead)
        lower, upper = self.element("mtext", below), self.element("mi", above)
        if above and below:
            return self.element("msubsup", letter, lower, upper)
        return self.element("msub", letter, lower) if below else letter

    def _print_Pow(self, e: sp.Pow) -> Any:  # noqa: N802
        base, power = e.args
        if power.is_Integer and power.is_positive:
            if isinstance(base, _ELEMENTARY):
                name = self.element("msup", self.element("mi", type(base).__name__), self._print(power))
                return self._applied(name, base.args[0])
            if base.is_Symbol and name_parts(str(base))[1]:
                return self.element("msup", self.fenced(self._print(base)), self._print(power))
        return super()._print_Pow(e)  # pyright: ignore[reportUnknownMemberType]

    def _print_Function(self, e: Any) -> Any:  # noqa: N802
        if isinstance(e, _ELEMENTARY):
            return self._applied(self.element("mi", type(e).__name__), e.args[0])
        return super()._print_Function(e)  # pyright: ignore[reportUnknownMemberType]

    def _applied(self, name: Any, argument: sp.Basic) -> Any:
        shown: Any = self._print(argument)
        if argument.is_Symbol:
            return self.element("mrow", name, self.element("mspace", width="0.17em"), shown)
        return self.element("mrow", name, self.fenced(shown))

    def _print_Add(self, expr: sp.Add, order: Any = None) -> Any:  # noqa: N802
        terms = cast(list[sp.Expr], self._as_ordered_terms(expr, order=order))  # pyright: ignore[reportUnknownMemberType]
        first = next((term for term in terms if not term.could_extract_minus_sign()), terms[0])
        whole = self.element("mrow", self._print(first))
        for term in [term for term in terms if term is not first]:
            negative = term.could_extract_minus_sign()
            whole.appendChild(self.element("mo", "\N{MINUS SIGN}" if negative else "+"))
            whole.appendChild(self._print(-term if negative else term))
        return whole

    def _print_Mul(self, expr: sp.Mul) -> Any:  # noqa: N802
        if expr.could_extract_minus_sign():
            return self.element("mrow", self.element("mo", "\N{MINUS SIGN}"), self.parenthesize(-expr, PRECEDENCE["Add"]))
        top, bottom = sp.fraction(expr)
        if bottom != 1:
            return self.element("mfrac", self._print(top), self._print(bottom))
        factors = sorted(expr.as_ordered_factors(), key=_place_in_product)
        whole = self.element("mrow")
        for index, factor in enumerate(factors):
            if index:
                wide = _is_function(factor) or _is_word(factor) or _is_word(factors[index - 1])
                whole.appendChild(self.element("mspace", width="0.17em" if wide else "0.06em"))
            whole.appendChild(self.parenthesize(factor, PRECEDENCE["Mul"]))
        return whole


def _base(factor: sp.Basic) -> sp.Basic:
    return factor.args[0] if isinstance(factor, sp.Pow) else factor


def _is_function(factor: sp.Basic) -> bool:
    return isinstance(_base(factor), _ELEMENTARY)


def _is_word(factor: sp.Basic) -> bool:
    return _base(factor).is_Symbol and len(name_parts(str(_base(factor)))[0]) > 1


def _place_in_product(factor: sp.Basic) -> int:
    """Numbers, letters, sums and roots, functions last: what follows one without brackets would seem to be its argument."""
    return 0 if factor.is_number else 1 if _base(factor).is_Symbol else 3 if _is_function(factor) else 2


def name_parts(name: str) -> tuple[str, str, str]:
    """Letter, upper and lower index of a symbol, such as ("w", "x", "coupler B") of ``wx_coupler_B``."""
    lead, _, rest = name.partition("_")
    below = rest.removeprefix("base_").replace("_", "\N{NO-BREAK SPACE}").replace("~", "\N{NO-BREAK SPACE}")
    if below and lead in _LEADS:
        return *_LEADS[lead], below
    if lead in _GREEK:
        return _GREEK[lead], "", below
    if not rest and 2 <= len(lead) <= 3 and lead.isalnum():
        return lead[0], "", lead[1:]
    return lead, "", below


def inner(expression: sp.Basic) -> str:
    """MathML of an expression, without the element around it."""
    made: Any = Printer({"fold_short_frac": False})._print(expression)  # pyright: ignore[reportPrivateUsage]
    return made.toxml().replace("<mo>-</mo>", "<mo>\N{MINUS SIGN}</mo>")
