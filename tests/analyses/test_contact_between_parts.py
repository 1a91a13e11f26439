"""Contact between two surfaces of one mesh: stacked bars, a bolted joint that separates, a pin in its hole."""

import numpy as np
import pytest

from mechlock.mesh.mapped import box, mapped_block
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.writing import msh_bytes

LENGTH, SIDE, E = 100.0, 12.0, 210e3
AREA = SIDE * SIDE
BAR = E * AREA / (2.0 * LENGTH)
HEAD = """
format = "mechlock-model/1"
mesh = "parts.msh"
length_unit = "mm"
[[materials]]
name = "steel"
E = "210000 MPa"
nu = 0.0
density = "7850 kg/m**3"
"""
STACK = (
    HEAD
    + """
[[supports]]
on = "a.x0"
fix = ["x", "y", "z"]
[[supports]]
on = "b.y0"
fix = ["y"]
[[supports]]
on = "b.z0"
fix = ["z"]
[[contacts]]
name = "joint"
on = "b.x0"
against = "a.x1"
[[probes]]
name = "end"
at = ["200 mm", "6 mm", "6 mm"]
quantity = "displacement.x"
"""
)


def beside(first, second):
    """Two meshes as one, their groups named a.* and b.*."""
    count, cells = len(first.points), first.n_cells
    shifted = tuple(Block(block.kind, block.cells + count) for block in second.blocks)
    blocks = (Block(first.blocks[0].kind, np.concatenate([first.blocks[0].cells, shifted[0].cells])),)
    faces = {f"a.{name}": faces for name, faces in first.faces.items()}
    faces |= {f"b.{name}": faces + np.array([cells, 0]) for name, faces in second.faces.items()}
    return Mesh(
        np.concatenate([first.points, second.points]), blocks, {"parts": np.arange(first.n_cells + second.n_cells)}, faces, {}
    )


def stack():
    lower = box((LENGTH, SIDE, SIDE), (2, 2, 2), "hex20")
    upper = box((LENGTH, SIDE, SIDE), (2, 3, 3), "hex20")
    return beside(lower, Mesh(upper.points + [LENGTH, 0.0, 0.0], upper.blocks, {}, upper.faces, {}))


def pressed(force, name="load"):
    return f"""
[[cases]]
name = "{name}"
analysis = "static"
loads = [ {{ on = "b.x1", traction = ["{force / AREA} MPa", "0 MPa", "0 MPa"] }} ]
"""


@pytest.fixture
def solved(tmp_path, solve):
    """Solve a model on a mesh and return its cases (or the message)."""

    def run(mesh, text, code=0):
        (tmp_path / "parts.msh").write_bytes(msh_bytes(mesh))
        found = solve(text, code=code)
        return found if isinstance(found, str) else found["cases"]

    return run


def state(case, name="joint"):
    return next(item for item in case["contact"] if item["set"] == name)


@pytest.mark.parametrize(("gap", "start"), [("", 0.0), ('gap = "0.05 mm"\n', -0.05), ('gap = "-0.01 mm"\n', 0.01)])
def test_pressed_bars_shorten_as_one_after_closing_their_gap(solved, gap, start):
    force = -9e3
    found = solved(stack(), STACK.replace('against = "a.x1"\n', f'against = "a.x1"\n{gap}') + pressed(force))["load"]
    joint = state(found)
    assert (joint["kind"], joint["open_fraction"]) == ("contact", 0.0)
    assert joint["force_N"] == pytest.approx(-force, rel=1e-8)
    assert joint["on_first_N"] == pytest.approx([-force, 0.0, 0.0], abs=1e-6)
    assert found["reactions_N"]["total"] == pytest.approx([-force, 0.0, 0.0], abs=1e-6)
    assert found["probes"]["end"]["value"] == pytest.approx(start + force / BAR, rel=3e-3)


