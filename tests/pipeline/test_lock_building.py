"""What `build` writes of a lock: one small part through every format, masses against the parts."""

import dataclasses
import functools
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from mechlock import resources
from mechlock.checks.lock_joint_forces import lock_forces
from mechlock.checks.lock_part_model import COARSE, part_load, part_model, part_sizes, solve_part
from mechlock.checks.lock_parts import LockPartsCheck
from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.fem.calculix_answer import read_answer
from mechlock.inputs.linkage import read_linkage
from mechlock.inputs.lockparts import read_lock_parts
from mechlock.mesh.reading import read_mesh
from mechlock.mesh.tetrahedra import tetrahedra
from mechlock.pipeline import lock_building, lock_solving
from mechlock.pipeline.lock_decks import deck_forces, part_deck
from mechlock.solids import cad
from mechlock.solids.lock import build_lock

LOCKS = resources.folder("geometry") / "locks"
RECORDED = Path(__file__).parents[2] / "benchmarks" / "lock_against_calculix.json"


@functools.cache
def lock():
    return build_lock(read_linkage(LOCKS / "reference.toml"), read_lock_parts(LOCKS / "reference_parts.toml"))


def test_record_adds_up():
    record = lock_building.lock_record(lock())
    assert record["mass_kg"] == pytest.approx(sum(part["mass_kg"] for part in record["parts"].values()), rel=1e-6)
    assert record["mass_kg"] == pytest.approx(sum(row["mass_kg"] for row in record["bill_of_materials"]), rel=1e-6)
    assert 20.0 < record["mass_kg"] < 50.0


def test_files_of_a_plate(tmp_path):
    part = lock().part("rod_1")
    files = lock_building._part_files(lock(), part, deck_forces(lock(), "service"))
    assert {name.rpartition(".")[2] for name in files} == {"step", "stl", "dxf", "msh", "vtu", "inp"}
    for name in ("lock_rod_1.msh", "lock_rod_1.inp"):
        (tmp_path / name).write_bytes(files[name])
    back = read_mesh(tmp_path / "lock_rod_1.msh")
    assert {"bore_D", "bore_E"} <= set(back.faces)
    again = read_mesh(tmp_path / "lock_rod_1.inp")
    assert np.ptp(again.points, axis=0) == pytest.approx(np.ptp(back.points, axis=0), abs=1e-6)
    assert np.ptp(back.points, axis=0) == pytest.approx([114.0, 34.0, 9.0], abs=0.05)


def test_bill_is_a_table():
    rows = lock_building._bill_csv(lock_building.bill_of_materials(lock())).splitlines()
    assert rows[0].startswith("name,kind,count,material,size")
    assert len(rows) == 1 + len(lock_building.bill_of_materials(lock()))


@pytest.mark.skipif(shutil.which("ccx") is None, reason="CalculiX (Debian: calculix-ccx) is not installed")
def test_calculix_runs_a_part_under_the_actuator_and_finds_the_same(tmp_path):
    """The rod carries the actuator alone. CalculiX integrates curved tetrahedra at four points, mechlock at more (1e-4 apart)."""
    part, forces = lock().part("rod_1"), deck_forces(lock(), "service")
    model = part_model(lock(), part, COARSE)
    deck = part_deck(lock(), part, model.tet.mesh, forces)
    (tmp_path / "rod.inp").write_text(deck)
    subprocess.run(["ccx", "-i", "rod"], cwd=tmp_path, check=True, capture_output=True)
    steps = read_answer(deck, (tmp_path / "rod.dat").read_text())
    found = solve_part(lock(), model, forces[1])
    assert [step.name for step in steps] == list(forces[1].cases)
    for step, displacement, applied in zip(steps, found.displacement, found.applied, strict=True):
        own = displacement[step.nodes]
        assert np.abs(own - step.displacement).max() < 3e-4 * np.abs(own).max()
        assert step.energy == pytest.approx(0.5 * (displacement * applied).sum(), rel=3e-4)


@pytest.mark.parametrize("name", ["hook", "cheek_1"])
def test_hook_and_bracket_have_the_energy_that_calculix_gave(name):
    """`benchmarks/lock_against_calculix.json`: both programs on one mesh agree within 9e-5; other meshers move it more."""
    recorded = json.loads(RECORDED.read_text())[name]
    part, forces = lock().part(name), deck_forces(lock(), "service")
    found = solve_part(lock(), part_model(lock(), part, COARSE), forces[0])
    assert list(recorded["cases"]) == list(forces[0].cases)
    for case, displacement, applied in zip(forces[0].cases, found.displacement, found.applied, strict=True):
        theirs = recorded["cases"][case]
        assert 0.5 * (displacement * applied).sum() == pytest.approx(theirs["energy_calculix_mJ"], rel=1e-3)
        assert theirs["displacement"] < 4e-4


