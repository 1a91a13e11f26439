"""Model files through the command line: right answers, the contract's keys, and one clear message for what is wrong."""

import json

import numpy as np
import pytest

from mechlock.cli import main
from mechlock.mesh.mapped import box
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.writing import inp_text, msh_bytes, vtu_bytes
from mechlock.view import fields

BAR = """
format = "mechlock-model/1"
mesh = "bar.msh"
length_unit = "mm"
[[materials]]
name = "steel"
E = "210000 MPa"
nu = 0.0
density = "7850 kg/m**3"
on = ["bar"]
[[supports]]
on = "x0"
fix = ["x", "y", "z"]
"""
PULL = """
[[cases]]
name = "pull"
analysis = "static"
loads = [ { on = "x1", pressure = "-21 MPa" } ]
"""
LENGTH, SIDE = 100.0, 10.0
MASS_KG = 7850e-9 * LENGTH * SIDE * SIDE


def bar(kind="hex20", cells=(8, 1, 1)):
    return box((LENGTH, SIDE, SIDE), cells, kind, "bar")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bar.msh").write_bytes(msh_bytes(bar()))
    return tmp_path


def run(folder, text, capsys, *options, code=0):
    (folder / "model.toml").write_text(text)
    got = main.run(["solve", str(folder / "model.toml"), "--json", "--quiet", *options])
    printed = capsys.readouterr()
    assert got == code, printed.err
    return json.loads(printed.out) if printed.out else printed.err


def test_bar_under_tension(folder, capsys):
    probes = """
[[probes]]
name = "end"
at = ["100 mm", "5 mm", "5 mm"]
quantity = "displacement.x"
[[probes]]
name = "middle"
at = ["50 mm", "0 mm", "0 mm"]
quantity = "stress.xx"
[[probes]]
name = "strain"
at = ["50 mm", "5 mm", "5 mm"]
quantity = "strain.xx"
[[probes]]
name = "first"
at = ["50 mm", "5 mm", "5 mm"]
quantity = "principal.1"
"""
    results = run(folder, BAR + PULL + probes, capsys, "-o", str(folder / "out"))
    case = results["cases"]["pull"]
    assert case["status"] == "ok"
    assert case["reactions_N"]["x0"] == pytest.approx([-2100.0, 0.0, 0.0], abs=1e-6)
    assert case["reactions_N"]["total"] == pytest.approx([-2100.0, 0.0, 0.0], abs=1e-6)
    assert case["equilibrium_error"] < 1e-9
    assert case["energy_mJ"] == pytest.approx(0.5 * 2100.0 * 0.01)
    assert case["max_von_mises_MPa"]["value"] == pytest.approx(21.0)
    assert case["max_von_mises_MPa"]["group"] == "bar"
    assert case["max_displacement_mm"] == pytest.approx(0.01)
    assert {name: probe["value"] for name, probe in case["probes"].items()} == pytest.approx(
        {"end": 0.01, "middle": 21.0, "strain": 1e-4, "first": 21.0}
    )
    assert case["error_estimate"] < 1e-9
    assert results["mesh"]["mass_kg"] == pytest.approx(MASS_KG)
    assert {"nodes", "elements", "dofs", "mass_kg", "quality"} <= set(results["mesh"])
    assert {"model", "time_s", "memory_MB", "versions"} <= set(results)
    written = json.loads((folder / "out" / "results.json").read_text())
    assert written["cases"]["pull"]["energy_mJ"] == case["energy_mJ"]
    assert (folder / "out" / "pull.vtu").is_file()


def test_result_fields_are_read_back(folder, capsys):
    pyvista = pytest.importorskip("pyvista")
    run(folder, BAR + PULL, capsys, "-o", str(folder / "out"))
    grid = pyvista.read(folder / "out" / "pull.vtu")
    assert grid["von_mises"] == pytest.approx(np.full(grid.n_points, 21.0), rel=1e-5)
    assert grid["displacement"][:, 0].max() == pytest.approx(0.01, rel=1e-5)


def test_result_fields_as_vtkhdf_are_read_back_and_seen(folder, capsys):
    run(folder, BAR + PULL, capsys, "-o", str(folder / "out"), "--hdf")
    assert not list((folder / "out").glob("*.vtu"))
    found = fields.read(folder / "out" / "pull.vtkhdf")
    assert found.grid["von_mises"] == pytest.approx(np.full(found.grid.n_points, 21.0), rel=1e-5)
    assert "stress.xx" in found.cases["pull"]


