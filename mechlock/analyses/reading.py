"""Reading of probes: any quantity at any point, for one or many displacement fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.analyses.stresses import Judge
from mechlock.errors import InputError
from mechlock.fem import probes, stress
from mechlock.inputs.model_readings import Probe
from mechlock.mesh.mesh import Mesh

Floats = NDArray[np.floating[Any]]

COMPONENTS = ("xx", "yy", "zz", "xy", "yz", "zx")


@dataclass(frozen=True)
class ProbeSet:
    """Probes with their places in the mesh."""

    probes: tuple[Probe, ...]
    located: probes.Located | None


def place(mesh: Mesh, wanted: tuple[Probe, ...], where: str) -> ProbeSet:
    """Find the probes in the mesh.

    Raises
    ------
    InputError
        When one lies outside.
    """
    if not wanted:
        return ProbeSet((), None)
    try:
        found = probes.locate(mesh, np.array([probe.at for probe in wanted]), names=[probe.name for probe in wanted])
    except InputError as error:
        raise error.at(f"{where}: probes") from None
    return ProbeSet(wanted, found)


@dataclass(frozen=True)
class Readings:
    """Fields at the probes: displacement (..., n, 3), stress (..., n, 6), strain (..., n, 6; nan where no probe asks for it)."""

    displacement: Floats
    stress: Floats
    strain: Floats


def read(judge: Judge, placed: ProbeSet, displacement: Floats, field: stress.StressField) -> Readings:
    """Interpolate all fields of one case, or of several with a leading axis, at the probes."""
    assert placed.located is not None
    moved = np.moveaxis(displacement, -2, 0)
    at = np.moveaxis(probes.interpolate_nodal(judge.recovery.mesh, placed.located, moved), 0, -2)
    tension = probes.interpolate_stress(judge.recovery, placed.located, field.nodal)
    if any(probe.quantity.startswith("strain") for probe in placed.probes):
        strain = probes.interpolate_stress(judge.recovery, placed.located, stress.to_nodes(judge.recovery, field.strain))
    else:
        strain = np.full_like(tension, np.nan)
    return Readings(at, tension, strain)


def is_linear(quantity: str) -> bool:
    """Whether a quantity of a sum is the sum of the quantities (displacement and tensor components)."""
    return "." in quantity and "principal" not in quantity


def value(quantity: str, readings: Readings, row: int) -> Floats:
    """Return a probe's quantity, shape (...): mm, MPa, or a pure number for strains (tensor components)."""
    kind, _, part = quantity.partition(".")
    if part.startswith("principal") or kind == "principal":
        tensor = readings.strain if kind == "strain" else readings.stress
        return stress.principal(tensor[..., row, :])[..., int(part[-1]) - 1]
    if kind == "displacement":
        moved = readings.displacement[..., row, :]
        return moved[..., "xyz".index(part)] if part else np.linalg.norm(moved, axis=-1)
    if kind in {"stress", "strain"}:
        # tensors are symmetric: xz is zx
        return getattr(readings, kind)[..., row, COMPONENTS.index(part if part in COMPONENTS else part[::-1])]
    tensor = readings.stress[..., row, :]
    if kind == "tresca":
        values = stress.principal(tensor)
        return values[..., 0] - values[..., 2]
    return stress.von_mises(tensor)


def unit_of(quantity: str) -> str:
    """Return ``mm``, ``MPa`` or ``""``."""
    return {"displacement": "mm", "strain": ""}.get(quantity.partition(".")[0], "MPa")
