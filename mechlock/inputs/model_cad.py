"""The ``[cad]`` table of a model file whose mesh is a STEP file: the mesher, element sizes, and selectors that name faces.

A selector states what the face is; it must catch as many faces as `count` says. Faces that continue each other on one
plane or cylinder (CAD systems cut bores into halves) count as one.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs.model_fields import Direction, Name
from mechlock.inputs.quantities import AsTuple, NonNegativeLength, Number, Point, PositiveLength, Strict, refuse

SUFFIXES = (".step", ".stp")
Box = Annotated[tuple[Point, Point], AsTuple]
Count = Annotated[int, Field(ge=1, le=10_000)] | Literal["all"]
_PLANE = re.compile(r"^\s*([xyz])\s*=\s*(.+?)\s*$")
_AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


class Plane(Strict):
    """A plane by its normal and a point on it."""

    normal: Direction
    through: Point

    @model_validator(mode="after")
    def _has_a_normal(self) -> Plane:
        if not any(self.normal):
            raise refuse(InputError("the normal has no length", mend="write [0, 0, 1], for example"))
        return self


def _plane(value: object) -> object:
    """Let ``"z = 0 mm"`` stand for a plane across an axis."""
    if not isinstance(value, str):
        return value
    found = _PLANE.match(value)
    if found is None:
        raise refuse(InputError(f"{value!r} is not a plane", mend='write it as "z = 0 mm", or with normal and through'))
    try:
        at = units.parse(found[2], "length")
    except InputError as error:
        raise refuse(error) from None
    axis = _AXES[found[1]]
    return {"normal": axis, "through": tuple(f"{at * share!r} mm" for share in axis)}


def _axis(value: object) -> object:
    return _AXES[value] if isinstance(value, str) and value in _AXES else value


class BodySelector(Strict):
    """Which bodies of the STEP file a volume group is made of."""

    name: Annotated[Name | None, Field(description="that the STEP file gives the body")] = None
    box: Annotated[Box | None, Field(description="low and high corner of a box that holds the whole body")] = None
    nearest: Annotated[Point | None, Field(description="of the bodies that match, the one nearest to this point")] = None
    count: Annotated[Count, Field(description="how many it must catch, or 'all'")] = 1

    @model_validator(mode="after")
    def _says_something(self) -> BodySelector:
        if self.name is None and self.box is None and self.nearest is None:
            raise refuse(InputError("the selector selects nothing", mend="give name, box or nearest"))
        return self


class FaceSelector(Strict):
    """Which faces of the STEP file a face group is made of; all that is given must hold."""

    plane: Annotated[Plane | None, BeforeValidator(_plane), Field(description='such as "z = 0 mm"', examples=["z = 0 mm"])] = None
    cylinder: Annotated[PositiveLength | None, Field(description="diameter of a cylinder, hole or shaft")] = None
    axis: Annotated[Direction | None, BeforeValidator(_axis), Field(description="of the cylinder: x, y, z or a direction")] = None
    box: Annotated[Box | None, Field(description="low and high corner of a box that holds the whole face")] = None
    body: Annotated[Name | None, Field(description="that the face belongs to")] = None
    name: Annotated[Name | None, Field(description="that the STEP file gives the face")] = None
    nearest: Annotated[Point | None, Field(description="of the faces that match, the one nearest to this point")] = None
    count: Annotated[Count, Field(description="how many it must catch, or 'all'")] = 1
    tolerance: Annotated[NonNegativeLength, Field(description="of the plane's place and the diameter")] = 0.01
    size: Annotated[PositiveLength | None, Field(description="longest element edge on the faces")] = None

    @model_validator(mode="after")
    def _says_something(self) -> FaceSelector:
        if not any((self.plane, self.cylinder, self.box, self.name, self.nearest)):
            raise refuse(InputError("the selector selects nothing", mend="give plane, cylinder, box, name or nearest"))
        if self.plane is not None and self.cylinder is not None:
            raise refuse(InputError("a face is not both plane and cylinder", mend="keep one of the two"))
        if self.axis is not None and self.cylinder is None:
            raise refuse(InputError("axis needs a cylinder", mend="add cylinder, or remove axis"))
        if self.axis is not None and not any(self.axis):
            raise refuse(InputError("the axis has no length", mend="write x, y, z or a direction"))
        if self.nearest is not None and self.count != 1:
            raise refuse(InputError("nearest catches one face", mend="remove count, or nearest"))
        return self


class Cad(Strict):
    """How a STEP file is meshed with quadratic tetrahedra, and what its bodies and faces are called."""

    mesher: Annotated[Literal["netgen", "gmsh"], Field(description="gmsh needs the extra `cad`")] = "netgen"
    size: Annotated[PositiveLength | None, Field(description="longest element edge; default a twentieth of the diagonal")] = None
    dofs: Annotated[int | None, Field(ge=1000, le=5_000_000, description="size found so that the mesh has about so many")] = None
    through: Annotated[int | None, Field(ge=1, le=8, description="least number of elements through every wall")] = None
    grading: Annotated[Number, Field(ge=0.05, le=1.0, description="how fast elements grow (1: fast)")] = 0.4
    faces: dict[Name, FaceSelector] = Field(default_factory=dict)
    bodies: dict[Name, BodySelector] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_size(self) -> Cad:
        if self.size is not None and self.dofs is not None:
            raise refuse(InputError("size and dofs both set the size", mend="keep one of the two"))
        if self.through is not None and self.dofs is not None:
            raise refuse(InputError("through and dofs both set the size", mend="keep one of the two"))
        both = sorted(set(self.faces) & set(self.bodies))
        if both:
            raise refuse(InputError(f"{both[0]!r} is a group of faces and of bodies", mend="give them different names"))
        return self