def test_length_unit_weight_and_inp_mesh(folder, capsys):
    mesh = bar()
    small = Mesh(mesh.points / 1000.0, mesh.blocks, mesh.volumes, mesh.faces)
    (folder / "bar.inp").write_text(inp_text(small))
    text = BAR.replace("bar.msh", "bar.inp").replace('"mm"', '"m"').replace('"bar"', '"BAR"').replace('"x0"', '"X0"')
    text += '[[cases]]\nname = "weight"\nanalysis = "static"\ng_load = ["0 g", "0 g", "-1 g"]\n'
    case = run(folder, text, capsys)["cases"]["weight"]
    assert case["reactions_N"]["X0"][2] == pytest.approx(MASS_KG * 9.80665)


def test_cases_are_chosen_by_name(folder, capsys):
    text = BAR + PULL + PULL.replace('"pull"', '"again"').replace("-21", "-42")
    results = run(folder, text, capsys, "--case", "again")
    assert list(results["cases"]) == ["again"]
    assert results["cases"]["again"]["max_displacement_mm"] == pytest.approx(0.02)


def test_enforced_displacement_and_supports_of_a_case(folder, capsys):
    text = (
        BAR
        + """
[[supports]]
name = "grip"
on = "x1"
displacement = { x = "0.02 mm" }
[[cases]]
name = "gripped"
analysis = "static"
displacements = { grip = { x = "0.05 mm" } }
[[cases]]
name = "free end"
analysis = "static"
supports = ["x0"]
g_load = ["1 g", "0 g", "0 g"]
"""
    )
    cases = run(folder, text, capsys)["cases"]
    assert cases["gripped"]["max_von_mises_MPa"]["value"] == pytest.approx(210000 * 0.05 / LENGTH, rel=1e-6)
    assert "grip" not in cases["free end"]["reactions_N"]
    assert cases["free end"]["reactions_N"]["total"][0] == pytest.approx(-MASS_KG * 9.80665)


def test_free_expansion_and_temperature_field(folder, capsys):
    mesh = bar()
    (folder / "bar.vtu").write_bytes(
        vtu_bytes(
            mesh.points, mesh.blocks, {"heat": 40.0 * mesh.points[:, 0] / LENGTH, "group:x0": mesh.points[:, 0] == 0.0},
            {"group:bar": np.ones(8, np.uint8)},
        )
    )  # fmt: skip
    text = (
        BAR.replace("bar.msh", "bar.vtu")
        .replace("nu = 0.0", 'nu = 0.0\nexpansion = "12e-6 1/K"')
        .replace('fix = ["x", "y", "z"]', 'fix = ["x"]\n[[springs]]\non = "x0"\nstiffness = ["0 N/mm", "1 N/mm", "1 N/mm"]')
    )
    text += '[[cases]]\nname = "hot"\nanalysis = "static"\nloads = [ { on = "bar", temperature = "heat" } ]\n'
    text = text.replace('[[springs]]\non = "x0"', '[[springs]]\nname = "soft"\non = "x0"')
    text += '[[probes]]\nname = "end"\nat = ["100 mm", "5 mm", "5 mm"]\nquantity = "displacement.x"\n'
    case = run(folder, text, capsys)["cases"]["hot"]
    # the mean temperature is 20 K; sections bulge like a sphere, of which the flat support takes the mean away
    slope, bulge = 40.0 / LENGTH, 2.0 * (SIDE / 2) ** 2 / 3.0
    assert case["probes"]["end"]["value"] == pytest.approx(12e-6 * (20.0 * LENGTH + 0.5 * slope * bulge), rel=1e-5)


