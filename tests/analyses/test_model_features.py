"""Every kind of material, load, support and reading of the model file against a closed form."""

import numpy as np
import pytest

from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.mesh import Mesh
from mechlock.mesh.writing import msh_bytes

LENGTH, SIDE = 100.0, 10.0
DENSITY = 7850e-12  # t/mm^3
HEAD = """
format = "mechlock-model/1"
mesh = "bar.msh"
length_unit = "mm"
"""
STEEL = """
[[materials]]
name = "steel"
E = "210 GPa"
nu = 0.0
density = "7850 kg/m**3"
"""
ROOT = """
[[supports]]
name = "root"
on = "x0"
fix = ["x", "y", "z"]
"""


GUIDE = """
[[supports]]
name = "guide"
on = ["y0", "y1"]
fix = ["y"]
[[supports]]
name = "slide"
on = ["z0", "z1"]
fix = ["z"]
"""


@pytest.fixture
def bar(tmp_path):
    (tmp_path / "bar.msh").write_bytes(msh_bytes(box((LENGTH, SIDE, SIDE), (10, 2, 2), "hex20", "bar")))


def static(name, loads, more=""):
    return f'[[cases]]\nname = "{name}"\nanalysis = "static"\nloads = [ {loads} ]\n{more}\n'


def probe(name, at, quantity):
    x, y, z = at
    return f'[[probes]]\nname = "{name}"\nat = ["{x} mm", "{y} mm", "{z} mm"]\nquantity = "{quantity}"\n'


def test_yield_gives_utilisation(bar, solve):
    text = HEAD + STEEL + 'yield = "420 MPa"\n' + ROOT + static("pull", '{ on = "x1", pressure = "-21 MPa" }')
    found = solve(text)["cases"]["pull"]["utilisation"]
    assert found["value"] == pytest.approx(21 / 420)
    assert found["yield_MPa"] == 420.0


def test_library_yield_follows_the_thickness(bar, solve):
    steel = '[[materials]]\nname = "S700MC"\non = "bar"\n'
    case = ROOT + static("pull", '{ on = "x1", pressure = "-21 MPa" }')
    thin = solve(HEAD + steel + 'thickness = "5 mm"\n' + case)["cases"]["pull"]["utilisation"]
    thick = solve(HEAD + steel + 'thickness = "80 mm"\n' + case)["cases"]["pull"]["utilisation"]
    assert thin["yield_MPa"] == 700.0
    assert thick["yield_MPa"] == 680.0


def test_orthotropic_bar_turned_by_90_degrees(bar, solve):
    # fibres along y: the bar's own modulus is that across them, and nu21 = nu12 E2 / E1 contracts along the fibres
    ply = """
[[materials]]
name = "ply"
E1 = "140 GPa"
E2 = "10 GPa"
E3 = "10 GPa"
nu12 = 0.3
nu13 = 0.3
nu23 = 0.4
G12 = "5 GPa"
G13 = "5 GPa"
G23 = "3.5 GPa"
axes = [["0", "1", "0"], ["1", "0", "0"]]
"""
    hold = '[[supports]]\non = "x0"\nsymmetry = true\n[[supports]]\non = "y0"\nsymmetry = true\n'
    hold += '[[supports]]\non = "z0"\nsymmetry = true\n'
    text = HEAD + ply + hold + static("pull", '{ on = "x1", traction = ["20 MPa", "0 MPa", "0 MPa"] }')
    text += probe("along", (50, 5, 5), "strain.xx") + probe("fibre", (50, 5, 5), "strain.yy")
    text += probe("third", (50, 5, 5), "strain.zz") + probe("most", (50, 5, 5), "strain.principal.1")
    got = solve(text)["cases"]["pull"]["probes"]
    assert got["along"]["value"] == pytest.approx(20 / 10e3)
    assert got["fibre"]["value"] == pytest.approx(-0.3 * 10 / 140 * 20 / 10e3)
    assert got["third"]["value"] == pytest.approx(-0.4 * 20 / 10e3)
    assert got["most"]["value"] == pytest.approx(20 / 10e3)


