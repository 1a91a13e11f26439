"""Round holes in plates and walls of frames: volumes, meshes, stress, what is written of them, and what is refused."""

import json
import math

import numpy as np
import pytest

from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.frame import FrameFile
from mechlock.mesh.gmsh_format import msh_bytes
from mechlock.mesh.quality import check_mesh
from mechlock.mesh.tensor import tensor_mesh
from mechlock.mesh.tensor_cutout import cut_out
from mechlock.mesh.tensor_planes import DEFAULT, QUICK, REFINED, Grading
from mechlock.solids import frame_step
from mechlock.solids.frame import FrameSolid, build_frame
from mechlock.solids.frame_blanks import blanks
from mechlock.solids.frame_surface import part_triangles

DRAIN = {"at": ["0 mm", "300 mm"], "diameter": "120 mm"}
BOLT = {"at": ["150 mm", "450 mm"], "diameter": "20 mm"}
ACCESS = {"name": "access", "member": "rail", "side": "-x", "diameter": "30 mm", "at": ["-100 mm", "100 mm"], "aside": "2 mm"}


def solid_of(data) -> FrameSolid:
    return build_frame(reading.validate(FrameFile, data, "frame.toml"), "frame.toml")


@pytest.fixture
def holed(portal):
    del portal["plates"][0]["window"]
    portal["plates"][0]["holes"] = {"drain": dict(DRAIN), "bolt": dict(BOLT)}
    portal["holes"] = [dict(ACCESS)]
    return portal


def test_holes_take_away_their_cylinders(portal, holed) -> None:
    whole = {**holed, "holes": [], "plates": [{**holed["plates"][0], "holes": {}}]}
    solid, before = solid_of(holed), solid_of(whole)
    sheets = 2 * math.pi * (60**2 + 10**2) * 4
    walls = 4 * math.pi * 15**2 * 4
    assert before.volume - solid.volume == pytest.approx(sheets + walls, rel=1e-9)
    mass, full = solid.mass_properties(7.85e-9), before.mass_properties(7.85e-9)
    assert full.mass - mass.mass == pytest.approx(7.85e-9 * (sheets + walls), rel=1e-9)
    # Steiner by hand, about x through the origin: both sheets stand at y = 400 mm less half their thickness on the line
    y = abs(float(next(part for part in solid.parts if part.entry == "plates.end").envelope[:, 1].mean()))

    def about_x(found) -> float:
        return found.inertia[0, 0] + found.mass * (found.centre[1] ** 2 + found.centre[2] ** 2)

    discs = 2 * 7.85e-9 * 4 * math.pi * sum(r**2 * ((3 * r**2 + 16) / 12 + y**2 + z**2) for r, z in ((60, 300), (10, 450)))
    bores = 4 * 7.85e-9 * 4 * math.pi * 15**2 * ((3 * 15**2 + 16) / 12 + 100**2 + 40**2)
    low = next(part for part in solid.parts if part.entry == "members.rail").envelope[:, 2].mean()
    assert low == pytest.approx(40.0)
    assert about_x(full) - about_x(mass) == pytest.approx(discs + bores, rel=2e-3)  # a tube's bores turn about x: 15 and 4 mm


@pytest.mark.parametrize("grading", [QUICK, DEFAULT, REFINED], ids=["quick", "default", "refined"])
def test_meshes_go_round_the_holes(holed, grading: Grading) -> None:
    solid = solid_of(holed)
    tensor = tensor_mesh(solid, grading)
    quality = check_mesh(tensor.mesh)
    assert quality.volume == pytest.approx(solid.volume, rel=5e-5)
    assert quality.volume == pytest.approx(tensor.volume, rel=1e-12)
    assert (quality.pieces, quality.duplicate_nodes, quality.touching_faces) == (1, 0, 0)
    assert quality.least_jacobian_ratio > 0.3
    for hole in solid.holes:
        across = [axis for axis in range(3) if axis != hole.axis]
        nodes = tensor.mesh.points[tensor.mesh.face_nodes(hole.name)]
        assert np.linalg.norm((nodes - hole.centre)[:, across], axis=1) == pytest.approx(np.full(len(nodes), hole.radius))
        assert np.ptp(nodes[:, hole.axis]) == pytest.approx(hole.depth)
    assert set(np.concatenate([tensor.mesh.volumes[part.name] for part in solid.parts])) == set(range(tensor.mesh.n_cells))


def test_names_stay_on_their_holes_when_these_move_and_grow(holed, set_key) -> None:
    before = {hole.name for hole in solid_of(holed).holes}
    set_key(holed, "plates.0.holes.drain", {"at": ["-40 mm", "280 mm"], "diameter": "100 mm"})
    solid = solid_of(holed)
    assert {hole.name for hole in solid.holes} == before
    tensor = tensor_mesh(solid, QUICK)
    nodes = tensor.mesh.points[tensor.mesh.face_nodes("end.left.rear_to_front.base_to_top.drain")]
    assert np.linalg.norm(nodes[:, [0, 2]] - [-40, 280], axis=1) == pytest.approx(np.full(len(nodes), 50.0))


