"""Input files of solved cases, run by CalculiX itself: couplings, contacts in both states, preload, a yielding base, a mass."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.calculix import calculix_decks, calculix_files
from mechlock.fem.calculix_answer import CalculixStep, read_answer
from mechlock.fem.model import Base, Force, Lock, Material, Model, Pad, PointMass, Spring, StaticCase, Support, Temperature
from mechlock.fem.static import solve_static
from mechlock.mesh.mesh import Block, Mesh
from mechlock.mesh.tensor import _number

STEEL = Material("steel", 206e3, 0.3, 7.85e-9, 12e-6)
WEIGHT = (0.0, 0.0, -9806.65)


def block() -> Mesh:
    """60 x 40 x 20 mm of 3 x 2 x 2 cells, with two feet below and its top and left face named."""
    planes = (np.linspace(0, 60, 4), np.linspace(0, 40, 3), np.linspace(0, 20, 3))
    cells = np.argwhere(np.ones((3, 2, 2), bool))
    points, nodes = _number(cells, planes)
    number = np.arange(len(cells))
    faces = {
        "foot_a": ((cells[:, 2] == 0) & (cells[:, 0] == 0), 4),
        "foot_b": ((cells[:, 2] == 0) & (cells[:, 0] == 2), 4),
        "top": (cells[:, 2] == 1, 5),
        "left": (cells[:, 0] == 0, 0),
    }
    groups = {name: np.stack([number[chosen], np.full(chosen.sum(), face)], axis=1) for name, (chosen, face) in faces.items()}
    return Mesh(points, (Block("hex20", nodes),), {"all": number}, groups)


def standing() -> Model:
    feet = ("foot_a", "foot_b")
    return Model(
        block(),
        ((STEEL, ()),),
        pads=tuple(Pad(name, (name,), 0.0, 5e5, (0, 0, 1.0), 2) for name in feet),
        springs=tuple(Spring(f"pin_{name}", (name,), (2e5, 2e5, 0.0), mean=True) for name in feet),
        locks=(Lock("hook", ("top",), (0, 0.1, -1), 1e5, 5e3, (4e4, 6e4)),),
        bases=(Base(feet, np.outer([1.0, -0.5], [1.0, -0.5]) / 1e5),),
        masses=(PointMass("box", 0.1, (30, 20, 200), ("top",)),),
    )


HELD = Model(block(), ((STEEL, ()),), supports=(Support("wall", ("left",)),), springs=(Spring("bed", ("top",), (0, 0, 1e4)),))
STANDING = (
    StaticCase("weight", WEIGHT),
    StaticCase("push", WEIGHT, (Force("top", (5e4, 2e3, 1e4)),), preload="high"),
    StaticCase("moved", WEIGHT, displacements={"foot_a": {"z": 0.2}, "hook": {"x": 0.3, "z": -0.1}, "pin_foot_a": {"y": 0.02}}),
)
WALL = (StaticCase("hung", WEIGHT, (Force("top", (0, 0, -1e3)),), displacements={"wall": {"y": 0.1}}),)


def run_calculix(folder: Path, deck: str) -> list[CalculixStep]:
    (folder / "job.inp").write_text(deck)
    subprocess.run(["ccx", "-i", "job"], cwd=folder, check=True, capture_output=True)
    return read_answer(deck, (folder / "job.dat").read_text())


@pytest.mark.skipif(shutil.which("ccx") is None, reason="CalculiX (Debian: calculix-ccx) is not installed")
@pytest.mark.parametrize(("model", "cases", "opened"), [(standing(), STANDING, True), (HELD, WALL, False)], ids=["tray", "wall"])
def test_calculix_finds_the_same_displacements(model, cases, opened, tmp_path: Path) -> None:
    system = assemble(model)
    results = list(solve_static(system, cases).results.values())
    assert any(not result.closed.all() for result in results) == opened, "the cases must test open contacts"
    (deck,) = calculix_decks(system, results, "calculix_mesh.inp")
    (tmp_path / "calculix_mesh.inp").write_bytes(calculix_files(system, results)["calculix_mesh.inp"])
    steps = run_calculix(tmp_path, deck)
    within = 2e-2 if model is HELD else 1e-5  # see `close` below
    assert [step.energy for step in steps] == pytest.approx([result.energy for result in results], rel=within)
    assert [step.name for step in steps] == [case.name for case in cases]
    for result, step in zip(results, steps, strict=True):
        ours = result.displacement[step.nodes]
        close = 5e-3 if model is HELD else 2e-6  # CalculiX gets the bedding in equal shares of nodes
        assert np.abs(ours - step.displacement).max() < close * np.abs(ours).max()
        held = {**result.pads, **result.springs, **result.locks}
        assert set(step.forces) == set(held)
        largest = max(np.linalg.norm(found) for found in step.forces.values())
        for name, found in step.forces.items():
            own = held[name].force if name in result.springs else held[name].resultant.force
            np.testing.assert_allclose(found, own, rtol=0, atol=max(close, 1e-5) * largest, err_msg=name)


def test_an_answer_that_breaks_off_is_refused() -> None:
    system = assemble(HELD)
    (deck,) = calculix_decks(system, list(solve_static(system, WALL).results.values()), "mesh.inp")
    with pytest.raises(InputError, match="0 of 1 steps"):
        read_answer(deck, "")


def test_friction_is_refused() -> None:
    rough = Pad("rough", ("foot_a",), stiffness=1e5, direction=(0, 0, 1.0), friction=0.2)
    system = assemble(replace(HELD, pads=(rough,)))
    with pytest.raises(InputError, match="friction"):
        calculix_decks(system, [])


def test_numbers_fit_into_what_calculix_reads() -> None:
    """It takes 20 characters of each: a longer one would lose its exponent."""
    system = assemble(standing())
    for deck in calculix_decks(system, list(solve_static(system, STANDING).results.values()), "mesh.inp"):
        assert max(len(word.strip()) for line in deck.splitlines() if line[:1] not in "*" for word in line.split(",")) <= 20


def test_what_is_not_written_is_refused() -> None:
    system = assemble(HELD)
    results = solve_static(system, (StaticCase("warm", loads=(Temperature("all", 40.0),)),)).results
    with pytest.raises(InputError, match="temperatures"):
        calculix_decks(system, list(results.values()), "mesh.inp")
