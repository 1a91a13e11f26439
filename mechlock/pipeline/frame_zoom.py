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
from mechlock.fem.model import Model, Tie
from mechlock.fem.static import StaticResult
from mechlock.fem.stress import Floats
from mechlock.inputs.materials import MaterialRecord
from mechlock.mesh.foot_toes import foot_segments
from mechlock.mesh.tensor import TensorMesh
from mechlock.mesh.tensor_cutout import SHIFT, Cutout, cut_out
from mechlock.mesh.tensor_planes import Grading
from mechlock.mesh.tensor_welds import reentrant_edges, weld_interface
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_model import REST, load_case
from mechlock.pipeline.stress_readings import Reader, Readings, largest_peaks, together
from mechlock.pipeline.watched_places import Watched
from mechlock.solids.frame_feet import feet

REACH = 120.0
"""How far a submodel goes to each side of the place, in mm: twice the width of a member."""

KEPT = 40.0
"""Stress is taken from a submodel farther than so many mm from its cuts."""

FINE = Grading(size=25.0, toe_rows=(0.2, 0.4, 0.7, 1.0), growth=2.5, hole_cells=4)
"""Cells grow away from the toes; a largest cell of 15 mm, twice the unknowns, moved no stress by more than 0.1 %."""

UNSETTLED = 0.05
"""Where the largest stress of a submodel that governs moves by more, it is solved on finer meshes: near feet a third mesh
is compared with the second, elsewhere the second mesh cuts walls in two as well."""

FEET = Grading(size=40.0, toe_rows=(0.4, 1.0), growth=4.0, hole_cells=4, foot_cells=4)
"""Around feet of braces, whose outlines cut the walls into many cells; walls are bent by them more than they are at corners."""

FEET_FINEST = replace(FEET, size=20.0, toe_rows=(0.2, 0.4, 0.7, 1.0), growth=2.0, foot_cells=6, halved=True)
"""A third mesh for feet that govern: cells half as long at the toes and outwards, and two thirds round and across the foot."""

SCREEN = 0.7
"""Toes above this part of their limit on the frame's own mesh are looked at in a submodel. That mesh has been seen to read up to
40 % low at toes of small stress, and high at those of large stress."""

MOST = 8
"""Most submodels for the toes of one frame, again for its base metal and for feet of braces. Places beyond keep the value of the
frame's own mesh."""

AT_ONCE = 2
"""Submodels that are solved side by side."""

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
    complete : bool
        Whether no foot of a brace that was not looked at can govern.
    missed : (n, 3) float array
        Toes at feet that lie in a submodel and could not be read in any, mm.
    """

    finer: FrameAnalysis
    base: tuple[Peak, ...]
    weld: tuple[Peak, ...]
    zooms: tuple[Zoom, ...]
    complete: bool
    missed: Floats


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
        With weld toes.
    base_limit, weld_limit : mapping of str to float
        Allowed stress of each gauge group in MPa.
    pool : Executor
        Solves the submodels.

    Raises
    ------
    NoVerdict
        When a submodel is not in equilibrium.
    """
    if analysis.weld_toes is None:
        raise NoVerdict("submodels are cut from frames with rows of elements at the weld toes")
    toes, base = Watched(analysis.weld_toes, weld_limit, 1), Watched(analysis.base_metal, base_limit, 0)
    standing = None if analysis.feet is None else Watched(analysis.feet, weld_limit, 1)
    watched = [toes, base] if standing is None else [toes, base, standing]
    zooms: list[Zoom] = []

    def look(where: Sequence[Watched]) -> None:
        cuts: list[Cutout] = []
        for item in where:
            if item.seen.all():
                break
            place = item.next_place()
            progress(f"frame: submodel at ({', '.join(f'{value:.0f}' for value in place)}) mm")
            cuts.append(_cut(analysis, place, replace(_grading(analysis.tensor, place), halved=True)))
            for other in watched:
                other.seen |= cuts[-1].inside(other.readings.place, KEPT)
        zooms.extend(pool.map(lambda found: _zoom(analysis, steel, found, _grading(analysis.tensor, found.centre)), cuts))

    # the worst toe, and all above the screen, whatever the others turn out to be
    look([toes])
    while len(zooms) < MOST and toes.unseen() > SCREEN:
        look([toes])
    # then until what governs has been looked at, of toes and of base metal: its like elsewhere in the frame too
    for item, most in ((toes, MOST), (base, len(zooms) + MOST)):
        while len(zooms) < most and item.unseen() > item.worst(_halved(zooms)):
            look([item] * min(AT_ONCE, most - len(zooms)))
    complete = standing is None or _look_at_feet(standing, zooms, lambda: look([standing]))
    _settle(analysis, steel, (base, toes), zooms, progress)
    missed = np.zeros((0, 3)) if standing is None else standing.missed(_halved(zooms))
    own = [base.readings.only(~base.seen).peaks(), toes.readings.only(~toes.seen).peaks()]
    halved, fine = ([getattr(zoom, name) for zoom in zooms] for name in ("halved", "fine"))
    peaks = [largest_peaks([own[kind], *(pair[kind].peaks() for pair in halved)]) for kind in (0, 1)]
    # places outside the submodels have no second answer of their own: should one govern, it is compared with the submodels
    alone = [largest_peaks([pair[kind].peaks() for pair in fine]) for kind in (0, 1)]
    return Zoomed(replace(analysis, base=peaks[0], weld=peaks[1]), alone[0], alone[1], tuple(zooms), complete, missed)


