"""Everything that a model file asks to be read from a static case: probes, forces through cuts, lines, weld toes, yield."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mechlock.analyses import linearisation, reading
from mechlock.analyses.stresses import Judge
from mechlock.errors import InputError
from mechlock.fem import hotspot, sections, stress
from mechlock.fem.assembly import System
from mechlock.fem.from_file import Problem
from mechlock.fem.static import StaticResult
from mechlock.inputs.model_readings import Weld
from mechlock.mesh.mesh import Floats

Record = dict[str, Any]


@dataclass(frozen=True)
class Readers:
    """Places in the mesh, found once for all cases.

    Attributes
    ----------
    yields : (n_regions,) array
        Yield strength of each region of the recovery, MPa; nan where none is known.
    """

    system: System
    judge: Judge
    probes: reading.ProbeSet
    cuts: tuple[sections.Cut, ...]
    lines: tuple[linearisation.PlacedLine, ...]
    welds: tuple[tuple[str, hotspot.HotSpotReader], ...]
    yields: Floats


def prepare(problem: Problem, system: System, judge: Judge) -> Readers:
    """Find everything in the mesh.

    Raises
    ------
    InputError
        When a point lies outside, or a plane cuts nothing.
    """
    file, mesh, where = problem.source.file, system.mesh, str(problem.source.path)
    placed = reading.place(mesh, file.probes, where)
    cuts = tuple(
        sections.make_cut(mesh, item.name, np.array(item.at), np.array(item.normal), item.on or (), item.within or np.inf)
        for item in file.sections
    )
    lines = tuple(linearisation.place_line(mesh, line) for line in file.lines)
    welds = tuple((weld.name, _weld(judge, weld)) for weld in file.welds)
    yields = np.array([problem.yields.get(region.name, np.nan) for region in judge.recovery.regions])
    return Readers(system, judge, placed, cuts, lines, welds, yields)


def _weld(judge: Judge, weld: Weld) -> hotspot.HotSpotReader:
    start, end = np.asarray(weld.start, float), np.asarray(weld.end if weld.end is not None else weld.start, float)
    count = weld.points if weld.end is not None else 1
    # points in the middle of equal parts, so that none lies on the ends of the toe
    share = (np.arange(count) + 0.5) / count
    points = start + share[:, None] * (end - start)
    inward = np.asarray(weld.inward, float) / np.linalg.norm(weld.inward)
    away = np.asarray(weld.away, float)
    away = away / np.linalg.norm(away)
    rows = hotspot.WeldPoints(points, np.tile(away, (count, 1)), np.tile(inward, (count, 1)), np.full(count, weld.thickness))
    try:
        return hotspot.prepare(judge.recovery, rows)
    except InputError as error:
        raise error.at(f"welds.{weld.name}") from None


def static_readings(readers: Readers, result: StaticResult, field: stress.StressField) -> Record:
    """Return what is read from one static case."""
    record: Record = {}
    if readers.probes.probes:
        values = reading.read(readers.judge, readers.probes, result.displacement, field)
        record["probes"] = {
            probe.name: {
                "value": float(reading.value(probe.quantity, values, row)),
                "unit": reading.unit_of(probe.quantity),
                "quantity": probe.quantity,
            }
            for row, probe in enumerate(readers.probes.probes)
        }
    if readers.cuts:
        record["sections"] = {cut.name: _section(readers, cut, result) for cut in readers.cuts}
    if readers.lines:
        record["lines"] = {item.line.name: linearisation.line_record(readers.judge, item, field) for item in readers.lines}
    if readers.welds:
        record["welds"] = {name: _toe(hotspot.structural_stress(reader, field.nodal)) for name, reader in readers.welds}
    return record | _utilisation(readers, field)


def _section(readers: Readers, cut: sections.Cut, result: StaticResult) -> Record:
    found = sections.section_force(readers.system, cut, result.displacement, result.temperature)
    return {
        "force_N": found.force.tolist(),
        "moment_N_mm": found.moment.tolist(),
        "normal_N": found.normal,
        "shear_N": found.shear,
        "torsion_N_mm": found.torsion,
        "bending_N_mm": found.bending,
    }


def _toe(found: hotspot.HotSpots) -> Record:
    """Structural stress along one weld toe; null where the mesh is too coarse."""
    across = np.where(found.valid, found.across, np.nan)
    record: Record = {
        "across_MPa": across.tolist(),
        "along_shear_MPa": np.where(found.valid, found.along_shear, np.nan).tolist(),
        "von_mises_MPa": np.where(found.valid, found.von_mises, np.nan).tolist(),
        "max_across_MPa": float(np.nanmax(np.abs(across))) if found.valid.all() else None,
    }
    problems = sorted({reason for reason in found.reason if reason})
    return record | ({"reason": problems[0]} if problems else {})


def _utilisation(readers: Readers, field: stress.StressField) -> Record:
    """Largest judged von Mises stress over yield, region by region, where yields are known."""
    recovery, rows = readers.judge.recovery, readers.judge.mask.rows
    limit = readers.yields[recovery.region]
    known = rows & np.isfinite(limit)
    if not known.any():
        return {}
    share = np.where(known, stress.von_mises(field.nodal) / np.where(known, limit, 1.0), 0.0)
    by_group: Record = {}
    for number, region in enumerate(recovery.regions):
        mine = known & (recovery.region == number)
        if mine.any():
            by_group[region.name] = {"value": float(share[mine].max()), "yield_MPa": float(readers.yields[number])}
    worst = max(by_group, key=lambda name: by_group[name]["value"])
    return {"utilisation": by_group[worst] | {"group": worst, "by_group": by_group}}