def test_moment_and_force_at_a_point_bend_like_a_beam(bar, solve):
    inertia = SIDE**4 / 12
    text = HEAD + STEEL + ROOT + static("moment", '{ on = "x1", moment = ["0 N*m", "-10 N*m", "0 N*m"] }')
    text += static("lever", '{ on = "x1", force = ["0 N", "0 N", "100 N"], at = ["200 mm", "5 mm", "5 mm"] }')
    text += probe("end", (LENGTH, 5, 5), "displacement.z") + probe("top", (50, 5, SIDE), "stress.xx")
    text += '[[sections]]\nname = "middle"\nat = ["50 mm", "5 mm", "5 mm"]\nnormal = ["1", "0", "0"]\n'
    cases = solve(text)["cases"]
    ei = 210e3 * inertia
    assert cases["moment"]["probes"]["end"]["value"] == pytest.approx(10e3 * LENGTH**2 / (2 * ei), rel=2e-3)
    assert cases["moment"]["probes"]["top"]["value"] == pytest.approx(-10e3 * 5 / inertia, rel=1e-3)
    # a force 100 mm beyond the end: moment 150 N * 100 mm at mid-length
    section = cases["lever"]["sections"]["middle"]
    assert section["force_N"] == pytest.approx([0, 0, 100], abs=1e-6)
    assert section["moment_N_mm"] == pytest.approx([0, -15e3, 0], abs=1e-3)
    assert section["bending_N_mm"] == pytest.approx(15e3)
    assert section["shear_N"] == pytest.approx(100)
    assert cases["lever"]["reactions_N"]["root"] == pytest.approx([0, 0, -100], abs=1e-6)
    assert cases["lever"]["equilibrium_error"] < 1e-9


def test_section_force_of_weight_counts_what_hangs_beyond(bar, solve):
    text = HEAD + STEEL + ROOT + static("hang", "", 'g_load = ["1 g", "0 g", "0 g"]')
    text += '[[sections]]\nname = "cut"\nat = ["30 mm", "5 mm", "5 mm"]\nnormal = ["1", "0", "0"]\n'
    got = solve(text)["cases"]["hang"]["sections"]["cut"]["normal_N"]
    weight = DENSITY * SIDE**2 * 70.0 * 9806.65
    # the nodes on the cut carry the weight of half a cell of their own
    assert got == pytest.approx(weight, rel=0.1)


def test_bearing_load_has_its_resultant_and_pushes_only(tmp_path, solve):
    def ring(unit):
        radius, angle = 10.0 + 10.0 * unit[:, 0], 2 * np.pi * unit[:, 1]
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), 5.0 * unit[:, 2]])

    block = mapped_block((2, 16, 1), ring, "hex20", "eye")
    rounded = np.round(block.points, 6) + 0.0
    _, first, inverse = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    cells = type(block.blocks[0])("hex20", inverse.ravel()[block.blocks[0].cells])
    mesh = Mesh(block.points[first], (cells,), block.volumes, {"bore": block.faces["x0"], "rim": block.faces["x1"]}, {})
    (tmp_path / "bar.msh").write_bytes(msh_bytes(mesh))
    text = HEAD + STEEL + ROOT.replace('"x0"', '"rim"') + static("pin", '{ on = "bore", bearing = ["3 kN", "4 kN", "0 N"] }')
    text += probe("pressed", (6.0, 8.0, 2.5), "stress.xx") + probe("lee", (-6.0, -8.0, 2.5), "principal.3")
    text += probe("load side", (6.0, 8.0, 2.5), "principal.3")
    case = solve(text)["cases"]["pin"]
    assert case["reactions_N"]["root"] == pytest.approx([-3000, -4000, 0], abs=1e-3)
    assert case["equilibrium_error"] < 1e-9
    # p = p0 cos, with 5000 N = p0 r t pi / 2
    peak = 5000 / (10 * 5 * np.pi / 2)
    assert case["probes"]["load side"]["value"] == pytest.approx(-peak, rel=0.1)
    message = solve(text.replace('"0 N"] }', '"1 kN"] }'), code=2)
    assert "cannot take this force by pressure alone" in message
    assert "cases.pin.loads" in message


