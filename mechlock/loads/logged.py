"""Accelerations from a logger: CSV with channels and units, made uniform, freed of drift, cut into levels of severity."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.history import FloatArray, History, history

AXES = ("x", "y", "z")
"""Of a base motion: forward, left, up."""

_UNIT = re.compile(r"^\s*(?P<name>[^\[\(]+?)\s*[\[\(]\s*(?P<unit>[^\]\)]+?)\s*[\]\)]\s*$")
_JITTER = 0.02
_HOLE = 10.0
_STUCK = 3
_CLIPPED_RUNS = 2
_ORDER = 4
_LARGEST = 1_000_000_000


@dataclass(frozen=True)
class Log:
    """Channels sampled at one uniform step.

    Attributes
    ----------
    step : float
        s.
    names : tuple of str
    values : ndarray, (n, c)
        mm/s².
    notes : tuple of str
        What was done to the record.
    """

    step: float
    names: tuple[str, ...]
    values: FloatArray
    notes: tuple[str, ...] = ()

    def channel(self, name: str) -> History:
        """One channel as a history.

        Raises
        ------
        InputError
            When there is no such channel.
        """
        if name not in self.names:
            raise InputError(f"no channel is called {name!r}", "log", f"channels are {', '.join(self.names)}")
        return history(self.step, self.values[:, self.names.index(name)])


@dataclass(frozen=True)
class Level:
    """Stretches of a log of similar severity.

    Attributes
    ----------
    rms : float
        Largest RMS of a window in it, mm/s² (over all channels).
    share : float
        Part of the logged time.
    windows : ndarray of int, (w,)
        Numbers of the windows.
    """

    rms: float
    share: float
    windows: np.ndarray


def read_log(path: Path, channels: Mapping[str, str | None] | None = None, time_unit: str | None = None) -> Log:
    """Read a CSV file whose first column is time and whose header carries units, such as ``time [s], az [g]``.

    Parameters
    ----------
    path : Path
        Separated by comma, semicolon or tab.
    channels : mapping, optional
        Column name to unit, for the columns to take; a unit overrides the header's, None leaves it.
    time_unit : str, optional
        Unit of the first column, where the header has none.

    Raises
    ------
    InputError
        When the file is not such a table, a unit is missing, time does not increase, a sample is missing or a channel
        is clipped.
    """
    header, table = _table(path)
    time = table[:, 0] * _unit_factor(header[0], time_unit, "time", path)
    names, columns = [], []
    for index, title in enumerate(header[1:], start=1):
        name = _name(title)
        if channels is not None and name not in channels:
            continue
        factor = _unit_factor(title, None if channels is None else channels[name], "acceleration", path)
        names.append(name)
        columns.append(table[:, index] * factor)
    missing = sorted(set(channels or ()) - set(names))
    if missing or not names:
        raise InputError(f"no column is called {missing[0]!r}" if missing else "no channels", str(path), _known(header))
    values = np.column_stack(columns)
    for index, name in enumerate(names):
        _refuse_clipped(values[:, index], f"{path}: {name}")
    step, values, notes = _uniform(time, values, path)
    return Log(step, tuple(names), values, notes)


def prepared_log(
    path: Path, axes: Iterable[str] = (), time_unit: str | None = None, above: float | None = None, rate: float | None = None
) -> tuple[Log, dict[str, str]]:
    """Read the axes of a base motion from a log, without drift and resampled where that is asked for.

    Parameters
    ----------
    path : Path
    axes : iterable of str
        Such as ``"z=az"`` or, with the unit that the header lacks, ``"z=az [g]"``; without any, columns that are called after
        their axis (``x`` or ``ax``).
    time_unit : str, optional
    above, rate : float, optional
        Hz, see `without_drift` and `resampled`.

    Returns
    -------
    log : Log
        With the columns of the axes.
    axes : dict of str to str
        Column of each axis.

    Raises
    ------
    InputError
        Besides what reading refuses: an axis is not x, y or z, is given twice, or none is found.
    """
    wanted: dict[str, str] = {}
    for item in axes:
        axis, sign, column = (part.strip() for part in item.partition("="))
        if axis not in AXES or not sign or not column or axis in wanted:
            raise InputError(f"{item!r} is not AXIS=COLUMN", "--axis", "write --axis z=az, each of x, y, z at most once")
        wanted[axis] = column
    if not wanted:
        names = [_name(title) for title in _table(path)[0][1:]]
        wanted = {axis: name for axis in AXES for name in names if name.lower() in (axis, f"a{axis}")}
        if not wanted:
            raise InputError("no column is called x, y or z", str(path), f"say which is which with --axis; {', '.join(names)}")
    given = {_name(column): match["unit"] if (match := _UNIT.match(column)) else None for column in wanted.values()}
    log = read_log(path, given, time_unit)
    log = log if above is None else without_drift(log, above)
    log = log if rate is None else resampled(log, rate)
    return log, {axis: _name(column) for axis, column in wanted.items()}


def without_drift(log: Log, above: float) -> Log:
    """The same without what is slower than `above` (Hz): zero-phase Butterworth high-pass of order 4.

    Raises
    ------
    InputError
        When the frequency does not lie between one period of the record and half the sampling rate.
    """
    least = 1.0 / (log.step * len(log.values))
    if not least < above < 0.5 / log.step:
        raise InputError(f"a high-pass at {above:g} Hz", "log", f"choose between {least:.3g} and {0.5 / log.step:.3g} Hz")
    from scipy.signal import butter, sosfiltfilt  # takes half a second to load

    filter_ = butter(_ORDER, above, "highpass", fs=1.0 / log.step, output="sos")
    made = np.asarray(sosfiltfilt(filter_, log.values, axis=0), dtype=float)
    return Log(log.step, log.names, made, (*log.notes, f"high-pass at {above:g} Hz"))


def resampled(log: Log, rate: float) -> Log:
    """The same at another rate (Hz), band-limited (polyphase filter); the ratio is taken as a fraction up to 1/1000."""
    if not rate > 0.0:
        raise InputError(f"a rate of {rate!r} Hz", "log", "give a positive rate")
    from fractions import Fraction

    ratio = Fraction(rate * log.step).limit_denominator(1000)
    if ratio == 0:
        raise InputError(f"{rate:g} Hz is more than 1000 times below the logger's rate", "log", "choose a higher rate")
    from scipy.signal import resample_poly  # takes half a second to load

    made = np.asarray(resample_poly(log.values, ratio.numerator, ratio.denominator, axis=0, padtype="line"), dtype=float)
    note = f"resampled to {float(ratio) / log.step:g} Hz"
    return Log(log.step / float(ratio), log.names, made, (*log.notes, note))


def severity_levels(log: Log, window: float, levels: int = 5) -> tuple[Level, ...]:
    """Cut a log into windows (s) and sort them by RMS into levels, mildest first: the duty spectrum of the logged time.

    Raises
    ------
    InputError
        When the log does not hold as many windows as levels.
    """
    size = round(window / log.step)
    count = len(log.values) // size if size > 0 else 0
    if count < levels or levels < 1:
        raise InputError(f"{count} windows of {window:g} s for {levels} levels", "log", "take shorter windows or fewer levels")
    pieces = log.values[: count * size].reshape(count, size, -1)
    rms = np.sqrt((pieces**2).mean(axis=1).sum(axis=1))
    edges = np.linspace(0.0, rms.max(), levels + 1)[1:-1]
    place = np.digitize(rms, edges)
    found = []
    for level in range(levels):
        members = np.flatnonzero(place == level)
        if len(members):
            found.append(Level(float(rms[members].max()), len(members) / count, members))
    return tuple(found)


def _table(path: Path) -> tuple[list[str], FloatArray]:
    try:
        if path.stat().st_size > _LARGEST:
            size = f"{path.stat().st_size / 1e9:.3g} GB"
            raise InputError(
                f"a file of {size}, up to {_LARGEST / 1e9:g} GB are read", str(path), "cut it, or export fewer columns"
            )
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            delimiter = max(",;\t", key=first.count)
            header = [title.strip() for title in next(csv.reader([first], delimiter=delimiter))]
            lines = [line for line in stream if line.strip()]
            if not lines:
                raise InputError("no samples", str(path))
            table = np.loadtxt(lines, delimiter=delimiter, ndmin=2)
    except FileNotFoundError:
        raise InputError("there is no such file", str(path), "check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file cannot be read ({error})", str(path)) from None
    except (ValueError, StopIteration) as error:
        raise InputError(f"not a table of numbers under one header line: {error}", str(path), "export plain CSV") from None
    if len(header) < 2 or table.shape[1] != len(header):
        raise InputError(f"{len(header)} titles over {table.shape[1]} columns", str(path), "give time and at least one channel")
    if len(table) < 2:
        raise InputError("fewer than two samples", str(path))
    bad = np.argwhere(~np.isfinite(table))
    if len(bad):
        raise InputError(f"line {bad[0, 0] + 2}: {header[bad[0, 1]]} is not a finite number", str(path), "mend the sample")
    return header, table


def _name(title: str) -> str:
    match = _UNIT.match(title)
    return match["name"] if match else title


def _known(header: list[str]) -> str:
    return f"columns are {', '.join(_name(title) for title in header[1:])}"


def _unit_factor(title: str, given: str | None, dimension: str, path: Path) -> float:
    match = _UNIT.match(title)
    unit = given or (match["unit"] if match else None)
    if unit is None:
        raise InputError(f"column {title!r} has no unit", str(path), f"write it as '{title} [{units.DIMENSIONS[dimension][0]}]'")
    try:
        return units.parse(f"1 {unit}", dimension)
    except InputError:
        kind = dimension.replace("_", " ")
        raise InputError(f"column {title!r}: {unit!r} is not a unit of {kind}", str(path), "use s, g, m/s**2") from None


def _refuse_clipped(values: FloatArray, where: str) -> None:
    """A channel is clipped when it runs several times into its own extreme and rests there for three samples or more.

    A slow peak of a coarsely quantised channel rests there too, but it arrives by one step of the converter.
    """
    levels = np.unique(values)
    if len(levels) < 3:
        return
    quantum = float(np.diff(levels).min())
    for extreme in (levels[-1], levels[0]):
        stuck = np.concatenate([[False], values == extreme, [False]])
        edges = np.flatnonzero(np.diff(stuck.astype(np.int8)))
        starts, ends = edges[::2], edges[1::2]
        jump = np.abs(values[np.maximum(starts - 1, 0)] - extreme)
        if ((ends - starts >= _STUCK) & (jump > 1.5 * quantum)).sum() >= _CLIPPED_RUNS:
            at = extreme / units.STANDARD_GRAVITY
            raise InputError(f"clipped: the signal rests {len(starts)} times at {at:.4g} g", where, "log with a wider range")


def _uniform(time: FloatArray, values: FloatArray, path: Path) -> tuple[float, FloatArray, tuple[str, ...]]:
    steps = np.diff(time)
    if not (steps > 0.0).all():
        line = int(np.flatnonzero(steps <= 0.0)[0]) + 3
        raise InputError(f"line {line}: time does not increase", str(path), "sort the record or remove the repeated sample")
    step = float(np.median(steps))
    if steps.max() > _HOLE * step:
        at = time[int(steps.argmax())]
        raise InputError(f"a hole of {steps.max():.3g} s after {at:.6g} s", str(path), "cut the record there")
    if np.abs(steps - step).max() <= _JITTER * step:
        mean = float((time[-1] - time[0]) / len(steps))
        return mean, values, ()
    count = math.floor((time[-1] - time[0]) / step) + 1
    grid = time[0] + step * np.arange(count)
    made = np.column_stack([np.interp(grid, time, column) for column in values.T])
    return step, made, (f"uneven steps of {steps.min():.3g} to {steps.max():.3g} s made uniform",)
