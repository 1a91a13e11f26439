"""From a model file to its results: read, assemble, solve every case asked for, collect figures and fields."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from mechlock.analyses import stresses
from mechlock.analyses.buckling_cases import buckling_record
from mechlock.analyses.envelopes import envelope_record
from mechlock.analyses.fields import CaseFields
from mechlock.analyses.plan import Plan, make_plan, members
from mechlock.analyses.readers import Readers, prepare
from mechlock.analyses.static_cases import static_records
from mechlock.analyses.statistics import Stages, versions
from mechlock.errors import InputError
from mechlock.fem import from_file
from mechlock.fem.assembly import assemble, lay_out
from mechlock.fem.cores import beside
from mechlock.fem.file_cases import case_name
from mechlock.fem.from_file import Problem
from mechlock.fem.static import StaticSolution, solve_static
from mechlock.inputs.model import ModelSource
from mechlock.inputs.model_cad import Cad
from mechlock.inputs.model_cases import BucklingCase, StaticCase
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.reading import read_mesh
from mechlock.mesh.refinement import refine

Report = Callable[[str], None]

# Static cases whose stress is held in memory at the same time.
_AT_ONCE = 8


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


def run_model(source: ModelSource, cases: Sequence[str] = (), report: Report = lambda _: None, refinements: int = 0) -> Solution:
    """Solve the cases of a model that has been read, its cells halved `refinements` times; nothing is written."""
    stages = Stages()
    mesh = model_mesh(source, report)
    beside(_load_more)
    carry, file_nodes = None, len(mesh.points)
    for _ in range(refinements):
        refined = refine(mesh)
        mesh, carry = refined.mesh, refined.carry if carry is None else refined.carry @ carry
    problem = from_file.problem(source, mesh, carry, file_nodes)
    with _named(source.path):
        plan = make_plan(problem, cases)
        layout = lay_out(problem.model, factored=True)
    with _named(source.mesh_path):
        quality = check_mesh(mesh)
    stages.done("mesh")
    with _named(source.path):
        report("assembling")
        loads = tuple(load for case in plan.statics for load in case.loads)
        judging = beside(lambda: stresses.judge(problem, layout.material_of, stresses.loaded_nodes(mesh, loads)))
        system = assemble(problem.model, layout)
        judge = judging.result()
        readers = prepare(problem, system, judge)
        stages.done("assembly")
        keep = next(iter(plan.states.values()), None)
        solved = solve_static(system, plan.statics, keep=keep, progress=report) if plan.statics else None
        stages.done("static")
        records, fields = ({}, []) if solved is None else _static_records(plan, readers, solved, report)
        stages.done("stress")
        try:
            found, more = _linear_records(plan, problem, readers, solved, report)
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
        "cases": {item.name: records[item.name] for item in (*plan.cases, *plan.combinations, *plan.envelopes)},
        "solver": solved.solver if solved is not None else _modal_solver(records),
        **stages.record(),
        "versions": versions(),
    }
    return Solution(results, (*fields, *more), judge)


def _load_more() -> None:
    """Load what is needed later while the pattern of the matrix is sorted out, which leaves the interpreter free."""
    for name in ("skfem", "scipy.spatial"):
        import_module(name)


def model_mesh(source: ModelSource, report: Report = lambda _: None) -> Mesh:
    """Read a model's mesh, or make it of its STEP file.

    Raises
    ------
    InputError, NoVerdict, MissingExtra
        As `read_mesh` and `mechlock.mesh.from_cad.mesh_step` do.
    """
    if source.file.is_cad:
        report("meshing the STEP file")
        from mechlock.mesh.from_cad import mesh_step  # loads a CAD kernel, which meshes do without

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


def _static_records(
    plan: Plan, readers: Readers, solved: StaticSolution, report: Report
) -> tuple[dict[str, Any], list[CaseFields]]:
    """Static cases, combinations, buckling cases and envelopes."""
    found: dict[str, Any] = {}
    records: dict[str, Any] = {}
    fields: dict[str, CaseFields] = {}
    names = [case_name(name, end) for name in plan.at_rest for end in plan.ends]
    report(f"stress: {len(names)} case(s)")
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        answers = static_records(readers, [solved.results[full] for full in some])
        for full, (record, arrays) in zip(some, answers, strict=True):
            found[full], fields[full] = record, CaseFields(full, arrays)
    for name in plan.at_rest:
        records[name] = _both_ends(found[name], found[case_name(name, "high")]) if len(plan.ends) > 1 else found[name]
    for item in plan.cases:
        if isinstance(item, BucklingCase):
            report(f"buckling: {item.name}")
            state = solved.results[item.name]
            records[item.name], arrays = buckling_record(readers.system, state, item.modes, readers.judge.recovery.node)
            fields[item.name] = CaseFields(item.name, arrays)
    for item in plan.envelopes:
        report(f"envelope: {item.name}")
        records[item.name], arrays = envelope_record(readers.judge, members(plan, item), found, fields)
        fields[item.name] = CaseFields(item.name, arrays)
    return records, [item for item in fields.values() if item.arrays]


def _linear_records(
    plan: Plan, problem: Problem, readers: Readers, solved: StaticSolution | None, report: Report
) -> tuple[dict[str, Any], list[CaseFields]]:
    """Modal and dynamic cases."""
    if all(isinstance(item, StaticCase | BucklingCase) for item in plan.cases):
        return {}, []
    from mechlock.analyses.linear_cases import Prepared, linear_records  # takes a tenth of a second to load

    return linear_records(plan.cases, Prepared(problem, readers, solved, plan.states), report)


def _both_ends(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    """The record at the preload's lower end with that at its upper end inside."""
    record = low | {"preload": "low", "at_high_preload": high, "envelope": _envelope(low, high)}
    if high["status"] != "ok":
        record |= {"status": high["status"], "reason": f"at the preload's upper end: {high['reason']}"}
    return record


def _envelope(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    """The larger of the figures at both ends of the preload."""
    both = [record for record in (low, high) if "max_von_mises_MPa" in record]
    if not both:
        return {}
    stress = max((record["max_von_mises_MPa"] for record in both), key=lambda found: found["value"] or 0.0)
    return {"max_von_mises_MPa": stress, "max_displacement_mm": max(record["max_displacement_mm"] for record in both)}