def test_symmetry_on_an_inclined_face_is_a_slide(tmp_path, solve):
    turned = np.deg2rad(30.0)
    rotation = np.array([[np.cos(turned), -np.sin(turned), 0], [np.sin(turned), np.cos(turned), 0], [0, 0, 1]])
    mesh = box((LENGTH, SIDE, SIDE), (4, 1, 1), "hex20", "bar")
    (tmp_path / "bar.msh").write_bytes(msh_bytes(Mesh(mesh.points @ rotation.T, mesh.blocks, mesh.volumes, mesh.faces, {})))
    text = HEAD + STEEL.replace("nu = 0.0", "nu = 0.3") + "".join(
        f'[[supports]]\nname = "{face}"\non = "{face}"\nsymmetry = true\n' for face in ("x0", "y0", "z0")
    )  # fmt: skip
    text += static("pull", '{ on = "x1", pressure = "-21 MPa" }')
    text += '[[cases]]\nname = "modes"\nanalysis = "modal"\nmodes = 2\n'
    results = solve(text)["cases"]
    case = results["pull"]
    assert case["max_von_mises_MPa"]["value"] == pytest.approx(21.0)
    assert case["reactions_N"]["x0"] == pytest.approx((rotation @ [-2100, 0, 0]).tolist(), abs=1e-4)
    assert case["equilibrium_error"] < 1e-8
    assert "contact" not in case
    # the first mode of a rod that slides at one end and is free at the other, or of a beam bent about the same
    assert results["modes"]["about"] is None
    assert results["modes"]["rigid_modes"] == 0


def test_inertia_relief_of_a_pushed_bar(bar, solve):
    text = HEAD + STEEL + static("push", '{ on = "x0", force = ["1 kN", "0 N", "0 N"] }', "inertia_relief = true")
    text += static("twist", '{ on = "x1", moment = ["0 N*m", "0 N*m", "5 N*m"] }', "inertia_relief = true")
    text += probe("middle", (50, 5, 5), "stress.xx") + probe("left", (0, 5, 5), "displacement.x")
    cases = solve(text)["cases"]
    mass = DENSITY * LENGTH * SIDE**2
    assert cases["push"]["inertia_relief"]["acceleration_g"][0] == pytest.approx(1000 / mass / 9806.65)
    # the pushed bar carries half the force in its middle; the end moves by integral N / EA about the centre of mass
    assert cases["push"]["probes"]["middle"]["value"] == pytest.approx(-5.0, rel=1e-6)
    assert cases["push"]["probes"]["left"]["value"] == pytest.approx(1000 * LENGTH / (3 * 210e3 * SIDE**2), rel=1e-6)
    assert cases["push"]["equilibrium_error"] < 1e-9
    turning = mass * (LENGTH**2 + SIDE**2) / 12
    assert cases["twist"]["inertia_relief"]["angular_acceleration_rad_s2"][2] == pytest.approx(5000 / turning, rel=1e-9)
    assert "supports" in solve(text.replace("inertia_relief = true", 'inertia_relief = true\nsupports = ["a"]', 1), code=2)


def test_combination_and_envelope(bar, solve):
    text = HEAD + STEEL + ROOT
    text += static("pull", '{ on = "x1", force = ["2100 N", "0 N", "0 N"] }')
    text += static("lift", '{ on = "x1", force = ["0 N", "0 N", "10 N"] }')
    text += '[[combinations]]\nname = "both"\nfactors = { pull = 1.5, lift = -2.0 }\n'
    text += '[[envelopes]]\nname = "worst"\nof = ["pull", "lift", "both"]\n' + probe("end", (LENGTH, 5, 5), "displacement.x")
    cases = solve(text, "--case", "worst")["cases"]
    assert cases["both"]["reactions_N"]["root"] == pytest.approx([-3150, 0, 20], abs=1e-6)
    worst = cases["worst"]
    assert worst["max_von_mises_MPa"]["case"] == "both"
    assert worst["max_von_mises_MPa"]["value"] == pytest.approx(cases["both"]["max_von_mises_MPa"]["value"])
    assert worst["reactions_N"]["root"]["min_case"][::2] == ["both", "lift"]
    assert worst["probes"]["end"]["max"] == pytest.approx(0.015, rel=1e-6)
    assert "there is no static case" in solve(text.replace("pull = 1.5", "pul = 1.5"), code=2)


