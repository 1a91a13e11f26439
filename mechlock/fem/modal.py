"""Natural modes about a contact state, with participation in base acceleration, effective masses and residual vectors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.fem.assembly import System
from mechlock.fem.free_motion import describe_mechanism, mechanism, rigid_modes
from mechlock.fem.geometric import geometric_pairs
from mechlock.fem.held import Held, spring_blocks
from mechlock.fem.lanczos import largest_pairs
from mechlock.fem.linearised import Linearised, linearise
from mechlock.fem.restraint import restrain
from mechlock.fem.solver import NotPositiveDefinite, hold_blocks
from mechlock.fem.static import StaticResult
from mechlock.mesh.mesh import Floats

# Modes whose eigenvalue is below this part of the shift are rigid motions.
_RIGID = 1e-6


@dataclass(frozen=True)
class ModalSolution:
    """Modes of a system.

    Attributes
    ----------
    frequencies : (n,) array
        Hz, ascending.
    shapes : (n, n_nodes, 3) array
        Mass-normalised, 1/sqrt(t).
    participation : (n, 6) array
        shape^T M r for unit base translations and rotations about `centre`, sqrt(t) and sqrt(t) mm.
    effective_mass : (n, 6) array
        Their squares, t and t mm^2.
    rigid_mass : (6, 6) array
        r^T M r of the whole model.
    centre : (3,) array
        Centre of mass, mm.
    residual_shapes : (6, n_nodes, 3) array
        Static answer to unit base acceleration minus what the modes contribute to it, mm / (mm/s^2); nan for bodies that can
        move freely.
    contact_rows : (n, n_contacts) array
        Change of each contact's force per unit modal coordinate, N; zero for open contacts.
    contact_residual : (6, n_contacts) array
        The same per unit base acceleration for the residual shapes, N / (mm/s^2); nan for bodies that can move freely.
    residual : (n,) array
        |K x - w^2 M x| / |w^2 M x| per mode, with K x from stresses; nan for rigid modes.
    orthogonality : float
        Largest entry of X^T M X - 1.
    rigid_count : int
        Modes that are free rigid motions.
    closed : (n_contacts,) bool array
    about : str
        Name of the static case, or empty.
    solver : str
    solves : int
        Right-hand sides solved.
    """

    frequencies: Floats
    shapes: Floats
    participation: Floats
    effective_mass: Floats
    rigid_mass: Floats
    centre: Floats
    residual_shapes: Floats
    contact_rows: Floats
    contact_residual: Floats
    residual: Floats
    orthogonality: float
    rigid_count: int
    closed: np.ndarray
    about: str
    solver: str
    solves: int


def base_shapes(system: System, centre: Floats) -> Floats:
    """Unit base translations and rotations about a centre at every node, shape (n_dof, 6)."""
    return rigid_modes(system.mesh.points, centre)


def solve_modal(
    system: System,
    n: int = 10,
    *,
    about: StaticResult | None = None,
    supports: tuple[str, ...] | None = None,
    held: Held | None = None,
    prestressed: bool = False,
    tolerance: float = 1e-6,
    solver: str | None = None,
) -> ModalSolution:
    """Lowest modes.

    Parameters
    ----------
    system : System
    n : int
        Number of modes, rigid ones included.
    about : StaticResult, optional
        Static case whose contact state holds: closed contacts bonded, open ones free. Without it every contact is bonded.
    supports : tuple of str, optional
        Names that act when `about` is not given; None for all, () for a free body.
    held : Held, optional
        `StaticSolution.held` of the same case, so that its factorisation serves again.
    prestressed : bool
        The stresses of `about` stiffen or soften the structure.
    tolerance : float
        On the residual of each mode, relative to its eigenvalue, whose own error is the square of it.
    solver : str, optional

    Raises
    ------
    InputError
        When the model has no mass, the state has no equilibrium, or the structure is a mechanism.
    NoVerdict
        When the modes do not converge.
    """
    if n < 1:
        raise InputError("at least one mode must be asked for", "modal")
    if system.total_mass <= 0:
        raise InputError("the model has no mass", "modal", "give the material a density")
    if about is not None and about.status != "ok":
        raise InputError(f"modes about {about.name!r} are not defined: {about.reason}", "modal")
    if prestressed and about is None:
        raise InputError("prestressed modes need the static case whose stresses they are about", "modal")
    state = _state(system, about, supports, held, prestressed, solver)
    allowed = ~state.restraint.fixed & (np.repeat(system.node_masses, 3) != 0)
    base = base_shapes(system, system.centre_of_mass)
    heavy_base = system.apply_mass(base)
    static = state.solve(heavy_base)
    found = largest_pairs(
        lambda _, heavy: state.solve(heavy),
        system.apply_mass,
        min(n, int(allowed.sum())),
        ~state.restraint.fixed,
        # the static answers to base acceleration hold most of the modes that matter
        start=static,
        tolerance=tolerance,
    )
    squares = 1.0 / found.values - state.shift
    order = np.argsort(squares)
    squares, vectors = squares[order], found.vectors[:, order]
    rigid = squares < _RIGID * state.shift
    squares = np.where(rigid, 0.0, squares)
    solution = _describe(state, squares, vectors, rigid, _Base(base, heavy_base, static), found.solves + 6)
    solution = replace(solution, about="" if about is None else about.name)
    state.release()
    return solution


def _state(
    system: System,
    about: StaticResult | None,
    supports: tuple[str, ...] | None,
    held: Held | None,
    prestressed: bool,
    solver: str | None,
) -> Linearised:
    names = supports if about is None else about.case.supports
    restraint = held.restraint if held is not None else restrain(system, names)
    closed = None if about is None else about.closed
    permutation = None if held is None else held.permutation
    stress = geometric_pairs(system, about) if prestressed and about is not None else None
    try:
        return linearise(system, restraint, closed, held=held, permutation=permutation, stiffening=stress, solver=solver)
    except NotPositiveDefinite:
        if prestressed and about is not None:
            raise NoVerdict(f"under the stresses of {about.name!r} the structure has buckled", "modal") from None
        held_matrix = hold_blocks(system.pattern.upper_blocks(spring_blocks(system, restraint)), restraint.fixed)
        raise mechanism(describe_mechanism(system, held_matrix)) from None


@dataclass(frozen=True)
class _Base:
    """Base motions (n_dof, 6), their inertia forces, and the static answers to these."""

    shapes: Floats
    heavy: Floats
    static: Floats


def _describe(state: Linearised, squares: Floats, vectors: Floats, rigid: np.ndarray, base: _Base, solves: int) -> ModalSolution:
    """Participation, effective masses, residual vectors and checks of the modes."""
    system = state.system
    n = len(squares)
    heavy = system.apply_mass(vectors)
    participation = vectors.T @ base.heavy
    gram = vectors.T @ heavy
    contact, residual = _residuals(state, vectors, heavy * squares)
    residual = np.where(rigid, np.nan, residual)
    residual_shapes, contact_residual = np.full((6, system.n_dof), np.nan), np.full((6, contact.shape[1]), np.nan)
    if not state.shift:
        share = participation / squares[:, None]
        residual_shapes = (base.static - vectors @ share).T
        contact_residual = _base_contacts(state, base) - share.T @ contact
    return ModalSolution(
        frequencies=np.sqrt(squares) / (2 * np.pi),
        shapes=vectors.T.reshape(n, -1, 3),
        participation=participation,
        effective_mass=participation**2,
        rigid_mass=base.shapes.T @ base.heavy,
        centre=system.centre_of_mass,
        residual_shapes=residual_shapes.reshape(6, -1, 3),
        contact_rows=contact,
        contact_residual=contact_residual,
        residual=residual,
        orthogonality=float(np.abs(gram - np.eye(n)).max()),
        rigid_count=int(rigid.sum()),
        closed=state.closed,
        about="",
        solver=state.factor.name,
        solves=solves,
    )


def _base_contacts(state: Linearised, base: _Base) -> Floats:
    """Contact forces in the static answers to unit base accelerations, (6, n_contacts)."""
    free = (~state.restraint.fixed)[:, None]
    return state.contact_forces(base.static, (state.elastic_forces(base.static) - base.heavy) * free).T


def _residuals(state: Linearised, vectors: Floats, inertia: Floats) -> tuple[Floats, Floats]:
    """Contact forces per unit modal coordinate (n, n_contacts), and each mode's relative error in equilibrium and contact law."""
    free = (~state.restraint.fixed)[:, None]
    contacts = state.restraint.contacts
    unbalanced = (state.elastic_forces(vectors) - inertia) * free
    forces = state.contact_forces(vectors, unbalanced)
    left = state.system.unlinked(unbalanced - (contacts.rows.T @ forces) * free)
    law = (contacts.rows @ vectors + contacts.compliance @ forces) * state.closed[:, None] * contacts.reference[:, None]
    size = np.maximum(np.linalg.norm(state.system.unlinked(inertia * free), axis=0), 1e-300)
    off = np.linalg.norm(law, axis=0) / np.maximum(np.linalg.norm(forces, axis=0), size)
    return forces.T, np.maximum(np.linalg.norm(left, axis=0) / size, off)
