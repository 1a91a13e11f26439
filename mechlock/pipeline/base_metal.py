"""Von Mises stress of a moving frame, in base metal and at weld toes: the greatest, or that exceeded for a share of the time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mechlock.checks.strength import Peak
from mechlock.fem.cores import on_all_cores
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


def judged_stress(analysis: FrameAnalysis, nodal: FloatArray) -> FloatArray:
    """Recovered stress (n, n_rows, 6) wherever base metal is judged, (n, p, 6), in single precision."""
    return nodal[:, analysis.judged].astype(np.float32)


def base_metal(analysis: FrameAnalysis, frame: OpenFrame, steel: MaterialRecord, read: FloatArray) -> Places:
    """Stress per coordinate wherever base metal is judged, from `judged_stress` of every field (f, p, 6)."""
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
        factors=stress_factors(frame, read),
        static=nodal_stress(analysis, _rest(analysis))[:, judged],
    )


def weld_toes(analysis: FrameAnalysis, frame: OpenFrame, steel: MaterialRecord, haz: float, stress: FloatArray) -> Places:
    """Structural stress per coordinate at the weld toes that can be read, against the yield of the heat-affected zone.

    Parameters
    ----------
    haz : float
        Yield of the heat-affected zone over that of the base metal.
    stress : (f, p, 6) array
        `toe_stress` of every field.
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
        factors=stress_factors(frame, stress[:, read]),
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
    moments = coordinates.T.astype(base.factors.dtype)
    size = max(1, _CHUNK // (6 * len(coordinates)))

    def look(first: int) -> FloatArray:
        part = slice(first, first + size)
        return _greatest_of(base.factors[part] @ moments, base.static[:, part].astype(moments.dtype))

    return np.concatenate(list(on_all_cores(look, range(0, len(base.factors), size))))


def _greatest_of(moving: FloatArray, static: FloatArray) -> FloatArray:
    """Greatest von Mises stress over moments, (p,), of moving (p, 6, s) on static stress (2, p, 6)."""
    squares = np.array([_squared(moving, rest).max(axis=1) for rest in static])
    return np.sqrt(squares.max(axis=0))


def _squared(moving: FloatArray, rest: FloatArray) -> FloatArray:
    """Square of the von Mises stress, (p, s), of stress moving (p, 6, s) on stress at rest (p, 6)."""
    xx, yy, zz, xy, yz, zx = (moving[:, i] + rest[:, i, None] for i in range(6))
    zz -= xx  # for z less x, and then the others against it
    yy -= xx
    shear = xy * xy
    shear += yz * yz
    shear += zx * zx
    normal = yy * yy
    normal += zz * zz
    normal -= yy * zz
    shear *= 3.0
    normal += shear
    return normal


def _worst_of_each_group(use: FloatArray, group: Ints) -> Ints:
    order = np.argsort(-use, kind="stable")
    return np.concatenate([order[group[order] == one][:_CANDIDATES] for one in np.unique(group)])


def _levels(base: Places, places: Ints, over_time: FloatArray, share: float) -> FloatArray:
    """Stress of some places that is exceeded for `share` of the time, the larger of both ends of the preload."""
    moments = np.ascontiguousarray(over_time.T)
    rank = (1.0 - share) * (len(over_time) - 1)
    low, high = math.floor(rank), math.ceil(rank)

    def level(place: int) -> float:
        moving = (base.factors[place] @ moments)[None]
        found = 0.0
        for rest in base.static[:, place]:
            squares = _squared(moving, rest[None])[0]
            ends = np.sqrt(np.partition(squares, (low, high))[[low, high]])
            found = max(found, float(ends[0] + (rank - low) * (ends[1] - ends[0])))
        return found

    return np.array(list(on_all_cores(level, places.tolist())))
