"""`mechlock loads list|show`: the load standards that the package knows, or those of a user's file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mechlock.cli.output import Common, emit, replace_file
from mechlock.errors import InputError

if TYPE_CHECKING:
    from mechlock.loads.standards import Record


def loads(
    action: Literal["list", "show"],
    name: str | None = None,
    /,
    *,
    kind: str | None = None,
    file: Path | None = None,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """List the loads of the standards, or show one with its figures, source and certainty.

    Example: ``mechlock loads show GB38031_mech_shock --plot shock.svg``

    Parameters
    ----------
    action
        list all rows, or show one.
    name
        Which row to show.
    kind
        Only rows of this kind: pulse, corridor, psd, static_case, class, vehicle, event, ...
    file
        Take the rows from this file, in the format of the shipped ones.
    plot
        Draw the row to this PNG, SVG or PDF file.
    """
    from mechlock.loads.standards import find_record, list_records, read_records, shipped_records, show_record

    records = shipped_records() if file is None else read_records(file)
    if action == "list":
        if name is not None or plot is not None:
            raise InputError("list takes no name and draws nothing", mend=f"use 'mechlock loads show {name or 'NAME'}'")
        rows = list_records(kind, records)
        if not rows:
            kinds = ", ".join(sorted({row.kind for row in records}))
            raise InputError(f"there are no loads of the kind {kind!r}", mend=f"kinds are {kinds}")
        emit(common, {"loads": [_entry(row) for row in rows]}, _table(rows))
        return 0
    if name is None:
        raise InputError("show needs the name of a load", mend="see `mechlock loads list`")
    row = find_record(name, kind, records)
    payload = _entry(row)
    if plot is not None:
        from mechlock.view.loads import draw_load

        replace_file(plot, draw_load(row, plot.suffix, records))
        payload["plot"] = str(plot)
    emit(common, payload, show_record(row))
    return 0


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
