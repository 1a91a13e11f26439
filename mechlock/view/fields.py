"""What a result file holds: the displacement, the scalars of each load case, and the modes.

Point arrays are named by quantity, or by quantity and case with a colon between (``von_mises:braking``); a file of one
case without colons is named after the file. Modes are ``mode:1``, ``mode:2``, ..., their frequencies the field data
``frequencies_Hz``.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mechlock.errors import InputError
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.vtu import is_whole
from mechlock.view.gl import quiet_vtk

if TYPE_CHECKING:
    from pyvista import UnstructuredGrid

VTK_CELLS = {"tet4": 10, "tet10": 24, "hex8": 12, "hex8i": 12, "hex20": 25, "hex27": 29, "wedge6": 13, "wedge15": 26}
"""VTK's numbers of the cell kinds of `mechlock.mesh.topology`."""

_HIDDEN = ("vtk", "gmsh:", "group")
"""Beginnings of the names of arrays that are not results."""

_MASKS = ("node", "judged", "region")
"""Arrays of our own files that number or mark nodes."""

TENSOR = ("xx", "yy", "zz", "xy", "yz", "zx")
"""Components of a stress array, in VTK's order; each is a field of its own, such as ``stress.yy``."""

UNITS = {"displacement": "mm", "von_mises": "MPa", "temperature": "K", **{f"stress.{part}": "MPa" for part in TENSOR}}
"""Units of the quantities that our own files hold."""

NAMES = {"von_mises": "von Mises stress", **{f"stress.{part}": f"stress {part}" for part in TENSOR}}
"""How quantities are called in titles, where it is not the name with its underscores as spaces."""


@dataclass(frozen=True)
class Result:
    """A result mesh with the names of its arrays sorted out.

    Attributes
    ----------
    grid : pyvista.UnstructuredGrid
        Points in mm.
    cases : dict of str to dict of str to str
        Quantity to array name, by load case.
    modes : dict of int to str
        Array name by mode number, from 1.
    frequencies : tuple of float
        Of the modes, in Hz; empty where the file does not say.
    motions : tuple of str
        What the modes are called, where they are motions without frequency.
    """

    grid: UnstructuredGrid
    cases: dict[str, dict[str, str]]
    modes: dict[int, str]
    frequencies: tuple[float, ...]
    motions: tuple[str, ...] = ()

    def case(self, name: str | None) -> str:
        """Return the case called `name`, or the first one.

        Raises
        ------
        InputError
            When there is none of that name, or none at all.
        """
        if not self.cases:
            raise InputError(
                "the result holds no load case", mend=f"it holds the modes {sorted(self.modes)}" if self.modes else ""
            )
        if name is None:
            return next(iter(self.cases))
        if name not in self.cases:
            raise InputError(f"the result holds no case {name!r}", mend=f"it holds {', '.join(self.cases)}")
        return name

    def array(self, case: str, quantity: str) -> NDArray[np.float64]:
        """Return the values of a quantity in a case at the nodes.

        Raises
        ------
        InputError
            When the case has no such quantity.
        """
        found = self.cases[case]
        if quantity not in found:
            raise InputError(f"case {case!r} has no field {quantity!r}", mend=f"it has {', '.join(found)}")
        values = np.asarray(self.grid.point_data[found[quantity]], dtype=float)
        component = quantity.rpartition(".")[2]
        return values[:, TENSOR.index(component)] if values.ndim == 2 and values.shape[1] == len(TENSOR) else values

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Where stress is meaningful, (n_points,): all nodes, where the file does not say."""
        if "judged" not in self.grid.point_data:
            return np.ones(self.grid.n_points, dtype=bool)
        return np.asarray(self.grid.point_data["judged"]) > 0

    def shape(self, mode: int) -> NDArray[np.float64]:
        """Return the mode's displacements, shape (n_points, 3).

        Raises
        ------
        InputError
            When the result has no such mode.
        """
        if mode not in self.modes:
            raise InputError(f"the result has no mode {mode}", mend=f"it has {len(self.modes)} modes")
        return np.asarray(self.grid.point_data[self.modes[mode]], dtype=float)

    def frequency(self, mode: int) -> float | None:
        """Return the mode's frequency in Hz, where the file says it."""
        return self.frequencies[mode - 1] if mode <= len(self.frequencies) else None


def quantity_name(quantity: str) -> str:
    """Return a quantity's name as words."""
    return NAMES.get(quantity, quantity.replace("_", " "))


