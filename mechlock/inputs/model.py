"""The model file, ``mechlock-model/1``: a mesh with named groups, what it is made of, what holds and loads it, and cases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.linkage import ForceParameter
from mechlock.inputs.model_cad import SUFFIXES, Cad
from mechlock.inputs.model_cases import Case
from mechlock.inputs.model_fields import Axes, Direction, Displacements, Expansion, Inertias, Name, Names, Stiffnesses
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

FORMAT = "mechlock-model/1"
_QUANTITY = re.compile(r"^(displacement\.[xyz]|displacement|(stress|strain)\.(xx|yy|zz|xy|yz|zx)|von_mises|principal\.[123])$")
_THICKNESS = "of the plates; stress nearer than this to singular places is not judged"


class Material(Strict):
    """What volume groups are made of: a name from the library, or elastic constants of its own."""

    name: Name
    on: Names | None = None
    E: PositiveStress | None = None
    nu: Annotated[Number, Field(gt=-1.0, lt=0.5)] | None = None
    density: Density | None = None
    thickness: Annotated[PositiveLength | None, Field(description=_THICKNESS)] = None
    expansion: Expansion | None = None

    @model_validator(mode="after")
    def _whole(self) -> Material:
        if (self.E is None) != (self.nu is None):
            raise refuse(InputError("E and nu belong together", mend="give both, or neither to take the library's"))
        return self


class Support(Strict):
    """Fixed or enforced displacements, or, with ``unilateral``, a face that can only be pushed."""

    name: Name | None = None
    on: Names
    fix: Axes | None = None
    displacement: Displacements | None = None
    unilateral: bool = False
    gap: Length = 0.0
    stiffness: PositiveStiffness | None = None
    friction: Fraction = 0.0

    @model_validator(mode="after")
    def _consistent(self) -> Support:
        if self.unilateral and (self.fix or self.displacement):
            raise refuse(InputError("a unilateral support fixes no component", mend="remove fix and displacement"))
        if not self.unilateral:
            if self.fix is None and self.displacement is None:
                raise refuse(InputError("the support holds nothing", mend="add fix, displacement or unilateral = true"))
            if self.gap or self.stiffness is not None or self.friction:
                raise refuse(InputError("gap, stiffness and friction need unilateral = true", mend="add it or remove them"))
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


class Probe(Strict):
    """A place at which a quantity is read."""

    name: Name
    at: Point
    quantity: Annotated[str, Field(examples=["stress.yy", "displacement.z", "von_mises", "principal.1"])]

    @model_validator(mode="after")
    def _known(self) -> Probe:
        if not _QUANTITY.match(self.quantity):
            raise refuse(
                InputError(
                    f"the quantity {self.quantity!r} is not known",
                    mend="use displacement.x, stress.xx (yy zz xy yz zx), strain.xx, von_mises or principal.1 (2, 3)",
                )
            )
        return self


class ModelFile(Strict):
    """A finite-element model as the engineer writes it."""

    format: Literal["mechlock-model/1"]
    name: str = ""
    mesh: Annotated[Name, Field(description="a mesh file, or a STEP file that is meshed as `cad` says")]
    length_unit: Annotated[str | None, Field(description="of the mesh file; STEP states its own", examples=["mm", "m"])] = None
    cad: Cad | None = None
    materials: Annotated[tuple[Material, ...], AsTuple, Field(min_length=1)]
    supports: Annotated[tuple[Support, ...], AsTuple] = ()
    locks: Annotated[tuple[Lock, ...], AsTuple] = ()
    bases: Annotated[tuple[Base, ...], AsTuple] = ()
    springs: Annotated[tuple[Spring, ...], AsTuple] = ()
    ties: Annotated[tuple[Tie, ...], AsTuple] = ()
    masses: Annotated[tuple[PointMass, ...], AsTuple] = ()
    cases: Annotated[tuple[Case, ...], AsTuple, Field(min_length=1)]
    probes: Annotated[tuple[Probe, ...], AsTuple] = ()

    @model_validator(mode="after")
    def _mesh_or_step(self) -> ModelFile:
        step = self.is_cad
        if step and self.length_unit is not None:
            raise refuse(InputError("length_unit is given for a STEP file", mend="remove it: STEP states its own unit"))
        if not step and self.length_unit is None:
            raise refuse(InputError("length_unit is missing", mend='say what the mesh file is in, such as length_unit = "mm"'))
        if not step and self.cad is not None:
            raise refuse(InputError("cad is given for a mesh file", mend="it belongs to a STEP file (.step, .stp)"))
        return self

    @property
    def is_cad(self) -> bool:
        """Whether the mesh is to be made of a STEP file."""
        return self.mesh.lower().endswith(SUFFIXES)

    @model_validator(mode="after")
    def _distinct(self) -> ModelFile:
        holders = [item.label for item in (*self.supports, *self.springs)] + [lock.name for lock in self.locks]
        lists = {
            "supports, springs and locks": holders,
            "cases": [case.name for case in self.cases],
            "probes": [probe.name for probe in self.probes],
            "masses": [mass.name for mass in self.masses],
        }
        for what, names in lists.items():
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise refuse(InputError(f"two {what} are called {twice[0]!r}", mend="give one of them another name"))
        return self


@dataclass(frozen=True)
class ModelSource:
    """A model file that has been read, and where it stands (paths in it are relative to its folder)."""

    file: ModelFile
    path: Path

    @property
    def mesh_path(self) -> Path:
        """Where the mesh file is."""
        return self.path.parent / self.file.mesh


def read_model(path: Path) -> ModelSource:
    """Read and validate a model file.

    Raises
    ------
    InputError
        With file and key, for anything that is not as the format says.
    """
    path = Path(path)
    return ModelSource(reading.validate(ModelFile, reading.read_toml(path), str(path)), path)
