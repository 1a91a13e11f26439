"""The pictures of a check, drawn in a process of their own.

A renderer lets no other thread of its process work, and where it fails it may take its process along.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

if TYPE_CHECKING:
    # this process starts the other one before it loads its own libraries
    from mechlock.mesh.mesh import Floats, Mesh

_NICE = 5
MODES = "modes.vtu"
Given = ParamSpec("Given")
Found = TypeVar("Found")
Picture = Any
"""A `view.picture.Picture` or a `report.figure.Figure`; only the other process loads the modules that make them."""


@dataclass(frozen=True)
class LockPages:
    """What a report shows of a lock before any load case: pictures, and the derivation as HTML.

    Attributes
    ----------
    pictures : tuple of Picture
    derivation : str
    without : str
        Why nothing can be rendered here, and what would help; empty where pictures are drawn.
    """

    pictures: tuple[Picture, ...] = ()
    derivation: str = ""
    without: str = ""


@dataclass(frozen=True)
class StressedPart:
    """A lock part with what a picture shows of it: stress in MPa and displacement in mm at the mesh' nodes."""

    name: str
    mesh: Mesh
    von_mises: Floats
    displacement: Floats


class Drawing:
    """A second process that draws one thing after the other, in the order in which they are asked for."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_keep_in_the_background)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        # it has nothing left to say, and would take half a second to take its libraries down
        for child in active_children():
            child.terminate()

    def ask(self, draw: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Future[Found]:
        """Have a function of this module called in the other process; once that has died, the answer says so."""
        try:
            return self._pool.submit(draw, *given, **named)
        except BrokenProcessPool as error:
            lost: Future[Found] = Future()
            lost.set_exception(error)
            return lost


def _keep_in_the_background() -> None:
    """Let the analyses go first, and leave a terminal's interrupt to the process that they run in, which ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICE)


def lock_pages(design: Path, overrides: Mapping[str, str] | None, *, few: bool = False) -> LockPages:
    """Draw a design's lock, with `few` only its linkage and not its parts, and write its equations out."""
    from mechlock.inputs.design import read_design
    from mechlock.linkage.derivation import derive
    from mechlock.report.derivation import derivation_fragment
    from mechlock.report.figure import Figure
    from mechlock.solids import cad
    from mechlock.solids.lock import design_lock
    from mechlock.view import gl, pictures
    from mechlock.view.mechanism import draw
    from mechlock.view.solids import solid_surfaces

    lock = design_lock(read_design(design, overrides))
    mechanism = lock.mechanism
    title = f"{mechanism.name}: locked position, loads and stop"
    alt = "Drawing of the linkage in its locked position with pins, links, stop and the cone of the load"
    flat = Figure("mechanism", title, alt, "mechanism", draw(mechanism, ".svg"), "image/svg+xml")
    if few or not gl.rendering().available:
        return LockPages((flat,), derivation_fragment(derive(mechanism)), gl.rendering().reason)
    parts = solid_surfaces((part.name, cad.placed(cad.solid(part), lock.locked[part.body])) for part in lock.parts)
    return LockPages((flat, *pictures.lock_pictures(parts, mechanism.name)), derivation_fragment(derive(mechanism)))


def field_pictures(
    files: Mapping[str, bytes], criteria: Sequence[Mapping[str, Any]], *, few: bool = False
) -> tuple[Picture, ...]:
    """Draw the cases in field files, those nearest to a limit first; nothing where nothing can be rendered.

    Parameters
    ----------
    files : mapping of str to bytes
        Result files by name.
    criteria : sequence of mapping
        The rows of the verdict, which say what is near to a limit.
    few : bool
        Only one of each kind of file.
    """
    from tempfile import TemporaryDirectory

    from mechlock.view import gl, loading, pictures

    if not files or not gl.rendering().available:
        return ()
    given = {"criteria": criteria}
    many = {"cases": 1, "modes": 1} if few else {}
    shown = _fewest(files, pictures.nearest_cases(given)) if few else files
    with TemporaryDirectory() as scratch:
        for name, content in shown.items():
            (Path(scratch) / name).write_bytes(content)
        loaded = loading.load(Path(scratch))
        return tuple(picture for result in loaded.results for picture in pictures.result_pictures(result, given, **many))


def _fewest(files: Mapping[str, bytes], nearest: Sequence[str]) -> Mapping[str, bytes]:
    """The file of the case nearest to a limit and that of the modes, since each takes time to read; all where one is missing."""
    case = next((f"{name}.vtu" for name in nearest if f"{name}.vtu" in files), None)
    return files if case is None or MODES not in files else {name: files[name] for name in (case, MODES)}


def part_pictures(parts: Sequence[StressedPart]) -> tuple[Picture, ...]:
    """Draw the stress of lock parts; nothing where nothing can be rendered."""
    from mechlock.view import pictures

    drawn = (pictures.part_picture(part.name, part.mesh, part.von_mises, part.displacement) for part in parts)
    return tuple(picture for found in drawn for picture in found)


def plots(results: dict[str, Any]) -> tuple[Picture, ...]:
    """Draw the plots of a check's results."""
    from mechlock.report.life import crash_over_time, damage_by_cause
    from mechlock.report.plots import report_figures

    found = (*report_figures(results), damage_by_cause(results), *crash_over_time(results))
    return tuple(figure for figure in found if figure is not None)
