"""What a finite-element model consists of, in mm, N, MPa, tonne, s, K: materials, supports, contacts, masses, load cases.

Frozen records without behaviour beyond their own consistency; `mechlock.fem.assembly` turns them into matrices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mechlock.errors import InputError
from mechlock.mesh.mesh import Floats, Mesh

AXES = "xyz"
Vector = tuple[float, float, float]
ZERO: Vector = (0.0, 0.0, 0.0)


def unit(vector: Vector, where: str) -> Floats:
    """Unit vector, refusing zero."""
    v = np.asarray(vector, float)
    length = float(np.linalg.norm(v))
    if not np.isfinite(length) or length == 0:
        raise InputError("the direction must be a vector that is not zero", where)
    return v / length


@dataclass(frozen=True)
class Material:
    """Linear elastic material.

    Attributes
    ----------
    name : str
    E : float
        Young's modulus, MPa.
    nu : float
        Poisson's ratio.
    density : float
        t/mm^3 (steel: 7.85e-9).
    alpha : float
        Coefficient of thermal expansion, 1/K.
    elasticity : (6, 6) array or None
        Full elasticity matrix for strains (xx, yy, zz, yz, xz, xy) with engineering shear, MPa; replaces E and nu.
    """

    name: str
    E: float
    nu: float
    density: float = 0.0
    alpha: float = 0.0
    elasticity: Floats | None = None

    def __post_init__(self) -> None:
        if self.elasticity is None and not self.E > 0:
            raise InputError(f"Young's modulus of {self.name!r} must be positive, not {self.E}", "materials")
        if self.elasticity is None and not -1.0 < self.nu < 0.5:
            raise InputError(f"Poisson's ratio of {self.name!r} must lie between -1 and 0.5, not {self.nu}", "materials")
        if not self.density >= 0:
            raise InputError(f"the density of {self.name!r} must not be negative", "materials")


@dataclass(frozen=True)
class Support:
    """Fixed displacement components on the nodes of face or node groups.

    `displacement` gives enforced values in mm per axis (axes named there count as fixed too).
    """

    name: str
    on: tuple[str, ...]
    fix: tuple[str, ...] = ("x", "y", "z")
    displacement: Mapping[str, float] = field(default_factory=dict)

    @property
    def axes(self) -> tuple[int, ...]:
        """Numbers 0..2 of the fixed components."""
        return tuple(i for i, axis in enumerate(AXES) if axis in self.fix or axis in self.displacement)


@dataclass(frozen=True)
class Pad:
    """Unilateral support: pushes the body only, along one direction, with or without friction across it.

    With `against` it is frictionless contact between two surfaces of the body: every node of `on` and the closest point of the
    other surface push each other along the normal there. Displacements are small: who faces whom does not change.

    Attributes
    ----------
    on : tuple of str
        Face groups.
    gap : float
        Clearance before contact, mm (negative: interference).
    stiffness : float
        Total over the faces, N/mm; infinite for a rigid pad.
    direction : vector or None
        The way the pad pushes the body; by default against the faces' mean outward normal.
    raster : int or None
        Contact points per side of the pad, each standing for one of the equal rectangles that its extent is cut into, whatever
        its mesh; by default every node is one. For flat faces that are rectangles along the axes, with a finite stiffness. A pad
        on a thick block needs few; each contact point costs one solution of the whole system.
    both_ways : bool
        Pulls as well: a symmetry or a slide on faces that are curved or inclined.
    wall : vector or None
        A point of a flat wall across `direction`, mm: each node's distance from it is added to the gap.
    friction : float
        Coulomb's coefficient; along the faces the pad grips with the same stiffness as it pushes with.
    against : tuple of str
        Face groups of the body that `on` meets; without them the pad stands on ground.
    meshed_gap : bool
        In contact between surfaces the distance between them as meshed is added to the gap; overlaps of the mesh count as none.
    """

    name: str
    on: tuple[str, ...]
    gap: float = 0.0
    stiffness: float = np.inf
    direction: Vector | None = None
    raster: int | None = None
    both_ways: bool = False
    friction: float = 0.0
    wall: Vector | None = None
    against: tuple[str, ...] = ()
    meshed_gap: bool = True


@dataclass(frozen=True)
class Spring:
    """Elastic support (mount, guide pin, sling): `stiffness` per axis in N/mm is the total.

    Spread evenly over the groups as a bedding; with `mean` it acts on their mean displacement instead (a pin or sling that
    lets the face turn), which also lets one factorisation serve cases with and without it.
    """

    name: str
    on: tuple[str, ...]
    stiffness: Vector
    mean: bool = False


@dataclass(frozen=True)
class Lock:
    """Hook on a face: pulls only, with lateral stiffness, and a preload that is there after assembly, before weight.

    The pull acts through the mean displacement of the face (a uniform traction), so that the hook resists no rotation.

    Attributes
    ----------
    direction : vector
        The way the lock pulls the face.
    stiffness : float
        Along the direction, N/mm.
    lateral_stiffness : float
        Across it, both ways, N/mm (acts also while the hook is slack; `LockState.open` says so).
    preload : (low, high)
        Force after assembly, N; every static case names the end it is solved at.
    to : tuple of str
        Groups of the body that the other end pulls, as a bolt's nut does; without them that end stands on ground. The direction
        is then that of the line between the centroids, and there is no lateral stiffness, so that the two ends balance.
    """

    name: str
    on: tuple[str, ...]
    direction: Vector
    stiffness: float
    lateral_stiffness: float = 0.0
    preload: tuple[float, float] = (0.0, 0.0)
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Base:
    """Flexible base under pads and locks, as compliance between their base points along one direction.

    A compliance states what yields (a tray's warp); what it does not contain is rigid.

    Attributes
    ----------
    on : tuple of str
        Names of pads and locks.
    compliance : (n, n) array
        Displacement of base point i along `direction` per force on base point j, mm/N.
    """

    on: tuple[str, ...]
    compliance: Floats
    direction: Vector = (0.0, 0.0, 1.0)

    @staticmethod
    def from_stiffness(on: tuple[str, ...], stiffness: Floats, direction: Vector = (0.0, 0.0, 1.0)) -> Base:
        """Base from its stiffness matrix between the base points, N/mm (must be positive definite)."""
        matrix = np.asarray(stiffness, float)
        if matrix.shape != (len(on), len(on)) or not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0.0):
            raise InputError(f"the base's stiffness must be a symmetric {len(on)} x {len(on)} matrix", "bases")
        if np.linalg.eigvalsh(matrix)[0] <= 0:
            raise InputError("the base's stiffness matrix is not positive definite", "bases", "hold the base somewhere")
        return Base(on, np.linalg.inv(matrix), direction)

    @staticmethod
    def warp(on: tuple[str, str, str, str], stiffness: float, direction: Vector = (0.0, 0.0, 1.0)) -> Base:
        """Base that is rigid but for warping; `stiffness` N/mm per corner when corners (in order round) move +1 -1 +1 -1."""
        shape = np.array([1.0, -1.0, 1.0, -1.0])
        return Base(on, np.outer(shape, shape) / (4.0 * stiffness), direction)


@dataclass(frozen=True)
class PointMass:
    """Mass away from the mesh, coupled to groups.

    Attributes
    ----------
    mass : float
        t.
    at : vector
        mm.
    attach : tuple of str
        Face or node groups.
    inertia : six floats or None
        Ixx, Iyy, Izz, Ixy, Iyz, Izx about `at`, t mm^2, tensor signs.
    coupling : str
        ``distributing`` (follows the mean motion, adds no stiffness) or ``rigid``.
    """

    name: str
    mass: float
    at: Vector
    attach: tuple[str, ...]
    inertia: tuple[float, float, float, float, float, float] | None = None
    coupling: Literal["distributing", "rigid"] = "distributing"


@dataclass(frozen=True)
class Tie:
    """Faces of `slave` glued to the non-matching faces of `master`."""

    name: str
    master: str
    slave: str


@dataclass(frozen=True)
class Pressure:
    """Pressure in MPa on face groups, positive into the body."""

    on: str
    pressure: float


@dataclass(frozen=True)
class Traction:
    """Force per area in MPa on face groups."""

    on: str
    traction: Vector


@dataclass(frozen=True)
class Force:
    """Total force in N, spread evenly over the faces, or in equal parts over the nodes of a node group.

    With `at`, mm, it acts at that point: its moment about the group's centre is spread too, as a linear traction.
    """

    on: str
    force: Vector
    at: Vector | None = None


@dataclass(frozen=True)
class Moment:
    """A couple in N mm, spread as a linear traction."""

    on: str
    moment: Vector


@dataclass(frozen=True)
class Bearing:
    """Total force in N of a pin on a hole: pressure with the cosine of the angle from the force's direction, pushing only."""

    on: str
    force: Vector


@dataclass(frozen=True)
class Temperature:
    """Temperature change in K of a volume group (empty name: everywhere): uniform, or one value per node of the mesh."""

    on: str
    change: float | Floats


Load = Pressure | Traction | Force | Moment | Bearing | Temperature


@dataclass(frozen=True)
class StaticCase:
    """One static load case.

    Attributes
    ----------
    g_load : vector
        Force per unit mass, mm/s^2: (0, 0, -9806.65) is the weight.
    loads : tuple of Load
    supports : tuple of str or None
        Names of the supports, pads, springs and locks that act in this case; None for all.
    displacements : dict
        name -> {axis: mm}, replaces the support's own, or moves the base of pads, springs and locks.
    preload : str
        Which end of the locks' preload range this case is solved at.
    inertia_relief : bool
        Nothing holds the body; its own inertia balances the loads.
    """

    name: str
    g_load: Vector = ZERO
    loads: tuple[Load, ...] = ()
    supports: tuple[str, ...] | None = None
    displacements: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    preload: Literal["low", "high"] = "low"
    inertia_relief: bool = False


@dataclass(frozen=True)
class Model:
    """Everything an analysis needs besides the cases.

    `materials` pairs a material with the volume groups it fills; an empty tuple of groups means the whole mesh. `relief` holds
    the body without forces in the cases with inertia relief, and acts in no other.
    """

    mesh: Mesh
    materials: tuple[tuple[Material, tuple[str, ...]], ...]
    supports: tuple[Support, ...] = ()
    pads: tuple[Pad, ...] = ()
    springs: tuple[Spring, ...] = ()
    locks: tuple[Lock, ...] = ()
    bases: tuple[Base, ...] = ()
    masses: tuple[PointMass, ...] = ()
    ties: tuple[Tie, ...] = ()
    relief: tuple[Support, ...] = ()

    def __post_init__(self) -> None:
        names = self.held_names
        for name in names:
            if names.count(name) > 1:
                raise InputError(f"two supports, pads, springs or locks are called {name!r}", "supports", "rename one")

    @property
    def held_names(self) -> tuple[str, ...]:
        """Names of all supports, pads, springs and locks."""
        return tuple(item.name for group in (self.supports, self.pads, self.springs, self.locks) for item in group)
