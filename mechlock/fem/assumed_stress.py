"""Eight-node hexahedra that do not lock: stress is assumed inside each cell, in 18 modes, and eliminated cell by cell.

With u the cell's nodal displacements and P the stress modes, sigma = P beta and beta = H^-1 A u, where H = integral(P^T S P),
A = integral(P^T B) and S is the compliance; the stiffness is A^T H^-1 A. Along its own direction a normal stress does not
change within a cell, and a shear stress changes across its plane only, so that a wall one cell thick bends as a plate does.

Source: Pian & Tong, "Relations between incompatible displacement model and hybrid stress model", IJNME 22 (1986) 173-181.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.fem.congruent import copies
from mechlock.fem.elements import shape, table
from mechlock.fem.geometry import check_positive, inverse, jacobians
from mechlock.mesh.mesh import Floats, Ints

Given = NDArray[np.floating[Any]]

KIND = "hex8i"
"""The kind of these cells. C3D8I, its name in Abaqus and CalculiX, is its kin by incompatible modes."""

PAIRS = ((0, 0), (1, 1), (2, 2), (0, 1), (1, 2), (2, 0))
"""Order of tensor components along the cell's or the model's axes."""

_MODES = (
    (0, ""), (0, "y"), (0, "z"), (0, "yz"), (1, ""), (1, "x"), (1, "z"), (1, "xz"), (2, ""), (2, "x"), (2, "y"), (2, "xy"),
    (3, ""), (3, "z"), (4, ""), (4, "x"), (5, ""), (5, "y"),
)  # fmt: skip
_COMPONENT = np.array([component for component, _ in _MODES])


@dataclass(frozen=True)
class StressCells:
    """Hexahedra with their stress modes; what cells have in common that are copies of one another is held once.

    Attributes
    ----------
    of : (n_cells,) int array
        Number of the different cell that each is a copy of.
    axes : (n_different, 6, 6) array
        Components along the model's axes (rows) of unit components along the cell's.
    volume : (n_different, n_points) array
        Volume that each integration point stands for, mm³.
    load : (n_different, 18, 24) array
        A: work of each mode on unit displacements, mm² for modes of 1 MPa.
    rigidity : (n_different, 18, 18) array
        H^-1, MPa/mm³.
    """

    of: Ints
    axes: Floats
    volume: Floats
    load: Floats
    rigidity: Floats

    def part(self, chosen: Ints | slice) -> StressCells:
        """Some of the cells."""
        return replace(self, of=self.of[chosen])

    def stiffness(self) -> Floats:
        """Stiffness matrices of the different cells, N/mm, shape (n_different, 8, 3, 8, 3)."""
        whole = self.load.swapaxes(1, 2) @ (self.rigidity @ self.load)
        return (0.5 * (whole + whole.swapaxes(1, 2))).reshape(-1, 8, 3, 8, 3)

    def stretch(self, displacement: Given) -> Floats:
        """Work of each mode on nodal displacements (n_cells, 8, 3, k) in mm, shape (n_cells, 18, k)."""
        return self.load[self.of] @ displacement.reshape(len(displacement), 24, -1)

    def expansion(self, free: Given) -> Floats:
        """Work of each mode on a free strain, the same in all directions, at the nodes (n_cells, 8); shape (n_cells, 18)."""
        rule = table(KIND)
        along = self.axes[self.of][:, :3, _COMPONENT].sum(axis=1)
        return along * ((self.volume[self.of] * (free @ rule.values.T)) @ _fields(rule.points))

    def amplitudes(self, stretch: Given) -> Floats:
        """Amplitudes of the modes, MPa, shape (n_cells, 18, k), that answer a `stretch` (less what expands freely)."""
        return np.asarray(self.rigidity[self.of] @ stretch, np.float64)

    def stress_of_displacement(self, points: Given) -> Floats:
        """Stress at reference points per nodal displacement in the different cells, MPa/mm, (n_different, n_points, 6, 24)."""
        different = replace(self, of=np.arange(len(self.load)))
        return different.stress(different.amplitudes(self.load), points)

    def forces(self, amplitudes: Floats) -> Floats:
        """Nodal forces that hold stresses of such amplitudes in balance, N, shape (n_cells, 8, 3, k)."""
        return (self.load[self.of].swapaxes(1, 2) @ amplitudes).reshape(len(amplitudes), 8, 3, -1)

    def stress(self, amplitudes: Floats, points: Given) -> Floats:
        """Stress of such amplitudes at reference points (n_points, 3), MPa, shape (n_cells, n_points, 6, k) in `PAIRS`' order."""
        fields = self.axes[self.of][:, None, :, _COMPONENT] * _fields(points)[None, :, None, :]
        return fields @ amplitudes[:, None]


