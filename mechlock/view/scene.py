"""Off-screen pictures with PyVista: stress on the deformed shape, modes, a section, an assembly of parts.

All on white, without mesh edges, in parallel projection with z up, with a scalar bar that names its unit, a title that
says case and exaggeration, and the axes in a corner. The grey outline is the undeformed shape.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.view.fields import UNITS, Result
from mechlock.view.gl import quiet_vtk, require_rendering
from mechlock.view.picture import Picture
from mechlock.view.surface import Surface, color_limit, exaggeration, outer

if TYPE_CHECKING:
    from pyvista import PolyData

COLORS = "turbo"
PALETTE = ("#5b8db8", "#c98b4b", "#7aa874", "#a779a8", "#b9a44c", "#6aa6a6", "#b87171", "#8a8f98")
INK = "#1f2933"
_LIGHT: dict[str, Any] = {"smooth_shading": False, "ambient": 0.4, "diffuse": 0.65, "specular": 0.0}
"""Soft, so that a colour in shade still reads as the colour of the scale."""

Axis = Literal["x", "y", "z"]


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
    zoom: float = 1.15


@dataclass(frozen=True)
class Scene:
    """A result with its outer surface, extracted once for any number of pictures."""

    result: Result
    surface: Surface
    style: Style = field(default_factory=Style)


def scene(result: Result, style: Style | None = None) -> Scene:
    """Prepare a result for pictures."""
    return Scene(result, outer(result.grid), style or Style())


def field_picture(prepared: Scene, case: str | None = None, quantity: str = "von_mises") -> Picture:
    """Draw a quantity of a load case on the deformed shape.

    Raises
    ------
    InputError
        When the result lacks the case or the quantity.
    MissingExtra
        When nothing can be rendered here.
    """
    name = prepared.result.case(case)
    values = scalar(prepared.result.array(name, quantity))
    displacement = case_displacement(prepared.result, name)
    factor = 1.0 if displacement is None else exaggeration(prepared.result.grid.points, displacement)
    unit = UNITS.get(quantity, "")
    with plotter(prepared.style) as drawn:
        drawn.add_mesh(
            deformed(prepared, displacement, factor),
            scalars=values[prepared.surface.nodes],
            **coloring(values, title_of(quantity, unit)),
        )
        _outline(drawn, prepared, displacement)
        stated = f", deformation x {factor:g}" if displacement is not None else ""
        title = f"{name}: {quantity.replace('_', ' ')}{stated}"
        data = _finish(drawn, prepared.style, title)
    largest = f"largest value {values.max():.4g} {unit}".strip()
    what = f"{quantity.replace('_', ' ')} on the deformed shape"
    return Picture(
        _file_name(f"{quantity}-{name}"), f"{title}; {largest}", f"{what} in load case {name}; {largest}", "stress", data
    )


def mode_picture(prepared: Scene, mode: int) -> Picture:
    """Draw a mode shape, coloured by the size of its displacement (of the largest)."""
    shape, frequency = prepared.result.shape(mode), prepared.result.frequency(mode)
    size = np.linalg.norm(shape, axis=1)
    with plotter(prepared.style) as drawn:
        drawn.add_mesh(
            deformed(prepared, shape, exaggeration(prepared.result.grid.points, shape)),
            scalars=(size / max(size.max(), 1e-300))[prepared.surface.nodes],
            clim=(0.0, 1.0),
            cmap="viridis",
            **_LIGHT,
            scalar_bar_args=_bar("displacement, of the largest"),
        )
        _outline(drawn, prepared, shape)
        title = f"mode {mode}" + (f", {frequency:.2f} Hz" if frequency is not None else "")
        data = _finish(drawn, prepared.style, title)
    said = f"Deformed shape of {title}, with the undeformed outline"
    return Picture(f"mode-{mode}", f"Mode {title[5:]}", said, "modes", data)


def section_picture(prepared: Scene, axis: Axis, at: float, case: str | None = None, quantity: str = "von_mises") -> Picture:
    """Draw a quantity on the undeformed model cut open by the plane where the coordinate `axis` is `at` (mm).

    Raises
    ------
    InputError
        When the plane misses the model, or the result lacks the case or the quantity.
    """
    name = prepared.result.case(case)
    values = scalar(prepared.result.array(name, quantity))
    index = "xyz".index(axis)
    low, high = prepared.result.grid.bounds[2 * index : 2 * index + 2]
    if not low < at < high:
        raise InputError(f"the plane {axis} = {at:g} mm misses the model", mend=f"it lies between {low:g} and {high:g} mm")
    origin = [at if number == index else 0.0 for number in range(3)]
    solid: Any = prepared.result.grid.copy(deep=False)
    solid.clear_data()
    solid.point_data[quantity] = values
    toward = prepared.style.direction[index] >= 0.0
    cut = solid.clip(normal=axis if toward else f"-{axis}", origin=origin)
    title = f"{name}: {quantity.replace('_', ' ')}, cut at {axis} = {at:g} mm"
    with plotter(prepared.style) as drawn:
        drawn.add_mesh(cut, scalars=quantity, **coloring(values, title_of(quantity, UNITS.get(quantity, ""))))
        _outline(drawn, prepared, None, always=True)
        data = _finish(drawn, prepared.style, title)
    return Picture(_file_name(f"section-{axis}-{quantity}-{name}"), title, f"The model cut open; {title}", "stress", data)


def parts_picture(
    parts: Sequence[tuple[str, PolyData]],
    title: str,
    *,
    explode: float = 0.0,
    style: Style | None = None,
    section: str = "lock_parts",
) -> Picture:
    """Draw an assembly, each part in a colour of its own with a legend.

    Parameters
    ----------
    parts : sequence of (name, surface)
    title : str
    explode : float
        How far the parts are moved apart from their common middle, as a share of their distance to it; 0: assembled.
    """
    look = style or Style(direction=(0.55, 0.45, 1.0))
    middle = np.mean([part.center for _, part in parts], axis=0)
    with plotter(look) as drawn:
        for index, (name, part) in enumerate(parts):
            moved: Any = part.translate(explode * (np.asarray(part.center) - middle), inplace=False)
            color = PALETTE[index % len(PALETTE)]
            drawn.add_mesh(moved, color=color, smooth_shading=False, ambient=0.25, diffuse=0.8)
            edges: Any = moved.extract_feature_edges(feature_angle=35.0, manifold_edges=False, non_manifold_edges=False)
            if edges.n_points:
                drawn.add_mesh(edges, color="#3a4550", line_width=1.2)
        if len(parts) > 1:
            _legend(drawn, [name for name, _ in parts])
        data = _finish(drawn, look, title)
    names = ", ".join(name for name, _ in parts)
    return Picture(_file_name(title), title, f"{title}; the parts are {names}", section, data)


def read_parts(paths: Sequence[Path]) -> list[tuple[str, PolyData]]:
    """Read surfaces of parts (STL and the like), named after their files.

    Raises
    ------
    InputError
        When a file is missing or holds no surface.
    """
    import pyvista

    found: list[tuple[str, PolyData]] = []
    for path in paths:
        if not path.is_file():
            raise InputError("there is no such file", str(path))
        part: Any = pyvista.read(path)
        if not isinstance(part, pyvista.PolyData) or part.n_cells == 0:
            raise InputError("it holds no surface, or VTK cannot read it", str(path))
        found.append((path.stem.replace("_", " "), part))
    return found


def scalar(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values themselves, or the length of vectors."""
    return values if values.ndim == 1 else np.linalg.norm(values, axis=1)


