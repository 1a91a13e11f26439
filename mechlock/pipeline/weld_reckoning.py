"""The worst weld on its worst road reckoned by hand, beside what the chain found: base, stress per unit, Rayleigh, Miner.

The frame follows the base as if static and every seat stays shut; the stress is then a sum of seven parts, of which each is the
base's motion times what a statics case would give; the twist is what rails and pack leave of it between them. Cycles come at
the stress's rate of zero crossings, with Rayleigh's ranges.
Where this and the chain part, the cause is what the reckoning leaves out: resonance, seats that lift, a stress far from Gaussian.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mechlock.analyses.weld_life import Passage
from mechlock.life.sn import SNCurve
from mechlock.life.spectral import damage_rate, spectral_moments
from mechlock.loads.history import FloatArray
from mechlock.pipeline.frame_motion import INPUTS, OpenFrame


@dataclass(frozen=True)
class Reckoning:
    """Damage of a weld toe on one road, reckoned by hand and found by the chain.

    Attributes
    ----------
    road : str
    base : (7,) array
        RMS of the base's acceleration along (mm/s²) and about (rad/s²) x, y, z, and of the twist of the rails (rad/mm).
    per_unit : (7,) array
        Structural stress per unit of each, as a statics case with every seat shut gives it, MPa.
    share : (7,) array
        Of each in the mean square of the stress; they add up to one, and may be negative where two work against each other.
    rms, chain_rms : float
        Of the stress, by hand and of the chain, MPa.
    rate : float
        Upward crossings of the mean per second, by hand.
    hours : float
        On this road in a year.
    damage, chain_damage : float
        In a year.
    """

    road: str
    base: FloatArray
    per_unit: FloatArray
    share: FloatArray
    rms: float
    chain_rms: float
    rate: float
    hours: float
    damage: float
    chain_damage: float


def reckon(
    frame: OpenFrame, factors: FloatArray, passage: Passage, curve: SNCurve, strength: float, chain_damage: float
) -> Reckoning:
    """Reckon the damage of one toe on one road.

    Parameters
    ----------
    frame : OpenFrame
    factors : (k,) array
        Stress of the toe per coordinate on its governing plane, MPa.
    passage : Passage
        A road.
    curve : SNCurve
    strength : float
        Factor on the curve's ranges.
    chain_damage : float
        In a year, of the chain.
    """
    modes = frame.dynamics.modes
    still = frame.drives / frame.dynamics.basis.omega[:, None] ** 2
    per_unit = factors[:modes] @ still + factors[modes : modes + INPUTS]
    base = passage.coordinates[:, modes : modes + INPUTS]
    centred = base - base.mean(axis=0)
    parts = centred * per_unit
    stress = parts.sum(axis=1)
    power = float(np.mean(stress**2))
    slope = float(np.mean((np.diff(stress) / passage.step) ** 2))
    rate = float(np.sqrt(slope / power)) / (2.0 * np.pi)
    # a narrow band: every moment follows from the first and the rate
    moments = spectral_moments([power, power * rate, power * rate**2, power * rate**4])
    seconds = passage.per_year * passage.step * (len(base) - 1)
    return Reckoning(
        road=passage.name,
        base=np.sqrt(np.mean(centred**2, axis=0)),
        per_unit=per_unit,
        share=np.mean(parts * stress[:, None], axis=0) / power,
        rms=float(np.sqrt(power)),
        chain_rms=float((passage.coordinates @ factors).std()),
        rate=rate,
        hours=seconds / 3600.0,
        damage=damage_rate(moments, curve.scaled(strength), "narrow_band") * seconds,
        chain_damage=chain_damage,
    )
