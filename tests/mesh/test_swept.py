"""Swept braces: volume, straight edges, flat ends tied to the frame; and the stiffness that they bring."""

import numpy as np
import pytest

from mechlock.fem import stress
from mechlock.fem.assembly import assemble
from mechlock.fem.model import Force, Material, Model, StaticCase, Support, Tie
from mechlock.fem.patches import make_patch
from mechlock.fem.static import solve_static
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.mesh import topology
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.swept import sweep
from mechlock.mesh.tensor import TensorMesh, tensor_mesh
from mechlock.mesh.tensor_planes import Grading
from mechlock.solids.frame import build_frame

STEEL = Material("steel", 210e3, 0.3, 7.85e-9)


SECTIONS = {
    "bar": (2 * 24 * 3 + 2 * 24 * 3, (24 * 30**3 - 18 * 24**3) / 12, 2 * 3 * 30),
    "pipe": (np.pi / 4 * (30**2 - 24**2), np.pi / 64 * (30**4 - 24**4), np.pi / 8 * (30**2 - 24**2)),
    "i": (2 * 24 * 3 + 24 * 4, (24 * 30**3 - 20 * 24**3) / 12, 4 * 30),
    "channel": (2 * 24 * 3 + 24 * 4, (24 * 30**3 - 20 * 24**3) / 12, 4 * 30),
}
"""Area, second moment about the width, and area of the webs."""


@pytest.fixture(params=list(SECTIONS))
def braced(portal, request) -> dict:
    portal["plates"] = []
    portal["sections"]["bar"] = {"height": "30 mm", "width": "24 mm", "thickness": "3 mm"}
    portal["tubes"] = {"pipe": {"diameter": "30 mm", "thickness": "3 mm"}}
    shape = {"height": "30 mm", "width": "24 mm", "thickness": "4 mm", "flange": "3 mm"}
    portal["profiles"] = {"i": shape | {"type": "i"}, "channel": shape | {"type": "channel"}}
    section = request.param
    path = [["-230 mm", "60 mm"], ["230 mm", "580 mm"]]
    portal["braces"] = [{"name": "brace", "section": section, "normal": "y", "at": "all", "paths": {"up": path}}]
    return portal


def mesh_of(data, size: float = 200.0) -> TensorMesh:
    return tensor_mesh(build_frame(reading.validate(FrameFile, data, "portal"), "portal"), Grading(size=size))


def test_sweep_has_the_volume_of_the_brace_and_sound_cells(braced) -> None:
    tensor = mesh_of(braced)
    brace = tensor.solid.braces[0]
    found = sweep(brace, Grading(size=40.0, toe_rows=(0.4, 1.0)))
    signed = np.zeros(len(found.cells))
    faces = [face[:4] for face in topology.KINDS["hex20"].faces]
    points = found.points - found.points.mean(axis=0)
    for face in faces:
        a, b, c, d = (points[found.cells[:, node]] for node in face)
        signed += (np.einsum("ni,ni->n", a, np.cross(b, c)) + np.einsum("ni,ni->n", a, np.cross(c, d))) / 6
    assert signed.min() > 0
    assert signed.sum() == pytest.approx(brace.volume, rel=1e-12)
    for a, b, middle in topology.KINDS["hex20"].edges:
        ends = found.points[found.cells[:, [a, b]]]
        assert np.allclose(found.points[found.cells[:, middle]], ends.mean(axis=1))


def test_frame_mesh_with_braces_has_the_solid_s_volume_and_groups(braced) -> None:
    tensor = mesh_of(braced)
    check_mesh(tensor.mesh)
    assert tensor.volume == pytest.approx(tensor.solid.volume, rel=1e-12)
    group = tensor.solid.braces[0].group
    names = {name for name in tensor.mesh.volumes if name.startswith("brace.")}
    assert names == {"brace.right.up", "brace.left.up"}
    assert len(tensor.mesh.volumes[group]) == sum(len(tensor.mesh.volumes[name]) for name in names)
    assert len(tensor.mesh.volumes["frame"]) == tensor.mesh.n_cells


def test_each_end_lies_within_the_faces_that_it_is_tied_to(braced) -> None:
    tensor = mesh_of(braced)
    assert len(tensor.welded) == 4
    for end in tensor.welded:
        slave, master = (tensor.mesh.points[tensor.mesh.face_nodes(name)] for name in (end.slave, end.master))
        assert np.ptp(slave, axis=0).min() == pytest.approx(0.0, abs=1e-9)
        assert (slave.min(axis=0) >= master.min(axis=0) - 1e-9).all()
        assert (slave.max(axis=0) <= master.max(axis=0) + 1e-9).all()


