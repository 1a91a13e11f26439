"""Plots are drawn from what the results hold, are valid SVG, and say in words what they show."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mechlock.report import plots


def test_all_are_drawn(full: dict[str, Any]) -> None:
    full["bands"] = {"limit_Hz": 17.0, "target_Hz": 25.0, "avoid_Hz": [18.0, 22.0]}
    drawn = plots.report_figures(full)
    assert [figure.name for figure in drawn] == ["margins", "masses", "modes", "lock-forces", "variants"]
    for figure in drawn:
        assert ET.fromstring(figure.data).tag == "{http://www.w3.org/2000/svg}svg"
        assert figure.alt and figure.title and figure.mime == "image/svg+xml"


def test_only_those_with_figures(minimal: dict[str, Any]) -> None:
    assert [figure.name for figure in plots.report_figures(minimal)] == ["margins", "masses"]


def test_margins_name_the_worst_case_of_each_criterion(full: dict[str, Any]) -> None:
    full["criteria"].append({**full["criteria"][0], "case": "kerb", "margin": 0.02})
    figure = plots.margins(full)
    assert figure is not None
    assert "base metal (kerb) +2.0 %" in figure.alt
    assert "base metal (braking)" not in figure.alt


def test_many_criteria_are_cut_to_the_smallest_margins(full: dict[str, Any]) -> None:
    full["criteria"] = [{**full["criteria"][0], "name": f"criterion {number}", "margin": 0.01 * number} for number in range(40)]
    figure = plots.margins(full)
    assert figure is not None
    assert figure.title == "The 12 smallest margins of 40 criteria"
    assert "criterion 11 (" in figure.alt and "criterion 12 (" not in figure.alt


def test_light_groups_are_stacked_together(full: dict[str, Any]) -> None:
    full["mass"]["groups"] = [{"name": f"group {n}", "frame_kg": float(n), "baseline_kg": 2.0 * n} for n in range(1, 16)]
    figure = plots.masses(full)
    assert figure is not None
    text = figure.data.decode()
    assert text.count("<!-- group") == plots.PARTS - 1 and "<!-- other -->" in text


@pytest.mark.parametrize("share", [0.0, -0.4, 3.0])
def test_margins_of_any_size_can_be_drawn(full: dict[str, Any], share: float) -> None:
    full["criteria"] = [{**full["criteria"][0], "margin": share}]
    assert plots.margins(full) is not None


def test_bar_lengths_are_the_masses(full: dict[str, Any]) -> None:
    figure = plots.masses(full)
    assert figure is not None
    assert "this frame 412.3 kg" in figure.alt and "as built 480.5 kg" in figure.alt


def test_force_outside_is_named(full: dict[str, Any]) -> None:
    figure = plots.lock_forces(full)
    assert figure is not None
    assert figure.alt == "2 forces, outside: rear right in rail twist."


def test_forces_without_a_direction_are_left_to_the_table(full: dict[str, Any]) -> None:
    full["lock"]["forces"] = [{**force, "direction_deg": None} for force in full["lock"]["forces"]]
    assert plots.lock_forces(full) is None


def test_effective_masses_may_be_tables_by_axis(full: dict[str, Any]) -> None:
    rows = full["cases"]["modes"]["effective_mass_kg"]
    by_index = plots.modes(full)
    full["cases"]["modes"]["effective_mass_kg"] = [dict(zip("xyz", row, strict=True)) for row in rows]
    by_name = plots.modes(full)
    assert by_index is not None and by_name is not None
    assert by_index.data == by_name.data
