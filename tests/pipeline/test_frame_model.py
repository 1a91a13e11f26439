"""The frame's model on its tray: what stands in it must not depend on the mesh."""

import numpy as np
import pytest

from mechlock import resources
from mechlock.inputs.design import read_design
from mechlock.inputs.materials import find
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.pipeline.frame_model import frame_model, static_cases
from mechlock.solids.frame import build_frame


@pytest.fixture(scope="module")
def models():
    design = read_design(resources.folder("geometry") / "designs" / "ladder.toml")
    solid = build_frame(design.frame, "ladder")
    steel = find(design.frame.material, "material")
    meshes = [tensor_mesh(solid, grading).mesh for grading in (Grading(400.0), Grading(400.0, (1.0,), around_blocks=True))]
    return design, [frame_model(mesh, 0.3, steel, design) for mesh in meshes]


def test_twist_lifts_a_seat_by_its_place_whatever_cuts_the_mesh(models):
    """Pad and hook of a corner rise nearly alike: a hundredth of a millimetre between them is a kilonewton of hook force."""
    design, both = models
    found = [
        next(case.displacements for case in static_cases(design, model) if case.name.startswith("twist_one_corner"))
        for model in both
    ]
    assert len(found[0]) == 12
    for name, moved in found[0].items():
        assert moved["z"] == pytest.approx(found[1][name]["z"], abs=1e-9), name


def test_tray_yields_alike_whatever_cuts_the_mesh(models):
    _, (first, second) = models
    np.testing.assert_allclose(first.bases[0].compliance, second.bases[0].compliance, rtol=1e-9)