def test_pads_lift_off_and_locks_pull(folder, capsys):
    text = BAR.replace('on = "x0"\nfix = ["x", "y", "z"]', 'on = "z0"\nunilateral = true\nstiffness = "100 kN/mm"\nname = "bed"')
    text += """
[[springs]]
name = "guide"
on = "x0"
stiffness = ["1 kN/mm", "1 kN/mm", "0 N/mm"]
[[locks]]
name = "hook"
on = "z1"
direction = ["0", "0", "-1"]
stiffness = "100 kN/mm"
preload = { range = ["1 kN", "2 kN"] }
[[cases]]
name = "lift"
analysis = "static"
loads = [ { on = "z1", force = ["0 N", "0 N", "1 kN"] } ]
[[cases]]
name = "modes"
analysis = "modal"
modes = 4
about = "preload"
"""
    results = run(folder, text, capsys)
    case = results["cases"]["lift"]
    hook = next(item for item in case["contact"] if item["set"] == "hook")
    bed = next(item for item in case["contact"] if item["set"] == "bed")
    # equal stiffnesses share the lift: the hook gains half of it, the bed loses half
    assert hook["force_N"] == pytest.approx(1500.0, rel=0.01)
    assert bed["force_N"] == pytest.approx(500.0, rel=0.03)
    high = case["at_high_preload"]
    assert next(item for item in high["contact"] if item["set"] == "hook")["force_N"] == pytest.approx(2500.0, rel=0.01)
    assert case["equilibrium_error"] < 1e-9
    assert len(results["cases"]["modes"]["frequencies_Hz"]) == 4


def test_cantilever_modes_effective_mass_and_dynamics(folder, capsys):
    text = (
        BAR
        + """
[[cases]]
name = "modes"
analysis = "modal"
modes = 8
[[cases]]
name = "slow push"
analysis = "shock"
pulse = { shape = "half_sine", peak = "1 g", duration = "500 ms" }
direction = "z"
damping = 0.02
modes = 4
[[cases]]
name = "still"
analysis = "static"
g_load = ["0 g", "0 g", "-1 g"]
[[cases]]
name = "low sine"
analysis = "harmonic"
amplitude = "1 g"
frequencies = ["1 Hz"]
direction = "z"
damping = 0.02
[[cases]]
name = "noise"
analysis = "random"
psd = { frequency = ["1 Hz", "10 Hz"], level = ["0.1 g**2/Hz", "0.1 g**2/Hz"] }
direction = "z"
damping = 0.02
[[probes]]
name = "tip"
at = ["100 mm", "5 mm", "5 mm"]
quantity = "displacement.z"
[[probes]]
name = "root"
at = ["20 mm", "5 mm", "10 mm"]
quantity = "stress.xx"
"""
    )
    results = run(folder, text, capsys)
    cases = results["cases"]
    second = SIDE**4 / 12.0
    clamped = 1.8751**2 / (2 * np.pi) * np.sqrt(210000.0 * second / (7.85e-9 * SIDE**2 * LENGTH**4))
    assert cases["modes"]["frequencies_Hz"][0] == pytest.approx(clamped, rel=0.02)
    along_z = np.array(cases["modes"]["effective_mass_kg"])[:2, 2].sum()
    assert along_z / MASS_KG == pytest.approx(0.613, abs=0.01)
    still = cases["still"]["probes"]
    for name in ("tip", "root"):
        # far below the first mode the answer is the static one to the same acceleration of the base
        assert cases["slow push"]["probes"][name]["peak"] == pytest.approx(still[name]["value"], rel=2e-3)
        assert cases["low sine"]["probes"][name]["amplitude"][0] == pytest.approx(abs(still[name]["value"]), rel=1e-3)
        rms_g = np.sqrt(0.1 * 9.0)
        assert cases["noise"]["probes"][name]["rms"] == pytest.approx(rms_g * abs(still[name]["value"]), rel=2e-3)
    assert 0.2 < cases["slow push"]["probes"]["tip"]["time_s"] < 0.3


def test_stress_at_the_clamped_root_is_left_out_when_a_thickness_is_given(folder, capsys):
    text = BAR.replace("nu = 0.0", 'nu = 0.3\nthickness = "10 mm"') + PULL.replace(
        'pressure = "-21 MPa"', 'traction = ["0 MPa", "0 MPa", "1 MPa"]'
    )
    case = run(folder, text, capsys)["cases"]["pull"]
    worst = case["max_von_mises_MPa"]
    assert worst["at"][0] > SIDE
    assert worst["excluded_value"] > 0.0
    assert worst["excluded_at"][0] <= SIDE
    assert 0.05 < worst["excluded_volume_fraction"] < 0.25


