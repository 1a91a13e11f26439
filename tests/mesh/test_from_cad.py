"""STEP files that mechlock did not write: read, selected, meshed and solved; and what is said where a selector misses."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mechlock.checks.hand_calculations import lug_factor_net
from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.model_cad import Cad
from mechlock.mesh.from_cad import mesh_step
from mechlock.mesh.quality import check_mesh
from mechlock.solids.cad import kernel
from mechlock.solids.imported import read_step
from mechlock.solids.selecting import select_faces
from mechlock.solids.wall_thickness import walls

EYE = math.pi * 35**2 / 2 + 70 * 60
BRACKET = (120 * 80 - 4 * math.pi * 6.5**2) * 12 + (EYE - math.pi * 20**2) * 12
TUBE, PLATE = 600 * (80 * 50 - 70 * 40), 12 * 120 * 90


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("build123d")
    script = Path(__file__).with_name("parts_by_build123d.py")
    subprocess.run([sys.executable, "-W", "ignore", str(script), str(out)], check=True, capture_output=True)
    return out


def cad(faces=None, **keys) -> Cad:
    return reading.validate(Cad, {"faces": faces or {}, **keys}, "model.toml: cad")


def caught(path: Path, **selectors):
    return {item.name: item for item in select_faces(read_step(path), cad(selectors))}


BOLTS = {"cylinder": "13 mm", "count": 4}
PIN = {"cylinder": "40 mm"}


def test_selectors_catch_faces_by_what_they_are(parts: Path) -> None:
    found = caught(parts / "bracket.step", bolts=BOLTS, pin=PIN, base={"plane": "z = 0 mm"})
    assert {key: (item.count, item.problem) for key, item in found.items()} == {
        "bolts": (4, None),
        "pin": (1, None),
        "base": (1, None),
    }


def test_each_selector_states_a_condition_of_its_own(parts: Path) -> None:
    file = read_step(parts / "bracket.step")
    found = caught(
        parts / "bracket.step",
        corner={"cylinder": "13 mm", "nearest": ["60 mm", "40 mm", "0 mm"]},
        across={"cylinder": "40 mm", "axis": "y"},
        boxed={"box": [["-36 mm", "-7 mm", "50 mm"], ["36 mm", "7 mm", "110 mm"]], "count": "all"},
        touched={"nearest": ["0 mm", "0 mm", "120 mm"]},
        inclined={"plane": {"normal": [0, 0, 2], "through": ["9 mm", "9 mm", "12 mm"]}},
    )
    faces = {name: [file.faces[number] for number in item.faces] for name, item in found.items()}
    assert faces["corner"][0].centre == pytest.approx([45, 25, 6], abs=1e-6)
    assert [face.text for face in faces["across"]] == ["cylinder of diameter 40 mm"]
    assert sorted(face.text for face in faces["boxed"]) == ["cylinder of diameter 40 mm", "cylinder of diameter 70 mm"]
    assert faces["touched"][0].text == "cylinder of diameter 70 mm"
    assert faces["inclined"][0].text == "plane z = 12 mm"
    assert all(item.problem is None for item in found.values())


def test_halves_of_a_bore_count_as_one(tmp_path: Path) -> None:
    occ = kernel()
    hole = occ.Cylinder(occ.Pnt(0, 0, -1), occ.Dir(0, 0, 1), 10, 12)
    halves = [occ.Box(occ.Pnt(low, -20, 0), occ.Pnt(low + 20, 20, 10)) - hole for low in (-20, 0)]
    occ.Compound(halves).WriteStep(str(tmp_path / "halves.step"))
    found = caught(tmp_path / "halves.step", bore={"cylinder": "20 mm"}, top={"plane": "z = 10 mm"})
    assert [(len(item.faces), item.count, item.problem) for item in found.values()] == [(3, 1, None), (2, 1, None)]


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        ({"cylinder": "13 mm"}, ["catches 4 faces, 1 expected", "(-45, -25, 6)", "write count = 4"]),
        ({"cylinder": "13 mm", "count": 5}, ["catches 4 faces, 5 expected"]),
        ({"cylinder": "14 mm"}, ["catches no face", "cylinders of diameter 13, 40, 70 mm"]),
        ({"cylinder": "13 mm", "axis": "x"}, ["catches no face", "the other way"]),
        ({"plane": "z = 11 mm"}, ["catches no face", "planes with that normal at 12, 0 mm"]),
        ({"plane": {"normal": [1, 0, 1], "through": ["0 mm", "0 mm", "0 mm"]}}, ["catches no face", "no planes"]),
        ({"cylinder": "13 mm", "nearest": ["0 mm", "0 mm", "0 mm"]}, ["nearest", "equally near: move the point"]),
        ({"name": "weld"}, ["catches no face", "have no names"]),
        ({"box": [["0 m", "0 m", "1 m"], ["1 m", "1 m", "2 m"]]}, ["catches no face", "reaches from (-60, -40, 0)"]),
        ({"plane": "z = 0 mm", "body": "lid"}, ["there is no body 'lid'", "'bracket'"]),
    ],
)
def test_a_selector_that_misses_says_what_there_is(parts: Path, selector, words) -> None:
    problem = str(caught(parts / "bracket.step", face=selector)["face"].problem)
    for word in ["cad.faces.face", *words]:
        assert word in problem


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"faces": {"a": {}}}, ["faces.a", "selects nothing"]),
        ({"faces": {"a": {"plane": "z = 4"}}}, ["faces.a.plane", "is not a quantity"]),
        ({"faces": {"a": {"plane": "upper side"}}}, ["faces.a.plane", "is not a plane"]),
        ({"faces": {"a": {"plane": "z = 0 mm", "cylinder": "4 mm"}}}, ["both plane and cylinder"]),
        ({"faces": {"a": {"nearest": ["0 mm", "0 mm", "0 mm"], "count": 2}}}, ["nearest catches one face"]),
        ({"faces": {"a": {"plane": "z = 0 mm", "axis": "x"}}}, ["axis needs a cylinder"]),
        ({"size": "4 mm", "dofs": 4000}, ["size and dofs"]),
        ({"mesher": "tetgen"}, ["mesher", "'tetgen' is not allowed"]),
        ({"bodies": {"a": {}}}, ["bodies.a", "selects nothing"]),
        ({"sise": "4 mm"}, ["unknown key", "did you mean 'size'"]),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(table, words) -> None:
    with pytest.raises(InputError) as error:
        reading.validate(Cad, table, "model.toml: cad")
    for word in words:
        assert word in str(error.value)


def test_the_mesh_has_the_volume_of_the_part_and_its_names(parts: Path) -> None:
    made = mesh_step(parts / "bracket.step", cad({"bolts": BOLTS, "pin": {**PIN, "size": "6 mm"}}, size="14 mm"), "model")
    assert made.file.volume == pytest.approx(BRACKET, rel=1e-9)
    assert made.tet.volume == pytest.approx(BRACKET, rel=2e-3)
    assert check_mesh(made.tet.mesh).slivers == 0
    assert set(made.tet.mesh.volumes) == {"bracket"}
    pin = made.tet.mesh.points[made.tet.mesh.face_nodes("pin")]
    assert np.hypot(pin[:, 0], pin[:, 2] - 72) == pytest.approx(20.0, abs=1e-6)
    bolts = made.tet.mesh.points[made.tet.mesh.face_nodes("bolts")]
    assert np.hypot(np.abs(bolts[:, 0]) - 45, np.abs(bolts[:, 1]) - 25) == pytest.approx(6.5, abs=1e-6)


def test_a_name_stays_on_its_face_when_the_mesh_is_refined(parts: Path) -> None:
    selectors = {"pin": PIN, "base": {"plane": "z = 0 mm"}}
    areas = []
    for size in ("20 mm", "9 mm"):
        mesh = mesh_step(parts / "bracket.step", cad(selectors, size=size), "model").tet.mesh
        points = mesh.points[mesh.face_nodes("pin")]
        areas.append((points.min(axis=0), points.max(axis=0)))
        assert np.abs(mesh.points[mesh.face_nodes("base"), 2]).max() < 1e-9
    assert np.allclose(areas[0], areas[1], atol=0.1)


def test_bodies_that_touch_share_their_nodes_and_keep_their_names(parts: Path) -> None:
    table = {"size": "30 mm", "bodies": {"lid": {"nearest": ["612 mm", "0 mm", "0 mm"]}}}
    made = mesh_step(parts / "arm.step", reading.validate(Cad, table, "cad"), "model")
    assert set(made.tet.mesh.volumes) == {"tube", "end plate", "lid"}
    assert np.array_equal(made.tet.mesh.volumes["lid"], made.tet.mesh.volumes["end plate"])
    assert made.tet.volume == pytest.approx(TUBE + PLATE, rel=1e-9)
    assert check_mesh(made.tet.mesh).pieces == 1


def test_a_number_of_degrees_of_freedom_is_met(parts: Path) -> None:
    made = mesh_step(parts / "arm.step", cad(dofs=12_000), "model")
    assert 3 * len(made.tet.mesh.points) == pytest.approx(12_000, rel=0.1)


def test_units_of_the_file_are_its_own(parts: Path, tmp_path: Path) -> None:
    text = (parts / "arm.step").read_text()
    (tmp_path / "metres.step").write_text(text.replace("SI_UNIT(.MILLI.,.METRE.)", "SI_UNIT($,.METRE.)"))
    assert read_step(tmp_path / "metres.step").high[0] == pytest.approx(612_000.0)


MODEL = """format = "mechlock-model/1"
mesh = "{mesh}"
{keys}
[cad]
mesher = "{mesher}"
size = "25 mm"
[cad.faces]
root = {{ plane = "x = 0 mm" }}
tip = {{ plane = "x = 612 mm" }}
[[materials]]
name = "steel"
E = "210 GPa"
nu = 0.3
[[supports]]
on = "root"
fix = ["x", "y", "z"]
[[cases]]
name = "pull"
analysis = "static"
loads = [{{ on = "tip", force = ["0 N", "0 N", "1 kN"] }}]
"""


@pytest.mark.parametrize("mesher", ["netgen", "gmsh"])
def test_a_step_file_is_solved(parts: Path, mesher: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Timoshenko's cantilever: bending of the tube, shear of its two webs; the end plate is as good as rigid."""
    if mesher == "gmsh":
        pytest.importorskip("gmsh")
    path = parts / f"{mesher}.toml"
    path.write_text(MODEL.format(mesh="arm.step", keys="", mesher=mesher))
    assert run(["solve", str(path), "-o", str(parts / mesher), "--json", "--quiet"]) == 0
    case = json.loads(capsys.readouterr().out)["cases"]["pull"]
    second = (80 * 50**3 - 70 * 40**3) / 12
    bending = 1e3 * (600**3 / 3 + 600**2 * 12) / (210e3 * second)
    shear = 1e3 * 612 / (80.77e3 * 2 * 5 * 45)
    assert case["max_displacement_mm"] == pytest.approx(bending + shear, rel=0.02)
    assert case["reactions_N"]["total"] == pytest.approx([0, 0, -1e3], abs=1e-6)
    assert (parts / mesher / "selectors.png").is_file()


