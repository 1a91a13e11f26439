"""What CalculiX found, from the file that it prints: displacements, strain energy, and the forces of pads, hooks and springs."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError
from mechlock.mesh.mesh import Floats, Ints

_TABLE = r"{} \([^)]*\) for set {} and time\s+\S+\n\n(.*?)(?:\n\s*\n|\Z)"


@dataclass(frozen=True)
class CalculixStep:
    """One step as CalculiX answered it.

    Attributes
    ----------
    name : str
        Of the case.
    nodes : (n,) int array
        Watched nodes of the mesh, counted from zero.
    displacement : (n, 3) array
        mm.
    energy : float
        Strain energy of the elements, mJ.
    forces : dict of str to (3,) array
        Force of each pad, hook and spring on the body, N.
    """

    name: str
    nodes: Ints
    displacement: Floats
    energy: float
    forces: dict[str, Floats]


def read_answer(deck: str, printed: str) -> list[CalculixStep]:
    """Read the ``.dat`` file that CalculiX printed for a deck of `mechlock.fem.calculix`.

    Raises
    ------
    InputError
        When it does not hold all steps of the deck.
    """
    steps = re.split(r"^(?=\*\* .*\n\*STEP)", deck, flags=re.M)
    readings = re.findall(r"^\*\* (\S+) along (.*): RF(\d) of (.*)$", steps[0], re.M)
    moved = _tables(printed, "displacements", "WATCHED")
    reactions = _tables(printed, "forces", "POINTS") if readings else [np.zeros((0, 4))] * len(moved)
    energies = [float(value) for value in re.findall(r"total internal energy.*?EALL.*?\n\s*\n\s*(\S+)", printed, re.S)]
    if not len(steps) - 1 == len(moved) == len(reactions) == len(energies):
        raise InputError(f"{len(moved)} of {len(steps) - 1} steps are there", "CalculiX", "look for its error message")
    found: list[CalculixStep] = []
    for text, table, at, energy in zip(steps[1:], moved, reactions, energies, strict=True):
        forces: dict[str, Floats] = {}
        plus = {tuple(words): float(value) for *words, value in re.findall(r"^\*\* (\S+) along (.*): plus (\S+) N$", text, re.M)}
        place = {int(node): row for row, node in enumerate(at[:, 0])}
        for name, along, axis, nodes in readings:
            rows = [place[int(node)] for node in nodes.split()]
            # what is added stands once, however many lines list the nodes
            force = at[rows, int(axis)].sum() + plus.pop((name, along), 0.0)
            forces[name] = forces.get(name, np.zeros(3)) + force * np.array(along.split(), float)
        name = text.splitlines()[0].removeprefix("** ")
        found.append(CalculixStep(name, table[:, 0].astype(np.int64) - 1, table[:, 1:], energy, forces))
    return found


def _tables(printed: str, quantity: str, group: str) -> list[Floats]:
    texts = re.findall(_TABLE.format(quantity, group), printed, re.S)
    return [np.array([row.split() for row in text.splitlines()], np.float64) for text in texts]
