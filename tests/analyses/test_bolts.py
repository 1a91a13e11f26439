"""Bolts between faces of one body: the bolted joint's diagram (VDI 2230), exact for an even bar."""

import pytest

from mechlock.mesh.mapped import box
from mechlock.mesh.writing import msh_bytes

LENGTH, SIDE, E = 100.0, 10.0, 210e3
BAR = E * SIDE * SIDE / LENGTH
BOLT, PRELOAD = BAR / 3.0, 10e3
MODEL = f"""
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
[[bolts]]
name = "m10"
on = "x1"
to = "x0"
stiffness = "{BOLT} N/mm"
preload = "{PRELOAD} N"
[[probes]]
name = "end"
at = ["{LENGTH} mm", "5 mm", "5 mm"]
quantity = "displacement.x"
"""


def case(force):
    return f"""
[[cases]]
name = "pull"
analysis = "static"
loads = [ {{ on = "x1", traction = ["{force / SIDE**2} MPa", "0 MPa", "0 MPa"] }} ]
"""


@pytest.fixture
def solved(tmp_path, solve):
    """Solve a model of the bar and return its one case (or the message)."""
    (tmp_path / "bar.msh").write_bytes(msh_bytes(box((LENGTH, SIDE, SIDE), (4, 1, 1), "hex20", "bar")))

    def run(text, code=0):
        found = solve(text, code=code)
        return found["cases"]["pull"] if code == 0 else found

    return run


@pytest.mark.parametrize("force", [0.0, 5e3, -20e3])
def test_load_is_shared_by_bolt_and_clamped_part_as_their_stiffnesses(solved, force):
    found = solved(MODEL + case(force))
    (bolt,) = found["contact"]
    assert bolt["kind"] == "bolt"
    assert bolt["force_N"] == pytest.approx(PRELOAD + force * BOLT / (BOLT + BAR), rel=1e-8)
    assert found["probes"]["end"]["value"] == pytest.approx(-PRELOAD / BAR + force / (BOLT + BAR), rel=1e-8)
    assert found["reactions_N"]["total"] == pytest.approx([-force, 0.0, 0.0], abs=1e-6)


def test_a_bolt_goes_slack_and_then_carries_nothing(solved):
    force = -2.0 * PRELOAD * (BOLT + BAR) / BOLT
    found = solved(MODEL + case(force))
    (bolt,) = found["contact"]
    assert (bolt["open_fraction"], bolt["force_N"]) == (1.0, 0.0)
    assert found["probes"]["end"]["value"] == pytest.approx(force / BAR, rel=1e-8)


def test_a_bolt_alone_holds_nothing_against_the_world(solved):
    message = solved(MODEL.replace('fix = ["x", "y", "z"]', 'fix = ["y", "z"]') + case(0.0), code=2)
    assert "can slide along x" in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('to = "x0"', 'to = "x1"', "the same centroid"),
        ('to = "x0"', 'to = "y0"', "share nodes"),
        ('to = "x0"', 'to = "nowhere"', "no group of faces called 'nowhere'"),
        ('preload = "10000.0 N"', 'preload = "-1 N"', "can only pull"),
        ('preload = "10000.0 N"', 'preload = ["1 N", "2 N"]', "write an interval as { range = [low, high] }"),
    ],
)
def test_wrong_bolts_are_refused(solved, old, new, said):
    assert said in solved((MODEL + case(0.0)).replace(old, new), code=2)
