"""From a log to a duty spectrum: its levels of severity as short histories, each with the hours that it stands for.

A stretch is made of windows of the log. Windows that follow one another there stay together; where the log is cut, both
ends fade to zero, so that the cut itself is no shock.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.loads.logged import Level, Log, severity_levels
from mechlock.loads.standards import list_records

_FADE = 0.1
_TIME_DIGITS = 9


@dataclass(frozen=True)
class Stretch:
    """One level of severity of a log.

    Attributes
    ----------
    name : str
    values : ndarray, (n, c)
        Accelerations of the log's channels, mm/s².
    rms : ndarray, (c,)
        Of every channel over all windows of the level, mm/s².
    share : float
        Part of the logged time.
    windows, used : int
        Of the level, and how many of them the stretch holds.
    """

    name: str
    values: FloatArray
    rms: FloatArray
    share: float
    windows: int
    used: int


def stretches(log: Log, window: float, levels: int, sample: float, seed: int = 1) -> tuple[Stretch, ...]:
    """Cut a log into levels of severity, mildest first, and take up to `sample` seconds of each.

    Where a level is longer, the windows that stand for it are drawn by lot, so that its hard and its mild ones keep their part.

    Parameters
    ----------
    log : Log
    window : float
        Length of the pieces that are sorted, s.
    levels : int
    sample : float
        s.
    seed : int
        The same seed draws the same windows.

    Raises
    ------
    InputError
        When the log does not hold as many windows as levels, or a sample no window.
    """
    if sample < window:
        raise InputError(f"a sample of {sample:g} s holds no window of {window:g} s", "log", "take a longer sample")
    rng = np.random.default_rng(seed)
    size, most = round(window / log.step), max(1, int(sample / window))
    found = severity_levels(log, window, levels)
    return tuple(_stretch(log, size, level, number, most, rng) for number, level in enumerate(found, start=1))


def _stretch(log: Log, size: int, level: Level, number: int, most: int, rng: np.random.Generator) -> Stretch:
    windows = level.windows
    used = windows if len(windows) <= most else np.sort(rng.choice(windows, most, replace=False))
    runs = np.split(used, np.flatnonzero(np.diff(used) > 1) + 1)
    pieces = [_faded(log.values[run[0] * size : (run[-1] + 1) * size], log.step) for run in runs]
    whole = log.values[: len(log.values) // size * size].reshape(-1, size, log.values.shape[1])[windows]
    rms = np.sqrt((whole**2).mean(axis=(0, 1)))
    return Stretch(f"level {number}", np.concatenate(pieces), rms, level.share, len(windows), len(used))


def _faded(piece: FloatArray, step: float) -> FloatArray:
    count = min(len(piece) // 2, max(1, round(_FADE / step)))
    ramp = 0.5 * (1.0 - np.cos(np.pi * np.arange(count) / count))
    weight = np.ones(len(piece))
    weight[:count], weight[len(piece) - count :] = ramp, ramp[::-1]
    return piece * weight[:, None]


def stretch_csv(stretch: Stretch, step: float, names: tuple[str, ...]) -> str:
    """The stretch as a CSV table with its units, as `read_log` reads it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["time [s]", *(f"{name} [g]" for name in names)])
    time = np.round(step * np.arange(len(stretch.values)), _TIME_DIGITS)
    writer.writerows(np.column_stack([time, np.round(stretch.values / units.STANDARD_GRAVITY, 6)]).tolist())
    return text.getvalue()


def duty_toml(
    found: tuple[Stretch, ...],
    files: tuple[str, ...],
    axes: Mapping[str, str],
    hours: float,
    distance: float,
    source: str,
) -> str:
    """A `mechlock-duty/1` file that drives the stretches, `hours` and `distance` (mm) in a year.

    Years, swaps and the slow manoeuvres that a high-pass takes out of a log are the project's assumptions, to be replaced.
    """
    lines = [
        'format = "mechlock-duty/1"',
        f'name = "logged: {_text(source)}"',
        "years = 8",
        f'distance_per_year = "{distance / 1e6:g} km"',
        "swaps = { per_day = 8, days_per_year = 330 } # assumption: replace by your own",
        f'source = "{_text(source)}"',
        'certainty = "as the log: that its time stands for the whole year is an assumption"',
    ]
    columns = ", ".join(f'{axis} = "{_text(name)}"' for axis, name in axes.items())
    for stretch, file in zip(found, files, strict=True):
        lines += [
            "",
            "[[records]]",
            f'name = "{stretch.name}"',
            f'file = "{file}"',
            f"axes = {{ {columns} }}",
            f"hours_per_year = {hours * stretch.share:.6g}",
        ]
    lines += ["", "# slow, so not in a log without its drift: assumptions"]
    for row in list_records("manoeuvre"):
        parts = ", ".join(f'"{float(value)} g"' for value in row.value("acceleration_g"))
        lines += ["[[manoeuvres]]", f'name = "{row.id.replace("_", " ")}"', f"acceleration = [{parts}]"]
        lines += ["both_ways = true"] if row.values.get("both_ways", False) else []
        lines += [f"per_km = {float(row.value('per_km'))}"]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