def test_pulled_bars_come_apart(solved):
    found = solved(stack(), STACK + pressed(9e3), code=3)["load"]
    assert found["status"] == "contact_lost"
    assert "joint" in found["reason"]


def test_a_bolted_joint_separates_where_its_diagram_says(solved):
    bolt, preload = BAR / 4.0, 20e3
    limit = preload * (bolt + BAR) / BAR
    text = STACK + f'[[bolts]]\nname = "m10"\non = "b.x1"\nto = "a.x0"\nstiffness = "{bolt} N/mm"\npreload = "{preload} N"\n'
    found = solved(stack(), text + pressed(0.9 * limit, "held") + pressed(1.1 * limit, "parted"))
    assert state(found["held"], "m10")["force_N"] == pytest.approx(preload + 0.9 * limit * bolt / (bolt + BAR), rel=1e-3)
    assert state(found["held"])["force_N"] == pytest.approx(0.1 * preload, rel=1e-2)
    assert state(found["parted"], "m10")["force_N"] == pytest.approx(1.1 * limit, rel=1e-9)
    assert state(found["parted"])["open_fraction"] == 1.0


def half_ring(inner, outer, around):
    def placed(unit):
        radius, angle = inner + (outer - inner) * unit[:, 0], np.pi * unit[:, 1]
        return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), 4.0 * unit[:, 2]])

    return mapped_block((2, around, 1), placed, "hex20")


PIN = (
    HEAD
    + """
[[supports]]
on = "a.x1"
fix = ["x", "y", "z"]
[[supports]]
on = ["a.y0", "a.y1", "b.y0", "b.y1"]
fix = ["y"]
[[supports]]
on = ["a.z0", "b.z0"]
fix = ["z"]
[[contacts]]
name = "hole"
on = "b.x1"
against = "a.x0"
GAP
"""
)


def pushed(force):
    load = f'{{ on = "b.x0", force = ["{force} N", "0 N", "0 N"] }}'
    return f'[[cases]]\nname = "{force:g}"\nanalysis = "static"\nloads = [ {load} ]\n'


def test_a_pin_that_fits_presses_on_an_arc_that_does_not_depend_on_the_load(solved):
    """Receding contact: the region is the same for every load and all answers are in proportion (Dundurs 1975)."""
    mesh = beside(half_ring(10.0, 25.0, 24), half_ring(4.0, 10.0, 20))
    found = solved(mesh, PIN.replace("GAP", 'gap = "0 mm"') + pushed(100.0) + pushed(10000.0))
    small, large = (state(found[name], "hole") for name in ("100", "10000"))
    assert small["open_fraction"] == pytest.approx(large["open_fraction"])
    assert 0.4 < small["open_fraction"] < 0.75
    assert large["force_N"] == pytest.approx(100.0 * small["force_N"], rel=1e-6)
    assert large["on_first_N"][0] == pytest.approx(-10000.0, rel=1e-8)
    assert found["10000"]["reactions_N"]["total"][0] == pytest.approx(-10000.0, rel=1e-8)


def test_the_arc_of_a_pin_with_clearance_grows_with_the_load(solved):
    mesh = beside(half_ring(10.0, 25.0, 24), half_ring(4.0, 10.0, 20))
    found = solved(mesh, PIN.replace("GAP", 'gap = "0.05 mm"') + pushed(500.0) + pushed(20000.0))
    assert state(found["500"], "hole")["open_fraction"] > state(found["20000"], "hole")["open_fraction"] + 0.1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('against = "a.x1"', 'against = "b.x1"', "lies opposite"),
        ('against = "a.x1"', 'against = "b.y0"', "share nodes"),
        ('against = "a.x1"', 'against = "a.x9"', "no group of faces called 'a.x9'"),
    ],
)
def test_wrong_contacts_are_refused(solved, old, new, said):
    assert said in solved(stack(), STACK.replace(old, new) + pressed(-1.0), code=2)
