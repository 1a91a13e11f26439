"""What `mechlock view` is pointed at: a result file, a part, or the folder that a check or a build wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mechlock.analyses.free_motion import free_motions
from mechlock.analyses.run import model_mesh
from mechlock.errors import InputError
from mechlock.inputs.model import ModelSource, read_model
from mechlock.inputs.model_cad import SUFFIXES as STEP
from mechlock.solids.imported import read_step
from mechlock.view.fields import Result, grid, merged, read, read_with_vtk, sort
from mechlock.view.scene import PARTS_STYLE, Style
from mechlock.view.selected import selected_faces
from mechlock.view.solids import solid_surfaces

if TYPE_CHECKING:
    from pyvista import PolyData

ASSEMBLIES = ("frame.step", "lock.step")
"""What a folder of `build` shows, the first that it has."""

SURFACES = (".stl", ".ply", ".obj", ".vtp")


@dataclass(frozen=True)
class Loaded:
    """What was found at a path.

    Attributes
    ----------
    title : str
    results : tuple of Result
        Result meshes; a folder may hold several.
    parts : tuple of (name, surface)
        Parts, where there is no result mesh.
    summary : dict
        ``results.json``, where there is one.
    both_sides : bool
        Whether a picture shows the parts from two opposite sides.
    plates : bool
        Whether the parts are those of a lock, by the names of its files.
    """

    title: str
    results: tuple[Result, ...] = ()
    parts: tuple[tuple[str, PolyData], ...] = ()
    summary: dict[str, Any] = field(default_factory=dict)
    both_sides: bool = False
    plates: bool = False

    @property
    def parts_style(self) -> Style:
        """How parts are looked at: z up; across the plates where they are of a lock, whose plates lie in its x-y plane."""
        return PARTS_STYLE if self.plates else Style(zoom=0.95)

    def result_with(self, case: str | None) -> Result:
        """Return the result that holds the case; without a name, the first one that holds any.

        Raises
        ------
        InputError
            When none does.
        """
        if case is None:
            return self.results[0]
        found = next((result for result in self.results if case in result.cases), None)
        if found is None:
            known = ", ".join(name for result in self.results for name in result.cases) or "no load case"
            raise InputError(f"there is no case {case!r}", self.title, f"there is {known}")
        return found

    def result_with_modes(self) -> Result:
        """Return the first result that holds modes.

        Raises
        ------
        InputError
            When none does.
        """
        found = next((result for result in self.results if result.modes), None)
        if found is None:
            raise InputError("there is no mode", self.title, "mode shapes are the point arrays mode:1, mode:2, ...")
        return found


def load(path: Path) -> Loaded:
    """Read a result file, a part, a model file, or a folder with results or parts.

    Of a model on a STEP file it is what its selectors catch; of one on a mesh how its body can move although its supports act,
    or the mesh where they hold it.

    Raises
    ------
    InputError
        When there is nothing to see.
    """
    if path.is_dir():
        return _folder(path)
    if path.suffix.lower() == ".toml":
        return _model(path)
    if path.suffix.lower() in STEP:
        return Loaded(path.stem, parts=tuple(solid_surfaces(read_step(path).bodies)), plates=_of_a_lock(path))
    if path.suffix.lower() in SURFACES:
        return Loaded(path.stem, parts=tuple(read_parts([path])), plates=_of_a_lock(path))
    if path.name == "results.json":
        return _folder(path.parent)
    return _of_results(path.stem, (read(path),))


def _of_results(title: str, results: tuple[Result, ...]) -> Loaded:
    """Results, or the surfaces of meshes that hold none."""
    if any(result.cases or result.modes for result in results):
        return Loaded(title, results)
    return Loaded(title, parts=tuple((title, result.grid.extract_surface(algorithm="dataset_surface")) for result in results))


def _model(path: Path) -> Loaded:
    source = read_model(path)
    if not source.file.is_cad:
        moving = _free(source)
        return load(source.mesh_path) if moving is None else Loaded(source.file.name or path.stem, (moving,))
    return Loaded(source.file.name or path.stem, parts=tuple(selected_faces(source)), both_sides=True)


def _free(source: ModelSource) -> Result | None:
    """The free motions of a model that its supports do not hold."""
    mesh = model_mesh(source)
    found = free_motions(source, mesh)
    if not found:
        return None
    drawn = sort(grid(mesh, {f"mode:{number}": shape for number, (_, shape) in enumerate(found, 1)}), "")
    return replace(drawn, motions=tuple(words for words, _ in found))


def _folder(path: Path) -> Loaded:
    summary = _summary(path / "results.json")
    title = str(summary.get("design", {}).get("name") or path.resolve().name)
    built = next((path / name for name in ASSEMBLIES if (path / name).is_file()), None)
    if built is not None:
        return replace(load(built), title=title)
    files = _files(path, (".vtu", ".vtkhdf"))
    if files:
        return Loaded(title, merged([read(file) for file in files]), summary=summary)
    surfaces = _files(path, (".stl",))
    if surfaces:
        plates = all(_of_a_lock(file) for file in surfaces)
        return Loaded(title, parts=tuple(read_parts(surfaces)), summary=summary, plates=plates)
    raise InputError("there is nothing to see in this folder", str(path), "it needs fields (.vtu, .vtkhdf) or parts (.stl)")


def _of_a_lock(path: Path) -> bool:
    """Whether a file is one that `build` writes of a lock."""
    return path.stem == "lock" or path.stem.startswith("lock_")


def _files(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    here = [file for file in sorted(path.iterdir()) if file.suffix.lower() in suffixes and file.is_file()]
    return here or [file for file in sorted(path.glob("*/*")) if file.suffix.lower() in suffixes and file.is_file()]


def _summary(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"it is not JSON ({error})", str(path)) from error
    return found if isinstance(found, dict) else {}


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
        part: Any = read_with_vtk(path)
        if not isinstance(part, pyvista.PolyData) or part.n_cells == 0:
            raise InputError("it holds no surface, or VTK cannot read it", str(path))
        found.append((path.stem.replace("_", " "), part))
    return found
