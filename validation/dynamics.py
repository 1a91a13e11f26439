"""Published cases of shock, random response, roads and fatigue (K, R, T)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Inputs = Mapping[str, Any]


def case_K01(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Half-sine of unit peak and duration, so that frequency is f T."""
    ft = [0.25, 0.5, 1.0, 1.5, 2.0]
    primary = _spectrum("half_sine", ft, inputs["zeta"]).primary
    residual = _spectrum("half_sine", ft, inputs["zeta"]).residual
    top_primary = _top("half_sine", "primary", 0.6, 1.1, inputs["zeta"])
    top_residual = _top("half_sine", "residual", 0.4, 1.0, inputs["zeta"])
    return {
        "max primary": top_primary[1],
        "fT at max primary": top_primary[0],
        "max residual": top_residual[1],
        "fT at max residual": top_residual[0],
        "primary at fT=0.25,0.5,1,1.5,2": primary,
        "residual at fT=0.25,0.5,1,1.5,2": residual,
    }


def case_K02(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Terminal-peak sawtooth."""
    shape = "terminal_peak_sawtooth"
    top = _top(shape, "maximax", 0.4, 0.9, inputs["zeta"])
    return {
        "maximax": top[1],
        "fT there": top[0],
        "residual at fT=0.25,0.5,1,1.5,2": _spectrum(shape, [0.25, 0.5, 1.0, 1.5, 2.0], inputs["zeta"]).residual,
        "primary at fT=0.5,0.7,1": _spectrum(shape, [0.5, 0.7, 1.0], inputs["zeta"]).primary,
    }


def case_K05(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Velocity changes of the preferred severities."""
    from mechlock.loads.pulses import pulse

    severities = [(15, 11), (30, 18), (50, 11), (100, 6)]
    g = inputs["g"]
    names = {"half_sine": "half-sine 15 g 11 ms, 30 g 18 ms, 50 g 11 ms, 100 g 6 ms"}
    names |= {"terminal_peak_sawtooth": "sawtooth same", "trapezoid": "trapezoid same"}
    return {
        name: [pulse(shape, peak * g, duration * 1e-3).velocity_change for peak, duration in severities]
        for shape, name in names.items()
    }


def case_K06(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Force that falls linearly to zero within one period: pseudo-acceleration over the peak is the load factor."""
    from mechlock.loads.pulses import pulse
    from mechlock.response.srs import shock_response_spectrum

    force = pulse("initial_peak_triangle", 1.0, 1.0).history(20000)
    found = shock_response_spectrum(force, [inputs["td_over_T"]], 0.0, "pseudo_acceleration")
    return {"max dynamic load factor": found.maximax[0]}


def case_R01(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """An oscillator on a base with a flat acceleration spectrum."""
    from mechlock.loads.psd import psd
    from mechlock.response.basis import acceleration_output, base_drive, modal_basis
    from mechlock.response.damping import modal_damping
    from mechlock.response.modal import random
    from mechlock.response.random import miles

    basis = modal_basis([inputs["fn"]], modal_damping(1.0 / (2.0 * inputs["Q"]), 1))
    drive, output = base_drive([[1.0, 0.0, 0.0]], [1, 0, 0]), acceleration_output(basis, [[1.0]], 1.0)

    def rms(low: float, high: float) -> float:
        return float(random(basis, drive, psd([low, high], [inputs["ASD"]] * 2), output).response.rms[0])

    return {
        "Miles": miles(inputs["fn"], inputs["Q"], inputs["ASD"]),
        "exact white noise sqrt(pi fn(1+4z^2)/(4z) ASD)": rms(1e-6, 1e8),
        "band 20-2000 Hz": rms(20.0, 2000.0),
    }


def case_R04(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Trace of the von Mises form times the covariance."""
    from mechlock.response.random import von_mises_rms

    covariance = np.zeros((6, 6))
    covariance[0, 0], covariance[1, 1], covariance[3, 3] = inputs["var_xx"], inputs["var_yy"], inputs["var_xy"]
    covariance[0, 1] = covariance[1, 0] = inputs["cov_xx_yy"]
    return {"RMS von Mises": float(von_mises_rms(covariance))}


def case_R05(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Quarter car in SI units of the case, driven over a road with a flat velocity spectrum."""
    from mechlock.loads.linear_ride import natural_modes, road_transfer, white_road_response
    from mechlock.loads.roads import RoadSpectrum
    from mechlock.loads.vehicles import quarter_vehicle

    vehicle = quarter_vehicle(
        inputs["ms"] * 1e-3, inputs["mu"] * 1e-3, inputs["ks"] * 1e-3, inputs["cs"] * 1e-3, inputs["kt"] * 1e-3
    )
    level = RoadSpectrum(inputs["Gd0"] * 1e9).velocity_level(inputs["v"] * 1e3)
    exact = white_road_response(vehicle, level)
    frequency, damping = natural_modes(vehicle)
    f = np.geomspace(0.5, 80.0, 20001)
    omega = 2.0 * np.pi * f
    body = np.abs(road_transfer(vehicle, f)[:, 0, 0]) ** 2 * omega**4 * level / omega**2
    return {
        "body acceleration rms": exact.body_acceleration * 1e-3,
        "suspension travel rms": exact.suspension_travel,
        "dynamic tyre force rms": exact.tyre_force,
        "body acceleration 0.5-80 Hz": np.sqrt(np.trapezoid(body, f)) * 1e-3,
        "undamped frequencies": frequency,
        "damping ratios": damping,
    }


def case_R07(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Classes of the data file, and their integrals."""
    from mechlock.loads.roads import ON_ROAD_BAND, class_limits, road_class

    return {
        "means A..H": [road_class(name).level * 1e-3 for name in "ABCDEFGH"],
        "upper limits A..G": [(class_limits(name)[1] or 0.0) * 1e-3 for name in "ABCDEFG"],
        "rms height class A mean, 0.011-2.83 1/m": road_class("A").rms_height(*ON_ROAD_BAND),
        "rms slope class C mean, same band": road_class("C").rms_slope(*ON_ROAD_BAND),
    }


def case_T01(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """The example of ASTM E1049."""
    from mechlock.life.rainflow import rainflow

    cycles = rainflow(inputs["series"])
    return {f"range {size}": float(cycles.count[cycles.range == size].sum()) for size in (3, 4, 6, 8, 9)}


def case_T02(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Miner's sum on the cycles of T01 with N = 1e6 (range/4)^-k."""
    from mechlock.life.miner import damage
    from mechlock.life.rainflow import rainflow
    from mechlock.life.sn import basquin

    curve = basquin(1e6 * 4.0 ** inputs["k"], inputs["k"])
    return {"damage per pass": damage(rainflow([-2, 1, -3, 5, -1, 3, -4, 4, -2]), curve)}


def case_T03(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Blocks."""
    from mechlock.life.miner import blocks

    found = blocks(inputs["n"], inputs["N"])
    return {"damage": found.total, "repetitions to failure": found.repetitions()}


def case_T04(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Shigley's line through f Sut at 1e3 and Se at 1e6 cycles, named in amplitude."""
    from mechlock.life.sn import through_points

    strength, limit, f = inputs["Sut"], inputs["Se"], inputs["f"]
    curve = through_points((2.0 * f * strength, 1e3), (2.0 * limit, 1e6))
    exponent = -1.0 / curve.slope
    return {
        "a": 0.5 * float(curve.range_at(1.0)),
        "b": exponent,
        "Sf at 1e4": 0.5 * float(curve.range_at(1e4)),
        "N at 55 kpsi": float(curve.cycles(110.0)),
    }


def case_T06(inputs: Inputs) -> dict[str, Any]:  # noqa: N802
    """Rayleigh-distributed amplitudes; the curve is given in amplitude, ours takes ranges."""
    from mechlock.life.sn import basquin
    from mechlock.life.spectral import damage_rate, spectral_moments

    power, rate = inputs["rms"] ** 2, inputs["nu0"]
    moments = spectral_moments([power, power * rate, power * rate**2, power * rate**4])
    curve = basquin(inputs["C"] * 2.0 ** inputs["m"], inputs["m"])
    return {"damage": inputs["T"] * damage_rate(moments, curve, "narrow_band")}


def _spectrum(shape: str, frequency: Any, damping: float) -> Any:
    from mechlock.loads.pulses import pulse
    from mechlock.response.srs import shock_response_spectrum

    return shock_response_spectrum(pulse(shape, 1.0, 1.0).history(4000), frequency, damping)


def _top(shape: str, kind: str, low: float, high: float, damping: float) -> tuple[float, float]:
    """Where the spectrum is greatest, and how great."""
    frequency = np.linspace(low, high, 2001)
    values = getattr(_spectrum(shape, frequency, damping), kind)
    return float(frequency[values.argmax()]), float(values.max())
