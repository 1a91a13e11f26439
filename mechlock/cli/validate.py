"""`mechlock validate [CASE]...`: the published cases, with reference, obtained value, difference and tolerance."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, progress, replace_file
from mechlock.errors import InputError
from mechlock.validation import Comparison, ValidationReport
from mechlock.validation import validate as run

_COLUMNS = ("case", "quantity", "reference", "obtained", "unit", "difference", "tolerance", "status")


def validate(
    *cases: Annotated[str, Parameter(help="Ids of cases, with * and ? for any text; all where none is given.")],
    report: Annotated[Path | None, Parameter(help="Write the table to this .json, .csv or .md file.")] = None,
    common: Common = Common(),
) -> int:
    """Run the published cases and compare with their reference answers.

    Example: ``mechlock validate S01 "M*" --report validation.md``
    """
    if report is not None:
        _check_suffix(report)
    with progress(common) as show:
        result = run(cases, show)
    if report is not None:
        replace_file(report, _report(report, result))
    emit(common, payload(result), as_text(result))
    if result.failed:
        return 1
    return 3 if result.undecided else 0


def _check_suffix(path: Path) -> None:
    if path.suffix not in {".json", ".csv", ".md"}:
        raise InputError(f"a report ends in .json, .csv or .md, not {path.suffix!r}", str(path), "rename it")


def _report(path: Path, result: ValidationReport) -> str:
    if path.suffix == ".json":
        return json.dumps(payload(result), indent=2)
    return as_csv(result) if path.suffix == ".csv" else as_markdown(result)


def payload(result: ValidationReport) -> dict[str, object]:
    """Return the report as plain objects for JSON."""
    cases = [{**asdict(case), "status": case.status} for case in result.cases]
    return {"cases": cases, "counts": result.counts(), "failed": result.failed, "not_implemented": result.missing}


def _row(item: Comparison) -> tuple[str, ...]:
    numbers = [", ".join(f"{value:.6g}" for value in values) for values in (item.reference, item.obtained)]
    difference = tolerance = ""
    if item.rtol is not None:
        tolerance = f"{100 * item.rtol:g} %"
    elif item.atol is not None:
        tolerance = f"{item.atol:g}"
    if item.difference is not None:
        absolute = item.rtol is None and item.atol is not None
        difference = f"{item.difference:.3g}" if absolute else f"{100 * item.difference:.3g} %"
    status = item.status if item.required or item.status != "failed" else "out of tolerance (not required)"
    return item.case, item.quantity, *numbers, item.unit, difference, tolerance, item.message or status


def _rows(result: ValidationReport) -> list[tuple[str, ...]]:
    return [_row(item) for case in result.cases for item in case.comparisons]


def as_text(result: ValidationReport) -> str:
    """Return the table for people."""
    rows = [_COLUMNS, *_rows(result)]
    shown = [[cell if len(cell) <= 44 else cell[:43] + "…" for cell in row[:-1]] + [row[-1]] for row in rows]
    widths = [max(len(row[i]) for row in shown) for i in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]
    summary = ", ".join(f"{count} {state}" for state, count in result.counts().items())
    return "\n".join([*lines, "", f"{len(result.cases)} cases: {summary}"])


def as_csv(result: ValidationReport) -> str:
    """Return the table as CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerows([_COLUMNS, *_rows(result)])
    return stream.getvalue()


def as_markdown(result: ValidationReport) -> str:
    """Return the table as Markdown, case by case with its source."""
    lines = ["# Validation", ""]
    for case in result.cases:
        lines += [f"## {case.case} {case.title}: {case.status}", "", f"Source: {case.source}", ""]
        lines += ["| " + " | ".join(_COLUMNS[1:]) + " |", "|" + "---|" * (len(_COLUMNS) - 1)]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in _row(item)[1:]) + " |" for item in case.comparisons]
        lines.append("")
    return "\n".join(lines)