def test_column_buckles_at_euler_s_load_and_a_pulled_one_does_not(folder, capsys):
    (folder / "bar.msh").write_bytes(msh_bytes(box((400.0, 20.0, SIDE), (20, 2, 1), "hex20", "bar")))
    case = '[[cases]]\nname = "{}"\nanalysis = "buckling"\nmodes = 2\nloads = [ {{ on = "x1", pressure = "{} MPa" }} ]\n'
    text = BAR + case.format("pressed", 1) + case.format("pulled", -1)
    results = run(folder, text, capsys, "--case", "pressed")
    euler = np.pi**2 * 210000.0 * 20.0 * SIDE**3 / 12.0 / (4.0 * 400.0**2)
    factors = results["cases"]["pressed"]["load_factors"]
    assert factors[0] * 20.0 * SIDE == pytest.approx(euler, rel=5e-3)
    pulled = run(folder, text, capsys, "--case", "pulled")["cases"]["pulled"]
    assert pulled["status"] == "ok"
    assert pulled["load_factors"] == []
    assert "no buckling under these loads" in pulled["notes"][0]
    assert main.run(["solve", str(folder / "model.toml"), "--quiet", "--case", "pulled"]) == 0
    assert "note: no buckling under these loads" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('[[supports]]\non = "x0"\nfix = ["x", "y", "z"]', "", "can slide"),
        ('fix = ["x", "y", "z"]', 'fix = ["x", "y"]', "can slide along z"),
        ('on = "x1", pressure', 'on = "x9", pressure', "no group of faces called 'x9'"),
        ('on = "x0"', 'on = "nowhere"', "supports[0].on: the mesh has no group"),
        ('"7850 kg/m**3"', '"7850 kg"', "materials[0].density: '7850 kg' is not a density"),
        ('"-21 MPa"', "21", "has no unit"),
        ('nu = 0.0', "nu = 0.6", "materials[0].nu"),
        ('length_unit = "mm"', 'length_unit = "kg"', "'kg' is not a unit of length"),
        ('name = "steel"\nE = "210000 MPa"\nnu = 0.0\ndensity = "7850 kg/m**3"', 'name = "unobtainium"', "unobtainium"),
        ('mesh = "bar.msh"', 'mesh = "none.msh"', "there is no such mesh file"),
        ('on = ["bar"]', 'on = ["bear"]', "no group of volumes called 'bear'"),
        ('density = "7850 kg/m**3"', 'densty = "7850 kg/m**3"', "did you mean 'density'?"),
        ('analysis = "static"', 'analysis = "static"\ndisplacements = { y9 = { x = "1 mm" } }', "y9"),
        ('analysis = "static"', 'analysis = "static"\nsupports = ["nothing"]', "nothing"),
    ],
)  # fmt: skip
def test_bad_models_end_in_one_message_and_write_nothing(folder, capsys, old, new, message):
    text = BAR + PULL
    assert old in text
    err = run(folder, text.replace(old, new, 1), capsys, "-o", str(folder / "out"), code=2)
    assert message in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert not (folder / "out").exists()
    assert not list(folder.glob(".out*"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('[[supports]]\nname = "b"\non = "x0"\ndisplacement = { x = "1 mm" }', "different displacements"),
        ('[[masses]]\nname = "pack"\nmass = "1 t"\nat = ["0 mm", "0 mm", "0 mm"]\nattach = []', "masses[0].attach"),
        (
            '[[cases]]\nname = "odd"\nanalysis = "static"\nfoo = 3',
            "known keys here: analysis, displacements, g_load, inertia_relief, loads, name, supports",
        ),
        ('[[masses]]\nname = "pack"\nmass = "1 t"\nat = ["0 mm", "0 mm", "0 mm"]\nattach = ["lost"]', "called 'lost'"),
        ('[[probes]]\nname = "far"\nat = ["999 mm", "0 mm", "0 mm"]\nquantity = "von_mises"', "(999, 0, 0) mm lies outside"),
        ('[[probes]]\nname = "p"\nat = ["1 mm", "0 mm", "0 mm"]\nquantity = "stress.ww"', "'stress.ww' is not known"),
        ('[[cases]]\nname = "pull"\nanalysis = "modal"', "two cases are called 'pull'"),
        ('[[locks]]\nname = "l"\non = "x1"\ndirection = [0, 0, 0]\nstiffness = "1 kN/mm"', "no length"),
        ('[[cases]]\nname = "m"\nanalysis = "modal"\nabout = "storm"', "no static case 'storm'"),
        ('[[bases]]\nstiffness_matrix = "none.csv"', "bases[0]"),
    ],
)  # fmt: skip
def test_bad_additions_end_in_one_message(folder, capsys, more, message):
    err = run(folder, BAR + PULL + more + "\n", capsys, code=2)
    assert message in err
    assert err.count("\n") == 1


