"""What an acceleration record holds: level, peaks, shape, spectrum, level crossings, and what it does to a frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.crossings import Crossings, level_crossings
from mechlock.loads.history import FloatArray, History
from mechlock.response.srs import equivalent_static_g

DAMPING = 0.03
"""Of the oscillators that the equivalent static acceleration is read from."""

_OSCILLATORS = 60
_LOWEST, _HIGHEST = 1.0, 100.0
_SEGMENTS = 8
_LEAST = 64


@dataclass(frozen=True)
class RecordSummary:
    """What one axis of an acceleration record holds.

    Attributes
    ----------
    name : str
    history : History
        mm/s².
    rms, least, greatest : float
        g.
    kurtosis : float
        3 for a Gaussian record.
    frequency, psd : ndarray, (k,)
        One-sided spectrum (Welch), Hz and g²/Hz.
    crossings : Crossings
        Levels in mm/s².
    oscillator, static_g : ndarray, (m,)
        Natural frequencies (Hz) and the static acceleration (g) that loads such an oscillator as much as the record does.
    """

    name: str
    history: History
    rms: float
    least: float
    greatest: float
    kurtosis: float
    frequency: FloatArray
    psd: FloatArray
    crossings: Crossings
    oscillator: FloatArray
    static_g: FloatArray

    def band_rms(self, low: float, high: float) -> float:
        """RMS of the band from `low` up to `high` (Hz), g."""
        inside = (self.frequency >= low) & (self.frequency < high)
        return float(np.sqrt(self.psd[inside].sum() * self.frequency[1]))


def record_summary(name: str, record: History) -> RecordSummary:
    """Summarise an acceleration record (mm/s²).

    Raises
    ------
    InputError
        When it is shorter than 64 samples, or does not move.
    """
    values = record.values / units.STANDARD_GRAVITY
    if len(values) < _LEAST:
        raise InputError(f"{len(values)} samples", name, f"a record of at least {_LEAST} samples is needed")
    centred = values - values.mean()
    spread = float(centred.std())
    if spread == 0.0:
        raise InputError("the record does not move", name, "leave the channel out")
    segment = max(_LEAST, 2 * len(values) // (_SEGMENTS + 1))
    from scipy.signal import welch  # takes half a second to load

    frequency, psd = welch(centred, fs=1.0 / record.step, nperseg=min(segment, len(values)))
    oscillator = np.geomspace(_LOWEST, min(_HIGHEST, 0.25 / record.step), _OSCILLATORS)
    return RecordSummary(
        name=name,
        history=record,
        rms=float(np.sqrt(np.mean(values**2))),
        least=float(values.min()),
        greatest=float(values.max()),
        kurtosis=float(np.mean(centred**4)) / spread**4,
        frequency=frequency,
        psd=psd,
        crossings=level_crossings(record),
        oscillator=oscillator,
        static_g=equivalent_static_g(record, oscillator, DAMPING),
    )
