"""`mechlock dynamics LINKAGE`: whether the lock stays shut while its ground is shaken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mechlock.cli.output import Common, Signed, emit, progress, quantity, replace_file
from mechlock.errors import InputError

if TYPE_CHECKING:
    from mechlock.inputs.linkage import LinkageSource
    from mechlock.linkage.dynamics import BaseMotion
    from mechlock.linkage.mechanism import Mechanism


def dynamics(
    linkage: Path,
    /,
    *,
    pulse: str | None = None,
    shape: str = "half_sine",
    peak: str | None = None,
    duration: str | None = None,
    direction: Signed = "90 deg",
    history: Path | None = None,
    until: str | None = None,
    start: Signed | None = None,
    load: list[str] | None = None,
    parts: Path | None = None,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Move the linkage in time under a shock of its ground, with stops, springs and friction.

    Exit code 1: the lock opened; 3: a contact lifts off, so nothing is known.

    Example: ``mechlock dynamics lock.toml --peak "50 g" --duration "11 ms" --direction "90 deg" --load service``

    Parameters
    ----------
    linkage
        A linkage file whose bodies have masses.
    pulse
        A pulse of a standard, such as GB38031_mech_shock (see `mechlock loads list --kind pulse`).
    shape
        Shape of a pulse given by peak and duration: half_sine, trapezoid, terminal_peak_sawtooth, rectangle, ...
    peak
        Its peak with unit, such as "50 g".
    duration
        Its duration, such as "11 ms".
    direction
        Direction of the pulse in the linkage's plane; "90 deg" is +y.
    history
        Instead of a pulse: CSV file with columns time in s, acceleration of ground along x and y in m/s2; a header is allowed.
    until
        How long to look; default: four times the pulse, or the history's end.
    start
        Drive position at the beginning; default: the lock's stop, else the drive's value.
    load
        A load of the lock that acts all the time (greatest magnitude, middle of its cone); may be repeated.
    parts
        Take masses and inertias from the solids of this lock parts file, and clearances from its fits where the linkage has none.
    plot
        Draw the motion and its energies to this PNG, SVG or PDF file.
    """
    from mechlock.inputs.linkage import read_linkage
    from mechlock.linkage.dynamics import dynamics as move
    from mechlock.linkage.dynamics_record import dynamics_record, verdict
    from mechlock.linkage.positions import Positions
    from mechlock.linkage.semantics import build

    source = read_linkage(linkage)
    mechanism = build(source)
    base, end = _base(pulse, shape, peak, duration, direction, history, until)
    with progress(common) as report:
        if parts is not None:
            report("masses from the parts")
            mechanism = with_parts(source, parts)
        report("integrating the motion")
        result = move(mechanism, base, end, drive=_start(mechanism, start), loads=load or ())
        positions = Positions(mechanism)
        record = dynamics_record(result, positions)
        judged = verdict(result, positions)
        if plot is not None:
            from mechlock.view.dynamics import draw_dynamics

            limit = None
            if judged.limit is not None and judged.words.startswith("dead") and mechanism.lock is not None:
                limit = result.drive[0] - (mechanism.lock.stop or 1) * judged.limit
            replace_file(plot, draw_dynamics(result, base, plot.suffix, limit))
            record["plot"] = str(plot)
    emit(common, record, _text(record))
    return 3 if result.lift_off else 1 if judged.stays_shut is False else 0


def with_parts(source: LinkageSource, path: Path) -> Mechanism:
    """Return the linkage with masses from the solids of a lock parts file, and clearances from its fits."""
    from mechlock.inputs.joint_play import with_fits
    from mechlock.inputs.lockparts import read_lock_parts
    from mechlock.solids.lock import build_lock
    from mechlock.solids.lock_masses import with_part_masses

    parts = read_lock_parts(path)
    return with_part_masses(build_lock(with_fits(source, parts, str(path)), parts, str(path)))


def _start(mechanism: Mechanism, text: str | None) -> float | None:
    return None if text is None else quantity(text, "length" if mechanism.drive.sliding else "angle", "--start")