def test_weight_without_density_and_empty_group(folder, capsys):
    light = BAR.replace('density = "7850 kg/m**3"\n', "") + PULL.replace(
        'loads = [ { on = "x1", pressure = "-21 MPa" } ]', 'g_load = ["0 g", "0 g", "-1 g"]'
    )
    assert "density" in run(folder, light, capsys, code=2)
    deck = inp_text(bar()) + "*NSET, NSET=HOLLOW\n"
    (folder / "bar.inp").write_text(deck)
    text = (
        (BAR + PULL).replace("bar.msh", "bar.inp").replace('"bar"', '"BAR"').replace('"x1"', '"X1"').replace('"x0"', '"HOLLOW"')
    )
    assert "HOLLOW" in run(folder, text, capsys, code=2)


def test_inside_out_and_not_finite_meshes(folder, capsys):
    mesh = bar()
    (folder / "bar.msh").write_bytes(msh_bytes(Mesh(mesh.points * [1, 1, -1], mesh.blocks, mesh.volumes, mesh.faces)))
    assert "inside out" in run(folder, BAR + PULL, capsys, code=2)
    points = mesh.points.copy()
    points[5] = np.nan
    (folder / "bar.msh").write_bytes(msh_bytes(Mesh(points, mesh.blocks, mesh.volumes, mesh.faces)))
    assert "not finite" in run(folder, BAR + PULL, capsys, code=2)


def test_unknown_case_names_those_there_are(folder, capsys):
    assert "it has 'pull'" in run(folder, BAR + PULL, capsys, "--case", "push", code=2)


def test_two_bars_tied_end_to_end_stretch_as_one(folder, capsys):
    left, right = bar(), box((LENGTH, SIDE, SIDE), (5, 3, 3), "hex20", "other")
    count, cells = len(left.points), left.n_cells
    blocks = (Block("hex20", np.concatenate([left.blocks[0].cells, right.blocks[0].cells + count])),)
    points = np.concatenate([left.points, right.points + [LENGTH, 0.0, 0.0]])
    faces = {"x0": left.faces["x0"], "inner": left.faces["x1"]}
    faces |= {"outer": right.faces["x0"] + [cells, 0], "x1": right.faces["x1"] + [cells, 0]}
    mesh = Mesh(points, blocks, {"bar": np.arange(cells + right.n_cells)}, faces)
    (folder / "bar.msh").write_bytes(msh_bytes(mesh))
    case = run(folder, BAR + PULL + '[[ties]]\nmaster = "inner"\nslave = "outer"\n', capsys)["cases"]["pull"]
    assert case["max_displacement_mm"] == pytest.approx(0.02, rel=1e-6)
    assert case["max_von_mises_MPa"]["value"] == pytest.approx(21.0, rel=1e-6)
    assert case["equilibrium_error"] < 1e-9


@pytest.mark.parametrize("coupling", ["rigid", "distributing"])
def test_mass_at_the_tip_weighs_on_the_root(folder, capsys, coupling):
    more = f"""
[[masses]]
name = "pack"
mass = "2 kg"
at = ["150 mm", "5 mm", "5 mm"]
attach = ["x1"]
coupling = "{coupling}"
[[cases]]
name = "weight"
analysis = "static"
g_load = ["0 g", "0 g", "-1 g"]
"""
    case = run(folder, BAR + more, capsys)["cases"]["weight"]
    force = 2.0 * 9.80665
    assert case["reactions_N"]["total"][2] == pytest.approx(force + MASS_KG * 9.80665)
    moment = -(force * 150.0 + MASS_KG * 9.80665 * 0.5 * LENGTH)
    assert case["reaction_moments_N_mm"]["total"][1] == pytest.approx(moment)


