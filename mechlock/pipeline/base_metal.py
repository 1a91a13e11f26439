"""Von Mises stress of a moving frame, in base metal and at weld toes: the greatest, or that exceeded for a share of the time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.checks.strength import Peak
from mechlock.fem.stress import von_mises
from mechlock.inputs.materials import MaterialRecord
from mechlock.loads.history import FloatArray
from mechlock.mesh.mesh import Ints
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import nodal_stress, toe_stress
from mechlock.pipeline.frame_model import PRELOADS, REST
from mechlock.pipeline.frame_motion import FrameMotion, OpenFrame, stress_factors

_CANDIDATES = 20
_CHUNK = 4_000_000


@dataclass(frozen=True)
class Places:
    """Places at which stress is judged, with their stress per coordinate.

    Attributes
    ----------
    at : (p, 3) array
        mm.
    group : (p,) int array
        Gauge group.
    names : tuple of str
        Of the groups.
    thickness, yields, volume : (p,) arrays
        mm, MPa, mm³ (zero for weld toes).
    factors : (p, 6, k) array
        MPa per unit of each coordinate; single precision in base metal, where there are very many.
    static : (2, p, 6) array
        At rest at both ends of the preload, MPa.
    """

    at: FloatArray
    group: Ints
    names: tuple[str, ...]
    thickness: FloatArray
    yields: FloatArray
    volume: FloatArray
    factors: FloatArray
    static: FloatArray

    def peak(self, case: str, place: int, value: float) -> Peak:
        """A value at one of the places."""
        x, y, z = self.at[place]
        name, thickness = self.names[int(self.group[place])], float(self.thickness[place])
        return Peak(case, name, thickness, value, (float(x), float(y), float(z)))


def base_metal(analysis: FrameAnalysis, frame: OpenFrame, steel: MaterialRecord) -> Places:
    """Stress per coordinate wherever base metal is judged."""
    judged = np.flatnonzero(analysis.judged)
    solid, recovery = analysis.tensor.solid, analysis.recovery
    wall, strength = _walls(analysis, steel)
    group = np.asarray(recovery.region[judged])
    return Places(
        at=analysis.tensor.mesh.points[recovery.node[judged]],
        group=group,
        names=tuple(solid.groups),
        thickness=wall[group],
        yields=strength[group],
        volume=recovery.row_volume[judged],
        factors=stress_factors(analysis, frame, lambda nodal: nodal[:, judged].astype(np.float32)),
        static=nodal_stress(analysis, _rest(analysis))[:, judged],
    )


def weld_toes(analysis: FrameAnalysis, frame: OpenFrame, steel: MaterialRecord, haz: float) -> Places:
    """Structural stress per coordinate at the weld toes that can be read, against the yield of the heat-affected zone.

    Parameters
    ----------
    haz : float
        Yield of the heat-affected zone over that of the base metal.
    """
    assert analysis.toes is not None
    wall, strength = _walls(analysis, steel)
    static = toe_stress(analysis, nodal_stress(analysis, _rest(analysis)))
    read = np.flatnonzero(np.isfinite(static).all(axis=(0, 2)))
    group = np.asarray(analysis.toes.groups[read])
    return Places(
        at=analysis.toes.toes.point[read],
        group=group,
        names=tuple(analysis.tensor.solid.groups),
        thickness=wall[group],
        yields=haz * strength[group],
        volume=np.zeros(len(read)),
        factors=stress_factors(analysis, frame, lambda nodal: toe_stress(analysis, nodal)[:, read]),
        static=static[:, read],
    )


def _walls(analysis: FrameAnalysis, steel: MaterialRecord) -> tuple[FloatArray, FloatArray]:
    """Thickness and yield of each gauge group."""
    solid = analysis.tensor.solid
    wall = np.array([solid.thickness(name) for name in solid.groups])
    return wall, np.array([steel.yield_at(float(value)) for value in wall])


def _rest(analysis: FrameAnalysis) -> FloatArray:
    return np.array([analysis.static.results[f"{REST}, {end} preload"].displacement for end in PRELOADS])


@dataclass(frozen=True)
class Survey:
    """A motion looked at in every place, at the moments when a coordinate is at its extremes.

    Attributes
    ----------
    samples : (s,) int array
        The moments.
    values : (p,) array
        Greatest von Mises stress of each place over them, both ends of the preload, MPa.
    """

    samples: Ints
    values: FloatArray


def survey(base: Places, motion: FrameMotion, start: int = 0) -> Survey:
    """Look at every place at the moments when a coordinate is at its extremes, from the sample `start` on."""
    samples = start + _extreme_moments(motion.coordinates[start:])
    return Survey(samples, _at_moments(base, motion.coordinates[samples]))


def yielding_share(base: Places, seen: Survey) -> float:
    """Share of the judged volume whose elastic stress is beyond yield at any moment of a survey."""
    total = float(base.volume.sum())
    return float(base.volume[seen.values > base.yields].sum()) / total if total > 0.0 else 0.0


def greatest(
    base: Places, motion: FrameMotion, case: str, share: float = 0.0, start: int = 0, seen: Survey | None = None
) -> list[Peak]:
    """Von Mises stress of each group that is exceeded for `share` of the time (0: the greatest), static stress included.

    The worst places of each group in a survey of the motion (`seen`, made here if it is not given) are followed through the
    whole motion.
    """
    found_in = survey(base, motion, start) if seen is None else seen
    places = _worst_of_each_group(found_in.values / base.yields, base.group)
    level = _levels(base, places, motion.coordinates[start:], share)
    found: list[Peak] = []
    for group in np.unique(base.group[places]):
        mine = np.flatnonzero(base.group[places] == group)
        worst = int(mine[int(level[mine].argmax())])
        found.append(base.peak(case, int(places[worst]), float(level[worst])))
    return found


def worst_moment(base: Places, motion: FrameMotion, seen: Survey) -> tuple[float, int]:
    """Greatest use of yield in a surveyed motion, and the sample at which it occurs."""
    use = seen.values / base.yields
    place = int(use.argmax())
    moving = (base.factors[place] @ motion.coordinates[seen.samples].T).T
    values = np.max([von_mises(moving + rest[place]) for rest in base.static], axis=0)
    return float(use[place]), int(seen.samples[int(values.argmax())])


def _extreme_moments(over_time: FloatArray) -> Ints:
    """Samples at which a coordinate is at its greatest or least value."""
    return np.unique(np.concatenate([over_time.argmax(axis=0), over_time.argmin(axis=0)]))


def _at_moments(base: Places, coordinates: FloatArray) -> FloatArray:
    """Greatest stress of every place over some moments, both ends of the preload, (p,)."""
    size = max(1, _CHUNK // (6 * len(coordinates)))
    found = np.empty(len(base.factors))
    for first in range(0, len(found), size):
        part = slice(first, first + size)
        moving = np.moveaxis(base.factors[part] @ coordinates.T, 1, -1)
        found[part] = np.max([von_mises(moving + rest[part, None]).max(axis=1) for rest in base.static], axis=0)
    return found


def _worst_of_each_group(use: FloatArray, group: Ints) -> Ints:
    order = np.argsort(-use, kind="stable")
    return np.concatenate([order[group[order] == one][:_CANDIDATES] for one in np.unique(group)])


def _levels(base: Places, places: Ints, over_time: FloatArray, share: float) -> FloatArray:
    found = np.empty(len(places))
    for number, place in enumerate(places):
        moving = (base.factors[place] @ over_time.T).T
        values = [von_mises(moving + rest[place]) for rest in base.static]
        found[number] = max(float(np.quantile(value, 1.0 - share)) for value in values)
    return found