def _base(
    name: str | None, shape: str, peak: str | None, duration: str | None, direction: str, file: Path | None, until: str | None
) -> tuple[BaseMotion, float]:
    """Acceleration of ground and how long to look."""
    import numpy as np

    from mechlock.linkage.dynamics import BaseMotion
    from mechlock.loads.pulses import pulse, standard_pulse

    given = [option for option in (name, peak, file) if option is not None]
    if len(given) != 1:
        raise InputError("what shakes the ground is not clear", "--pulse, --peak, --history", "give exactly one of them")
    if file is not None:
        time, acceleration = _read(file)
        base = BaseMotion(time, acceleration)
        return base, quantity(until, "time", "--until") if until is not None else float(time[-1])
    if name is not None:
        chosen = standard_pulse(name)
    else:
        length = quantity(duration, "time", "--duration") if duration is not None else None
        if length is None:
            raise InputError("a pulse needs a duration", "--duration", 'add --duration "11 ms"')
        chosen = pulse(shape, quantity(str(peak), "acceleration", "--peak"), length)
    angle = quantity(direction, "angle", "--direction")
    time = np.linspace(0.0, chosen.duration, 201)
    along = np.array([np.cos(angle), np.sin(angle)])

    def smooth(at: Any) -> Any:
        return chosen.acceleration(at)[:, None] * along

    base = BaseMotion(time, smooth(time), smooth if chosen.shape != "trapezoid" else None)
    return base, quantity(until, "time", "--until") if until is not None else 4.0 * chosen.duration


def _read(path: Path) -> tuple[Any, Any]:
    """Read time (s) and accelerations (m/s²) of a CSV file, in s and mm/s²."""
    import numpy as np

    mend = "three columns: time in s, acceleration along x and y in m/s2"
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read ({error})", str(path), mend) from None
    rows: list[list[float]] = []
    for number, line in enumerate(lines):
        try:
            rows.append([float(cell) for cell in line.replace(";", ",").split(",")])
        except ValueError:
            if number > 0:
                raise InputError("not a row of numbers", f"{path}: line {number + 1}", mend) from None
    if len(rows) < 2 or any(len(row) != 3 for row in rows):
        raise InputError("not a history of accelerations", str(path), mend)
    table = np.array(rows)
    if not np.isfinite(table).all() or np.any(np.diff(table[:, 0]) <= 0.0):
        raise InputError("times do not increase, or a number is not finite", str(path), mend)
    return table[:, 0] - table[0, 0], table[:, 1:] * 1e3


def _text(record: dict[str, Any]) -> str:
    unit = "mm" if "final_drive_mm" in record else "deg"
    shut = {True: "the lock stays shut", False: "the lock OPENS", None: "no lock to judge"}[record["stays_shut"]]
    if record["lift_off_s"]:
        shut = "no verdict: " + ", ".join(f"{name} lifts off at {at * 1e3:.4g} ms" for name, at in record["lift_off_s"].items())
    lines = [record["name"], shut, f"greatest opening {record[f'greatest_opening_{unit}']:.6g} {unit}"]
    if record[f"opening_limit_{unit}"] is not None:
        lines[-1] += f" of {record[f'opening_limit_{unit}']:.6g} {unit} to the {record['opening_limit_is']}"
    ended = "" if record["ended"] == "time" else f" ({record['ended']})"
    lines.append(f"drive at {record[f'final_drive_{unit}']:.6g} {unit} after {record['time_s'] * 1e3:.6g} ms{ended}")
    lines.append(f"{len(record['impacts'])} blows on stops")
    lines += [f"  joint {name:20s} at most {size:12.1f} N" for name, size in record["peak_joint_N"].items()]
    energy = record["energy"]
    lines.append(
        f"energy: from the ground {energy['base_work_J']:.4g} J, friction {energy['friction_J']:.4g} J, dampers "
        f"{energy['damping_J']:.4g} J, impacts {0.0 - energy['impact_loss_J']:.4g} J; balance to {energy['balance_error']:.1e}"
    )
    return "\n".join(lines)
