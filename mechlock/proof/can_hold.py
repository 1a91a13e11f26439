"""`can_hold`: whether statics with friction allows the lock to hold at nominal dimensions. Reported, never certified."""

from __future__ import annotations

from mechlock.proof.conditions import Problem
from mechlock.proof.over_centre import Evidence, undecided
from mechlock.proof.verify import Real, Unknown, effort

CAUTION = "reported, not certified: what statics allows need not come about, and self-stress can fake it"


def can_hold(case: Problem) -> Evidence:
    """Say for each load whether reactions exist that hold it, within friction circles and friction cones.

    With all friction opposing, an effort of zero or more that is needed to open means that some admissible friction holds the
    load; a stop that the load presses the drive into holds it as well. Always ``undecided``, with the finding in words.

    Parameters
    ----------
    case : Problem
        The lock, with loads and the direction in which the drive opens.
    """
    linkage = case.linkage
    scene = Real(linkage, linkage.intervals(linkage.nominal(linkage.lock["drive"])))
    parts: list[str] = []
    for load in linkage.loads:
        try:
            least, most = effort(scene, load).value
        except Unknown:
            parts.append(f"nothing can be said of {load!r}")
            continue
        exist = "exist" if least > 0 else "do not exist" if most < 0 else "may or may not exist"
        parts.append(f"reactions that hold {load!r} {exist}")
    return undecided("can_hold", f"can_hold: at nominal dimensions {'; '.join(parts)} ({CAUTION})")
