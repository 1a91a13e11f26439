"""Pictures are really drawn: not blank, coloured by what they show, different where the results differ."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import pyvista
from PIL import Image

from mechlock.errors import InputError
from mechlock.mesh.mapped import box
from mechlock.view import motion, pictures, render
from mechlock.view.fields import Result
from mechlock.view.picture import Picture
from mechlock.view.scene import Scene, Style, scene

pytestmark = pytest.mark.usefixtures("renders")
SMALL = Style(size=(400, 300))


@pytest.fixture
def prepared(bar: Result) -> Scene:
    return scene(bar, SMALL)


def pixels(picture: Picture) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB")).astype(int)


def colored(image: np.ndarray[Any, Any]) -> float:
    """Share of pixels with a colour (not white, grey or black)."""
    return float(((image.max(axis=2) - image.min(axis=2)) > 60).mean())


def test_stress_is_drawn_in_colours_on_white(prepared: Scene) -> None:
    picture = render.field_picture(prepared, "braking")
    image = pixels(picture)
    assert image.shape == (300, 400, 3)
    assert (image[:3, -3:] == 255).all()
    assert 0.03 < colored(image) < 0.6
    red, blue = (image[..., 0] - image[..., 2] > 100).mean(), (image[..., 2] - image[..., 0] > 60).mean()
    assert red > 0.001 and blue > 0.001
    assert "braking" in picture.title and "200 MPa" in picture.alt and picture.section == "stress"


def test_colours_and_largest_value_are_of_where_stress_is_judged(bar: Result) -> None:
    values = bar.grid.point_data["von_mises:braking"]
    judged = np.ones(len(values), np.uint8)
    judged[values > 100.0] = 0
    bar.grid.point_data["judged"] = judged
    picture = render.field_picture(scene(bar, SMALL), "braking")
    assert "largest 100 MPa where stress is judged, 200 at supports" in picture.title
    pink = np.abs(pixels(picture) - (232, 63, 184)).sum(axis=2) < 120
    assert pink.mean() > 0.002


def test_stress_of_a_part(bar: Result) -> None:
    mesh = box((60.0, 20.0, 10.0), (3, 1, 1), "tet10")
    (picture,) = pictures.part_picture("hook", mesh, np.linspace(0.0, 250.0, len(mesh.points)))
    assert picture.section == "lock_parts"
    assert "hook" in picture.title and "250 MPa" in picture.title


def test_modes_differ(prepared: Scene) -> None:
    first, second = render.mode_picture(prepared, 1), render.mode_picture(prepared, 2)
    assert "20.40 Hz" in first.title and "31.20 Hz" in second.title
    assert np.abs(pixels(first) - pixels(second)).mean() > 1.0
    assert colored(pixels(first)) > 0.03


def test_section_takes_material_away(prepared: Scene) -> None:
    far = render.section_picture(prepared, "x", 950.0, "braking")
    near = render.section_picture(prepared, "x", 300.0, "braking")
    assert colored(pixels(near)) < 0.75 * colored(pixels(far))
    with pytest.raises(InputError, match="misses the model"):
        render.section_picture(prepared, "x", 2000.0, "braking")


def test_parts_have_colours_of_their_own() -> None:
    parts = [("hook", pyvista.Sphere()), ("pin_A", pyvista.Box().translate((3.0, 0.0, 0.0)))]
    together = render.parts_picture(parts, "lock", style=SMALL)
    apart = render.parts_picture(parts, "lock", explode=(1.0, 1.0, 1.0), style=SMALL)
    assert together.alt == "Lock; the parts are hook, pin A"
    assert np.abs(pixels(together) - pixels(apart)).mean() > 1.0
    image = pixels(together)
    assert ((image[..., 2] - image[..., 0]) > 30).any() and ((image[..., 0] - image[..., 2]) > 30).any()


def test_report_gets_the_cases_nearest_to_a_limit(bar: Result) -> None:
    criteria = [
        {"case": "braking", "margin": 0.4, "unit": "MPa"},
        {"case": "rail twist", "margin": 0.1, "unit": "MPa"},
        {"case": "braking", "margin": 0.01, "unit": "Hz"},
        {"case": "kerb", "margin": None, "unit": "MPa"},
    ]
    assert pictures.nearest_cases({"criteria": criteria}) == ["rail twist", "braking"]
    drawn = pictures.result_pictures(bar, {"criteria": criteria}, cases=1, modes=1)
    assert [picture.name for picture in drawn] == ["von-mises-rail-twist", "mode-1"]


def test_mode_animation_moves_and_comes_back(prepared: Scene) -> None:
    frames = motion.mode_frames(prepared, 1, frames=4)
    assert frames.shape == (4, 300, 400, 3)
    assert np.abs(frames[1].astype(int) - frames[3]).mean() > 0.5
    assert np.abs(frames[0].astype(int) - frames[2]).mean() < 0.1
    image = Image.open(io.BytesIO(motion.encode_animation(frames, ".gif")))
    assert image.is_animated and image.n_frames == 4


def test_case_animation_starts_undeformed(prepared: Scene) -> None:
    frames = motion.case_frames(prepared, "braking", frames=2)
    assert np.abs(frames[0].astype(int) - frames[1]).mean() > 0.5


def test_unknown_kind_of_animation(prepared: Scene) -> None:
    with pytest.raises(InputError, match=r"'\.avi'"):
        motion.encode_animation(np.zeros((1, 4, 4, 3), np.uint8), ".avi")


def test_pictures_side_by_side(prepared: Scene) -> None:
    one = render.mode_picture(prepared, 1)
    joined = np.asarray(Image.open(io.BytesIO(render.join([one, one]))))
    assert joined.shape == (300, 800, 3)


def test_part_stands_where_its_body_does() -> None:
    @dataclass(frozen=True)
    class Turned:
        origin: tuple[float, float] = (100.0, 20.0)
        angle: float = math.pi / 2

    surface = pictures.placed_surface(box((10.0, 4.0, 2.0), (1, 1, 1), "tet10"), Turned())
    assert surface.bounds == pytest.approx((96.0, 100.0, 20.0, 30.0, 0.0, 2.0), abs=1e-4)
