"""Seated: what the drive's sensor says implies that the hook stands where it holds, over all dimensions and play.

Where the drive reads within a band of its stop, the loaded point P lies within bounds of where it stands at nominal
dimensions, along and across the middle of its load's cone. How far a point may stand from its nominal place is what the claim
`clamp` is about, so the bounds are those of a clamp of 1 N/mm on the same linkage, with a certificate that the checker accepts.
"""

from __future__ import annotations

import copy
import json
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import LinkageSource, linkage_from_data
from mechlock.linkage.semantics import build
from mechlock.proof.prover import prove

WAYS = {"along the pull": 0.0, "across the pull": 90.0}
"""Directions (deg, from the middle of the load's cone) in which the place of its point is bounded."""

WIDE = "100 m"
"""An interference that leaves the preload positive wherever the point stands."""


@dataclass(frozen=True)
class Seated:
    """Where the loaded point may stand, mm from its nominal place, while the sensor reads locked.

    Attributes
    ----------
    load : str
    along, across : (low, high)
        Along the middle of the load's cone, and across it to the left.
    certificate : str
        Of the bounds: those of `approach` and `retreat` along two directions.
    """

    load: str
    along: tuple[float, float]
    across: tuple[float, float]
    certificate: str


def seated(source: LinkageSource, load: str, band: float) -> Seated:
    """Bound where a load's point stands while the drive reads within `band` (rad or mm) of its stop's interval.

    Raises
    ------
    NoVerdict
        Where there is no closed form, or the bounds could not be proved.
    """
    result = prove(linkage_from_data(_reading(source, load, band), source.where), claims=["clamp"])
    if result.verdict != "proved":
        raise NoVerdict(result.theorems[0].statement, source.where)
    margins = json.loads(result.certificate)["theorems"][0]["margins"]
    bounds = {entry["quantity"]: float(Fraction(entry["at_least"])) for entry in margins}
    along, across = ((bounds[f"retreat {way}"], -bounds[f"approach {way}"]) for way in WAYS)
    return Seated(load, along, across, result.certificate)


def _reading(source: LinkageSource, load: str, band: float) -> dict[str, Any]:
    """The linkage where its drive may be anywhere that the sensor calls locked, with a clamp along and across the load."""
    lock = build(source).lock
    assert lock is not None
    data, entry = copy.deepcopy(source.data), lock.load(load)
    table, sense = data["lock"], lock.stop or 1
    for name in ("release", "positive", "shock"):
        if isinstance(table.get(name), dict):
            del table[name]
    band += 1e-9  # the text below is rounded
    end = lock.drive.low - band if sense > 0 else lock.drive.high + band
    sliding = next(joint for joint in data["joints"] if joint["name"] == data["drive"]["joint"])["type"] == "prismatic"
    table["locked_from"] = f"{end!r} mm" if sliding else f"{math.degrees(end)!r} deg"
    middle = math.degrees(float(entry.direction.nominal))
    directions = {way: f"{middle + turn!r} deg" for way, turn in WAYS.items()}
    at = {"body": entry.at.body, "point": entry.at.point, "magnitude": ["1 N", "2 N"]}
    table["loads"] = [at | {"name": way, "direction": [text, text]} for way, text in directions.items()]
    table["clamp"] = {"stiffness": "1 N/mm", "interference": WIDE}
    table["claims"] = ["clamp"]
    data["about"] = f"The same linkage while the drive's sensor reads locked; where the point of {load} stands."
    return data
