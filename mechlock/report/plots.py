"""Plots of the report: margins, masses, modes against their bands, lock forces against the proved load set.

Each function returns an SVG `Figure`, or None where `results` has nothing to show. Drawn with Matplotlib's object
interface: no display, no global state. The same results give the same bytes.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from mechlock.report.criteria import rows, worst_of_each
from mechlock.report.figure import Figure
from mechlock.report.numbers import interval, is_number, number, percent, scaled, shortened
from mechlock.report.summary import mass_comparison

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

COLORS = {"passed": "#2a7f62", "failed": "#b3261e", "undecided": "#c77700", "not evaluated": "#8a8f98"}
INK, PALE = "#1f2933", "#d9dee5"
DIRECTIONS = {"x": "#3b6ea8", "y": "#c77700", "z": "#2a7f62"}
GROUPS = ("#3b6ea8", "#8fb3d9", "#2a7f62", "#93c7ae", "#c77700", "#ecc485", "#7a5c99", "#bfa8d3", "#8a8f98", "#c4c8ce")
SHOWN = 12
"""How many margins are drawn: beyond the smallest ones the table says it better."""

PARTS = 8
"""How many groups a bar of masses is split into; the lightest go together."""

_SETTINGS = {
    "svg.hashsalt": "mechlock",
    "svg.fonttype": "path",
    "font.size": 10,
    "axes.edgecolor": "#9aa5b1",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def report_figures(results: dict[str, Any]) -> tuple[Figure, ...]:
    """Return every plot that `results` has the figures for."""
    drawn = (margins(results), masses(results), modes(results), lock_forces(results), variants(results))
    return tuple(figure for figure in drawn if figure is not None)


def variants(results: dict[str, Any]) -> Figure | None:
    """Draw what presses the drive into its stop at least, from the lock as built to all at once."""
    rows_ = [row for row in results.get("proof", {}).get("variants", ()) if row["verdict"] == "proved"]
    key = next((key for key in ("holding_N_m", "holding_N") if rows_ and key in rows_[0]), None)
    if key is None or len(rows_) < 2:
        return None
    unit = key.removeprefix("holding_").replace("_", " ")
    canvas, axes = new_canvas(0.34 * len(rows_) + 0.9)
    values, names = [row[key] for row in reversed(rows_)], [row["name"] for row in reversed(rows_)]
    axes.barh(range(len(values)), values, color=COLORS["passed"], height=0.6)
    axes.axvline(rows_[0][key], color=INK, linewidth=0.8, linestyle=":")
    text: dict[str, Any] = {"va": "center", "fontsize": 9, "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.5}}
    for place, value in enumerate(values):
        share = value / rows_[0][key]
        axes.annotate(f"{number(value)} {unit}, {share:.0%}", (value, place), (4, 0), textcoords="offset points", **text)
    axes.set_yticks(range(len(values)), names)
    axes.set_xlim(0.0, 1.28 * max(values))
    axes.set_xlabel(f"into the stop at the least load, at least, {unit}")
    said = "; ".join(f"{row['name']} {number(row[key])} {unit}" for row in rows_)
    return finished(canvas, "variants", "Reserve of the lock, as built to all at once", f"Bar chart: {said}.", "variants")


def margins(results: dict[str, Any]) -> Figure | None:
    """Draw the smallest margins, the worst case of each criterion, cut at -100 % and +100 %."""
    worst = [row for row, _ in worst_of_each(tuple(row for row in rows(results) if row.margin is not None))]
    if not worst:
        return None
    shown = sorted(worst, key=lambda row: row.margin or 0.0)[:SHOWN][::-1]
    canvas, axes = new_canvas(0.32 * len(shown) + 0.9)
    lengths = [min(max(100.0 * (row.margin or 0.0), -100.0), 100.0) for row in shown]
    axes.barh(range(len(shown)), lengths, color=[COLORS[row.status] for row in shown], height=0.62)
    for place, (row, length) in enumerate(zip(shown, lengths, strict=True)):
        axes.annotate(
            percent(row.margin),
            (length, place),
            (4 if length >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if length >= 0 else "right",
            fontsize=9,
        )
    axes.axvline(0.0, color=INK, linewidth=1)
    axes.set_yticks(range(len(shown)), [shortened(row.title, 44) for row in shown])
    room = 0.12 * (max(0.0, *lengths) - min(0.0, *lengths)) + 1.0
    axes.set_xlim(min(0.0, *lengths) - (room if min(lengths) < 0.0 else 0.0), max(0.0, *lengths) + room)
    axes.set_xlabel("margin in %; negative: beyond the limit; cut at ±100 %")
    said = "; ".join(f"{row.place} {percent(row.margin)}" for row in reversed(shown))
    title = "Worst margin of each criterion" if len(worst) <= SHOWN else f"The {SHOWN} smallest margins of {len(worst)} criteria"
    return finished(canvas, "margins", title, f"Bar chart of margins, smallest first: {said}.", "criteria")


def masses(results: dict[str, Any]) -> Figure | None:
    """Draw the frames' masses side by side, stacked by group where groups are given."""
    compared = mass_comparison(results)
    if compared.frame is None or compared.as_built is None:
        return None
    frames = [("conventional,\nas built", "baseline_kg", compared.as_built)]
    if compared.same_criteria is not None:
        frames.append(("conventional,\nre-optimised in its own steel", "same_criteria_kg", compared.same_criteria))
    frames.append(("this frame", "frame_kg", compared.frame))
    canvas, axes = new_canvas(0.62 * len(frames) + 1.5)
    groups = _heaviest(results["mass"].get("groups", ()))
    for place, (_, key, total) in enumerate(reversed(frames)):
        _stack(axes, place, total, groups, key)
    axes.set_yticks(range(len(frames)), [name for name, _, _ in reversed(frames)])
    axes.set_xlim(0.0, 1.12 * max(total for _, _, total in frames))
    axes.set_xlabel("welded frame with brackets and eyes, kg")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, frameon=False, fontsize=8)
    said = "; ".join(f"{name.replace(chr(10), ' ')} {number(total, 4)} kg" for name, _, total in frames)
    return finished(canvas, "masses", "Mass of the frames compared", f"Stacked bars: {said}.", "mass")


