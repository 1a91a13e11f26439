"""Contacts that only press, on a modal model with all of them bonded, and their complementarity problem.

With opening ``s >= 0``, force ``p >= 0``, ``p s = 0``, contact compliance C, and y the bonded points' displacement in
the opening sense: ``p = N - C^-1 (y - s)``; the body feels ``lambda = C^-1 s`` in excess of the bonded springs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve

from mechlock.errors import InputError, NoVerdict
from mechlock.loads.history import FloatArray
from mechlock.response.basis import ModalBasis

_EXCHANGES = 200
_SLACK = 1e-10


@dataclass(frozen=True)
class OneSided:
    """Contacts of a bonded modal model.

    Attributes
    ----------
    opening : ndarray, (c, m)
        Displacement of each contact in the opening sense per modal coordinate.
    flexibility : ndarray, (c, c)
        The same per force of each contact on the body, held still, with all contacts bonded, mm/N.
    compliance : ndarray, (c, c)
        Of the contacts themselves (pad, hook, base), mm/N; positive definite.
    force : ndarray, (c,)
        Pressing force of each bonded contact in the static state, N. Negative where a bonded contact pulls: it will
        be open.
    direct : ndarray, (c,)
        Opening per unit of the input, at once (residual vector).
    """

    opening: FloatArray
    flexibility: FloatArray
    compliance: FloatArray
    force: FloatArray
    direct: FloatArray


def one_sided(
    basis: ModalBasis,
    opening: ArrayLike,
    flexibility: ArrayLike,
    compliance: ArrayLike,
    force: ArrayLike,
    direct: ArrayLike | None = None,
) -> OneSided:
    """Make `OneSided`, refusing contacts that the model cannot carry.

    Parameters
    ----------
    basis : ModalBasis
    opening, flexibility, compliance, force, direct : array_like
        See `OneSided`; `compliance` may be (c,) for contacts that do not share a base.

    Raises
    ------
    InputError
        For shapes that disagree, rigid contacts, free rigid modes, or modes more flexible than the whole.
    """
    rows, force_ = np.atleast_2d(np.asarray(opening, dtype=float)), np.asarray(force, dtype=float)
    given = np.asarray(compliance, dtype=float)
    own = np.diag(given) if given.ndim == 1 else given
    whole = np.asarray(flexibility, dtype=float)
    count = len(rows)
    if (
        rows.shape[1] != len(basis.frequency)
        or own.shape != (count, count)
        or whole.shape != own.shape
        or force_.shape != (count,)
    ):
        raise InputError(f"{count} contacts: shapes of opening, flexibility, compliance or force disagree", "separation")
    if not (basis.frequency > 0.0).all():
        raise InputError("a mode without stiffness: the bonded body is free", "separation", "hold it by springs or contacts")
    if np.linalg.eigvalsh(own).min() <= 0.0:
        raise InputError("a contact is rigid", "separation", "give every pad and lock a stiffness")
    left = whole - (rows / basis.omega**2) @ rows.T
    scale = float(np.abs(np.diag(whole)).max(initial=0.0))
    if np.linalg.eigvalsh(left).min() < -1e-6 * scale:
        raise InputError("the modes are more flexible at the contacts than the whole body", "separation", "check the flexibility")
    none = np.zeros(count)
    return OneSided(rows, whole, own, force_, none if direct is None else np.asarray(direct, dtype=float))


def static_state(contacts: OneSided) -> tuple[FloatArray, FloatArray]:
    """Force (N) and opening (mm) of each contact at rest, (c,), (c,).

    Raises
    ------
    NoVerdict
        When the contacts that press cannot hold the body.
    """
    solver = Complementarity(contacts, contacts.flexibility)
    return solver.solve(contacts.force)


class Complementarity:
    """p = p0 + W s, p >= 0, s >= 0, p s = 0, by exchange of the open set, started from the last one."""

    def __init__(self, contacts: OneSided, flexibility: FloatArray) -> None:
        self.stiffness = np.linalg.inv(contacts.compliance)
        self.matrix = self.stiffness - self.stiffness @ flexibility @ self.stiffness
        self.scale = _SLACK * max(float(np.abs(contacts.force).max(initial=0.0)), 1e-12)
        self.open = np.zeros(len(contacts.force), dtype=bool)
        self.factors: dict[bytes, tuple[FloatArray, bool]] = {}

    def solve(self, pressing: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Forces and openings for the bonded forces `pressing`."""
        is_open, seen = self.open.copy(), set()
        single = False
        for _ in range(_EXCHANGES):
            opening = np.zeros_like(pressing)
            if is_open.any():
                opening[is_open] = -cho_solve(self._factor(is_open), pressing[is_open])
            force = pressing + self.matrix @ opening
            force[is_open] = 0.0
            wrong = np.where(is_open, opening < 0.0, force < -self.scale)
            if not wrong.any():
                self.open = is_open
                return np.maximum(force, 0.0), opening
            # all wrong ones change at once until a set comes back; then one at a time, the last, which ends (Murty 1974)
            single = single or is_open.tobytes() in seen
            seen.add(is_open.tobytes())
            if single:
                wrong[: np.flatnonzero(wrong)[-1]] = False
            is_open = is_open ^ wrong
        raise NoVerdict("the contact problem does not settle", "separation", "take a shorter step")

    def _factor(self, is_open: NDArray[np.bool_]) -> tuple[FloatArray, bool]:
        key = is_open.tobytes()
        if key not in self.factors:
            part = self.matrix[np.ix_(is_open, is_open)]
            try:
                self.factors[key] = cho_factor(part)
            except np.linalg.LinAlgError:
                raise NoVerdict("with these contacts open the body is free", "separation", "hold it otherwise") from None
        return self.factors[key]
