"""Submodels of the places that govern: cut out of the frame, meshed finely, driven by the frame's own displacements.

Source of the method: Cormier, Smallwood, Sinclair and Meda (1999), "Aggressive submodelling of stress concentrations", Int. J.
Numer. Meth. Engng 46: the cut lies where the coarse answer is good, and the piece is refined until its own answer settles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from mechlock.checks.strength import Peak
from mechlock.errors import NoVerdict
from mechlock.fem import hotspot, probes, stress
from mechlock.fem.assembly import assemble
from mechlock.fem.driven import solve_driven
from mechlock.fem.meaningful import Features
from mechlock.fem.model import Model
from mechlock.fem.static import StaticResult
from mechlock.fem.stress import Floats
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.tensor_cutout import Cutout, cut_out
from mechlock.mesh.tensor_planes import Grading
from mechlock.mesh.tensor_welds import reentrant_edges, weld_interface
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_model import REST, load_case
from mechlock.pipeline.stress_readings import Reader, Readings, largest_peaks

REACH = 120.0
"""How far a submodel goes to each side of the place, in mm: twice the width of a member."""

KEPT = 40.0
"""Stress is taken from a submodel farther than so many mm from its cuts."""

FINE = Grading(size=25.0, toe_rows=(0.2, 0.4, 0.7, 1.0), growth=2.5, hole_cells=4)
"""Cells grow away from the toes; a largest cell of 15 mm, twice the unknowns, moved no stress by more than 0.1 %."""

HALVED = replace(FINE, halved=True)

SCREEN = 0.7
"""Toes above this part of their limit on the frame's own mesh are looked at in a submodel. That mesh has been seen to read up to
40 % low at toes of small stress, and high at those of large stress."""

MOST = 8
"""Most submodels for the toes of one frame, and again for its base metal. Places beyond keep the value of the frame's own mesh."""

RESIDUAL = 1e-7
"""Largest relative unbalance of a submodel that may be believed."""


@dataclass(frozen=True)
class Zoom:
    """One submodel, on its mesh and on the halved one.

    Attributes
    ----------
    centre : tuple of float
        mm.
    unknowns : int
        Of the halved mesh.
    cutout : Cutout
        The halved one.
    fine, halved : pair of Readings
        Base metal and weld toes, on either mesh, farther than `KEPT` from the cuts.
    """

    centre: tuple[float, float, float]
    unknowns: int
    cutout: Cutout
    fine: tuple[Readings, Readings]
    halved: tuple[Readings, Readings]


@dataclass(frozen=True)
class Zoomed:
    """A frame with the values of its submodels in place.

    Attributes
    ----------
    finer : FrameAnalysis
        With the peaks of the submodels on their halved mesh in place of its own there.
    base, weld : tuple of Peak
        Peaks of the submodels alone, before halving.
    zooms : tuple of Zoom
    """

    finer: FrameAnalysis
    base: tuple[Peak, ...]
    weld: tuple[Peak, ...]
    zooms: tuple[Zoom, ...]


def zoom_in(
    analysis: FrameAnalysis,
    steel: MaterialRecord,
    base_limit: Mapping[str, float],
    weld_limit: Mapping[str, float],
    pool: Executor,
    progress: Callable[[str], None] = lambda message: None,
) -> Zoomed:
    """Look at the governing weld toes and the governing base metal of a frame in submodels.

    Parameters
    ----------
    analysis : FrameAnalysis
        With weld toes, without braces.
    base_limit, weld_limit : mapping of str to float
        Allowed stress of each gauge group in MPa.
    pool : Executor
        Solves the submodels.

    Raises
    ------
    NoVerdict
        When the frame has braces, or a submodel is not in equilibrium.
    """
    toes, base = analysis.weld_toes, analysis.base_metal
    if toes is None or analysis.tensor.welded:
        raise NoVerdict("submodels are cut from frames of straight members with rows of elements at the weld toes")
    limits = (weld_limit, base_limit)
    use = [_utilisation(toes, weld_limit), _utilisation(base, base_limit)]
    seen = [np.zeros(len(toes.place), bool), np.zeros(len(base.place), bool)]

    def cut(kind: int) -> Cutout:
        place = (toes, base)[kind].place[int(np.argmax(np.where(seen[kind], -1.0, use[kind])))]
        progress(f"frame: submodel at ({', '.join(f'{value:.0f}' for value in place)}) mm")
        found = cut_out(analysis.tensor, place, REACH, HALVED)
        for flags, readings in zip(seen, (toes, base), strict=True):
            flags |= found.inside(readings.place, KEPT)
        return found

    def unseen(kind: int) -> float:
        return float(np.where(seen[kind], 0.0, use[kind]).max())

    # the worst toe, and all above the screen, whatever the others turn out to be
    cuts = [cut(0)]
    while len(cuts) < MOST and unseen(0) > SCREEN:
        cuts.append(cut(0))
    zooms = list(pool.map(lambda found: _zoom(analysis, steel, found), cuts))
    # then until what governs has been looked at, of toes and of base metal: its like elsewhere in the frame too
    for kind, limit in enumerate(limits):
        most = MOST if kind == 0 else len(zooms) + MOST
        while len(zooms) < most and unseen(kind) > _worst(zooms, kind, limit):
            cuts = [cut(kind)]
            if len(zooms) + 1 < most and unseen(kind) > _worst(zooms, kind, limit):
                cuts.append(cut(kind))
            zooms += pool.map(lambda found: _zoom(analysis, steel, found), cuts)
    own = [analysis.base_metal.only(~seen[1]).peaks(), toes.only(~seen[0]).peaks()]
    halved, fine = ([getattr(zoom, name) for zoom in zooms] for name in ("halved", "fine"))
    peaks = [largest_peaks([own[kind], *(pair[kind].peaks() for pair in halved)]) for kind in (0, 1)]
    # places outside the submodels have no second answer of their own: should one govern, it is compared with the submodels
    alone = [largest_peaks([pair[kind].peaks() for pair in fine]) for kind in (0, 1)]
    return Zoomed(replace(analysis, base=peaks[0], weld=peaks[1]), alone[0], alone[1], tuple(zooms))


