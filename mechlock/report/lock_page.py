"""One page about a lock in Markdown: picture, chain, dead centres, reserve, forces under its loads."""

from __future__ import annotations

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.linkage.kinematics import Kinematics, kinematics
from mechlock.linkage.kinetostatics import kinetostatics
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.reserve import over_centre_reserve
from mechlock.linkage.self_locking import critical_friction, opening_way


def lock_page(mechanism: Mechanism, picture: str, file: str) -> str:
    """Return the page.

    Parameters
    ----------
    mechanism : Mechanism
        The linkage; what its `[lock]` says is shown at the stop.
    picture : str
        Name of the picture beside the page.
    file : str
        How the linkage file is named in the commands.
    """
    where = mechanism.lock.drive.nominal if mechanism.lock is not None else None
    result = kinematics(mechanism, drive=where)
    lines = [f"# {mechanism.name}", "", f"![{mechanism.name}]({picture})", ""]
    lines += [mechanism.about, ""] if mechanism.about else []
    lines += ["| | |", "|---|---|", *_facts(result), ""]
    lines += _forces(result)
    lines += ["## Commands", "", "```sh", f"mechlock kinematics {file} --derivation lock.html --animate lock.gif"]
    lines += [f"mechlock prove {file}"] if mechanism.lock is not None else []
    return "\n".join([*lines, "```", ""])


def number(value: float) -> str:
    """Four significant digits, and zero for what is only rounding."""
    return "0" if abs(value) < 5e-9 else f"{value:.4g}"


def _facts(result: Kinematics) -> list[str]:
    mechanism, positions = result.mechanism, result.positions
    unit, scale = ("mm", 1.0) if mechanism.drive.sliding else ("deg", 180.0 / np.pi)
    rows = [f"| degrees of freedom | {result.mobility.explanation} |"]
    if positions.solution is not None:
        groups = ", then ".join(group.group.name for group in positions.solution.groups)
        rows.append(f"| solved by | {groups} |")
    elif positions.polynomials:
        rows.append(f"| solved by | {', '.join(f'{p.stage.group.name}: degree {p.degree}' for p in positions.polynomials)} |")
    rows.append(f"| drive | {mechanism.drive.joint}, {'sliding' if mechanism.drive.sliding else 'turning'} |")
    centres = [
        f"{number(centre.drive * scale)} {unit} ({centre.body if centre.body is not None else 'end of travel'})"
        for centre in result.dead_centres
    ]
    rows.append(f"| dead centres | {', '.join(centres) or 'none'} |")
    lock = mechanism.lock
    if lock is None:
        return rows
    half = (lock.drive.high - lock.drive.low) / 2.0
    stop = {1: ", stop against increasing", -1: ", stop against decreasing", None: ""}[lock.stop]
    rows.append(f"| locked at | {number(lock.drive.nominal * scale)} ± {number(half * scale)} {unit}{stop} |")
    rows.append(f"| claims | {', '.join(lock.claims)} |")
    try:
        reserves = over_centre_reserve(positions)
    except NoVerdict:
        reserves = ()
    for reserve in reserves:
        side = "beyond" if reserve.from_dead_centre > 0.0 else "short of"
        text = f"{number(abs(reserve.from_dead_centre) * scale)} {unit}"
        text += f", {number(np.degrees(reserve.knee))} deg {reserve.knee_words}" if reserve.knee is not None else ""
        rows.append(f"| {side} dead centre of {reserve.body} | {text} |")
    return rows


def _forces(result: Kinematics) -> list[str]:
    """Drive effort under each load of the lock at its greatest magnitude."""
    lock = result.mechanism.lock
    if lock is None or not lock.loads:
        return []
    unit, scale = ("N", 1.0) if result.mechanism.drive.sliding else ("N m", 1e-3)
    opens = opening_way(result.mechanism)
    lines = [
        "## At the stop, under each load at its greatest", "",
        f"| load | stop's or actuator's effort, {unit} | to open it against friction, {unit} | greatest joint force, kN |",
        "|---|---|---|---|",
    ]  # fmt: skip
    notes: list[str] = []
    for load in lock.loads:
        found = kinetostatics(result.positions, result.selected.q, loads=[load.name])
        friction = opens * found.with_friction[opens][0] * scale if opens in found.with_friction else np.nan
        sizes = {name: float(np.linalg.norm(joint.force[0])) for name, joint in found.joints.items()}
        worst = max(sizes, key=lambda name: float(f"{sizes[name]:.9g}"))  # the first of equal ones
        effort = number(abs(float(found.drive_effort[0])) * scale)
        words = number(float(friction)) if np.isfinite(friction) else "-"
        lines.append(f"| {load.name} | {effort} | {words} | {number(sizes[worst] / 1e3)} ({worst}) |")
        if found.undetermined and not notes:
            names = ", ".join(found.undetermined)
            notes.append(f"Statics alone leaves open forces or couples of {names}; shared as if all joints were equally stiff.")
        locking = critical_friction(result.positions, result.selected.q, load)
        if locking.coefficient is not None and locking.coefficient > 0.0:
            notes.append(f"{load.name}: held by friction alone from a coefficient of {number(locking.coefficient)} on.")
        for name, normal in found.contacts.items():
            if not normal[0] > 0.0:
                notes.append(f"Under {load.name} the contact {name} lifts off.")
    return [*lines, "", *notes, *([""] if notes else [])]
