"""Bad input through the command line: one clear message that names file, key and mend; exit code 2; nothing written."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mechlock import resources
from mechlock.cli.main import run
from mechlock.cli.new import copy_design

GEOMETRY = resources.folder("geometry")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped") / "design"
    copy_design("reference", folder)
    return folder


@pytest.fixture
def design(shipped: Path, tmp_path: Path) -> Path:
    shutil.copytree(shipped, tmp_path / "design")
    return tmp_path / "design" / "reference.toml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.startswith("mechlock: ")]
    assert len(lines) == 1
    return lines[0]


CASES = [
    ("pack.toml", 'mass = "230 kg"', "", r"pack.toml: items[0].mass: this key is missing"),
    ("pack.toml", "mass = ", "mas = ", "pack.toml: items[0].mas"),
    ("pack.toml", '"230 kg"', "230", "pack.toml: items[0].mass: 230 has no unit, a mass is expected; write it with its unit"),
    ("pack.toml", '"230 kg"', '"230 mm"', "pack.toml: items[0].mass: '230 mm' is not a mass"),
    ("pack.toml", '"230 kg"', '"inf kg"', "pack.toml: items[0].mass"),
    ("pack.toml", 'attach = ["mount_L1_B1"]', 'attach = ["mount_X"]', "the frame has no face group 'mount_X'"),
    ("reference.toml", 'frame = "frame.toml"', 'frame = "gone.toml"', "there is no file 'gone.toml'"),
    ("reference.toml", 'set = "mechlock_default_set"', 'set = "mechlock_defaults"', "mechlock_defaults"),
    ("reference.toml", "[mesh]", "[mesh]\nsise = 3", "mesh.sise: unknown key"),
    ("tray.toml", 'stiffness = "500 kN/mm"', 'stiffness = "-500 kN/mm"', "stiffness: must be greater than 0"),
    ("lock_linkage.toml", 'of = ["ground.H", "hook.H"]', 'of = ["ground.H", "hoof.H"]', "hoof"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), CASES, ids=[f"{case[0]}: {case[2][:30]}" for case in CASES])
def test_what_is_wrong_in_a_file_is_named_with_its_key(
    design: Path, file: str, old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(design.parent / file, old, new)
    out = design.parent / "results"
    assert message in refused(["check", str(design), "-o", str(out), "--quick", "--quiet"], capsys)
    assert not out.exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("frame.sections.post.thickness=-4 mm", "frame.toml: sections.post.thickness: must be greater than 0"),
        ("frame.material=S700", "unknown material 'S700'; use one of"),
        ("frame.sektions.post.thickness=4 mm", "there is no 'sektions'"),
        ("pack.items.99.mass=1 kg", "'99' is not one of"),
        ("criteria.limit_load_von_mises_bas.SF=2.0", "did you mean 'limit_load_von_mises_base'"),
    ],
)
def test_what_is_wrong_in_an_override_is_named(
    design: Path, setting: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in refused(["check", str(design), "--set", setting, "--quiet"], capsys)


@pytest.mark.parametrize("command", ["check", "prove", "kinematics", "build", "verify", "solve"])
def test_a_file_that_is_not_there(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "gone.toml" in refused([command, str(tmp_path / "gone.toml"), "--quiet"], capsys)


@pytest.mark.parametrize("arguments", [["chekc"], ["check"], ["check", "a.toml", "--qick"], ["kinematics", "x", "--sweep"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    refused(arguments, capsys)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('shape = "hook"', "", "parts.toml: bodies.hook: the key 'shape' is missing; use one of: plate_link, bell_crank, hook"),
        (
            'shape = "hook"',
            'shape = "hok"',
            "parts.toml: bodies.hook: 'hok' is no shape; use one of: plate_link, bell_crank, hook",
        ),
    ],
)
def test_a_table_that_does_not_say_its_kind(
    tmp_path: Path, old: str, new: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = tmp_path / "parts.toml"
    shutil.copy(GEOMETRY / "locks" / "reference_parts.toml", parts)
    change(parts, old, new)
    linkage = GEOMETRY / "locks" / "reference.toml"
    assert message in refused(["build", str(linkage), "--parts", str(parts), "--quiet"], capsys)


def test_the_installed_command_prints_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "lock.toml"
    path.write_text('format = "mechlock-linkage/1"\n', encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "mechlock", "prove", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert str(path) in done.stderr
    assert "Traceback" not in done.stderr


def test_new_refuses_to_overwrite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    assert "exists already" in refused(["new", str(tmp_path)], capsys)
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == "mine"
    said = refused(["new", str(tmp_path / "x"), "--from", "nothing"], capsys)
    assert "there is no design 'nothing'; known: braced, eight_years, ladder, reference, wide" in said
    assert not (tmp_path / "x").exists()
