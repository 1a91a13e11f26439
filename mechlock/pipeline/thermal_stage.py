"""Temperature on the frame: warmer at the top than at the bottom, and all of it warmer or colder than the tray.

A change that frame, tray and rails share strains nothing (all are steel); what counts is what they do not share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mechlock.checks.criterion import Criterion, upper
from mechlock.checks.strength import Peak
from mechlock.fem import stress
from mechlock.fem.external import external
from mechlock.fem.model import StaticCase, Temperature
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.loads.history import FloatArray
from mechlock.pipeline.base_metal import Places
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import FrameDynamics
from mechlock.response.one_sided import Complementarity, one_sided

DAYS = 365.0
"""Cycles of the spread and of the lag in a year."""


@dataclass(frozen=True)
class ThermalState:
    """The frame at rest with a temperature on it.

    Attributes
    ----------
    name : str
    force : (c,) array
        Contact forces, N.
    change : (n_rows, 6) array
        Change of the recovered stress, MPa.
    """

    name: str
    force: FloatArray
    change: FloatArray


def thermal_states(
    analysis: FrameAnalysis,
    dynamics: FrameDynamics,
    spread: float,
    lag: float,
    progress: Callable[[str], None] = lambda message: None,
) -> tuple[ThermalState, ...]:
    """Solve the frame at rest with each temperature, seats that open included.

    Parameters
    ----------
    spread : float
        How much warmer the top is than the bottom, K, linear between.
    lag : float
        How much warmer or colder than the tray the whole frame is, K.
    """
    progress("life: temperatures")
    points = analysis.tensor.mesh.points
    height = points[:, 2] - points[:, 2].min()
    share = height / max(float(height.max()), 1e-12)
    fields = {
        f"top {spread:g} K warmer": spread * share,
        f"{lag:g} K warmer than the tray": np.full(len(points), lag),
        f"{lag:g} K colder than the tray": np.full(len(points), -lag),
    }
    on = dynamics.rest.case.supports
    cases = [StaticCase(name, loads=(Temperature("", field),), supports=on) for name, field in fields.items()]
    loads = np.column_stack([external(analysis.system, case).total for case in cases])
    moved = dynamics.bonded.solve(loads)
    contacts = dynamics.restraint.contacts
    shapes = -contacts.compliance @ dynamics.contact_rows[:, : dynamics.modes]
    one = one_sided(dynamics.basis, shapes, dynamics.flexibility, contacts.compliance, dynamics.contact_force)
    expansion = analysis.model.materials[0][0].alpha
    found: list[ThermalState] = []
    for (name, field), bonded in zip(fields.items(), moved.T, strict=True):
        solver = Complementarity(one, dynamics.flexibility)
        pressing = dynamics.contact_force - np.linalg.solve(contacts.compliance, contacts.rows @ bonded)
        force, opening = solver.solve(pressing)
        whole = bonded + dynamics.carried @ (solver.stiffness @ opening)
        recovered = stress.recover(analysis.recovery, np.asarray(whole, np.float64).reshape(-1, 3), expansion * field)
        found.append(ThermalState(name, force, recovered.nodal))
    return tuple(found)


def thermal_criteria(
    states: tuple[ThermalState, ...], analysis: FrameAnalysis, dynamics: FrameDynamics, base: Places, row: AcceptanceRow
) -> list[Criterion]:
    """Base metal at rest with each temperature, against yield over the safety factor of the limit load cases."""
    judged = np.flatnonzero(analysis.judged)
    names = np.array(dynamics.contact_names)
    found: list[Criterion] = []
    for state in states:
        values = np.max([stress.von_mises(rest + state.change[judged]) for rest in base.static], axis=0)
        place = int((values / base.yields).argmax())
        peak: Peak = base.peak(state.name, place, float(values[place]))
        where = ", ".join(f"{value:.0f}" for value in peak.at)
        lost = ", ".join(dict.fromkeys(names[state.force <= 0.0].tolist()))
        reason = f"{peak.group} {peak.thickness:g} mm at ({where}){f'; {lost} lift' if lost else ''}"
        limit = float(base.yields[place]) / row.number("SF")
        found.append(upper(row.name, f"at rest, {state.name}", peak.value, limit, "MPa", row.source, reason))
    return found
