"""`mechlock synthesize`: dimensions of an over-centre hook, as a four-bar or a six-link, from what is wanted of it, proved."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mechlock import units
from mechlock.cli.output import Common, emit, progress, replace_file
from mechlock.errors import InputError

if TYPE_CHECKING:
    from mechlock.linkage.synthesis_drive import SliderDrive


def synthesize(
    *,
    family: Literal["four-bar", "six-link"] = "four-bar",
    clamp: str = "20 kN:60 kN",
    parked: str = "40 kN:50 kN",
    over_centre: str = "4 deg",
    travel: str = "60 deg",
    envelope: str = "320 mm:260 mm",
    release: str = "1000 N*m",
    arm: str = "60 mm:25 mm",
    lever: str = "2 mm",
    proposals: int = 3,
    seed: int = 1,
    out: Path | None = None,
    common: Common = Common(),
) -> int:
    """Propose a hook that locks over centre, and prove it. Exit code 3 when no proposal is proved.

    Example: ``mechlock synthesize --clamp "20 kN:60 kN" --travel "60 deg" --envelope "320 mm:260 mm" --out hook.toml``

    Parameters
    ----------
    family
        "four-bar": crank, link and hook, the crank turned by hand or motor. "six-link": a slider and a rod drive the crank, too.
    clamp
        Least and greatest load on the hook's point, upwards within 10 deg.
    parked
        Least and greatest load under which it must open.
    over_centre
        Crank angle from dead centre to the stop.
    travel
        How far the hook opens.
    envelope
        Width and height of the box around all pivots and pins through the whole travel.
    release
        Greatest torque to open it under the parked load.
    arm
        Where the load acts, from the hook's pivot, when locked.
    lever
        Least lever of the load on the crank when locked: what presses it into its stop.
    proposals
        How many proposals to look at.
    seed
        Of the random start; the same seed gives the same proposals.
    out
        Write the best proved proposal to this linkage file.
    """
    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.linkage.synthesis import Wishes, synthesize
    from mechlock.linkage.synthesis_drive import SWING, slider_drive
    from mechlock.linkage.synthesis_file import linkage_toml, proposal_data, six_link_data
    from mechlock.proof import prove

    wishes = Wishes(
        _one(over_centre, "angle", "--over-centre"), _one(travel, "angle", "--travel"), _pair(envelope, "length", "--envelope"),
        _pair(clamp, "force", "--clamp"), _one(release, "torque", "--release"), _pair(parked, "force", "--parked"),
        _pair(arm, "length", "--arm"), lever=_one(lever, "length", "--lever"),
        swing=SWING if family == "six-link" else math.radians(140.0),
    )  # fmt: skip
    _sensible(wishes.clamp, wishes.over_centre, wishes.travel, wishes.arm)
    entries: list[dict[str, Any]] = []
    best: str | None = None
    with progress(common) as report:
        report("searching dimensions")
        for number, proposal in enumerate(synthesize(wishes, count=proposals, seed=seed), 1):
            report(f"proving proposal {number}")
            drive = slider_drive(wishes, proposal, seed=seed) if family == "six-link" else None
            data = proposal_data(wishes, proposal) if drive is None else six_link_data(wishes, proposal, drive)
            outcome = prove(linkage_from_data(data, f"proposal {number}"))
            verdicts = {theorem.name: theorem.verdict for theorem in outcome.theorems}
            entries.append(_entry(data, proposal, outcome.verdict, verdicts) | _driven(drive))
            if outcome.verdict == "proved" and best is None:
                best = linkage_toml(data)
    record: dict[str, Any] = {"proposals": entries, "proved": best is not None}
    if best is not None and out is not None:
        replace_file(out, best)
        record["linkage"] = str(out)
    emit(common, record, _text(record))
    return 0 if best is not None else 3


def _entry(data: dict[str, Any], proposal: Any, verdict: str, verdicts: dict[str, str]) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "claims": verdicts,
        "crank_mm": proposal.crank,
        "link_mm": proposal.link,
        "hook_mm": proposal.lever,
        "ground_mm": proposal.ground,
        "release_torque_estimate_N_m": proposal.torque * 1e-3,
        "link_force_N": proposal.link_force,
        "least_transmission_angle_deg": math.degrees(proposal.transmission),
        "linkage": data,
    }


def _driven(drive: SliderDrive | None) -> dict[str, Any]:
    if drive is None:
        return {}
    return {
        "rod_mm": drive.rod,
        "slider_stroke_mm": drive.stroke,
        "slider_force_estimate_N": drive.force,
        "slide_axis_deg": math.degrees(drive.line),
    }


def _one(text: str, dimension: str, option: str) -> float:
    try:
        return units.parse(text.strip(), dimension)
    except InputError as error:
        raise error.at(option) from None


def _pair(text: str, dimension: str, option: str) -> tuple[float, float]:
    parts = text.split(":")
    if len(parts) != 2:
        raise InputError(f"{text!r} is not two quantities", option, "write them with a colon between, such as '20 kN:60 kN'")
    return _one(parts[0], dimension, option), _one(parts[1], dimension, option)


def _sensible(clamp: tuple[float, float], over_centre: float, travel: float, arm: tuple[float, float]) -> None:
    if not 0.0 < clamp[0] <= clamp[1]:
        raise InputError("the clamp force must be positive, its lower end first", "--clamp", "write '20 kN:60 kN'")
    if not 0.0 < over_centre < math.radians(30.0):
        raise InputError("the over-centre angle must be between 0 and 30 deg", "--over-centre", "a few degrees are usual")
    if not math.radians(5.0) <= travel <= math.radians(120.0):
        raise InputError("the hook's travel must be between 5 and 120 deg", "--travel", "40 to 90 deg are usual")
    if arm[0] <= 0.0:
        raise InputError("the hook's point must stand to the right of its pivot", "--arm", "mirror the lock instead")


def _text(record: dict[str, Any]) -> str:
    lines: list[str] = []
    for number, entry in enumerate(record["proposals"], 1):
        claims = ", ".join(f"{claim} {verdict}" for claim, verdict in entry["claims"].items())
        lines += [
            f"proposal {number}: {claims}",
            f"  crank {entry['crank_mm']:.1f}, link {entry['link_mm']:.1f}, hook {entry['hook_mm']:.1f}, ground "
            f"{entry['ground_mm']:.1f} mm",
            f"  about {entry['release_torque_estimate_N_m']:.0f} N m to open, {entry['link_force_N'] / 1e3:.1f} kN in the link, "
            f"transmission angle at least {entry['least_transmission_angle_deg']:.0f} deg",
        ]
        if "rod_mm" in entry:
            lines.append(
                f"  rod {entry['rod_mm']:.1f} mm, slider at {entry['slide_axis_deg']:.0f} deg: stroke "
                f"{entry['slider_stroke_mm']:.0f} mm, about {entry['slider_force_estimate_N'] / 1e3:.2f} kN to open"
            )
    lines.append(f"written: {record['linkage']}" if "linkage" in record else "nothing written (--out FILE writes the best)")
    return "\n".join(lines)
