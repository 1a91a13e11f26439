"""What a proof returns: theorems with verdict, margins, counterexample, and the certificate that goes with them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

Verdict = Literal["proved", "refuted", "undecided"]


@dataclass(frozen=True)
class Margin:
    """A rigorous lower bound over the whole root box (an upper bound where `meaning` says so).

    Attributes
    ----------
    value : float
        The bound.
    unit : str
        Its unit.
    meaning : str
        What it is, in words.
    governs : str
        The uncertain quantity that takes most of it (largest gradient times width).
    """

    value: float
    unit: str
    meaning: str
    governs: str = ""

    def payload(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"value": self.value, "unit": self.unit, "meaning": self.meaning, "governs": self.governs}


@dataclass(frozen=True)
class Value:
    """One quantity of a counterexample."""

    name: str
    value: float
    unit: str

    def payload(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"name": self.name, "value": self.value, "unit": self.unit}


@dataclass(frozen=True)
class Theorem:
    """A claim with its verdict.

    Attributes
    ----------
    name : str
        The claim.
    verdict : {"proved", "refuted", "undecided"}
        The outcome.
    statement : str
        What was proved or refuted, or why nothing could be said.
    margin : Margin or None
        The leading margin of a proof.
    margins : tuple of Margin
        All of them.
    counterexample : tuple of Value
        Values of all uncertain quantities at which the claim fails.
    violates : str
        What fails there.
    boxes : int
        Boxes looked at.
    time_s : float
        Time taken, search and certificate (s).
    """

    name: str
    verdict: Verdict
    statement: str
    margin: Margin | None = None
    margins: tuple[Margin, ...] = ()
    counterexample: tuple[Value, ...] = ()
    violates: str = ""
    boxes: int = 0
    time_s: float = 0.0

    def payload(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "statement": self.statement,
            "margin": self.margin.payload() if self.margin else None,
            "margins": [margin.payload() for margin in self.margins],
            "counterexample": [value.payload() for value in self.counterexample],
            "violates": self.violates,
            "boxes": self.boxes,
            "time_s": self.time_s,
        }


@dataclass(frozen=True)
class ProofResult:
    """The theorems of one lock.

    Attributes
    ----------
    theorems : tuple of Theorem
        One for each claim asked for.
    certificate : str
        Text of the certificate (JSON), accepted by the checker.
    assumptions : tuple of str
        In words.
    """

    theorems: tuple[Theorem, ...]
    certificate: str
    assumptions: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """Proved only when every theorem is; refuted when one is; else undecided."""
        verdicts = {theorem.verdict for theorem in self.theorems}
        return "refuted" if "refuted" in verdicts else "proved" if verdicts == {"proved"} else "undecided"

    @property
    def exit_code(self) -> int:
        """0 proved, 1 refuted, 3 undecided."""
        return {"proved": 0, "refuted": 1, "undecided": 3}[self.verdict]

    def payload(self) -> dict[str, Any]:
        """As a JSON object, without the certificate's text."""
        return {
            "verdict": self.verdict,
            "theorems": [theorem.payload() for theorem in self.theorems],
            "assumptions": list(self.assumptions),
        }


def floor_float(value: Fraction) -> float:
    """A float that is not above an exact number."""
    near = float(value)
    return near if Fraction(near) <= value else math.nextafter(near, -math.inf)