def test_a_lock_with_several_hooks_is_loaded_by_all_at_once_and_by_each_alone():
    """Forces by hand in the mirrored pair: what one hook takes alone, the other has in the mirror; bushes take no share."""
    pair = build_lock(read_linkage(LOCKS / "var_ii_slider_pair.toml"), read_lock_parts(LOCKS / "var_ii_slider_pair_parts.toml"))
    assert lock_building.hook_load(pair) is None
    (forces,) = deck_forces(pair, None)
    assert [case.partition(" at ")[0].partition(",")[0] for case in forces.cases] == ["all hooks"] * 3 + [
        "hookR alone",
        "hookL alone",
    ]
    assert forces.imbalance < 1e-9
    right, left = (forces.on_body[f"B{side}", f"hook{side}"] for side in "RL")
    assert right[1] == pytest.approx(left[1] * [-1, 1], rel=1e-9)
    assert np.abs(right[4]).max() < 1e-6 * np.abs(right[3]).max()
    slider = forces.on_body["KR", "slider"] + forces.on_body["KR", "linkR"] + forces.on_body["KR", "linkL"]
    assert np.abs(slider).max() < 1e-6  # one pin, three bodies
    hook = pair.part("hookR")
    mesh = tetrahedra(cad.solid(hook), part_sizes(hook, pair, COARSE)).mesh
    for case in range(5):
        total = part_load(pair, hook, mesh, forces, case).sum(axis=0)
        assert np.abs(total).max() < 1e-6 * np.abs(right).max()  # with bushes counted as plates a third of each was missing
    deck = part_deck(pair, hook, mesh, (forces,))
    assert deck.count("*CLOAD") == 5


@pytest.mark.skipif(shutil.which("ccx") is None, reason="CalculiX (Debian: calculix-ccx) is not installed")
def test_calculix_finds_the_same_in_a_link_of_a_lock_with_several_hooks(tmp_path):
    """One step for all hooks at once and for each alone, as `mechlock solve LINKAGE` has them."""
    pair = build_lock(read_linkage(LOCKS / "var_ii_slider_pair.toml"), read_lock_parts(LOCKS / "var_ii_slider_pair_parts.toml"))
    part, forces = pair.part("linkR_1"), deck_forces(pair, None)
    model = part_model(pair, part, COARSE)
    deck = part_deck(pair, part, model.tet.mesh, forces)
    (tmp_path / "link.inp").write_text(deck)
    subprocess.run(["ccx", "-i", "link"], cwd=tmp_path, check=True, capture_output=True)
    steps = read_answer(deck, (tmp_path / "link.dat").read_text())
    found = solve_part(pair, model, forces[0])
    assert [step.name for step in steps] == list(forces[0].cases)
    most = np.abs(found.displacement).max()
    for step, displacement, applied in zip(steps, found.displacement, found.applied, strict=True):
        assert np.abs(displacement[step.nodes] - step.displacement).max() < 5e-4 * most
        assert step.energy == pytest.approx(0.5 * (displacement * applied).sum(), rel=5e-4, abs=1e-9)


def test_travel_of_several_hooks():
    pair = build_lock(read_linkage(LOCKS / "var_ii_slider_pair.toml"), read_lock_parts(LOCKS / "var_ii_slider_pair_parts.toml"))
    record = lock_building.travel_record(pair, "parts.toml")
    assert record["interferences"] == []
    assert set(record["hooks_turned_deg"]) == {"hookR", "hookL"}
    with pytest.raises(InputError, match=r"parts\.toml: open_at"):
        lost = dataclasses.replace(pair, file=pair.file.model_copy(update={"open_at": "20 deg"}))
        lock_building.travel_record(lost, "parts.toml")
    meets = dataclasses.replace(pair, file=pair.file.model_copy(update={"open_at": "-60 mm"}))
    assert lock_building.travel_record(meets, "parts.toml")["interferences"]


def test_parts_that_are_not_solved_have_their_material_and_no_step():
    part = lock().part("slider")
    deck = part_deck(
        lock(), part, tetrahedra(cad.solid(part), part_sizes(part, lock(), COARSE)).mesh, deck_forces(lock(), "service")
    )
    assert "*ELASTIC" in deck
    assert "*STEP" not in deck


def test_a_load_that_the_lock_has_not_is_refused():
    with pytest.raises(InputError, match="no load 'crash'"):
        deck_forces(lock(), "crash")


def test_solve_names_the_parts_of_a_lock_that_are_loaded_too_far(tmp_path, capsys, monkeypatch):
    """The contract's hook has pins of 16 mm under 60 kN: by hand 8 F (b + 4c + 2a) / (pi d^3 / 32) is far beyond yield."""

    def by_hand_only(lock, loads, *, quick):  # finite elements have their own tests, and take their time
        assert quick
        return LockPartsCheck(lock_forces(lock, loads), None, ())

    monkeypatch.setattr(lock_solving, "check_lock_parts", by_hand_only)
    linkage = LOCKS / "contract_fourbar.toml"
    out = tmp_path / "out"
    assert (
        run(["solve", str(linkage), "--parts", str(LOCKS / "contract_fourbar_parts.toml"), "--quick", "-o", str(out), "--quiet"])
        == 1
    )
    assert "pin O2, bending" in capsys.readouterr().out
    record = json.loads((out / "results.json").read_text())
    rows = {(row["part"], row["check"]): row for row in record["parts"]}
    bending = rows["pin O2", "bending"]
    assert bending["margin"] == pytest.approx(bending["limit"] / bending["value"] - 1.0)
    assert bending["margin"] < 0.0
    assert 100.0 < rows["hook", "throat"]["value"] < 1000.0  # sections beyond the saddle's end have no depth and are none
    assert run(["solve", str(linkage), "--case", "x"]) == 2
    assert run(["solve", str(LOCKS / "contract_slider_crank.toml")]) == 2
    assert run(["solve", str(linkage), "--parts", str(linkage)]) == 2
