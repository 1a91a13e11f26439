"""The finite-element analyses of a model file, or of the frame of a design, by what the file says that it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mechlock import analyses
from mechlock.analyses import writing
from mechlock.errors import InputError
from mechlock.inputs import reading

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
    calculix: bool = False,
    hdf: bool = False,
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
    calculix : bool
        For a design: write its static cases for CalculiX as well, on the same mesh (``calculix_1.inp``, ...).
    hdf : bool
        Write fields as ``.vtkhdf`` instead of ``.vtu``.

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
        if calculix:
            raise InputError(
                "the cases of model files are not written for CalculiX", str(path), "its mesh is, by `mechlock build`"
            )
        return analyses.solve(path, out, cases, report, refinement, hdf=hdf).results
    if refinement is not None:
        raise InputError("the mesh of a design's frame is not refined", str(path), "leave --converge out, or solve a model file")
    from mechlock.inputs.design import read_design
    from mechlock.pipeline.frame_solving import solve_frame

    results, files = solve_frame(read_design(path), cases, report, quick=quick, calculix=calculix and out is not None, hdf=hdf)
    if out is not None:
        writing.write(Path(out), results, files)
    return results


def complete(results: Record) -> bool:
    """Whether every case has a result that may be relied on."""
    return all(case["status"] == "ok" for case in results["cases"].values())
