"""Line drawings: edges of a cube by hand, what hides what, cuts of the section's area, sheets without a graphics library."""

import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.solids.frame import build_frame
from mechlock.solids.frame_surface import surface_triangles
from mechlock.view import drawing
from mechlock.view.hidden_lines import CORNER, END, SIDE, TOP, cut, loops, visible_lines, visible_places


def box(low, high) -> np.ndarray:
    return surface_triangles(np.array([low], float), np.array([high], float))


def length(lines) -> float:
    return float(np.linalg.norm(lines.segments[:, 1] - lines.segments[:, 0], axis=1).sum())


CUBE = box((0, 0, 0), (10, 10, 10))


@pytest.mark.parametrize("view", [SIDE, END, TOP], ids=lambda view: view.name)
def test_a_cube_seen_squarely_is_its_outline(view) -> None:
    lines = visible_lines([CUBE], view)
    assert length(lines) == pytest.approx(40, rel=0.01)
    assert lines.high - lines.low == pytest.approx([10, 10])


def test_a_cube_seen_from_a_corner_shows_nine_of_its_twelve_edges() -> None:
    axes = np.eye(3)
    on_paper = np.linalg.norm(CORNER.on_paper(axes)[:, :2], axis=1)
    assert length(visible_lines([CUBE], CORNER)) == pytest.approx(10 * 3 * on_paper.sum(), rel=0.02)


def test_what_stands_behind_is_hidden_and_what_looks_out_is_not() -> None:
    wall = box((-20, -5, -20), (20, -4, 20))  # between the cube and the viewer of the side view, who looks along +y
    assert length(visible_lines([CUBE, wall], SIDE)) == pytest.approx(160, rel=0.01)
    half = box((-20, -5, -20), (5, -4, 20))
    seen = length(visible_lines([CUBE, half], SIDE)) - 2 * (25 + 40)
    assert seen == pytest.approx(5 + 10 + 5, rel=0.03)


def test_a_cut_has_the_area_of_the_section(portal) -> None:
    solid = build_frame(reading.validate(FrameFile, portal, "portal"))
    post = next(part for part in solid.parts if part.entry == "members.post")
    rest, outline = cut(surface_triangles(post.low, post.high), 2, 300.0, -1)
    assert rest[..., 2].max() == pytest.approx(300.0, abs=1e-6)
    corners = loops(outline[..., :2])
    areas = [
        abs(np.cross(np.c_[p, np.zeros(len(p))], np.c_[np.roll(p, -1, 0), np.zeros(len(p))])[:, 2].sum()) / 2 for p in corners
    ]
    assert sorted(areas) == pytest.approx([52**2, 60**2])


def test_sheets_are_written_without_a_graphics_library(portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvista", None)
    monkeypatch.setattr("mechlock.view.hidden_lines.PIXELS", 400)
    solid = build_frame(reading.validate(FrameFile, portal, "portal"))
    files = drawing.drawings(solid, None)
    assert set(files) == {f"frame_{kind}.{suffix}" for kind in ("drawing", "section") for suffix in ("svg", "png")}
    root = ET.fromstring(files["frame_drawing.svg"])
    words = {item.text.strip() for item in root.iter("{http://www.w3.org/2000/svg}text") if item.text}
    assert {"portal", "660.0", "860.0", "630.0", "side view", "end view", "top view"} <= words
    assert files["frame_drawing.png"][:8] == b"\x89PNG\r\n\x1a\n"
    assert drawing.drawings(solid, None)["frame_section.svg"] == files["frame_section.svg"]


def test_a_part_is_named_where_it_is_seen() -> None:
    wall = box((-20, -5, -20), (5, -4, 20))  # before the cube's left half, for the viewer of the side view
    places = visible_places([CUBE, wall, box((2, 2, 2), (3, 3, 3))], SIDE)
    assert 5 < places[0, 0] < 10 and 0 < places[0, 1] < 10
    assert -20 < places[1, 0] < 5
    assert np.isnan(places[2]).all()


def test_leaders_do_not_cross() -> None:
    anchors = np.random.default_rng(1).uniform(0, 100, (12, 2))
    levels = np.linspace(0, 100, 12)
    order = drawing._uncrossed(anchors, -20.0, levels)
    assert sorted(order) == list(range(12))

    def side(p, q, r) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    leaders = [(anchors[number], np.array([-20.0, level])) for number, level in zip(order, levels, strict=True)]
    for number, (a, b) in enumerate(leaders):
        for c, d in leaders[:number]:
            assert side(a, b, c) * side(a, b, d) >= 0 or side(c, d, a) * side(c, d, b) >= 0


def test_of_a_pair_one_is_named_for_both() -> None:
    names = ["link_1", "link_2", "pin_A", "bush_1"]
    assert drawing._named_once(names, np.array([False, True, True, True])) == {1: "link (2)", 2: "pin_A", 3: "bush_1"}


def test_views_stand_to_one_scale_in_line_with_each_other() -> None:
    block = drawing.Shown("block", box((0, 0, 0), (1000, 400, 700)))
    figure = drawing.views_sheet([block], "block")
    # at 1:4 the two views above each other are 275 mm high, at 1:5 220 of the 227 mm that titles and dimensions leave
    assert any("1:5 on A3" in text.get_text() for text in figure.texts)
    per_mm = []
    for axes in figure.axes[:3]:
        box_mm = axes.get_position()
        per_mm += [np.ptp(axes.get_xlim()) / (420 * box_mm.width), np.ptp(axes.get_ylim()) / (297 * box_mm.height)]
    assert per_mm == pytest.approx([per_mm[0]] * 6)
    side, end, top = figure.axes[:3]
    assert side.get_ylim() == pytest.approx(end.get_ylim())
    assert side.get_xlim() == pytest.approx(top.get_xlim())


def test_an_edge_that_ends_behind_an_outline_leaves_no_stub() -> None:
    """A cage of four posts with a rail behind: seen squarely, the rail's ends lie behind the posts' outer faces."""
    posts = [box((x, y, 0), (x + 60, y + 60, 1900)) for x in (0, 700) for y in (0, 2000)]
    rails = [box((x, 60, z), (x + 60, 2000, z + 60)) for x in (0, 700) for z in (500, 1000)]
    segments = visible_lines([*posts, *rails], SIDE).segments
    level = segments[np.abs(segments[:, 0, 1] - segments[:, 1, 1]) < 1e-6]
    assert sorted(level[:, 0, 1]) == pytest.approx([0, 0, 1900, 1900], abs=2)
