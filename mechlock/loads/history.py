"""A recorded or prescribed time history with a uniform step, linear between its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlock.errors import InputError

FloatArray = NDArray[np.floating[Any]]
ComplexArray = NDArray[np.complexfloating[Any, Any]]

_MAX_SAMPLES = 50_000_000


@dataclass(frozen=True)
class History:
    """Samples at ``0, step, 2 step, ...``; linear between them, nothing before the first and after the last.

    Attributes
    ----------
    step : float
        Time between samples, s.
    values : ndarray, (n,)
        The samples, read-only; accelerations in mm/s² unless the owner says otherwise.
    """

    step: float
    values: FloatArray

    @property
    def time(self) -> FloatArray:
        """Times of the samples, s, shape (n,)."""
        return self.step * np.arange(len(self.values))

    @property
    def duration(self) -> float:
        """Time from the first to the last sample, s."""
        return self.step * (len(self.values) - 1)

    def refined(self, factor: int) -> History:
        """The same broken line with `factor` times as many steps (nothing is added: it was linear between samples)."""
        if factor <= 1:
            return self
        count = (len(self.values) - 1) * factor + 1
        if count > _MAX_SAMPLES:
            raise InputError(
                f"a step {factor} times finer would take {count} samples", mend="ask for lower frequencies or a shorter history"
            )
        fine = np.interp(np.arange(count) / factor, np.arange(len(self.values)), self.values)
        return history(self.step / factor, fine)

    def followed_by(self, rest: float) -> History:
        """The same with `rest` seconds of zero after the last sample; the drop to zero takes one step."""
        zeros = max(1, int(np.ceil(rest / self.step)))
        return history(self.step, np.concatenate([self.values, np.zeros(zeros)]))

    def scaled(self, factor: float) -> History:
        """The same with every sample multiplied by `factor`."""
        return history(self.step, self.values * factor)


def history(step: float, values: ArrayLike, where: str = "history") -> History:
    """Make a `History`, refusing what is not one.

    Raises
    ------
    InputError
        When the step is not positive, there are fewer than two samples, or a sample is not finite.
    """
    samples = np.array(values, dtype=float)
    if not (np.isfinite(step) and step > 0.0):
        raise InputError(f"the time step is {step!r}", where, "give a positive time step in seconds")
    if samples.ndim != 1 or len(samples) < 2:
        raise InputError(f"at least two samples in a row are needed, the shape is {samples.shape}", where)
    if not np.isfinite(samples).all():
        first = int(np.flatnonzero(~np.isfinite(samples))[0])
        raise InputError(f"sample {first + 1} is not a finite number", where, "remove or mend the sample")
    samples.setflags(write=False)
    return History(float(step), samples)