def _heaviest(groups: Any) -> list[dict[str, Any]]:
    """Return the heaviest groups, and the others as one."""
    keys = ("frame_kg", "baseline_kg", "same_criteria_kg")

    def kg(group: dict[str, Any], key: str) -> float:
        mass = group.get(key)
        return float(mass) if is_number(mass) else 0.0

    ordered = sorted(groups, key=lambda group: kg(group, "baseline_kg"), reverse=True)
    if len(ordered) <= PARTS:
        return ordered
    others = {"name": "other", **{key: sum(kg(group, key) for group in ordered[PARTS - 1 :]) for key in keys}}
    return [*ordered[: PARTS - 1], others]


def _stack(axes: Axes, place: int, total: float, groups: Any, key: str) -> None:
    parts = [(str(group["name"]).replace("_", " "), float(group[key])) for group in groups if is_number(group.get(key))]
    if not parts:
        axes.barh(place, total, color=GROUPS[0], height=0.6)
    left = 0.0
    for index, (name, mass) in enumerate(parts):
        _, known = axes.get_legend_handles_labels()
        label = None if name in known else name
        axes.barh(place, mass, left=left, color=GROUPS[index % len(GROUPS)], edgecolor="white", height=0.6, label=label)
        left += mass
    axes.annotate(f"{number(total, 4)} kg", (max(total, left), place), (5, 0), textcoords="offset points", va="center")


def modes(results: dict[str, Any]) -> Figure | None:
    """Draw the natural frequencies with their effective masses, and the limit, target and avoid bands."""
    modal = modal_results(results)
    if modal is None:
        return None
    frequencies = [float(value) for value in modal["frequencies_Hz"]]
    bands: dict[str, Any] = results.get("bands", {})
    canvas, axes = new_canvas(2.9)
    for band in [bands[key] for key in ("avoid_Hz",) if bands.get(key)]:
        axes.axvspan(float(band[0]), float(band[1]), color="#f3d9b1", zorder=0, label=f"avoid {interval(band, 'Hz')}")
    for key, name, color in (("limit_Hz", "limit", COLORS["failed"]), ("target_Hz", "target", COLORS["passed"])):
        frequency = bands.get(key)
        if is_number(frequency):
            axes.axvline(float(frequency), color=color, linestyle="--", label=f"{name} {number(frequency)} Hz")
    _stems(axes, frequencies, modal.get("effective_mass_kg"))
    axes.set_xlim(0.0, 1.08 * max(frequencies))
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("natural frequency, Hz")
    axes.legend(frameon=False, fontsize=8, loc="upper right")
    said = ", ".join(number(value) for value in frequencies)
    return finished(canvas, "modes", "Natural frequencies and their effective masses", f"Modes at {said} Hz.", "modes")


