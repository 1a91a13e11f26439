"""`mechlock loads`: load standards, what arrives at the pack from a road or in a logger's record, and duty spectra."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App

from mechlock.cli.output import Common, Signed, emit, progress, refuse_file, replace_file
from mechlock.errors import InputError

if TYPE_CHECKING:
    from mechlock.loads.standards import Record
    from mechlock.response.record import RecordSummary

loads = App(
    name="loads",
    help="Load standards with source and certainty; what arrives at the pack from a road or in a logger's record; duty spectra.",
    result_action="return_value",
)


@loads.command(name="list")
def list_(*, kind: str | None = None, file: Path | None = None, common: Common = Common()) -> int:
    """List the loads of the standards, each with its certainty.

    Example: ``mechlock loads list --kind pulse``

    Parameters
    ----------
    kind
        Only rows of this kind: pulse, corridor, psd, static_case, class, vehicle, event, ...
    file
        Take the rows from this file, in the format of the shipped ones.
    """
    from mechlock.loads.standards import list_records

    records = _records(file)
    rows = list_records(kind, records)
    if not rows:
        kinds = ", ".join(sorted({row.kind for row in records}))
        raise InputError(f"there are no loads of the kind {kind!r}", mend=f"kinds are {kinds}")
    emit(common, {"loads": [_entry(row) for row in rows]}, _table(rows))
    return 0


@loads.command
def show(
    name: str,
    /,
    *,
    kind: str | None = None,
    file: Path | None = None,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Show a load with its figures, source and certainty, and as a picture.

    Example: ``mechlock loads show GB38031_mech_shock --plot shock.svg``

    Parameters
    ----------
    name
        The row's id, see `mechlock loads list`.
    kind
        The kind, where a name occurs in several.
    file
        Take the rows from this file, in the format of the shipped ones.
    plot
        Draw the row to this PNG, SVG or PDF file.
    """
    from mechlock.loads.standards import find_record, show_record

    records = _records(file)
    row = find_record(name, kind, records)
    payload = _entry(row)
    if plot is not None:
        from mechlock.view.loads import draw_load

        replace_file(plot, draw_load(row, plot.suffix, records))
        payload["plot"] = str(plot)
    emit(common, payload, show_record(row))
    return 0


