"""Linear buckling of the frame: the limit load case nearest to it, and the worst moment of the crash.

Panels buckle one by one, and each load case presses others. The shapes in which they do are found once, under an even
pressure from all sides; tried in the stresses of every case (Rayleigh and Ritz) they give an upper bound of its factor. The
case with the least bound is then solved by itself, and the shapes that it has are tried in all others, until no bound is below
the least factor. In the crash, whose two axes press different panels, both are solved: strips beside windows buckle in shapes of
their own, at a third of such a bound. A bound below the limit needs no further solution: the case fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from mechlock.checks.criterion import Criterion, lower, undecided
from mechlock.errors import NoVerdict
from mechlock.fem.buckling import solve_buckling
from mechlock.fem.cores import on_all_cores
from mechlock.fem.geometric import apply_scalar, geometric_pairs, scalar_matrix, upper_matrix
from mechlock.fem.linearised import Linearised, opened
from mechlock.fem.static import StaticResult
from mechlock.inputs.acceptance import AcceptanceRow
from mechlock.loads.history import FloatArray
from mechlock.mesh.mesh import Floats
from mechlock.pipeline.base_metal import Places, Survey, worst_moment
from mechlock.pipeline.crash_stage import CrashRun
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import FrameDynamics
from mechlock.pipeline.frame_model import PRELOADS, REST
from mechlock.pipeline.frame_motion import OpenFrame, moved_by

LARGEST_RESIDUAL = 1e-3
"""Of a buckling shape, relative."""

BLOCK, STEPS = 12, 6
"""Shapes made at once and steps: so many times as many shapes are tried in every case."""

_SHAPES = 3
_STRAIN = 1e-3
_NEAREST = 4
_TOLERANCE = 1e-4  # on the residual; the factor is good to the square of it
_LEAST = 1e-12


@dataclass(frozen=True)
class Panels:
    """Shapes in which a frame's panels give way, to be tried in any state of stress.

    Attributes
    ----------
    vectors : (n_dof, n) array
        In single precision, which is plenty for a bound.
    stiff : (n, n) array
        Their elastic energy, N mm.
    """

    vectors: NDArray[np.float32]
    stiff: FloatArray


@dataclass(frozen=True)
class Buckled:
    """Buckling of one state.

    Attributes
    ----------
    case : str
    factor : float
        On all loads of the state.
    exact : bool
        Solved for this state; else an upper bound.
    residual : float
        Of the shape, relative; zero for a bound.
    at : (x, y, z)
        Where the shape is largest, mm.
    bounds : dict of str to float
        Upper bounds of the factors of all cases that were looked at.
    """

    case: str
    factor: float
    exact: bool
    residual: float
    at: tuple[float, float, float]
    bounds: dict[str, float]


def panels(analysis: FrameAnalysis, dynamics: FrameDynamics) -> Panels:
    """Shapes in which the frame gives way under an even pressure from all sides.

    They span a block Krylov space of ``K^-1 K_g`` from a random start. They need not be buckling modes: whatever they are, they
    bound every case's factor from above, and the softest ways of every panel are soon among them.
    """
    system = analysis.system
    points = analysis.tensor.mesh.points
    pressed = replace(dynamics.rest, name="even pressure", displacement=-_STRAIN * (points - points.mean(axis=0)))
    geometric = scalar_matrix(system, geometric_pairs(system, pressed))
    state = dynamics.bonded
    block = np.random.default_rng(1).standard_normal((system.n_dof, BLOCK))
    basis, heavy = (np.empty((system.n_dof, BLOCK * STEPS), np.float32, order="F") for _ in range(2))
    count = 0
    for _ in range(STEPS):
        block = state.solve(-apply_scalar(geometric, block))
        for _ in range(2):  # twice, for what rounding leaves of the first
            block -= basis[:, :count] @ (heavy[:, :count].T @ block.astype(np.float32))
        pushed = state.product(block)
        values, mixes = np.linalg.eigh(block.T @ pushed)
        kept = values > _LEAST * values[-1]
        scaled = mixes[:, kept] / np.sqrt(values[kept])
        block = block @ scaled
        part = slice(count, count + block.shape[1])
        basis[:, part], heavy[:, part] = block, pushed @ scaled
        count = part.stop
    stiff = (basis[:, :count].T @ heavy[:, :count]).astype(np.float64)
    return Panels(np.ascontiguousarray(basis[:, :count]), 0.5 * (stiff + stiff.T))


@dataclass(frozen=True)
class Bound:
    """Upper bound of a state's buckling factor; infinite when no shape is pressed.

    Attributes
    ----------
    factor : float
    at : (x, y, z)
        Where its shape is largest, mm.
    shapes : (n_dof, k) array
        The shapes of the nearest bounds.
    """

    factor: float
    at: tuple[float, float, float]
    shapes: Floats


def bound(analysis: FrameAnalysis, shapes: Panels, state: StaticResult) -> Bound:
    """Try the panels' shapes in a state of stress."""
    half = upper_matrix(analysis.system, geometric_pairs(analysis.system, state))
    part = shapes.vectors.T @ apply_scalar(half, shapes.vectors)
    values, mixes = eigh(-(part + part.T).astype(np.float64), shapes.stiff)
    near = shapes.vectors @ mixes[:, : -_NEAREST - 1 : -1].astype(np.float32)
    moved = near[:, 0].reshape(-1, 3)
    x, y, z = analysis.tensor.mesh.points[int(np.linalg.norm(moved, axis=1).argmax())]
    factor = 1.0 / float(values[-1]) if values[-1] > 0.0 else np.inf
    return Bound(factor, (float(x), float(y), float(z)), near.astype(np.float64))


