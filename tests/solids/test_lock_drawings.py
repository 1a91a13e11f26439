"""DXF outlines, the exploded view and the motion of the reference lock."""

import functools
import io
import math

import numpy as np
import pytest
from PIL import Image

from mechlock import resources
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.solids import cad
from mechlock.solids.dxf import plate_dxf
from mechlock.solids.facets import round_triangles
from mechlock.solids.lock import build_lock, exploded
from mechlock.solids.lock_travel import opening
from mechlock.view.lock_motion import _caption, lock_motion

LOCKS = resources.folder("geometry") / "locks"


@functools.cache
def lock():
    return build_lock(read_linkage(LOCKS / "reference.toml"), read_lock_parts(LOCKS / "reference_parts.toml"))


def entities(text):
    """Entities of a DXF text as (kind, {code: value})."""
    rows = text.splitlines()
    pairs = list(zip(rows[::2], rows[1::2], strict=False))
    found, current = [], None
    for code, value in pairs[pairs.index(("2", "ENTITIES")) + 1 :]:
        if code == "0":
            current = (value, {})
            found.append(current)
        elif current:
            current[1][int(code)] = value
    return [entity for entity in found if entity[0] not in {"ENDSEC", "EOF"}]


def ends(kind, data):
    value = {code: float(text) for code, text in data.items() if code != 8}
    if kind == "LINE":
        return (value[10], value[20]), (value[11], value[21])
    angles = [math.radians(value[50]), math.radians(value[51])]
    return tuple((value[10] + value[40] * math.cos(a), value[20] + value[40] * math.sin(a)) for a in angles)


@pytest.mark.parametrize("name", ["hook", "link_1", "crank", "rod_1", "slider", "cheek_1", "stop"])
def test_dxf_is_a_closed_outline_with_its_bores(name):
    part = lock().part(name)
    found = entities(plate_dxf(part))
    outline = [(kind, data) for kind, data in found if data[8] == "outline"]
    corners = [point for kind, data in outline for point in ends(kind, data)]
    for point in corners:  # every end meets exactly one other end
        assert sum(math.dist(point, other) < 1e-4 for other in corners) == 2
    bores = {data[8]: float(data[40]) for kind, data in found if kind == "CIRCLE"}
    assert bores == {f"bore_{bore.joint}": pytest.approx(bore.radius) for bore in part.bores}


def test_dxf_encloses_the_area_of_the_outline():
    part = lock().part("crank")
    biggest = max(part.slabs, key=lambda slab: slab.outline.area).outline
    total = 0.0
    for kind, data in entities(plate_dxf(part)):
        if data[8] != "outline":
            continue
        (x0, y0), (x1, y1) = ends(kind, data)
        total += (x0 * y1 - x1 * y0) / 2.0
        if kind == "ARC":
            turn = math.radians(float(data[51]) - float(data[50])) % (2 * math.pi)
            total += float(data[40]) ** 2 / 2 * (turn - math.sin(turn))
    assert total == pytest.approx(biggest.area, rel=1e-6)


def test_exploded_parts_are_apart_and_pins_outside():
    offsets = exploded(lock(), 40.0)
    reach = {part.name: tuple(z + offsets[part.name] for z in part.reach) for part in lock().parts}
    assert offsets["hook"] == 0.0
    assert reach["cheek_1"][0] > reach["link_1"][1] + 20.0
    assert offsets["cheek_2"] == -offsets["cheek_1"]
    for part in lock().parts:
        if part.kind == "pin":
            assert reach[part.name][0] > reach["cheek_1"][1]


def test_the_lock_is_animated_from_locked_to_open():
    """The hook's red stands elsewhere in the last frame, the base's grey where it was."""
    made = lock()
    end = opening(made)
    turned = abs(made.placements(np.array([end]))[0]["hook"].angle - made.locked["hook"].angle)
    assert turned >= math.radians(30.0) - 1e-9
    picture = Image.open(io.BytesIO(lock_motion(made, end, frames=3)))
    assert (picture.format, picture.n_frames) == ("GIF", 4)
    frames = []
    for number in (0, 2):
        picture.seek(number)
        frames.append(np.asarray(picture.convert("RGB")).astype(int))
    red = [(frame[..., 0] > 180) & (frame[..., 1] < 110) for frame in frames]
    assert min(mask.sum() for mask in red) > 2000
    assert (red[0] ^ red[1]).sum() > 0.3 * red[0].sum()
    assert np.abs(frames[0][-30:] - frames[1][-30:]).max() < 20


def test_an_animation_says_where_the_drive_is_and_how_far_the_hook_has_turned():
    made = lock()
    places = made.placements(np.array([made.drive, opening(made)]))
    words = _caption(made, places[1], places[0], opening(made)).splitlines()
    turned = abs(math.degrees(places[1]["hook"].angle - places[0]["hook"].angle))
    assert words == ["reference six-bar hook lock", f"drive at 64.0 deg, hook turned by {turned:.1f} deg"]


def test_round_walls_are_drawn_in_small_facets_and_stay_closed():
    part = lock().part("hook")
    triangles = round_triangles(part)
    keys = np.round(triangles / 1e-4).astype(np.int64)
    sides = np.stack([keys, np.roll(keys, -1, axis=1)], axis=2).reshape(-1, 6)
    back = np.concatenate([sides[:, 3:], sides[:, :3]], axis=1)
    assert len(np.unique(sides, axis=0)) == len(sides)
    assert np.array_equal(np.unique(sides, axis=0), np.unique(back, axis=0))  # every side is met from the other side
    volume = np.einsum("ni,ni->", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])) / 6
    assert abs(volume) == pytest.approx(cad.solid(part).mass, rel=2e-3)
    saddle = next(piece for slab in part.slabs for piece in slab.outline.pieces if piece.name == "saddle")
    wall = triangles.reshape(-1, 3)
    on = wall[np.abs(np.hypot(*(wall[:, :2] - saddle.centre).T) - saddle.radius) < 1e-4]
    angles = np.unique(np.round(np.arctan2(*(on[:, :2] - saddle.centre).T[::-1]), 4))
    inner = angles[np.abs(np.angle(np.exp(1j * (angles - np.median(angles))))) < abs(saddle.turn) / 3]
    assert len(inner) > 3
    assert np.diff(inner).max() <= math.radians(6.0) + 1e-3
