"""The whole derivation of a linkage: formulas, over-centre reserve, and how far each agrees with the constraint equations."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from mechlock.errors import NoVerdict
from mechlock.linkage.agreement import Agreement
from mechlock.linkage.elimination_check import check_elimination
from mechlock.linkage.formula_check import check_formulas
from mechlock.linkage.formulas import Formulas, formulas, loop_closure
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.positions import Positions
from mechlock.linkage.reserve import Reserve, over_centre_reserve
from mechlock.linkage.samples import Samples, draw


@dataclass(frozen=True)
class Derivation:
    """What a page of equations shows.

    Attributes
    ----------
    positions : Positions
        The linkage.
    loop_closure : tuple of sympy.Eq
        As `formulas.loop_closure` has them.
    formulas : Formulas or None
        The closed form with all that follows; None without one, and `reason` says why.
    reserves : tuple of Reserve
        Of the lock, where it has a closed form.
    samples : Samples
        Where the formulas were compared.
    agreements : tuple of Agreement
        One for each formula, in the order of the page.
    """

    positions: Positions
    loop_closure: tuple[sp.Eq, ...]
    formulas: Formulas | None
    reason: str
    reserves: tuple[Reserve, ...]
    samples: Samples
    agreements: tuple[Agreement, ...]

    @property
    def wrong(self) -> tuple[Agreement, ...]:
        """Formulas that disagree with the constraint equations by more than rounding."""
        return tuple(found for found in self.agreements if not found.agrees)


def derive(mechanism: Mechanism) -> Derivation:
    """Derive all formulas of a linkage and compare each with the constraint equations."""
    positions = Positions(mechanism)
    samples = draw(positions)
    try:
        found = formulas(mechanism)
    except NoVerdict as error:
        agreements = merged(check_elimination(positions, samples))
        return Derivation(positions, loop_closure(mechanism), None, error.what, (), samples, agreements)
    reserves = over_centre_reserve(positions) if mechanism.lock is not None else ()
    agreements = merged(check_formulas(found, positions, reserves, samples))
    return Derivation(positions, found.loop_closure, found, "", reserves, samples, agreements)


def merged(agreements: tuple[Agreement, ...]) -> tuple[Agreement, ...]:
    """One for each formula: the worst of the forms it is written in, and of the fewest samples."""
    found: dict[tuple[str, str], list[Agreement]] = {}
    for one in agreements:
        found.setdefault((one.section, one.formula), []).append(one)
    sections = list(dict.fromkeys(section for section, _ in found))
    return tuple(
        Agreement(*name, max(one.disagreement for one in forms), min(one.samples for one in forms))
        for name, forms in sorted(found.items(), key=lambda pair: sections.index(pair[0][0]))
    )
