"""The pack file, ``mechlock-pack/1``: what the frame carries, and where it is fastened."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mechlock.inputs.quantities import AsTuple, Inertia, Length, Point, PositiveLength, PositiveMass, Strict

Names = Annotated[tuple[str, ...], AsTuple, Field(min_length=1)]
Inertias = Annotated[tuple[Inertia, Inertia, Inertia, Inertia, Inertia, Inertia], AsTuple]


class Item(Strict):
    """A box that the frame carries: a module, a high-voltage box, a charging coupler."""

    name: str
    mass: PositiveMass
    at: Point
    size: Annotated[tuple[PositiveLength, PositiveLength, PositiveLength], AsTuple]
    attach: Names
    coupling: Literal["distributing", "rigid"] = "distributing"
    source: str = ""

    @property
    def inertia(self) -> tuple[float, float, float, float, float, float]:
        """Inertia of a homogeneous box about its centre: Ixx, Iyy, Izz, Ixy, Iyz, Izx in tonne·mm²."""
        a, b, c = (side**2 for side in self.size)
        return self.mass / 12 * (b + c), self.mass / 12 * (a + c), self.mass / 12 * (a + b), 0.0, 0.0, 0.0


class Smeared(Strict):
    """Mass without stiffness spread over parts of the frame: cladding, harness, hoses."""

    name: str
    mass: PositiveMass
    on: Names
    source: str = ""


class PackFile(Strict):
    """A pack as the frame feels it."""

    format: Literal["mechlock-pack/1"]
    name: str
    energy: str = ""
    items: Annotated[tuple[Item, ...], AsTuple]
    smeared: Annotated[tuple[Smeared, ...], AsTuple] = ()
    cover: Annotated[Length, Field(description="cladding above the highest box")] = 0.0
    source: str = ""

    @property
    def mass(self) -> float:
        """Carried mass in tonne."""
        return sum(item.mass for item in self.items) + sum(part.mass for part in self.smeared)

    @property
    def top(self) -> float:
        """Height of the highest point, cover included, in mm above the lock plane."""
        return max(item.at[2] + item.size[2] / 2 for item in self.items) + self.cover