def _stems(axes: Axes, frequencies: list[float], effective: Any) -> None:
    if not effective:
        axes.vlines(frequencies, 0.0, 1.0, color=INK)
        axes.set_yticks([])
        return
    width = 0.007 * max(frequencies)
    for index, (name, color) in enumerate(DIRECTIONS.items()):
        heights = [float(row[name] if isinstance(row, dict) else row[index]) for row in effective]
        places = [value + (index - 1) * width for value in frequencies[: len(heights)]]
        axes.bar(places, heights, width=width, color=color, label=f"along {name}")
    axes.set_ylabel("effective mass, kg")


def modal_results(results: dict[str, Any]) -> dict[str, Any] | None:
    """Return the results of the first modal analysis; None without one."""
    cases: dict[str, dict[str, Any]] = results.get("cases", {})
    return next((case for case in cases.values() if case.get("frequencies_Hz")), None)


def lock_forces(results: dict[str, Any]) -> Figure | None:
    """Draw the force on each lock in each case, with the spread of its direction, over the load set that was proved."""
    forces = [force for force in results.get("lock", {}).get("forces", ()) if is_number(force.get("force_N"))]
    forces = [force for force in forces if _directions(force) is not None]
    if not forces:
        return None
    canvas, axes = new_canvas(3.4)
    used = {force.get("load_set") for force in forces}
    for load in results["proof"].get("loads", ()):
        if load["name"] in used:
            _load_set(axes, load)
    for inside, name in ((True, "inside"), (False, "outside"), (None, "no verdict")):
        chosen = [force for force in forces if force.get("inside") is inside]
        color = COLORS[{True: "passed", False: "failed", None: "undecided"}[inside]]
        for index, force in enumerate(chosen):
            low, high = _directions(force) or (0.0, 0.0)
            magnitude = float(force["force_N"]) / 1e3
            label = None if index else f"{name} ({len(chosen)})"
            axes.plot(
                [low, high], [magnitude, magnitude], color=color, linewidth=1, alpha=0.6, marker="|", markersize=7, label=label
            )
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("direction in the plane of the linkage, degrees (its spread by tilt, friction and tolerance)")
    axes.set_ylabel("force on one lock, kN")
    axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3)
    outside = [force for force in forces if force.get("inside") is False]
    said = "all inside" if not outside else "outside: " + ", ".join(f"{force['lock']} in {force['case']}" for force in outside)
    title = "Lock forces of all cases over the load set that was proved"
    return finished(canvas, "lock-forces", title, f"{len(forces)} forces, {said}.", "lock_forces")


def _load_set(axes: Axes, load: dict[str, Any]) -> None:
    from matplotlib.patches import Rectangle

    (low, high), (first, last) = scaled(load["magnitude_N"], 1e-3), load["direction_deg"]
    style: dict[str, Any] = {"facecolor": "#e3ecf6", "edgecolor": "#3b6ea8", "zorder": 0}
    axes.add_patch(Rectangle((first, low), last - first, high - low, label=f"proved: {load['name']}", **style))
    axes.autoscale_view()


def _directions(force: dict[str, Any]) -> tuple[float, float] | None:
    found = force.get("direction_deg")
    if is_number(found):
        return float(found), float(found)
    if isinstance(found, list | tuple) and len(found) == 2 and all(is_number(value) for value in found):
        return float(found[0]), float(found[1])
    return None


def new_canvas(height: float) -> tuple[Canvas, Axes]:
    """Return a figure of the report's width and `height` inches, and its axes."""
    import matplotlib
    from matplotlib.figure import Figure as New

    with matplotlib.rc_context(cast(Any, _SETTINGS)):
        canvas = New(figsize=(8.4, height), layout="constrained")
        return canvas, canvas.add_subplot()


def finished(canvas: Canvas, name: str, title: str, alt: str, section: str) -> Figure:
    """Return what was drawn as a figure of the report."""
    import matplotlib

    stream = io.BytesIO()
    with matplotlib.rc_context(cast(Any, _SETTINGS)):
        canvas.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return Figure(name, title, alt, section, stream.getvalue(), "image/svg+xml")
