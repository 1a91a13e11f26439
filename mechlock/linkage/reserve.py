"""Over-centre reserve: how far past dead centre the lock stands, at the drive, between the toggle links, and as a height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage.compile import compile_solution
from mechlock.linkage.dead_centre import dead_centres
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.refusals import require_stop
from mechlock.linkage.self_locking import opening_way
from mechlock.linkage.travel import circuit


@dataclass(frozen=True)
class Reserve:
    """Where one loaded body's chain stands against its nearest dead centre.

    Attributes
    ----------
    body : str
        The body that stands still at dead centre.
    toggle : str
        What the toggle is, in words.
    dead_centre : float
        Drive coordinate of the nearest dead centre (rad or mm).
    from_dead_centre : float
        Drive coordinate beyond it, positive away from the way in which the drive opens (rad or mm).
    height : float or None
        Distance of the driving link's pivot from the line of the next link (mm).
    knee : float or None
        Angle by which the two toggle links miss being in line, or the driving point's way being square to what it drives (rad).
    """

    body: str
    toggle: str
    dead_centre: float
    from_dead_centre: float
    height: float | None
    knee: float | None

    @property
    def knee_words(self) -> str:
        """What the angle `knee` is, to be put after its number."""
        if self.height is not None:
            return "between the toggle links"
        return f"from dead centre ({self.toggle})"


def over_centre_reserve(positions: Positions, drive: float | None = None) -> tuple[Reserve, ...]:
    """Reserves of every body that a load of the lock acts on, at the stop (or at `drive`).

    Raises
    ------
    NoVerdict
        When the linkage has no lock or no closed form.
    InputError
        When the linkage cannot get to its stop.
    """
    mechanism, solution = positions.mechanism, positions.solution
    if mechanism.lock is None or solution is None:
        raise NoVerdict("an over-centre reserve needs a [lock] and a closed form", mechanism.where)
    require_stop(positions)
    mode = positions.selected
    where = mechanism.lock.drive.nominal if drive is None else drive
    interval = circuit(positions, mode)
    centres = dead_centres(positions, mode)
    found: list[Reserve] = []
    for body in dict.fromkeys(load.at.body for load in mechanism.lock.loads):
        own = [centre.drive for centre in centres if centre.kind == "output" and centre.body == body]
        if not own or interval is None or mode.signs is None:
            continue
        gaps = [
            where - at if mechanism.drive.sliding else float(np.remainder(where - at + np.pi, 2 * np.pi) - np.pi) for at in own
        ]
        nearest = int(np.argmin(np.abs(gaps)))
        point = next(load.at for load in mechanism.lock.loads if load.at.body == body)
        height, knee, words = _heights(positions, point, where)
        found.append(Reserve(body, words, own[nearest], -opening_way(mechanism) * gaps[nearest], height, knee))
    return tuple(found)


def _heights(positions: Positions, point: PointName, where: float) -> tuple[float | None, float | None, str]:
    """Height and knee angle of the toggle nearest to being in line."""
    solution, mode = positions.solution, positions.selected
    if solution is None or mode.signs is None:
        return None, None, ""
    best: tuple[float | None, float | None, str] = (None, None, "")
    for factor in solution.generalised_force(point).factors:
        if factor.kind != "toggle" or factor.sine_scale is None:
            continue
        lengths = factor.expression / factor.scale if factor.scale is not None else factor.expression
        table = compile_solution(solution, mode.signs, [lengths, factor.expression / factor.sine_scale])(
            np.array([where]), positions.values
        )
        knee = float(np.arcsin(np.clip(table[1, 0], -1.0, 1.0)))
        if best[1] is None or abs(knee) < abs(best[1]):
            best = (float(abs(table[0, 0])) if factor.scale is not None else None, abs(knee), factor.meaning)
    return best
