"""Elements, patterns and matrices, against scikit-fem's own assembly and against rigid-body invariance."""

import numpy as np
import pytest
import scipy.sparse as sp
import skfem
from skfem.models.elasticity import lame_parameters, linear_elasticity
from skfem.models.poisson import mass as poisson_mass

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.elements import node_coordinates, shape, table
from mechlock.fem.free_motion import rigid_modes
from mechlock.fem.geometry import face_patches
from mechlock.fem.model import Lock, Material, Model
from mechlock.fem.pattern import build_pattern
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.topology import KINDS

ELEMENTS = {
    "tet4": (skfem.MeshTet1, skfem.ElementTetP1),
    "tet10": (skfem.MeshTet2, skfem.ElementTetP2),
    "hex8": (skfem.MeshHex1, skfem.ElementHex1),
    "hex20": (skfem.MeshHex1, skfem.ElementHexS2),
    "hex27": (skfem.MeshHex2, skfem.ElementHex2),
}


def bend(x):
    return x + 0.08 * np.sin(2.0 * x[:, [1, 2, 0]] + 0.3)


@pytest.mark.parametrize("kind", [*KINDS, "tri3", "tri6", "quad4", "quad8", "quad9"])
def test_shape_functions_are_nodal_and_sum_to_one(kind):
    nodes = node_coordinates(kind)
    values, gradients = shape(kind, nodes)
    np.testing.assert_allclose(values, np.eye(len(nodes)), atol=1e-12)
    np.testing.assert_allclose(gradients.sum(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(
        np.einsum("qnd,ne->qde", gradients, nodes),
        np.broadcast_to(np.eye(nodes.shape[1]), (len(nodes), *[nodes.shape[1]] * 2)),
        atol=1e-12,
    )


@pytest.mark.parametrize(("kind", "degree"), [("wedge15", 5), ("wedge6", 3)])
def test_wedge_quadrature_integrates_monomials(kind, degree):
    rule = table(kind, "curved")
    x, y, z = rule.points.T
    # integral over the unit wedge of x^a y^b z^c = a! b! / (a + b + 2)! / (c + 1)
    found = rule.weights @ (x ** (degree - 1) * y * z**degree)
    from math import factorial as f

    assert found == pytest.approx(f(degree - 1) / f(degree + 2) / (degree + 1), rel=1e-12)


# scikit-fem maps tet10 and hex20 by their corners only, so that bent ones have nothing to be compared with
COMPARED = [(kind, True) for kind in ELEMENTS] + [("tet4", False), ("hex8", False), ("hex27", False)]


@pytest.mark.parametrize(("kind", "straight"), COMPARED)
def test_matrices_equal_scikit_fem(kind, straight, box, steel):
    mesh = box(kind, (2, 1, 2), warp=bend, straight=straight)
    system = assemble(Model(mesh, ((steel, ()),)))
    cells = mesh.blocks[0].cells
    n_corners = KINDS[kind].n_corners
    used, renumbered = np.unique(cells[:, :n_corners], return_inverse=True)
    # scikit-fem's own corner order: the one whose reference corners agree
    element = ELEMENTS[kind][1]()
    base = skfem.MeshHex1 if kind.startswith("hex") else skfem.MeshTet1
    theirs = np.asarray(element.doflocs)[:n_corners]
    order = np.abs(theirs[:, None] - node_coordinates(kind)[None, :n_corners]).max(axis=2).argmin(axis=1)
    corners = renumbered.reshape(len(cells), n_corners)[:, order]
    stock = base(mesh.points[used].T, np.ascontiguousarray(corners.T))
    if kind == "hex27" and not straight:
        stock = skfem.MeshHex2.from_mesh(stock)
        at = skfem.Basis(stock, skfem.ElementHex2()).doflocs
        flat = skfem.MeshHex2.from_mesh(base(box(kind, (2, 1, 2)).points[used].T, np.ascontiguousarray(corners.T)))
        assert at.shape == flat.doflocs.shape
        stock = skfem.MeshHex2(bend(flat.doflocs.T).T, flat.t)
    degree = {"tet4": 2, "tet10": 4, "hex8": 3}.get(kind, 5)
    scalar = skfem.Basis(stock, element, intorder=degree)
    vector = skfem.Basis(stock, skfem.ElementVector(element), intorder=degree)
    stiffness = linear_elasticity(*lame_parameters(steel.E, steel.nu)).assemble(vector)
    mass = poisson_mass.assemble(scalar)
    local = np.abs(np.asarray(element.doflocs)[:, None] - node_coordinates(kind)[None]).max(axis=2).argmin(axis=1)
    to_node = np.full(scalar.N, -1)
    to_node[scalar.element_dofs] = cells[:, local].T
    full = system.stiffness
    full = (full + sp.triu(full, 1).T).toarray()
    place = np.full(vector.N, -1)
    for i in range(len(local)):
        for axis in range(3):
            place[vector.element_dofs[3 * i + axis]] = 3 * cells[:, local[i]] + axis
    theirs_k = np.zeros_like(full)
    theirs_k[np.ix_(place, place)] = stiffness.toarray()
    # straight-edged tetrahedra are integrated exactly by both; warped bricks by the same Gauss points
    assert np.abs(full - theirs_k).max() <= 1e-12 * np.abs(full).max()
    theirs_m = np.zeros((len(mesh.points),) * 2)
    theirs_m[np.ix_(to_node, to_node)] = steel.density * mass.toarray()
    assert np.abs(system.mass.toarray() - theirs_m).max() <= 1e-12 * np.abs(theirs_m).max()


@pytest.mark.parametrize("kind", list(KINDS))
def test_rigid_motions_need_no_force_and_have_the_body_mass(kind, box, steel):
    mesh = box(kind, (2, 2, 1), size=(3.0, 2.0, 1.0), warp=bend)
    system = assemble(Model(mesh, ((steel, ()),)))
    full = system.stiffness + sp.triu(system.stiffness, 1).T
    modes = rigid_modes(mesh.points, mesh.points.mean(axis=0))
    assert np.abs(full @ modes).max() < 1e-11 * np.abs(full).max()
    values = np.linalg.eigvalsh(full.toarray())
    assert (values[:6] < 1e-10 * values[-1]).all()
    assert values[6] > 1e-8 * values[-1]
    # volume by the divergence theorem over the outer faces
    volume = 0.0
    for faces in mesh.faces.values():
        for patch in face_patches(mesh, faces):
            volume += np.einsum("qn,fni,fqi->", patch.values, mesh.points[patch.nodes], patch.areas) / 3
    assert system.element_mass == pytest.approx(steel.density * volume, rel=1e-10)


def test_affine_and_curved_integration_agree(box, steel):
    from mechlock.fem.stiffness import stiffness_blocks

    for kind in ("tet10", "hex20", "wedge15"):
        mesh = box(kind, size=(3.0, 2.0, 1.0))
        cells = mesh.blocks[0].cells
        straight = stiffness_blocks(mesh.points, cells, kind, steel, True)
        curved = stiffness_blocks(mesh.points, cells, kind, steel, False)
        np.testing.assert_allclose(straight, curved, atol=1e-11 * np.abs(curved).max())


def test_orthotropic_matrix_of_an_isotropic_material_changes_nothing(box, steel):
    from mechlock.fem.stiffness import elasticity

    mesh = box("hex20", (1, 1, 1), warp=bend)
    same = Material("same", 1.0, 0.0, 7.85e-9, elasticity=elasticity(steel))
    ours, theirs = assemble(Model(mesh, ((steel, ()),))), assemble(Model(mesh, ((same, ()),)))
    np.testing.assert_allclose(theirs.blocks, ours.blocks, atol=1e-11 * np.abs(ours.blocks).max())


def test_pattern_holds_every_pair_once_with_the_diagonal_first(box, steel):
    mesh = box("tet10", (2, 1, 1))
    clique = np.array([0, 3, 7, 11])
    pattern = build_pattern(mesh, (clique,))
    assert (np.diff(pattern.keys) > 0).all()
    assert (pattern.columns[pattern.pointer[:-1]] == np.arange(pattern.n_nodes)).all()
    a, b = np.triu_indices(4)
    assert (pattern.keys[pattern.find(clique[a], clique[b])] == clique[a] * pattern.n_nodes + clique[b]).all()


def test_two_materials_stiffen_their_own_groups_only(box, steel):
    mesh = box("hex8", (2, 1, 1))
    soft = Material("soft", 1e3, 0.3, 1e-9)
    halves = Mesh(mesh.points, mesh.blocks, {"left": np.array([0]), "right": np.array([1])}, mesh.faces, {})
    system = assemble(Model(halves, ((steel, ("left",)), (soft, ("right",)))))
    assert system.element_mass == pytest.approx(0.5 * (7.85e-9 + 1e-9), rel=1e-12)
    ratio = system.diagonal[3 * mesh.face_nodes("x0")].mean() / system.diagonal[3 * mesh.face_nodes("x1")].mean()
    assert ratio == pytest.approx(210.0, rel=1e-9)


def broken(mesh, **changes):
    parts = {"points": mesh.points, "blocks": mesh.blocks, "volumes": mesh.volumes, "faces": mesh.faces, "nodes": mesh.nodes}
    return Mesh(**(parts | changes))


def test_bad_meshes_are_refused_with_their_reason(box, steel):
    mesh = box("hex8", (2, 1, 1))
    nan = mesh.points.copy()
    nan[3, 1] = np.nan
    cells = mesh.blocks[0].cells
    cases = {
        "not numbers": (broken(mesh, points=nan), ()),
        "inside out": (broken(mesh, blocks=(Block("hex8", cells[:, [4, 5, 6, 7, 0, 1, 2, 3]]),)), ()),
        "do not exist": (broken(mesh, blocks=(Block("hex8", cells + 100),)), ()),
        "no solid elements": (broken(mesh, blocks=()), ()),
        "no volume group called 'frame'": (mesh, ("frame",)),
        "have no material": (broken(mesh, volumes={"left": np.array([0])}), ("left",)),
    }
    for message, (bad, groups) in cases.items():
        with pytest.raises(InputError, match=message):
            assemble(Model(bad, ((steel, groups),)))
    with pytest.raises(InputError, match="two materials"):
        assemble(Model(mesh, ((steel, ()), (steel, ("body",)))))
    with pytest.raises(InputError, match="no group of faces or nodes called 'hook'"):
        assemble(Model(mesh, ((steel, ()),), locks=(Lock("k", ("hook",), (0, 0, -1), 1e5),)))
