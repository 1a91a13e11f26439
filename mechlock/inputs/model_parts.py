"""What a model file's parts are: materials, supports, locks, bases, springs, ties, point masses."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs.model_fields import Axes, Direction, Displacements, Expansion, Inertias, Name, Names, Stiffnesses
from mechlock.inputs.parameters import ForceParameter
from mechlock.inputs.quantities import (
    AsTuple,
    Density,
    Fraction,
    Length,
    Mass,
    Number,
    Point,
    PositiveLength,
    PositiveStiffness,
    PositiveStress,
    Stiffness,
    Strict,
    refuse,
)

_THICKNESS = "of the plates; stress nearer than this to singular places is not judged"
_ORTHOTROPIC = ("E1", "E2", "E3", "nu12", "nu13", "nu23", "G12", "G13", "G23")


class Material(Strict):
    """What volume groups are made of: a name from the library, or elastic constants of its own, isotropic or orthotropic.

    Orthotropic constants stand in the material's axes 1, 2, 3: `axes` gives the directions of 1 and of 2 (made square to 1);
    nu12 is the contraction along 2 under tension along 1.
    """

    name: Name
    on: Names | None = None
    E: PositiveStress | None = None
    nu: Annotated[Number, Field(gt=-1.0, lt=0.5)] | None = None
    E1: PositiveStress | None = None
    E2: PositiveStress | None = None
    E3: PositiveStress | None = None
    nu12: Number | None = None
    nu13: Number | None = None
    nu23: Number | None = None
    G12: PositiveStress | None = None
    G13: PositiveStress | None = None
    G23: PositiveStress | None = None
    axes: Annotated[tuple[Direction, Direction], AsTuple] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    density: Density | None = None
    yield_strength: Annotated[PositiveStress | None, Field(alias="yield")] = None
    thickness: Annotated[PositiveLength | None, Field(description=_THICKNESS)] = None
    expansion: Expansion | None = None

    @model_validator(mode="after")
    def _whole(self) -> Material:
        if (self.E is None) != (self.nu is None):
            raise refuse(InputError("E and nu belong together", mend="give both, or neither to take the library's"))
        given = [key for key in _ORTHOTROPIC if getattr(self, key) is not None]
        if given and len(given) < len(_ORTHOTROPIC):
            lacks = ", ".join(key for key in _ORTHOTROPIC if key not in given)
            raise refuse(InputError(f"an orthotropic material needs {lacks} too", mend="give all nine constants"))
        if given and self.E is not None:
            raise refuse(InputError("the material is isotropic and orthotropic at once", mend="keep E and nu, or the nine"))
        return self

    @property
    def orthotropic(self) -> tuple[float, ...] | None:
        """E1, E2, E3, nu12, nu13, nu23, G12, G13, G23, or None."""
        return None if self.E1 is None else tuple(float(getattr(self, key)) for key in _ORTHOTROPIC)


class Support(Strict):
    """Fixed or enforced displacements; with ``unilateral``, a face that can only be pushed; with ``symmetry``, one that slides.

    A symmetry support holds the displacement normal to the faces, whichever way they look, and leaves them free along.
    """

    name: Name | None = None
    on: Names
    fix: Axes | None = None
    displacement: Displacements | None = None
    symmetry: bool = False
    unilateral: bool = False
    gap: Length = 0.0
    stiffness: PositiveStiffness | None = None
    friction: Fraction = 0.0
    direction: Annotated[Direction | None, Field(description="the way it pushes; by default against the faces' normal")] = None
    wall: Annotated[Point | None, Field(description="of a flat wall across `direction`; distances from it are gaps")] = None

    @model_validator(mode="after")
    def _consistent(self) -> Support:
        held = self.fix is not None or self.displacement is not None
        if held + self.unilateral + self.symmetry > 1:
            raise refuse(InputError("fix, unilateral and symmetry exclude each other", mend="keep one of them"))
        if not held and not self.unilateral and not self.symmetry:
            raise refuse(InputError("the support holds nothing", mend="add fix, displacement, symmetry or unilateral = true"))
        one_sided = self.gap or self.stiffness is not None or self.friction or self.direction is not None
        if not self.unilateral and one_sided:
            raise refuse(InputError("gap, stiffness, friction, direction need unilateral = true", mend="add it, or remove them"))
        if self.wall is not None and self.direction is None:
            raise refuse(InputError("a wall needs the direction in which it pushes", mend="add direction"))
        if self.direction is not None and not any(self.direction):
            raise refuse(InputError("the direction has no length", mend="write [0, 0, 1], for example"))
        twice = set(self.fix or ()) & set(self.displacement or {})
        if twice:
            raise refuse(InputError(f"{', '.join(sorted(twice))} is both fixed and moved", mend="keep one of the two"))
        return self

    @property
    def label(self) -> str:
        """Its name, or that of its group."""
        return self.name or "+".join(self.on)


class Lock(Strict):
    """A hook on a face: pulls only, preloaded, with lateral stiffness."""

    name: Name
    on: Names
    direction: Direction
    stiffness: PositiveStiffness
    lateral_stiffness: Stiffness = 0.0
    preload: ForceParameter | None = None
    acts: Literal["tension"] = "tension"

    @model_validator(mode="after")
    def _sensible(self) -> Lock:
        if not any(self.direction):
            raise refuse(InputError("the direction has no length", mend="write [0, 0, -1], for example"))
        if self.preload is not None and self.preload.low < 0:
            raise refuse(InputError("the preload's lower end is negative", mend="a lock can only pull"))
        return self

    @property
    def preloads(self) -> tuple[float, float]:
        """Lower and upper end in N."""
        return (self.preload.low, self.preload.high) if self.preload else (0.0, 0.0)


class Bolt(Strict):
    """A preloaded bolt that is not meshed: it draws two faces of the body together along the line between their centroids."""

    name: Name
    on: Names
    to: Names
    stiffness: PositiveStiffness
    preload: ForceParameter | None = None

    @model_validator(mode="after")
    def _sensible(self) -> Bolt:
        if self.preload is not None and self.preload.low < 0:
            raise refuse(InputError("the preload's lower end is negative", mend="a bolt can only pull"))
        return self

    @property
    def preloads(self) -> tuple[float, float]:
        """Lower and upper end in N."""
        return (self.preload.low, self.preload.high) if self.preload else (0.0, 0.0)


class Contact(Strict):
    """Frictionless contact between two surfaces of the mesh: a pin in its hole, a plate on another."""

    name: Name
    on: Names
    against: Names
    stiffness: Annotated[
        PositiveStiffness | None, Field(description="of the whole contact; by default a thousand times the body's own nearby")
    ] = None
    gap: Annotated[Length | None, Field(description="clearance everywhere (negative: interference); by default as meshed")] = None


class Base(Strict):
    """A flexible base under pads and locks: its stiffness matrix, or its stiffness against warping."""

    on: Names | None = None
    stiffness_matrix: str | None = None
    unit: str = "N/mm"
    warp_stiffness: PositiveStiffness | None = None
    direction: Direction = (0.0, 0.0, 1.0)

    @model_validator(mode="after")
    def _one(self) -> Base:
        if (self.stiffness_matrix is None) == (self.warp_stiffness is None):
            raise refuse(InputError("give either stiffness_matrix or warp_stiffness", mend="keep one of the two"))
        if self.warp_stiffness is not None and (self.on is None or len(self.on) != 4):
            raise refuse(InputError("warp needs four corners", mend="name them in `on`, in order round"))
        return self


class Spring(Strict):
    """Elastic support, total over the set."""

    name: Name | None = None
    on: Names
    stiffness: Stiffnesses

    @property
    def label(self) -> str:
        """Its name, or that of its group."""
        return self.name or "+".join(self.on)


class Tie(Strict):
    """Two surfaces that do not match, glued."""

    name: Name | None = None
    master: Name
    slave: Name


class PointMass(Strict):
    """A mass away from the mesh, coupled to groups."""

    name: Name
    mass: Mass
    at: Point
    inertia: Inertias | None = None
    attach: Names
    coupling: Literal["distributing", "rigid"] = "distributing"
