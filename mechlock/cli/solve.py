"""`mechlock solve MODEL|DESIGN|LINKAGE [-o DIR]`: the finite-element analyses of a model, a design's frame, or a lock's parts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, progress, refuse_file, replace_file
from mechlock.errors import InputError


def solve(
    model: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], help="Folder for results.json and result fields.")] = None,
    case: Annotated[tuple[str, ...], Parameter(help="Only this case; may be given several times.", negative="")] = (),
    quick: Annotated[bool, Parameter(help="For a design: a coarse mesh of its frame.", negative="")] = False,
    calculix: Annotated[bool, Parameter(help="For a design: write its static cases for CalculiX too.", negative="")] = False,
    converge: Annotated[bool, Parameter(help="Halve the cells until the watched quantities settle.", negative="")] = False,
    tolerance: Annotated[float, Parameter(help="With --converge: relative change that counts as settled.")] = 0.02,
    max_dofs: Annotated[int, Parameter(help="With --converge: unknowns that no mesh is to exceed.")] = 1_000_000,
    watch: Annotated[tuple[str, ...], Parameter(help="With --converge: what has to settle (probes, ...).", negative="")] = (),
    hdf: Annotated[bool, Parameter(help="Write result fields as .vtkhdf instead of .vtu.", negative="")] = False,
    parts: Annotated[Path | None, Parameter(help="For a linkage: file of its lock's parts; proposed without it.")] = None,
    common: Common = Common(),
) -> int:
    """Solve the cases of a finite-element model, of the frame of a design, or the parts of a lock under its linkage's loads.

    Exit code 1: a part of the lock is loaded beyond its limit; 3: a case has no result that may be relied on.

    Example: ``mechlock solve bracket.toml -o results --case "pothole 4 g" --converge --watch probes``
    """
    from mechlock.analyses import Refinement
    from mechlock.analyses.writing import plain
    from mechlock.inputs import linkage as linkages
    from mechlock.inputs import reading
    from mechlock.pipeline.solving import complete
    from mechlock.pipeline.solving import solve as run
    from mechlock.view.selected import selector_files

    refuse_file(out)
    if reading.read_toml(model).get("format") == linkages.FORMAT:
        if case or calculix or converge or hdf:
            raise InputError("a lock's parts take no --case, --calculix, --converge or --hdf", str(model), "leave them out")
        return _lock(model, parts, out, common, quick=quick)
    if parts is not None:
        raise InputError("parts are given for what is no linkage", "--parts", f"name a {linkages.FORMAT} file, or leave it out")
    with progress(common) as report:
        refinement = Refinement(tolerance, max_dofs, watch) if converge else None
        results = run(model, out, case, report, quick=quick, refinement=refinement, calculix=calculix, hdf=hdf)
        if out is not None:
            for name, data in selector_files(model).items():
                replace_file(out / name, data)
    emit(common, plain(results), text(results))
    return 0 if complete(results) else 3


def _lock(linkage: Path, parts: Path | None, out: Path | None, common: Common, *, quick: bool) -> int:
    from mechlock.pipeline.lock_solving import solve_lock
    from mechlock.report.folder import write_folder

    with progress(common) as report:
        record, files = solve_lock(linkage, parts, quick=quick, progress=report)
        if out is not None:
            write_folder(out, files)
    emit(common, record, _lock_text(record))
    return {True: 0, False: 1, None: 3}[record["passed"]]


def _lock_text(record: dict[str, Any]) -> str:
    lines = [f"{record['lock']}: {len(record['cases'])} cases, {record['time_s']:.1f} s", ""]
    for row in sorted(record["parts"], key=lambda row: row["margin"]):
        if row["check"].startswith("von Mises") or row["margin"] < 1.0:
            change = f", moved by {row['change']:.1%} on a finer mesh" if row.get("change") is not None else ""
            state = "FAILS" if row["margin"] < 0.0 else f"margin {100 * row['margin']:+.0f} %"
            figures = f"{row['value']:.4g} of {row['limit']:.4g} {row['unit']}".rstrip(" -")
            lines.append(f"{row['part']}, {row['check']}: {figures}, {state} ({row['case']}{change})")
    lines += [f"not settled: {', '.join(record['unsettled'])}"] if record["unsettled"] else []
    return "\n".join(lines)


def text(results: dict[str, Any]) -> str:
    """Return the results for people, a few lines a case."""
    mesh = results["mesh"]
    lines = [f"{results['model']}: {mesh['nodes']} nodes, {mesh['elements']} elements, {mesh['mass_kg']:.4g} kg"]
    lines += [f"  note: {warning}" for warning in mesh.get("quality", {}).get("warnings", ())]
    for name, record in results["cases"].items():
        lines += ["", f"{name} ({record['analysis']}): {record['status']}"]
        lines += [f"  {line}" for line in _case_lines(record)]
    lines += ["", f"{results['time_s']:.2f} s, {results['memory_MB'] or 0:.0f} MB, {results['solver']}"]
    return "\n".join(lines)


def _case_lines(record: dict[str, Any]) -> list[str]:
    lines = [record["reason"]] if "reason" in record else []
    lines += [f"note: {note}" for note in record.get("notes", ())]
    worst = record.get("max_von_mises_MPa")
    if worst and worst["value"] is not None:
        place = ", ".join(f"{value:.4g}" for value in worst["at"])
        lines.append(f"largest von Mises stress {worst['value']:.4g} MPa at ({place}) mm in {worst['group']}")
    if "max_displacement_mm" in record:
        lines.append(f"largest displacement {record['max_displacement_mm']:.4g} mm")
    if "reactions_N" in record and record["analysis"] != "envelope":
        lines += [f"force of {name}: {_vector(force)} N" for name, force in record["reactions_N"].items()]
        lines.append(f"equilibrium error {record['equilibrium_error']:.1e}")
    if "utilisation" in record:
        used = record["utilisation"]
        lines.append(f"{100 * used['value']:.3g} % of the yield strength {used['yield_MPa']:.4g} MPa in {used['group']}")
    lines += _reading_lines(record)
    if "error_estimate" in record:
        lines.append(f"estimated error in the energy norm {100 * record['error_estimate']:.2g} %")
    for item in record.get("contact", []):
        lines.append(f"{item['kind']} {item['set']}: {item['force_N']:.4g} N, open {100 * item['open_fraction']:.0f} %")
    if record["analysis"] == "modal" and "frequencies_Hz" in record:
        lines.append("frequencies " + ", ".join(f"{value:.4g}" for value in record["frequencies_Hz"]) + " Hz")
    if record.get("load_factors"):
        lines.append("load factors " + ", ".join(f"{value:.4g}" for value in record["load_factors"]))
    for name, probe in record.get("probes", {}).items():
        if record["analysis"] == "envelope":
            lines.append(f"probe {name}: {probe['min']:.5g} in {probe['min_case']} to {probe['max']:.5g} in {probe['max_case']}")
            continue
        found = next((probe[key] for key in ("value", "peak", "rms") if key in probe), None)
        if found is not None:
            lines.append(f"probe {name}: {probe['quantity']} = {found:.5g} {probe['unit']}".rstrip())
    return lines


def _reading_lines(record: dict[str, Any]) -> list[str]:
    """Forces through cuts, stresses along lines and at weld toes, and how all of it converged."""
    lines: list[str] = []
    if record["analysis"] != "envelope":
        for name, cut in record.get("sections", {}).items():
            lines.append(f"section {name}: force {_vector(cut['force_N'])} N, moment {_vector(cut['moment_N_mm'])} N mm")
    for name, line in record.get("lines", {}).items():
        ends = [line[end]["membrane_and_bending_MPa"]["von_mises"] for end in ("start", "end")]
        membrane = line["membrane_MPa"]["von_mises"]
        lines.append(f"line {name}: membrane {membrane:.4g} MPa, with bending {ends[0]:.4g} to {ends[1]:.4g} MPa (von Mises)")
    for name, weld in record.get("welds", {}).items():
        value = weld["max_across_MPa"]
        lines.append(
            f"weld {name}: " + (weld["reason"] if value is None else f"structural stress {value:.4g} MPa across the toe")
        )
    for name, item in record.get("convergence", {}).items():
        values = " -> ".join(f"{value:.5g}" for value in item["values"])
        rate = "no rate" if item["rate"] is None else f"rate {item['rate']:.2f}, limit {item['extrapolated']:.5g}"
        state = "settled" if item["settled"] else f"moves by {100 * item['change']:.2g} %"
        lines.append(f"{name}: {values}; {rate}; {state}")
    return lines


def _vector(values: list[float]) -> str:
    return "(" + ", ".join(f"{value:.5g}" for value in values) + ")"
