"""The table on the terminal: criteria with margins, what governs, mass, proof, verdict."""

from __future__ import annotations

import io
import shutil
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from mechlock.report.criteria import Row, governing, rows
from mechlock.report.numbers import is_number, number, percent, shortened, with_unit
from mechlock.report.summary import mass_line, proof_line

STYLES = {"passed": "green", "failed": "bold red", "undecided": "yellow", "not evaluated": "dim"}
VERDICT_STYLES = {"pass": "bold green", "fail": "bold red", "undecided": "bold yellow"}


def text(results: dict[str, Any], width: int | None = None, *, color: bool = False) -> str:
    """Return the table and the lines below it as text.

    Parameters
    ----------
    results : dict
        The object of ``results.json``.
    width : int, optional
        Columns; default: the terminal's, at least 100.
    color : bool
        With ANSI colours.
    """
    columns = max(shutil.get_terminal_size((120, 24)).columns, 100) if width is None else width
    stream = io.StringIO()
    console = Console(
        file=stream, width=columns, force_terminal=color, no_color=not color, highlight=False, legacy_windows=False, _environ={}
    )
    console.print(renderable(results))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def renderable(results: dict[str, Any]) -> Group:
    """Return what `rich` prints: the table of criteria and the closing lines."""
    return Group(_table(results), *_lines(results))


def _table(results: dict[str, Any]) -> Table:
    table = Table(
        title=str(results.get("design", {}).get("name", "")) or None, title_justify="left", header_style="bold", box=None
    )
    table.add_column("criterion", ratio=4)
    table.add_column("case", ratio=3)
    for name in ("value", "limit", "margin"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("limit from", ratio=4)
    for row in rows(results):
        table.add_row(*_cells(row))
    return table


def _cells(row: Row) -> tuple[Text, ...]:
    result = Text(row.status, style=STYLES[row.status])
    if row.governs:
        result.append(" ◄ governs", style="bold")
    name = Text(row.title)
    if row.remark:
        name.append(f" ({row.remark})", style="dim")
    value, limit = with_unit(row.value, row.unit), with_unit(row.limit, row.unit)
    return (
        name,
        Text(row.case),
        Text(value),
        Text(limit),
        Text(percent(row.margin)),
        result,
        Text(shortened(row.source, 48), style="dim"),
    )


def _lines(results: dict[str, Any]) -> list[Text]:
    lines = [Text("")]
    row = governing(results)
    if row is not None:
        case = f", {row.case}" if row.case else ""
        lines.append(_line("governing", f"{row.title}{case}: margin {percent(row.margin)}"))
    lines += [_line("mass", mass_line(results)), _line("proof", proof_line(results))]
    missing = [case for case in results.get("load_cases", ()) if case.get("status") == "not evaluated"]
    if missing:
        lines.append(_line("not run", ", ".join(str(case["name"]) for case in missing)))
    stages = results.get("stages", ())
    seconds = [float(stage["time_s"]) for stage in stages if is_number(stage.get("time_s"))]
    memory = [float(stage["memory_MB"]) for stage in stages if is_number(stage.get("memory_MB"))]
    if seconds:
        peak = f", {number(max(memory))} MB at most" if memory else ""
        lines.append(_line("took", f"{number(sum(seconds))} s{peak}"))
    verdict = str(results["verdict"])
    lines.append(_line("verdict", verdict.upper(), VERDICT_STYLES[verdict]))
    return lines


def _line(name: str, content: str, style: str = "") -> Text:
    return Text(f"{name:<11}", style="bold").append(content, style=style or "not bold")
