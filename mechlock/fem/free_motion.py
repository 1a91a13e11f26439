"""Rigid-body motions that nothing holds, found before factoring and named in words."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.restraint import Restraint, unit
from mechlock.fem.solver import NotPositiveDefinite, factorise
from mechlock.mesh.mesh import Floats, Ints

# A motion that works against less than this part of the stiffest one counts as free.
_FREE = 1e-12


def components(system: System) -> Ints:
    """Number of the connected piece that each node belongs to, -1 for nodes of no element."""
    pattern = system.pattern
    n = pattern.n_nodes
    graph = sp.csr_array((np.ones(len(pattern.rows), np.int8), pattern.columns.astype(np.int32), pattern.pointer), shape=(n, n))
    label = connected_components(graph, directed=False)[1].astype(np.int64)
    used = np.zeros(n, bool)
    for block in system.mesh.blocks:
        used[block.cells.ravel()] = True
    label[~used] = -1
    label[used] = np.unique(label[used], return_inverse=True)[1]
    return label


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


def _restraint_rows(system: System, restraint: Restraint, closed: np.ndarray | None = None) -> sp.csr_array:
    """Functionals that the supports hold at zero (contacts taken as closed), shape (n_rows, n_dof)."""
    n_dof = system.n_dof
    held = [np.flatnonzero(restraint.fixed_owner >= 0)]
    parts: list[sp.csr_array] = []
    for spring, patch in restraint.springs:
        held += [3 * patch.nodes + axis for axis in range(3) if spring.stiffness[axis] > 0]
    dofs = np.unique(np.concatenate(held))
    parts.append(sp.csr_array((np.ones(len(dofs)), dofs, np.arange(len(dofs) + 1)), shape=(len(dofs), n_dof)))
    for lock, patch in restraint.locks:
        if lock.lateral_stiffness > 0:
            pull = unit(lock.direction, lock.name)
            across = (np.eye(3) - np.outer(pull, pull))[:, None, :] * patch.mean[None, :, None]
            columns = np.tile((3 * patch.nodes[:, None] + np.arange(3)).ravel(), 3)
            rows = np.repeat(np.arange(3), 3 * len(patch.nodes))
            parts.append(sp.csr_array(sp.coo_array((across.ravel(), (rows, columns)), shape=(3, n_dof))))
    contacts = restraint.contacts.rows
    parts.append(contacts if closed is None else contacts[np.flatnonzero(closed)])
    return sp.csr_array(sp.vstack(parts))


def free_motions(system: System, restraint: Restraint, closed: np.ndarray | None = None) -> list[tuple[int, Floats, Floats]]:
    """Free rigid motions, per connected piece.

    Parameters
    ----------
    system : System
    restraint : Restraint
    closed : (n_contacts,) bool array, optional
        Contacts that hold; by default all.

    Returns
    -------
    list of (piece, centre, motions)
        `motions` (6, n): independent free motions, translation first, then rotation vector times half the piece's size.
    """
    label = components(system)
    rows = _restraint_rows(system, restraint, closed)
    points = system.mesh.points
    found: list[tuple[int, Floats, Floats]] = []
    for piece in range(label.max() + 1):
        nodes = np.flatnonzero(label == piece)
        centre = points[nodes].mean(axis=0)
        half = 0.5 * float(np.ptp(points[nodes], axis=0).max())
        modes = rigid_modes(points[nodes], centre)
        modes[:, 3:] /= half
        dofs = (3 * nodes[:, None] + np.arange(3)).ravel()
        held = rows[:, dofs] @ modes
        gram = held.T @ held
        values, vectors = np.linalg.eigh(gram)
        free = values <= _FREE * max(values[-1], 1.0)
        if free.any():
            motions = vectors[:, free]
            found.append((piece, centre, motions))
    return found


def _axis_word(direction: Floats) -> str:
    """``x``, ``y``, ``z`` or the components of a direction."""
    largest = int(np.abs(direction).argmax())
    if abs(abs(direction[largest]) - 1.0) < 1e-6:
        return "xyz"[largest]
    return "(" + ", ".join(f"{value:.3g}" for value in direction) + ")"


def motion_words(motions: Floats, centre: Floats) -> list[str]:
    """Each independent motion in words: slides first, then turns about an axis through a point.

    Parameters
    ----------
    motions : (6, n) array
        Translation of the centre and scaled rotation, orthonormal columns.
    centre : (3,) array
    """
    words: list[str] = []
    _left, values, right = np.linalg.svd(motions[3:])
    rank = int((values > 1e-6).sum())
    slides = motions[:3] @ right[rank:].T
    for axis in np.eye(3):
        if slides.size and np.linalg.norm(axis - slides @ (np.linalg.pinv(slides) @ axis)) < 1e-6:
            words.append(f"slide along {_axis_word(axis)}")
    if len(words) != slides.shape[1]:
        words = [f"slide along {_axis_word(column / np.linalg.norm(column))}" for column in slides.T]
    for column in right[:rank]:
        motion = motions @ column
        rotation = motion[3:] / np.linalg.norm(motion[3:])
        words.append(f"turn about {_axis_word(rotation)}")
    return words


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
    piece, centre, motions = found[0]
    can = " and ".join(motion_words(motions, centre))
    acting = ", ".join(map(repr, restraint.names))
    nothing = f"nothing on {acting} holds it" if acting else "it has no supports at all"
    raise InputError(
        f"{piece_name(system, piece)} can {can}; {nothing}",
        "supports",
        "fix that motion, or add a pad, a lock with lateral stiffness or a spring",
    )


def piece_name(system: System, piece: int) -> str:
    """Name of a connected piece: the volume group that lies wholly in it, else the model."""
    label = components(system)
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


def describe_mechanism(system: System, matrix: sp.csr_array) -> str:
    """Where a singular held matrix lets the structure move: the node that moves most in its softest motion."""
    diagonal = np.asarray(matrix.diagonal(), np.float64)
    shifted = matrix.copy()
    shifted.data[matrix.indptr[:-1]] += 1e-9 * diagonal
    try:
        factor, _ = factorise(shifted)
    except NotPositiveDefinite:
        return "its stiffness is not positive"
    vector = np.random.default_rng(0).standard_normal(len(diagonal)) * np.sqrt(diagonal)
    for _ in range(3):
        vector = factor.solve(diagonal * vector)
        vector /= np.linalg.norm(vector)
    factor.release()
    moves = np.linalg.norm(vector.reshape(-1, 3), axis=1)
    place = ", ".join(f"{v:.4g}" for v in system.mesh.points[moves.argmax()])
    direction = vector.reshape(-1, 3)[moves.argmax()] / moves.max()
    return f"the part around ({place}) mm can move along {_axis_word(direction)}"
