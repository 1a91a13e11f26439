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
    page
        Write a page about the lock to this Markdown file, and its picture beside it as SVG.
    """
    from mechlock.cli.dynamics import masses_of_parts
    from mechlock.inputs.linkage import read_linkage
    from mechlock.linkage.kinematics import kinematics as analyse
    from mechlock.linkage.record import kinematics_record
    from mechlock.linkage.semantics import build

    mechanism = build(read_linkage(linkage))
    with progress(common) as report:
        if parts is not None:
            report("masses from the parts")
            mechanism = masses_of_parts(mechanism, parts)
        report("solving the linkage")
        result = analyse(mechanism, drive=drive, sweep=sweep)
        record = kinematics_record(result, load or ())
        _write(result, record, report, plot=plot, poles=poles, animate=animate, derivation=derivation, dxf=dxf, page=page)
    emit(common, record, _text(record))
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


def _format(value: Any) -> str:
    if isinstance(value, list):
        numbers = [entry for entry in value if entry is not None]
        return f"{min(numbers):.4g} to {max(numbers):.4g}" if numbers else "unreachable"
    return "-" if value is None else f"{value:.6g}"


def _text(record: dict[str, Any]) -> str:
    drive = record["drive"]
    key = "value_mm" if "value_mm" in drive else "value_deg"
    lines = [
        f"{record['name']}",
        f"mobility {record['mobility']}: {record['mobility_explanation']}",
        f"drive {drive['joint']} at {_format(drive[key])} {key[6:]}",
    ]
    if not record["closed_form"]:
        lines.append(f"no closed form by dyads: {record['closed_form_reason']}")
        for found in record["polynomials"]:
            lines.append(
                f"{found['group']}: polynomial of degree {found['degree']} in tan({found['unknown']}/2), "
                f"{found['real_roots']} real roots"
            )
    for mode in record["modes"]:
        lines += ["", f"mode {mode['name']}{' (selected)' if mode['selected'] else ''}"]
        lines += [
            f"  {body:16s} angle {_format(entry['angle_deg']):>24s} deg   ratio {_format(mode['velocity_ratios'][body]):>22s}"
            for body, entry in mode["bodies"].items()
        ]
        for joint, entry in mode["joints"].items():
            if "travel_mm" in entry:
                lines.append(
                    f"  {joint:16s} travel {_format(entry['travel_mm']):>23s} mm    ratio {_format(entry['travel_ratio']):>22s}"
                )
            if "transmission_angle_deg" in entry:
                lines.append(f"  {joint:16s} transmission angle {_format(entry['transmission_angle_deg'])} deg")
    lines += _forces(record)
    lines += _self_locking(record)
    lines += ["", "dead centres of the selected mode"]
    for centre in record["dead_centres"]:
        unit = "mm" if "drive_mm" in centre else "deg"
        what = f"{centre['body']} stands still" if "body" in centre else "limit of the drive"
        lines.append(f"  {centre[f'drive_{unit}']:.6f} {unit}: {what}")
    if not record["dead_centres"]:
        lines.append("  none")
    return "\n".join(lines)


def _forces(record: dict[str, Any]) -> list[str]:
    """Forces of the selected mode, and where its bodies turn about at this position."""
    lines: list[str] = []
    if "forces" in record:
        forces = record["forces"]
        lines += ["", "forces of the selected mode" + (f" under {', '.join(forces['loads'])}" if forces["loads"] else "")]
        for key, value in forces.items():
            if key.startswith("drive_effort"):
                unit = "N m" if key.endswith("_N_m") else "N"
                words = key.removesuffix("_N_m").removesuffix("_N").replace("_", " ")
                lines.append(f"  {words:40s} {_format(value):>24s} {unit}")
        lines += [f"  joint {name:34s} {_format(joint['size_N']):>24s} N" for name, joint in forces["joints"].items()]
        for name, spring in forces["springs"].items():
            pull = f"{_format(spring['pull_N'])} N" if "pull_N" in spring else f"{_format(spring['torque_N_m'])} N m"
            lines.append(f"  spring {name:33s} {pull:>26s}")
        for name, contact in forces["contacts"].items():
            words = "pressed" if contact["pressed"] else "LIFTS OFF"
            lines.append(f"  contact {name:32s} {_format(contact['normal_N']):>24s} N, {words}")
        if forces["undetermined_joints"]:
            lines.append(f"  statics alone leaves open forces or couples of: {', '.join(forces['undetermined_joints'])}")
        if "friction_reason" in forces:
            lines.append(f"  no friction: {forces['friction_reason']}")
    if "sweep" in record:
        return lines
    places: list[str] = []
    for centre in record["instant_centres"]:
        at = centre["at_mm"]
        far = f"at infinity, {_format(centre['direction_deg'])} deg"
        where = far if at[0] is None else f"({at[0]:.6g}, {at[1]:.6g}) mm"
        places.append(f"  {' against '.join(reversed(centre['bodies'])):40s} {where}")
    return [*lines, "", "instant centres", *places]


def _self_locking(record: dict[str, Any]) -> list[str]:
    """From which coefficient of friction on each load of the lock cannot open the drive."""
    lines: list[str] = []
    for entry in record.get("self_locking", ()):
        mu = entry["critical_friction"]
        words = "it cannot open the drive " + ("even without friction" if mu == 0.0 else f"from a friction of {_format(mu)} on")
        formula = f" ({entry['equation']})" if "equation" in entry else ""
        lines += ["", f"{entry['load']}: " + (entry["reason"] if mu is None else words + formula)]
    return lines
