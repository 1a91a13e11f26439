"""Gussets and braces in space: volumes and inertia by hand, welds by ties that carry, CAD, and what is refused."""

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.model import Force, Material, Model, StaticCase, Support, Tie
from mechlock.fem.static import solve_static
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids import frame_step
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.frame_bill import bill_of_materials
from mechlock.solids.frame_surface import gusset_triangles

STEEL = Material("steel", 210e3, 0.3, 7.85e-9)
GUSSET = {"name": "knee", "gauge": "sheet", "normal": "y", "at": "all", "offset": "0 mm"}
CORNERS = {
    "rear_low": [["-270 mm", "60 mm"], ["90 mm", "70 mm"]],
    "front_low": [["270 mm", "60 mm"], ["-90 mm", "70 mm"]],
    "rear_top": [["-270 mm", "580 mm"], ["90 mm", "-70 mm"]],
    "front_top": [["270 mm", "580 mm"], ["-90 mm", "-70 mm"]],
}
FOOT = ["-300 mm", "-100 mm", "70 mm"]
AREA = (90 * 70 - 10 * 10) / 2


@pytest.fixture
def kneed(portal) -> dict:
    portal["plates"] = []
    portal["gussets"] = [GUSSET | {"corners": CORNERS}]
    return portal


def solid_of(data) -> FrameSolid:
    return build_frame(reading.validate(FrameFile, data, "portal"), "portal")


def mesh_of(data) -> TensorMesh:
    return tensor_mesh(solid_of(data), Grading(size=200.0))


def test_volume_area_and_inertia_by_hand(kneed) -> None:
    solid = solid_of(kneed)
    assert [gusset.volume for gusset in solid.gussets] == pytest.approx([AREA * 4] * 8)
    row = next(row for row in bill_of_materials(solid, 7.85e-9) if row.entry == "gussets.knee")
    assert (row.text, row.count, row.area) == ("gusset 90x70x4", 8, pytest.approx(8 * AREA))
    for gusset in solid.gussets[:4]:
        triangles = gusset_triangles(gusset)
        signed = np.einsum("ni,ni->n", triangles[:, 0], np.cross(triangles[:, 1], triangles[:, 2])) / 6
        assert signed.sum() == pytest.approx(gusset.volume, rel=1e-12)
        centre = (signed[:, None] * triangles.sum(axis=1)).sum(axis=0) / 4 / signed.sum()
        found = gusset.mass_properties(1.0)
        assert found.centre == pytest.approx(centre, abs=1e-9)
        assert found.mass == pytest.approx(gusset.volume)
        whole = sum(
            np.einsum("n,ni,nj->ij", signed, a, b) for a in np.moveaxis(triangles, 1, 0) for b in np.moveaxis(triangles, 1, 0)
        )
        own = sum(np.einsum("n,ni,nj->ij", signed, a, a) for a in np.moveaxis(triangles, 1, 0))
        second = (whole + own) / 20 - gusset.volume * np.outer(centre, centre)
        assert found.inertia == pytest.approx(np.trace(second) * np.eye(3) - second, rel=1e-9, abs=1e-6 * np.abs(second).max())


def test_mesh_and_cad_have_the_volume(kneed) -> None:
    tensor = mesh_of(kneed)
    quality = check_mesh(tensor.mesh)
    assert quality.volume == pytest.approx(tensor.solid.volume, rel=1e-9)
    assert quality.least_jacobian_ratio > 0.1
    assert {f"knee.{side}.{name}" for side in ("right", "left") for name in CORNERS} <= set(tensor.mesh.volumes)
    assert frame_step.frame_shape(tensor.solid).mass == pytest.approx(tensor.solid.volume, rel=1e-9)


def sway(data) -> float:
    """Sideways displacement of the portal's top under 1 kN, feet held."""
    tensor = mesh_of(data)
    ties = tuple(Tie(end.name, end.master, end.slave) for end in tensor.welded)
    feet = Support("feet", ("pad_A", "pad_B", "pad_C", "pad_D"))
    system = assemble(Model(tensor.mesh, ((STEEL, ()),), supports=(feet,), ties=ties))
    load = Force("mount_box", (1e3, 0.0, 0.0))
    return solve_static(system, (StaticCase("push", loads=(load,)),)).results["push"].max_displacement


