"""What `mechlock loads` says: rows of standards, records of axes and roads, as JSON and in columns."""

from __future__ import annotations

import numpy as np

from mechlock.life.spectral import check_gaussian
from mechlock.loads.log_duty import Stretch
from mechlock.loads.standards import Record, as_plain
from mechlock.response.record import RecordSummary
from mechlock.units import STANDARD_GRAVITY


def row_record(row: Record) -> dict[str, object]:
    """A standard's row with its source and certainty, as JSON."""
    head = {key: getattr(row, key) for key in ("id", "kind", "standard", "status", "source", "certainty", "file")}
    return {**head, "values": as_plain(row.values)}


def rows_table(rows: tuple[Record, ...]) -> str:
    """Rows of standards in columns."""
    return "\n".join(f"{row.kind!s:<17} {row.id!s:<42} {row.status!s:<11} {row.certainty}" for row in rows)


def axis_record(item: RecordSummary) -> dict[str, object]:
    """What an axis of a record holds, with units in the keys, as JSON."""
    return {
        "axis": item.name,
        "rms_g": item.rms,
        "rms_m_s2": item.rms * STANDARD_GRAVITY / 1e3,
        "least_g": item.least,
        "greatest_g": item.greatest,
        "kurtosis": item.kurtosis,
        "psd": {"frequency_Hz": item.frequency.tolist(), "level_g2_per_Hz": item.psd.tolist()},
        "level_crossings": {"level_g": (item.crossings.level / STANDARD_GRAVITY).tolist(), "per_s": item.crossings.rate.tolist()},
        "equivalent_static": {"frequency_Hz": item.oscillator.tolist(), "g": item.static_g.tolist()},
    }


def axes_table(axes: tuple[RecordSummary, ...]) -> str:
    """Axes of a record in columns, with the static acceleration that does as much to soft frames."""
    lines = [
        f"{'axis':<6} {'RMS g':>8} {'m/s²':>7} {'least g':>8} {'most g':>8} {'kurtosis':>9} {'static g at 10, 20, 30 Hz':>27}"
    ]
    for item in axes:
        static = ", ".join(f"{value:.2f}" for value in _static_at(item, (10.0, 20.0, 30.0)))
        lines.append(
            f"{item.name:<6} {item.rms:8.3f} {item.rms * STANDARD_GRAVITY / 1e3:7.2f} {item.least:8.2f} {item.greatest:8.2f} "
            f"{item.kurtosis:9.2f} {static:>27}"
        )
    return "\n".join(lines)


def not_gaussian(axes: tuple[RecordSummary, ...]) -> list[str]:
    """Say of which axes a spectrum does not tell the damage."""
    said = ((item.name, check_gaussian(item.history.values)) for item in axes)
    return [f"{name}: {why}" for name, why in said if why]


def level_record(item: Stretch) -> dict[str, object]:
    """A level of a logged record, with units in the keys, as JSON."""
    rms = (item.rms / STANDARD_GRAVITY).tolist()
    return {"name": item.name, "share": item.share, "windows": item.windows, "used": item.used, "rms_g": rms}


def level_line(item: Stretch, names: tuple[str, ...]) -> str:
    """A level of a logged record with channels of such names, in one line."""
    rms = ", ".join(f"{name} {value:.3g} g" for name, value in zip(names, item.rms / STANDARD_GRAVITY, strict=True))
    return f"{item.name}: {100 * item.share:.0f} % of the time ({item.windows} windows, {item.used} kept), RMS {rms}"


def _static_at(item: RecordSummary, at: tuple[float, ...]) -> list[float]:
    return np.interp(at, item.oscillator, item.static_g).tolist()


def road_table(class_: str, level: float, whole: list[float], bands: list[dict[str, float]]) -> str:
    """Level and coherence of a road in octaves, against what was asked for."""
    left, right = (f"{1e-3 * value:.4g} ({value / level - 1.0:+.1%})" for value in whole)
    lines = [
        f"class {class_}: Gd(n0) {1e-3 * level:g}e-6 m³; estimated from the heights, in 1e-6 m³: left {left}, right {right}",
        f"{'cycles/m':>15} {'left':>8} {'right':>8} {'standard error':>15} {'coherence':>10} {'prescribed':>11}",
    ]
    for band in bands:
        levels = f"{band['left']:8.3f} {band['right']:8.3f} {band['standard_error']:15.3f}"
        shared = f"{band['coherence']:10.3f} {band['coherence_prescribed']:11.3f}"
        lines.append(f"{band['from_per_m']:7.3f}-{band['to_per_m']:7.3f} {levels} {shared}")
    return "\n".join([*lines, "left, right: level over the class's; coherence: cross spectrum over spectrum, not squared"])
