"""Scenes with PyVista: stress on the deformed shape, modes, sections, assemblies; for pictures and for windows alike.

All on white, without mesh edges, in parallel projection with z up, with a scalar bar that names its unit, a title that
says case and exaggeration, and the axes in a corner. The grey outline is the undeformed shape.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.view.cutting import Axis, cut_open
from mechlock.view.fields import UNITS, Result, quantity_name
from mechlock.view.gl import quiet_vtk, require_rendering
from mechlock.view.surface import Surface, color_range, exaggeration, outer

if TYPE_CHECKING:
    from pyvista import PolyData

COLORS = "turbo"
PALETTE = (
    *("#5b8db8", "#c98b4b", "#7aa874", "#a779a8", "#b9a44c", "#6aa6a6", "#b87171", "#8a8f98"),
    *("#2f5f8a", "#8f5a1e", "#457a3f", "#71457a", "#7d6c1c", "#2f7575", "#853d3d", "#555b64"),
)
INK, BEYOND = "#1f2933", "#e83fb8"
UNNAMED, UNNAMED_COLOR = "no name", "#d5d9dd"
"""Faces that no selector catches, and their colour."""
_LIGHT: dict[str, Any] = {"smooth_shading": False, "ambient": 0.4, "diffuse": 0.65, "specular": 0.0}
"""Soft, so that a colour in shade still reads as the colour of the scale."""


@dataclass(frozen=True)
class Style:
    """How pictures look.

    Attributes
    ----------
    size : (int, int)
        Pixels.
    direction : (float, float, float)
        From the middle of the model to the eye.
    zoom : float
    """

    size: tuple[int, int] = (1280, 900)
    direction: tuple[float, float, float] = (1.0, -1.25, 0.75)
    zoom: float = 1.05


PARTS_STYLE = Style(direction=(0.55, 0.45, 1.0))
"""Lock parts are planar; they are looked at from the side of their plates."""


@dataclass(frozen=True)
class Scene:
    """A result with its outer surface, extracted once for any number of pictures."""

    result: Result
    surface: Surface
    style: Style = field(default_factory=Style)


@dataclass(frozen=True)
class Drawn:
    """What a scene shows, in words, with the largest value in figures and the colours of parts by name."""

    heading: str
    alt: str
    legend: tuple[tuple[str, str], ...] = ()
    figures: str = ""

    @property
    def title(self) -> str:
        """The heading with the figures that a caption gives."""
        return f"{self.heading}, {self.figures}" if self.figures else self.heading


def scene(result: Result, style: Style | None = None) -> Scene:
    """Prepare a result for pictures."""
    return Scene(result, outer(result.grid), style or Style())


def draw_field(drawn: Any, prepared: Scene, case: str, quantity: str) -> Drawn:
    """Draw a quantity of a load case on the deformed shape into a plotter.

    Raises
    ------
    InputError
        When the result lacks the quantity in this case.
    """
    values = scalar(prepared.result.array(case, quantity))
    displacement = case_displacement(prepared.result, case)
    factor = 1.0 if displacement is None else exaggeration(np.asarray(prepared.result.grid.points, dtype=float), displacement)
    judged = prepared.result.judged
    drawn.add_mesh(
        deformed(prepared, displacement, factor),
        scalars=values[prepared.surface.nodes],
        **coloring(values, title_of(quantity), judged),
    )
    if displacement is not None:
        _outline(drawn, prepared)
    stated = f", deformation × {factor:g}" if displacement is not None else ""
    largest = largest_text(values, quantity, judged)
    heading = f"{case}: {quantity_name(quantity)}{stated}"
    alt = f"{quantity_name(quantity)} on the deformed shape in load case {case}; {largest}"
    return Drawn(heading, alt, figures=largest)


def draw_mode(drawn: Any, prepared: Scene, mode: int) -> Drawn:
    """Draw a mode shape, coloured by the size of its displacement (of the largest), into a plotter.

    Raises
    ------
    InputError
        When the result has no such mode.
    """
    shape = prepared.result.shape(mode)
    factor = exaggeration(np.asarray(prepared.result.grid.points, dtype=float), shape)
    drawn.add_mesh(deformed(prepared, shape, factor), scalars=mode_size(shape)[prepared.surface.nodes], **mode_coloring())
    _outline(drawn, prepared)
    title = mode_title(prepared.result, mode)
    return Drawn(title, f"deformed shape of {title}, with the undeformed outline")


def draw_section(drawn: Any, prepared: Scene, axis: Axis, at: float, case: str, quantity: str) -> Drawn:
    """Draw a quantity on the undeformed model, cut open where the coordinate `axis` is `at` (mm), into a plotter.

    Raises
    ------
    InputError
        When the plane misses the model, or the result lacks the quantity in this case.
    """
    values = scalar(prepared.result.array(case, quantity))
    index = "xyz".index(axis)
    low, high = prepared.result.grid.bounds[2 * index : 2 * index + 2]
    if not low < at < high:
        raise InputError(f"the plane {axis} = {at:g} mm misses the model", mend=f"it lies between {low:g} and {high:g} mm")
    solid: Any = prepared.result.grid.copy(deep=False)
    solid.clear_data()
    solid.point_data[quantity] = values
    toward = prepared.style.direction[index] >= 0.0
    cut = solid.clip(normal=axis if toward else f"-{axis}", origin=[at if number == index else 0.0 for number in range(3)])
    drawn.add_mesh(cut, scalars=quantity, **coloring(values, title_of(quantity), prepared.result.judged))
    _outline(drawn, prepared)
    heading = f"{case}: {quantity_name(quantity)}, cut at {axis} = {at:g} mm"
    return Drawn(heading, f"the model cut open; {heading}", figures=largest_text(values, quantity, prepared.result.judged))


def draw_parts(
    drawn: Any,
    parts: Sequence[tuple[str, PolyData]],
    title: str,
    explode: tuple[float, float, float] = (0.0, 0.0, 0.0),
    cut: tuple[Axis, float] | None = None,
    direction: tuple[float, float, float] = PARTS_STYLE.direction,
) -> Drawn:
    """Draw an assembly into a plotter, parts of one kind in a colour of their own.

    Parameters
    ----------
    drawn : pyvista.Plotter
    parts : sequence of (name, surface)
        Names with a number at the end are several of one kind.
    title : str
    explode : (float, float, float)
        How far the parts are moved apart from their common middle along x, y, z, as shares of their distances to it.
    cut : (axis, float), optional
        Where (mm) the assembly is cut open; what lies before the plane is left out.
    direction : (float, float, float)
        From the middle of the assembly to the eye.

    Raises
    ------
    InputError
        When the plane misses the parts.
    """
    middle = np.mean([part.center for _, part in parts], axis=0)
    colors = part_colors([name for name, _ in parts])
    if cut is not None:
        parts, title = cut_open(parts, *cut, direction), f"{title}, cut at {cut[0]} = {cut[1]:g} mm"
    for name, part in parts:
        moved: Any = part.translate(np.asarray(explode) * (np.asarray(part.center) - middle), inplace=False)
        drawn.add_mesh(moved, color=colors[part_kind(name)], smooth_shading=False, ambient=0.25, diffuse=0.8)
        edges: Any = moved.extract_feature_edges(feature_angle=35.0, manifold_edges=False, non_manifold_edges=False)
        if edges.n_points:
            drawn.add_mesh(edges, color="#3a4550", line_width=1.2)
    return Drawn(title, f"{title}; the parts are {', '.join(colors)}", tuple(colors.items()))


def part_kind(name: str) -> str:
    """Return a part's name as words, without what tells it from others of its kind: its number, or its place in the frame."""
    first = name.partition(".")[0]
    words = (name if first[-1:].isdigit() else first or name).replace("_", " ").split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1].isdigit() else words)


