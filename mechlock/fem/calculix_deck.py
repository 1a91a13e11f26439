"""Lines of a CalculiX input file: nodes, springs and equations added to a mesh, and what to read from the answer.

Sources: CalculiX CrunchiX user's manual, *EQUATION, *SPRING, *NODE PRINT.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.mesh.mesh import Floats

Numbers = NDArray[np.integer[Any]]

_SMALL = 1e-12
_PER_LINE = 4


def real(value: float) -> str:
    """Write a number in at most 20 characters, which is all that CalculiX reads of it."""
    return f"{value:.12e}"


@dataclass(frozen=True)
class Reading:
    """One component of the force of a pad, hook or spring on the body: the sum of reactions at ground nodes.

    Attributes
    ----------
    name : str
    along : (3,) array
        The way it acts.
    grounds : tuple of int
    axis : int
        Component of the reactions.
    """

    name: str
    along: Floats
    grounds: tuple[int, ...]
    axis: int

    @property
    def title(self) -> str:
        """Name and direction."""
        return f"{self.name} along {' '.join(f'{value:.12g}' for value in self.along + 0.0)}"

    @property
    def lines(self) -> list[str]:
        """Comments that say what to add up."""
        rows = [" ".join(map(str, self.grounds[i : i + 12])) for i in range(0, len(self.grounds), 12)]
        return [f"** {self.title}: RF{self.axis + 1} of {row}" for row in rows]


@dataclass
class Deck:
    """Lines of an input file in the making, with the nodes and spring elements added to the mesh."""

    next_node: int
    next_element: int
    nodes: list[int] = field(default_factory=list)
    equations: list[str] = field(default_factory=list)
    springs: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    free: set[tuple[int, int]] = field(default_factory=set)
    """Added node and component that are not prescribed."""

    def node(self, *free: int) -> int:
        """Add a node at the origin, of which the components `free` are unknowns."""
        self.nodes.append(self.next_node)
        self.free |= {(self.next_node, axis) for axis in free}
        self.next_node += 1
        return self.nodes[-1]

    def equation(self, dependent: int, axis: int, nodes: Numbers, axes: Numbers, values: Floats) -> None:
        """Set component `axis` of a node to the sum of `values` times components of others."""
        kept = np.abs(values) > _SMALL * max(np.abs(values).max(initial=0.0), 1e-300)
        terms = [(dependent, axis, 1.0), *zip(nodes[kept].tolist(), axes[kept].tolist(), (-values[kept]).tolist(), strict=True)]
        words = [f"{node}, {component + 1}, {real(value)}" for node, component, value in terms]
        lines = [", ".join(words[i : i + _PER_LINE]) for i in range(0, len(words), _PER_LINE)]
        self.equations += ["*EQUATION", str(len(terms)), *lines]
        self.free.add((dependent, axis))

    def spring(self, one: int, other: int, axis: int, stiffness: float) -> None:
        """Add a spring between the same component of two nodes."""
        name = f"SPRING_{self.next_element}"
        self.springs += [f"*ELEMENT, TYPE=SPRING2, ELSET={name}", f"{self.next_element}, {one}, {other}"]
        # the stiffness as a real number: whole numbers would be taken for components
        self.springs += [f"*SPRING, ELSET={name}", f"{axis + 1}, {axis + 1}", f"{real(stiffness)}"]
        self.next_element += 1
