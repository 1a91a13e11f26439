"""Pictures of load standards: pulses with their shock spectrum, corridors, spectra, dwells, sweeps, roads, static sets."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, get_args

import numpy as np

from mechlock import units
from mechlock.errors import InputError
from mechlock.loads.corridor import corridor
from mechlock.loads.psd import standard_psd
from mechlock.loads.pulses import standard_pulse
from mechlock.loads.road_events import EventKind, road_event, standard_sizes
from mechlock.loads.roads import ON_ROAD_BAND, class_limits, road_class
from mechlock.loads.standards import Record
from mechlock.loads.static_sets import static_set
from mechlock.response.sdof import amplification
from mechlock.response.srs import equivalent_static_g

SUFFIXES = (".png", ".svg", ".pdf")
_G = units.STANDARD_GRAVITY
_SPECTRUM = np.geomspace(1.0, 500.0, 300)
_DAMPING = 0.03
_NEAR = np.geomspace(0.2, 5.0, 400)  # natural frequencies over that of a dwell


def draw_load(record: Record, suffix: str, records: tuple[Record, ...] | None = None) -> bytes:
    """Draw a row of the load standards and return the picture.

    Raises
    ------
    InputError
        When the picture's format is not known, or the row is of a kind that has no picture.
    """
    if suffix not in SUFFIXES:
        raise InputError(f"a picture ends in {', '.join(SUFFIXES)}, not {suffix!r}", mend="rename it")
    painter = _PAINTERS.get(record.kind)
    if painter is None or (painter is _event and record.id not in get_args(EventKind)):
        raise InputError(f"rows such as this {record.kind.replace('_', ' ')} have no picture", record.place, "show it as a table")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.2), layout="constrained")
    painter(figure, record, records)
    figure.suptitle(f"{record.id}   ({record.status}, certainty {record.certainty})", fontsize=9)
    stream = io.BytesIO()
    figure.savefig(stream, format=suffix[1:], dpi=130)
    return stream.getvalue()


def _pulse(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    pulse = standard_pulse(record.id, records)
    left, right = figure.subplots(1, 2)
    time = np.linspace(-0.1, 1.3, 800) * pulse.duration
    left.plot(time * 1e3, pulse.acceleration(time) / _G)
    left.set(xlabel="time, ms", ylabel="base acceleration, g")
    right.semilogx(_SPECTRUM, equivalent_static_g(pulse.history(), _SPECTRUM, _DAMPING))
    right.set(xlabel="natural frequency, Hz", ylabel=f"equivalent static, g ({100 * _DAMPING:g} % damping)")
    right.grid(alpha=0.3)


def _corridor(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    for axes, axis in zip(figure.subplots(1, 2, sharey=True), ("x", "y"), strict=True):
        limits = corridor(record.id, axis, records)
        axes.plot(limits.upper_time * 1e3, limits.upper / _G, label="upper")
        axes.plot(limits.lower_time * 1e3, limits.lower / _G, label="lower")
        mean = limits.mean()
        axes.plot(mean.time * 1e3, mean.values / _G, "--", label="mean")
        axes.set(xlabel="time, ms", ylabel=f"{axis}, g")
        axes.legend(fontsize=8)


def _psd(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    spectrum = standard_psd(record.id, records)
    axes = figure.subplots()
    axes.loglog(spectrum.frequency, spectrum.level / _G**2, marker="o", markersize=3)
    axes.set(xlabel="frequency, Hz", ylabel="g²/Hz", title=f"RMS {spectrum.rms / _G:.3g} g")
    axes.grid(alpha=0.3, which="both")


def _road(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    spectrum, n = road_class(record.id, records), np.geomspace(*ON_ROAD_BAND, 50)
    axes = figure.subplots()
    axes.loglog(n * 1e3, spectrum.at(n) * 1e-9, label="mean")
    for limit in class_limits(record.id, records):
        if limit is not None:
            axes.loglog(n * 1e3, spectrum.at(n) * limit / spectrum.level * 1e-9, "--", color="0.5")
    axes.set(xlabel="spatial frequency, cycles/m", ylabel="Gd, m³")
    axes.grid(alpha=0.3, which="both")


def _static(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    cases = static_set(record.id, records).cases
    axes = figure.subplots()
    place = np.arange(len(cases))
    for shift, axis in enumerate("xyz"):
        axes.bar(place + 0.27 * (shift - 1), [case.factors[shift] for case in cases], width=0.25, label=axis)
    axes.set_xticks(place, [case.name for case in cases], rotation=35, ha="right", fontsize=8)
    axes.axhline(0.0, color="0.3", linewidth=0.8)
    axes.set(ylabel="g, gravity included")
    axes.legend(fontsize=8)


def _dwell(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    amplitudes = record.value("amp_g")
    frequency = float(record.value("f_Hz"))
    left, right = figure.subplots(1, 2)
    time = np.linspace(0.0, 5.0 / frequency, 500)
    for axis, amplitude in amplitudes.items():
        left.plot(1e3 * time, float(amplitude) * np.sin(2.0 * np.pi * frequency * time), label=axis)
        answer = float(amplitude) * amplification(_NEAR * frequency, frequency, _DAMPING)
        right.semilogx(_NEAR * frequency, answer, label=axis)
    left.set(xlabel="time, ms", ylabel="base acceleration, g", title=f"{frequency:g} Hz, amplitude not range")
    right.set(xlabel="natural frequency, Hz", ylabel=f"acceleration of an oscillator, g ({100 * _DAMPING:g} % damping)")
    right.axvline(frequency, color="0.5", linewidth=0.8)
    right.grid(alpha=0.3, which="both")
    left.legend(fontsize=8)


def _sweep(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    points = np.asarray(record.value("points_m_s2"), dtype=float)
    axes = figure.subplots()
    axes.loglog(points[:, 0], points[:, 1] * 1e3 / _G, marker="o", markersize=3)
    axes.set(xlabel="frequency, Hz", ylabel="amplitude, g", title=str(record.values.get("sweep", "")))
    axes.grid(alpha=0.3, which="both")


def _event(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    fastest = record.value("speed_kmh")[-1]
    axes = figure.subplots()
    for share, name in ((0.0, "least"), (1.0, "greatest")):
        height, length = standard_sizes(record, share)
        event = road_event(record.id, height, length, 0.0, waves=int(record.values.get("waves", 5)))
        at = np.linspace(-0.2, 1.2, 1400) * event.length
        took = length / (fastest / 3.6)
        axes.plot(1e-3 * at, event.heights(at), label=f"{name}: {1e-3 * length:g} m in {took:.0f} ms at {fastest:g} km/h")
    axes.set(xlabel="distance, m", ylabel="height, mm")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)


def _use(figure: Any, record: Record, records: tuple[Record, ...] | None) -> None:
    shares, speeds = record.value("class_mix"), record.value("speed_kmh")
    axes = figure.subplots()
    bars = axes.bar(list(shares), [100.0 * float(share) for share in shares.values()])
    axes.bar_label(bars, [f"{speeds[name]:g} km/h" for name in shares], fontsize=8)
    axes.set(xlabel="road class of ISO 8608", ylabel="share of the distance, %")


_PAINTERS: dict[str, Callable[[Any, Record, tuple[Record, ...] | None], None]] = {
    "pulse": _pulse,
    "corridor": _corridor,
    "psd": _psd,
    "sine_dwell": _dwell,
    "sine_sweep": _sweep,
    "class": _road,
    "event": _event,
    "use": _use,
    "static_case": _static,
}
