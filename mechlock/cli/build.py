"""`mechlock build DESIGN|MODEL`: solids, meshes, mass properties and bills of materials as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter, validators

from mechlock.cli.output import Common, emit, overrides, progress, refuse_file


def build(
    design: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    dofs: Annotated[int | None, Parameter(validator=validators.Number(gt=0))] = None,
    error: Annotated[float | None, Parameter(validator=validators.Number(gt=0, lt=1))] = None,
    parts: Path | None = None,
    common: Common = Common(),
) -> int:
    """Build solids (STEP, STL), meshes (.msh, .vtu, CalculiX .inp), drawings (SVG, PNG), masses and the bill of materials.

    Exit code 1 when parts of the lock meet on the way to its open position; everything is written all the same.

    Example: ``mechlock build geometry/designs/reference.toml -o solids``

    Parameters
    ----------
    design
        A design file, or a frame file alone; a model file, whose STEP file is meshed as its table [cad] says; or a linkage.
    out
        Folder for the files; without it masses and bill are only shown.
    set_
        A value to change, as KEY=VALUE with the dotted key (may be given more than once).
    dofs
        Degrees of freedom that the frame's mesh should have, within a tenth; a coarse mesh without it.
    error
        Estimated relative error in the energy norm that no load case of the design may exceed, such as 0.2: finer meshes are
        solved until one reaches it, six at most.
    parts
        File of a lock's parts, where the first file is a linkage: builds the lock alone. Without it parts are proposed, from the
        forces in the joints and the travel, and written as parts.toml.
    """
    from mechlock.pipeline.building import build as run
    from mechlock.report.folder import write_folder
    from mechlock.view.selected import selector_files

    refuse_file(out)
    with progress(common) as report:
        built = run(design, overrides=overrides(set_), dofs=dofs, error=error, parts=parts, progress=report)
        files = {**built.files, **selector_files(design)} if out is not None else {}
        if out is not None:
            if built.solid is not None or built.lock is not None:
                from mechlock.view.drawing import drawings

                report("drawings")
                files |= drawings(built.solid, built.lock)
            report("writing")
            write_folder(out, files)
    record: dict[str, Any] = {**built.record, "files": sorted(files)}
    emit(common, record, _text(record, out))
    return 1 if record.get("lock", {}).get("interferences") else 0


def _text(record: dict[str, Any], out: Path | None) -> str:
    lines = _frame_lines(record) if "frame" in record else _lock_lines(record) if "lock" in record else _model_lines(record)
    if out is not None:
        lines += ["", f"in {out}: {', '.join(record['files'])}"]
    return "\n".join(lines)


def _model_lines(record: dict[str, Any]) -> list[str]:
    mesh = record["mesh"]
    lines = [f"{record['model']}: {mesh['elements']} elements, {mesh['dofs']} degrees of freedom"]
    lines += [f"  note: {warning}" for warning in mesh["quality"]["warnings"]]
    for name, faces in record.get("cad", {}).get("selectors", {}).items():
        lines.append(f"{name}: " + "; ".join(f"{face['face']} at ({_place(face['centre_mm'])}) mm" for face in faces))
    return lines


def _place(point: list[float]) -> str:
    return ", ".join(f"{value + 0.0:.4g}" for value in point)


def _lock_lines(record: dict[str, Any]) -> list[str]:
    text = "{name:24s} {size:28s} {count:3d} x {mass_kg:8.2f} kg of {material}"
    lock = record["lock"]
    lines = [f"one lock: {lock['mass_kg']:.1f} kg", "", *(text.format(**row) for row in lock["bill_of_materials"])]
    lines += [f"note: {note}" for note in lock.get("proposed", {}).get("notes", [])]
    return [*lines, "", *_ways(lock)]


def _ways(lock: dict[str, Any]) -> list[str]:
    return _travel_lines(lock, "deg" if "open_at_deg" in lock else "mm")


def _travel_lines(lock: dict[str, Any], unit: str) -> list[str]:
    end = f"{lock[f'open_at_{unit}']:.4g} {unit}"
    turned = ", ".join(f"{name} turned by {angle:.3g} deg" for name, angle in lock["hooks_turned_deg"].items())
    end += (f", {turned}" if turned else "") + (" (the file names no open_at)" if lock["open_at_assumed"] else "")
    if not lock["interferences"]:
        return [f"nothing meets on the way to {end}"]
    text = "{first} and {second} MEET, {depth_mm:.3g} mm deep, at a drive of {drive_UNIT:.4g} UNIT".replace("UNIT", unit)
    return [f"on the way to {end}:", *(text.format(**row) for row in lock["interferences"])]


def _round_lines(mesh: dict[str, Any]) -> list[str]:
    """Meshes on the way to an error."""
    text = "  elements of {size:.3g} mm: {dofs} degrees of freedom, estimated error {error:.3g} ({case})"
    return [text.format(**item) for item in mesh.get("rounds", [])]


def _frame_lines(record: dict[str, Any]) -> list[str]:
    frame = record["frame"]
    x, y, z = frame["centre_mm"]
    lines = [
        f"{frame['name']}: {frame['mass_kg']:.1f} kg of {frame['material']} in {frame['parts']} parts",
        f"with the radii of corners and roots, which solids and mesh leave out: {frame['mass_with_radii_kg']:.1f} kg",
        f"centre of gravity {x:.1f}, {y:.1f}, {z:.1f} mm",
        f"mesh {frame['mesh']['elements']} hex20, {frame['mesh']['dofs']} degrees of freedom",
        *_round_lines(frame["mesh"]),
        "",
    ]
    for row in frame["bill_of_materials"]:
        length = f"{row['length_mm'] / 1e3:8.2f} m" if row["length_mm"] else " " * 10
        lines.append(f"{row['entry']:24s} {row['stock']:28s} {row['count']:3d} x {length} {row['mass_kg']:8.2f} kg")
    if "lock" in record:
        lines += ["", f"one lock: {record['lock']['mass_kg']:.1f} kg", *_ways(record["lock"])]
    return lines
