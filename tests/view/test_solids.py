"""Surfaces of CAD solids are closed and as large as the solid says."""

from __future__ import annotations

import math

import pytest

from mechlock.view.solids import solid_surfaces


def test_surface_of_a_bored_block() -> None:
    occ = pytest.importorskip("netgen.occ")
    block = occ.Box(occ.Pnt(0, 0, 0), occ.Pnt(40, 20, 10)) - occ.Cylinder(occ.Pnt(10, 10, -1), occ.Z, r=5, h=12)
    ((name, surface),) = solid_surfaces([("block", block)])
    assert name == "block"
    assert surface.n_open_edges == 0
    assert surface.bounds == pytest.approx((0, 40, 0, 20, 0, 10), abs=1e-6)
    assert surface.volume == pytest.approx(40 * 20 * 10 - math.pi * 25 * 10, rel=0.02)
