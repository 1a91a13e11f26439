"""The finite-element analyses of a design's frame: its static cases and its modes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mechlock.analyses import writing
from mechlock.analyses.fields import CaseFields
from mechlock.analyses.modal_cases import modal_fields
from mechlock.analyses.statistics import Stages, versions
from mechlock.errors import InputError
from mechlock.fem.calculix import calculix_files
from mechlock.inputs.design import Design
from mechlock.inputs.materials import find
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.frame_analysis import FrameAnalysis, analyse_frame
from mechlock.pipeline.frame_stage import GROWTH, TOE_LENGTH, TOE_ROWS
from mechlock.pipeline.results import mesh_record, static_records
from mechlock.solids.frame import build_frame


def solve_frame(
    design: Design, cases: Sequence[str], report: Callable[[str], None], *, quick: bool, calculix: bool = False, hdf: bool = False
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the object of ``results.json`` and the content of the field files, of the cases named or of all.

    With `calculix` also the files that CalculiX runs for the static ones, on the same mesh; `hdf` fields are ``.vtkhdf``.

    Raises
    ------
    InputError
        For anything wrong with the files, or an unknown case.
    """
    clock = Stages()
    steel = find(design.frame.material, f"{design.files.get('frame', design.where)}: material")
    solid = build_frame(design.frame, design.files.get("frame", design.where))
    mesh = design.file.mesh
    grading = Grading(mesh.frame, TOE_ROWS, around_blocks=mesh.toes == "all", growth=GROWTH)
    if quick:
        # CalculiX has no cells with the same modes
        grading = Grading(size=mesh.frame) if calculix else Grading(size=mesh.frame_quick, quadratic=False)
    analysis = analyse_frame(solid, steel, design, grading, modes=design.file.modes, toe_length=TOE_LENGTH, progress=report)
    records = static_records(analysis)
    unknown = [name for name in cases if name not in records]
    if unknown:
        raise InputError(f"there is no case {unknown[0]!r}", f"{design.where}: cases", f"it has {', '.join(map(repr, records))}")
    chosen = {name: record for name, record in records.items() if not cases or name in cases}
    clock.done("frame")
    results = {
        "model": design.file.name,
        "mesh": mesh_record(analysis),
        "cases": chosen,
        "solver": analysis.static.solver,
        **clock.record(),
        "versions": versions(),
    }
    files = writing.files(analysis.recovery, _fields(analysis, list(chosen)), hdf=hdf)
    if calculix:
        files |= calculix_files(analysis.system, [result for name, result in analysis.static.results.items() if name in chosen])
    return results, files


def _fields(analysis: FrameAnalysis, names: Sequence[str]) -> list[CaseFields]:
    rows = analysis.recovery.node
    found = [
        CaseFields(
            result.name,
            {
                "displacement": result.displacement[rows],
                "von_mises": analysis.von_mises[number],
                "judged": analysis.judged.astype(np.uint8),
            },
        )
        for number, result in enumerate(analysis.static.results.values())
        if result.name in names
    ]
    if analysis.modal is not None and "modes" in names:
        found.append(CaseFields("modes", modal_fields(analysis.modal, rows), analysis.modal.frequencies))
    return found
