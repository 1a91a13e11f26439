"""Friction at unilateral supports: a block on a pad sticks, slips, and slides away as Coulomb says."""

import numpy as np
import pytest

from mechlock.mesh.mapped import box
from mechlock.mesh.writing import msh_bytes

MODEL = """
format = "mechlock-model/1"
mesh = "block.msh"
length_unit = "mm"
[[materials]]
name = "steel"
E = "210 GPa"
nu = 0.3
density = "7850 kg/m**3"
[[supports]]
name = "floor"
on = "z0"
unilateral = true
friction = 0.3
STIFFNESS
"""


def pushed(name, side, down=10.0):
    x, y = 0.8 * side, 0.6 * side
    return f"""
[[cases]]
name = "{name}"
analysis = "static"
loads = [ {{ on = "z1", force = ["0 kN", "0 kN", "-{down} kN"] }}, {{ on = "z0", force = ["{x} kN", "{y} kN", "0 kN"] }} ]
"""


@pytest.fixture
def block(tmp_path):
    (tmp_path / "block.msh").write_bytes(msh_bytes(box((40.0, 40.0, 20.0), (4, 4, 2), "hex20", "block")))


@pytest.mark.parametrize("stiffness", ['stiffness = "1000 kN/mm"', ""])
def test_a_block_sticks_below_the_cone_and_slides_beyond_it(block, solve, stiffness):
    text = MODEL.replace("STIFFNESS", stiffness) + pushed("sticks", 2.0) + pushed("slides", 3.5)
    cases = solve(text, code=3)["cases"]
    sticks = cases["sticks"]
    assert sticks["status"] == "ok"
    assert sticks["reactions_N"]["floor"] == pytest.approx([-1600, -1200, 10000], abs=1e-3)
    assert sticks["equilibrium_error"] < 1e-8
    (contact,) = sticks["contact"]
    assert contact["friction_N"] == pytest.approx([-1600, -1200, 0], abs=1e-3)
    assert cases["slides"]["status"] == "contact_lost"
    assert "slide" in cases["slides"]["reason"]


def test_beyond_the_cone_a_spring_takes_what_friction_cannot(block, solve):
    spring = '[[springs]]\nname = "stop"\non = ["x0", "x1"]\nstiffness = ["50 kN/mm", "50 kN/mm", "0 N/mm"]\n'
    text = MODEL.replace("STIFFNESS", 'stiffness = "1000 kN/mm"') + spring + pushed("slides", 8.0)
    case = solve(text)["cases"]["slides"]
    (contact,) = case["contact"]
    assert contact["slipping_fraction"] == 1.0
    # everything slips one way, so that the pad gives mu times its force against it
    assert np.linalg.norm(contact["friction_N"][:2]) == pytest.approx(0.3 * 10e3, rel=1e-3)
    assert np.hypot(*case["reactions_N"]["stop"][:2]) == pytest.approx(5000, rel=1e-3)
    assert case["equilibrium_error"] < 1e-7


def test_modes_stand_on_the_sticking_pad(block, solve):
    """A block that sticks on a pad of equal stiffness every way: with hard steel the first modes are those of springs."""
    text = MODEL.replace("STIFFNESS", 'stiffness = "1 kN/mm"')
    text += '[[cases]]\nname = "modes"\nanalysis = "modal"\nmodes = 3\n'
    found = solve(text)["cases"]["modes"]
    mass = 7850e-12 * 40 * 40 * 20
    vertical = np.sqrt(1e3 / mass) / (2 * np.pi)
    assert found["status"] == "ok"
    # nothing is faster than the spring, and the slide couples with rocking below it
    assert found["frequencies_Hz"][0] < vertical
    assert found["frequencies_Hz"][2] == pytest.approx(vertical, rel=0.05)