def part_colors(names: Sequence[str]) -> dict[str, str]:
    """Return a colour for each kind of part, in order of appearance."""
    kinds = dict.fromkeys(part_kind(name) for name in names)
    colors = {kind: PALETTE[index % len(PALETTE)] for index, kind in enumerate(kinds)}
    return {kind: UNNAMED_COLOR if kind.startswith(UNNAMED) else color for kind, color in colors.items()}


def finish(drawn: Any, style: Style, title: str) -> None:
    """Add title and axes, and point the camera at the whole model, in parallel projection, z up."""
    drawn.add_text(title, position="upper_left", font_size=11, color=INK)
    drawn.add_axes(color=INK, line_width=3)
    drawn.enable_parallel_projection()
    drawn.view_vector(style.direction, viewup=(0.0, 0.0, 1.0) if abs(style.direction[2]) < 0.9 else (0.0, 1.0, 0.0))
    drawn.reset_camera()
    drawn.camera.zoom(style.zoom)


@contextlib.contextmanager
def plotter(style: Style, *, off_screen: bool = True) -> Generator[Any]:
    """Give an empty plotter in the style of all pictures; closed at the end.

    Raises
    ------
    MissingExtra
        When nothing can be rendered here.
    """
    require_rendering()
    import pyvista

    with quiet_vtk():
        made: Any = pyvista.Plotter(off_screen=off_screen, window_size=list(style.size), lighting="light kit")
        try:
            made.set_background("white")
            yield made
        finally:
            made.close()


