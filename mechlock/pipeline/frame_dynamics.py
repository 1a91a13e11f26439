"""A frame's finite elements as the analyses in time see them: modes, base motion, contacts, and stress of all of these.

Everything is linear about the state at rest with every contact bonded. Inputs are the six accelerations of the base at the
middle of the lock plane, and the twist of the rails; what the modes leave out answers at once (residual vectors).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mechlock.errors import NoVerdict
from mechlock.fem import hotspot, stress
from mechlock.fem.held import Held, hold_system
from mechlock.fem.linearised import Linearised, linearise
from mechlock.fem.modal import solve_modal
from mechlock.fem.patches import make_patch
from mechlock.fem.restraint import Restraint, restrain
from mechlock.fem.static import StaticResult
from mechlock.loads.history import FloatArray
from mechlock.loads.rails import Brace
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_model import REST
from mechlock.response.basis import ModalBasis, modal_basis
from mechlock.response.damping import modal_damping
from mechlock.response.finite_element import static_contacts

AXES = 6
"""Base accelerations along and about x, y, z."""

_AT_ONCE = 8
_ONE_LINE = 1.0
"""Seats whose middles are nearer than this along the truck stand in one line, mm."""


@dataclass(frozen=True)
class FrameDynamics:
    """Linear dynamics of a frame on its tray.

    Attributes
    ----------
    basis : ModalBasis
        Modes with every contact bonded.
    participation : (m, 6) array
        Of unit base accelerations along and about the axes through the middle of the lock plane.
    fields : (m + 7, n_nodes, 3) array
        Displacements: the modes; per unit base acceleration (6) and per rad/mm of twist of the rails, at once.
    restraint : Restraint
    contact_force : (c,) array
        Pressing force of each contact at rest, N.
    contact_rows : (c, m + 7) array
        Change of the pressing forces per coordinate (modes, accelerations, twist).
    flexibility : (c, c) array
        Displacement of each contact in the opening sense per force of each contact on the body, mm/N.
    carried : (n_nodes * 3, c) array
        Displacements of the bonded body per unit force of each contact, mm/N.
    brace : Brace or None
        What the frame on its tray resists a twist of the rails with, between its foremost and its rearmost seats; None where
        they stand in one line across the truck, which no twist strains.
    rest : StaticResult
        The state that the dynamics are about.
    bonded : Linearised
        The factored system on the tray, for analyses about other states; call `bonded.factor.release()` when done.
    """

    basis: ModalBasis
    participation: FloatArray
    fields: FloatArray
    restraint: Restraint
    contact_force: FloatArray
    contact_rows: FloatArray
    flexibility: FloatArray
    carried: FloatArray
    brace: Brace | None
    rest: StaticResult
    bonded: Linearised

    @property
    def modes(self) -> int:
        """Number of modes."""
        return len(self.basis.frequency)

    @property
    def contact_names(self) -> tuple[str, ...]:
        """Pad or lock of each contact."""
        contacts = self.restraint.contacts
        return tuple(contacts.holders[owner].name for owner in contacts.owner)


def frame_dynamics(
    analysis: FrameAnalysis,
    damping: float,
    progress: Callable[[str], None] = lambda message: None,
    held: Held | None = None,
) -> FrameDynamics:
    """Prepare the dynamics of an analysed frame.

    Parameters
    ----------
    analysis : FrameAnalysis
        With modes.
    damping : float
        Damping ratio of every mode.
    progress : callable
    held : Held, optional
        The frame at rest, factored; factored here without it.

    Raises
    ------
    NoVerdict
        When the state at rest has no equilibrium, or the analysis has no modes.
    """
    rest = analysis.static.results[f"{REST}, low preload"]
    if rest.status != "ok" or analysis.modal is None:
        raise NoVerdict("the dynamics need modes about the state at rest", "life", rest.reason or "ask for modes")
    system = analysis.system
    modal = analysis.modal
    progress("life: compliance at the contacts")
    held = hold_system(system, restrain(system, rest.case.supports)) if held is None else held
    restraint = held.restraint
    if not modal.closed.all():
        progress("life: modes with every contact bonded")
        modal = solve_modal(system, len(modal.frequencies), supports=rest.case.supports, held=held)
    bonded = linearise(system, restraint, held=held)
    rows = restraint.contacts.rows
    carried = bonded.columns(held)
    twist = _twist_field(bonded, analysis)
    basis = modal_basis(modal.frequencies, modal_damping(damping, len(modal.frequencies)))
    move = _to_base(modal.centre)
    shapes = modal.shapes.reshape(len(modal.shapes), -1)
    direct = -np.einsum("ij,in->jn", move, modal.residual_shapes.reshape(AXES, -1))
    fields = np.vstack([shapes, direct, twist[None]])
    flexibility = rows @ carried
    force, _ = static_contacts(system, rest)
    contact_rows = _contact_rows(restraint, fields, analysis)
    return FrameDynamics(
        basis=basis,
        participation=modal.participation @ move,
        fields=fields.reshape(len(fields), -1, 3),
        restraint=restraint,
        contact_force=force,
        contact_rows=contact_rows,
        flexibility=0.5 * (flexibility + flexibility.T),
        carried=carried,
        brace=_brace(restraint, analysis, contact_rows[:, -1]),
        rest=rest,
        bonded=bonded,
    )


def _to_base(centre: FloatArray) -> FloatArray:
    """Accelerations of the centre of mass (rows) per acceleration of the lock plane's middle, (6, 6).

    A base that turns by the angular acceleration alpha moves the centre at r by ``alpha x r`` as well.
    """
    x, y, z = centre
    move = np.eye(AXES)
    move[:3, 3:] = [[0.0, z, -y], [-z, 0.0, x], [y, -x, 0.0]]
    return move


def _seats(restraint: Restraint, analysis: FrameAnalysis) -> FloatArray:
    """Centroid of the face of each pad and lock, (h, 3)."""
    return np.array([make_patch(analysis.tensor.mesh, item.on, item.name).centre for item in restraint.contacts.holders])


def _twist_gaps(restraint: Restraint, analysis: FrameAnalysis) -> FloatArray:
    """Opening of each contact per rad/mm of twist: the rails turn by x and a seat at y rises by x y."""
    contacts = restraint.contacts
    rise = _seats(restraint, analysis)[:, :2].prod(axis=1)
    return -contacts.axes[:, 2] * rise[contacts.owner]


def _brace(restraint: Restraint, analysis: FrameAnalysis, per_twist: FloatArray) -> Brace | None:
    """Torsion spring that takes the work of the contact forces per rad/mm of twist, (c,), on the way of the seats."""
    length = float(np.ptp(_seats(restraint, analysis)[:, 0]))
    work = -float(_twist_gaps(restraint, analysis) @ per_twist)
    return Brace(length, work / length**2) if length > _ONE_LINE else None


def _twist_field(bonded: Linearised, analysis: FrameAnalysis) -> FloatArray:
    """Displacement per rad/mm of twist of the rails, (n_dof,)."""
    contacts = bonded.restraint.contacts
    gaps = _twist_gaps(bonded.restraint, analysis)
    forces = -contacts.rows.T @ np.linalg.solve(contacts.compliance, gaps)
    return bonded.solve(forces[:, None])[:, 0]


def _contact_rows(restraint: Restraint, fields: FloatArray, analysis: FrameAnalysis) -> FloatArray:
    """Pressing force per coordinate: the contacts' stiffness times how far their two sides approach."""
    contacts = restraint.contacts
    opened = contacts.rows @ fields.T
    opened[:, -1] += _twist_gaps(restraint, analysis)
    return -np.linalg.solve(contacts.compliance, opened)


def nodal_stress(analysis: FrameAnalysis, displacement: FloatArray) -> FloatArray:
    """Recovered stress tensors of displacement fields (k, n_nodes, 3), a few at a time, (k, n_rows, 6), MPa."""
    parts = [
        stress.recover(analysis.recovery, displacement[first : first + _AT_ONCE]).nodal
        for first in range(0, len(displacement), _AT_ONCE)
    ]
    return np.concatenate(parts)


def toe_stress(analysis: FrameAnalysis, nodal: FloatArray) -> FloatArray:
    """Structural stress tensors at the weld toes from recovered stress (k, n_rows, 6), (k, p, 6); nan where not valid."""
    assert analysis.toes is not None
    return hotspot.structural_stress(analysis.toes.reader, nodal).tensor
