"""The rendering probe: every way it can end is put into words; a crash of VTK never reaches this process."""

from __future__ import annotations

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


def test_a_crash_in_the_second_process_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gl, "_SCENE", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert not gl.probe().available


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
