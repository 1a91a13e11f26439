"""How far the formulas of a derivation agree with the constraint equations, as a section of its page."""

from __future__ import annotations

import html
from itertools import groupby

import numpy as np
import sympy as sp

from mechlock.linkage.agreement import Agreement
from mechlock.linkage.derivation import Derivation
from mechlock.linkage.travel import circuit
from mechlock.report.typesetting import row, typeset, words

_SYMBOLS = ("omega_", "alpha_", "v_", "vx_", "vy_")


def agreement_section(found: Derivation) -> list[str]:
    """What was compared with what, and the largest disagreement of each formula."""
    count, drawn = len(found.samples.drive), found.samples.drawn
    worst = max((one.disagreement for one in found.agreements), default=np.inf)
    parts = ["<h2>Check</h2>"]
    if found.wrong:
        names = ", ".join(f"{one.section}: {one.formula}" for one in found.wrong)
        parts.append(
            f'<p class="wrong">Do not use this page: the constraint equations contradict {len(found.wrong)} of its '
            f"{len(found.agreements)} formulas ({html.escape(names)}).</p>"
        )
    else:
        parts.append(
            f"<p>All {len(found.agreements)} formulas agree with the constraint equations of the joints; the largest "
            f"disagreement is {worst:.1e} of what is compared.</p>"
        )
    parts.append(
        f'<p class="words">Compared at {count} of {drawn} random points: {_where(found)}. There, configurations come from '
        "Newton's method on the constraint equations, velocities and accelerations from their Jacobian, forces from the "
        "free-body equations of all bodies.</p>"
    )
    rows = ["<tr><th>section</th><th>formula</th><th>largest disagreement</th></tr>"]
    for section, group in groupby(found.agreements, key=lambda one: one.section):
        rows += [_row(section if index == 0 else "", one) for index, one in enumerate(group)]
    parts.append(f'<div class="wide"><table>{"".join(rows)}</table></div>')
    return [*parts, _travel(found)]


def _where(found: Derivation) -> str:
    constraints = found.positions.constraints
    box = "every dimension from its tolerance interval"
    if constraints.rows + 1 != constraints.unknowns:
        box = "nominal dimensions (with redundant joints any others contradict each other)"
    locked = ", half of them where the lock stands locked" if found.samples.locked.any() else ""
    return f"{box}, the drive from its whole travel{locked}"


def _row(section: str, one: Agreement) -> str:
    name = typeset(sp.Symbol(one.formula)) if one.formula.startswith(_SYMBOLS) else words(one.formula)
    number = (
        ("0" if one.disagreement == 0.0 else f"{one.disagreement:.1e}")
        if one.agrees
        else f'<b class="wrong">{one.disagreement:.1e}: disagrees</b>'
    )
    return row([f"<td>{html.escape(section)}</td>", f"<td>{name}</td>", f'<td class="n">{number}</td>'])


def _travel(found: Derivation) -> str:
    """Put the positions into the constraint equations all along the travel, and say what is left in mm."""
    positions = found.positions
    interval = circuit(positions, positions.selected)
    if interval is None:
        return ""
    drive = np.linspace(interval.low, interval.high, 401)
    q = positions.at(positions.selected, drive)
    fine = np.isfinite(q).all(axis=1)
    residual = float(np.abs(positions.constraints.residual(q[fine], drive[fine])).max(initial=0.0))
    return (
        f"<p>Put into the constraint equations at {int(fine.sum())} positions along the travel at nominal dimensions, the "
        f"positions leave at most {residual:.1e} mm.</p>"
    )
