"""`mechlock solve MODEL|DESIGN [-o DIR] [--case NAME]...`: the finite-element analyses of a model file or a design."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, progress, refuse_file, replace_file


def solve(
    model: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"], help="Folder for results.json and result fields.")] = None,
    case: Annotated[tuple[str, ...], Parameter(help="Only this case; may be given several times.", negative="")] = (),
    quick: Annotated[bool, Parameter(help="For a design: a coarse mesh of its frame.", negative="")] = False,
    common: Common = Common(),
) -> int:
    """Solve the cases of a finite-element model, or of the frame of a design.

    Example: ``mechlock solve bracket.toml -o results --case "pothole 4 g"``
    """
    from mechlock.analyses.writing import plain
    from mechlock.pipeline.solving import complete
    from mechlock.pipeline.solving import solve as run
    from mechlock.view.selected import selector_files

    refuse_file(out)
    with progress(common) as report:
        results = run(model, out, case, report, quick=quick)
        if out is not None:
            for name, data in selector_files(model).items():
                replace_file(out / name, data)
    emit(common, plain(results), text(results))
    return 0 if complete(results) else 3


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
    worst = record.get("max_von_mises_MPa")
    if worst and worst["value"] is not None:
        place = ", ".join(f"{value:.4g}" for value in worst["at"])
        lines.append(f"largest von Mises stress {worst['value']:.4g} MPa at ({place}) mm in {worst['group']}")
    if "max_displacement_mm" in record:
        lines.append(f"largest displacement {record['max_displacement_mm']:.4g} mm")
    if "reactions_N" in record:
        lines += [f"force of {name}: {_vector(force)} N" for name, force in record["reactions_N"].items()]
        lines.append(f"equilibrium error {record['equilibrium_error']:.1e}")
    if "error_estimate" in record:
        lines.append(f"estimated error in the energy norm {100 * record['error_estimate']:.2g} %")
    for item in record.get("contact", []):
        lines.append(f"{item['kind']} {item['set']}: {item['force_N']:.4g} N, open {100 * item['open_fraction']:.0f} %")
    if record["analysis"] == "modal" and "frequencies_Hz" in record:
        lines.append("frequencies " + ", ".join(f"{value:.4g}" for value in record["frequencies_Hz"]) + " Hz")
    if "load_factors" in record:
        lines.append("load factors " + ", ".join(f"{value:.4g}" for value in record["load_factors"]))
    for name, probe in record.get("probes", {}).items():
        found = next((probe[key] for key in ("value", "peak", "rms") if key in probe), None)
        if found is not None:
            lines.append(f"probe {name}: {probe['quantity']} = {found:.5g} {probe['unit']}".rstrip())
    return lines


def _vector(values: list[float]) -> str:
    return "(" + ", ".join(f"{value:.5g}" for value in values) + ")"