STRIP = """format = "mechlock-model/1"
mesh = "strip.step"
[cad]
size = "6 mm"
[cad.faces]
root = { plane = "x = -100 mm" }
tip = { plane = "x = 100 mm" }
hole = { cylinder = "10 mm", size = "1 mm" }
[[materials]]
name = "steel"
E = "210 GPa"
nu = 0.3
[[supports]]
on = "root"
fix = ["x", "y", "z"]
[[cases]]
name = "pull"
analysis = "static"
loads = [{ on = "tip", force = ["15 kN", "0 N", "0 N"] }]
"""
BOLTED = """format = "mechlock-model/1"
mesh = "bracket.step"
[cad]
size = "14 mm"
[cad.faces]
bolts = { cylinder = "13 mm", count = 4 }
pin = { cylinder = "40 mm", size = "5 mm" }
[[materials]]
name = "steel"
E = "210 GPa"
nu = 0.3
[[supports]]
on = "bolts"
fix = ["x", "y", "z"]
[[sections]]
name = "upright"
at = ["0 mm", "0 mm", "30 mm"]
normal = [0, 0, 1]
[[cases]]
name = "pull"
analysis = "static"
loads = [{ on = "pin", bearing = ["0 N", "0 N", "36 kN"] }]
[[cases]]
name = "side"
analysis = "static"
loads = [{ on = "pin", force = ["0 N", "5 kN", "0 N"] }]
"""


