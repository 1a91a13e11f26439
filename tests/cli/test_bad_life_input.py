"""What is wrong in a duty file, a logger's record or the life section is said at once, in one line, and nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mechlock import resources
from mechlock.cli.main import run

DUTY = """
format = "mechlock-duty/1"
name = "own"
years = 8
distance_per_year = "10000 km"
swaps = { per_day = 2, days_per_year = 300 }
source = "logger"
certainty = "high"
"""
ROAD = 'drives = [ { road = "B", share = 1.0, speed = "60 km/h" } ]\n'
LOG = DUTY + '[[records]]\nname = "log"\nfile = "log.csv"\naxes = { z = "az" }\nhours_per_year = HOURS\n'
SAMPLES = "time [s],az [g]\n" + "".join(f"{0.01 * k:.2f},{0.1 * (k % 7 - 3):.2f}\n" for k in range(200))


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str], out: Path, message: str) -> None:
    assert run([*arguments, "--quiet", "--out", str(out)]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not said.out
    assert not out.exists()


def check(*settings: str) -> list[str]:
    design = resources.folder("geometry") / "designs" / "reference.toml"
    return ["check", str(design), "--life", *(part for item in settings for part in ("--set", item))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DUTY, "nothing is driven"),
        (ROAD.replace("1.0", "0.7") + DUTY, "the shares of the drives add up to 0.7"),
        (ROAD.replace('"B"', '"K"') + DUTY, "drives[0].road"),
        (ROAD.replace("60 km/h", "-60 km/h") + DUTY, "drives[0].speed"),
        (ROAD.replace("60 km/h", "60") + DUTY, "drives[0].speed"),
        (ROAD + DUTY.replace("years = 8", "years = -8"), "years"),
        (ROAD + DUTY.replace("years = 8", "years = nan"), "years"),
        (ROAD + DUTY.replace("10000 km", "0 km"), "distance_per_year"),
        (ROAD + DUTY.replace("per_day = 2", "per_day = -2"), "swaps.per_day"),
        (ROAD + 'truck = "tank"\n' + DUTY, "no truck is called 'tank'"),
        (ROAD + DUTY.replace("duty/1", "duty/9"), "format"),
        (LOG.replace("HOURS", "0"), "hours_per_year"),
        (LOG.replace("HOURS", "9000"), "hours_per_year"),
        (LOG.replace("HOURS", "100").replace("log.csv", "lost.csv"), "lost.csv"),
        (LOG.replace("HOURS", "100").replace('"az"', '"ax"'), "no channel is called 'ax'"),
        ("drives = [", "duty.toml"),
    ],
)
def test_duty_files(text: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.csv").write_text(SAMPLES)
    duty = tmp_path / "duty.toml"
    duty.write_text(text)
    refused(check(f"life.duty={duty}"), capsys, tmp_path / "out", message)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (SAMPLES.replace("[g]", ""), "has no unit"),
        (SAMPLES.replace("0.05,", "0.03,", 1), "time does not increase"),
        (SAMPLES.replace("0.05,", "nan,", 1), "is not a finite number"),
        ("time [s],az [g]\n", "no samples"),
        ("time [s],az [g]\n0.0,1.0\n", "fewer than two samples"),
        ("\x00\x01\x02", "log.csv"),
        ("time [s],az [g]\n0.0,0.0\n1000,1.0\n2000,0.0\n", "a record of 2000 s"),
    ],
)
def test_records_of_a_duty_file(samples: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.csv").write_text(samples)
    duty = tmp_path / "duty.toml"
    duty.write_text(LOG.replace("HOURS", "100"))
    refused(check(f"life.duty={duty}"), capsys, tmp_path / "out", message)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("life.weld_class=95 MPa", "IIW has no class FAT 95"),
        ("life.weld_class=90", "life.weld_class"),
        ("life.wear_rate=rusty", "unknown bearing condition 'rusty'"),
        ("life.years=-1", "life.years"),
        ("life.sample=0.1 s", "a sample of 0.1 s"),
        ("life.damping=1.5", "life.damping"),
        ("life.duty=nowhere.toml", "there is no file 'nowhere.toml'"),
    ],
)
def test_life_section(setting: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(check(setting), capsys, tmp_path / "out", message)


def test_a_huge_record_is_refused_before_it_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.csv"
    path.write_text(SAMPLES)
    os.truncate(path, 3_000_000_000)  # a hole: takes no room
    refused(["loads", "log", str(path)], capsys, tmp_path / "out", "a file of 3 GB, up to 1 GB are read")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("points = []", "empty"),
        ("points = [[5, 0.1]]", "one point only"),
        ("points = [[5, 0.0], [200, 0.0]]", "levels must be positive"),
        ("points = [[200, 0.1], [5, 0.1]]", "increase"),
        ('points = [[5, 0.1], [200, 0.1]]\nunit = "bar"', "unit 'bar' is not known"),
    ],
)
def test_a_users_spectrum(row: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, plot = tmp_path / "own.toml", tmp_path / "a.png"
    path.write_text(f'[[psd]]\nid = "ours"\n{row}\nstatus = "found"\nsource = "logger"\ncertainty = "high"\n')
    assert run(["loads", "show", "ours", "--file", str(path), "--plot", str(plot)]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not plot.exists()
