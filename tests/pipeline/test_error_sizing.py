"""Sizing a frame's mesh to an error: laws of convergence by hand, and one design through the command line."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from mechlock import resources
from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.model import Force, Material, Model, StaticCase, Support
from mechlock.fem.static import solve_static
from mechlock.inputs.materials import find
from mechlock.mesh.mapped import box
from mechlock.pipeline.error_sizing import ROUNDS, rounds_to, worst_error
from mechlock.pipeline.frame_analysis import FrameSolution

LADDER = resources.folder("geometry") / "designs" / "ladder.toml"


def law(power: float, floor: float = 0.0):
    """Unknowns like 1 / size^2, error floor + 0.3 (size / 100)^power."""
    return (lambda size: int(5e7 / size**2)), (lambda size: ("worst", floor + 0.3 * (size / 100) ** power))


@pytest.mark.parametrize("power", [0.4, 0.5, 0.7, 1.0])
def test_the_first_mesh_within_the_error_is_taken(power: float) -> None:
    rounds = rounds_to(0.15, 100.0, *law(power))
    errors = [item.error for item in rounds]
    assert errors[-1] <= 0.15 < errors[-2]
    assert len(rounds) <= ROUNDS
    # not much finer than needed: the size at which the law gives 0.15, and half of it
    needed = 100 * 0.5 ** (1 / power)
    assert needed / 2 < rounds[-1].size <= needed


def test_a_coarse_mesh_that_is_good_enough_is_left_as_it_is() -> None:
    assert [item.size for item in rounds_to(0.31, 100.0, *law(0.5))] == [100.0]


def test_sizes_that_make_the_same_mesh_are_solved_once() -> None:
    solved: list[float] = []
    count, measure = law(1.0)

    def once(size: float) -> tuple[str, float]:
        solved.append(float(np.ceil(size / 25)))
        return measure(25 * solved[-1])

    rounds = rounds_to(0.1, 100.0, lambda size: count(25 * np.ceil(size / 25)), once)
    assert len(set(solved)) == len(solved)
    assert rounds[-1].error <= 0.1


@pytest.mark.parametrize(("most", "reason"), [(5e7, "meshes were solved"), (4e9, "above 1,000,000")])
def test_an_error_out_of_reach_is_refused_with_the_least_one_reached(most: float, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        rounds_to(0.1, 100.0, lambda size: int(most / (500 + size**2)), law(0.9, floor=0.2)[1])
    assert reason in str(caught.value)
    assert "the least was 0." in str(caught.value)
    assert "ask for no less" in str(caught.value)


def test_the_worst_case_is_the_one_that_the_mesh_follows_least() -> None:
    """Even stretch is met exactly by any mesh, bending under a shear force is not."""
    mesh = box((200.0, 20.0, 20.0), (4, 1, 1), "hex20")
    mesh.volumes["bar"] = np.arange(mesh.n_cells)
    symmetry = tuple(Support(face, (face,), (face[0],)) for face in ("x0", "y0", "z0"))
    steel = find("S700L", "test")
    root = Support("root", ("x0",))
    system = assemble(Model(mesh, ((Material("steel", steel.E, steel.nu, steel.density), ()),), (*symmetry, root)))
    cases = [
        StaticCase("pulled", loads=(Force("x1", (1e3, 0, 0)),), supports=("x0", "y0", "z0")),
        StaticCase("bent", loads=(Force("x1", (0, 0, 1e2)),), supports=("root",)),
    ]
    tensor = SimpleNamespace(mesh=mesh, solid=SimpleNamespace(groups=("bar",)))
    solved = cast("FrameSolution", SimpleNamespace(tensor=tensor, static=solve_static(system, cases)))
    case, error = worst_error(solved, steel)
    assert case == "bent"
    assert 0.01 < error < 0.5
    solved.static.results.pop("bent")
    assert worst_error(solved, steel) == ("pulled", pytest.approx(0.0, abs=1e-6))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([str(LADDER), "--error", "0.2", "--dofs", "90000"], "give one of them"),
        ([str(LADDER), "--error", "1.5"], "error"),
        ([str(resources.folder("geometry") / "frames" / "ladder_s700l.toml"), "--error", "0.2"], "name a design"),
    ],
)
def test_what_cannot_be_sized_is_refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", *arguments, "--quiet"]) == 2
    assert message in capsys.readouterr().err
