"""Mesh files: what is written comes back with its names, and what is broken is refused with one message."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.mesh import abaqus, writing
from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.memory import SPARE, bounded
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.reading import read_mesh
from mechlock.mesh.topology import KINDS
from mechlock.mesh.vtkhdf import vtkhdf_bytes
from mechlock.mesh.vtu import is_whole


def example(kind):
    """A sheared block with overlapping volume groups, side groups and a node group."""
    mesh = mapped_block((2, 2, 1), lambda u: u @ np.array([[2.0, 0, 0], [0.3, 3.0, 0], [0.1, 0.2, 1.0]]), kind)
    half = np.arange(mesh.n_cells // 2)
    volumes = {"all of it": np.arange(mesh.n_cells), "half": half}
    faces = {"bottom": mesh.faces["z0"], "both ends": np.concatenate([mesh.faces["x0"], mesh.faces["x1"]])}
    return Mesh(mesh.points, mesh.blocks, volumes, faces, {"corner": np.array([0, 3])})


def same_places(first, second, nodes_of):
    a, b = nodes_of(first), nodes_of(second)
    return {tuple(np.round(first.points[n], 9)) for n in a} == {tuple(np.round(second.points[n], 9)) for n in b}


@pytest.mark.parametrize("kind", KINDS)
def test_gmsh_file_comes_back_whole(kind, tmp_path):
    mesh = example(kind)
    (tmp_path / "m.msh").write_bytes(writing.msh_bytes(mesh))
    back = read_mesh(tmp_path / "m.msh")
    assert check_mesh(back).volume == pytest.approx(check_mesh(mesh).volume)
    assert {k: len(v) for k, v in back.volumes.items()} == {k: len(v) for k, v in mesh.volumes.items()}
    assert {k: len(v) for k, v in back.faces.items()} == {k: len(v) for k, v in mesh.faces.items()}
    for name in mesh.faces:
        assert same_places(mesh, back, lambda m, n=name: m.face_nodes(n))
    assert same_places(mesh, back, lambda m: m.nodes["corner"])
    half = [np.sort(m.points[m.blocks[0].cells[m.volumes["half"]]].mean(axis=1), axis=0) for m in (mesh, back)]
    assert half[0] == pytest.approx(half[1])


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "hex27"])
def test_inp_file_comes_back_whole(kind, tmp_path):
    mesh = example(kind)
    (tmp_path / "m.inp").write_text(writing.inp_text(mesh))
    back = read_mesh(tmp_path / "m.inp")
    assert back.points == pytest.approx(mesh.points)
    assert np.array_equal(back.blocks[0].cells, mesh.blocks[0].cells)
    assert np.array_equal(np.sort(back.volumes["HALF"]), mesh.volumes["half"])
    for name, written in {"bottom": "BOTTOM", "both ends": "BOTH_ENDS"}.items():
        assert {tuple(row) for row in back.faces[written]} == {tuple(row) for row in mesh.faces[name]}
    assert np.array_equal(back.nodes["CORNER"], [0, 3])


@pytest.mark.parametrize("kind", KINDS)
def test_vtu_file_comes_back_whole(kind, tmp_path):
    mesh = example(kind)
    (tmp_path / "m.vtu").write_bytes(writing.mesh_vtu_bytes(mesh))
    back = read_mesh(tmp_path / "m.vtu")
    assert back.points == pytest.approx(mesh.points)
    assert np.array_equal(back.blocks[0].cells, mesh.blocks[0].cells)
    assert np.array_equal(back.volumes["half"], mesh.volumes["half"])
    assert np.array_equal(back.nodes["bottom"], mesh.face_nodes("bottom"))


def test_vtu_fields_are_read_by_vtk(tmp_path):
    pyvista = pytest.importorskip("pyvista")
    mesh = example("hex20")
    fields = {"displacement": mesh.points * 2, "stress": np.tile(np.arange(6.0), (len(mesh.points), 1))}
    (tmp_path / "m.vtu").write_bytes(writing.vtu_bytes(mesh.points, mesh.blocks, fields, {"region": np.arange(4)}))
    grid = pyvista.read(tmp_path / "m.vtu")
    assert grid.n_cells == 4
    assert grid.volume == pytest.approx(6.0)
    assert grid.point_data["displacement"] == pytest.approx(mesh.points * 2, rel=1e-6)
    assert grid.point_data["stress"].shape == (len(mesh.points), 6)
    assert list(grid.cell_data["region"]) == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", ["tet10", "hex20", "hex27", "wedge6", "wedge15"])
def test_vtkhdf_file_is_read_by_vtk_as_the_vtu_file_is(kind, tmp_path):
    pyvista = pytest.importorskip("pyvista")
    mesh = example(kind)
    stress = np.linspace(-1.0, 1.0, 6 * len(mesh.points)).reshape(-1, 6)
    fields = {"displacement": mesh.points * 2, "stress": stress, "judged": np.arange(len(mesh.points)) % 2 == 0}
    whole = (mesh.points, mesh.blocks, fields, {"region": np.arange(mesh.n_cells)}, {"frequencies_Hz": np.array([12.5, 40.0])})
    (tmp_path / "m.vtu").write_bytes(writing.vtu_bytes(*whole))
    (tmp_path / "m.vtkhdf").write_bytes(vtkhdf_bytes(*whole))
    old, new = pyvista.read(tmp_path / "m.vtu"), pyvista.read(tmp_path / "m.vtkhdf")
    assert abs(new.volume) == pytest.approx(6.0)
    assert np.array_equal(new.points, old.points)
    assert np.array_equal(new.celltypes, old.celltypes)
    assert np.array_equal(new.cells, old.cells)
    assert set(new.point_data) == set(old.point_data)
    for name in old.point_data:
        assert np.array_equal(new.point_data[name], old.point_data[name]), name
    assert np.array_equal(new.cell_data["region"], old.cell_data["region"])
    assert list(new.field_data["frequencies_Hz"]) == [12.5, 40.0]
    with pytest.raises(InputError, match="'u' has 3 values"):
        vtkhdf_bytes(mesh.points, mesh.blocks, {"u": np.zeros(3)})


def test_field_of_the_wrong_length_is_refused():
    mesh = box((1.0, 1.0, 1.0), (1, 1, 1))
    with pytest.raises(InputError, match="'u' has 3 values for 20 nodes"):
        writing.vtu_bytes(mesh.points, mesh.blocks, {"u": np.zeros(3)})


def test_mixed_mesh_keeps_its_blocks_and_their_groups(tmp_path):
    cube, prism = box((1.0, 1.0, 1.0), (1, 1, 1), "hex8"), box((1.0, 1.0, 1.0), (1, 1, 1), "wedge6")
    points = np.concatenate([cube.points, prism.points + [0.0, 0.0, 1.0]])
    unique, inverse = np.unique(np.round(points, 9), axis=0, return_inverse=True)
    blocks = tuple(Block(b.kind, inverse[b.cells + shift]) for b, shift in ((cube.blocks[0], 0), (prism.blocks[0], 8)))
    mesh = Mesh(unique, blocks, {"cube": np.array([0]), "prisms": np.array([1, 2])}, {"top": np.array([[1, 1], [2, 1]])})
    for name, content in {"m.msh": writing.msh_bytes(mesh), "m.inp": writing.inp_text(mesh).encode()}.items():
        (tmp_path / name).write_bytes(content)
        back = read_mesh(tmp_path / name)
        upper = {key.lower(): rows for key, rows in back.volumes.items()}
        assert {block.kind: len(block.cells) for block in back.blocks} == {"hex8": 1, "wedge6": 2}
        assert (len(upper["cube"]), len(upper["prisms"])) == (1, 2)
        top = next(rows for key, rows in back.faces.items() if key.lower() == "top")
        named = Mesh(back.points, back.blocks, {}, {"top": top})
        assert len(top) == 2
        assert back.points[named.face_nodes("top")][:, 2] == pytest.approx(2.0)
        assert check_mesh(back).pieces == 1


def test_length_unit_is_converted(tmp_path):
    (tmp_path / "m.msh").write_bytes(writing.msh_bytes(box((0.1, 0.2, 0.3), (1, 1, 1))))
    back = read_mesh(tmp_path / "m.msh", "m")
    assert back.points.max(axis=0) == pytest.approx([100.0, 200.0, 300.0])
    with pytest.raises(InputError, match="not a length"):
        read_mesh(tmp_path / "m.msh", "kg")


DECK = """*HEADING
 hand-written
