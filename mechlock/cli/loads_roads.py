"""`mechlock loads ride`, `cross` and `road`: trucks on roads and over events, and the roads themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mechlock.cli.output import Common, Signed, emit, progress, quantity, replace_file

if TYPE_CHECKING:
    from mechlock.response.record import RecordSummary


def ride(
    road: Literal["A", "B", "C", "D", "E", "F", "G", "H"],
    speed: str,
    /,
    *,
    empty: bool = False,
    truck: str | None = None,
    sample: str = "60 s",
    seed: int = 1,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Drive a truck over a road of ISO 8608 and say what arrives at the pack's supports.

    Example: ``mechlock loads ride E "25 km/h" --empty --plot ride.png``

    Parameters
    ----------
    road
        ISO 8608 class.
    speed
        With unit.
    empty
        Without payload.
    truck
        Row of the truck (see `mechlock loads list --kind truck`); default: the one that a duty spectrum takes.
    sample
        How long it is driven.
    seed
        The same seed gives the same road.
    plot
        Draw the vertical motion in time, its spectrum, level crossings and equivalent static acceleration to PNG, SVG or PDF.
    """
    from mechlock.analyses.duty_ride import ride_at_pack
    from mechlock.loads.trucks import DEFAULT
    from mechlock.report.loads_text import axes_table, axis_record, not_gaussian

    pace, length = quantity(speed, "velocity", "SPEED"), quantity(sample, "time", "--sample")
    with progress(common) as report:
        report("driving")
        found = ride_at_pack(truck or DEFAULT, road, pace, empty, length, seed)
    head = f"class {road} at {speed}, {'empty' if empty else 'laden'}"
    payload: dict[str, object] = {
        "axes": [axis_record(found.vertical)],
        "roll_rad_s2": found.roll,
        "pitch_rad_s2": found.pitch,
        "twist_mrad": 1e3 * found.twist,
        "lifted_percent": 100.0 * found.lifted,
        "notes": not_gaussian((found.vertical,)),
    }
    if plot is not None:
        payload["plot"] = drawn(plot, (found.vertical,), f"middle of the pack's lock plane, {head}")
    said = (
        f"{head}: a tyre is off the road {100 * found.lifted:.1f} % of the time\n{axes_table((found.vertical,))}\n"
        f"RMS of roll {found.roll:.2f} rad/s², pitch {found.pitch:.2f} rad/s², twist of the rails {1e3 * found.twist:.2f} mrad"
    )
    said = "\n".join([said, *not_gaussian((found.vertical,))])
    emit(common, payload, said)
    return 0


