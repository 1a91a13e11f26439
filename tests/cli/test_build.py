"""`mechlock build` on a small frame: every file readable, masses by hand, changes by --set, nothing half-written."""

import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from mechlock.cli.main import run
from mechlock.mesh.reading import read_mesh

HOLLOW = 60**2 - 52**2


def toml(value) -> str:
    """Inline TOML of strings, numbers, lists and tables."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


@pytest.fixture
def frame_file(portal, tmp_path: Path) -> Path:
    path = tmp_path / "portal.toml"
    path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in portal.items()), encoding="utf-8")
    return path


def test_files_of_a_frame_hold_the_same_frame(frame_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "built"
    assert run(["build", str(frame_file), "-o", str(out), "--json", "--quiet"]) == 0
    record = json.loads(capsys.readouterr().out)
    frame = record["frame"]
    assert sorted(path.name for path in out.iterdir()) == record["files"]
    posts = next(row for row in frame["bill_of_materials"] if row["entry"] == "members.post")
    assert posts["mass_kg"] == pytest.approx(4 * 560 * HOLLOW * 7.85e-6)
    assert frame["volume_mm3"] == pytest.approx(frame["mass_kg"] / 7.85e-6)
    assert frame["cad_volume_mm3"] == pytest.approx(frame["volume_mm3"], rel=1e-9)
    assert frame["mesh"]["volume_mm3"] == pytest.approx(frame["volume_mm3"], rel=1e-9)
    assert json.loads((out / "mass_properties.json").read_text())["frame"] == frame
    assert (out / "bom.csv").read_text().splitlines()[-1].split(",")[-2:] == [
        f"{frame['mass_kg']:.3f}",
        f"{frame['mass_with_radii_kg']:.3f}",
    ]
    corners = (4 - math.pi) * (8**2 - 4**2)  # EN 10219-2: 2 T outside, 1 T inside
    assert posts["mass_with_radii_kg"] == pytest.approx(4 * 560 * (HOLLOW - corners) * 7.85e-6)
    for name in ("frame.msh", "frame.inp"):
        mesh = read_mesh(out / name)
        assert mesh.n_cells == frame["mesh"]["elements"]
        places = [key for key in mesh.faces if key.lower() == "pad_a"]
        nodes = mesh.points[mesh.face_nodes(places[0])]
        assert np.ptp(nodes, axis=0) == pytest.approx([60, 60, 0])


def test_a_changed_wall_changes_the_mass(frame_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", str(frame_file), "--set", "frame.sections.post.thickness=5 mm", "--json", "--quiet"]) == 0
    record = json.loads(capsys.readouterr().out)
    posts = next(row for row in record["frame"]["bill_of_materials"] if row["entry"] == "members.post")
    assert posts["mass_kg"] == pytest.approx(4 * 560 * (60**2 - 50**2) * 7.85e-6)
    assert record["files"] == []


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("frame.sections.post.thickness=-5 mm", "sections.post.thickness: must be greater than 0"),
        ("frame.sections.post.thickness=31 mm", "leaves no hollow"),
        ("frame.material=S999", "unknown material 'S999'"),
        ("frame.gauges.sheet.thickness=80 mm", "stands out of the face"),
        ("nonsense", "is not KEY=VALUE"),
    ],
)
def test_what_cannot_be_built_leaves_nothing_behind(
    frame_file: Path, tmp_path: Path, setting: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "built"
    assert run(["build", str(frame_file), "-o", str(out), "--set", setting, "--quiet"]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_file_of_another_kind_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tray.toml"
    path.write_text('format = "mechlock-tray/1"\n', encoding="utf-8")
    assert run(["build", str(path), "--quiet"]) == 2
    assert "neither a design nor a frame" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("ccx") is None, reason="CalculiX (Debian: calculix-ccx) is not installed")
def test_calculix_runs_the_input_file_as_it_is(frame_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "built"
    assert run(["build", str(frame_file), "-o", str(out), "--quiet"]) == 0
    mesh = read_mesh(out / "frame.inp")
    mass = json.loads((out / "mass_properties.json").read_text())["frame"]["mass_kg"]
    deck, totals = out / "frame.inp", "".join(f"*NODE PRINT, NSET=N_PAD_{pad}, TOTALS=ONLY\nRF\n" for pad in "ABCD")
    deck.write_text(deck.read_text().replace("*NODE FILE", f"{totals}*NODE FILE"))
    subprocess.run(["ccx", "-i", "frame"], cwd=out, check=True, capture_output=True)
    printed = (out / "frame.dat").read_text()
    forces = np.array([row.split() for row in re.findall(r"total force.*?PAD_.*?\n\s*\n(.*)", printed)], float)
    weight = mass * 9.80665
    # a printed force leaves out what the held nodes weigh themselves
    assert forces.sum(axis=0) == pytest.approx([0, 0, weight], abs=0.005 * weight)
    assert len(mesh.points) == len(read_mesh(out / "frame.msh").points)


def test_a_number_of_degrees_of_freedom_is_met(frame_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", str(frame_file), "--dofs", "80000", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["frame"]["mesh"]["dofs"] == pytest.approx(80_000, rel=0.1)


@pytest.mark.parametrize(("dofs", "message"), [("900", "the walls of portal alone need"), ("0", "dofs"), ("many", "dofs")])
def test_a_number_of_degrees_of_freedom_that_cannot_be_is_refused(
    frame_file: Path, dofs: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["build", str(frame_file), "--dofs", dofs, "--quiet"]) == 2
    assert message in capsys.readouterr().err.lower()
