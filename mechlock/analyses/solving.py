"""Solve a model file: once, or on ever finer meshes, with its results written at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mechlock.analyses import writing
from mechlock.analyses.convergence import MOST_DOFS, TOLERANCE, converge
from mechlock.analyses.run import Report, Solution, run_model
from mechlock.inputs.model import read_model


@dataclass(frozen=True)
class Refinement:
    """That a model is to be refined until it settles; see `convergence.converge`."""

    tolerance: float = TOLERANCE
    most_dofs: int = MOST_DOFS
    watch: tuple[str, ...] = ()


def solve(
    path: Path | str,
    out: Path | str | None = None,
    cases: Sequence[str] = (),
    report: Report = lambda _: None,
    refinement: Refinement | None = None,
    *,
    hdf: bool = False,
) -> Solution:
    """Solve the cases of a model file.

    Parameters
    ----------
    path : path
        A ``mechlock-model/1`` file.
    out : path, optional
        Folder for ``results.json`` and one ``.vtu`` a case, written when everything is done.
    cases : sequence of str
        Names of the cases wanted; all when empty.
    report : callable
        Told what is being done.
    refinement : Refinement, optional
        Solve on ever finer meshes until the watched quantities settle.
    hdf : bool
        Write fields as ``.vtkhdf`` instead of ``.vtu``.

    Raises
    ------
    InputError
        For anything wrong with the file, its mesh or the model.
    NoVerdict
        When an analysis does not converge.
    """
    source = read_model(Path(path))
    if refinement is None:
        solution = run_model(source, cases, report)
    else:
        wanted = refinement
        solution = converge(source, cases, report, tolerance=wanted.tolerance, most_dofs=wanted.most_dofs, watch=wanted.watch)
    if out is not None:
        writing.write(Path(out), solution.results, writing.files(solution.judge.recovery, solution.fields, hdf=hdf))
    return solution
