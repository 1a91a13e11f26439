"""Which tolerance to tighten, and to how much, for a claim that fails or could not be decided: by bisection on proofs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.proof.decimals import decimal
from mechlock.proof.prover import prove
from mechlock.proof.verify import QUANTITY

STEPS = 4
"""Bisections of a share between what is proved and what is not: to a sixteenth."""

EVERYTHING = "all tolerances, clearances and the stop's band"


@dataclass(frozen=True)
class Tightening:
    """A tolerance which alone (or all together) makes the claim hold.

    Attributes
    ----------
    what : str
        Parameter, ``clearance JOINT``, ``stop``, or all of them.
    share : float
        Share of what the file gives with which the claim is proved; 0: it has to be exact.
    given, enough : str
        The tolerance in the file, and the one that is proved to do.
    """

    what: str
    share: float
    given: str = ""
    enough: str = ""

    def payload(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"what": self.what, "share": self.share, "given": self.given, "enough": self.enough}


def tighten(
    source: LinkageSource, claim: str, *, budget: int, report: Callable[[str], None] = lambda message: None
) -> tuple[Tightening, ...]:
    """Find each tolerance that alone makes a claim hold when it is tightened, and by how much all together.

    Parameters
    ----------
    source : LinkageSource
        The linkage file.
    claim : str
        A claim that is refuted or undecided as the file stands.
    budget : int
        Boxes for each condition of each proof.

    Returns
    -------
    tuple of Tightening
        All together first, then the single ones, those that ask least first; empty when even exact dimensions do not do.
    """
    places = list(_places(source.data))

    def proved(chosen: list[tuple[str, dict[str, Any], str]], share: Fraction) -> bool:
        data = copy.deepcopy(source.data)
        names = {name for name, _, _ in chosen}
        for name, holder, key in _places(data):
            if name in names:
                holder[key] = _times(holder[key], share)
        data["lock"]["claims"] = [claim]
        report(f"tighten {', '.join(sorted(names)) if len(names) == 1 else 'all'} to {float(share):.3g}")
        try:
            return prove(linkage_from_data(data, source.where), budget=budget, levers=False).verdict == "proved"
        except InputError:
            return False

    if not places or not proved(places, Fraction(0)):
        return ()
    found = [Tightening(EVERYTHING, float(_share(lambda share: proved(places, share))))]
    single: list[Tightening] = []
    for place in places:
        if proved([place], Fraction(0)):
            share = _share(lambda share, place=place: proved([place], share))
            name, holder, key = place
            single.append(Tightening(name, float(share), str(holder[key]), str(_times(holder[key], share))))
    return (*found, *sorted(single, key=lambda item: -item.share))


def _share(proved: Callable[[Fraction], bool]) -> Fraction:
    """Largest share between 0 (proved) and 1 (not) that is proved, to 2**-STEPS."""
    good, bad = Fraction(0), Fraction(1)
    for _ in range(STEPS):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if proved(middle) else (good, middle)
    return good


def _places(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every tolerance of a file: its name, and where it stands."""
    for name, spec in data.get("parameters", {}).items():
        if isinstance(spec, dict) and spec.get("tolerance") is not None:
            yield name, spec, "tolerance"
    for joint in data["joints"]:
        if joint.get("clearance") is not None:
            yield f"clearance {joint['name']}", joint, "clearance"
    band = data["lock"]["drive"]
    if isinstance(band, dict) and band.get("tolerance") is not None:
        yield "stop", band, "tolerance"


def _times(text: Any, factor: Fraction) -> Any:
    if not isinstance(text, str):
        return float(Fraction(repr(text)) * factor)
    match = QUANTITY.fullmatch(text)
    assert match is not None  # the file has been read
    return f"{decimal(Fraction(match[1]) * factor)} {match[2] or ''}".strip()
