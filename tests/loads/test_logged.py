"""Logger files: units, uniform steps, drift, resampling, severity; and every way in which a record can be bad."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.loads.logged import Log, read_log, resampled, severity_levels, without_drift

G = 9806.65


def write(tmp_path, header, rows, delimiter=","):
    path = tmp_path / "log.csv"
    lines = [header, *(delimiter.join(f"{value:.9g}" for value in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def sine(count=1000, rate=200.0, frequency=5.0):
    time = np.arange(count) / rate
    return time, np.sin(2 * np.pi * frequency * time)


def test_units_of_the_header_are_used(tmp_path):
    time, wave = sine()
    path = write(tmp_path, "time [ms], ax [g], az (m/s**2)", np.column_stack([time * 1e3, wave, wave]))
    log = read_log(path)
    assert log.names == ("ax", "az")
    assert log.step == pytest.approx(0.005)
    assert log.values[:, 0] == pytest.approx(wave * G, rel=1e-6, abs=1e-3)
    assert log.channel("az").values == pytest.approx(wave * 1000, rel=1e-6, abs=1e-3)


def test_chosen_channels_with_given_units_and_semicolons(tmp_path):
    time, wave = sine()
    path = write(tmp_path, "t;a;temperature", np.column_stack([time, wave, wave]), ";")
    log = read_log(path, {"a": "g"}, time_unit="s")
    assert log.names == ("a",)
    assert log.values.max() == pytest.approx(G, rel=1e-3)


def test_uneven_steps_are_made_uniform_and_said(tmp_path):
    rng = np.random.default_rng(0)
    time = np.cumsum(rng.uniform(0.003, 0.007, 2000))
    path = write(tmp_path, "time [s], a [g]", np.column_stack([time, np.sin(2 * np.pi * 2 * time)]))
    log = read_log(path)
    assert "made uniform" in log.notes[0]
    grid = time[0] + log.step * np.arange(len(log.values))
    assert log.values[:, 0] == pytest.approx(G * np.sin(2 * np.pi * 2 * grid), abs=0.01 * G)


def test_drift_goes_and_the_signal_stays():
    time, wave = sine(4000)
    log = Log(0.005, ("a",), (wave + 3.0 + 0.5 * time)[:, None])
    freed = without_drift(log, 0.5)
    middle = slice(500, -500)
    assert freed.values[middle, 0] == pytest.approx(wave[middle], abs=0.02)
    assert "high-pass" in freed.notes[-1]
    with pytest.raises(InputError, match="high-pass"):
        without_drift(log, 150.0)


def test_resampling_keeps_a_band_limited_signal():
    time, wave = sine(2000)
    log = resampled(Log(0.005, ("a",), wave[:, None]), 500.0)
    grid = log.step * np.arange(len(log.values))
    middle = slice(200, -200)
    assert log.step == pytest.approx(0.002)
    assert log.values[middle, 0] == pytest.approx(np.sin(2 * np.pi * 5 * grid)[middle], abs=0.01)
    assert time[-1] == pytest.approx(grid[-1], abs=0.01)


def test_severity_levels_share_the_time():
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.standard_normal(6000), 4 * rng.standard_normal(2000)])
    levels = severity_levels(Log(0.005, ("a",), values[:, None]), 5.0, 4)
    assert sum(level.share for level in levels) == pytest.approx(1.0)
    assert levels[-1].rms == pytest.approx(4.0, rel=0.1)
    assert levels[-1].share == pytest.approx(0.25)
    with pytest.raises(InputError, match="windows"):
        severity_levels(Log(0.005, ("a",), values[:, None]), 30.0, 4)


def rows():
    time, wave = sine(300)
    return np.column_stack([time, wave])


@pytest.mark.parametrize(
    ("header", "change", "message"),
    [
        ("time [s], a", None, "no unit"),
        ("time, a [g]", None, "no unit"),
        ("time [s], a [bar]", None, "not a unit of acceleration"),
        ("time [s], a [g], b [g]", None, "3 titles over 2 columns"),
        ("time [s], a [g]", lambda r: r.__setitem__((10, 0), r[9, 0]), "line 12: time does not increase"),
        ("time [s], a [g]", lambda r: r.__setitem__((10, 1), np.nan), "line 12: a"),
        ("time [s], a [g]", lambda r: r.__setitem__((slice(150, None), 0), r[150:, 0] + 9.0), "a hole of"),
        ("time [s], a [g]", lambda r: r.__setitem__((slice(None), 1), np.clip(r[:, 1], -0.7, 0.7)), "clipped"),
    ],
)
def test_bad_records_end_in_a_clear_message(tmp_path, header, change, message):
    table = rows()
    if change is not None:
        change(table)
    with pytest.raises(InputError, match=message):
        read_log(write(tmp_path, header, table))


def test_a_coarse_converter_is_not_taken_for_clipping(tmp_path):
    time, wave = sine(2000, frequency=1.0)
    log = read_log(write(tmp_path, "time [s], a [g]", np.column_stack([time, np.round(wave * 50) / 50])))
    assert log.values.max() == pytest.approx(G)


def test_texts_and_missing_files_and_channels_are_refused(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("time [s], a [g]\n0, one\n")
    with pytest.raises(InputError, match="not a table"):
        read_log(path)
    path.write_text("time [s], a [g]\n")
    with pytest.raises(InputError, match="no samples"):
        read_log(path)
    with pytest.raises(InputError, match="no such file"):
        read_log(tmp_path / "none.csv")
    good = write(tmp_path, "time [s], a [g]", rows())
    with pytest.raises(InputError, match="no column is called 'b'"):
        read_log(good, {"b": "g"})
    with pytest.raises(InputError, match="no channel is called"):
        read_log(good).channel("x")
