"""One page about a proof that an engineer can defend in a review: figure, formula, box, reserve, assumptions, how to re-check.

For a refutation the values at which the claim fails, the picture of the opened mechanism, and which tolerance to tighten.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from mechlock.errors import InputError
from mechlock.linkage.mechanism import Mechanism
from mechlock.proof import Limit, ProofResult, Theorem
from mechlock.proof.tighten import Tightening
from mechlock.report.derivation import STYLE, condition_fragment
from mechlock.report.html import environment

_UNIT = {"length": ("mm", 1.0), "angle": ("deg", 180.0 / math.pi), "": ("", 1.0)}


def proof_page(
    mechanism: Mechanism, result: ProofResult, limits: Sequence[Limit] = (), tightenings: Sequence[Tightening] = ()
) -> str:
    """Return the page.

    Parameters
    ----------
    mechanism : Mechanism
        The linkage that was proved.
    result : ProofResult
        Its theorems and certificate.
    limits : sequence of Limit
        How far the claims hold.
    tightenings : sequence of Tightening
        What would make a failing claim hold.
    """
    digest = hashlib.sha256(result.certificate.encode()).hexdigest() if result.certificate else ""
    failed = next((theorem for theorem in result.theorems if theorem.verdict == "refuted"), None)
    return (
        environment()
        .get_template("proof_page.html.j2")
        .render(
            name=mechanism.name,
            about=mechanism.about,
            where=mechanism.where.rpartition("/")[2],
            verdict=result.verdict,
            theorems=[theorem.payload() for theorem in result.theorems],
            picture=Markup(_picture(mechanism, failed)),  # drawn here
            formula=Markup(condition_fragment(mechanism)),  # made by our own writer of MathML
            formula_style=Markup(STYLE),
            parameters=_box(mechanism),
            clearances=[(joint.name, joint.clearance) for joint in mechanism.joints if joint.clearance > 0.0],
            loads=_loads(mechanism),
            drive=_drive(mechanism),
            limits=[limit.payload() for limit in limits],
            tightenings=[item.payload() for item in tightenings],
            assumptions=result.assumptions,
            digest=digest,
        )
    )


def _picture(mechanism: Mechanism, failed: Theorem | None) -> str:
    from mechlock.view.mechanism import draw, draw_opened

    try:
        if failed is not None and len(failed.counterexample) > 1:
            data = draw_opened(mechanism, *_at(mechanism, failed))
        else:
            data = draw(mechanism, ".svg")
    except InputError:  # it cannot be assembled there: that is what the text says
        return ""
    text = data.decode()
    return text[text.index("<svg") :]


def _at(mechanism: Mechanism, failed: Theorem) -> tuple[dict[str, float], float]:
    """Values and drive of a counterexample, in mm and rad."""
    values: dict[str, float] = {}
    offsets = {(joint.written_as or joint.name): joint.offset for joint in mechanism.joints}
    drive = mechanism.lock.drive.nominal if mechanism.lock is not None else 0.0
    for value in failed.counterexample:
        number = math.radians(value.value) if value.unit == "deg" else value.value
        kind, _, rest = value.name.partition(" ")
        if kind == "drive":
            drive = number
        elif kind == "clearance":
            joint, _, axis = rest.rpartition(" ")
            values[str(offsets[joint]["xy".index(axis)])] = number
        elif value.name in mechanism.parameters:
            values[value.name] = number
    return values, drive


def _box(mechanism: Mechanism) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, parameter in mechanism.parameters.items():
        unit, scale = _UNIT.get(parameter.dimension, ("", 1.0))
        ends = (parameter.nominal * scale, parameter.low * scale, parameter.high * scale)
        rows.append({"name": name, "nominal": ends[0], "low": ends[1], "high": ends[2], "unit": unit})
    return rows


def _loads(mechanism: Mechanism) -> list[dict[str, Any]]:
    found = mechanism.lock.loads if mechanism.lock is not None else ()
    return [
        {
            "name": load.name,
            "at": str(load.at),
            "magnitude": [load.magnitude.low / 1e3, load.magnitude.high / 1e3],
            "direction": [math.degrees(load.direction.low), math.degrees(load.direction.high)],
        }
        for load in found
    ]


def _drive(mechanism: Mechanism) -> dict[str, Any] | None:
    if mechanism.lock is None:
        return None
    unit, scale = ("mm", 1.0) if mechanism.drive.sliding else ("deg", 180.0 / math.pi)
    low, high = (end * scale for end in mechanism.lock.locked)
    return {"joint": mechanism.drive.joint, "low": low, "high": high, "unit": unit}
