"""Pictures of scenes: rendered off-screen and encoded as PNG. All raise MissingExtra where nothing can be rendered."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mechlock.view import scene as scenes
from mechlock.view.picture import Picture
from mechlock.view.scene import Axis, Drawn, Scene, Style

if TYPE_CHECKING:
    from pyvista import PolyData


def field_picture(prepared: Scene, case: str | None = None, quantity: str = "von_mises") -> Picture:
    """Draw a quantity of a load case (default: the first) on the deformed shape; InputError where the result lacks it."""
    name = prepared.result.case(case)
    return _render(
        prepared.style, f"{quantity}-{name}", "stress", lambda drawn: scenes.draw_field(drawn, prepared, name, quantity)
    )


def mode_picture(prepared: Scene, mode: int) -> Picture:
    """Draw a mode shape; InputError where the result lacks it."""
    return _render(prepared.style, f"mode-{mode}", "modes", lambda drawn: scenes.draw_mode(drawn, prepared, mode))


def section_picture(prepared: Scene, axis: Axis, at: float, case: str | None = None, quantity: str = "von_mises") -> Picture:
    """Draw a quantity on the model cut open where the coordinate `axis` is `at` (mm); InputError where the plane misses it."""
    case = prepared.result.case(case)
    name = f"section-{axis}-{quantity}-{case}"
    return _render(prepared.style, name, "stress", lambda drawn: scenes.draw_section(drawn, prepared, axis, at, case, quantity))


def parts_picture(
    parts: Sequence[tuple[str, PolyData]],
    title: str,
    *,
    explode: tuple[float, float, float] = (0.0, 0.0, 0.0),
    style: Style = scenes.PARTS_STYLE,
    section: str = "lock_parts",
    cut: tuple[Axis, float] | None = None,
) -> Picture:
    """Draw an assembly, each kind of part in a colour of its own with a legend.

    `explode` moves the parts from their middle; `cut` opens them at a plane across an axis (mm), InputError where it misses them.
    """
    return _render(style, title, section, lambda drawn: scenes.draw_parts(drawn, parts, title, explode, cut, style.direction))


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """Return an image, (rows, columns, 3), as PNG."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels[..., :3]).save(stream, format="PNG", compress_level=6)
    return stream.getvalue()


def with_legend(pixels: NDArray[np.uint8], legend: Sequence[tuple[str, str]]) -> NDArray[np.uint8]:
    """Return the image with a list of colours and names down its right side; unchanged for fewer than two."""
    if len(legend) < 2:
        return pixels
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(pixels[..., :3])
    drawing = ImageDraw.Draw(image)
    step = max(min(26, image.height // (len(legend) + 2)), 9)
    font = ImageFont.load_default(size=0.65 * step)
    left = image.width - step - max(drawing.textlength(name, font=font) for name, _ in legend) - 0.8 * step
    top = (image.height - step * len(legend)) / 2
    for row, (name, color) in enumerate(legend):
        middle = top + (row + 0.5) * step
        drawing.rectangle((left, middle - 0.3 * step, left + 0.6 * step, middle + 0.3 * step), fill=color)
        drawing.text((left + step, middle), name, fill=scenes.INK, font=font, anchor="lm")
    return np.asarray(image)


def join(pictures: Sequence[Picture]) -> bytes:
    """Return PNG pictures side by side as one; their heights are made equal with white below."""
    from PIL import Image

    images = [np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB")) for picture in pictures]
    rows = max(len(image) for image in images)
    padded = [np.pad(image, ((0, rows - len(image)), (0, 0), (0, 0)), constant_values=255) for image in images]
    return encode(np.concatenate(padded, axis=1))


def _render(style: Style, name: str, section: str, draw: Callable[[Any], Drawn]) -> Picture:
    with scenes.plotter(style) as drawn:
        shown = draw(drawn)
        scenes.finish(drawn, style, shown.heading)
        pixels = np.asarray(drawn.screenshot(return_img=True))
    data = encode(with_legend(pixels, shown.legend))
    file_name = "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")
    return Picture(file_name, shown.title, shown.alt[:1].upper() + shown.alt[1:], section, data)