CORRIDOR = "GB38031_sim_collision_ge_7p5t"
SHAKEN = """
[[cases]]
name = "c"
direction = "y"
damping = 0.02
"""


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ('analysis = "random"\npsd = { frequency = [], level = [] }', "psd.frequency: 0 entries"),
        ('analysis = "random"\npsd = { frequency = ["5 Hz", "9 Hz"], level = ["0 g**2/Hz", "0 g**2/Hz"] }', "not above zero"),
        ('analysis = "random"\npsd = { frequency = ["9 Hz", "5 Hz"], level = ["1 g**2/Hz", "1 g**2/Hz"] }', "do not ascend"),
        ('analysis = "random"\npsd = { frequency = [5, 9], level = ["1 g**2/Hz", "1 g**2/Hz"] }', "5 has no unit"),
        ('analysis = "random"\npsd = { frequency = ["5 Hz", "9 Hz"], level = ["nan g**2/Hz", "1 g**2/Hz"] }', "level[0]"),
        (
            'analysis = "random"\nmodes = 1\npsd = { frequency = ["3 kHz", "9 kHz"], level = ["1 g**2/Hz", "1 g**2/Hz"] }',
            "the modes end at",
        ),
        (
            'analysis = "spectrum"\nmodes = 3\nspectrum = { frequency = ["1 Hz", "20 Hz"], acceleration = ["1 g", "2 g"] }',
            "no mode lies between 1 and 20 Hz",
        ),
        ('analysis = "spectrum"\nspectrum = { frequency = ["1 Hz", "9 Hz"], acceleration = ["0 g", "2 g"] }', "not above zero"),
        (
            'analysis = "shock"\nhistory = { time = ["0 s", "2 ms", "1 ms"], acceleration = ["0 g", "1 g", "0 g"] }',
            "do not ascend",
        ),
        ('analysis = "shock"\npulse = { shape = "half_sine", peak = "7", duration = "6 ms" }', "pulse.peak"),
        ('analysis = "shock"\npulse = { shape = "half_sine", peak = "7 g", duration = "1e-8 s" }', "too far apart in time"),
        (f'analysis = "spectrum"\nstandard = "{CORRIDOR}"', "is a corridor, which has histories along x and y"),
    ],
)
def test_dynamic_inputs_that_say_nothing_are_refused(folder, capsys, case, message):
    said = run(folder, BAR + SHAKEN + case, capsys, "-o", str(folder / "out"), code=2)
    assert message in said
    assert len(said.strip().splitlines()) == 1
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("case", "note"),
    [
        ('analysis = "random"\npsd = { frequency = ["5 Hz", "20 Hz"], level = ["1 g**2/Hz", "1 g**2/Hz"] }', "nothing resonates"),
        (
            'analysis = "spectrum"\nmodes = 3\nspectrum = { frequency = ["1 Hz", "1 kHz"], acceleration = ["1 g", "2 g"] }',
            "take the spectrum's level at its end",
        ),
        ('analysis = "shock"\npulse = { shape = "half_sine", peak = "7 g", duration = "600 ms" }', "too slow for the modes"),
        ('analysis = "shock"\nmodes = 1\npulse = { shape = "half_sine", peak = "7 g", duration = "20 us" }', "is over before"),
        (f'analysis = "shock"\nstandard = "{CORRIDOR}"', "worst trapezoid inside the corridor for the mode at 831.1 Hz"),
        ('analysis = "harmonic"\namplitude = "1 g"\nfrequencies = ["5 Hz", "20 Hz"]', "frequencies end at 20 Hz"),
        ('analysis = "harmonic"\nmodes = 1\namplitude = "1 g"\nfrequencies = ["5 kHz", "9 kHz"]', "frequencies begin at 5000 Hz"),
    ],
)
def test_what_the_input_misses_is_said(folder, capsys, case, note):
    assert note in run(folder, BAR + SHAKEN + case, capsys)["cases"]["c"]["notes"][0]


@pytest.mark.parametrize(
    "case",
    [
        'analysis = "shock"\npulse = { shape = "half_sine", peak = "7 g", duration = "1 ms" }',
        'analysis = "harmonic"\namplitude = "1 g"\nfrequencies = ["700 Hz", "900 Hz"]',
    ],
)
def test_an_input_that_meets_a_mode_leaves_no_note(folder, capsys, case):
    assert run(folder, BAR + SHAKEN + case, capsys)["cases"]["c"]["notes"] == []


