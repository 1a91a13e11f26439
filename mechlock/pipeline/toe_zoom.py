"""Stress ranges of fatigue at governing weld toes, read again on submodels of two meshes.

Each is the greatest swing of the toe's stress on the road that does most to it: the frame's displacement at its two ends drives a
piece cut out around the toe (`frame_zoom`), meshed finely and halved. The inertia of the piece itself, some kilograms under a
frame that carries tonnes, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mechlock.fem import hotspot, stress
from mechlock.inputs.materials import MaterialRecord
from mechlock.loads.history import FloatArray
from mechlock.mesh.tensor_cutout import cut_out
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_zoom import FINE, REACH, driven_by, piece_reader

_SAME_WAY = 0.999


@dataclass(frozen=True)
class Swing:
    """The greatest swing of a weld toe's stress on a road.

    Attributes
    ----------
    group : str
    toe : int
        Into the analysis' toes.
    normal : (3,) array
        Of the plane that suffers most.
    range : float
        Of the stress on it, MPa.
    displacement : (n_nodes, 3) array
        Between the two ends of the swing, mm.
    """

    group: str
    toe: int
    normal: FloatArray
    range: float
    displacement: FloatArray


@dataclass(frozen=True)
class SeenAgain:
    """What submodels say of a toe's swing.

    Attributes
    ----------
    grown : float
        Stress on the halved submodel over that of the frame's own mesh.
    moved : float
        Relative change between the two submodels.
    """

    grown: float
    moved: float


def look_again(
    analysis: FrameAnalysis,
    steel: MaterialRecord,
    swings: Sequence[Swing],
    progress: Callable[[str], None] = lambda message: None,
) -> Mapping[str, SeenAgain]:
    """Read swings again on submodels, by group.

    Raises
    ------
    NoVerdict
        When a submodel is not in equilibrium.
    """
    found: dict[str, SeenAgain] = {}
    for swing in swings:
        progress(f"life: submodel of {swing.group.replace('_', ' ')}")
        fine, halved = (_range(analysis, steel, swing, grading) for grading in (FINE, replace(FINE, halved=True)))
        found[swing.group] = SeenAgain(halved / swing.range, abs(fine / halved - 1.0))
    return found


def _range(analysis: FrameAnalysis, steel: MaterialRecord, swing: Swing, grading: Grading) -> float:
    """Range of the stress at the toe on one submodel, MPa."""
    assert analysis.toes is not None
    toes = analysis.toes.toes
    point, away, inward = toes.point[swing.toe], toes.away[swing.toe], toes.inward[swing.toe]
    cutout = cut_out(analysis.tensor, point, REACH, grading)
    moved = driven_by(analysis, cutout, swing.displacement[:, :, None], np.zeros((3, 1)))
    reader = piece_reader(cutout, steel)
    assert reader.toes is not None
    tensors = hotspot.structural_stress(
        reader.toes.reader, stress.recover(reader.recovery, moved[:, 0].reshape(-1, 3)).nodal
    ).tensor
    own = reader.toes.toes
    same = (own.away @ away > _SAME_WAY) & (own.inward @ inward > _SAME_WAY) & np.isfinite(tensors).all(axis=1)
    nearest = np.where(same, np.linalg.norm(own.point - point, axis=1), np.inf).argmin()
    return float(abs(swing.normal @ stress.matrices(tensors[nearest]) @ swing.normal))