def stress_cells(points: Floats, cells: Ints, elasticity: Given) -> StressCells:
    """Integrate the modes of hexahedra.

    Parameters
    ----------
    points : (n_points, 3) array
    cells : (n_cells, 8) int array
    elasticity : (6, 6) or (n_cells, 6, 6) array
        MPa, components in the order of `PAIRS`, engineering shear.

    Raises
    ------
    InputError
        When a cell is inside out.
    """
    law: Floats = np.asarray(elasticity, np.float64)
    alike = copies(points, cells, KIND, law if law.ndim > 2 else None)
    cells, law = cells[alike.first], law[alike.first] if law.ndim > 2 else law
    rule = table(KIND)
    inverted, determinant = inverse(jacobians(points, cells, rule.gradients))
    check_positive(determinant, KIND, cells)
    fields, volume = _fields(rule.points), determinant * rule.weights
    axes, tensors = _axes(points, cells)
    slopes = (volume[:, :, None, None] * (rule.gradients[None] @ inverted)).reshape(len(cells), len(volume[0]), 24)
    load = (fields.T @ slopes).reshape(-1, len(_MODES), 8, 3) @ tensors[:, _COMPONENT]
    pairs = fields[:, :, None] * fields[:, None, :]
    products = (volume @ pairs.reshape(len(fields), -1)).reshape(-1, *pairs.shape[1:])
    compliance = axes.swapaxes(1, 2) @ np.linalg.inv(law) @ axes
    flexibility = products * compliance[:, _COMPONENT[:, None], _COMPONENT]
    rigidity = np.asarray(np.linalg.inv(flexibility), np.float64)
    return StressCells(alike.of, axes, volume, load.reshape(-1, len(_MODES), 24), rigidity)


def stress_of(points: Floats, cells: Ints, elasticity: Given, displacement: Given, free: Given | None, at: Given) -> Floats:
    """Stress in hexahedra, MPa, shape (n_cells, n_at, 6, k).

    Parameters
    ----------
    points, cells, elasticity
        As for `stress_cells`.
    displacement : (n_points, 3, k) array
        Of k cases, mm.
    free : (n_cells, 8) array or None
        Strain of free expansion at the cells' nodes, the same in all cases.
    at : (n_at, 3) array
        Reference points.
    """
    found = stress_cells(points, cells, elasticity)
    stretch = found.stretch(displacement[cells])
    if free is not None:
        stretch = stretch - found.expansion(free)[:, :, None]
    return found.stress(found.amplitudes(stretch), at)


def _fields(points: Given) -> Floats:
    """Values of the modes' polynomials at reference points, shape (n_points, 18)."""
    centred = dict(zip("xyz", 2.0 * points.T - 1.0, strict=True))
    one = np.ones(len(points))
    return np.column_stack([np.prod([one, *(centred[letter] for letter in powers)], axis=0) for _, powers in _MODES])


def _axes(points: Floats, cells: Ints) -> tuple[Floats, Floats]:
    """Unit components along each cell's axes at its centre: as 6-vectors (n, 6, 6) by column, and as tensors (n, 6, 3, 3).

    One set of axes for the whole cell keeps uniform stress among the modes, which the patch test asks for.
    """
    centre = shape(KIND, np.full((1, 3), 0.5))[1]
    columns = jacobians(points, cells, centre)[:, 0]
    unit = columns / np.linalg.norm(columns, axis=1, keepdims=True)
    tensors = np.empty((len(cells), 6, 3, 3))
    for slot, (r, s) in enumerate(PAIRS):
        product = unit[:, :, None, r] * unit[:, None, :, s]
        tensors[:, slot] = product if r == s else product + product.swapaxes(1, 2)
    rows, columns = np.array(PAIRS).T
    return tensors[:, :, rows, columns].swapaxes(1, 2), tensors