def grid(mesh: Mesh, point_data: Mapping[str, Any], frequencies: Any = None) -> UnstructuredGrid:
    """Return a mesh of ours with its fields as PyVista takes it, without a file between.

    Parameters
    ----------
    mesh : Mesh
    point_data : dict of str to (n_points,) or (n_points, 3) array
        Named as the module's documentation says.
    frequencies : (n_modes,) array, optional
        Of the modes, in Hz.
    """
    from pyvista import UnstructuredGrid

    cells = {VTK_CELLS[block.kind]: block.cells for block in mesh.blocks}
    if len(cells) != len(mesh.blocks):
        merged: dict[int, list[Any]] = {}
        for block in mesh.blocks:
            merged.setdefault(VTK_CELLS[block.kind], []).append(block.cells)
        cells = {kind: np.vstack(parts) for kind, parts in merged.items()}
    made = UnstructuredGrid(cells, np.asarray(mesh.points, dtype=float))
    for name, values in point_data.items():
        made.point_data[name] = np.asarray(values)
    if frequencies is not None:
        made.field_data["frequencies_Hz"] = np.asarray(frequencies, dtype=float)
    return made


def read(path: Path) -> Result:
    """Read a result file (``.vtu``, ``.vtkhdf``, or any other mesh with fields that VTK reads).

    Raises
    ------
    InputError
        When it does not exist or cannot be read.
    """
    found = read_with_vtk(path)
    if not hasattr(found, "cast_to_unstructured_grid"):
        raise InputError("it holds no mesh", str(path))
    mesh = found.cast_to_unstructured_grid()
    if mesh.n_cells == 0:
        raise InputError("it holds no mesh, or VTK cannot read it", str(path))
    return sort(mesh, path.stem)


def read_with_vtk(path: Path) -> Any:
    """Read whatever VTK reads at a path.

    Raises
    ------
    InputError
        When there is no such file, or VTK cannot read it (of which it only warns).
    """
    import pyvista

    if not path.is_file():
        raise InputError("there is no such file", str(path))
    if path.suffix.lower() == ".vtu" and not is_whole(path.read_bytes()):
        raise InputError("the file is damaged: its data do not lie where its header says", str(path), "write it again")
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with quiet_vtk(errors=False), warnings.catch_warnings():
            warnings.simplefilter("error")
            return pyvista.read(path)
    except (OSError, ValueError, RuntimeError, Warning) as error:
        raise InputError("VTK cannot read it as a mesh", str(path), "name a whole .vtu, .vtk or .stl file") from error
    finally:
        logging.disable(level)


def sort(mesh: UnstructuredGrid, name: str) -> Result:
    """Sort the arrays of a mesh into cases and modes; `name` is the case of arrays that name none."""
    cases: dict[str, dict[str, str]] = {}
    modes: dict[int, str] = {}
    for array in mesh.point_data:
        quantity, _, case = array.partition(":")
        if array.startswith(_HIDDEN) or quantity in _MASKS:
            continue
        if quantity == "mode" and case.strip().isdigit():
            modes[int(case)] = array
            continue
        tensor = np.shape(mesh.point_data[array])[1:] == (len(TENSOR),)
        named = {f"{quantity}.{part}": array for part in TENSOR} if tensor else {quantity: array}
        cases.setdefault(case.strip() or name, {}).update(named)
    frequencies: Any = mesh.field_data.get("frequencies_Hz", ())
    return Result(mesh, cases, dict(sorted(modes.items())), tuple(float(value) for value in frequencies))


def merged(results: Sequence[Result]) -> tuple[Result, ...]:
    """Join results on the same mesh into one, so that files of one case each become one result with several cases."""
    joined: list[Result] = []
    for result in results:
        same = next((known for known in joined if _same_mesh(known, result)), None)
        if same is None:
            joined.append(result)
            continue
        made = same.grid.copy(deep=False)
        cases, modes = dict(same.cases), dict(same.modes)
        for case, arrays in result.cases.items():
            named = {array: array if ":" in array else f"{array}:{case}" for array in arrays.values()}
            cases[case] = {**cases.get(case, {}), **{quantity: named[array] for quantity, array in arrays.items()}}
            for array, name in named.items():
                made.point_data[name] = result.grid.point_data[array]
        for number, array in result.modes.items():
            modes[number] = array
            made.point_data[array] = result.grid.point_data[array]
        joined[joined.index(same)] = Result(made, cases, dict(sorted(modes.items())), same.frequencies or result.frequencies)
    return tuple(joined)


def _same_mesh(first: Result, second: Result) -> bool:
    a, b = np.asarray(first.grid.points), np.asarray(second.grid.points)
    return a.shape == b.shape and first.grid.n_cells == second.grid.n_cells and bool((a == b).all())