def test_the_worst_history_of_a_corridor_lifts_a_mode_above_its_middle(folder, capsys):
    """A soft bar at 12 Hz: the worst trapezoid (12 g along x, amplified 1.7 times) against the same peak held still."""
    soft = BAR.replace("210000 MPa", "0.2 MPa") + SHAKEN.replace('"y"', '"x"')
    probe = '\n[[probes]]\nname = "end"\nat = ["100 mm", "5 mm", "5 mm"]\nquantity = "displacement.x"\n'
    case = run(folder, soft + f'analysis = "shock"\nstandard = "{CORRIDOR}"' + probe, capsys)["cases"]["c"]
    first = 1.0 / (4.0 * LENGTH) * np.sqrt(0.2 / 7850e-12)
    assert case["notes"] == [f"worst trapezoid inside the corridor for the mode at {first:.4g} Hz: 12 g, amplified 1.7 times"]
    still = 12.0 * 9806.65 * 7850e-12 * LENGTH**2 / (2.0 * 0.2)
    assert abs(case["probes"]["end"]["peak"]) == pytest.approx(1.7 * still, rel=0.06)


ON_BED = (
    BAR.replace('on = "x0"\nfix = ["x", "y", "z"]', 'on = "z0"\nunilateral = true\nstiffness = "100 kN/mm"\nname = "bed"')
    + """
[[springs]]
name = "guide"
on = "x0"
stiffness = ["1 kN/mm", "1 kN/mm", "0 N/mm"]
[[locks]]
name = "hook"
on = "z1"
direction = ["0", "0", "-1"]
stiffness = "100 kN/mm"
preload = "100 N"
[[cases]]
name = "c"
direction = "z"
damping = 0.02
"""
)


@pytest.mark.parametrize(
    ("analysis", "level"),
    [
        ('analysis = "shock"\npulse = { shape = "half_sine", peak = "LEVEL g", duration = "6 ms" }', 1.0),
        ('analysis = "random"\npsd = { frequency = ["5 Hz", "200 Hz"], level = ["LEVEL g**2/Hz", "LEVEL g**2/Hz"] }', 1e-4),
        (
            'analysis = "spectrum"\nmodes = 3\nspectrum = { frequency = ["1 Hz", "9 kHz"], acceleration = ["1 g", "LEVEL g"] }',
            1.0,
        ),
        ('analysis = "harmonic"\namplitude = "LEVEL g"\nfrequencies = ["20 Hz", "50 Hz"]', 1.0),
    ],
)
def test_superposition_with_seats_that_open_is_no_result(folder, capsys, analysis, level):
    """One g leaves the bed under 100 N of clamp closed; ten thousand times as much opens it in the linear answer."""
    quiet = run(folder, ON_BED + analysis.replace("LEVEL", f"{level:g}"), capsys)["cases"]["c"]
    assert quiet["status"] == "ok"
    loud = run(folder, ON_BED + analysis.replace("LEVEL", f"{level * 1e8:g}"), capsys, code=3)["cases"]["c"]
    assert loud["status"] == "contact_lost"
    assert loud["reason"].startswith("the response opens contacts at ")


@pytest.mark.parametrize(("level", "code"), [(200.0, 0), (330.0, 3)])
def test_a_slowly_shaken_block_lifts_where_its_weight_times_g_says(folder, capsys, level, code):
    """Bed and hook of equal stiffness share m a: the bed under 100 N (and half the weight) opens at 2 * 100 N / m, 260 g."""
    case = f'analysis = "harmonic"\namplitude = "{level} g"\nfrequencies = ["5 Hz"]'
    assert 200.0 < 2 * 100.0 / (MASS_KG * 9.80665) + 1.0 < 330.0
    status = run(folder, ON_BED + case, capsys, code=code)["cases"]["c"]["status"]
    assert status == ("contact_lost" if code else "ok")


def test_a_weld_toe_on_too_coarse_a_mesh_is_not_read(folder, capsys):
    """Cells of 10 mm for toes of a 10 mm plate are read, of a 2 mm plate not: 0.4 t and 1.0 t would lie in one cell."""
    weld = """
[[welds]]
name = "toe"
start = ["0 mm", "5 mm", "10 mm"]
away = [1, 0, 0]
inward = [0, 0, -1]
thickness = "2 mm"
"""
    found = run(folder, BAR + PULL + weld, capsys)["cases"]["pull"]["welds"]["toe"]
    assert found["max_across_MPa"] is None
    assert found["across_MPa"] == [None]
    assert "cells are" in found["reason"]
    assert main.run(["solve", str(folder / "model.toml"), "--quiet"]) == 0
    assert f"weld toe: {found['reason']}" in capsys.readouterr().out