def cross(
    event: Literal["pothole", "cosine_hump", "washboard", "wheel_lift", "kerb", "rail_crossing"],
    speed: str,
    /,
    *,
    height: Signed | None = None,
    length: Signed | None = None,
    side: Literal["left", "right", "both"] = "both",
    empty: bool = False,
    truck: str | None = None,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Drive a truck over one event on an even road and say what arrives at the pack's supports.

    Example: ``mechlock loads cross pothole "20 km/h" --height "150 mm" --side left --plot hole.png``

    Parameters
    ----------
    event
        Its shape (see `mechlock loads show pothole --plot hole.png`).
    speed
        With unit.
    height
        With unit; of a pothole the depth. Default: the middle of what its row of the data gives.
    length
        With unit; default as for the height.
    side
        Which wheels meet it.
    empty
        Without payload.
    truck
        Row of the truck (see `mechlock loads list --kind truck`); default: the one that a duty spectrum takes.
    plot
        Draw the vertical motion in time, its spectrum, level crossings and equivalent static acceleration to PNG, SVG or PDF.
    """
    from mechlock.analyses.duty_ride import cross_at_pack
    from mechlock.loads.road_events import standard_event
    from mechlock.loads.trucks import DEFAULT
    from mechlock.report.loads_text import axes_table, axis_record

    pace = quantity(speed, "velocity", "SPEED")
    high = None if height is None else quantity(height, "length", "--height")
    long = None if length is None else quantity(length, "length", "--length")
    shape = standard_event(event, high, long, side)
    with progress(common) as report:
        report("driving")
        found = cross_at_pack(truck or DEFAULT, shape, pace, empty)
    wheels = "wheels of both sides" if side == "both" else f"{side} wheels"
    head = f"{event.replace('_', ' ')} of {shape.height:g} mm over {1e-3 * shape.length:g} m at {speed}, {wheels}, "
    head += "empty" if empty else "laden"
    payload: dict[str, object] = {
        "event": {"kind": event, "height_mm": shape.height, "length_mm": shape.length, "side": side},
        "axes": [axis_record(found.vertical)],
        "roll_rad_s2": found.roll,
        "pitch_rad_s2": found.pitch,
        "twist_mrad": 1e3 * found.twist,
        "lifted_s": found.lifted,
    }
    if plot is not None:
        payload["plot"] = drawn(plot, (found.vertical,), f"middle of the pack's lock plane, {head}")
    said = (
        f"{head}: a tyre is off the road for {found.lifted:.2f} s\n{axes_table((found.vertical,))}\n"
        f"greatest roll {found.roll:.2f} rad/s², pitch {found.pitch:.2f} rad/s², twist of the rails {1e3 * found.twist:.2f} mrad"
    )
    emit(common, payload, said)
    return 0


def road(
    class_: Literal["A", "B", "C", "D", "E", "F", "G", "H"],
    /,
    *,
    length: Signed = "10 km",
    spacing: Signed = "100 mm",
    track: Signed = "2 m",
    coherence: Literal["isotropic", "exponential", "none", "full"] = "isotropic",
    seed: int = 1,
    out: Path | None = None,
    plot: Path | None = None,
    common: Common = Common(),
) -> int:
    """Make a road of ISO 8608 with two tracks, and estimate from its heights what class and coherence it has.

    Example: ``mechlock loads road C --length "50 km" --plot road.png``

    Parameters
    ----------
    class_
        ISO 8608 class.
    length
        Of the road.
    spacing
        Between the road's samples.
    track
        Between left and right.
    coherence
        Of left and right.
    seed
        The same seed gives the same road.
    out
        Write the heights to this CSV file.
    plot
        Draw heights, spectra with the limits of the class, and coherence to PNG, SVG or PDF.
    """
    from mechlock.loads.road_estimate import estimate_road, profile_csv
    from mechlock.loads.roads import coherence as prescribed
    from mechlock.loads.roads import generate, road_class
    from mechlock.report.loads_text import road_table

    spectrum, apart = road_class(class_), quantity(track, "length", "--track")
    whole, step = quantity(length, "length", "--length"), quantity(spacing, "length", "--spacing")
    with progress(common) as report:
        report("road")
        profile = generate(spectrum, whole, step, seed, apart, coherence)
        found = estimate_road(profile)
    asked = prescribed(found.frequency, apart, coherence)
    bands = found.bands(spectrum.level, asked)
    payload: dict[str, object] = {
        "class": class_,
        "level_prescribed_m3": spectrum.level * 1e-9,
        "level_m3": (found.whole * 1e-9).tolist(),
        "level_error_percent": (100.0 * (found.whole / spectrum.level - 1.0)).tolist(),
        "bands": bands,
    }
    if out is not None:
        replace_file(out, profile_csv(profile))
        payload["profile"] = str(out)
    if plot is not None:
        from mechlock.view.road import draw_road

        replace_file(plot, draw_road(profile, found, spectrum, asked, class_, plot.suffix))
        payload["plot"] = str(plot)
    emit(common, payload, road_table(class_, spectrum.level, found.whole.tolist(), bands))
    return 0


def drawn(plot: Path, axes: tuple[RecordSummary, ...], title: str) -> str:
    """Draw axes to a file and return its name."""
    from mechlock.view.record import draw_record

    replace_file(plot, draw_record(axes, plot.suffix, title))
    return str(plot)
