"""`junit.xml`: one test case a criterion, so that any CI shows margins like tests.

The format is the one that Jenkins, GitLab and GitHub read (no schema was ever published; the common subset is used).
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from mechlock.report.criteria import Row, rows
from mechlock.report.numbers import is_number, percent, with_unit

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


def junit_xml(results: dict[str, Any]) -> str:
    """Return the JUnit document: failures carry value, limit and margin; what has no verdict is skipped with its reason."""
    found = rows(results)
    seconds = sum(float(stage["time_s"]) for stage in results.get("stages", ()) if is_number(stage.get("time_s")))
    name = f"mechlock check {results.get('design', {}).get('name', '')}".strip()
    counts = {
        "tests": str(len(found)),
        "failures": str(sum(row.status == "failed" for row in found)),
        "errors": "0",
        "skipped": str(sum(row.status in ("undecided", "not evaluated") for row in found)),
        "time": f"{seconds:.3f}",
    }
    root = ET.Element("testsuites", {"name": _text(name), **counts})
    suite = ET.SubElement(root, "testsuite", {"name": _text(name), **counts})
    properties = ET.SubElement(suite, "properties")
    for key, value in _properties(results):
        ET.SubElement(properties, "property", {"name": key, "value": _text(value)})
    for row in found:
        _case(suite, row)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False).join(('<?xml version="1.0" encoding="UTF-8"?>\n', "\n"))


def _properties(results: dict[str, Any]) -> list[tuple[str, str]]:
    mass = results["mass"]
    figures = ("frame_kg", "baseline_kg", "reduction_percent", "reduction_same_criteria_percent")
    return [("verdict", results["verdict"])] + [(f"mass.{key}", str(mass[key])) for key in figures if is_number(mass[key])]


def _case(suite: ET.Element, row: Row) -> None:
    case = ET.SubElement(suite, "testcase", {"name": _text(row.name), "classname": _text(row.case or "design"), "time": "0"})
    figures = (
        f"value {with_unit(row.value, row.unit, 4)}, limit {with_unit(row.limit, row.unit, 4)}, margin {percent(row.margin)}"
    )
    if row.status == "failed":
        failure = ET.SubElement(case, "failure", {"message": _text(figures), "type": "criterion"})
        lines = (figures, f"where: {row.where}" if row.where else "", row.remark, f"limit from: {row.source}")
        failure.text = _text("\n".join(line for line in lines if line))
    elif row.status == "passed":
        ET.SubElement(case, "system-out").text = _text(f"{figures}; {row.remark}" if row.remark else figures)
    else:
        ET.SubElement(case, "skipped", {"message": _text(f"{row.status}: {row.remark or 'no reason given'}")})


def _text(value: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))
