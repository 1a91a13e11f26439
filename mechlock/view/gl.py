"""Whether pictures can be rendered here, asked once of a second process.

Without GL libraries VTK does not raise an error, it crashes the process at the first rendering; so a small scene is
rendered in a process of its own, whose crash is an answer.
"""

from __future__ import annotations

import contextlib
import functools
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass

from mechlock.errors import MissingExtra

PACKAGES = "libegl1 libgl1, or libosmesa6"
"""Debian's names of the packages that VTK can render with."""

_SCENE = """
from vtkmodules.vtkCommonCore import vtkLogger
vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow, vtkWindowToImageFilter
source, mapper, actor, renderer, window, image = (
    vtkSphereSource(), vtkPolyDataMapper(), vtkActor(), vtkRenderer(), vtkRenderWindow(), vtkWindowToImageFilter())
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
print(window.GetClassName() if high > low else "blank")
"""


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
    try:
        run = subprocess.run([sys.executable, "-c", _SCENE], capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return -1, "no answer within a minute"
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