def test_gussets_stiffen_the_corners_of_a_portal(portal, kneed) -> None:
    """Rigid corners shorten posts and crosses: the frame between them sways less, by a bound from slender-frame theory."""
    portal["mounts"] = [{"member": "top", "z": ["top"], "side": "+z", "length": "40 mm", "at": {"box": ["-100 mm", "100 mm"]}}]
    with_knees = sway(portal)
    del portal["gussets"]
    without = sway(portal)
    assert 0.4 * without < with_knees < 0.85 * without


def test_a_brace_between_points_in_space(portal) -> None:
    portal["plates"] = []
    portal["tubes"] = {"pipe": {"diameter": "24 mm", "thickness": "3 mm"}}
    portal["braces"] = [{"name": "strut", "section": "pipe", "paths": {"a": [FOOT, ["-100 mm", "380 mm", "590 mm"]]}}]
    with pytest.raises(InputError, match=r"lies on no face|reaches beyond"):
        solid_of(portal)
    end = ["-285 mm", "370 mm", "300 mm"]
    portal["braces"][0]["paths"]["a"] = [FOOT, end]
    tensor = mesh_of(portal)
    brace = tensor.solid.braces[0]
    assert brace.name == "strut.a"
    assert brace.length == pytest.approx(np.sqrt(15**2 + 470**2 + 230**2))
    assert check_mesh(tensor.mesh).volume == pytest.approx(tensor.solid.volume, rel=1e-9)


def test_an_upright_tube_stands_as_a_brace_along_an_axis(portal) -> None:
    portal["plates"] = []
    portal["tubes"] = {"pipe": {"diameter": "30 mm", "thickness": "3 mm"}}
    portal["braces"] = [{"name": "post2", "section": "pipe", "paths": {"a": [FOOT, ["-300 mm", "-100 mm", "580 mm"]]}}]
    brace = mesh_of(portal).solid.braces[0]
    assert brace.volume == pytest.approx(np.pi / 4 * (30**2 - 24**2) * 510)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"corners": {"a": [["-260 mm", "60 mm"], ["90 mm", "70 mm"]]}}, ["gussets.knee.corners.a", "along z lies on no face"]),
        ({"corners": {"a": [["-270 mm", "60 mm"], ["90 mm", "700 mm"]]}}, ["lies on no face"]),
        ({"corners": {"a": [["-270 mm", "60 mm"], ["14 mm", "70 mm"]]}}, ["leg of 14 mm", "more than 15 mm"]),
        ({"snipe": "60 mm"}, ["snipe of 60 mm", "more than 90 mm"]),
        ({"offset": "200 mm"}, ["lies on no face"]),
        ({"gauge": "shet"}, ["no gauge 'shet'"]),
        ({"at": ["middle"]}, ["no line of y 'middle'"]),
    ],
)
def test_gussets_that_do_not_fit_are_refused(kneed, keys, words) -> None:
    kneed["gussets"][0] |= keys
    with pytest.raises(InputError) as error:
        solid_of(kneed)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"normal": "y"}, ["normal and at belong together"]),
        ({"offset": "3 mm"}, ["no normal is given"]),
        ({"paths": {"a": [["0 mm", "0 mm"], ["1 mm", "1 mm"]]}}, ["have 2 and 2 coordinates", "give 3 each"]),
    ],
)
def test_braces_in_space_that_make_no_sense_are_refused(portal, keys, words) -> None:
    path = {"a": [["-300 mm", "-100 mm", "70 mm"], ["-300 mm", "-100 mm", "580 mm"]]}
    portal["braces"] = [{"name": "strut", "section": "cross", "paths": path} | keys]
    with pytest.raises(InputError) as error:
        solid_of(portal)
    for word in words:
        assert word in str(error.value)
