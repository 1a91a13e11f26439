"""`mechlock loads`: load standards, what arrives at the pack from a road or in a logger's record, and duty spectra."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from mechlock.cli.loads_roads import cross, drawn, ride, road
from mechlock.cli.output import Common, emit, quantity, refuse_file, replace_file, tell_missing
from mechlock.errors import InputError

if TYPE_CHECKING:
    from mechlock.loads.standards import Record

loads = App(
    name="loads",
    help="Load standards with source and certainty; what arrives at the pack from a road or in a logger's record; duty spectra.",
    result_action="return_value",
)


for _command in (ride, cross, road):
    loads.command(_command)


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
    from mechlock.report.loads_text import row_record, rows_table

    records = _records(file)
    rows = list_records(kind, records)
    if not rows:
        kinds = ", ".join(sorted({row.kind for row in records}))
        raise InputError(f"there are no loads of the kind {kind!r}", mend=f"kinds are {kinds}")
    emit(common, {"loads": [row_record(row) for row in rows]}, rows_table(rows))
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
    from mechlock.report.loads_text import row_record

    records = _records(file)
    row = find_record(name, kind, records)
    payload = row_record(row)
    if plot is not None:
        from mechlock.view.loads import draw_load

        replace_file(plot, draw_load(row, plot.suffix, records))
        payload["plot"] = str(plot)
    emit(common, payload, show_record(row))
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
    from mechlock.report.loads_text import axes_table, axis_record, level_line, level_record, not_gaussian
    from mechlock.response.record import record_summary

    refuse_file(out)
    tell_missing(common)
    if not 0.0 < hours <= 8784.0:
        raise InputError(f"{hours:g} hours in a year", "--hours", "give 0 to 8784")
    record, axes = prepared_log(
        path,
        axis or (),
        time_unit,
        None if above is None else quantity(above, "frequency", "--above"),
        None if rate is None else quantity(rate, "frequency", "--rate"),
    )
    driven = quantity(distance, "length", "--distance")
    lengths = quantity(window, "time", "--window"), quantity(sample, "time", "--sample")
    try:
        found = stretches(record, lengths[0], levels, lengths[1])
    except InputError as error:
        raise error.at(str(path)) from None
    summaries = tuple(record_summary(name, record.channel(column)) for name, column in axes.items())
    notes = [*record.notes, *not_gaussian(summaries)]
    payload: dict[str, object] = {"axes": [axis_record(item) for item in summaries], "notes": notes}
    payload["levels"] = [level_record(item) for item in found]
    if plot is not None:
        payload["plot"] = drawn(plot, summaries, path.name)
    if out is not None:
        files = tuple(f"{item.name.replace(' ', '_')}.csv" for item in found)
        for item, file in zip(found, files, strict=True):
            replace_file(out / file, stretch_csv(item, record.step, record.names))
        replace_file(out / "duty.toml", duty_toml(found, files, axes, hours, driven, path.name))
        payload["duty"] = str(out / "duty.toml")
    lines = [axes_table(summaries), *notes, "", *(level_line(item, record.names) for item in found)]
    emit(common, payload, "\n".join(lines))
    return 0


def _records(file: Path | None) -> tuple[Record, ...]:
    from mechlock.loads.standards import read_records, shipped_records

    return shipped_records() if file is None else read_records(file)
