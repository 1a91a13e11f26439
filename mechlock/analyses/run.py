"""From a model file to its results: read, assemble, solve every case asked for, collect figures and fields."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mechlock.analyses import reading, stresses, writing
from mechlock.analyses.buckling_cases import buckling_record
from mechlock.analyses.linear_cases import CaseFields, Prepared, linear_records, state_case
from mechlock.analyses.static_cases import static_record
from mechlock.analyses.statistics import Stages, versions
from mechlock.errors import InputError
from mechlock.fem import from_file
from mechlock.fem import model as fem
from mechlock.fem.assembly import System, assemble
from mechlock.fem.from_file import Problem
from mechlock.fem.static import StaticSolution, solve_static
from mechlock.inputs.model import ModelFile, ModelSource, read_model
from mechlock.inputs.model_cad import Cad
from mechlock.inputs.model_cases import BucklingCase, Case, StaticCase
from mechlock.mesh.from_cad import mesh_step
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.reading import read_mesh

Report = Callable[[str], None]


@dataclass(frozen=True)
class Solution:
    """What the analyses of a model found.

    Attributes
    ----------
    results : dict
        The object of ``results.json``.
    fields : tuple of CaseFields
    judge : stresses.Judge
        The recovery whose rows the fields follow.
    """

    results: dict[str, Any]
    fields: tuple[CaseFields, ...]
    judge: stresses.Judge

    @property
    def complete(self) -> bool:
        """Whether every case has a result that may be relied on."""
        return all(case["status"] == "ok" for case in self.results["cases"].values())


def solve(
    path: Path | str, out: Path | str | None = None, cases: Sequence[str] = (), report: Report = lambda _: None
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

    Raises
    ------
    InputError
        For anything wrong with the file, its mesh or the model.
    NoVerdict
        When an analysis does not converge.
    """
    source = read_model(Path(path))
    solution = run_model(source, cases, report)
    if out is not None:
        writing.write(Path(out), solution.results, writing.files(solution.judge.recovery, solution.fields))
    return solution


def run_model(source: ModelSource, cases: Sequence[str] = (), report: Report = lambda _: None) -> Solution:
    """Solve the cases of a model that has been read; nothing is written."""
    chosen = _chosen(source.file, cases, str(source.path))
    stages = Stages()
    mesh = model_mesh(source, report)
    with _named(source.mesh_path):
        quality = check_mesh(mesh)
    stages.done("mesh")
    problem = from_file.problem(source, mesh)
    placed = reading.place(mesh, source.file.probes, str(source.path))
    with _named(source.path):
        statics, states = _static_cases(problem, chosen)
        report("assembling")
        system = assemble(problem.model)
        stages.done("assembly")
        keep = next(iter(states.values()), None)
        solved = solve_static(system, statics, keep=keep, progress=report) if statics else None
        stages.done("static")
        loads = tuple(load for case in statics for load in case.loads)
        judge = stresses.judge(problem, system, stresses.loaded_nodes(mesh, loads))
        records, fields = _static_records(problem, system, chosen, judge, placed, solved, report)
        stages.done("stress")
        try:
            found, more = linear_records(chosen, Prepared(system, judge, placed, solved, states), report)
        finally:
            if solved is not None and solved.held is not None:
                solved.held.factor.release()
        stages.done("modes and dynamics")
    records |= found
    whole = {
        "nodes": len(mesh.points),
        "elements": mesh.n_cells,
        "dofs": system.n_dof,
        "mass_kg": system.element_mass * 1000.0,
        "total_mass_kg": system.total_mass * 1000.0,
        "volume_mm3": quality.volume,
        "quality": quality.as_dict(),
    }
    results = {
        "model": source.file.name or source.path.name,
        "mesh": whole,
        "cases": {case.name: records[case.name] for case in chosen},
        "solver": solved.solver if solved is not None else _modal_solver(records),
        **stages.record(),
        "versions": versions(),
    }
    return Solution(results, (*fields, *more), judge)


