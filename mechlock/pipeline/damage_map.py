"""Damage of the weld toes as a field on the frame's mesh, so that it can be looked at."""

from __future__ import annotations

import numpy as np
from scipy.spatial import KDTree

from mechlock.analyses.fields import CaseFields
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.weld_stage import WeldAssessment

NAME = "weld life"
"""Name of the field file."""

_NEAREST = 2


def damage_map(analysis: FrameAnalysis, found: WeldAssessment) -> CaseFields:
    """Damage over the years, with the scatter factor, at the nodes nearest to each toe on the toe's own wall; zero elsewhere.

    ``log10_damage`` is what a colour scale wants: it ends at -6.
    """
    assert analysis.toes is not None
    recovery = analysis.recovery
    damage = np.zeros(len(recovery.node))
    groups, points = analysis.toes.groups[found.toes], analysis.toes.toes.point[found.toes]
    value = found.life.yearly * found.duty.years * found.scatter_factor
    places = analysis.tensor.mesh.points[recovery.node]
    for group in np.unique(groups):
        rows, mine = np.flatnonzero(recovery.region == group), np.flatnonzero(groups == group)
        nearest = np.asarray(KDTree(places[rows]).query(points[mine], k=min(_NEAREST, len(rows)))[1]).reshape(len(mine), -1)
        np.maximum.at(damage, rows[nearest], value[mine, None])
    return CaseFields(NAME, {"damage": damage, "log10_damage": np.log10(np.maximum(damage, 1e-6))})
