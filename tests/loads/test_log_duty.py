"""From a log to a duty spectrum: level crossings, stretches of like severity, and the command, with every bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mechlock.cli.main import run
from mechlock.loads.crossings import level_crossings
from mechlock.loads.duty import read_duty
from mechlock.loads.history import history
from mechlock.loads.log_duty import stretches
from mechlock.loads.logged import Log
from mechlock.response.record import record_summary

G = 9806.65
RATE = 100.0


def signal(seconds=60.0, columns=1):
    """Noise that is three times as hard in the last third."""
    count = round(seconds * RATE)
    values = np.random.default_rng(1).standard_normal((count, columns))
    values[2 * count // 3 :] *= 3.0
    return np.arange(count) / RATE, values


def written(tmp_path, header="time [s],ax [g],az [g]", **changes):
    time, values = signal(columns=2)
    table = np.column_stack([time, values])
    for row, column, value in changes.get("cells", ()):
        table[row, column] = value
    path = tmp_path / "truck.csv"
    np.savetxt(path, table, delimiter=",", header=header, comments="", fmt="%.6g")
    return path


def test_level_crossings_of_a_sine_and_of_noise():
    time = np.arange(20_001) / 1000.0
    found = level_crossings(history(1e-3, np.sin(2 * np.pi * 5.0 * time + 0.3)))
    assert found.rate == pytest.approx(np.full(64, 5.0), rel=0.02)
    values = signal()[1][:4000, 0]
    found = level_crossings(history(1 / RATE, values), 9)
    for level, rate in zip(found.level, found.rate, strict=True):
        assert rate * 39.99 == pytest.approx(((values[:-1] < level) & (values[1:] >= level)).sum())


def test_a_gaussian_record_says_that_it_is_one():
    values = np.random.default_rng(0).standard_normal(20_000)
    found = record_summary("z", history(1 / RATE, G * values))
    assert found.rms == pytest.approx(1.0, rel=0.02)
    assert found.kurtosis == pytest.approx(3.0, abs=0.15)
    assert found.band_rms(0.0, 51.0) == pytest.approx(1.0, rel=0.03)
    assert found.band_rms(10.0, 20.0) == pytest.approx(np.sqrt(0.2), rel=0.05)


def test_stretches_share_the_time_and_fade_where_they_are_cut():
    _, values = signal()
    found = stretches(Log(1 / RATE, ("z",), G * values), 2.0, 3, 8.0)
    assert sum(item.share for item in found) == pytest.approx(1.0)
    mild, hard = found[0], found[-1]
    assert hard.rms[0] / mild.rms[0] == pytest.approx(3.0, rel=0.15)
    assert hard.used == 4
    assert len(hard.values) == 800
    assert np.abs(hard.values[[0, -1]]).max() == 0.0


def test_log_becomes_a_duty_spectrum_that_can_be_read(tmp_path, capsys):
    out = tmp_path / "duty"
    arguments = ["log", str(written(tmp_path)), "--window", "2 s", "--sample", "6 s", "--hours", "1000", "--out", str(out)]
    assert run(["loads", *arguments, "--above", "0.5 Hz", "--plot", str(tmp_path / "log.png"), "--json"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert (tmp_path / "log.png").read_bytes().startswith(b"\x89PNG")
    assert [item["axis"] for item in payload["axes"]] == ["x", "z"]
    duty = read_duty(out / "duty.toml")
    assert sum(record.time for record in duty.records) == pytest.approx(1000 * 3600)
    hardest = duty.records[-1].acceleration
    assert hardest[:, 0].std() == pytest.approx(3 * G, rel=0.15)
    assert not hardest[:, 1].any()
    assert {item.name for item in duty.manoeuvres} >= {"braking", "curve"}


@pytest.mark.parametrize(
    ("header", "cells", "options", "message"),
    [
        ("time [s],ax [g],az", (), {}, "no unit"),
        ("time [s],ax [g],az [kg]", (), {}, "not a unit of acceleration"),
        ("time [s],b [g],c [g]", (), {}, "say which is which"),
        ("time [s],ax [g],az [g]", ((10, 0, 0.01),), {}, "time does not increase"),
        ("time [s],ax [g],az [g]", ((10, 1, np.nan),), {}, "line 12: ax [g] is not a finite number"),
        ("time [s],ax [g],az [g]", ((slice(0, None), 1, 0.0),), {}, "does not move"),
        ("time [s],ax [g],az [g]", (), {"--axis": "up=az"}, "AXIS=COLUMN"),
        ("time [s],ax [g],az [g]", (), {"--axis": "z=b"}, "no column is called"),
        ("time [s],ax [g],az [g]", (), {"--above": "80 Hz"}, "high-pass"),
        ("time [s],ax [g],az [g]", (), {"--rate": "200"}, "--rate"),
        ("time [s],ax [g],az [g]", (), {"--levels": "40"}, "windows"),
        ("time [s],ax [g],az [g]", (), {"--sample": "1 s"}, "holds no window"),
        ("time [s],ax [g],az [g]", (), {"--hours": "9000"}, "--hours"),
        ("time [s],ax [g],az [g]", (), {"--plot": "a.gif"}, "a picture ends in"),
    ],
)
def test_bad_logs_end_in_one_message_and_nothing_written(tmp_path, capsys, header, cells, options, message):
    path = written(tmp_path, header, cells=cells)
    settings = {"--window": "2 s", "--sample": "6 s", "--out": str(tmp_path / "duty")} | options
    assert run(["loads", "log", str(path), *(part for pair in settings.items() for part in pair)]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not said.out
    assert not (tmp_path / "duty").exists()


def test_a_log_of_bumps_is_said_not_to_be_gaussian(tmp_path, capsys):
    time, values = signal(columns=2)
    values[::200] *= 12.0
    path = tmp_path / "truck.csv"
    table = np.column_stack([time, values])
    np.savetxt(path, table, delimiter=",", header="time [s],ax [g],az [g]", comments="", fmt="%.6g")
    assert run(["loads", "log", str(path), "--window", "2 s", "--sample", "6 s", "--levels", "1", "--json"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert all(item["kurtosis"] > 10 for item in payload["axes"])
    assert sum("count the history by rainflow instead" in note for note in payload["notes"]) == 2


def test_a_clipped_log_is_refused(tmp_path, capsys):
    time, values = signal()
    path = tmp_path / "truck.csv"
    table = np.column_stack([time, np.clip(np.repeat(values[::5], 5, axis=0), -1.5, 1.5)])
    np.savetxt(path, table, delimiter=",", header="time [s],az [g]", comments="", fmt="%.6g")
    assert run(["loads", "log", str(path)]) == 2
    assert "clipped" in capsys.readouterr().err


def test_duty_files_name_a_record_that_is_missing(tmp_path, capsys):
    out = tmp_path / "duty"
    assert run(["loads", "log", str(written(tmp_path)), "--window", "2 s", "--sample", "6 s", "--out", str(out)]) == 0
    (out / "level_1.csv").unlink()
    from mechlock.errors import InputError

    with pytest.raises(InputError, match=r"level_1\.csv"):
        read_duty(out / "duty.toml")
