"""NAFEMS forced-vibration cases (F) on solid meshes: deep beam 5, thin plate 13, thick plate 21."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

Inputs = Mapping[str, Any]

PLATE_CELLS = 10
PLATE_LAYERS = 2


def case_F5H(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Harmonic response of the deep beam about its first mode."""
    frequency, displacement, stress = _resonance(_beam(_frozen(inputs)))
    return {"peak displacement": displacement, "peak stress": stress, "frequency": frequency}


def case_F5T(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Step load on the deep beam."""
    model = _beam(_frozen(inputs))
    peak, time = _step(model)
    return {
        "peak displacement": peak[0],
        "time of peak": time,
        "peak stress": peak[1],
        "static displacement": model.static[0],
    }


def case_F5R(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Random load on the deep beam: greatest spectral density of the response to a flat one."""
    frequency, displacement, stress = _resonance(_beam(_frozen(inputs)))
    return {"peak displacement PSD": displacement**2, "peak stress PSD": stress**2, "frequency": frequency}


def case_F13H(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Harmonic pressure on the thin plate."""
    frequency, displacement, stress = _resonance(_plate(_frozen(inputs)))
    return {"peak displacement": displacement, "peak stress": stress, "frequency": frequency}


def case_F13P(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Two harmonics on the thin plate."""
    model = _plate(_frozen(inputs))
    one, whole = _periodic(model.one_mode(), 1.2), _periodic(model, 1.2)
    return {
        "peak displacement, NAFEMS one-mode": one[0],
        "peak stress, NAFEMS one-mode": one[1],
        "peak displacement, all modes": whole[0],
        "peak stress, all modes": whole[1],
    }


def case_F13R(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Random pressure on the thin plate."""
    _, displacement, stress = _resonance(_plate(_frozen(inputs)))
    return {"peak displacement PSD": displacement**2, "peak stress PSD": stress**2}


def case_F21T(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Step pressure on the thick plate; the NAFEMS figures (peak, its time, stress) are of one mode, as in 13P and 21P."""
    model = _plate(_frozen(inputs))
    one, time = _step(model.one_mode())
    whole, _ = _step(model)
    return {
        "peak displacement NAFEMS": one[0],
        "time": time,
        "peak stress NAFEMS": one[1],
        "static displacement": model.static[0],
        "peak displacement, all modes": whole[0],
    }


def case_F21P(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Two harmonics on the thick plate; the NAFEMS figures are of one mode."""
    model = _plate(_frozen(inputs))
    one, whole = _periodic(model.one_mode(), 20.0), _periodic(model, 20.0)
    return {
        "peak displacement NAFEMS": one[0],
        "peak displacement, Mindlin all modes": whole[0],
        "peak stress NAFEMS": one[1],
    }


def case_F21R(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Random pressure on the thick plate."""
    _, displacement, stress = _resonance(_plate(_frozen(inputs)))
    return {
        "peak displacement PSD NAFEMS": displacement**2,
        "peak displacement PSD, Mindlin modal": displacement**2,
        "peak stress PSD": stress**2,
    }


def _frozen(inputs: Inputs) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(inputs.items()))


@lru_cache(maxsize=2)
def _beam(inputs: tuple[tuple[str, float], ...]) -> Any:
    from validation_cases.dynamics_model import beam

    return beam(dict(inputs))


@lru_cache(maxsize=2)
def _plate(inputs: tuple[tuple[str, float], ...]) -> Any:
    from validation_cases.dynamics_model import plate

    return plate(dict(inputs), PLATE_CELLS, PLATE_LAYERS)


def _resonance(model: Any) -> tuple[float, float, float]:
    """Frequency of the greatest displacement near the first mode, and both outputs' greatest amplitudes there."""
    from mechlock.response.harmonic import harmonic

    first = model.basis.frequency[np.argmax(np.abs(model.output.shapes[0] * model.drive))]
    frequency = first * np.linspace(0.97, 1.03, 2001)
    amplitude = harmonic(model.basis, model.drive, model.output, frequency).amplitude
    return float(frequency[amplitude[:, 0].argmax()]), float(amplitude[:, 0].max()), float(amplitude[:, 1].max())


def _step(model: Any) -> tuple[np.ndarray, float]:
    """Greatest outputs under a load that is there from time zero on, within two periods, and when the first peaks."""
    from mechlock.loads.history import history
    from mechlock.response.transient import extremes, transient

    duration = 2.0 / model.basis.frequency[0]
    count = int(np.ceil(duration * max(40.0 * model.basis.frequency.max(), 4000.0 / duration)))
    motion = transient(model.basis, model.drive, history(duration / count, np.ones(count + 1)))
    found = extremes(model.output, motion)
    return np.abs(found.peak), float(found.peak_time[0])


def _periodic(model: Any, fundamental: float) -> np.ndarray:
    """Greatest magnitudes over a period under sin wt - sin 3 wt."""
    from mechlock.response.harmonic import periodic

    _, values = periodic(model.basis, model.drive, model.output, fundamental, [-1j, 0.0, 1j])
    return np.abs(values).max(axis=1)
