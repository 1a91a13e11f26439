"""What a mesh is refused for, and what it is warned about."""

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.surface import face_corner_count
from mechlock.mesh.topology import KINDS


def moved(mesh, node, shift):
    points = mesh.points.copy()
    points[node] += shift
    return Mesh(points, mesh.blocks)


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_is_perfect(kind):
    quality = check_mesh(box((2.0, 2.0, 2.0), (1, 2, 1), kind))
    assert quality.volume == pytest.approx(8.0)
    assert quality.least_jacobian_ratio == pytest.approx(1.0)
    assert (quality.pieces, quality.duplicate_nodes, quality.slivers) == (1, 0, 0)
    corners = {3: 2, 4: 1}  # a face of the box is one quadrilateral of a cell, or two triangles
    sides = {len(face) for face in KINDS[kind].faces}
    if len(sides) == 1:
        assert quality.free_faces == 10 * corners[face_corner_count(KINDS[kind].faces[0])]
    assert quality.touching_faces == 0
    assert bool(quality.warnings) == (kind in {"tet4", "hex8", "wedge6"})


def test_curved_volume_is_that_of_the_quarter_ring():
    def ring(unit):
        radius, angle = 1.0 + unit[:, 0], 0.5 * np.pi * unit[:, 1]
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), unit[:, 2]])

    assert check_mesh(mapped_block((1, 4, 1), ring)).volume == pytest.approx(0.75 * np.pi, rel=1e-4)


def test_middle_node_moved_too_far_turns_a_cell_inside_out():
    mesh = box((1.0, 1.0, 1.0), (1, 1, 1), "tet10")
    middle = mesh.blocks[0].cells[0, 4]
    corner = mesh.points[mesh.blocks[0].cells[0, 0]]
    shift = 0.9 * (corner - mesh.points[middle])
    with pytest.raises(InputError, match="tet10 cells are inside out or flat"):
        check_mesh(moved(mesh, middle, shift))


def test_mirrored_mesh_says_so():
    with pytest.raises(InputError, match="the node order may be mirrored"):
        check_mesh(mapped_block((1, 1, 1), lambda unit: unit * [1.0, 1.0, -1.0]))


def test_flat_cell_is_refused():
    mesh = mapped_block((1, 1, 1), lambda unit: unit * [1.0, 1.0, 0.0], "hex8")
    with pytest.raises(InputError, match="inside out or flat"):
        check_mesh(mesh)


def test_not_a_number_is_refused():
    mesh = box((1.0, 1.0, 1.0), (1, 1, 1))
    with pytest.raises(InputError, match="coordinates of 1 nodes are not finite"):
        check_mesh(moved(mesh, 3, np.array([np.nan, 0.0, 0.0])))


def test_cell_that_names_a_node_twice_is_refused():
    mesh = box((1.0, 1.0, 1.0), (1, 1, 1), "hex8")
    cells = mesh.blocks[0].cells.copy()
    cells[0, 1] = cells[0, 0]
    with pytest.raises(InputError, match="name a node twice"):
        check_mesh(Mesh(mesh.points, (Block("hex8", cells),)))


def test_missing_nodes_and_empty_mesh_are_refused():
    mesh = box((1.0, 1.0, 1.0), (1, 1, 1), "hex8")
    with pytest.raises(InputError, match="nodes that are not there"):
        check_mesh(Mesh(mesh.points[:5], mesh.blocks))
    with pytest.raises(InputError, match="no cells"):
        check_mesh(Mesh(mesh.points, ()))


def test_two_boxes_that_touch_without_sharing_nodes_are_reported():
    one = box((1.0, 1.0, 1.0), (1, 1, 1))
    count = len(one.points)
    points = np.concatenate([one.points, one.points + [1.0, 0.0, 0.0]])
    quality = check_mesh(Mesh(points, (Block("hex20", np.concatenate([one.blocks[0].cells, one.blocks[0].cells + count])),)))
    assert quality.pieces == 2
    assert quality.duplicate_nodes == 8
    assert (quality.free_faces, quality.touching_faces) == (12, 2)
    assert any("2 pieces" in warning for warning in quality.warnings)


def test_long_cell_is_warned_about():
    quality = check_mesh(box((500.0, 1.0, 1.0), (1, 1, 1)))
    assert quality.greatest_aspect == pytest.approx(500.0)
    assert any("500 times" in warning for warning in quality.warnings)


@pytest.mark.parametrize(("thickness", "said"), [(1.0, True), (4.0, False)])
def test_long_and_wide_serendipity_cells_are_named_and_long_bars_are_not(thickness, said):
    panel = check_mesh(box((100.0, 100.0, thickness), (4, 4, 1), "hex20")).warnings
    assert ("16 hex20 cells" in "".join(panel)) is said
    assert not check_mesh(box((100.0, 4.0, thickness), (4, 1, 1), "hex20")).warnings
    assert not check_mesh(box((100.0, 100.0, thickness), (4, 4, 1), "hex27")).warnings
