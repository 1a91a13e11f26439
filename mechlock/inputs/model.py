"""The model file, ``mechlock-model/1``: a mesh with named groups, what it is made of, what holds and loads it, and cases."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mechlock import units
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.model_cad import SUFFIXES, Cad
from mechlock.inputs.model_cases import Case, Combination, Envelope
from mechlock.inputs.model_fields import Name
from mechlock.inputs.model_parts import Base, Bolt, Contact, Lock, Material, PointMass, Spring, Support, Tie
from mechlock.inputs.model_readings import Line, Probe, Section, Weld
from mechlock.inputs.quantities import AsTuple, Strict, refuse

FORMAT = "mechlock-model/1"


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
    contacts: Annotated[tuple[Contact, ...], AsTuple] = ()
    bolts: Annotated[tuple[Bolt, ...], AsTuple] = ()
    bases: Annotated[tuple[Base, ...], AsTuple] = ()
    springs: Annotated[tuple[Spring, ...], AsTuple] = ()
    ties: Annotated[tuple[Tie, ...], AsTuple] = ()
    masses: Annotated[tuple[PointMass, ...], AsTuple] = ()
    cases: Annotated[tuple[Case, ...], AsTuple, Field(min_length=1)]
    combinations: Annotated[tuple[Combination, ...], AsTuple] = ()
    envelopes: Annotated[tuple[Envelope, ...], AsTuple] = ()
    probes: Annotated[tuple[Probe, ...], AsTuple] = ()
    sections: Annotated[tuple[Section, ...], AsTuple] = ()
    lines: Annotated[tuple[Line, ...], AsTuple] = ()
    welds: Annotated[tuple[Weld, ...], AsTuple] = ()

    @model_validator(mode="after")
    def _mesh_or_step(self) -> ModelFile:
        step = self.is_cad
        if step and self.length_unit is not None:
            raise refuse(InputError("length_unit is given for a STEP file", mend="remove it: STEP states its own unit"))
        if not step and self.length_unit is None:
            raise refuse(InputError("length_unit is missing", mend='say what the mesh file is in, such as length_unit = "mm"'))
        if self.length_unit is not None and not units.fits(self.length_unit, "length"):
            wrong = f"length_unit: {self.length_unit!r} is not a unit of length"
            raise refuse(InputError(wrong, mend='say what the mesh file is in, such as "mm" or "m"'))
        if not step and self.cad is not None:
            raise refuse(InputError("cad is given for a mesh file", mend="it belongs to a STEP file (.step, .stp)"))
        return self

    @property
    def is_cad(self) -> bool:
        """Whether the mesh is to be made of a STEP file."""
        return self.mesh.lower().endswith(SUFFIXES)

    @model_validator(mode="after")
    def _distinct(self) -> ModelFile:
        holders = [item.label for item in (*self.supports, *self.springs)]
        holders += [item.name for item in (*self.locks, *self.bolts, *self.contacts)]
        lists = {
            "supports, springs, locks, bolts and contacts": holders,
            "cases": [item.name for item in (*self.cases, *self.combinations, *self.envelopes)],
            "probes": [probe.name for probe in self.probes],
            "masses": [mass.name for mass in self.masses],
            "sections": [section.name for section in self.sections],
            "lines": [line.name for line in self.lines],
            "welds": [weld.name for weld in self.welds],
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
        With file and key, for anything that is not as the format says, and where there is no such mesh or STEP file.
    """
    path = Path(path)
    source = ModelSource(reading.validate(ModelFile, reading.read_toml(path), str(path)), path)
    if not source.mesh_path.is_file():
        kind = "STEP" if source.file.is_cad else "mesh"
        raise InputError(f"there is no such {kind} file: {source.file.mesh!r}", f"{path}: mesh", "check the path")
    return source
