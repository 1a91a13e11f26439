"""The report is one page that fetches nothing, shows every row, and never prints a figure that is not one."""

from __future__ import annotations

import base64
import math
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mechlock.report import plots
from mechlock.report.figure import Figure
from mechlock.report.html import SECTIONS, margin_bar, minus, report_html

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
DERIVATION = "<p>Generalised force <math><mi>Q</mi><mo>=</mo><mi>f</mi></math></p>"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Collects what a browser would fetch, ids, row classes, texts, and checks that tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.classes: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.addresses += [str(found[key]) for key in ("src", "href", "srcset", "data", "poster", "action") if key in found]
        self.ids += [str(found["id"])] if "id" in found else []
        self.classes += (found.get("class") or "").split()
        self.images += [found] if tag == "img" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> does not close {self.open[-3:]}"

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(results: dict[str, Any]) -> Page:
    pictures = [Figure(f"picture-{section}", f"Shown in {section}", f"alt of {section}", section, PIXEL) for section in SECTIONS]
    return Page(report_html(results, [*plots.report_figures(results), *pictures], DERIVATION))


def test_page_is_well_formed_and_fetches_nothing(check: dict[str, Any]) -> None:
    found = page(check)
    assert found.open == []
    for address in found.addresses:
        assert address.startswith(("#", "data:")), address
    assert not {"script", "link", "iframe", "object"} & set(found.tags)
    text = report_html(check)
    assert "@import" not in text and "url(" not in text
    assert "http" not in text


def test_anchors_lead_somewhere_and_ids_are_unique(check: dict[str, Any]) -> None:
    found = page(check)
    assert {address[1:] for address in found.addresses if address.startswith("#")} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_every_picture_has_a_text_alternative_and_is_whole(full: dict[str, Any]) -> None:
    found = page(full)
    assert len(found.images) == len(SECTIONS) + len(plots.report_figures(full))
    for image in found.images:
        assert image["alt"]
        head, _, body = str(image["src"]).partition(",")
        data = base64.b64decode(body, validate=True)
        assert data.startswith(b"\x89PNG") or (head == "data:image/svg+xml;base64" and ET.fromstring(data).tag.endswith("svg"))


def test_every_row_is_there(full: dict[str, Any]) -> None:
    found = page(full)
    expected = {
        "criterion": full["criteria"],
        "load-case": full["load_cases"],
        "parameter": full["proof"]["parameters"],
        "force": full["lock"]["forces"],
        "part": full["lock"]["parts"],
        "fe-case": [case for case in full["cases"].values() if "frequencies_Hz" not in case],
        "mode": full["cases"]["modes"]["frequencies_Hz"],
        "origin": full["sources"],
        "stage": full["stages"],
        "theorem": full["proof"]["theorems"],
    }
    assert {name: found.classes.count(name) for name in expected} == {name: len(listed) for name, listed in expected.items()}
    for criterion in full["criteria"]:
        assert criterion["name"] in found.text


def test_minimal_results_leave_sections_out(minimal: dict[str, Any]) -> None:
    ids = Page(report_html(minimal)).ids
    assert {"answer", "criteria", "mass", "lock", "evidence", "run"} <= set(ids)
    assert not {"loads", "parts", "stress", "modes", "sources"} & set(ids)


@pytest.mark.parametrize("verdict", ["pass", "fail", "undecided"])
def test_verdict_is_on_top(check: dict[str, Any], verdict: str) -> None:
    check["verdict"] = verdict
    text = Page(report_html(check)).text
    assert verdict.upper() in text[:200]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None])
def test_what_is_no_figure_is_never_printed_as_one(full: dict[str, Any], value: float | None) -> None:
    full["criteria"][0].update(value=value, margin=value)
    full["cases"]["braking"].update(equilibrium_error=value, error_estimate=value, energy_mJ=value, max_displacement_mm=value)
    full["cases"]["modes"]["effective_mass_kg"][0][0] = 0.0
    full["lock"]["forces"][0].update(force_N=value, lateral_N=value, direction_deg=value)
    full["lock"]["parts"][0].update(fe=value, margin=value)
    full["mass"]["groups"][0].update(frame_kg=value)
    words = set(page(full).text.lower().replace(",", " ").replace("(", " ").split())
    assert not {"nan", "inf", "-inf", "none", "null", "∞%"} & words


def test_text_from_files_is_escaped(full: dict[str, Any]) -> None:
    full["criteria"][0]["source"] = "<script>alert(1)</script> & more"
    found = page(full)
    assert "script" not in found.tags
    assert "<script>alert(1)</script> & more" in found.text


def test_derivation_is_put_in_as_mathml(check: dict[str, Any]) -> None:
    assert "math" in page(check).tags


def test_counterexample_is_shown_only_where_refuted(full: dict[str, Any]) -> None:
    assert page(full).text.count("Counterexample: set these") == 1


def test_missing_pictures_are_explained(full: dict[str, Any]) -> None:
    said = "VTK cannot render here; on Debian install libegl1 libgl1"
    assert said in Page(report_html(full, without_pictures=said)).text
    assert "Pictures are left out" not in page(full).text


def test_unknown_section_is_an_error(full: dict[str, Any]) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        report_html(full, [Figure("a", "a", "a", "nowhere", PIXEL)])


def test_margin_bar_geometry() -> None:
    assert margin_bar(0.5) == {"left": 30.0, "width": 35.0}
    assert margin_bar(-0.1) == {"left": 23.0, "width": 7.0}
    assert margin_bar(40.0) == {"left": 30.0, "width": 70.0}
    assert margin_bar(-5.0) == {"left": 0.0, "width": 30.0}


def test_minus_signs() -> None:
    assert minus("-5.3 %") == "−5.3 %"
    assert minus("to +-2 mm") == "to ±2 mm"
    assert minus("EN 10149-2, x = -375") == "EN 10149-2, x = −375"


def test_same_results_give_the_same_page(full: dict[str, Any]) -> None:
    first = report_html(full, plots.report_figures(full), DERIVATION)
    assert first == report_html(full, plots.report_figures(full), DERIVATION)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian package: chromium)")
def test_page_in_a_browser(full: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text(report_html(full, plots.report_figures(full), DERIVATION), encoding="utf-8")
    command = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    run = subprocess.run([*command, "--dump-dom", target.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    dom = Page(run.stdout[run.stdout.index("<!DOCTYPE html>") :])
    assert dom.classes.count("criterion") == len(full["criteria"])