def test_line_splits_bending_from_membrane(bar, solve):
    text = HEAD + STEEL + ROOT
    text += static(
        "both", '{ on = "x1", force = ["2100 N", "0 N", "0 N"] }, { on = "x1", moment = ["0 N*m", "-5 N*m", "0 N*m"] }'
    )
    text += '[[lines]]\nname = "wall"\nstart = ["50 mm", "5 mm", "0 mm"]\nend = ["50 mm", "5 mm", "10 mm"]\n'
    found = solve(text)["cases"]["both"]["lines"]["wall"]
    bending = 5000 * 5 / (SIDE**4 / 12)
    assert found["membrane_MPa"]["xx"] == pytest.approx(21.0, rel=1e-6)
    assert found["start"]["bending_MPa"]["xx"] == pytest.approx(bending, rel=1e-3)
    assert found["end"]["membrane_and_bending_MPa"]["tresca"] == pytest.approx(abs(21.0 - bending), rel=1e-2)
    assert abs(found["start"]["peak_MPa"]["xx"]) < 0.05


def test_weld_toe_reads_the_surface_stress_of_a_bar_in_tension(bar, solve):
    text = HEAD + STEEL + ROOT + static("pull", '{ on = "x1", pressure = "-21 MPa" }')
    weld = '[[welds]]\nname = "toe"\nstart = ["50 mm", "1 mm", "10 mm"]\nend = ["50 mm", "9 mm", "10 mm"]\n'
    weld += 'away = ["1", "0", "0"]\ninward = ["0", "0", "-1"]\nthickness = "20 mm"\n'
    found = solve(text + weld)["cases"]["pull"]["welds"]["toe"]
    assert found["across_MPa"] == pytest.approx([21.0] * 5)
    assert found["max_across_MPa"] == pytest.approx(21.0)
    coarse = solve(text + weld.replace("20 mm", "5 mm"))["cases"]["pull"]["welds"]["toe"]
    assert coarse["max_across_MPa"] is None
    assert "cells are" in coarse["reason"]


def test_harmonic_loads_and_damping_of_every_kind(bar, solve):
    """A rod with a force at its end: static stiffness at low frequency, 1 / (2 zeta) of it (and 8 / pi^2) at its first mode."""
    first = np.sqrt(210e3 / DENSITY) / (4 * LENGTH)
    case = '[[cases]]\nname = "{name}"\nanalysis = "harmonic"\nmodes = 3\n'
    case += 'loads = [ {{ on = "x1", force = ["2100 N", "0 N", "0 N"] }} ]\n'
    case += f'frequencies = ["1 Hz", "{first} Hz"]\ndamping = {{damping}}\n'
    text = HEAD + STEEL + ROOT + GUIDE + case.format(name="ratio", damping="0.01")
    text += case.format(name="loss", damping="{ structural = 0.02 }")
    text += case.format(name="rayleigh", damping=f'{{ rayleigh = {{ stiffness = "{0.02 / (2 * np.pi * first)} s" }} }}')
    text += case.format(name="list", damping="{ modal = [0.01, 0.5] }")
    text += probe("end", (LENGTH, 5, 5), "displacement.x")
    for name, found in solve(text)["cases"].items():
        low, high = found["probes"]["end"]["amplitude"]
        assert low == pytest.approx(0.01, rel=1e-3), name
        assert high == pytest.approx(0.01 * 8 / np.pi**2 / 0.02, rel=5e-3), name
        assert found["probes"]["end"]["phase_deg"][1] == pytest.approx(-90, abs=2)


def test_response_spectrum_of_one_mode_and_its_rules(bar, solve):
    first = np.sqrt(210e3 / DENSITY) / (4 * LENGTH)
    text = HEAD + STEEL + ROOT + GUIDE + probe("end", (LENGTH, 5, 5), "displacement.x")
    for rule in ("ABS", "SRSS", "CQC", "NRL"):
        text += f'[[cases]]\nname = "{rule}"\nanalysis = "spectrum"\ncombination = "{rule}"\n'
        text += 'direction = "x"\ndamping = 0.02\nmodes = 1\n'
        text += 'spectrum = { frequency = ["1 Hz", "1e6 Hz"], acceleration = ["10 g", "10 g"] }\n'
    found = {rule: case["probes"]["end"]["peak"] for rule, case in solve(text)["cases"].items()}
    # participation of a rod's first mode at its end is 4 / pi; the rest of the static answer w L^2 / 2 E belongs to missing mass
    level = 10 * 9806.65
    mode = 4 / np.pi * level / (2 * np.pi * first) ** 2
    rest = level * DENSITY * LENGTH**2 / (2 * 210e3) - mode
    assert found["ABS"] == pytest.approx(mode + abs(rest), rel=1e-3)
    assert found["SRSS"] == pytest.approx(np.hypot(mode, rest), rel=1e-3)
    assert found["CQC"] == pytest.approx(found["SRSS"])
    assert found["NRL"] == pytest.approx(found["SRSS"])