def test_a_brace_in_a_frame_carries_its_stretch_as_a_bar(braced) -> None:
    for name in ("rail", "post", "cross"):
        braced["sections"][name].update(height="60 mm", width="60 mm", thickness="15 mm")
    braced["braces"][0]["paths"]["up"] = [["-220 mm", "70 mm"], ["220 mm", "570 mm"]]
    braced["mounts"].append({"member": "top", "z": ["top"], "side": "+z", "length": "600 mm", "at": {"push": ["0 mm"]}})
    tensor = mesh_of(braced)
    ties = tuple(Tie(end.name, end.master, end.slave) for end in tensor.welded)
    supports = (Support("ground", ("pad_A", "pad_B", "pad_C", "pad_D")),)
    model = Model(tensor.mesh, ((STEEL, ()),), supports=supports, ties=ties)
    push = StaticCase("push", loads=(Force("mount_push", (10e3, 0.0, 0.0)),))
    result = solve_static(assemble(model), (push,)).results["push"]
    assert result.evidence.equilibrium_error < 1e-9
    recovery = stress.prepare(
        tensor.mesh, [stress.Region("all", np.arange(tensor.mesh.n_cells), stress.isotropic(STEEL.E, STEEL.nu))]
    )
    tensors = stress.recover(recovery, result.displacement).points
    volumes = recovery.point_volumes()
    cell = recovery.point_cell
    forces = []
    for brace in tensor.solid.braces:
        ends = [result.displacement[tensor.mesh.face_nodes(f"{brace.name}.{label}")].mean(axis=0) for label in ("start", "end")]
        own = np.isin(cell, tensor.mesh.volumes[brace.name])
        axial = np.einsum("i,nij,j->n", brace.frame[0], stress.matrices(tensors[own]), brace.frame[0])
        force = volumes[own] @ axial / brace.length
        stretch = (ends[1] - ends[0]) @ brace.frame[0]
        assert force == pytest.approx(STEEL.E * brace.section.area * stretch / brace.length, rel=0.03)
        forces.append(force * brace.frame[0, 0])
    assert 0.5 * 10e3 < sum(forces) < 10e3


@pytest.mark.parametrize("braced", ["bar", "pipe", "i"], indirect=True)  # a channel twists besides
def test_a_mitred_brace_bends_as_a_beam_round_its_corner(braced) -> None:
    """Held at one end and pushed at the other: F^2 h^2 / 2 E I over both pieces, h the height of the load above each place."""
    places, force = np.array([[-230.0, 60.0], [-150.0, 400.0], [230.0, 580.0]]), 50.0
    braced["braces"][0] |= {"paths": {"u": [[f"{x} mm", f"{z} mm"] for x, z in places]}, "at": ["right"]}
    tensor = mesh_of(braced, 40.0)
    pieces = tensor.solid.braces
    assert [end.name for end in tensor.welded] == [f"brace.right.u.{end}" for end in ("1.start", "2.start", "2.end")]
    own = np.concatenate([tensor.mesh.volumes[piece.name] for piece in pieces])
    renumbered = np.full(tensor.mesh.n_cells, -1)
    renumbered[own] = np.arange(len(own))
    used, cells = np.unique(tensor.mesh.blocks[0].cells[own], return_inverse=True)
    names = [f"{piece.name}.{end}" for piece in pieces for end in ("start", "end")]
    faces = {name: np.column_stack([renumbered[rows[:, 0]], rows[:, 1]]) for name in names for rows in [tensor.mesh.faces[name]]}
    mesh = Mesh(tensor.mesh.points[used], (Block("hex20", cells.reshape(-1, 20)),), {}, faces)
    ties = tuple(Tie(end.name, end.master, end.slave) for end in tensor.welded[1:2])
    system = assemble(Model(mesh, ((STEEL, ()),), (Support("foot", (names[0],)),), ties=ties))
    case = StaticCase("pulled", loads=(Force(names[3], (force, 0.0, 0.0)),))
    result = solve_static(system, [case]).results["pulled"]
    moved = make_patch(mesh, (names[3],), "foot")
    found = moved.mean @ result.displacement[moved.nodes, 0]
    area, inertia, webs = SECTIONS[pieces[0].group]
    lengths, arms = np.hypot(*np.diff(places, axis=0).T), places[-1, 1] - places[:, 1]
    bending = lengths @ (arms[:-1] ** 2 + arms[:-1] * arms[1:] + arms[1:] ** 2) / 3 / inertia
    across, along = np.diff(places[:, 1]) / lengths, np.diff(places[:, 0]) / lengths
    by_hand = force / 210e3 * (bending + lengths @ (2.6 * across**2 / webs + along**2 / area))
    assert found == pytest.approx(by_hand, rel=0.015)
    assert result.evidence.equilibrium_error < 1e-8