def model_mesh(source: ModelSource, report: Report = lambda _: None) -> Mesh:
    """Read a model's mesh, or make it of its STEP file.

    Raises
    ------
    InputError, NoVerdict, MissingExtra
        As `read_mesh` and `mesh_step` do.
    """
    if source.file.is_cad:
        report("meshing the STEP file")
        return mesh_step(source.mesh_path, source.file.cad or Cad(), str(source.path)).tet.mesh
    report("reading the mesh")
    return read_mesh(source.mesh_path, source.file.length_unit or "mm")


def _modal_solver(records: dict[str, Any]) -> str | None:
    return next((record["solver"] for record in records.values() if "solver" in record), None)


@contextlib.contextmanager
def _named(path: Path) -> Generator[None]:
    """Put the file's name before errors raised in the block."""
    try:
        yield
    except InputError as error:
        raise (error if str(path) in error.where else error.at(str(path))) from None


def _chosen(file: ModelFile, wanted: Sequence[str], where: str) -> list[Case]:
    known = {case.name: case for case in file.cases}
    for name in wanted:
        if name not in known:
            raise InputError(f"there is no case {name!r}", f"{where}: cases", f"it has {', '.join(map(repr, known))}")
    return [case for name, case in known.items() if not wanted or name in wanted]


def _static_cases(problem: Problem, chosen: Sequence[Case]) -> tuple[list[fem.StaticCase], dict[str, str]]:
    """Static cases to solve, and for each linear case with contacts the name of the static case that it stands on."""
    mesh, source = problem.model.mesh, problem.source
    ends = ("low", "high") if problem.ranged else ("low",)
    wanted = [(item, end) for item in chosen if isinstance(item, StaticCase) for end in ends]
    wanted += [(item, "low") for item in chosen if isinstance(item, BucklingCase)]
    cases = {made.name: made for made in (from_file.static_case(item, source, mesh, end) for item, end in wanted)}
    states: dict[str, str] = {}
    for item in chosen:
        if isinstance(item, StaticCase | BucklingCase):
            continue
        made = state_case(problem, item)
        if made is not None:
            states[item.name] = made.name
            cases.setdefault(made.name, made)
    return list(cases.values()), states


def _static_records(
    problem: Problem,
    system: System,
    chosen: Sequence[Case],
    judge: stresses.Judge,
    placed: reading.ProbeSet,
    solved: StaticSolution | None,
    report: Report,
) -> tuple[dict[str, Any], list[CaseFields]]:
    records: dict[str, Any] = {}
    fields: list[CaseFields] = []
    for item in chosen:
        if isinstance(item, BucklingCase) and solved is not None:
            report(f"buckling: {item.name}")
            found = buckling_record(system, solved.results[item.name], item.modes, judge.recovery.node)
            records[item.name], arrays = found
            fields.append(CaseFields(item.name, arrays))
        if not isinstance(item, StaticCase) or solved is None:
            continue
        report(f"stress: {item.name}")
        record, arrays = static_record(judge, placed, solved.results[item.name])
        fields.append(CaseFields(item.name, arrays))
        if problem.ranged:
            high = f"{item.name} (high preload)"
            other, arrays = static_record(judge, placed, solved.results[high])
            fields.append(CaseFields(high, arrays))
            record |= {"preload": "low", "at_high_preload": other, "envelope": _envelope(record, other)}
            if other["status"] != "ok":
                record |= {"status": other["status"], "reason": f"at the preload's upper end: {other['reason']}"}
        records[item.name] = record
    return records, [item for item in fields if item.arrays]


def _envelope(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    """The larger of the figures at both ends of the preload."""
    both = [record for record in (low, high) if "max_von_mises_MPa" in record]
    if not both:
        return {}
    stress = max((record["max_von_mises_MPa"] for record in both), key=lambda found: found["value"] or 0.0)
    return {"max_von_mises_MPa": stress, "max_displacement_mm": max(record["max_displacement_mm"] for record in both)}
