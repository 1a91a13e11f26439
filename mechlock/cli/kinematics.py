"""`mechlock kinematics LINKAGE`: mobility, assembly modes, positions, velocities, dead centres, drawings and equations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from mechlock.cli.output import Common, Signed, emit, progress, replace_file
from mechlock.errors import NoVerdict

if TYPE_CHECKING:
    from mechlock.linkage.kinematics import Kinematics
    from mechlock.linkage.mechanism import Mechanism


@Parameter(name="*")
@dataclass(frozen=True)
class Files:
    """Files to write."""

    plot: Path | None = None
    """Write a drawing of the mechanism (with --sweep also the curves) to this PNG, SVG or PDF file."""

    poles: Annotated[bool, Parameter(negative="")] = False
    """Mark the instant centres in the drawing."""

    animate: Path | None = None
    """Write an animation over the sweep, or over the reachable travel, to this GIF or MP4 file (MP4 needs ffmpeg)."""

    derivation: Path | None = None
    """Write the symbolic equations, typeset, to this HTML file, each compared with the constraint equations."""

    dxf: Path | None = None
    """Write the skeleton at the drive's position (the first one of a sweep) to this DXF file."""

    page: Path | None = None
    """Write a page about the lock to this Markdown file, and its picture beside it as SVG."""


def kinematics(
    linkage: Path,
    /,
    *,
    drive: Signed | None = None,
    sweep: Signed | None = None,
    load: list[str] | None = None,
    parts: Path | None = None,
    tolerances: Annotated[bool, Parameter(negative="")] = False,
    files: Files = Files(),
    common: Common = Common(),
) -> int:
    """Analyse a linkage: mobility, every assembly mode, velocities, transmission angles, dead centres.

    Example: ``mechlock kinematics lock.toml --sweep "0 deg:360 deg:361" --json``

    Parameters
    ----------
    linkage
        A linkage file.
    drive
        Drive position with its unit, such as "40 deg"; default: the file's.
    sweep
        FROM:TO:N with units, such as "0 deg:360 deg:361"; both ends are included.
    load
        Give the joint forces under this load of the lock (greatest magnitude, middle of its cone); may be repeated. They are
        given without it, too, where the file has masses, springs, forces or actuators.
    parts
        Take masses and inertias from the solids of this lock parts file.
    tolerances
        Give for every output its exact derivatives by all parameters, and how far tolerances, play and the stop can move it:
        worst case and root of the sum of squares, to first order.
    """
    from mechlock.cli.dynamics import with_parts
    from mechlock.inputs.linkage import read_linkage
    from mechlock.linkage.kinematics import kinematics as analyse
    from mechlock.linkage.record import kinematics_record
    from mechlock.linkage.semantics import build
    from mechlock.linkage.tolerance_record import sharing_note, tolerance_record, tolerance_text
    from mechlock.report.kinematics_text import kinematics_text

    source = read_linkage(linkage)
    mechanism = build(source)
    with progress(common) as report:
        if parts is not None:
            report("masses from the parts")
            mechanism = with_parts(source, parts)
        report("solving the linkage")
        result = analyse(mechanism, drive=drive, sweep=sweep)
        record = kinematics_record(result, load or ())
        if tolerances:
            report("stacking the tolerances")
            record |= {"tolerances": tolerance_record(result), "tolerances_note": sharing_note(result)}
        wrong = _write(files, result, record, report)
    text = kinematics_text(record)
    text += "\n" + tolerance_text(record["tolerances"], record["tolerances_note"]) if tolerances else ""
    emit(common, record, text)
    if wrong:
        raise NoVerdict(
            f"the constraint equations contradict the derivation: {', '.join(wrong)}",
            str(files.derivation),
            "do not use the formulas that the page marks; the numbers above do not come from them",
        )
    return 0


def _write(files: Files, result: Kinematics, record: dict[str, Any], report: Callable[[str], None]) -> list[str]:
    """Write the files that were asked for, and their names into the record; return the formulas found wrong on the way."""
    mechanism, wrong = result.mechanism, list[str]()
    if files.plot is not None:
        from mechlock.view.mechanism_sweep import draw_kinematics

        report("drawing")
        replace_file(files.plot, draw_kinematics(result, files.plot.suffix, poles=files.poles))
        record["plot"] = str(files.plot)
    if files.animate is not None:
        from mechlock.view.animation import animate_mechanism

        report("animating")
        replace_file(files.animate, animate_mechanism(result, files.animate.suffix))
        record["animation"] = str(files.animate)
    if files.derivation is not None:
        wrong = _derivation(files.derivation, mechanism, record, report)
    if files.dxf is not None:
        from mechlock.view.skeleton_dxf import skeleton_dxf

        replace_file(files.dxf, skeleton_dxf(result.positions, result.selected.q[:1]))
        record["dxf"] = str(files.dxf)
    if files.page is not None:
        from mechlock.report.lock_page import lock_page
        from mechlock.view.mechanism import draw

        report("writing the page")
        picture = files.page.with_suffix(".svg")
        replace_file(picture, draw(mechanism, ".svg"))
        replace_file(files.page, lock_page(mechanism, picture.name, mechanism.where))
        record["page"] = str(files.page)
    return wrong


def _derivation(path: Path, mechanism: Mechanism, record: dict[str, Any], report: Callable[[str], None]) -> list[str]:
    """Write the page of equations, and how far each agrees with the constraint equations into the record."""
    from mechlock.linkage.derivation import derive
    from mechlock.report.derivation import derivation_page

    report("deriving the equations and checking each")
    found = derive(mechanism)
    replace_file(path, derivation_page(found))
    record["derivation"] = str(path)
    record["formulas"] = [
        {
            "section": one.section,
            "formula": one.formula,
            "disagreement": one.disagreement if isfinite(one.disagreement) else None,
            "samples": one.samples,
            "agrees": one.agrees,
        }
        for one in found.agreements
    ]
    return [f"{one.section} {one.formula}" for one in found.wrong]