def test_recorded_history_equals_the_pulse_it_was_sampled_from(bar, solve):
    head = 'analysis = "shock"\ndirection = "z"\ndamping = 0.03\nmodes = 4\n'
    text = (
        HEAD
        + STEEL
        + ROOT
        + f'[[cases]]\nname = "pulse"\n{head}pulse = {{ shape = "half_sine", peak = "7 g", duration = "6 ms" }}\n'
    )
    time = np.linspace(0, 6, 121)
    values = ", ".join(f'"{7 * np.sin(np.pi * t / 6):.9f} g"' for t in time)
    times = ", ".join(f'"{t:.9f} ms"' for t in time)
    text += f'[[cases]]\nname = "record"\n{head}history = {{ time = [{times}], acceleration = [{values}] }}\n'
    text += probe("end", (LENGTH, 5, 5), "displacement.z")
    cases = solve(text)["cases"]
    peaks = [cases[name]["probes"]["end"]["peak"] for name in ("pulse", "record")]
    assert peaks[1] == pytest.approx(peaks[0], rel=1e-3)


def test_prestressed_modes_of_a_pinned_bar_in_tension(bar, solve):
    """f = f0 sqrt(1 + T L^2 / (pi^2 E I)) (Blevins, Formulas for Natural Frequency and Mode Shape, section 8.1)."""
    hold = '[[supports]]\nname = "ends"\non = ["x0", "x1"]\nfix = ["y", "z"]\n'
    hold += '[[springs]]\non = "y0"\nstiffness = ["1 N/mm", "0 N/mm", "0 N/mm"]\n'
    text = HEAD + STEEL + hold + static("pull", '{ on = "x1", pressure = "-2000 MPa" }, { on = "x0", pressure = "-2000 MPa" }')
    for name, more in (("free", ""), ("tight", 'about = "pull"\nprestressed = true\n')):
        text += f'[[cases]]\nname = "{name}"\nanalysis = "modal"\nmodes = 2\n{more}'
    cases = solve(text)["cases"]
    # the first is the motion along the weak spring
    free, tight = (cases[name]["frequencies_Hz"][1] for name in ("free", "tight"))
    tension, inertia = 2000 * SIDE**2, SIDE**4 / 12
    assert tight / free == pytest.approx(np.sqrt(1 + tension * LENGTH**2 / (np.pi**2 * 210e3 * inertia)), rel=0.02)
    assert "about" in solve(text.replace('about = "pull"\n', ""), code=2)


def test_refinement_reports_rate_and_limit(bar, solve):
    text = HEAD + STEEL.replace("nu = 0.0", "nu = 0.3") + ROOT + static("bend", '{ on = "x1", force = ["0 N", "0 N", "100 N"] }')
    text += probe("end", (LENGTH, 5, 5), "displacement.z")
    results = solve(text, "--converge", "--watch", "probes", "--tolerance", "0.005", "--max-dofs", "90000")
    found = results["cases"]["bend"]["convergence"]["probes.end"]
    assert len(found["values"]) == len(results["convergence"]["meshes"]) == 3
    assert found["settled"]
    # the corners of a clamped root make the energy converge at about twice 0.7
    assert 0.8 < found["rate"] < 3.0
    assert found["extrapolated"] == pytest.approx(found["values"][-1], rel=1e-3)
    # stress at the root grows without bound, and is only reported here; watched, it gives no verdict
    stress = results["cases"]["bend"]["convergence"]["max_von_mises_MPa"]
    assert not stress["settled"]
    verdict = solve(text, "--converge", "--max-dofs", "40000", code=3)
    assert verdict["cases"]["bend"]["status"] == "stress_not_settled"
    assert "nothing that is watched" in solve(text, "--converge", "--watch", "prob.", "--max-dofs", "90000", code=2)
