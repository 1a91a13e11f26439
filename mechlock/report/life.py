"""The life of frame and lock in the report: a line for the terminal, plots of the damage by cause and of the crash."""

from __future__ import annotations

from typing import Any

from mechlock.report.figure import Figure
from mechlock.report.numbers import is_number, number
from mechlock.report.plots import COLORS, GROUPS, INK, finished, new_canvas

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


def crash_over_time(results: dict[str, Any]) -> tuple[Figure, ...]:
    """Draw the run with the greatest hook force along each axis: the base, every hook's pull, and seats that stand open."""
    life: dict[str, Any] = results.get("life") or {}
    return tuple(_crash(item) for item in life.get("crash") or () if item.get("over_time"))


def _crash(item: dict[str, Any]) -> Figure:
    seen = item["over_time"]
    canvas, base = new_canvas(4.6)
    base.remove()
    base, pull, seats = canvas.subplots(3, 1, sharex=True, height_ratios=(1.0, 2.4, 0.8))
    time = [1e3 * seen["step_s"] * number for number in range(len(seen["base_g"]))]
    base.plot(time, seen["base_g"], color=INK, linewidth=1.0)
    base.set_ylabel("base, g")
    for index, (lock, values) in enumerate(seen["pull_kN"].items()):
        pull.plot(time, values, color=GROUPS[index % len(GROUPS)], linewidth=1.1, label=lock.replace("_", " "))
    pull.axhline(1e-3 * item["held_still_N"], color=COLORS["failed"], linestyle="--", linewidth=0.9, label="peak held still")
    pull.set_ylabel("pull of the hooks, kN")
    pull.set_ylim(bottom=0.0)
    pull.legend(frameon=False, fontsize=8, ncols=2)
    seats.fill_between(time, seen["open_seats"], step="post", color=GROUPS[1])
    seats.set_ylabel(f"open\nof {seen['seats']}")
    seats.set_xlabel("time, ms")
    greatest, history = number(1e-3 * item["greatest_hook_force_N"]), item["history"]
    said = (
        f"Greatest pull {greatest} kN at {item['lock'].replace('_', ' ')}; at most {max(seen['open_seats'])} places of pads open."
    )
    return finished(canvas, f"crash_{item['axis']}", f"Hooks and pads over time: {history}", said, "life")