** a comment
*Node, nset=Everything
 1, 0., 0., 0.
 2, 1., 0., 0.
 3, 1., 1.D0, 0.
 4, 0., 1., 0.
 5, 0., 0., 1.
 6, 1., 0., 1.
 7, 1., 1., 1.
 8, 0., 1., 1.
 99, 5., 5., 5.
*ELEMENT, TYPE=C3D8R, ELSET=cube
 10, 1, 2, 3, 4,
 5, 6, 7, 8
*ELEMENT, TYPE=S4, ELSET=skin
 20, 5, 6, 7, 8
*NSET, NSET=low, GENERATE
 1, 4
*NSET, NSET=odd
 1, 3,
 low
*SURFACE, NAME=lid
 cube, S2
*SURFACE, NAME=outside
 cube
*MATERIAL, NAME=STEEL
*ELASTIC
 210000., 0.3
*STEP
"""


def test_hand_written_deck(tmp_path):
    (tmp_path / "m.inp").write_text(DECK)
    mesh = read_mesh(tmp_path / "m.inp")
    assert len(mesh.points) == 8  # node 99 belongs to no solid
    assert list(mesh.volumes) == ["cube"]
    assert np.array_equal(mesh.nodes["odd"], [0, 1, 2, 3])
    assert mesh.points[mesh.face_nodes("lid")][:, 2] == pytest.approx(1.0)
    assert np.array_equal(mesh.faces["lid"], mesh.faces["skin"])
    assert len(mesh.faces["outside"]) == 6


@pytest.mark.parametrize(
    "data", ["1, 2,3\n", "\n 7\t12 007,\n\n999999999999999999\n", "", ",,\n", "1, -2, 3", "4, 5.0\n", "1234567890123456789"]
)
def test_whole_numbers_are_read_as_written(data):
    wanted = [int(float(word)) if "." in word else int(word) for word in data.replace(",", " ").split()]
    found = abaqus._integers(data, "here")
    assert found.dtype == np.int64
    np.testing.assert_allclose(found, wanted, rtol=1e-15)  # beyond 18 digits, and with a point, by way of floats


def test_keywords_are_found_after_blanks_and_on_continued_lines_but_not_inside_lines():
    text = "** a *comment\n *NODE,\nNSET=a\n1, 0, 0, 0\n2, * 0\n\t*ELEMENT, TYPE=C3D4\n**\n"
    assert [match.group() for match in abaqus._heads(text)] == ["*NODE,\nNSET=a", "*ELEMENT, TYPE=C3D4"]


def test_includes_are_followed(tmp_path):
    nodes, rest = DECK.split("*ELEMENT, TYPE=C3D8R", 1)
    (tmp_path / "nodes.inp").write_text(nodes)
    (tmp_path / "m.inp").write_text("*INCLUDE, INPUT=nodes.inp\n*ELEMENT, TYPE=C3D8R" + rest)
    assert read_mesh(tmp_path / "m.inp").n_cells == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("C3D8R", "C3D8Z", "elements of type 'C3D8Z' are not known"),
        (" 5, 6, 7, 8\n*EL", " 5, 6, 7\n*EL", "need a number and 8 nodes"),
        ("1.D0", "one", "a number was expected here"),
        (" 5, 6, 7, 8\n*EL", " 5, 6, 7, 77\n*EL", "refers to node 77, which is not there"),
        (" cube, S2", " cube, S9", "side 'S9' is not one of S1 to S6"),
        (" cube, S2", " tube, S2", "the set 'tube' is not defined above"),
        (" low\n", " high\n", "the set 'high' is not defined above"),
        ("*MATERIAL", "*INSTANCE, NAME=a, PART=b\n*MATERIAL", "places parts by"),
        (" 20, 5, 6, 7, 8", " 20, 1, 3, 7, 5", "belong to no solid cell"),
        (" 3, 1., 1.D0, 0.", " 3, 1., 1.D0", "three coordinates on one line"),
    ],
)
def test_broken_decks_are_refused(tmp_path, old, new, message):
    assert old in DECK
    (tmp_path / "m.inp").write_text(DECK.replace(old, new, 1))
    with pytest.raises(InputError, match=message) as caught:
        read_mesh(tmp_path / "m.inp")
    assert "m.inp" in str(caught.value)


@pytest.mark.parametrize("name", ["m.msh", "m.vtu", "m.inp", "m.bdf", "m.vtk"])
@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"\x00\xff" * 40, b"$MeshFormat\n4.1 1 8\n"])
def test_rubbish_is_refused_and_ends_nothing(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError):
        read_mesh(tmp_path / name)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("name", ["m.msh", "m.vtu"])
def test_cut_files_are_refused(tmp_path, name, share):
    mesh = example("tet10")
    content = writing.msh_bytes(mesh) if name == "m.msh" else writing.mesh_vtu_bytes(mesh)
    (tmp_path / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError):
        read_mesh(tmp_path / name)


DAMAGED = {"m.msh": writing.msh_bytes(example("tet10")), "m.vtu": writing.mesh_vtu_bytes(example("tet10"))}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(DAMAGED)), st.floats(0.0, 0.999), st.binary(min_size=1, max_size=8))
def test_damaged_files_are_read_or_refused_and_take_no_memory_that_they_cannot_need(tmp_path_factory, name, place, wrong):
    content = bytearray(DAMAGED[name])
    start = int(place * len(content))
    content[start : start + len(wrong)] = wrong
    file = tmp_path_factory.mktemp("damaged") / name
    file.write_bytes(content)
    try:
        assert read_mesh(file).n_cells > 0
    except InputError as error:
        assert name in str(error)


def test_a_result_file_whose_data_lie_elsewhere_than_its_header_says_is_known_before_vtk_reads_it():
    content = DAMAGED["m.vtu"]
    start = content.index(b"_", content.index(b"<AppendedData")) + 1
    assert is_whole(content)
    assert not is_whole(content[:-200])
    assert not is_whole(content[:start] + b"\x00\x00\x00\x01" + content[start:])
    assert not is_whole(content[:start] + b"\xff" * 8 + content[start + 8 :])
    assert is_whole(content.replace(b"UInt64", b"UInt32"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux bounds the memory of a process")
def test_the_memory_for_reading_is_bounded_by_the_size_of_the_file():
    with pytest.raises(MemoryError), bounded(1000):
        np.empty(SPARE)
    assert len(np.empty(SPARE // 8)) == SPARE // 8


def test_missing_file_unknown_kind_and_surface_mesh(tmp_path):
    with pytest.raises(InputError, match="there is no such mesh file"):
        read_mesh(tmp_path / "none.msh")
    (tmp_path / "m.doc").write_text("x")
    with pytest.raises(InputError, match=r"'\.doc' are not read"):
        read_mesh(tmp_path / "m.doc")
    (tmp_path / "s.inp").write_text("*NODE\n1,0,0,0\n2,1,0,0\n3,0,1,0\n*ELEMENT, TYPE=S3\n1,1,2,3\n")
    with pytest.raises(InputError, match="no nodes and solid elements"):
        read_mesh(tmp_path / "s.inp")


NASTRAN = """SOL 101
CEND
BEGIN BULK
GRID,1,,0.0,0.0,0.0
GRID,2,,1.0,0.0,0.0
GRID,3,,0.0,1.0,0.0
GRID,4,,0.0,0.0,1.0
CTETRA,1,7,1,2,3,4
ENDDATA
"""


def test_nastran_properties_become_names(tmp_path):
    (tmp_path / "m.bdf").write_text(NASTRAN)
    mesh = read_mesh(tmp_path / "m.bdf")
    assert mesh.blocks[0].kind == "tet4"
    assert list(mesh.volumes) == ["property_7"]


@pytest.mark.parametrize("kind", ["tet10", "hex20", "wedge15", "hex8"])
def test_sides_of_abaqus_match_our_faces(kind):
    for face in range(len(KINDS[kind].faces)):
        assert abaqus.local_face(kind, abaqus.side_number(kind, face)) == face


def test_27_node_bricks_are_refused_by_inp():
    with pytest.raises(InputError, match="hex27 cells cannot be written"):
        writing.inp_text(box((1.0, 1.0, 1.0), (1, 1, 1), "hex27"))


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5, unique=True))
@settings(max_examples=30, deadline=None)
def test_set_names_stay_distinct_and_plain(names):
    written = writing._set_names(names)
    assert len(set(written.values())) == len(names)
    assert all(name.isascii() and name.replace("_", "A").isalnum() for name in written.values())


@pytest.mark.skipif(shutil.which("ccx") is None, reason="CalculiX (ccx) is not installed")
@pytest.mark.parametrize("kind", ["tet10", "hex20", "wedge15", "hex8", "tet4"])
def test_calculix_accepts_the_file_and_finds_the_volume_and_the_surface(kind, tmp_path):
    """A bar pulled by a pressure on its end: CalculiX must give the elongation sigma L / E."""
    mesh = box((10.0, 2.0, 2.0), (3, 1, 1), kind)
    deck = writing.inp_text(mesh) + "\n".join(
        ["*MATERIAL, NAME=M", "*ELASTIC", "1000., 0.", "*SOLID SECTION, ELSET=EALL, MATERIAL=M", "*STEP", "*STATIC"]
        + ["*BOUNDARY", "N_X0, 1, 1", "N_Y0, 2, 2", "N_Z0, 3, 3", "*DLOAD"]
    )
    sides = sorted({abaqus.side_number(kind, face) for face in mesh.faces["x1"][:, 1]})
    deck += "".join(f"\nE_X1_S{side}, P{side}, -1." for side in sides)
    deck += "\n*NODE PRINT, NSET=N_X1\nU\n*END STEP\n"
    (tmp_path / "m.inp").write_text(deck)
    done = subprocess.run(["ccx", "m"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "*ERROR" not in done.stdout
    rows = [line.split() for line in (tmp_path / "m.dat").read_text().splitlines() if len(line.split()) == 4]
    assert [float(row[1]) for row in rows] == pytest.approx([0.01] * len(rows), rel=1e-5)
    assert len(rows) == len(mesh.face_nodes("x1"))


def test_gmsh_file_whose_volume_has_no_physical_group_keeps_the_groups_of_its_faces(tmp_path):
    mesh = box((3.0, 2.0, 1.0), (3, 2, 1), "hex20")
    bare = Mesh(mesh.points, mesh.blocks, {}, mesh.faces, {})
    (tmp_path / "bare.msh").write_bytes(writing.msh_bytes(bare))
    found = read_mesh(tmp_path / "bare.msh")
    assert found.n_cells == mesh.n_cells
    assert not found.volumes
    assert {name: len(faces) for name, faces in found.faces.items()} == {name: len(faces) for name, faces in mesh.faces.items()}
    assert found.face_nodes("x1").size == mesh.face_nodes("x1").size
