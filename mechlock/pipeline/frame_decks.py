"""Input files of a frame that CalculiX runs as they are: of a design with all its static cases, of a frame alone its weight."""

from __future__ import annotations

from mechlock.fem.assembly import assemble
from mechlock.fem.calculix import calculix_decks, material_text
from mechlock.fem.model import Material, Model, StaticCase, Support, Tie
from mechlock.fem.static import solve_static
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.tensor import TensorMesh
from mechlock.pipeline.frame_analysis import FrameSolution
from mechlock.units import STANDARD_GRAVITY

PAD = "pad_"
"""Face groups of the pads start so."""


def design_decks(solved: FrameSolution) -> dict[str, bytes]:
    """Return ``frame.inp`` with every case on the tray, and ``frame_2.inp`` with those held otherwise (lifting)."""
    return _named(calculix_decks(solved.system, list(solved.static.results.values())))


def frame_decks(tensor: TensorMesh, steel: MaterialRecord) -> dict[str, bytes]:
    """Return ``frame.inp`` of a frame without a design: on held pads under its own weight.

    A frame without pads is held at nothing, and its file has the materials and no step.
    """
    ties = tuple(Tie(end.name, end.master, end.slave) for end in tensor.welded)
    pads = tuple(sorted(name for name in tensor.mesh.faces if name.startswith(PAD)))
    material = Material(steel.name, steel.E, steel.nu, steel.density, steel.expansion)
    supports = (Support("pads", pads),) if pads else ()
    system = assemble(Model(tensor.mesh, ((material, ()),), supports=supports, ties=ties))
    if not pads:
        return {"frame.inp": material_text(system).encode()}
    weight = StaticCase("own weight on held pads", (0.0, 0.0, -STANDARD_GRAVITY))
    return _named(calculix_decks(system, list(solve_static(system, [weight]).results.values())))


def _named(decks: list[str]) -> dict[str, bytes]:
    names = ["frame.inp", *(f"frame_{number}.inp" for number in range(2, len(decks) + 1))]
    return {name: deck.encode() for name, deck in zip(names, decks, strict=False)}
