"""The life of frame and lock in the report: a line for the terminal, and the damage by cause as a plot."""

from __future__ import annotations

from typing import Any

from mechlock.report.figure import Figure
from mechlock.report.numbers import is_number, number
from mechlock.report.plots import COLORS, GROUPS, finished, new_canvas

SHOWN = 6
"""How many weld groups are drawn: those with the most damage."""

_LEAST = 1e-6


def life_lines(results: dict[str, Any]) -> list[str]:
    """Return what a life assessment found in a line or two; none where there was none."""
    life: dict[str, Any] = results.get("life") or {}
    groups: list[dict[str, Any]] = life.get("groups") or []
    if not groups:
        return []
    worst, duty = groups[0], life["duty"]
    said = (
        f"weld of {worst['wall']} to {worst['welded_to']}: damage {number(worst['damage'])} in {number(duty['years'])} years "
        f"({number(duty['distance_km'])} km), {number(worst['dominating_percent'], 2)} % of it from {worst['dominating']}"
    )
    if not is_number(worst["life_years"]):
        return [said]
    lasts = f"with the scatter factor {number(life['scatter_factor'])} it lasts {number(worst['life_years'])} years"
    return [said, f"{lasts}, {number(worst['life_km'])} km, to a damage of {number(life['damage_allowed'])}"]


def damage_by_cause(results: dict[str, Any]) -> Figure | None:
    """Draw the damage of the worst weld of each group, cause by cause, against what is allowed; None without a life."""
    life: dict[str, Any] = results.get("life") or {}
    table: dict[str, dict[str, float]] = life.get("damage_by_group_and_cause") or {}
    if not table:
        return None
    groups = list(table)[:SHOWN]
    causes = [cause["name"] for cause in life["causes"]]
    canvas, axes = new_canvas(0.42 * len(causes) + 1.4)
    height = 0.8 / len(groups)
    for index, group in enumerate(groups):
        places = [place + (index - 0.5 * (len(groups) - 1)) * height for place in range(len(causes))]
        values = [max(table[group].get(cause, 0.0), _LEAST) for cause in causes]
        axes.barh(places, values, height=height, color=GROUPS[index % len(GROUPS)], label=group.replace("_", " "))
    allowed = float(life["damage_allowed"]) / float(life["scatter_factor"])
    axes.axvline(allowed, color=COLORS["failed"], linestyle="--", label=f"allowed in all, {number(allowed)}")
    axes.set_xscale("log")
    axes.set_xlim(left=_LEAST)
    axes.set_yticks(range(len(causes)), causes)
    axes.invert_yaxis()
    axes.set_xlabel(
        f"damage in {number(life['duty']['years'])} years at the worst weld of each group, without the scatter factor"
    )
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4)
    said = "; ".join(f"{group} {number(sum(table[group].values()))}" for group in groups)
    return finished(canvas, "damage", "Damage of the welds by cause", f"Bars of damage by cause; in all: {said}.", "life")
