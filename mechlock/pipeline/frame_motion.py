"""Motion of a frame on its tray under base accelerations and twist, with pads and locks that open, and what reads it.

Coordinates over time are the kept modes, the seven inputs, and the contacts' forces in excess of the bonded ones; every
stress and force of the frame is linear in them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mechlock.fem.cores import on_all_cores
from mechlock.fem.patches import Patch
from mechlock.loads.history import FloatArray
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import AXES, FrameDynamics, nodal_stress
from mechlock.response.basis import ModalBasis
from mechlock.response.damping import modal_damping
from mechlock.response.one_sided import Complementarity, OneSided, one_sided
from mechlock.response.separation import separate_under

INPUTS = AXES + 1
"""Base accelerations and twist of the rails."""

POINTS_PER_CYCLE = 24
"""Samples per period of the highest kept mode; a peak of it is cut by at most 1 %."""

_AT_ONCE = 4


@dataclass(frozen=True)
class FrameMotion:
    """What the frame did.

    Attributes
    ----------
    step : float
        s.
    coordinates : (n, k) array
        Kept modes, inputs, excess contact forces.
    force : (n, c) array
        Contact forces, N.
    energy_error : float
        Of the integration, relative.
    """

    step: float
    coordinates: FloatArray
    force: FloatArray
    energy_error: float

    @property
    def open_share(self) -> FloatArray:
        """Part of the time that each contact is open, (c,)."""
        return np.mean(self.force <= 0.0, axis=0)


@dataclass(frozen=True)
class OpenFrame:
    """A frame whose contacts may open, in few modes.

    Attributes
    ----------
    dynamics : FrameDynamics
        With the kept modes only; what the others add stands in the fields of the inputs.
    contacts : OneSided
        With one column of `direct` per input.
    mix : (f, k) array
        What each coordinate holds of every field of the dynamics that the frame was prepared from: all their modes, the inputs,
        and unit forces of the contacts.
    """

    dynamics: FrameDynamics
    contacts: OneSided
    mix: FloatArray

    @property
    def drives(self) -> FloatArray:
        """Modal forces per unit of each input, (m, 7); the twist is slow and moves no mode."""
        return np.column_stack([-self.dynamics.participation, np.zeros(self.dynamics.modes)])


def kept_modes(dynamics: FrameDynamics, highest: float) -> FrameDynamics:
    """The same dynamics with the modes up to `highest` Hz, at least one; the others answer at once, as if static."""
    count = max(1, int((dynamics.basis.frequency <= highest).sum()))
    left = slice(count, dynamics.modes)
    per_input = -dynamics.participation[left] / dynamics.basis.omega[left, None] ** 2
    fields, rows = dynamics.fields, dynamics.contact_rows
    inputs, forces = fields[dynamics.modes :].copy(), rows[:, dynamics.modes :].copy()
    inputs[:AXES] += np.einsum("mi,mnj->inj", per_input, fields[left])
    forces[:, :AXES] += rows[:, left] @ per_input
    damping = modal_damping(dynamics.basis.damping.ratio[:count], count)
    return replace(
        dynamics,
        basis=ModalBasis(dynamics.basis.frequency[:count], damping),
        participation=dynamics.participation[:count],
        fields=np.concatenate([fields[:count], inputs]),
        contact_rows=np.column_stack([rows[:, :count], forces]),
    )


def open_frame(dynamics: FrameDynamics, highest: float) -> OpenFrame:
    """Prepare a frame whose contacts may open, with the modes up to `highest` Hz."""
    kept = kept_modes(dynamics, highest)
    contacts = kept.restraint.contacts
    compliance = contacts.compliance
    # opening of the bonded contact per coordinate; for the twist less what the base itself moves
    opened = -compliance @ kept.contact_rows
    made = one_sided(kept.basis, opened[:, : kept.modes], kept.flexibility, compliance, kept.contact_force)
    return OpenFrame(kept, replace(made, direct=opened[:, kept.modes :]), _mix(dynamics, kept, made.opening))


def _mix(dynamics: FrameDynamics, kept: FrameDynamics, opening: FloatArray) -> FloatArray:
    """Fields per coordinate, (m + 7 + c, k): modes that are left out follow the inputs, and contacts act beside the kept ones."""
    modes, count, contacts = dynamics.modes, kept.modes, len(opening)
    mix = np.delete(np.eye(modes + INPUTS + contacts), slice(count, modes), axis=1)
    mix[count:modes, count : count + AXES] = -dynamics.participation[count:] / dynamics.basis.omega[count:, None] ** 2
    # what the modes carry of a contact's force moves with the modes
    mix[:count, count + INPUTS :] = -(opening / kept.basis.omega**2).T
    return mix


def move(frame: OpenFrame, step: float, inputs: FloatArray) -> FrameMotion:
    """Integrate the motion from rest under inputs (n, 7) that are linear between samples.

    Raises
    ------
    NoVerdict
        When the contacts that press cannot hold the frame.
    """
    highest = float(frame.dynamics.basis.frequency.max())
    cut = max(1, int(np.ceil(step * highest * POINTS_PER_CYCLE - 1e-9)))
    fine = _refined(inputs, cut)
    found = separate_under(frame.dynamics.basis, frame.drives, frame.contacts, step / cut, fine)
    whole = np.column_stack([found.motion.displacement, fine, found.extra])
    return FrameMotion(step / cut, whole, found.force, found.energy_error)


def _refined(inputs: FloatArray, cut: int) -> FloatArray:
    if cut == 1:
        return inputs
    coarse = np.arange(len(inputs))
    fine = np.arange((len(inputs) - 1) * cut + 1) / cut
    return np.column_stack([np.interp(fine, coarse, column) for column in inputs.T])


def patch_motion(frame: OpenFrame, patch: Patch, coordinates: FloatArray) -> FloatArray:
    """Mean displacement of a patch over time, that at rest included, (n, 3), mm."""
    dynamics = frame.dynamics
    share = frame.contacts.opening / dynamics.basis.omega**2
    carried = dynamics.carried.T.reshape(dynamics.carried.shape[1], -1, 3)
    per_field = np.einsum("n,kni->ki", patch.mean, dynamics.fields[:, patch.nodes])
    per_contact = np.einsum("n,kni->ki", patch.mean, carried[:, patch.nodes]) - share @ per_field[: dynamics.modes]
    return coordinates @ np.concatenate([per_field, per_contact]) + patch.mean @ dynamics.rest.displacement[patch.nodes]


def moved_by(frame: OpenFrame, coordinates: FloatArray) -> FloatArray:
    """Displacement of every node under coordinates (k,), (n_nodes, 3), mm; that at rest is not in it."""
    dynamics = frame.dynamics
    extra = coordinates[len(dynamics.fields) :]
    share = (extra @ frame.contacts.opening) / dynamics.basis.omega**2
    own = coordinates[: len(dynamics.fields)].copy()
    own[: dynamics.modes] -= share
    moved = np.einsum("k,kni->ni", own, dynamics.fields)
    return moved + (dynamics.carried @ extra).reshape(moved.shape)


def longest(lost: NDArray[np.bool_]) -> int:
    """Length of the longest row of true samples."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], lost, [False]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def hold(frame: OpenFrame, inputs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coordinates (k,) and contact forces (c,) under inputs (7,) that are held still.

    Raises
    ------
    NoVerdict
        When the contacts that press cannot hold the frame.
    """
    dynamics = frame.dynamics
    still = (frame.drives @ inputs) / dynamics.basis.omega**2
    pressing = dynamics.contact_force + dynamics.contact_rows @ np.concatenate([still, inputs])
    solver = Complementarity(frame.contacts, frame.contacts.flexibility)
    force, opening = solver.solve(pressing)
    extra = solver.stiffness @ opening
    moved = still + (extra @ frame.contacts.opening) / dynamics.basis.omega**2
    return np.concatenate([moved, inputs, extra]), force


def read_fields(
    analysis: FrameAnalysis, dynamics: FrameDynamics, *readers: Callable[[FloatArray], FloatArray]
) -> tuple[FloatArray, ...]:
    """Stress of every mode, input and unit contact force, where `readers` take it from recovered stress.

    Parameters
    ----------
    analysis : FrameAnalysis
    dynamics : FrameDynamics
    readers : callables
        From recovered stress (n, n_rows, 6) to (n, p, 6).

    Returns
    -------
    tuple of (f, p, 6) arrays
        One of each reader, MPa per unit of each field.
    """
    contacts = dynamics.carried.shape[1]
    pieces = [dynamics.fields[first : first + _AT_ONCE] for first in range(0, len(dynamics.fields), _AT_ONCE)]
    pieces += [
        dynamics.carried[:, first : first + _AT_ONCE].T.reshape(-1, *dynamics.fields.shape[1:])
        for first in range(0, contacts, _AT_ONCE)
    ]

    def read(piece: FloatArray) -> list[FloatArray]:
        recovered = nodal_stress(analysis, piece)
        return [reader(recovered) for reader in readers]

    found = list(on_all_cores(read, pieces))
    return tuple(np.concatenate([parts[number] for parts in found]) for number in range(len(readers)))


def stress_factors(frame: OpenFrame, read: FloatArray) -> FloatArray:
    """Stress tensors per coordinate, (p, 6, k), from what `read_fields` found (f, p, 6); MPa per unit of each coordinate."""
    flat = read.reshape(len(read), -1).T @ frame.mix.astype(read.dtype)
    return flat.reshape(*read.shape[1:], -1)