def test_solids_drawings_and_blanks_have_the_holes(holed) -> None:
    solid = solid_of(holed)
    assert frame_step.frame_shape(solid).mass == pytest.approx(solid.volume, rel=1e-9)
    plate = next(part for part in solid.parts if part.entry == "plates.end")
    surface = part_triangles(plate)
    volume = np.einsum("ni,ni->", surface[:, 0], np.cross(surface[:, 1], surface[:, 2])) / 6
    assert volume == pytest.approx(plate.volume, rel=2e-3)
    text = next(text for name, text in blanks(solid).items() if name.startswith("sheet_end"))
    circles = [block.split("\n")[1:] for block in text.split("CIRCLE")[1:]]
    assert sorted(float(lines[lines.index("40") + 1]) for lines in circles) == [10.0, 60.0]


STRIP = """format = "mechlock-model/1"
mesh = "strip.msh"
length_unit = "mm"
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
loads = [{ on = "tip", force = ["0 N", "0 N", "15 kN"] }]
"""


def test_a_flat_bar_with_a_hole_has_howlands_stress(tmp_path, capsys) -> None:
    """At d/w = 0.2 the peak is 3.14 of the gross stress (Howland 1930), beside the hole."""
    solid = solid_of(
        {
            "format": "mechlock-frame/1",
            "name": "strip",
            "material": "Q355B",
            "grid": {"x": {"a": "0 mm"}, "y": {"a": "0 mm"}, "z": {"low": "-100 mm", "high": "100 mm"}},
            "profiles": {"bar": {"type": "flat", "height": "50 mm", "thickness": "3 mm"}},
            "members": [{"name": "bar", "section": "bar", "along": "z", "x": "all", "y": "all", "upright": "x"}],
            "holes": [{"name": "hole", "member": "bar", "side": "+y", "diameter": "10 mm", "at": ["0 mm"]}],
        }
    )
    mesh = tensor_mesh(solid, Grading(size=8.0, growth=1.5)).mesh
    middle = mesh.points[mesh.blocks[0].cells[:, :8]].mean(axis=1)[:, 2]
    for name, wanted, face in (("root", middle.min(), 4), ("tip", middle.max(), 5)):
        cells = np.flatnonzero(np.abs(middle - wanted) < 1e-6)
        mesh.faces[name] = np.stack([cells, np.full(len(cells), face)], axis=1)
    (tmp_path / "strip.msh").write_bytes(msh_bytes(mesh))
    (tmp_path / "strip.toml").write_text(STRIP)
    assert run(["solve", str(tmp_path / "strip.toml"), "--json", "--quiet"]) == 0
    peak = json.loads(capsys.readouterr().out)["cases"]["pull"]["max_von_mises_MPa"]
    assert peak["value"] == pytest.approx(3.14 * 15e3 / 150, rel=0.02)
    assert abs(peak["at"][0]) == pytest.approx(5.0, rel=0.01)
    assert abs(peak["at"][2]) < 1.0


def test_a_submodel_keeps_holes_whole(holed) -> None:
    solid = solid_of(holed)
    tensor = tensor_mesh(solid, DEFAULT)
    for reach in (60.0, 120.0, 200.0):
        piece = cut_out(tensor, np.array([60.0, -400.0, 300.0]), reach, Grading(size=40.0))
        assert check_mesh(piece.tensor.mesh).volume == pytest.approx(piece.tensor.solid.volume, rel=1e-3)
        for hole in solid.holes:
            within = (hole.square > piece.low) & (hole.square < piece.high)
            assert (within[0] == within[1]).all()


def drain_of(data):
    return data["plates"][0]["holes"]["drain"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: drain_of(d).pop("at"), ["plates", "holes.drain.at"]),
        (lambda d: drain_of(d).update(diameter="0 mm"), ["holes.drain.diameter"]),
        (lambda d: drain_of(d).update(at=["0 mm", "900 mm"]), ["drain.at", "lies in no plate", "-270 to 270 mm in x"]),
        (lambda d: drain_of(d).update(at=["260 mm", "300 mm"]), ["holes.drain", "182 to 338 mm in x", "1.3 radii"]),
        (lambda d: d["plates"][0]["holes"]["bolt"].update(at=["80 mm", "300 mm"]), ["too near to each other", "91 mm"]),
        (lambda d: d["plates"][0].update(window={"x": "60 mm", "z": "60 mm"}), ["holes.drain", "wall all around"]),
        (lambda d: d["holes"][0].update(diameter="42 mm"), ["54.6 mm", "access", "covers"]),
        (lambda d: d["holes"][0].update(at=["395 mm"]), ["members.cross", "access.395", "covers"]),
        (lambda d: d["holes"][0].update(at=["900 mm"]), ["holes.access.at", "its pieces run"]),
        (lambda d: d["holes"][0].update(side="+y"), ["holes.access.side", "end of the member"]),
        (lambda d: d["holes"][0].update(side="+z", aside="0 mm"), ["mount_box", "named face"]),
        (lambda d: d["holes"][0].update(member="rails"), ["holes 'access'", "no member with flat faces 'rails'"]),
        (lambda d: d["holes"][0].update(x=["middle"]), ["holes 'access'", "no line of x 'middle'"]),
    ],
)  # fmt: skip
def test_holes_that_do_not_fit_are_refused(holed, change, words) -> None:
    change(holed)
    with pytest.raises(InputError) as caught:
        solid_of(holed)
    for word in ["frame.toml", *words]:
        assert word in str(caught.value)


def test_nothing_may_stand_on_a_hole(holed) -> None:
    doubler = {"name": "patch", "member": "rail", "gauge": "sheet", "side": "-x", "length": "80 mm", "at": ["100 mm"]}
    with pytest.raises(InputError, match=r"patch\.rail.* covers the square of 39 mm around the hole rail"):
        solid_of({**holed, "doublers": [doubler]})
