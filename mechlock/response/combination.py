"""Combining the peaks of modes taken from a shock response spectrum: ABS, SRSS, CQC, NRL."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from mechlock.errors import InputError
from mechlock.loads.history import FloatArray
from mechlock.response.basis import ModalBasis, Output
from mechlock.response.random import VON_MISES
from mechlock.response.srs import ShockSpectrum

Rule = Literal["ABS", "SRSS", "CQC", "NRL"]


def correlation(frequency: ArrayLike, damping: ArrayLike) -> FloatArray:
    """Correlation of modes under a broad-band input (Der Kiureghian, Earthq. Eng. Struct. Dyn. 9 (1981) 419), (m, m)."""
    omega = 2.0 * math.pi * np.asarray(frequency, dtype=float)
    zeta = np.broadcast_to(np.asarray(damping, dtype=float), omega.shape)
    wi, wj, zi, zj = omega[:, None], omega[None, :], zeta[:, None], zeta[None, :]
    upper = 8.0 * np.sqrt(zi * zj * wi * wj) * (zi * wi + zj * wj) * wi * wj
    lower = (wi**2 - wj**2) ** 2 + 4.0 * zi * zj * wi * wj * (wi**2 + wj**2) + 4.0 * (zi**2 + zj**2) * wi**2 * wj**2
    same = wi == wj
    return np.where(lower > 0.0, upper / np.where(lower > 0.0, lower, 1.0), same.astype(float))


def modal_peaks(basis: ModalBasis, drive: ArrayLike, output: Output, spectrum: ShockSpectrum) -> FloatArray:
    """Peak of each output in each mode alone, with the sign of its shape, (o, m).

    Parameters
    ----------
    spectrum : ShockSpectrum
        Of the base acceleration, as relative displacement, at the frequencies of the basis.

    Raises
    ------
    InputError
        When the spectrum is of another quantity or at other frequencies.
    """
    if spectrum.quantity != "relative_displacement":
        raise InputError(f"a spectrum of {spectrum.quantity}", "spectrum", "take it as relative_displacement")
    if spectrum.frequency.shape != basis.frequency.shape or not np.allclose(spectrum.frequency, basis.frequency):
        raise InputError("the spectrum is at other frequencies than the modes", "spectrum", "take it at the modes' frequencies")
    if output.derivative != 0:
        raise InputError("peaks of modes are for displacements and stresses", "outputs")
    return output.shapes * (np.asarray(drive, dtype=float) * spectrum.maximax)


def combine(peaks: ArrayLike, rule: Rule, frequency: ArrayLike | None = None, damping: ArrayLike | None = None) -> FloatArray:
    """Combine the peaks of modes into an estimate of the greatest value, (...,) from (..., m).

    Parameters
    ----------
    peaks : array_like, (..., m)
        Signed peaks of each mode.
    rule : {"ABS", "SRSS", "CQC", "NRL"}
        ABS: sum of magnitudes, an upper bound. SRSS: root of the sum of squares. CQC: with `correlation` (needs
        frequencies and damping). NRL: the largest plus the SRSS of the others (NRL Memorandum Report 1396, 1963).
    """
    values = np.asarray(peaks, dtype=float)
    if rule == "ABS":
        return np.abs(values).sum(axis=-1)
    if rule == "SRSS":
        return np.sqrt((values**2).sum(axis=-1))
    if rule == "CQC":
        return np.sqrt(np.maximum(np.einsum("...i,ij,...j->...", values, _given(frequency, damping), values), 0.0))
    if rule == "NRL":
        squared = values**2
        largest = squared.max(axis=-1)
        return np.sqrt(largest) + np.sqrt(np.maximum(squared.sum(axis=-1) - largest, 0.0))
    raise InputError(f"no rule is called {rule!r}", "combination", f"use one of {', '.join(get_args(Rule))}")


def combine_von_mises(peaks: ArrayLike, frequency: ArrayLike, damping: ArrayLike) -> FloatArray:
    """Von Mises stress by CQC of whole stress tensors, (...,) from (..., 6, m): root of the sum of rho_ij s_i^T A s_j."""
    values = np.asarray(peaks, dtype=float)
    table = _given(frequency, damping)
    return np.sqrt(np.maximum(np.einsum("...ai,ab,...bj,ij->...", values, VON_MISES, values, table, optimize=True), 0.0))


def _given(frequency: ArrayLike | None, damping: ArrayLike | None) -> FloatArray:
    if frequency is None or damping is None:
        raise InputError("CQC needs the modes' frequencies and damping", "combination")
    return correlation(frequency, damping)