def solved(folder: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]):
    path = folder / f"{name}.toml"
    path.write_text(text)
    assert run(["solve", str(path), "-o", str(folder / name), "--json", "--quiet"]) == 0
    assert (folder / name / "selectors.png").stat().st_size > 10_000
    return json.loads(capsys.readouterr().out)["cases"]


def test_a_strip_with_a_hole_has_howlands_stress_and_kirschs_energy(parts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At d/w = 0.2 the peak is 3.14 of the gross stress (Howland 1930); a small hole adds 3 pi a^2 s^2 t / 2 E (Kirsch)."""
    case = solved(parts, "strip", STRIP, capsys)["pull"]
    assert case["reactions_N"]["total"] == pytest.approx([-15e3, 0, 0], abs=1e-6)
    gross = 15e3 / (50 * 3)
    assert case["max_von_mises_MPa"]["value"] == pytest.approx(3.14 * gross, rel=0.02)
    place = case["max_von_mises_MPa"]["at"]
    assert abs(place[1]) == pytest.approx(5.0, rel=0.01)
    assert abs(place[0]) < 1.0
    energy = 15e3**2 * 200 / (2 * 210e3 * 150) + 3 * math.pi * 5**2 * gross**2 * 3 / (2 * 210e3)
    assert case["energy_mJ"] == pytest.approx(energy, rel=5e-3)


def test_a_bolted_bracket_balances_and_peaks_as_a_lug(parts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Forces and moments by hand; the peak lies between Peterson's chart for square heads and a third more, for round eyes."""
    cases = solved(parts, "bolted", BOLTED, capsys)
    assert cases["pull"]["reactions_N"]["bolts"] == pytest.approx([0, 0, -36e3], abs=1e-4)
    assert cases["side"]["reaction_moments_N_mm"]["bolts"] == pytest.approx([5e3 * 72, 0, 0], abs=1.0)
    assert cases["side"]["sections"]["upright"]["bending_N_mm"] == pytest.approx(5e3 * (72 - 30), rel=1e-6)
    net = 36e3 / ((70 - 40) * 12)
    square = lug_factor_net(40 / 70) * net
    assert square < cases["pull"]["max_von_mises_MPa"]["value"] < 4 / 3 * square
    assert abs(cases["pull"]["max_von_mises_MPa"]["at"][0]) == pytest.approx(20.0, abs=1.0)


def test_building_a_model_writes_its_mesh_and_what_was_caught(parts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = parts / "built.toml"
    path.write_text(MODEL.format(mesh="arm.step", keys="", mesher="netgen"))
    assert run(["build", str(path), "-o", str(parts / "built"), "--json", "--quiet"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record["files"]) >= {"mesh.msh", "mesh.vtu", "mesh.inp", "mesh.json"}
    assert record["cad"]["selectors"]["tip"][0]["area_mm2"] == pytest.approx(120 * 90)
    assert record["mesh"]["volume_mm3"] == pytest.approx(record["cad"]["volume_mm3"], rel=1e-9)


@pytest.mark.parametrize(
    ("mesh", "keys", "message"),
    [
        ("none.step", "", "there is no such STEP file"),
        ("text.step", "", "this is not a STEP file"),
        ("broken.step", "", "cannot be read"),
        ("sheet.step", "", "holds no solid body"),
        ("arm.step", 'length_unit = "mm"', "STEP states its own unit"),
        ("arm.msh", 'length_unit = "mm"', "cad is given for a mesh file"),
    ],
)
def test_a_wrong_file_ends_with_a_message(parts: Path, mesh, keys, message, capsys: pytest.CaptureFixture[str]) -> None:
    (parts / "text.step").write_text("solid cube\n")
    whole = (parts / "arm.step").read_text()
    (parts / "broken.step").write_text(whole[: len(whole) // 3])
    occ = kernel()
    occ.WorkPlane(occ.Axes((0, 0, 0), n=occ.Z)).Rectangle(4, 4).Face().WriteStep(str(parts / "sheet.step"))
    path = parts / "wrong.toml"
    path.write_text(MODEL.format(mesh=mesh, keys=keys, mesher="netgen"))
    assert run(["solve", str(path), "--quiet"]) == 2
    assert message in capsys.readouterr().err


def test_without_gmsh_the_message_names_the_extra(parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gmsh", None)
    with pytest.raises(Exception, match=r"mechlock\[cad\]"):
        mesh_step(parts / "arm.step", cad(size="60 mm", mesher="gmsh"), "model")


def test_the_picture_says_what_is_wrong_with_a_selector(parts: Path) -> None:
    from mechlock.view.loading import load

    path = parts / "pictured.toml"
    text = MODEL.format(mesh="bracket.step", keys="", mesher="netgen").replace('plane = "x = 0 mm"', 'cylinder = "13 mm"')
    path.write_text(text)
    names = [name for name, _ in load(path).parts]
    assert names == ["root (4, should be 1)", "no name; tip: catches nothing"]


@pytest.fixture(scope="module")
def thin(tmp_path_factory) -> Path:
    """A plate 30 x 20 x 3 with a hole of 8."""
    occ = kernel()
    path = tmp_path_factory.mktemp("thin") / "thin.step"
    hole = occ.Cylinder(occ.Pnt(15, 10, -1), occ.Dir(0, 0, 1), 4, 5)
    (occ.Box(occ.Pnt(0, 0, 0), occ.Pnt(30, 20, 3)) - hole).WriteStep(str(path))
    return path


@pytest.mark.parametrize("count", [1, 2])
def test_walls_have_as_many_elements_as_asked_for(thin: Path, count: int) -> None:
    mesh = mesh_step(thin, reading.validate(Cad, {"size": "8 mm", "through": count}, "cad"), "thin.toml").tet.mesh
    z = mesh.points[mesh.blocks[0].cells[:, :4], 2]
    spans = (z.min(axis=1) < 1e-6) & (z.max(axis=1) > 3.0 - 1e-6)
    assert spans.any() == (count == 1)


def test_wall_thicknesses_are_measured_by_rays(thin: Path) -> None:
    file = read_step(thin)
    found = {(file.faces[wall.face].text, file.faces[wall.opposite].text): wall.thickness for wall in walls(file)}
    assert found["plane z = 0 mm", "plane z = 3 mm"] == pytest.approx(3.0)
    assert all(thickness >= 3.0 - 1e-9 for thickness in found.values())


def test_too_many_ways_to_set_the_size_are_refused() -> None:
    with pytest.raises(InputError, match="through and dofs both"):
        reading.validate(Cad, {"dofs": 9000, "through": 2}, "cad")
