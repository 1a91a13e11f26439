"""Shock response with locks and pads that separate: a modal model with one-sided contacts, integrated in time.

The modes are those with all contacts bonded. A contact that would pull is opened by a force that cancels the pull;
force and opening are complementary at every step, and their small problem is solved exactly. What the modes leave out
of the contacts' compliance is carried statically (residual flexibility), so that the model at rest is the full static
contact solution and, while everything presses, the linear model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mechlock.loads.history import ComplexArray, FloatArray, History
from mechlock.response.basis import ModalBasis
from mechlock.response.one_sided import Complementarity, OneSided, static_state
from mechlock.response.ramp import step_weights
from mechlock.response.transient import ModalMotion

_SHORTEST, _STRETCH = 16, 512


@dataclass(frozen=True)
class Separation:
    """Motion with contacts that open and close.

    Attributes
    ----------
    motion : ModalMotion
        Modal coordinates, measured from the bonded static state.
    force : ndarray, (n, c)
        Contact forces, N, never negative.
    opening : ndarray, (n, c)
        Gaps, mm, never negative.
    extra : ndarray, (n, c)
        Forces on the body in excess of the bonded springs, N.
    energy_error : float
        Largest gap in the energy balance over the largest energy.
    """

    motion: ModalMotion
    force: FloatArray
    opening: FloatArray
    extra: FloatArray
    energy_error: float

    @property
    def separated(self) -> NDArray[np.bool_]:
        """Which contacts open at any time, (c,)."""
        return np.asarray((self.opening > 0.0).any(axis=0))

    @property
    def chatter(self) -> NDArray[np.int_]:
        """How often each contact opens, (c,)."""
        is_open = self.opening > 0.0
        return (is_open[1:] & ~is_open[:-1]).sum(axis=0) + is_open[0]

    @property
    def greatest_force(self) -> FloatArray:
        """Greatest force of each contact, N, (c,)."""
        return self.force.max(axis=0)

    @property
    def greatest_opening(self) -> FloatArray:
        """Greatest gap of each contact, mm, (c,)."""
        return self.opening.max(axis=0)


def separate(basis: ModalBasis, drive: ArrayLike, contacts: OneSided, load: History) -> Separation:
    """Modal motion under one input from the static state, with contacts that open and close.

    Parameters
    ----------
    basis : ModalBasis
        Modes with all contacts bonded.
    drive : array_like, (m,)
        Modal forces per unit input.
    contacts : OneSided
    load : History
        The input, with steps fine enough for the modes (`mechlock.response.transient.prepared`).

    Raises
    ------
    NoVerdict
        When the contact problem of a step does not end, or there is no static state.
    """
    one = replace(contacts, direct=contacts.direct[:, None])
    found = separate_under(basis, np.asarray(drive, dtype=float)[:, None], one, load.step, load.values[:, None])
    return replace(found, motion=replace(found.motion, input=load.values))


def separate_under(basis: ModalBasis, drives: FloatArray, contacts: OneSided, step: float, inputs: FloatArray) -> Separation:
    """The same under several inputs at once.

    Parameters
    ----------
    basis : ModalBasis
        Modes with all contacts bonded.
    drives : ndarray, (m, i)
        Modal forces per unit of each input.
    contacts : OneSided
        With `direct` of the shape (c, i).
    step : float
        s.
    inputs : ndarray, (n, i)
        The inputs, linear between samples.

    Raises
    ------
    NoVerdict
        When the contact problem of a step does not end, or there is no static state.
    """
    march = _March(basis, drives, contacts, step, inputs)
    march.run()
    return march.result()


class _March:
    """The integration: linear stretches as a whole, steps with an open contact one by one."""

    def __init__(self, basis: ModalBasis, drives: FloatArray, contacts: OneSided, step: float, inputs: FloatArray) -> None:
        self.basis, self.contacts, self.step, self.inputs = basis, contacts, step, inputs
        ratio = basis.damping.viscous_equivalent
        self.ratio, self.damped = ratio, basis.omega * np.sqrt(1.0 - ratio**2)
        self.factor, self.before, self.after = step_weights(-ratio * basis.omega + 1j * self.damped, step)
        residual = contacts.flexibility - (contacts.opening / basis.omega**2) @ contacts.opening.T
        self.residual = 0.5 * (residual + residual.T)
        reach = self.after.imag / self.damped  # modal displacement at the end of a step per force there
        self.solver = Complementarity(contacts, self.residual + (contacts.opening * reach) @ contacts.opening.T)
        self.pull = self.solver.stiffness @ contacts.opening  # force lost by each contact per modal displacement
        samples, count = len(inputs), len(contacts.force)
        self.state: ComplexArray = np.zeros((samples, len(basis.frequency)), dtype=np.complex128)
        self.force, self.opening, self.extra = (np.zeros((samples, count)) for _ in range(3))
        self.push = inputs @ drives.T
        # what the contacts would carry at each sample if the modes stood still
        self.still = contacts.force - inputs @ (self.solver.stiffness @ contacts.direct).T
        self.known = self.after * self.push[1:] + self.before * self.push[:-1]

    def run(self) -> None:
        """Fill the arrays from the static state on."""
        force, opening = static_state(self.contacts)
        self._keep(0, force, opening)
        rest = (self.extra[0] @ self.contacts.opening) / self.basis.omega**2
        self.state[0] = self.ratio * self.basis.omega * rest + 1j * self.damped * rest
        k, last, length = 0, len(self.inputs) - 1, _SHORTEST
        while k < last:
            if not self.opening[k].any():
                reached = self._stretch(k, min(k + length, last))
                length = min(2 * length, _STRETCH) if reached - k == length else _SHORTEST
                k = reached
                if k == last:
                    break
                if length > _SHORTEST:
                    continue
            self._step(k)
            k += 1

    def _stretch(self, first: int, last: int) -> int:
        """Advance while every contact presses; returns the last sample for which they all do."""
        from scipy.signal import lfilter  # takes half a second to load

        part = slice(first, last + 1)
        state: ComplexArray = np.empty((last - first + 1, len(self.factor)), dtype=np.complex128)
        state[0] = self.state[first]
        for mode, e in enumerate(self.factor):
            known = self.known[first:last, mode]
            state[1:, mode], _ = lfilter([1.0], [1.0, -e], known, zi=np.array([e * state[0, mode]]))
        force = self.still[part] - (state.imag / self.damped) @ self.pull.T
        bad = np.asarray((force < 0.0).any(axis=1))
        bad[0] = False
        reached = int(bad.argmax()) if bad.any() else len(bad)
        self.state[first : first + reached], self.force[first : first + reached] = state[:reached], force[:reached]
        return first + reached - 1

    def _step(self, k: int) -> None:
        """One step in which contacts may open or close."""
        free = self.factor * self.state[k] + self.known[k]
        if self.extra[k].any():
            free += self.before * (self.extra[k] @ self.contacts.opening)
        pressing = self.still[k + 1] - self.pull @ (free.imag / self.damped)
        force, opening = self.solver.solve(pressing)
        self._keep(k + 1, force, opening)
        self.state[k + 1] = free + self.after * (self.extra[k + 1] @ self.contacts.opening)

    def _keep(self, k: int, force: FloatArray, opening: FloatArray) -> None:
        self.force[k], self.opening[k], self.extra[k] = force, opening, self.solver.stiffness @ opening

    def result(self) -> Separation:
        """What was found, with its energy balance."""
        displacement = self.state.imag / self.damped
        velocity = self.state.real - self.ratio * self.basis.omega * displacement
        modal = self.push + self.extra @ self.contacts.opening
        acceleration = modal - 2.0 * self.ratio * self.basis.omega * velocity - self.basis.omega**2 * displacement
        motion = ModalMotion(self.step, self.inputs, displacement, velocity, acceleration)
        return Separation(motion, self.force, self.opening, self.extra, self._energy_error(displacement, velocity))

    def _energy_error(self, displacement: FloatArray, velocity: FloatArray) -> float:
        """Kinetic, elastic and contact energy against the work of the input less what damping took.

        The contacts' energy is ``-1/2 s^T (C^-1 - C^-1 R C^-1) s`` beside the bonded springs'; a contact law that
        gave or took energy, or a step that is too long, shows here.
        """
        stiffness = self.solver.stiffness
        contact = stiffness - stiffness @ self.residual @ stiffness
        stored = 0.5 * (velocity**2).sum(axis=1) + 0.5 * ((self.basis.omega * displacement) ** 2).sum(axis=1)
        stored -= 0.5 * np.einsum("ni,ij,nj->n", self.opening, contact, self.opening)
        power = (self.push * velocity).sum(axis=1)
        power -= (2.0 * self.ratio * self.basis.omega * velocity**2).sum(axis=1)
        work = _integral(power, self.step)
        change = self.extra @ self.contacts.direct  # the inputs move the contacts themselves
        moved = (0.5 * (change[1:] + change[:-1]) * np.diff(self.inputs, axis=0)).sum(axis=1)
        work -= np.concatenate([[0.0], np.cumsum(moved)])
        gap = np.abs(stored - stored[0] - work).max()
        return float(gap / max(float((stored - stored.min()).max()), math.ulp(1.0)))


def _integral(rate: FloatArray, step: float) -> FloatArray:
    return np.concatenate([[0.0], np.cumsum(0.5 * step * (rate[1:] + rate[:-1]))])