def title_of(quantity: str, unit: str) -> str:
    """Return the title of a scalar bar."""
    return f"{quantity.replace('_', ' ')}, {unit}" if unit else quantity.replace("_", " ")


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


def coloring(values: NDArray[np.float64], title: str) -> dict[str, Any]:
    """Return PyVista's options for colouring `values`, with what lies beyond the colours marked."""
    low = float(min(values.min(initial=0.0), 0.0))
    limit, beyond = color_limit(values)
    options: dict[str, Any] = {"clim": (low, limit), "cmap": COLORS, "n_colors": 24, **_LIGHT}
    if beyond:
        options["above_color"] = "#e83fb8"
        title = f"{title} (largest {values.max():.3g})"
    return {**options, "scalar_bar_args": {**_bar(title), **({"above_label": "beyond"} if beyond else {})}}


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


def look_at(drawn: Any, style: Style) -> None:
    """Point the camera at the whole model, in parallel projection, z up."""
    drawn.enable_parallel_projection()
    drawn.view_vector(style.direction, viewup=(0.0, 0.0, 1.0) if abs(style.direction[2]) < 0.9 else (0.0, 1.0, 0.0))
    drawn.reset_camera()
    drawn.camera.zoom(style.zoom)


def _bar(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "color": INK,
        "vertical": True,
        "position_x": 0.87,
        "position_y": 0.2,
        "height": 0.6,
        "width": 0.05,
        "title_font_size": 18,
        "label_font_size": 16,
        "fmt": "%.3g",
        "n_labels": 6,
    }


def _outline(drawn: Any, prepared: Scene, displacement: NDArray[np.float64] | None, *, always: bool = False) -> None:
    if (displacement is not None or always) and prepared.surface.edges.n_points:
        drawn.add_mesh(prepared.surface.edges, color="#8a94a0", line_width=1, opacity=0.6)


def _legend(drawn: Any, names: Sequence[str]) -> None:
    rows = [(name, PALETTE[index % len(PALETTE)]) for index, name in enumerate(names)]
    height = min(0.03 * len(rows), 0.6)
    drawn.add_legend(rows, face="rectangle", bcolor=None, size=(0.16, height), loc="center right")


def _finish(drawn: Any, style: Style, title: str) -> bytes:
    drawn.add_text(title, position="upper_left", font_size=11, color=INK)
    drawn.add_axes(color=INK, line_width=3)
    look_at(drawn, style)
    return encode(drawn.screenshot(return_img=True))


def encode(pixels: Any) -> bytes:
    """Return an image, (rows, columns, 3) of bytes, as PNG."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(np.asarray(pixels)[..., :3]).save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _file_name(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text.lower()).strip("-")