def limit_buckling(
    analysis: FrameAnalysis,
    dynamics: FrameDynamics,
    shapes: Panels,
    progress: Callable[[str], None] = lambda message: None,
) -> Buckled:
    """Buckling of the limit load case that is nearest to it.

    Raises
    ------
    NoVerdict
        When nothing buckles.
    """
    progress("life: buckling, which case is nearest")
    results = analysis.static.results
    low = f", {PRELOADS[0]} preload"  # the other end of the preload presses more
    cases = {name: result for name, result in results.items() if not name.startswith(REST) and not name.endswith(low)}
    found = _bounds(analysis, shapes, cases)
    solved: dict[str, Buckled] = {}
    while rest := [name for name in found if name not in solved]:
        nearest = min(rest, key=lambda name: found[name].factor)
        if found[nearest].factor >= min((item.factor for item in solved.values()), default=np.inf):
            break
        progress(f"life: buckling, {nearest}")
        stiffness = opened(dynamics.bonded, results[nearest].closed, np.asarray(dynamics.carried, np.float64))
        solved[nearest], own = _solved(analysis, results[nearest], found[nearest].shapes, stiffness)
        stiff = own.T @ dynamics.bonded.product(own)
        mine = Panels(own.astype(np.float32), 0.5 * (stiff + stiff.T))
        again = _bounds(analysis, mine, {name: cases[name] for name in found if name not in solved})
        found |= {name: item for name, item in again.items() if item.factor < found[name].factor}
    bounds = {name: item.factor for name, item in found.items()}
    if not solved:
        raise NoVerdict("nothing buckles", "buckling", "no part is in compression")
    return replace(min(solved.values(), key=lambda item: item.factor), bounds=bounds)


def _bounds(analysis: FrameAnalysis, shapes: Panels, states: Mapping[str, StaticResult]) -> dict[str, Bound]:
    found = on_all_cores(lambda state: bound(analysis, shapes, state), list(states.values()))
    return dict(zip(states, found, strict=True))


def crash_buckling(
    analysis: FrameAnalysis,
    frame: OpenFrame,
    shapes: Panels,
    runs: Sequence[tuple[CrashRun, Survey]],
    base: Places,
    limit: float,
    progress: Callable[[str], None] = lambda message: None,
) -> Buckled:
    """Buckling of the stress at the worst moment of the crash along each axis; the bound alone where it is below `limit`.

    Raises
    ------
    NoVerdict
        When nothing buckles.
    """
    progress("life: buckling in the crash")
    states: list[StaticResult] = []
    for axis in dict.fromkeys(run.axis[1:] for run, _ in runs):
        moments = [(*worst_moment(base, run.motion, seen), run) for run, seen in runs if run.axis[1:] == axis]
        _, sample, run = max(moments, key=lambda item: item[0])
        states.append(_state_at(frame, run, sample))
    found = _bounds(analysis, shapes, {state.name: state for state in states})
    bounds = {name: item.factor for name, item in found.items()}
    worst = min(found, key=lambda name: found[name].factor)
    if bounds[worst] < limit:
        return Buckled(worst, bounds[worst], False, 0.0, found[worst].at, bounds)
    solved = [_solved(analysis, state, found[state.name].shapes, None)[0] for state in states if np.isfinite(bounds[state.name])]
    if not solved:
        raise NoVerdict("nothing buckles", "buckling in the crash", "no part is in compression")
    return replace(min(solved, key=lambda item: item.factor), bounds=bounds)


def _state_at(frame: OpenFrame, run: CrashRun, sample: int) -> StaticResult:
    """The state of stress at one sample of a run, as a static result."""
    dynamics = frame.dynamics
    moved = moved_by(frame, run.motion.coordinates[sample])
    return replace(
        dynamics.rest,
        name=f"crash {run.axis}, {1e3 * sample * run.motion.step:.0f} ms",
        displacement=dynamics.rest.displacement + moved,
        closed=run.motion.force[sample] > 0.0,
    )


def _solved(analysis: FrameAnalysis, state: StaticResult, start: Floats, stiffness: Linearised | None) -> tuple[Buckled, Floats]:
    """The state's least factor, and its nearest shapes, (n_dof, k)."""
    found = solve_buckling(analysis.system, state, _SHAPES, stiffness=stiffness, start=start, tolerance=_TOLERANCE)
    x, y, z = analysis.tensor.mesh.points[int(np.linalg.norm(found.shapes[0], axis=1).argmax())]
    place = (float(x), float(y), float(z))
    shapes = found.shapes.reshape(len(found.shapes), -1).T
    return Buckled(state.name, float(found.factors[0]), True, float(found.residual[0]), place, {}), shapes


def buckling_criterion(found: Buckled, limit: float, row: AcceptanceRow) -> Criterion:
    """``linear_buckling`` of one state."""
    where = ", ".join(f"{value:.0f}" for value in found.at)
    reason = f"shape largest at ({where}){'' if found.exact else '; an upper bound of the factor'}"
    item = lower(row.name, found.case, found.factor, limit, "times the loads", row.source, reason)
    if item.passed and found.residual > LARGEST_RESIDUAL:
        return undecided(item, f"{reason}; not converged, residual {found.residual:.1g}")
    return item
