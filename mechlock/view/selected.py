"""What the selectors of a model file catch of its STEP file, as coloured surfaces and as a picture from two sides.

A selector in trouble is shown as well, with what it caught and what it should have: a picture says sooner than the
message which faces they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mechlock.inputs import reading
from mechlock.inputs.model import FORMAT, ModelSource, read_model
from mechlock.inputs.model_cad import Cad
from mechlock.view.gl import rendering
from mechlock.view.picture import Picture
from mechlock.view.render import join, parts_picture
from mechlock.view.scene import UNNAMED, Style

if TYPE_CHECKING:
    from pyvista import PolyData

    from mechlock.solids.imported import CadFile
    from mechlock.solids.selecting import Caught

_SIDES = (Style((900, 760), (1.0, -1.25, 0.75), 0.95), Style((900, 760), (-1.0, 1.25, -0.75), 0.95))


def selected_faces(source: ModelSource) -> list[tuple[str, PolyData]]:
    """Return the surface that each selector catches, and the rest.

    Raises
    ------
    InputError
        When the STEP file cannot be read.
    """
    from mechlock.solids.imported import read_step
    from mechlock.solids.selecting import select_faces

    cad = source.file.cad or Cad()
    file = read_step(source.mesh_path)
    caught = select_faces(file, cad)
    taken = {number for item in caught for number in item.faces}
    rest = [number for number in range(len(file.faces)) if number not in taken]
    named = [(_label(item, cad), item.faces) for item in caught if item.faces]
    nothing = [f"{item.name}: catches nothing" for item in caught if not item.faces]
    surfaces = [(label, _surface(file, numbers)) for label, numbers in named]
    if rest:
        surfaces.append(("; ".join([UNNAMED, *nothing]), _surface(file, rest)))
    return surfaces


def selected_picture(parts: Sequence[tuple[str, PolyData]], title: str) -> Picture:
    """Draw what selectors catch from two opposite sides."""
    sides = [parts_picture(parts, title if not number else "from the other side", style=s) for number, s in enumerate(_SIDES)]
    names = ", ".join(name for name, _ in parts)
    return Picture("selectors", f"faces of {title}", f"the faces that selectors catch: {names}", "summary", join(sides))


def selector_files(path: Path) -> dict[str, bytes]:
    """Return ``selectors.png`` for a model on a STEP file; nothing for other files, or where nothing can be rendered.

    Raises
    ------
    InputError
        When the files cannot be read.
    """
    if reading.read_toml(path).get("format") != FORMAT:
        return {}
    source = read_model(path)
    # whether pictures can be drawn takes a process of its own to find out
    if not source.file.is_cad or not rendering().available:
        return {}
    return {"selectors.png": selected_picture(selected_faces(source), source.file.name or path.stem).data}


def _label(item: Caught, cad: Cad) -> str:
    if item.problem is None:
        return f"{item.name} ({item.count})"
    return f"{item.name} ({item.count}, should be {cad.faces[item.name].count})"


def _surface(file: CadFile, numbers: Sequence[int]) -> PolyData:
    import pyvista

    from mechlock.view.solids import solid_surface

    return pyvista.merge([solid_surface(file.faces[number].shape) for number in numbers])
