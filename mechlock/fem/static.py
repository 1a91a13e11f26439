"""Linear statics with one-sided supports and preloaded locks: any number of cases, one factorisation per set of supports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.condense import answer
from mechlock.fem.contact import ContactState
from mechlock.fem.enforced import base_forces, check_names, prescribed
from mechlock.fem.evidence import Evidence
from mechlock.fem.external import External, external
from mechlock.fem.free_motion import free_motions, motion_words
from mechlock.fem.held import Held, hold_beside, hold_system
from mechlock.fem.indices import Index
from mechlock.fem.model import StaticCase
from mechlock.fem.reactions import LockState, PadState, Reactions, evaluate
from mechlock.fem.relief import Relief, centred
from mechlock.fem.restraint import Restraint, restrain
from mechlock.fem.resultants import Resultant
from mechlock.mesh.mesh import Floats


@dataclass(frozen=True)
class StaticResult:
    """Answer to one static case.

    Attributes
    ----------
    name : str
    case : StaticCase
    status : str
        ``ok`` or ``contact_lost`` (the contacts that stay closed cannot hold the body; then all numbers are nan).
    reason : str
    displacement : (n_nodes, 3) array
        mm.
    temperature : per mesh block (n_cells, n_cell_nodes) arrays, or None
    supports, springs : dict of str to Resultant
        Forces on the body.
    pads : dict of str to PadState
    locks : dict of str to LockState
    links : dict of str to Resultant
        Force of each tie and rigid coupling on its dependent nodes.
    relief : Relief or None
        How a free body answers as a whole, in cases with inertia relief.
    energy : float
        Elastic strain energy of the body, N mm = mJ.
    evidence : Evidence
    closed : (n_contacts,) bool array
        For analyses about this state.
    gaps : (n_contacts,) array
        Gap of each contact on the unloaded body after assembly, with its base moved, mm.
    exchanges : int
        Steps of the contact search.
    """

    name: str
    case: StaticCase
    status: str
    reason: str
    displacement: Floats
    temperature: tuple[Floats, ...] | None
    supports: dict[str, Resultant]
    springs: dict[str, Resultant]
    pads: dict[str, PadState]
    locks: dict[str, LockState]
    links: dict[str, Resultant]
    relief: Relief | None
    energy: float
    evidence: Evidence
    closed: np.ndarray
    gaps: Floats
    exchanges: int

    @property
    def max_displacement(self) -> float:
        """Largest displacement, mm."""
        return float(np.linalg.norm(self.displacement, axis=1).max())


@dataclass(frozen=True)
class StaticSolution:
    """Answers to all cases.

    Attributes
    ----------
    results : dict of str to StaticResult
        In the cases' order.
    solver : str
    factorisations : int
    factor_entries : int
        Of the largest factor.
    held : Held or None
        The factored system that was asked to be kept.
    """

    results: dict[str, StaticResult]
    solver: str
    factorisations: int
    factor_entries: int
    held: Held | None = field(repr=False, default=None)


def _solve_set(held: Held, cases: Sequence[StaticCase]) -> dict[str, StaticResult]:
    """All cases of one set of supports."""
    system, restraint = held.system, held.restraint
    for case in cases:
        check_names(system, restraint, case)
    loads = [external(system, case) for case in cases]
    moved = np.column_stack([prescribed(system, restraint, case) for case in cases])
    right = np.column_stack([load.total for load in loads])
    right += np.column_stack([base_forces(restraint, system.n_dof, case) for case in cases])
    if system.links is not None and moved.any():
        moved = system.links.carry(moved)
    right -= held.product(moved)
    displacement, states, gaps = answer(held, cases, right, moved)
    found = evaluate(held, cases, loads, displacement, states, gaps)
    return {
        case.name: _result(held, case, load, displacement[:, i], state, gap, reactions)
        for i, (case, load, state, gap, reactions) in enumerate(zip(cases, loads, states, gaps, found, strict=True))
    }


def _result(
    held: Held, case: StaticCase, load: External, displacement: Floats, state: ContactState, gap: Floats, found: Reactions
) -> StaticResult:
    if state.equilibrium:
        whole = centred(held.system, displacement) if case.inertia_relief else displacement
        status, reason, u = "ok", "", whole.reshape(-1, 3)
    else:
        status, reason, u = "contact_lost", _lost(held, state.closed), np.full((len(displacement) // 3, 3), np.nan)
    return StaticResult(
        case.name, case, status, reason, u, load.temperature, found.supports, found.springs, found.pads, found.locks,
        found.links, load.relief, found.energy, found.evidence, state.closed, gap, state.exchanges,
    )  # fmt: skip


def _lost(held: Held, closed: np.ndarray) -> str:
    """Which free motion the contacts that stay closed leave."""
    found = free_motions(held.system, held.restraint, closed)
    open_ones = sorted({held.restraint.contacts.holders[i].name for i in held.restraint.contacts.owner[~closed]})
    lost = ", ".join(map(repr, open_ones))
    if not found:
        return f"no equilibrium: contacts open at {lost}"
    motions = found[0][2]
    return f"no equilibrium: with contacts open at {lost} the body can {' and '.join(motion_words(motions))}"


def _key(case: StaticCase) -> tuple[str, ...] | None:
    return None if case.supports is None else tuple(sorted(set(case.supports)))


def _relieved(system: System, case: StaticCase) -> StaticCase:
    """A case with inertia relief stands on the nodes that hold a free body, and on nothing else."""
    if not case.inertia_relief:
        return case
    if not system.model.relief:
        raise InputError("the model has no nodes for inertia relief", f"cases.{case.name}", "make it with `relief.with_relief`")
    return replace(case, supports=tuple(item.name for item in system.model.relief))


def _families(
    sets: dict[tuple[str, ...] | None, list[StaticCase]], restraints: dict[tuple[str, ...] | None, Restraint], keep: str | None
) -> list[list[tuple[str, ...] | None]]:
    """Sets that may share a factorisation, the largest first in each family; the set to be kept leads the last family."""
    families: dict[tuple[bytes, frozenset[str]], list[tuple[str, ...] | None]] = {}
    for key, restraint in restraints.items():
        beddings = frozenset(spring.name for spring, _ in restraint.springs if not spring.mean)
        families.setdefault((restraint.fixed.tobytes(), beddings), []).append(key)

    def kept(key: tuple[str, ...] | None) -> bool:
        return keep in {case.name for case in sets[key]}

    for family in families.values():
        family.sort(key=lambda key: (not kept(key), -len(sets[key])))
    return sorted(families.values(), key=lambda family: kept(family[0]))


def solve_static(
    system: System,
    cases: Sequence[StaticCase],
    *,
    keep: str | None = None,
    solver: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> StaticSolution:
    """Solve static cases.

    Parameters
    ----------
    system : System
    cases : sequence of StaticCase
        With different names.
    keep : str, optional
        Name of a case whose factored system is kept in the solution (for modes about it); call `held.factor.release()` when done.
    solver : str, optional
        ``MKL PARDISO`` or ``SuperLU``; by default the best that is installed.
    progress : callable, optional
        Called with a short message before each factorisation.

    Returns
    -------
    StaticSolution

    Raises
    ------
    InputError
        For unusable cases and for bodies that can move freely, with the motion named.
    """
    names = [case.name for case in cases]
    doubled = [name for name in names if names.count(name) > 1]
    if doubled:
        raise InputError(f"two cases are called {doubled[0]!r}", "cases", "rename one")
    sets: dict[tuple[str, ...] | None, list[StaticCase]] = {}
    for case in (_relieved(system, case) for case in cases):
        sets.setdefault(_key(case), []).append(case)
    found: dict[str, StaticResult] = {}
    restraints = {key: restrain(system, key) for key in sets}
    name, entries, count = "", 0, 0
    permutation: Index | None = None
    kept: Held | None = None
    for family in _families(sets, restraints, keep):
        main: Held | None = None
        for key in family:
            if progress is not None:
                progress(f"static: {len(sets[key])} case(s)")
            held = None if main is None else hold_beside(main, restraints[key])
            if held is None:
                held = hold_system(system, restraints[key], permutation, solver)
                count += 1
            permutation = held.permutation
            found |= _solve_set(held, sets[key])
            name, entries = held.factor.name, max(entries, held.factor.factor_entries)
            main = held if main is None else main
            if held is not main:
                held.factor.release()
        if main is not None and keep in {case.name for case in sets[family[0]]}:
            kept = main
        elif main is not None:
            main.factor.release()
    return StaticSolution({case.name: found[case.name] for case in cases}, name, count, entries, kept)
