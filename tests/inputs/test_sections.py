"""Every row of the size table of hollow sections against the formulas of EN 10219-2, annex B: area and second moment."""

import math

import pytest

from mechlock.inputs.sections import corner_radii, size_table

ROWS = [
    (*row.sides_mm, wall, area, inertia)
    for row in size_table().size
    for wall, area, inertia in zip(row.walls_mm["EN10219"], row.area_cm2, row.inertia_cm4, strict=True)
]
TUBES = [
    (row.diameter_mm, wall, area, inertia)
    for row in size_table().round
    for wall, area, inertia in zip(row.walls_mm["EN10219"], row.area_cm2, row.inertia_cm4, strict=True)
]
ROUNDING = 6e-3
"""Tables have three figures."""


def rounded(height, width, radius):
    """Area and second moment (mm2, mm4) of a rectangle with round corners, about the axis across its height."""
    corner = (1.0 - math.pi / 4.0) * radius**2  # what is cut off at one corner
    centre = (10.0 - 3.0 * math.pi) / (12.0 - 3.0 * math.pi) * radius  # of it, from the corner's sides
    own = (1.0 / 3.0 - math.pi / 16.0 - 1.0 / (9.0 * (4.0 - math.pi))) * radius**4
    arm = height / 2.0 - centre
    return height * width - 4.0 * corner, height**3 * width / 12.0 - 4.0 * (own + corner * arm**2)


def test_the_corner_that_is_cut_off_by_numbers():
    radius, n = 3.0, 400
    strips = [((k + 0.5) / n * radius, radius - math.sqrt(radius**2 - (radius - (k + 0.5) / n * radius) ** 2)) for k in range(n)]
    area = sum(width for _, width in strips) * radius / n
    height, width = 20.0, 8.0
    moment = sum(width * (height / 2.0 - y) ** 2 for y, width in strips) * radius / n
    found = rounded(height, width, radius)
    assert found[0] == pytest.approx(height * width - 4 * area, rel=1e-5)
    assert found[1] == pytest.approx(height**3 * width / 12 - 4 * moment, rel=1e-4)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "x".join(f"{value:g}" for value in row[:3]))
def test_published_properties_are_those_of_the_rounded_rectangles(row):
    height, width, wall, area, inertia = row
    outer, inner = corner_radii(wall)
    full, hollow = rounded(height, width, outer), rounded(height - 2 * wall, width - 2 * wall, inner)
    assert (full[0] - hollow[0]) / 100.0 == pytest.approx(area, rel=ROUNDING)
    assert (full[1] - hollow[1]) / 1e4 == pytest.approx(inertia, rel=ROUNDING)


@pytest.mark.parametrize("row", TUBES, ids=lambda row: "x".join(f"{value:g}" for value in row[:2]))
def test_published_properties_are_those_of_the_rings(row):
    diameter, wall, area, inertia = row
    bore = diameter - 2 * wall
    assert math.pi / 4 * (diameter**2 - bore**2) / 100.0 == pytest.approx(area, rel=ROUNDING)
    assert math.pi / 64 * (diameter**4 - bore**4) / 1e4 == pytest.approx(inertia, rel=ROUNDING)


def test_thick_walls_have_rounder_corners():
    assert [corner_radii(wall) for wall in (3.0, 6.0, 6.3, 12.0)] == [
        (6.0, 3.0),
        (12.0, 6.0),
        (15.75, pytest.approx(9.45)),
        (36.0, 24.0),
    ]
