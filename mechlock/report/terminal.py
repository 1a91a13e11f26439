"""The table on the terminal: criteria with margins, what governs, mass, proof, verdict."""

from __future__ import annotations

import io
import shutil
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from mechlock.report.criteria import Row, governing, rows, worst_of_each
from mechlock.report.life import life_lines
from mechlock.report.numbers import is_number, number, percent, shortened, with_unit
from mechlock.report.summary import mass_line, proof_line

STYLES = {"passed": "green", "failed": "bold red", "undecided": "yellow", "not evaluated": "dim"}
VERDICT_STYLES = {"pass": "bold green", "fail": "bold red", "undecided": "bold yellow"}

SOURCE = 30
"""How much of a limit's source is shown; all of it stands in the report."""


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
    columns = max(shutil.get_terminal_size((140, 24)).columns, 100) if width is None else width
    stream = io.StringIO()
    console = Console(
        file=stream, width=columns, force_terminal=color, no_color=not color, highlight=False, legacy_windows=False, _environ={}
    )
    console.print(renderable(results))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def renderable(results: dict[str, Any]) -> Group:
    """Return what `rich` prints: the worst case of every criterion, what was not evaluated, and the closing lines."""
    return Group(_table(results), *_lines(results))


def _table(results: dict[str, Any]) -> Table:
    table = Table(
        title=str(results.get("design", {}).get("name", "")) or None, title_justify="left", header_style="bold", box=None
    )
    table.add_column("criterion", min_width=22)
    table.add_column("case", min_width=12)
    for name in ("value", "limit", "margin"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("limit from", no_wrap=True)
    for row, others in worst_of_each(tuple(row for row in rows(results) if row.status != "not evaluated")):
        table.add_row(*_cells(row, others))
    return table


def _cells(row: Row, others: int) -> tuple[Text, ...]:
    result = Text(row.status, style=STYLES[row.status])
    if row.governs:
        result.append(" ◄ governs", style="bold")
    name = Text(row.title)
    if row.remark and (row.status != "passed" or row.group == "modes"):
        name.append(f" ({row.remark})", style="dim")
    value = with_unit(row.value, row.unit)
    limit = number(row.limit) if " " in row.unit else with_unit(row.limit, row.unit)
    case = Text(row.case)
    if others:
        case.append(f" (and {others} better)", style="dim")
    source = Text(shortened(row.source, SOURCE), style="dim")
    return name, case, Text(value), Text(limit), Text(percent(row.margin)), result, source


def _lines(results: dict[str, Any]) -> list[Text]:
    lines = [Text("")]
    row = governing(results)
    if row is not None:
        case = f", {row.case}" if row.case else ""
        lines.append(_line("governing", f"{row.title}{case}: margin {percent(row.margin)}"))
    lines += [_line("mass", mass_line(results)), _line("proof", proof_line(results))]
    lines += [_line("" if number else "life", content) for number, content in enumerate(life_lines(results))]
    lines += _not_evaluated(results)
    stages = results.get("stages", ())
    seconds = [float(stage["time_s"]) for stage in stages if is_number(stage.get("time_s"))]
    memory = [float(stage["memory_MB"]) for stage in stages if is_number(stage.get("memory_MB"))]
    if seconds:
        peak = f", {number(max(memory))} MB at most" if memory else ""
        lines.append(_line("took", f"{number(sum(seconds))} s{peak}"))
    verdict = str(results["verdict"])
    lines.append(_line("verdict", verdict.upper(), VERDICT_STYLES[verdict]))
    return lines


def _not_evaluated(results: dict[str, Any]) -> list[Text]:
    """One line for each criterion that was not evaluated, and for load cases that none of them names."""
    said: dict[str, list[str]] = {}
    for row in rows(results):
        if row.status == "not evaluated":
            said.setdefault(row.remark or "no reason given", []).append(row.place)
    named = " ".join(place for places in said.values() for place in places)
    for case in results.get("load_cases", ()):
        if case.get("status") == "not evaluated" and str(case["name"]) not in named:
            said.setdefault(str(case.get("reason") or "no reason given"), []).append(str(case["name"]))
    texts = [f"{', '.join(places)}: {reason}" for reason, places in said.items()]
    return [_line("not evaluated" if not number else "", text, "dim") for number, text in enumerate(texts)]


def _line(name: str, content: str, style: str = "") -> Text:
    return Text(f"{name:<15}", style="bold").append(content, style=style or "not bold")
