"""`report.html`: the whole check on one self-contained page, which fetches nothing and prints well.

Pictures are embedded as ``data:`` addresses, the style sheet stands in the page, there is no script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mechlock.report import numbers
from mechlock.report.criteria import governing, rows, worst_of_each
from mechlock.report.figure import Picture, data_uri
from mechlock.report.forces import forces_by_case, supports_by_kind
from mechlock.report.plots import modal_results
from mechlock.report.summary import answer, headline, lighter, mass_comparison

_MINUS = re.compile(r"(?<![\w)\-])-(?=[\d∞])")
SECTIONS = ("criteria", "mass", "mechanism", "variants", "lock_forces", "lock_parts", "stress", "modes", "life", "summary")


def report_html(
    results: dict[str, Any], figures: Iterable[Picture] = (), derivation: str = "", without_pictures: str = ""
) -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    results : dict
        The object of ``results.json``.
    figures : iterable of Picture
        Pictures and plots; each is shown in the section it names.
    derivation : str
        The lock's equations as an HTML fragment with MathML; put in as it is.
    without_pictures : str
        Why there are no rendered pictures, where there are none.
    """
    by_section: dict[str, list[Picture]] = {section: [] for section in SECTIONS}
    for figure in figures:
        by_section[figure.section].append(figure)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            results=results,
            figures=by_section,
            without_pictures=without_pictures,
            derivation=Markup(derivation),  # made by our own writer of MathML
            headline=headline(results),
            answer=answer(results),
            **_criteria(results),
            governing=governing(results),
            compared=mass_comparison(results),
            modal=modal_results(results),
            forces=forces_by_case(results),
            supports=supports_by_kind(results),
            static={name: case for name, case in results.get("cases", {}).items() if not case.get("frequencies_Hz")},
        )
    )


def environment() -> Environment:
    """Return the templates' environment with its filters."""
    loader = PackageLoader("mechlock.report")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {
        "lighter": lighter,
        "cell": cell,
        "number": _typeset(numbers.number),
        "quantity": _typeset(numbers.with_unit),
        "interval": _typeset(numbers.interval),
        "fixed": _typeset(numbers.fixed),
        "exact": _typeset(numbers.exact),
        "percent": _typeset(numbers.percent),
        "scaled": numbers.scaled,
        "words": _words,
        "minus": minus,
        "data_uri": _embedded,
        "bar": margin_bar,
        "vector": vector,
    }
    environment.filters.update(filters)
    return environment


def _criteria(results: dict[str, Any]) -> dict[str, Any]:
    """Rows for the tables: the worst case of each criterion, its further cases, and what was not evaluated."""
    found = rows(results)
    evaluated = tuple(row for row in found if row.status != "not evaluated")
    worst = worst_of_each(evaluated)
    leading = {id(row) for row, _ in worst}
    return {
        "rows": found,
        "worst": worst,
        "further": [row for row in evaluated if id(row) not in leading],
        "missing": [row for row in found if row.status == "not evaluated"],
    }


def minus(text: Any) -> str:
    """Set a true minus sign before figures, and a true plus-minus."""
    return _MINUS.sub("\u2212", str(text).replace("+-", "±"))


def margin_bar(margin: float | None) -> dict[str, float]:
    """Return where the bar of a margin begins and how long it is, in percent of its cell; zero is at 30 %.

    Margins beyond -30/70 and +100 % are cut: they are written beside the bar.
    """
    zero, full = 30.0, 70.0
    if margin is None:
        return {"left": zero, "width": 0.0}
    length = min(max(margin * full, -zero), full)
    return {"left": zero + min(length, 0.0), "width": max(abs(length), 0.8)}


def cell(value: Any, unit: str) -> Markup:
    """Write a value with its unit; a unit of several words goes on a line of its own."""
    if " " not in unit or not numbers.is_number(value):
        return Markup.escape(minus(numbers.with_unit(value, unit)))
    return Markup('{}<span class="remark">{}</span>').format(minus(numbers.number(value)), numbers.unit_text(unit))


def vector(components: Any, factor: float = 1.0, digits: int = 3) -> str:
    """Write the components of a vector, separated by commas in parentheses."""
    if not isinstance(components, Sequence) or isinstance(components, str):
        return numbers.ABSENT
    return minus(f"({', '.join(numbers.number(numbers.scaled(component, factor), digits) for component in components)})")


def _words(name: Any) -> str:
    return str(name).replace("_", " ")


def _embedded(picture: Picture) -> Markup:
    return Markup(data_uri(picture))


def _typeset(write: Any) -> Any:
    def filtered(*arguments: Any, **options: Any) -> str:
        return minus(write(*arguments, **options))

    return filtered
