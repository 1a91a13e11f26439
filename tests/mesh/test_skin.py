"""The skin of a mesh: closed, outward, of the right volume; STL read back."""

import math
import struct

import numpy as np
import pytest

from mechlock.mesh.skin import stl_bytes, surface_triangles
from mechlock.mesh.tetrahedra import Sizes, tetrahedra
from mechlock.solids import cad
from mechlock.solids.outline import circle
from mechlock.solids.parts import Part, Slab

PIN = Part("pin", "pin", "pin", "steel", 10.0, (Slab(circle((0.0, 0.0), 14.0), 0.0, 40.0),))


def volume(triangles):
    return np.einsum("ni,ni->", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])) / 6.0


def test_skin_of_a_pin_is_closed_and_outward():
    tet = tetrahedra(cad.solid(PIN), Sizes(volume=4.0))
    skin = surface_triangles(tet.mesh)
    assert volume(skin) == pytest.approx(math.pi * 196 * 40, rel=6e-3)
    assert volume(skin) < tet.volume
    area = np.cross(skin[:, 1] - skin[:, 0], skin[:, 2] - skin[:, 0])
    assert area.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)


def test_stl_comes_back():
    triangles = np.array([[[0, 0, 0], [1, 0, 0], [0, 2, 0]], [[0, 0, 1], [1, 0, 1], [0, 1, 1]]], dtype=float)
    data = stl_bytes(triangles, "two")
    assert struct.unpack_from("<I", data, 80)[0] == 2
    assert len(data) == 84 + 2 * 50
    assert struct.unpack_from("<12f", data, 84)[:3] == (0.0, 0.0, 1.0)
    assert np.array(struct.unpack_from("<12f", data, 84)[3:]).reshape(3, 3) == pytest.approx(triangles[0])
