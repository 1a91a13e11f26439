"""Rigid-body motions that nothing holds, found before factoring and named in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.bonds import bonds
from mechlock.fem.restraint import Restraint
from mechlock.fem.solver import Factor, NotPositiveDefinite, factorise
from mechlock.mesh.mesh import Floats

# A motion that works against less than this part of the stiffest one counts as free.
_FREE = 1e-12
# A held structure whose softest motion is this much softer than its single nodes is singular to working precision
# (a sound thin-walled frame reaches about 1e-9).
_SINGULAR = 1e-13
# One step of inverse iteration grows a singular motion by its softness against all others: what is so stiff after it is none.
_SOUND = 1e-11
_MOST_PIECES = 200


def rigid_modes(points: Floats, centre: Floats) -> Floats:
    """Three translations and three unit rotations about a centre, shape (3 n_points, 6)."""
    r = points - centre
    modes = np.zeros((len(points), 3, 6))
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        modes[:, i, i] = 1.0
        modes[:, k, 3 + i] = r[:, j]
        modes[:, j, 3 + i] = -r[:, k]
    return modes.reshape(-1, 6)


@dataclass(frozen=True)
class RigidTest:
    """What a set of supports does against the rigid motions of every connected piece.

    Attributes
    ----------
    centres : (n_pieces, 3) array
    gram : (6 n_pieces, 6 n_pieces) array
        Of the supports, springs and lateral lock stiffness on the rigid motions.
    contacts : (n_contacts, 6 n_pieces) array
        Motion of each contact's functional under each rigid motion.
    """

    centres: Floats
    gram: Floats
    contacts: Floats

    def free(self, closed: np.ndarray | None = None) -> list[tuple[int, Floats, Floats]]:
        """Free motions when only the `closed` contacts hold (all by default).

        Returns
        -------
        list of (piece, centre, motions)
            `motions` (6, n): orthonormal; translation first, then rotation vector times half the piece's size.
        """
        held = self.contacts if closed is None else self.contacts[np.flatnonzero(closed)]
        values, vectors = np.linalg.eigh(self.gram + held.T @ held)
        motions = vectors[:, values <= _FREE * max(values[-1], 1.0)]
        found: list[tuple[int, Floats, Floats]] = []
        for piece, centre in enumerate(self.centres):
            part = motions[6 * piece : 6 * piece + 6]
            left, size, _ = np.linalg.svd(part, full_matrices=False)
            if (size > 1e-6).any():
                found.append((piece, centre, left[:, size > 1e-6]))
        return found


def rigid_test(system: System, restraint: Restraint) -> RigidTest:
    """Prepare the test of rigid motions for a set of supports."""
    label, points = system.pieces, system.mesh.points
    count = int(label.max()) + 1
    if count > _MOST_PIECES:
        raise InputError(f"the mesh falls into {count} pieces that are not connected", "mesh", "merge coinciding nodes")
    rows, contacts = _restraint_rows(system, restraint), restraint.contacts.rows
    centres = np.zeros((count, 3))
    held, touched = np.zeros((len(rows.indptr) - 1, 6 * count)), np.zeros((len(restraint.contacts.gap), 6 * count))
    for piece in range(count):
        nodes = np.flatnonzero(label == piece)
        centres[piece] = points[nodes].mean(axis=0)
        modes = rigid_modes(points[nodes], centres[piece])
        modes[:, 3:] /= 0.5 * float(np.ptp(points[nodes], axis=0).max())
        dofs = (3 * nodes[:, None] + np.arange(3)).ravel()
        columns = slice(6 * piece, 6 * piece + 6)
        held[:, columns] = rows[:, dofs] @ modes
        touched[:, columns] = contacts[:, dofs] @ modes
    return RigidTest(centres, held.T @ held, touched)


def _restraint_rows(system: System, restraint: Restraint) -> sp.csr_array:
    """Functionals that supports, springs and lateral lock stiffness hold, shape (n_rows, n_dof)."""
    n_dof = system.n_dof
    held = [np.flatnonzero(restraint.fixed_owner >= 0)]
    for spring, patch in restraint.springs:
        if not spring.mean:
            held += [3 * patch.nodes + axis for axis in range(3) if spring.stiffness[axis] > 0]
    dofs = np.unique(np.concatenate(held))
    parts = [sp.csr_array((np.ones(len(dofs)), dofs, np.arange(len(dofs) + 1)), shape=(len(dofs), n_dof))]
    if system.links is not None:
        parts.append(system.links.rows)
    means = bonds(restraint, n_dof)
    parts.append(means.rows[len(restraint.contacts.gap) :])
    return sp.csr_array(sp.vstack(parts))


def free_motions(system: System, restraint: Restraint, closed: np.ndarray | None = None) -> list[tuple[int, Floats, Floats]]:
    """Free rigid motions per connected piece; see `RigidTest.free`."""
    return rigid_test(system, restraint).free(closed)


def _axis_word(direction: Floats) -> str:
    """``x``, ``y``, ``z`` or the components of a direction."""
    largest = int(np.abs(direction).argmax())
    if abs(abs(direction[largest]) - 1.0) < 1e-6:
        return "xyz"[largest]
    return "(" + ", ".join(f"{value:.3g}" for value in direction) + ")"


def _independent(motions: Floats) -> list[tuple[str, Floats]]:
    """Free motions (6, n) as slides first, then turns: each in words and as a motion of its own, shape (6,)."""
    _left, values, right = np.linalg.svd(motions[3:])
    rank = int((values > 1e-6).sum())
    slides = motions[:3] @ right[rank:].T
    ways = [axis for axis in np.eye(3) if slides.size and np.linalg.norm(axis - slides @ (np.linalg.pinv(slides) @ axis)) < 1e-6]
    if len(ways) != slides.shape[1]:
        ways = [column / np.linalg.norm(column) for column in slides.T]
    found = [(f"slide along {_axis_word(way)}", np.concatenate([way, np.zeros(3)])) for way in ways]
    for column in right[:rank]:
        motion = motions @ column
        found.append((f"turn about {_axis_word(motion[3:] / np.linalg.norm(motion[3:]))}", motion))
    return found


def motion_words(motions: Floats) -> list[str]:
    """Each independent motion in words: slides first, then turns about an axis.

    Parameters
    ----------
    motions : (6, n) array
        Translation of the centre and scaled rotation, orthonormal columns.
    """
    return [words for words, _ in _independent(motions)]


def free_shapes(system: System, restraint: Restraint) -> list[tuple[str, Floats]]:
    """Each free motion in words and as displacements (n_nodes, 3), the largest of them 1; empty for a body that is held."""
    points, found = system.mesh.points, list[tuple[str, Floats]]()
    for piece, centre, motions in free_motions(system, restraint):
        nodes = np.flatnonzero(system.pieces == piece)
        modes = rigid_modes(points[nodes], centre)
        modes[:, 3:] /= 0.5 * float(np.ptp(points[nodes], axis=0).max())
        for words, motion in _independent(motions):
            shape = np.zeros_like(points)
            shape[nodes] = (modes @ motion).reshape(-1, 3)
            found.append((f"{piece_name(system, piece)} can {words}", shape / np.linalg.norm(shape, axis=1).max()))
    return found


def refuse_free_motion(system: System, restraint: Restraint) -> None:
    """Refuse a body that can move as a whole even with all contacts closed.

    Raises
    ------
    InputError
        Naming the piece, the motions and the supports that act.
    """
    found = free_motions(system, restraint)
    if not found:
        return
    piece, _, motions = found[0]
    can = " and ".join(motion_words(motions))
    acting = ", ".join(map(repr, restraint.names))
    nothing = f"nothing on {acting} holds it" if acting else "it has no supports at all"
    raise InputError(
        f"{piece_name(system, piece)} can {can}; {nothing}",
        "supports",
        "fix that motion, or add a pad, a lock with lateral stiffness or a spring",
    )


def piece_name(system: System, piece: int) -> str:
    """Name of a connected piece: the volume group that lies wholly in it, else the model."""
    label = system.pieces
    if label.max() == 0:
        return "the model"
    mesh = system.mesh
    first = np.concatenate([block.cells[:, 0] for block in mesh.blocks])
    inside = label[first] == piece
    for name, cells in mesh.volumes.items():
        if inside[cells].all():
            return f"the piece {name!r}"
    place = ", ".join(f"{v:.4g}" for v in mesh.points[label == piece].mean(axis=0))
    return f"the unconnected piece around ({place}) mm"


def softest_motion(factor: Factor, diagonal: Floats) -> tuple[Floats, float]:
    """Softest displacement of a factored matrix and its stiffness against the diagonal, by inverse iteration."""
    vector = np.random.default_rng(0).standard_normal(len(diagonal)) / np.sqrt(diagonal)
    stiffness = 1.0
    for _ in range(2):
        heavy = diagonal * vector
        found = factor.solve(heavy)
        stiffness = float(found @ heavy) / max(float(found @ (diagonal * found)), 1e-300)
        vector = found / max(float(np.abs(found).max()), 1e-300)
        if stiffness > _SOUND:
            break
    return vector, stiffness


def refuse_mechanism(system: System, matrix: sp.bsr_array, factor: Factor) -> None:
    """Refuse a held matrix that is singular to working precision.

    Raises
    ------
    InputError
        Naming where the structure moves.
    """
    vector, stiffness = softest_motion(factor, np.asarray(matrix.diagonal(), np.float64))
    if not stiffness > _SINGULAR:
        vector = vector if system.links is None else system.links.expand @ vector
        raise mechanism(_place_words(system, vector))


def mechanism(words: str) -> InputError:
    """The error for a structure that is a mechanism."""
    return InputError(f"the structure is a mechanism: {words}", "mesh", "join its parts by faces, not by single nodes or edges")


def describe_mechanism(system: System, matrix: sp.bsr_array) -> str:
    """Where a singular held matrix lets the structure move: the node that moves most in its softest motion."""
    diagonal = np.asarray(matrix.diagonal(), np.float64)
    shifted = matrix.copy()
    shifted.data[matrix.indptr[:-1]] += 1e-9 * diagonal.reshape(-1, 3, 1) * np.eye(3)
    try:
        factor, _ = factorise(shifted)
    except NotPositiveDefinite:
        return "its stiffness is not positive"
    vector, _ = softest_motion(factor, diagonal)
    factor.release()
    return _place_words(system, vector)


def _place_words(system: System, vector: Floats) -> str:
    moves = np.linalg.norm(vector.reshape(-1, 3), axis=1)
    place = ", ".join(f"{v:.4g}" for v in system.mesh.points[moves.argmax()])
    direction = vector.reshape(-1, 3)[moves.argmax()] / moves.max()
    return f"the part around ({place}) mm can move along {_axis_word(direction)}"
