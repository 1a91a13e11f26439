"""The finite-element analyses of a model file, or of the frame of a design, by what the file says that it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mechlock import analyses
from mechlock.analyses import writing
from mechlock.analyses.linear_cases import CaseFields
from mechlock.analyses.modal_cases import modal_fields
from mechlock.analyses.statistics import Stages, versions
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.design import Design, read_design
from mechlock.inputs.materials import find
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.frame_analysis import FrameAnalysis, analyse_frame
from mechlock.pipeline.frame_stage import GROWTH, TOE_LENGTH, TOE_ROWS
from mechlock.pipeline.results import mesh_record, static_records
from mechlock.solids.frame import build_frame

Report = Callable[[str], None]
Record = dict[str, Any]


def solve(
    path: Path | str,
    out: Path | str | None = None,
    cases: Sequence[str] = (),
    report: Report = lambda message: None,
    *,
    quick: bool = False,
    refinement: analyses.Refinement | None = None,
) -> Record:
    """Solve the cases of a model file, or the static cases and modes of a design's frame.

    Parameters
    ----------
    path : path
        A ``mechlock-model/1`` or ``mechlock-design/1`` file.
    out : path, optional
        Folder for ``results.json`` and one ``.vtu`` a case, written when everything is done.
    cases : sequence of str
        Names of the cases wanted; all when empty.
    report : callable
        Told what is being done.
    quick : bool
        For a design: a coarse mesh of its frame, without rows at weld toes.
    refinement : analyses.Refinement, optional
        For a model file: solve on ever finer meshes until the watched quantities settle.

    Returns
    -------
    dict
        The object of ``results.json``.

    Raises
    ------
    InputError
        For anything wrong with the file, its mesh or the model.
    NoVerdict
        When an analysis does not converge.
    """
    path = Path(path)
    kind = str(reading.read_toml(path).get("format", ""))
    if not kind.startswith("mechlock-design/"):
        return analyses.solve(path, out, cases, report, refinement).results
    if refinement is not None:
        raise InputError("the mesh of a design's frame is not refined", str(path), "leave --converge out, or solve a model file")
    results, files = _solve_frame(read_design(path), cases, report, quick=quick)
    if out is not None:
        writing.write(Path(out), results, files)
    return results


def complete(results: Record) -> bool:
    """Whether every case has a result that may be relied on."""
    return all(case["status"] == "ok" for case in results["cases"].values())


def _solve_frame(design: Design, cases: Sequence[str], report: Report, *, quick: bool) -> tuple[Record, dict[str, bytes]]:
    clock = Stages()
    steel = find(design.frame.material, f"{design.files.get('frame', design.where)}: material")
    solid = build_frame(design.frame, design.files.get("frame", design.where))
    grading = Grading(size=design.file.mesh.frame, toe_rows=TOE_ROWS, growth=GROWTH)
    if quick:
        grading = Grading(size=design.file.mesh.frame_quick)
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
    return results, writing.files(analysis.recovery, _fields(analysis, list(chosen)))


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
