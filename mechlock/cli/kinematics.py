"""`mechlock kinematics LINKAGE`: mobility, assembly modes, positions, velocities, dead centres, drawings and equations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mechlock.cli.output import Common, Signed, emit, progress, replace_file

if TYPE_CHECKING:
    from mechlock.linkage.kinematics import Kinematics


def kinematics(
    linkage: Path,
    /,
    *,
    drive: Signed | None = None,
    sweep: Signed | None = None,
    plot: Path | None = None,
    animate: Path | None = None,
    derivation: Path | None = None,
    dxf: Path | None = None,
    poles: bool = False,
    load: list[str] | None = None,
    parts: Path | None = None,
    page: Path | None = None,
    tolerances: bool = False,
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
    plot
        Write a drawing of the mechanism (with --sweep also the curves) to this PNG, SVG or PDF file.
    animate
        Write an animation over the sweep, or over the reachable travel, to this GIF or MP4 file (MP4 needs ffmpeg).
    derivation
        Write the symbolic equations, typeset, to this HTML file.
    dxf
        Write the skeleton at the drive's position (the first one of a sweep) to this DXF file.
    poles
        Mark the instant centres in the drawing.
    load
        Give the joint forces under this load of the lock (greatest magnitude, middle of its cone); may be repeated. They are
        given without it, too, where the file has masses, springs, forces or actuators.
    parts
        Take masses and inertias from the solids of this lock parts file.
    tolerances
        Give for every output its exact derivatives by all parameters, and how far tolerances, play and the stop can move it:
        worst case and root of the sum of squares, to first order.
    page
        Write a page about the lock to this Markdown file, and its picture beside it as SVG.
    """
    from mechlock.cli.dynamics import with_parts
    from mechlock.inputs.linkage import read_linkage
    from mechlock.linkage.kinematics import kinematics as analyse
    from mechlock.linkage.record import kinematics_record
    from mechlock.linkage.semantics import build
    from mechlock.linkage.tolerance_record import tolerance_record, tolerance_text
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
            record["tolerances"] = tolerance_record(result)
        _write(result, record, report, plot=plot, poles=poles, animate=animate, derivation=derivation, dxf=dxf, page=page)
    text = kinematics_text(record) + ("\n" + tolerance_text(record["tolerances"]) if tolerances else "")
    emit(common, record, text)
    return 0


def _write(
    result: Kinematics,
    record: dict[str, Any],
    report: Callable[[str], None],
    *,
    plot: Path | None,
    poles: bool,
    animate: Path | None,
    derivation: Path | None,
    dxf: Path | None,
    page: Path | None,
) -> None:
    """Write the files that were asked for, and their names into the record."""
    mechanism = result.mechanism
    if plot is not None:
        from mechlock.view.mechanism import draw_kinematics

        report("drawing")
        replace_file(plot, draw_kinematics(result, plot.suffix, poles=poles))
        record["plot"] = str(plot)
    if animate is not None:
        from mechlock.view.animation import animate_mechanism

        report("animating")
        replace_file(animate, animate_mechanism(result, animate.suffix))
        record["animation"] = str(animate)
    if derivation is not None:
        from mechlock.report.derivation import derivation_page

        report("typesetting the equations")
        replace_file(derivation, derivation_page(mechanism))
        record["derivation"] = str(derivation)
    if dxf is not None:
        from mechlock.view.skeleton_dxf import skeleton_dxf

        replace_file(dxf, skeleton_dxf(result.positions, result.selected.q[:1]))
        record["dxf"] = str(dxf)
    if page is not None:
        from mechlock.report.lock_page import lock_page
        from mechlock.view.mechanism import draw

        report("writing the page")
        picture = page.with_suffix(".svg")
        replace_file(picture, draw(mechanism, ".svg"))
        replace_file(page, lock_page(mechanism, picture.name, mechanism.where))
        record["page"] = str(page)
