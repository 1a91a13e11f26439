"""What a life assessment takes from the factored frame, before the factor's memory goes to something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mechlock.errors import NoVerdict
from mechlock.inputs.design import Design
from mechlock.pipeline.buckling_stage import Buckled, Panels, limit_buckling, panels
from mechlock.pipeline.frame_analysis import FrameAnalysis
from mechlock.pipeline.frame_dynamics import FrameDynamics, frame_dynamics
from mechlock.pipeline.thermal_stage import ThermalState, thermal_states


@dataclass(frozen=True)
class LifeStart:
    """The frame as its life begins.

    Attributes
    ----------
    dynamics : FrameDynamics
        Its factor is given back.
    warmth : tuple of ThermalState
    buckling : (Panels, Buckled), str or None
        Shapes of the panels and the nearest limit load case, or why there is none; None where another mesh is to say it.
    """

    dynamics: FrameDynamics
    warmth: tuple[ThermalState, ...]
    buckling: tuple[Panels, Buckled] | str | None


def start_life(
    design: Design, analysis: FrameAnalysis, progress: Callable[[str], None] = lambda message: None, *, buckle: bool
) -> LifeStart:
    """Solve what the assessment needs of the frame as a whole, and give its factor back.

    Parameters
    ----------
    design : Design
    analysis : FrameAnalysis
        With modes, and the factor of the state at rest.
    progress : callable
    buckle : bool
        Whether panels are to buckle on this mesh.

    Raises
    ------
    NoVerdict
        When the state at rest has no equilibrium.
    """
    life, held = design.file.life, analysis.static.held
    try:
        dynamics = frame_dynamics(analysis, life.damping, progress, held)
        warmth = thermal_states(analysis, dynamics, life.thermal_spread, life.thermal_lag, progress)
        return LifeStart(dynamics, warmth, panel_buckling(analysis, dynamics, progress) if buckle else None)
    finally:
        if held is not None:
            held.factor.release()


def panel_buckling(
    analysis: FrameAnalysis, dynamics: FrameDynamics, progress: Callable[[str], None]
) -> tuple[Panels, Buckled] | str:
    """Shapes of the panels and the nearest limit load case, or why there is none."""
    progress("life: buckling shapes of the panels")
    try:
        shapes = panels(analysis, dynamics)
        return shapes, limit_buckling(analysis, dynamics, shapes, progress)
    except NoVerdict as error:
        return str(error)
