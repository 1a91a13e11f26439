"""Stress at a weld toe on submodels of a tee of hollow sections, against the same tee meshed finely as a whole."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from mechlock.checks.criterion import upper
from mechlock.fem import hotspot, stress
from mechlock.fem.assembly import assemble
from mechlock.fem.driven import solve_driven
from mechlock.fem.model import Material, Model
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.materials import find
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.frame_zoom import FINE, piece_reader
from mechlock.pipeline.life_confirm import to_look_at
from mechlock.pipeline.toe_zoom import Swing, look_again
from mechlock.solids.frame import build_frame

STEEL = find("S700L", "test")
TEE = {
    "format": "mechlock-frame/1",
    "name": "tee",
    "material": "S700L",
    "grid": {"x": {"a": "0 mm"}, "y": {"l": "-300 mm", "m": "0 mm", "r": "300 mm"}, "z": {"base": "0 mm", "top": "300 mm"}},
    "sections": {
        "rail": {"height": "60 mm", "width": "60 mm", "thickness": "4 mm", "source": "test"},
        "post": {"height": "40 mm", "width": "40 mm", "thickness": "4 mm", "source": "test"},
    },
    "members": [
        {"name": "rail", "section": "rail", "along": "y", "x": ["a"], "z": ["base"]},
        {"name": "post", "section": "post", "along": "z", "x": ["a"], "y": ["m"]},
    ],
}


def pushed(grading):
    """The tee, its rail held at both ends, its post's top moved along the rail: mesh, displacements, and where toes are read."""
    tensor = tensor_mesh(build_frame(reading.validate(FrameFile, TEE, "tee"), "tee"), grading)
    points = tensor.mesh.points
    top = points[:, 2] > points[:, 2].max() - 1e-6
    driven = top | (np.abs(points[:, 1]) > np.abs(points[:, 1]).max() - 1e-6)
    system = assemble(Model(tensor.mesh, ((Material("steel", STEEL.E, STEEL.nu, STEEL.density), ()),)))
    motion = np.where(top[driven][:, None], [0.0, 1.0, 0.0], 0.0)[:, :, None]
    moved, _ = solve_driven(system, driven, motion, np.zeros((system.n_dof, 1)))
    reader = piece_reader(SimpleNamespace(tensor=tensor, driven=driven), STEEL)
    spots = hotspot.structural_stress(reader.toes.reader, stress.recover(reader.recovery, moved[:, 0].reshape(-1, 3)).nodal)
    return tensor, system, moved[:, 0].reshape(-1, 3), reader.toes, np.nan_to_num(spots.across)


@pytest.fixture
def tee():
    tensor, system, moved, toes, across = pushed(Grading(200.0, (0.4, 1.0), growth=10.0))
    worst = int(np.abs(across).argmax())
    swing = Swing("post", worst, toes.toes.away[worst], float(abs(across[worst])), moved)
    return SimpleNamespace(tensor=tensor, toes=toes, model=system.model), swing


def test_a_submodel_reads_what_the_whole_tee_does_on_its_mesh(tee):
    analysis, swing = tee
    seen = look_again(analysis, STEEL, [swing])["post"]
    *_, found, across = pushed(FINE)
    toes, own = found.toes, analysis.toes.toes
    same = (np.linalg.norm(toes.point - own.point[swing.toe], axis=1) < 0.1) & (toes.away @ own.away[swing.toe] > 0.9)
    whole = float(np.abs(across[same]).max())
    assert seen.grown < 0.8  # cells of 200 mm read far too much at the corner of the post
    assert 0.0 < seen.moved < 0.05
    on_fine = seen.grown * swing.range * (1.0 + seen.moved)  # halved reads less
    assert on_fine == pytest.approx(whole, rel=0.03)


def test_only_groups_near_their_damage_are_looked_at():
    swings = [Swing(name, 0, np.zeros(3), 1.0, np.zeros((1, 3))) for name in ("rail", "post", "sheet", "bar")]
    damage = {"rail": 0.4, "post": 0.01, "sheet": 3.0, "bar": 1.0}
    rows = [upper("miner_weld", f"{name}, 8 years", value, 0.5, "damage", "s") for name, value in damage.items()]
    assert [item.group for item in to_look_at(rows, swings)] == ["rail", "bar"]
