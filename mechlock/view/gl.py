"""Whether pictures can be rendered here, asked once of a second process.

Without GL libraries VTK does not raise an error, it crashes the process at the first rendering; so a small scene is
rendered in a process of its own, whose crash is an answer.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from mechlock.errors import MissingExtra

PACKAGES = "libegl1 libgl1, or libosmesa6"
"""Debian's names of the packages that VTK can render with."""

_GL = "vtkmodules.vtkRenderingOpenGL2"
_PATIENCE = 60.0
_NO_ANSWER = -1, "no answer within a minute"


def render_sphere() -> str:
    """Render a sphere off screen; return VTK's name of the window, or "blank"."""
    from vtkmodules.vtkCommonCore import vtkLogger

    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    importlib.import_module(_GL)
    from vtkmodules.vtkFiltersSources import vtkSphereSource
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow, vtkWindowToImageFilter

    source, mapper, actor, renderer = vtkSphereSource(), vtkPolyDataMapper(), vtkActor(), vtkRenderer()
    window, image = vtkRenderWindow(), vtkWindowToImageFilter()
    mapper.SetInputConnection(source.GetOutputPort())
    actor.SetMapper(mapper)
    renderer.AddActor(actor)
    window.SetOffScreenRendering(True)
    window.SetSize(32, 32)
    window.AddRenderer(renderer)
    window.Render()
    image.SetInput(window)
    image.Update()
    low, high = image.GetOutput().GetPointData().GetScalars().GetRange(0)
    return str(window.GetClassName()) if high > low else "blank"


@dataclass(frozen=True)
class Rendering:
    """Whether pictures can be rendered.

    Attributes
    ----------
    available : bool
    reason : str
        Why not, and what would help; with rendering, the kind of window that VTK uses.
    """

    available: bool
    reason: str


def render_in_a_process() -> tuple[int, str]:
    """Render a sphere in a process of its own; return its exit code and what it printed."""
    # a copy of this process saves the half second that another one takes to load VTK; it must not inherit a GL in use, or threads
    if sys.platform == "linux" and _GL not in sys.modules and threading.active_count() == 1:
        with contextlib.suppress(ImportError):  # which the copy meets again and reports
            importlib.import_module(_GL)
        return _in_a_copy()
    return _in_another()


def _in_a_copy() -> tuple[int, str]:
    context = multiprocessing.get_context("fork")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(tell,))
    process.start()
    tell.close()
    process.join(_PATIENCE)
    if process.exitcode is None:
        process.kill()
        return _NO_ANSWER
    try:
        return process.exitcode, told.recv()
    except EOFError:
        return process.exitcode, ""


def _tell(tell: Connection) -> None:
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    tell.send(render_sphere())


def _in_another() -> tuple[int, str]:
    code = f"from {__name__} import render_sphere; print(render_sphere())"
    try:
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return _NO_ANSWER
    return run.returncode, run.stdout.strip()


def probe(render: Callable[[], tuple[int, str]] = render_in_a_process) -> Rendering:
    """Ask `render` (exit code, output) whether rendering works, and put the answer into words."""
    code, said = render()
    if code == 0 and said and said != "blank":
        return Rendering(True, said)
    happened = "the picture stays blank" if code == 0 else f"the rendering process ended with {said or f'code {code}'}"
    return Rendering(False, f"VTK cannot render here ({happened}); on Debian install {PACKAGES}")


@functools.cache
def rendering() -> Rendering:
    """Return whether pictures can be rendered in this process; found out once."""
    return probe()


def require_rendering() -> None:
    """Make sure that pictures can be rendered.

    Raises
    ------
    MissingExtra
        When they cannot; the message names the packages that would help.
    """
    found = rendering()
    if not found.available:
        raise MissingExtra("there are no pictures", mend=found.reason)


@contextlib.contextmanager
def quiet_vtk(*, errors: bool = True) -> Generator[None]:
    """Keep VTK's warnings off stderr (it warns of every kind of window it tries), and its errors too without `errors`."""
    from vtkmodules.vtkCommonCore import vtkLogger

    before = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR if errors else vtkLogger.VERBOSITY_OFF)
    try:
        yield
    finally:
        vtkLogger.SetStderrVerbosity(vtkLogger.ConvertToVerbosity(before))
