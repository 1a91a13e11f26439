"""The rendering probe: every way it can end is put into words; a crash of VTK never reaches this process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mechlock.errors import MissingExtra
from mechlock.view import gl, pictures, render, scene
from mechlock.view.fields import Result


@pytest.mark.parametrize(
    ("answer", "available", "said"),
    [
        ((0, "vtkEGLRenderWindow"), True, "vtkEGLRenderWindow"),
        ((0, "blank"), False, "stays blank"),
        ((0, ""), False, "stays blank"),
        ((-11, ""), False, "code -11"),
        ((139, ""), False, "code 139"),
        ((-1, "no answer within a minute"), False, "no answer within a minute"),
    ],
)
def test_every_answer_is_put_into_words(answer: tuple[int, str], available: bool, said: str) -> None:
    found = gl.probe(lambda: answer)
    assert found.available is available
    assert said in found.reason
    if not available:
        assert "libegl1 libgl1" in found.reason and "libosmesa6" in found.reason


_PROBE = """
import os, signal, sys
from mechlock.view import gl
if "crash" in sys.argv:
    gl.render_sphere = lambda: os.kill(os.getpid(), signal.SIGSEGV)
if "loaded" in sys.argv:
    import vtkmodules.vtkRenderingOpenGL2
print(gl.probe())
"""


@pytest.mark.parametrize("state", ["", "loaded"])
def test_both_ways_of_asking_agree(state: str) -> None:
    found = subprocess.run([sys.executable, "-c", _PROBE, state], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(gl.probe())


def test_a_crash_in_the_second_process_is_an_answer() -> None:
    found = subprocess.run([sys.executable, "-c", _PROBE, "crash"], capture_output=True, text=True, check=True)
    assert "available=False" in found.stdout and "code -11" in found.stdout


def test_rendering_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(gl, "probe", lambda: asked.append(1) or gl.Rendering(True, "window"))
    gl.rendering.cache_clear()
    assert gl.rendering() is gl.rendering()
    assert asked == [1]
    gl.rendering.cache_clear()


@pytest.fixture
def no_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    found = gl.probe(lambda: (-11, ""))
    monkeypatch.setattr(gl, "rendering", lambda: found)
    monkeypatch.setattr(pictures, "rendering", lambda: found)


@pytest.mark.usefixtures("no_rendering")
def test_without_gl_a_picture_is_refused_with_the_packages(bar: Result) -> None:
    with pytest.raises(MissingExtra, match="libegl1") as caught:
        render.field_picture(scene.scene(bar))
    assert caught.value.exit_code == 2


@pytest.mark.usefixtures("no_rendering")
def test_without_gl_a_report_goes_without_pictures(bar: Result) -> None:
    assert pictures.result_pictures(bar, {"criteria": []}) == ()
    assert pictures.lock_pictures([("hook", bar.grid.extract_surface(algorithm="dataset_surface"))], "lock") == ()