@loads.command
def ride(
    road: Literal["A", "B", "C", "D", "E", "F", "G", "H"],
    speed: str,
    /,
    *,
    empty: bool = False,
    truck: str | None = None,
    sample: str = "60 s",
    seed: int = 1,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Drive a truck over a road of ISO 8608 and say what arrives at the pack's supports.

    Example: ``mechlock loads ride E "25 km/h" --empty --plot ride.png``

    Parameters
    ----------
    road
        ISO 8608 class.
    speed
        With unit.
    empty
        Without payload.
    truck
        Row of the truck (see `mechlock loads list --kind truck`); default: the one that a duty spectrum takes.
    sample
        How long it is driven.
    seed
        The same seed gives the same road.
    plot
        Draw the vertical motion in time, its spectrum, level crossings and equivalent static acceleration to PNG, SVG or PDF.
    """
    from mechlock.analyses.duty_ride import ride_at_pack
    from mechlock.loads.trucks import DEFAULT

    pace, length = _quantity(speed, "velocity", "SPEED"), _quantity(sample, "time", "--sample")
    with progress(common) as report:
        report("driving")
        found = ride_at_pack(truck or DEFAULT, road, pace, empty, length, seed)
    head = f"class {road} at {speed}, {'empty' if empty else 'laden'}"
    payload: dict[str, object] = {
        "axes": [_figures(found.vertical)],
        "roll_rad_s2": found.roll,
        "pitch_rad_s2": found.pitch,
        "twist_mrad": 1e3 * found.twist,
        "lifted_percent": 100.0 * found.lifted,
    }
    if plot is not None:
        payload["plot"] = _drawn(plot, (found.vertical,), f"middle of the pack's lock plane, {head}")
    said = (
        f"{head}: a tyre is off the road {100 * found.lifted:.1f} % of the time\n{_summary_table((found.vertical,))}\n"
        f"RMS of roll {found.roll:.2f} rad/s², pitch {found.pitch:.2f} rad/s², twist of the rails {1e3 * found.twist:.2f} mrad"
    )
    emit(common, payload, said)
    return 0


@loads.command
def road(
    class_: Literal["A", "B", "C", "D", "E", "F", "G", "H"],
    /,
    *,
    length: Signed = "10 km",
    spacing: Signed = "100 mm",
    track: Signed = "2 m",
    coherence: Literal["isotropic", "exponential", "none", "full"] = "isotropic",
    seed: int = 1,
    out: Path | None = None,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Make a road of ISO 8608 with two tracks, and estimate from its heights what class and coherence it has.

    Example: ``mechlock loads road C --length "50 km" --plot road.png``

    Parameters
    ----------
    class_
        ISO 8608 class.
    length, spacing
        Of the road, and between its samples.
    track
        Between left and right.
    coherence
        Of left and right.
    seed
        The same seed gives the same road.
    out
        Write the heights to this CSV file.
    plot
        Draw heights, spectra with the limits of the class, and coherence to PNG, SVG or PDF.
    """
    from mechlock.loads.road_estimate import estimate_road, profile_csv
    from mechlock.loads.roads import coherence as prescribed
    from mechlock.loads.roads import generate, road_class

    spectrum, apart = road_class(class_), _quantity(track, "length", "--track")
    whole, step = _quantity(length, "length", "--length"), _quantity(spacing, "length", "--spacing")
    with progress(common) as report:
        report("road")
        profile = generate(spectrum, whole, step, seed, apart, coherence)
        found = estimate_road(profile)
    asked = prescribed(found.frequency, apart, coherence)
    bands = found.bands(spectrum.level, asked)
    payload: dict[str, object] = {
        "class": class_,
        "level_prescribed_m3": spectrum.level * 1e-9,
        "level_m3": (found.whole * 1e-9).tolist(),
        "level_error_percent": (100.0 * (found.whole / spectrum.level - 1.0)).tolist(),
        "bands": bands,
    }
    if out is not None:
        replace_file(out, profile_csv(profile))
        payload["profile"] = str(out)
    if plot is not None:
        from mechlock.view.road import draw_road

        replace_file(plot, draw_road(profile, found, spectrum, asked, class_, plot.suffix))
        payload["plot"] = str(plot)
    emit(common, payload, _road_table(class_, spectrum.level, found.whole.tolist(), bands))
    return 0


@loads.command
def log(
    path: Path,
    /,
    *,
    axis: list[str] | None = None,
    time_unit: str | None = None,
    above: str | None = None,
    rate: str | None = None,
    window: str = "10 s",
    levels: int = 5,
    sample: str = "60 s",
    hours: float = 3000.0,
    distance: str = "100000 km",
    out: Path | None = None,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Read a logger's accelerations, say what they hold, and make a duty spectrum of them that `check --life` drives.

    Example: ``mechlock loads log truck.csv --axis z=az --above "0.5 Hz" --hours 3000 --out duty``

    Parameters
    ----------
    path
        CSV file: time in the first column, units in the header, such as "time [s], az [g]".
    axis
        Which column is which axis of the frame (x forward, y left, z up), such as z=az or "z=az [m/s**2]"; may be repeated.
        Without it the columns x, y, z (or ax, ay, az) are taken.
    time_unit
        Of the first column, where the header has none.
    above
        Take out drift below this frequency, such as "0.5 Hz".
    rate
        Resample to this rate, such as "200 Hz".
    window
        Length of the pieces that are sorted by severity.
    levels
        Into how many levels.
    sample
        How much of each level is kept.
    hours
        Driving in a year that the log stands for.
    distance
        Driven in a year, for the life in kilometres.
    out
        Write duty.toml and a CSV file of each level into this folder.
    plot
        Draw the record in time, its spectrum, level crossings and equivalent static acceleration to PNG, SVG or PDF.
    """
    from mechlock.loads.log_duty import duty_toml, stretch_csv, stretches
    from mechlock.loads.logged import prepared_log
    from mechlock.response.record import record_summary

    refuse_file(out)
    if not 0.0 < hours <= 8784.0:
        raise InputError(f"{hours:g} hours in a year", "--hours", "give 0 to 8784")
    record, axes = prepared_log(
        path,
        axis or (),
        time_unit,
        None if above is None else _quantity(above, "frequency", "--above"),
        None if rate is None else _quantity(rate, "frequency", "--rate"),
    )
    driven = _quantity(distance, "length", "--distance")
    found = stretches(record, _quantity(window, "time", "--window"), levels, _quantity(sample, "time", "--sample"))
    summaries = tuple(record_summary(name, record.channel(column)) for name, column in axes.items())
    payload: dict[str, object] = {"axes": [_figures(item) for item in summaries], "notes": list(record.notes)}
    payload["levels"] = [
        {"name": item.name, "share": item.share, "windows": item.windows, "used": item.used, "rms_g": (item.rms / _g()).tolist()}
        for item in found
    ]
    if plot is not None:
        payload["plot"] = _drawn(plot, summaries, path.name)
    if out is not None:
        files = tuple(f"{item.name.replace(' ', '_')}.csv" for item in found)
        for item, file in zip(found, files, strict=True):
            replace_file(out / file, stretch_csv(item, record.step, record.names))
        replace_file(out / "duty.toml", duty_toml(found, files, axes, hours, driven, path.name))
        payload["duty"] = str(out / "duty.toml")
    lines = [_summary_table(summaries), *record.notes, ""]
    lines += [
        f"{item.name}: {100 * item.share:.0f} % of the time ({item.windows} windows, {item.used} kept), RMS "
        + ", ".join(f"{name} {value:.3g} g" for name, value in zip(record.names, item.rms / _g(), strict=True))
        for item in found
    ]
    emit(common, payload, "\n".join(lines))
    return 0


def _road_table(class_: str, level: float, whole: list[float], bands: list[dict[str, float]]) -> str:
    left, right = (f"{1e-3 * value:.4g} ({value / level - 1.0:+.1%})" for value in whole)
    lines = [
        f"class {class_}: Gd(n0) {1e-3 * level:g}e-6 m³; estimated from the heights, in 1e-6 m³: left {left}, right {right}",
        f"{'cycles/m':>15} {'left':>8} {'right':>8} {'standard error':>15} {'coherence':>10} {'prescribed':>11}",
    ]
    for band in bands:
        levels = f"{band['left']:8.3f} {band['right']:8.3f} {band['standard_error']:15.3f}"
        shared = f"{band['coherence']:10.3f} {band['coherence_prescribed']:11.3f}"
        lines.append(f"{band['from_per_m']:7.3f}-{band['to_per_m']:7.3f} {levels} {shared}")
    return "\n".join([*lines, "left, right: level over the class's; coherence: cross spectrum over spectrum, not squared"])


def _quantity(text: str, dimension: str, option: str) -> float:
    from mechlock.units import parse

    try:
        return parse(text, dimension)
    except InputError as error:
        raise error.at(option) from None


def _g() -> float:
    from mechlock.units import STANDARD_GRAVITY

    return STANDARD_GRAVITY


def _records(file: Path | None) -> tuple[Record, ...]:
    from mechlock.loads.standards import read_records, shipped_records

    return shipped_records() if file is None else read_records(file)


def _drawn(plot: Path, axes: tuple[RecordSummary, ...], title: str) -> str:
    from mechlock.view.record import draw_record

    replace_file(plot, draw_record(axes, plot.suffix, title))
    return str(plot)


def _figures(item: RecordSummary) -> dict[str, object]:
    return {
        "axis": item.name,
        "rms_g": item.rms,
        "rms_m_s2": item.rms * _g() / 1e3,
        "least_g": item.least,
        "greatest_g": item.greatest,
        "kurtosis": item.kurtosis,
        "psd": {"frequency_Hz": item.frequency.tolist(), "level_g2_per_Hz": item.psd.tolist()},
        "level_crossings": {"level_g": (item.crossings.level / _g()).tolist(), "per_s": item.crossings.rate.tolist()},
        "equivalent_static": {"frequency_Hz": item.oscillator.tolist(), "g": item.static_g.tolist()},
    }


def _summary_table(axes: tuple[RecordSummary, ...]) -> str:
    lines = [
        f"{'axis':<6} {'RMS g':>8} {'m/s²':>7} {'least g':>8} {'most g':>8} {'kurtosis':>9} {'static g at 10, 20, 30 Hz':>27}"
    ]
    for item in axes:
        static = ", ".join(f"{value:.2f}" for value in _interpolated(item, (10.0, 20.0, 30.0)))
        lines.append(
            f"{item.name:<6} {item.rms:8.3f} {item.rms * _g() / 1e3:7.2f} {item.least:8.2f} {item.greatest:8.2f} "
            f"{item.kurtosis:9.2f} {static:>27}"
        )
    return "\n".join(lines)


def _interpolated(item: RecordSummary, at: tuple[float, ...]) -> list[float]:
    import numpy as np

    return np.interp(at, item.oscillator, item.static_g).tolist()


def _entry(row: Record) -> dict[str, object]:
    from mechlock.loads.standards import as_plain

    head = {key: getattr(row, key) for key in ("id", "kind", "standard", "status", "source", "certainty", "file")}
    return {**head, "values": as_plain(row.values)}


def _table(rows: tuple[Record, ...]) -> str:
    lines = []
    for row in rows:
        entry = _entry(row)
        lines.append(f"{entry['kind']!s:<17} {entry['id']!s:<42} {entry['status']!s:<11} {entry['certainty']}")
    return "\n".join(lines)
