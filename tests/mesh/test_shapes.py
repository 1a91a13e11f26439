"""Shape functions and quadrature against their definitions, scikit-fem and exact integrals."""

from itertools import product
from math import factorial

import numpy as np
import pytest

from mechlock.mesh import quadrature, shapes
from mechlock.mesh.mapped import mapped_block
from mechlock.mesh.topology import KINDS

DEGREE = {
    "tet4": lambda e: sum(e) <= 1,
    "tet10": lambda e: sum(e) <= 5,
    "hex8": lambda e: max(e) <= 3,
    "hex8i": lambda e: max(e) <= 3,
    "hex20": lambda e: max(e) <= 5,
    "hex27": lambda e: max(e) <= 5,
    "wedge6": lambda e: e[0] + e[1] <= 2 and e[2] <= 3,
    "wedge15": lambda e: e[0] + e[1] <= 4 and e[2] <= 5,
}


def exact_integral(shape: str, e: tuple[int, int, int]) -> float:
    if shape == "hex":
        return 1.0 / ((e[0] + 1) * (e[1] + 1) * (e[2] + 1))
    if shape == "tet":
        return factorial(e[0]) * factorial(e[1]) * factorial(e[2]) / factorial(sum(e) + 3)
    return factorial(e[0]) * factorial(e[1]) / factorial(e[0] + e[1] + 2) / (e[2] + 1)


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_one_at_their_node_and_zero_at_others(kind):
    nodes = shapes.reference_nodes(kind)
    assert shapes.values(kind, nodes) == pytest.approx(np.eye(len(nodes)), abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_are_the_derivatives_of_the_values(kind):
    xi = np.random.default_rng(1).uniform(0.1, 0.3, (4, 3))
    for axis, step in enumerate(np.eye(3) * 1e-6):
        slope = (shapes.values(kind, xi + step) - shapes.values(kind, xi - step)) / 2e-6
        assert shapes.gradients(kind, xi)[:, :, axis] == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize(("kind", "element"), [("tet10", "ElementTetP2"), ("hex20", "ElementHexS2"), ("hex27", "ElementHex2")])
def test_same_space_as_scikit_fem(kind, element):
    import skfem

    theirs = getattr(skfem, element)()
    xi = np.random.default_rng(2).uniform(0.1, 0.3, (40, 3))
    count = KINDS[kind].n_nodes
    table = np.stack([theirs.lbasis(xi.T, i)[0] for i in range(count)], axis=1)
    mixed = np.linalg.lstsq(shapes.values(kind, xi), table, rcond=None)
    assert np.abs(shapes.values(kind, xi) @ mixed[0] - table).max() < 1e-10


@pytest.mark.parametrize("kind", KINDS)
def test_quadrature_is_exact_to_its_degree(kind):
    xi, weights = quadrature.full_points(kind)
    for exponents in product(range(6), repeat=3):
        if DEGREE[kind](exponents):
            exact = exact_integral(shapes.shape_of(kind), exponents)
            assert (xi ** np.array(exponents)).prod(axis=1) @ weights == pytest.approx(exact, rel=1e-12)
    assert quadrature.stress_points(kind)[1].sum() == pytest.approx(exact_integral(shapes.shape_of(kind), (0, 0, 0)), rel=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_faces_point_outward(kind):
    mesh = mapped_block((1, 1, 1), kind=kind)
    for cell in mesh.blocks[0].cells:
        centre = mesh.points[cell[: KINDS[kind].n_corners]].mean(axis=0)
        for face in KINDS[kind].faces:
            corners = mesh.points[cell[list(face[:3])]]
            normal = np.cross(corners[1] - corners[0], corners[2] - corners[0])
            assert normal @ (corners[0] - centre) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_middle_nodes_follow_their_edges_and_faces(kind):
    nodes = shapes.reference_nodes(kind)
    for first, second, middle in KINDS[kind].edges:
        if middle >= 0:
            assert nodes[middle] == pytest.approx(0.5 * (nodes[first] + nodes[second]))
    for face in KINDS[kind].faces:
        count = 3 if len(face) in {3, 6} else 4
        if len(face) > count:
            for i in range(count):
                assert nodes[face[count + i]] == pytest.approx(0.5 * (nodes[face[i]] + nodes[face[(i + 1) % count]]))


@pytest.mark.parametrize("kind", KINDS)
def test_outside_and_clip(kind):
    inside = np.full((1, 3), 0.2)
    assert shapes.outside_by(kind, inside)[0] <= 0.0
    beyond = np.array([[1.3, 0.2, 0.2]])
    assert shapes.outside_by(kind, beyond)[0] > 0.2
    assert shapes.outside_by(kind, shapes.clip(kind, beyond))[0] <= 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_sides_of_a_mapped_block_are_complete(kind):
    mesh = mapped_block((2, 3, 1), lambda unit: unit * [2.0, 3.0, 5.0], kind)
    per_square = {"tet": 2, "hex": 1, "wedge": 1}[shapes.shape_of(kind)]
    assert len(mesh.faces["x0"]) == len(mesh.faces["x1"]) == 3 * per_square
    assert mesh.points[mesh.face_nodes("y1")][:, 1] == pytest.approx(3.0)
