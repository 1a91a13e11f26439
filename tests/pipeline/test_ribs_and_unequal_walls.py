"""Weld toes of a rib on a sheet, and of sheets between thinner walls: all are read, and a bent sheet as beams bend."""

from __future__ import annotations

import copy
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from mechlock.fem import hotspot, stress
from mechlock.fem.assembly import assemble
from mechlock.fem.driven import solve_driven
from mechlock.fem.model import Material, Model
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.materials import find
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.frame_zoom import piece_reader
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.frame_parts import Part

STEEL = replace(find("S700L", "test"), nu=0.0)
LENGTH, WIDTH, SHEET, RIB = 200.0, 40.0, 3.0, 2.5
CURVATURE = 1e-5
OWN = Grading(200.0, (0.4, 1.0), growth=10.0)
FINER = Grading(25.0, (0.2, 0.4, 0.7, 1.0), growth=2.5, halved=True, walls_too=True)


def part(name, kind, axis, low, high) -> Part:
    low, high = np.array([low]), np.array([high])
    return Part(name, name, kind, name, float((high - low).min()), name, low, high, np.concatenate([low, high]), axis)


def ribbed() -> FrameSolid:
    """A sheet with a bar on edge across its middle."""
    sheet = part("sheet", "plate", 2, [0.0, 0.0, 0.0], [LENGTH, WIDTH, SHEET])
    middle = LENGTH / 2
    rib = part("rib", "open", 1, [middle - RIB / 2, 0.0, SHEET], [middle + RIB / 2, WIDTH, SHEET + 20.0])
    return FrameSolid("ribbed sheet", "steel", (sheet, rib))


def read(solid: FrameSolid, grading: Grading, motion):
    """Toes and stress across the weld of a solid whose ends along x move as told."""
    tensor = tensor_mesh(solid, grading)
    points = tensor.mesh.points
    driven = (np.abs(points[:, 0]) < 1e-6) | (np.abs(points[:, 0] - LENGTH) < 1e-6)
    system = assemble(Model(tensor.mesh, ((Material("steel", STEEL.E, STEEL.nu, STEEL.density), ()),)))
    moved, _ = solve_driven(system, driven, motion(points[driven])[:, :, None], np.zeros((system.n_dof, 1)))
    reader = piece_reader(SimpleNamespace(tensor=tensor, driven=driven), STEEL)
    nodal = stress.recover(reader.recovery, moved[:, 0].reshape(-1, 3)).nodal
    return reader.toes, hotspot.structural_stress(reader.toes.reader, nodal).across


def bend(points):
    """Pure bending about y, tension on the rib's side."""
    x, z = points[:, 0] - LENGTH / 2, points[:, 2] - SHEET / 2
    return np.stack([CURVATURE * x * z, np.zeros_like(x), -CURVATURE * x**2 / 2], axis=1)


def pull(points):
    """Even elongation."""
    x = points[:, 0] - LENGTH / 2
    return np.stack([1e-3 * x, np.zeros_like(x), np.zeros_like(x)], axis=1)


def test_every_toe_of_a_rib_is_read_with_the_thickness_of_the_wall_it_lies_on():
    toes, across = read(ribbed(), OWN, pull)
    assert np.isfinite(across).all() and toes.coverage == pytest.approx(1.0)
    on_sheet = np.abs(toes.toes.away[:, 0]) > 0.5
    assert set(toes.toes.thickness[on_sheet].tolist()) == {SHEET}
    assert set(toes.toes.thickness[~on_sheet].tolist()) == {RIB}
    assert on_sheet.any() and (~on_sheet).any()


def test_a_sheet_bent_over_a_rib_has_the_stress_of_a_beam_at_the_toe_on_a_fine_mesh_too():
    """E kappa t / 2 far from the rib, which is short and attracts little; a toe read in a coarse cell misses it."""
    found = []
    for grading in (OWN, FINER):
        toes, across = read(ribbed(), grading, bend)
        on_sheet = np.abs(toes.toes.away[:, 0]) > 0.5
        found.append(across[on_sheet].max())
    nominal = STEEL.E * CURVATURE * SHEET / 2
    assert found[0] == pytest.approx(found[1], rel=0.05)
    assert found[1] == pytest.approx(nominal, rel=0.1)


@pytest.mark.parametrize("sheet", ["3 mm", "4 mm", "6 mm"])
def test_toes_of_sheets_thicker_and_thinner_than_what_they_are_welded_to_are_all_read(portal, sheet):
    data = copy.deepcopy(portal)
    data["gauges"]["sheet"]["thickness"] = sheet
    data["pads"]["size"] = ["60 mm", "60 mm", "10 mm"]
    solid = build_frame(reading.validate(FrameFile, data, "portal"), "portal")
    tensor = tensor_mesh(solid, OWN)
    toes = piece_reader(SimpleNamespace(tensor=tensor, driven=np.zeros(len(tensor.mesh.points), bool)), STEEL).toes
    kinds = np.array([item.kind for item in solid.parts])
    block = (kinds[toes.toes.part] == "block") | (kinds[toes.toes.other] == "block")
    readable = toes.reader.length_over_thickness <= hotspot.ALLOWED_LENGTH * (1 + 1e-6)
    assert readable[~block].all()
    assert set(toes.toes.thickness[kinds[toes.toes.part] == "plate"].tolist()) == {float(sheet.split()[0])}