def _utilisation(readings: Readings, limit: Mapping[str, float]) -> Floats:
    return readings.largest() / np.array([limit[group] for group in readings.groups])[readings.group]


def _worst(zooms: Sequence[Zoom], kind: int, limit: Mapping[str, float]) -> float:
    """Largest utilisation of weld toes (kind 0) or base metal (1) in the submodels."""
    return max(float(_utilisation(zoom.halved[1 - kind], limit).max(initial=0.0)) for zoom in zooms)


def _zoom(analysis: FrameAnalysis, steel: MaterialRecord, halved: Cutout) -> Zoom:
    states = _worse_ends(analysis, halved)
    fine = _solve(analysis, steel, cut_out(analysis.tensor, halved.centre, REACH, FINE), states)
    x, y, z = (float(value) for value in halved.centre)
    return Zoom((x, y, z), 3 * len(halved.tensor.mesh.points), halved, fine, _solve(analysis, steel, halved, states))


def _worse_ends(analysis: FrameAnalysis, cutout: Cutout) -> list[StaticResult]:
    """Of each load case the end of the preload with the larger stress here, by the frame's own mesh; at rest makes no row."""
    assert analysis.weld_toes is not None
    both = [item.only(cutout.inside(item.place, KEPT)).value for item in (analysis.base_metal, analysis.weld_toes)]
    worst: dict[str, tuple[float, StaticResult]] = {}
    for name, result in analysis.static.results.items():
        case, stress_here = load_case(name), max(float(value[name].max(initial=0.0)) for value in both)
        if case != REST and (case not in worst or stress_here > worst[case][0]):
            worst[case] = (stress_here, result)
    return [result for _, result in worst.values()]


def driven_by(analysis: FrameAnalysis, cutout: Cutout, displacement: Floats, g_load: Floats) -> Floats:
    """Displacements of a piece, (n_dof, k), driven by the frame's (n_nodes, 3, k) under weights per unit mass (3, k).

    Raises
    ------
    NoVerdict
        When the piece is not in equilibrium.
    """
    mesh = cutout.tensor.mesh
    system = assemble(Model(mesh, ((analysis.model.materials[0][0], ()),)))
    around = probes.locate(analysis.tensor.mesh, mesh.points[cutout.driven])
    motion = probes.interpolate_nodal(analysis.tensor.mesh, around, displacement)
    forces = (system.node_masses[:, None, None] * g_load).reshape(system.n_dof, -1)
    moved, residual = solve_driven(system, cutout.driven, np.asarray(motion, np.float64), forces)
    if not residual <= RESIDUAL:
        raise NoVerdict(f"a submodel of the frame is out of balance by {residual:.1e} of its largest force")
    return moved


def piece_reader(cutout: Cutout, steel: MaterialRecord) -> Reader:
    """Where the stress of a piece is read."""
    nodes = {"welds": weld_interface(cutout.tensor), "driven": np.flatnonzero(cutout.driven)}
    features = Features(nodes, {"corners": reentrant_edges(cutout.tensor).segments})
    return Reader.prepare(cutout.tensor, steel, features, hotspot.ALLOWED_LENGTH)


def _solve(
    analysis: FrameAnalysis, steel: MaterialRecord, cutout: Cutout, results: Sequence[StaticResult]
) -> tuple[Readings, Readings]:
    """Stress in a submodel driven by states of the frame: base metal and weld toes."""
    weight = np.array([result.case.g_load for result in results]).T
    moved = driven_by(analysis, cutout, np.stack([result.displacement for result in results], axis=2), weight)
    reader = piece_reader(cutout, steel)
    von_mises, toes = dict[str, Floats](), dict[str, Floats]()
    for number, result in enumerate(results):
        nodal = stress.recover(reader.recovery, moved[:, number].reshape(-1, 3)).nodal
        von_mises[result.name], toes[result.name] = stress.von_mises(nodal), reader.toe_stress(nodal)
    base, weld = reader.base(von_mises), reader.weld(toes)
    return base.only(cutout.inside(base.place, KEPT)), weld.only(cutout.inside(weld.place, KEPT))
