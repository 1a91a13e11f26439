"""What an input in time, or a list of driving frequencies, leaves untouched of a structure's modes: said in words.

A pulse that a mode follows as if held still, or that is over before the mode has moved, tells nothing of its resonance; a sweep
beside the modes neither. The figures are right; whoever asked is likely to have meant another input or more modes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlock.loads.history import FloatArray
from mechlock.response.basis import ModalBasis
from mechlock.response.transient import ModalMotion

SHARE = 0.01
"""Modes with less of the input's driving power than this are not asked."""

STILL = 0.03
"""A mode whose greatest swing is within this of the answer to the input held still does not resonate."""

UNMOVED = 0.1
"""A mode that swings by less than this part of the answer to the input held still has not taken part."""


def _driven(drive: FloatArray) -> NDArray[np.bool_]:
    """Modes that the input moves: those with a part in the sum of squares of the driving forces."""
    power = drive**2
    return np.asarray(power > SHARE * power.sum(), dtype=np.bool_)


def missed_by_history(basis: ModalBasis, drive: ArrayLike, motion: ModalMotion) -> str:
    """Say that no mode resonates under an input in time, and why; empty where one does, or where nothing is driven.

    Parameters
    ----------
    basis : ModalBasis
    drive : array_like, (m,)
        Modal forces per unit input.
    motion : ModalMotion
        Answer to the input.
    """
    forces = np.asarray(drive, dtype=float)
    peak = float(np.abs(motion.input).max())
    asked = _driven(forces) & (basis.frequency > 0.0)
    if not asked.any() or peak == 0.0:
        return ""
    still = np.abs(basis.static_coordinates(forces))[asked] * peak
    swing = np.abs(motion.displacement[:, asked]).max(axis=0) / still
    first, last = (f"{value:.4g} Hz" for value in (basis.frequency[asked].min(), basis.frequency[asked].max()))
    if (np.abs(swing - 1.0) <= STILL).all():
        return f"the input is too slow for the modes that it moves, from {first} on: the body follows as if static"
    if (swing <= UNMOVED).all():
        return (
            f"the input is over before the modes that it moves, up to {last}, have answered ({swing.max():.2g} of what it "
            "would do held still); stiffer ones follow as if static: ask for more modes (modes, or up_to)"
        )
    return ""


def missed_by_sweep(basis: ModalBasis, drive: ArrayLike, frequency: ArrayLike) -> str:
    """Say that driving frequencies (Hz) span none of the modes that are driven; empty where they do."""
    asked = _driven(np.asarray(drive, dtype=float))
    if not asked.any():
        return ""
    values, modes = np.asarray(frequency, dtype=float), basis.frequency[asked]
    width = np.maximum(basis.damping.viscous_equivalent[asked], STILL) * modes
    low, high = float(values.min()), float(values.max())
    if ((modes + width >= low) & (modes - width <= high)).any():
        return ""
    if high < modes.min():
        return f"the frequencies end at {high:g} Hz, the modes that are driven begin at {modes.min():.4g} Hz: nothing resonates"
    if low > modes.max():
        return (
            f"the frequencies begin at {low:g} Hz, the modes that are driven end at {modes.max():.4g} Hz: stiffer ones follow "
            "as if static; ask for more modes (modes, or up_to)"
        )
    return f"none of the modes that are driven lies between {low:g} and {high:g} Hz: nothing resonates"
