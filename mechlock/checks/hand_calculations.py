"""Closed formulas for pins, lugs, hooks, fillet welds and line contacts, to stand beside finite elements.

Sources are named at each formula. All in mm, N, MPa.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from mechlock.errors import InputError

Quantity = tuple[str, float, str]
"""Symbol, value and unit of an input."""

EC3_PIN = "EN 1993-1-8, 3.13 (pins), figure 3.11"
MISES_SHEAR = "shear yield Re/sqrt(3) (von Mises)"
PETERSON_LUG = (
    "Peterson/Pilkey, Stress Concentration Factors, chart 4.67 (lug with close-fitting pin), cubic fit; "
    "for a head as long as the lug is wide, round eyes have up to a third more"
)
WINKLER = "Winkler-Bach curved beam; Shigley, Mechanical Engineering Design, curved beams in bending"
EC3_WELD = "EN 1993-1-8, 4.5.3.2 (directional method)"
HERTZ = "Hertz line contact; Johnson, Contact Mechanics, 1985, 4.2(c)"


@dataclass(frozen=True)
class HandResult:
    """One hand calculation.

    Attributes
    ----------
    part, name, case : str
        What it is about, what is calculated, and under which load.
    formula : str
        As text, in the symbols of `inputs`.
    inputs : tuple of (symbol, value, unit)
    value, limit : float
    unit : str
    source : str
        Where formula and limit come from.
    sense : {"upper", "lower"}
        Whether the limit is an upper or a lower one.
    """

    part: str
    name: str
    case: str
    formula: str
    inputs: tuple[Quantity, ...]
    value: float
    limit: float
    unit: str
    source: str
    sense: Literal["upper", "lower"] = "upper"

    @property
    def margin(self) -> float:
        """Limit over value less one for an upper limit, value over limit less one for a lower one."""
        if self.sense == "lower":
            return self.value / self.limit - 1.0
        return self.limit / self.value - 1.0 if self.value > 0.0 else math.inf


def pin_shear_stress(force: float, diameter: float, planes: int = 2) -> float:
    """Mean shear stress of a pin: F / (n pi d^2/4)."""
    return force / (planes * math.pi * diameter**2 / 4.0)


def pin_bending_moment(force: float, inner: float, outer: float, gap: float) -> float:
    """Greatest bending moment (N·mm) of a pin in double shear: F/8 (b + 4c + 2a), EN 1993-1-8 figure 3.11."""
    return force / 8.0 * (inner + 4.0 * gap + 2.0 * outer)


def round_bending_stress(moment: float, diameter: float) -> float:
    """Bending stress of a round section: 32 M / (pi d^3)."""
    return 32.0 * moment / (math.pi * diameter**3)


def bearing_pressure(force: float, diameter: float, width: float) -> float:
    """Mean projected pressure of a pin in a bore: F / (d t)."""
    return force / (diameter * width)


def net_section_stress(force: float, width: float, bore: float, thickness: float) -> float:
    """Mean stress beside the bore of a lug: F / ((w - d) t)."""
    return force / ((width - bore) * thickness)


def tear_out_stress(force: float, width: float, bore: float, thickness: float) -> float:
    """Mean shear stress on the two planes between the bore and the end of a round eye: F / (2 t (w - d)/2)."""
    return force / (thickness * (width - bore))


def lug_factor_net(ratio: float) -> float:
    """Peak stress over net-section stress of a lug with a close-fitting pin; `ratio` is bore over width.

    Raises
    ------
    InputError
        Outside 0.15 to 0.75, where the chart ends.
    """
    _check_ratio(ratio)
    return 12.882 - 52.714 * ratio + 89.762 * ratio**2 - 51.667 * ratio**3


def lug_factor_bearing(ratio: float) -> float:
    """Peak stress over bearing pressure of a lug with a close-fitting pin; `ratio` is bore over width.

    Raises
    ------
    InputError
        Outside 0.15 to 0.75, where the chart ends.
    """
    _check_ratio(ratio)
    return 0.288 + 8.820 * ratio - 23.196 * ratio**2 + 29.167 * ratio**3


def _check_ratio(ratio: float) -> None:
    if not 0.15 <= ratio <= 0.75:
        raise InputError(f"bore over width is {ratio:.3g}", mend="the chart for lugs covers 0.15 to 0.75")


@dataclass(frozen=True)
class CurvedSection:
    """Stresses of a rectangular section of a curved beam (MPa) and its radii (mm)."""

    inner_stress: float
    outer_stress: float
    neutral_radius: float
    centroid_radius: float


def curved_beam(moment: float, tension: float, inner_radius: float, depth: float, width: float) -> CurvedSection:
    """Return the stresses of a curved beam of rectangular section (Winkler-Bach).

    Parameters
    ----------
    moment : float
        About the section's centroid, positive when it straightens the beam (tension inside), N·mm.
    tension : float
        Through the centroid, N.
    """
    outer_radius = inner_radius + depth
    neutral = depth / math.log(outer_radius / inner_radius)
    centroid = inner_radius + depth / 2.0
    area, eccentricity = depth * width, centroid - neutral
    inside = tension / area + moment * (neutral - inner_radius) / (area * eccentricity * inner_radius)
    outside = tension / area - moment * (outer_radius - neutral) / (area * eccentricity * outer_radius)
    return CurvedSection(inside, outside, neutral, centroid)


@dataclass(frozen=True)
class WeldStress:
    """Stresses in the throat of a fillet weld (EN 1993-1-8 notation), MPa."""

    perpendicular: float
    shear_across: float
    shear_along: float

    @property
    def equivalent(self) -> float:
        """Square root of sigma_perp^2 + 3 (tau_perp^2 + tau_par^2)."""
        return math.sqrt(self.perpendicular**2 + 3.0 * (self.shear_across**2 + self.shear_along**2))


def foot_weld(upward: float, along: float, moment: float, throat: float, length: float, runs: int) -> WeldStress:
    """Return the worst throat stress of parallel fillet welds under a foot that is pulled up, along, and tilted.

    Parameters
    ----------
    upward, along : float
        Forces on the group in N, across the base and along the welds.
    moment : float
        About the welds' middle, tilting along them, N·mm.
    throat, length : float
        Of one weld, mm.
    runs : int
        Number of equal welds.
    """
    area = runs * throat * length
    lift = abs(upward) / area + abs(moment) * (length / 2.0) / (runs * throat * length**3 / 12.0)
    return WeldStress(lift / math.sqrt(2.0), lift / math.sqrt(2.0), abs(along) / area)


@dataclass(frozen=True)
class LineContact:
    """Hertz contact of two cylinders with parallel axes: peak pressure (MPa), half width (mm), relative radius (mm)."""

    pressure: float
    half_width: float
    radius: float

    def shear(self, depth: float) -> float:
        """Greatest shear stress in MPa at a depth in mm under the middle (Johnson, Contact Mechanics, section 4.2)."""
        share = depth / self.half_width
        return self.pressure * (share - share**2 / math.sqrt(1.0 + share**2))


def line_contact(
    force: float, length: float, first: float, second: float, young: tuple[float, float], poisson: tuple[float, float]
) -> LineContact:
    """Return the Hertz contact of two cylinders.

    Parameters
    ----------
    first, second : float
        Radii in mm; negative for a hollow, `math.inf` for a flat.

    Raises
    ------
    InputError
        When a hollow is not wider than what lies in it.
    """
    curvature = 1.0 / first + 1.0 / second
    if curvature <= 0.0:
        raise InputError("the hollow is not wider than the round part in it", mend="make its radius larger")
    modulus = 1.0 / sum((1.0 - nu**2) / e for e, nu in zip(young, poisson, strict=True))
    load = force / length
    pressure = math.sqrt(load * modulus * curvature / math.pi)
    return LineContact(pressure, math.sqrt(4.0 * load / (math.pi * modulus * curvature)), 1.0 / curvature)


def euler_load(young: float, width: float, thickness: float, length: float) -> float:
    """Euler load (N) of a flat bar with pinned ends that bends about its weak axis."""
    return math.pi**2 * young * width * thickness**3 / 12.0 / length**2
