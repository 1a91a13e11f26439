"""`mechlock prove` and `mechlock verify` through the command line: exit codes, one JSON object, files whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from mechlock.cli.main import run


@pytest.fixture
def lock(fourbars: ModuleType) -> Path:
    return fourbars.LOCKS / "hook_fourbar_13.toml"


def test_prove_then_verify(lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificate = tmp_path / "out" / "certificate.json"
    assert run(["prove", str(lock), "-o", str(certificate), "--json", "--quiet"]) == 0
    captured = capsys.readouterr()
    payload = json.loads(captured.out)
    assert captured.err == ""
    assert payload["certificate"] == str(certificate)
    assert [theorem["verdict"] for theorem in payload["theorems"]] == ["proved"]
    assert run(["verify", str(certificate), "--design", str(lock), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accepted"] is True


def test_refuted_ends_with_one_and_names_the_numbers(lock: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = lock.read_text(encoding="utf-8").replace('tolerance = "0.2 mm"', 'tolerance = "3 mm"')
    wide = tmp_path / "wide.toml"
    wide.write_text(text, encoding="utf-8")
    certificate = tmp_path / "certificate.json"
    assert run(["prove", str(wide), "-o", str(certificate), "--quiet"]) == 1
    shown = capsys.readouterr().out
    assert "REFUTED" in shown
    assert "x4 = 107 mm" in shown
    assert run(["verify", str(certificate), "--design", str(wide)]) == 0
    assert run(["verify", str(certificate), "--design", str(lock)]) == 1


def test_an_altered_certificate_ends_with_one(lock: Path, tmp_path: Path) -> None:
    certificate = tmp_path / "certificate.json"
    assert run(["prove", str(lock), "-o", str(certificate), "--quiet"]) == 0
    text = certificate.read_text(encoding="utf-8")
    certificate.write_text(text.replace('"0.2 mm"', '"0.3 mm"', 1), encoding="utf-8")
    assert run(["verify", str(certificate)]) == 1


def test_undecided_ends_with_three(lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", str(lock), "--claim", "can_hold", "--json", "--quiet"]) == 3
    theorem = json.loads(capsys.readouterr().out)["theorems"][0]
    assert theorem["verdict"] == "undecided"


@pytest.mark.parametrize(
    ("content", "code"),
    [("", 2), ("not json", 2), ("{}", 2), ('{"format": "mechlock-certificate/4"}', 1)],
)
def test_unreadable_certificates(tmp_path: Path, content: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "certificate.json"
    path.write_text(content, encoding="utf-8")
    assert run(["verify", str(path)]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_missing_files_and_unknown_claims_end_with_two(lock: Path, tmp_path: Path) -> None:
    assert run(["prove", str(tmp_path / "none.toml")]) == 2
    assert run(["verify", str(tmp_path / "none.json")]) == 2
    assert run(["prove", str(lock), "--claim", "levitates"]) == 2
