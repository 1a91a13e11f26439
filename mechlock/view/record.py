"""Picture of acceleration records: in time, spectrum, level crossings, and the static acceleration that would load as much."""

from __future__ import annotations

import io

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.response.record import DAMPING, RecordSummary
from mechlock.view.loads import SUFFIXES

_G = units.STANDARD_GRAVITY
_MOST_POINTS = 4000
_LOWEST = 0.2


def draw_record(axes: tuple[RecordSummary, ...], suffix: str, title: str) -> bytes:
    """Draw records over one another and return the picture.

    Raises
    ------
    InputError
        When the picture's format is not known.
    """
    if suffix not in SUFFIXES:
        raise InputError(f"a picture ends in {', '.join(SUFFIXES)}, not {suffix!r}", mend="rename it")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 6.4), layout="constrained")
    (over_time, spectrum), (crossings, static) = figure.subplots(2, 2)
    for item in axes:
        time, low, high = _envelope(item)
        label = f"{item.name}, {item.rms:.3g} g RMS"
        if len(time) == len(item.history.values):  # an envelope of single values has no area
            over_time.plot(time, low, linewidth=0.8, label=label)
        else:
            over_time.fill_between(time, low, high, linewidth=0.3, alpha=0.8, label=label)
        shown = item.frequency >= _LOWEST
        spectrum.loglog(item.frequency[shown], np.maximum(item.psd[shown], 1e-12), label=item.name)
        crossings.step(item.crossings.level / _G, np.maximum(item.crossings.rate, 1e-12), where="mid", label=item.name)
        static.semilogx(item.oscillator, item.static_g, label=item.name)
    top = max(float(item.psd.max()) for item in axes)
    spectrum.set_ylim(1e-6 * top, 3.0 * top)
    crossings.set_yscale("log")
    crossings.set_ylim(bottom=0.5 / min(item.history.duration for item in axes))
    over_time.set(xlabel="time, s", ylabel="acceleration, g")
    spectrum.set(xlabel="frequency, Hz", ylabel="g²/Hz")
    crossings.set(xlabel="level, g", ylabel="upward crossings per second")
    static.set(xlabel="natural frequency, Hz", ylabel=f"equivalent static, g ({DAMPING:.0%} damping)", ylim=(0.0, None))
    for part in (spectrum, crossings, static):
        part.grid(alpha=0.3, which="both")
    over_time.legend(fontsize=8, frameon=False, loc="upper right")
    figure.suptitle(title, fontsize=9)
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix[1:], dpi=130)
    return stream.getvalue()


def _envelope(item: RecordSummary) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Least and greatest of as many pieces as a picture can show."""
    values, time = item.history.values / _G, item.history.time
    size = max(1, len(values) // _MOST_POINTS)
    count = len(values) // size * size
    pieces = values[:count].reshape(-1, size)
    return time[:count:size], pieces.min(axis=1), pieces.max(axis=1)
