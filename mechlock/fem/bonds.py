"""What a set of supports adds to the elastic stiffness: springs as node weights, and bonds along single functionals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from mechlock.fem.model import Spring, unit
from mechlock.fem.patches import Patch
from mechlock.fem.restraint import Restraint
from mechlock.mesh.mesh import Floats


def spring_weights(spring: Spring, patch: Patch) -> sp.csr_array:
    """Share of every pair of nodes in a spring's stiffness, shape (n, n); the entries sum to one."""
    if spring.mean:
        return sp.csr_array(np.outer(patch.mean, patch.mean))
    return patch.matrix


@dataclass(frozen=True)
class Bonds:
    """What a support set adds to the elastic stiffness along single functionals: sum k_j b_j b_j^T.

    Attributes
    ----------
    keys : tuple of (str, int)
        Holder and number, so that two sets can be compared.
    rows : (n, n_dof) sparse array
    stiffness : (n,) array
    """

    keys: tuple[tuple[str, int], ...]
    rows: sp.csr_array
    stiffness: Floats


def bonds(restraint: Restraint, n_dof: int) -> Bonds:
    """Closed contacts, lateral lock stiffness and springs on mean displacements of a support set."""
    contacts = restraint.contacts
    counts: dict[str, int] = {}
    keys: list[tuple[str, int]] = []
    rows, stiffness = [contacts.rows], [contacts.reference]
    names = [contacts.holders[number].name for number in contacts.owner]

    def key(name: str) -> None:
        counts[name] = counts.get(name, -1) + 1
        keys.append((name, counts[name]))

    for name in names:
        key(name)
    directed: list[tuple[str, Patch, Floats, float]] = []
    for lock, patch in restraint.locks:
        if lock.lateral_stiffness > 0:
            across = np.linalg.svd(unit(lock.direction, lock.name)[None])[2][1:]
            directed += [(lock.name, patch, axis, lock.lateral_stiffness) for axis in across]
    for spring, patch in restraint.springs:
        if spring.mean:
            chosen = [axis for axis in range(3) if spring.stiffness[axis] > 0]
            directed += [(spring.name, patch, np.eye(3)[axis], spring.stiffness[axis]) for axis in chosen]
    for name, patch, axis, value in directed:
        columns = (3 * patch.nodes[:, None] + np.arange(3)).ravel()
        weights = (patch.mean[:, None] * axis).ravel()
        rows.append(sp.csr_array((weights, columns, np.array([0, len(columns)])), shape=(1, n_dof)))
        stiffness.append(np.array([value]))
        key(name)
    return Bonds(tuple(keys), sp.csr_array(sp.vstack(rows)), np.concatenate(stiffness))