def scalar(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values themselves, or the length of vectors."""
    return values if values.ndim == 1 else np.linalg.norm(values, axis=1)


def title_of(quantity: str) -> str:
    """Return the title of a scalar bar: the quantity and its unit."""
    unit = UNITS.get(quantity, "")
    return f"{quantity_name(quantity)}, {unit}" if unit else quantity_name(quantity)


def mode_title(result: Result, mode: int) -> str:
    """Return ``mode 2, 31.20 Hz``, without frequency where the file has none, or the motion's own name."""
    if result.motions:
        return result.motions[mode - 1]
    frequency = result.frequency(mode)
    return f"mode {mode}" + (f", {frequency:.2f} Hz" if frequency is not None else "")


def mode_size(shape: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far each node of a mode moves, of the one that moves farthest."""
    size = np.linalg.norm(shape, axis=1)
    return size / max(size.max(initial=0.0), 1e-300)


def case_displacement(result: Result, case: str) -> NDArray[np.float64] | None:
    """Return the displacement of a case, (n_points, 3) in mm; None where the file has none."""
    return result.array(case, "displacement") if "displacement" in result.cases[case] else None


def deformed(prepared: Scene, displacement: NDArray[np.float64] | None, factor: float) -> PolyData:
    """Return the outer surface moved by `factor` times the displacement."""
    faces = prepared.surface.faces.copy()
    if displacement is not None:
        points = np.asarray(prepared.result.grid.points, dtype=float)
        faces.points = (points + factor * displacement)[prepared.surface.nodes]
    return faces


def coloring(values: NDArray[np.float64], title: str, judged: NDArray[np.bool_]) -> dict[str, Any]:
    """Return PyVista's options for colouring `values` by those that are judged, with what lies beyond marked."""
    low, high, _ = judged_range(values, judged)
    options: dict[str, Any] = {"clim": (low, high), "cmap": COLORS, "n_colors": 24, **_LIGHT}
    return {**options, "scalar_bar_args": _bar(title), "above_color": BEYOND}


def judged_range(values: NDArray[np.float64], judged: NDArray[np.bool_]) -> tuple[float, float, bool]:
    """Return the range of colours: all judged values, or nearly all values where the file does not say which are judged."""
    return color_range(values[judged], 0.999 if judged.all() else 1.0)


def largest_text(values: NDArray[np.float64], quantity: str, judged: NDArray[np.bool_]) -> str:
    """Return the largest value in words: where it is judged, what lies beyond elsewhere, and where the colours end."""
    unit = UNITS.get(quantity, "")
    _, high, _ = judged_range(values, judged)
    anywhere, largest = (float(np.nanmax(part, initial=0.0)) for part in (values, values[judged]))
    text = f"largest {largest:.4g} {unit}".strip()
    if anywhere > largest:
        text = f"{text} where stress is judged, {anywhere:.4g} at supports, couplings and notches"
    return f"{text} (pink: above {high:.4g})" if anywhere > high else text


def mode_coloring() -> dict[str, Any]:
    """Return PyVista's options for colouring a mode."""
    return {"clim": (0.0, 1.0), "cmap": "viridis", "scalar_bar_args": _bar("displacement, of the largest"), **_LIGHT}


def _bar(title: str) -> dict[str, Any]:
    place = {"position_x": 0.87, "position_y": 0.2, "height": 0.6, "width": 0.05, "vertical": True}
    return {"title": title, "color": INK, "title_font_size": 18, "label_font_size": 16, "fmt": "%.3g", "n_labels": 6, **place}


def _outline(drawn: Any, prepared: Scene) -> None:
    if prepared.surface.edges.n_points:
        drawn.add_mesh(prepared.surface.edges, color="#8a94a0", line_width=1, opacity=0.6)
