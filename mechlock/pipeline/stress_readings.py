"""Where the stress of a frame is read, in base metal and at weld toes, and the largest values found there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mechlock.checks.strength import Peak
from mechlock.fem import hotspot, meaningful, stress
from mechlock.fem.stress import Floats, Recovery, Region
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.foot_toes import foot_toes, joined
from mechlock.mesh.mesh import Ints
from mechlock.mesh.tensor import TensorMesh
from mechlock.mesh.tensor_welds import WeldToes, weld_toes
from mechlock.solids.frame import FrameSolid

Flags = NDArray[np.bool_]

SKEW_LENGTH = 2.0
"""Longest extent of a cell at the foot of a brace, over its wall thickness: along it they end at `swept.FOOT_ROWS`, but skew."""

REACH_IN_T = 1.0
"""Base metal is judged from so many wall thicknesses on, away from welds, corners, couplings and contact patches."""


@dataclass(frozen=True)
class Toes:
    """Weld toes on the faces of walls, with the places at which their structural stress is read.

    Attributes
    ----------
    toes : WeldToes
    reader : hotspot.HotSpotReader
    groups : (n,) int array
        Gauge group of each toe's wall, a number into ``solid.groups``.
    """

    toes: WeldToes
    reader: hotspot.HotSpotReader
    groups: Ints

    @staticmethod
    def prepare(tensor: TensorMesh, recovery: Recovery, toes: WeldToes, toe_length: float) -> Toes:
        """Find the places at which toes are read; toes on edges and flush walls are left out.

        Parameters
        ----------
        toe_length : float
            Longest cell at a weld toe, over the wall thickness, at which the toe is read; infinite where a rough value will do.
        """
        toes = toes.select(toes.through & ~toes.flush)
        points = hotspot.WeldPoints(toes.point, toes.away, toes.inward, toes.thickness)
        solid = tensor.solid
        group_of = np.array([solid.groups.index(piece.group) for piece in solid.pieces], dtype=np.int64)
        groups = group_of[toes.part]
        return Toes(toes, hotspot.prepare(recovery, points, toe_length), groups)

    def stress(self, nodal: Floats) -> Floats:
        """Structural von Mises stress, negative where the mesh is too coarse, from a recovered field."""
        spots = hotspot.structural_stress(self.reader, nodal)
        return np.where(spots.valid, spots.von_mises, -1.0)

    @property
    def coverage(self) -> float:
        """Share of the toes' length at which the mesh is fine enough."""
        fine = self.reader.length_over_thickness <= self.reader.allowed_length * (1 + 1e-6)
        return float(self.toes.length[fine].sum() / self.toes.length.sum())


@dataclass(frozen=True)
class Readings:
    """Von Mises stress at the places where it is judged.

    Attributes
    ----------
    groups : tuple of str
        Gauge groups.
    thickness : tuple of float
        Of each group, mm.
    group : (n,) int array
        Gauge group of each place.
    place : (n, 3) float array
        mm.
    value : dict of str to (n,) float array
        Stress in MPa by case; negative where it is not judged.
    """

    groups: tuple[str, ...]
    thickness: tuple[float, ...]
    group: Ints
    place: Floats
    value: dict[str, Floats]

    def largest(self) -> Floats:
        """Largest stress of each place over all cases, in MPa; shape (n,)."""
        return np.max(list(self.value.values()), axis=0)

    def only(self, chosen: Flags) -> Readings:
        """Return the chosen places."""
        value = {case: stresses[chosen] for case, stresses in self.value.items()}
        return Readings(self.groups, self.thickness, self.group[chosen], self.place[chosen], value)

    def peaks(self) -> tuple[Peak, ...]:
        """Largest stress of each gauge group in each case; groups without any judged place are left out."""
        return tuple(peak for case, values in self.value.items() for peak in self._peaks(case, values))

    def _peaks(self, case: str, values: Floats) -> Iterable[Peak]:
        order = np.lexsort((values, self.group))
        last = np.flatnonzero(np.diff(self.group[order], append=-1))
        for row in order[last]:
            number = int(self.group[row])
            if values[row] >= 0.0:
                x, y, z = self.place[row]
                yield Peak(case, self.groups[number], self.thickness[number], float(values[row]), (float(x), float(y), float(z)))


def together(parts: Sequence[Readings]) -> Readings:
    """Return the places of several readings of the same cases as one."""
    first = parts[0]
    value = {case: np.concatenate([part.value[case] for part in parts]) for case in first.value}
    places = np.concatenate([part.place for part in parts])
    return Readings(first.groups, first.thickness, np.concatenate([part.group for part in parts]), places, value)


def largest_peaks(parts: Sequence[tuple[Peak, ...]]) -> tuple[Peak, ...]:
    """Of peaks from several parts of a frame, the largest of each case and gauge group, in the order of first mention."""
    found: dict[tuple[str, str], Peak] = {}
    for peak in (peak for part in parts for peak in part):
        key = (peak.case, peak.group)
        if key not in found or peak.value > found[key].value:
            found[key] = peak
    return tuple(found.values())


@dataclass(frozen=True)
class Reader:
    """Reads the stress of one mesh, case by case.

    Attributes
    ----------
    tensor : TensorMesh
    recovery : Recovery
    mask : meaningful.Meaningful
        Where base metal is judged.
    toes : Toes or None
    feet : Toes or None
        Where feet are apart, those of braces and of their ground, whose cells are too long there: rough values, which say which
        feet to look at. Else those of braces, whose cells are as short by themselves and skew.
    """

    tensor: TensorMesh
    recovery: Recovery
    mask: meaningful.Meaningful
    toes: Toes | None
    feet: Toes | None

    @staticmethod
    def prepare(
        tensor: TensorMesh,
        steel: MaterialRecord,
        features: meaningful.Features,
        toe_length: float | None,
        *,
        feet_apart: bool = False,
    ) -> Reader:
        """Find where to read; without a `toe_length` weld toes are not read, and feet roughly if they are kept apart."""
        elasticity = stress.isotropic(steel.E, steel.nu)
        regions = [Region(group, tensor.mesh.volumes[group], elasticity) for group in tensor.solid.groups]
        recovery = stress.prepare(tensor.mesh, regions)
        mask = meaningful.meaningful(recovery, np.array(_thickness(tensor.solid)), features, REACH_IN_T)
        if toe_length is None:
            return Reader(tensor, recovery, mask, None, None)
        members, (ground, walls) = weld_toes(tensor), foot_toes(tensor)
        if feet_apart:
            chosen, feet, length = members, joined([ground, walls]), np.inf
        else:
            chosen, feet, length = joined([members, ground]), walls, SKEW_LENGTH
        toes = Toes.prepare(tensor, recovery, chosen, toe_length)
        return Reader(tensor, recovery, mask, toes, Toes.prepare(tensor, recovery, feet, length) if len(feet.point) else None)

    def base(self, von_mises: dict[str, Floats]) -> Readings:
        """Base metal, from von Mises stress per row of the recovery."""
        value = {case: np.where(self.mask.rows, stresses, -1.0) for case, stresses in von_mises.items()}
        solid, place = self.tensor.solid, self.tensor.mesh.points[self.recovery.node]
        return Readings(solid.groups, _thickness(solid), self.recovery.region, place, value)

    def at(self, toes: Toes, value: dict[str, Floats]) -> Readings:
        """Weld toes, from their structural stress by case."""
        solid = self.tensor.solid
        return Readings(solid.groups, _thickness(solid), toes.groups, toes.toes.point, value)


def _thickness(solid: FrameSolid) -> tuple[float, ...]:
    return tuple(solid.thickness(group) for group in solid.groups)
