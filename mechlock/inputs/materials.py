"""The material library: elastic constants, yield by thickness, and where each figure comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mechlock import resources
from mechlock.errors import InputError
from mechlock.inputs import reading

_YIELD_PREFIX = "Re_min_t_gt_"


@dataclass(frozen=True)
class MaterialRecord:
    """A row of the library, in MPa and tonne/mm³.

    Attributes
    ----------
    name : str
        The name asked for.
    row : str
        The row it stands for (another name where `name` is an alias).
    E, nu, density, expansion : float
        Young's modulus (MPa), Poisson's ratio, density (tonne/mm³), thermal expansion (1/K).
    yield_steps : tuple of (thickness_above, yield)
        Least yield strength (MPa) for walls thicker than so many mm, ascending; the first step starts at 0.
    tensile_min : float or None
        Least tensile strength (MPa).
    haz_yield_fraction : float or None
        Yield of the heat-affected zone over that of the base metal.
    note, standard, source, certainty, status : str
        Where the figures come from, and how far to trust them.
    """

    name: str
    row: str
    E: float
    nu: float
    density: float
    expansion: float
    yield_steps: tuple[tuple[float, float], ...]
    tensile_min: float | None
    haz_yield_fraction: float | None
    note: str
    standard: str
    source: str
    certainty: str
    status: str

    def yield_at(self, thickness: float) -> float:
        """Least yield strength in MPa of a wall of `thickness` mm."""
        return [strength for above, strength in self.yield_steps if thickness > above or above == 0.0][-1]


@lru_cache(maxsize=1)
def library() -> dict[str, MaterialRecord]:
    """Return every material by name, aliases included."""
    data = reading.read_toml(resources.data("materials.toml"))
    default = data["elastic_default"]
    records = {row["id"]: _record(row, default) for row in data["steel"] if "Re_min" in row or "Re_typ" in row}
    for alias in data["alias"]:
        target = records[alias["of"]]
        values = {**target.__dict__, "name": alias["id"], "note": alias["why"]}
        records[alias["id"]] = MaterialRecord(**values)
    return records


def find(name: str, where: str = "") -> MaterialRecord:
    """Return the material called `name`.

    Raises
    ------
    InputError
        When the library has none of that name; the message lists those it has.
    """
    records = library()
    if name not in records:
        raise InputError(f"unknown material {name!r}", where, f"use one of {', '.join(sorted(records))}")
    return records[name]


def _record(row: dict[str, Any], default: dict[str, Any]) -> MaterialRecord:
    elastic = {key: row.get(key, default[key]) for key in ("E_GPa", "nu", "rho", "expansion_per_K")}
    steps = [(0.0, float(row["Re_min"] if "Re_min" in row else row["Re_typ"]))]
    for key, value in row.items():
        if key.startswith(_YIELD_PREFIX):
            above = float(key.removeprefix(_YIELD_PREFIX).removesuffix("mm").replace("p", "."))
            steps.append((above, float(value)))
    tensile = row.get("Rm")
    return MaterialRecord(
        name=row["id"],
        row=row["id"],
        E=elastic["E_GPa"] * 1e3,
        nu=elastic["nu"],
        density=elastic["rho"] * 1e-12,
        expansion=elastic["expansion_per_K"],
        yield_steps=tuple(sorted(steps)),
        tensile_min=float(tensile[0]) if tensile else None,
        haz_yield_fraction=row.get("haz_yield_fraction"),
        note=row.get("note", ""),
        standard=row.get("standard", ""),
        source=row.get("source", ""),
        certainty=row.get("certainty", ""),
        status=row.get("status", ""),
    )
