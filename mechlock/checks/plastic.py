"""Plastic strain estimated from an elastic analysis, for loads that a structure meets once.

Neuber, J. Appl. Mech. 28 (1961) 544: stress times strain stays what it is in the elastic analysis. Without hardening the
strain is ``sigma² / (E Re)``. It holds for yielding that the elastic surroundings confine; where whole sections yield it is
too small, so that the share of the volume beyond yield goes with it.
"""

from __future__ import annotations

CONFINED = 0.02
"""Largest share of the judged volume beyond yield for which yielding counts as confined."""


def neuber_plastic_strain(stress: float, yield_strength: float, youngs_modulus: float) -> float:
    """Equivalent plastic strain of elastic-plastic steel without hardening at an elastic von Mises stress (MPa).

    Parameters
    ----------
    stress : float
        Elastic von Mises stress, MPa.
    yield_strength, youngs_modulus : float
        MPa.
    """
    if stress <= yield_strength:
        return 0.0
    return (stress**2 / yield_strength - yield_strength) / youngs_modulus


def stress_at_plastic_strain(strain: float, yield_strength: float, youngs_modulus: float) -> float:
    """Elastic von Mises stress (MPa) at which Neuber's rule gives the plastic strain."""
    return (yield_strength * (yield_strength + youngs_modulus * strain)) ** 0.5
