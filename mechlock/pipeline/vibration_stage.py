"""The vibration test of the standard on the frame: random along each axis, then the dwell, with seats that open.

The linear answer (three standard deviations on the state at rest) holds while every seat keeps its pressure. Where one would
lift, the test is driven in time with seats that open, and the stress exceeded for 0.27 % of the time stands for three
standard deviations.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mechlock.analyses.weld_life import Passage
from mechlock.checks.criterion import Criterion, upper
from mechlock.checks.strength import Peak
from mechlock.fem.stress import von_mises
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.loads.history import FloatArray
from mechlock.loads.psd import Psd, realisation, standard_duration, standard_psd
from mechlock.loads.standards import find_record
from mechlock.pipeline.base_metal import Places, greatest
from mechlock.pipeline.duty_motion import Travel, travel
from mechlock.pipeline.frame_motion import INPUTS, OpenFrame, move
from mechlock.pipeline.hook_series import HookSeries, hook_series
from mechlock.response.basis import Output
from mechlock.response.random import check_range, modal_moments, random_response, von_mises_moments
from mechlock.units import STANDARD_GRAVITY

AXES = ("x", "y", "z")
STANDARD = "GB38031_nonM1N1"
"""Set of spectra (one per axis) and dwell for trucks."""

BEYOND_THREE_SIGMA = 0.0027
"""Share of the time that a Gaussian signal is farther than three standard deviations from its mean."""

DURATION = 30.0
"""Length of the history that is driven, s."""

_POINTS_PER_CYCLE = 6
_SETTLED_CYCLES = 60
_COUNTED_CYCLES = 20
_DWELL_POINTS = 24
_HOUR = 3600.0


@dataclass(frozen=True)
class VibrationRun:
    """One axis of the random test or of the dwell.

    Attributes
    ----------
    case : str
    linear : tuple of Peak
        Three standard deviations added to the static stress, or the linear amplitude; worst of each group.
    lost : tuple of str
        Pads and locks that the linear answer would pull open.
    peaks : tuple of Peak
        What holds: the linear ones while nothing is lost, else those with seats that open.
    travel : Travel
        Contact forces with seats that open.
    passage : Passage
        For the damage of the test at the welds; happens once.
    hooks : HookSeries
    note : str
        What the test misses of the frame's modes; empty where it covers them.
    """

    case: str
    linear: tuple[Peak, ...]
    lost: tuple[str, ...]
    peaks: tuple[Peak, ...]
    travel: Travel
    passage: Passage
    hooks: HookSeries
    note: str = ""


def random_run(frame: OpenFrame, base: Places, axis: str, seed: int = 1) -> VibrationRun:
    """One axis of the random test.

    Raises
    ------
    InputError
        When the frame's modes end before the spectrum begins.
    """
    name = f"{STANDARD}_{axis}"
    spectrum = standard_psd(name)
    case = f"random {axis}"
    note = check_range(frame.dynamics.basis, spectrum, has_residual=True)
    linear, lost = _linear(frame, base, spectrum, AXES.index(axis), case)
    step = 1.0 / (_POINTS_PER_CYCLE * float(spectrum.frequency[-1]))
    history = realisation(spectrum, DURATION, step, seed)
    moved = move(frame, step, _along(axis, history))
    peaks = greatest(base, moved, case, BEYOND_THREE_SIGMA) if lost else list(linear)
    hours = standard_duration(name) or 0.0
    passage = Passage(case, "event", moved.coordinates, moved.step, hours / DURATION)
    ran, hooks = travel(frame, case, hours, moved, 0), hook_series(frame, case, moved)
    return VibrationRun(case, linear, lost, tuple(peaks), ran, passage, hooks, note)


def dwell_run(frame: OpenFrame, base: Places, axis: str) -> VibrationRun:
    """One axis of the sine dwell, driven until it is steady."""
    row = find_record(f"{STANDARD}_sine", "sine_dwell")
    frequency = float(row.value("f_Hz"))
    amplitude = float(row.value("amp_g")[axis]) * STANDARD_GRAVITY
    case = f"dwell {axis}, {frequency:g} Hz"
    step = 1.0 / (_DWELL_POINTS * frequency)
    samples = _DWELL_POINTS * (_SETTLED_CYCLES + _COUNTED_CYCLES) + 1
    ramp = np.minimum(1.0, np.arange(samples) / (0.25 * _DWELL_POINTS * _SETTLED_CYCLES))
    history = amplitude * ramp * np.sin(2.0 * math.pi * frequency * step * np.arange(samples))
    moved = move(frame, step, _along(axis, history))
    start = round(_SETTLED_CYCLES / frequency / moved.step)
    peaks = tuple(greatest(base, moved, case, start=start))
    cycles = float(row.value("duration_h_per_axis")) * _HOUR * frequency
    passage = Passage(case, "event", moved.coordinates[start:], moved.step, cycles / _COUNTED_CYCLES)
    ran = travel(frame, case, cycles, moved, start)
    lost = tuple(name for name, share in ran.open_share.items() if share > 0.0)
    return VibrationRun(case, (), lost, peaks, ran, passage, hook_series(frame, case, moved))


def vibration_runs(
    frame: OpenFrame, base: Places, progress: Callable[[str], None] = lambda message: None
) -> tuple[VibrationRun, ...]:
    """The whole test: random and dwell along each axis."""
    found: list[VibrationRun] = []
    for axis in AXES:
        progress(f"life: random vibration {axis}")
        found.append(random_run(frame, base, axis))
    for axis in AXES:
        progress(f"life: sine dwell {axis}")
        found.append(dwell_run(frame, base, axis))
    return tuple(found)


def vibration_criteria(runs: tuple[VibrationRun, ...], base: Places, row: AcceptanceRow) -> list[Criterion]:
    """``random_3sigma``: the group with the least margin along each axis."""
    return [_row(run, base, row) for run in runs]


def _row(run: VibrationRun, base: Places, row: AcceptanceRow) -> Criterion:
    limits = {name: float(base.yields[base.group == number].max(initial=0.0)) for number, name in enumerate(base.names)}
    worst = max(run.peaks, key=lambda peak: peak.value / limits[peak.group])
    where = ", ".join(f"{value:.0f}" for value in worst.at)
    reason = f"{worst.group} {worst.thickness:g} mm at ({where})"
    if run.lost:
        linear = max((peak.value for peak in run.linear), default=None)
        said = f", linear {linear:.0f} MPa" if linear is not None else ""
        reason = f"{reason}; {', '.join(run.lost)} lift in turn{said}"
    if run.note:
        reason = f"{reason}; {run.note}"
    return upper(row.name, run.case, worst.value, limits[worst.group] / row.number("SF"), "MPa", row.source, reason)


def _along(axis: str, history: FloatArray) -> FloatArray:
    inputs = np.zeros((len(history), INPUTS))
    inputs[:, AXES.index(axis)] = history
    return inputs


def _linear(frame: OpenFrame, base: Places, spectrum: Psd, axis: int, case: str) -> tuple[tuple[Peak, ...], tuple[str, ...]]:
    """Three standard deviations on the state at rest by full modal covariance, and the contacts that would be pulled."""
    dynamics = frame.dynamics
    count = dynamics.modes
    moments = modal_moments(dynamics.basis, -dynamics.participation[:, axis], spectrum)
    shapes, direct = base.factors[:, :, :count], base.factors[:, :, count + axis]
    spread = 3.0 * von_mises_moments(shapes, direct, moments).rms
    values = spread + np.max([von_mises(rest) for rest in base.static], axis=0)
    peaks: list[Peak] = []
    for group in np.unique(base.group):
        mine = np.flatnonzero(base.group == group)
        place = int(mine[int(values[mine].argmax())])
        peaks.append(base.peak(case, place, float(values[place])))
    forces = Output(dynamics.contact_rows[:, :count], dynamics.contact_rows[:, count + axis])
    least = dynamics.contact_force - 3.0 * random_response(forces, moments).rms
    names = np.array(dynamics.contact_names)
    return tuple(peaks), tuple(dict.fromkeys(names[least <= 0.0].tolist()))