def _halved(zooms: Sequence[Zoom]) -> list[tuple[Readings, Readings]]:
    return [zoom.halved for zoom in zooms]


def _look_at_feet(feet: Watched, zooms: list[Zoom], look: Callable[[], None]) -> bool:
    """Look at feet, the worst by rough stress first, until none left can near its limit or govern; whether that came about.

    What is left is raised by as much as the rough stress was seen to fall short.
    """
    most = len(zooms) + MOST
    if not feet.seen.any():
        look()
    while feet.unseen() * feet.underrated(_halved(zooms)) > max(SCREEN, feet.worst(_halved(zooms))):
        if len(zooms) >= most:
            return False
        look()
    return True


def _near_feet(tensor: TensorMesh, place: Floats) -> bool:
    return any((np.abs(foot.span.mean(axis=0) - place) < REACH + SHIFT).all() for foot in feet(tensor.solid))


def _grading(tensor: TensorMesh, place: Floats) -> Grading:
    """The first mesh of the submodel around a place; the second is that one halved."""
    return FEET if _near_feet(tensor, place) else FINE


def _cut(analysis: FrameAnalysis, place: Floats, grading: Grading) -> Cutout:
    return cut_out(analysis.tensor, place, REACH, grading)


def _zoom(analysis: FrameAnalysis, steel: MaterialRecord, halved: Cutout, first: Grading) -> Zoom:
    states = _worse_ends(analysis, halved)
    fine = _solve(analysis, steel, _cut(analysis, halved.centre, first), states)
    return _pair(halved, fine, _solve(analysis, steel, halved, states))


def _pair(halved: Cutout, fine: tuple[Readings, Readings], second: tuple[Readings, Readings]) -> Zoom:
    x, y, z = (float(value) for value in halved.centre)
    return Zoom((x, y, z), 3 * len(halved.tensor.mesh.points), halved, fine, second)


def _settle(
    analysis: FrameAnalysis,
    steel: MaterialRecord,
    watched: Sequence[Watched],
    zooms: list[Zoom],
    progress: Callable[[str], None],
) -> None:
    """Put finer submodels in place of those that govern and moved, until those that govern have settled or are the finest."""
    finer = set[int]()
    for kind, item in enumerate(watched):
        while True:
            worst = int(np.argmax([item.worst(_halved([zoom])) for zoom in zooms]))
            if worst in finer or _moved(zooms[worst].fine[kind], zooms[worst].halved[kind]) <= UNSETTLED:
                break
            progress(f"frame: finer submodel at ({', '.join(f'{value:.0f}' for value in zooms[worst].centre)}) mm")
            zooms[worst] = _finer(analysis, steel, zooms[worst])
            finer.add(worst)


def _finer(analysis: FrameAnalysis, steel: MaterialRecord, zoom: Zoom) -> Zoom:
    """A submodel with a finer second mesh; near feet the first one is too coarse beside it, and the second takes its place."""
    place = zoom.cutout.centre
    near = _near_feet(analysis.tensor, place)
    finer = _cut(analysis, place, FEET_FINEST if near else replace(FINE, halved=True, walls_too=True))
    return _pair(finer, zoom.halved if near else zoom.fine, _solve(analysis, steel, finer, _worse_ends(analysis, finer)))


def _moved(one: Readings, other: Readings) -> float:
    """Relative change of the largest stress."""
    before, after = (float(readings.largest().max(initial=0.0)) for readings in (one, other))
    return abs(before / after - 1.0) if after > 0.0 else 0.0


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
    ties = tuple(Tie(end.name, end.master, end.slave) for end in cutout.tensor.welded)
    system = assemble(Model(mesh, ((analysis.model.materials[0][0], ()),), ties=ties))
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
    features = Features(nodes, {"corners": reentrant_edges(cutout.tensor).segments, "feet": foot_segments(cutout.tensor)})
    return Reader.prepare(cutout.tensor, steel, features, hotspot.ALLOWED_LENGTH)


def _solve(
    analysis: FrameAnalysis, steel: MaterialRecord, cutout: Cutout, results: Sequence[StaticResult]
) -> tuple[Readings, Readings]:
    """Stress in a submodel driven by states of the frame: base metal and weld toes."""
    weight = np.array([result.case.g_load for result in results]).T
    moved = driven_by(analysis, cutout, np.stack([result.displacement for result in results], axis=2), weight)
    reader = piece_reader(cutout, steel)
    kinds = [toes for toes in (reader.toes, reader.feet) if toes is not None]
    von_mises, at_toes = dict[str, Floats](), [dict[str, Floats]() for _ in kinds]
    for number, result in enumerate(results):
        nodal = stress.recover(reader.recovery, moved[:, number].reshape(-1, 3)).nodal
        von_mises[result.name] = stress.von_mises(nodal)
        for toes, value in zip(kinds, at_toes, strict=True):
            value[result.name] = toes.stress(nodal)
    base = reader.base(von_mises)
    weld = together([reader.at(toes, value) for toes, value in zip(kinds, at_toes, strict=True)])
    return base.only(cutout.inside(base.place, KEPT)), weld.only(cutout.inside(weld.place, KEPT))
