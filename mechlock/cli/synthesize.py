"""`mechlock synthesize`: dimensions of an over-centre lock, from what is wanted of it, proved."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, progress, quantity, replace_file
from mechlock.errors import InputError

if TYPE_CHECKING:
    from mechlock.linkage.synthesis import Proposal
    from mechlock.linkage.wishes import Wishes

Family = Literal["four-bar", "six-link", "toggle-pair"]

_SWING = math.radians(140.0)
"""Greatest swing of a crank turned by hand or motor."""


@Parameter(name="*")
@dataclass(frozen=True)
class Wanted:
    """What is wanted of the lock."""

    clamp: str = "20 kN:60 kN"
    """Least and greatest load on a hook's point, upwards within 10 deg."""

    parked: str = "40 kN:50 kN"
    """Least and greatest load on a hook under which it must open."""

    over_centre: str = "4 deg"
    """Crank angle from dead centre to the stop; of a toggle pair the angle of its links past the line square to the slide."""

    travel: str = "60 deg"
    """How far the hook opens."""

    envelope: str = "320 mm:260 mm"
    """Width and height of the box around all pivots and pins through the whole travel."""

    release: str | None = None
    """Greatest torque to open it under the parked load, default 1000 N*m; of a toggle pair the greatest force on the slider
    with both hooks loaded, default 20 kN."""

    arm: str = "60 mm:25 mm"
    """Where the load acts, from the hook's pivot, when locked."""

    lever: str | None = None
    """What presses it into its stop: least lever of the load on the crank, default 2 mm; of a toggle pair a number, the least
    share of a hook's load that presses the slider on, default 0.02."""


def synthesize(
    *,
    family: Family = "four-bar",
    wanted: Wanted = Wanted(),
    proposals: int = 3,
    seed: int = 1,
    out: Path | None = None,
    common: Common = Common(),
) -> int:
    """Propose a lock that holds over centre, and prove it. Exit code 3 when no proposal is proved.

    Example: ``mechlock synthesize --clamp "20 kN:60 kN" --travel "60 deg" --envelope "320 mm:260 mm" --out hook.toml``

    Parameters
    ----------
    family
        "four-bar": crank, link and hook, the crank turned by hand or motor. "six-link": a slider and a rod drive the crank, too.
        "toggle-pair": a slider spreads two links that push two mirrored hooks shut.
    proposals
        How many proposals to look at.
    seed
        Of the random start; the same seed gives the same proposals.
    out
        Write the best proved proposal to this linkage file.
    """
    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.linkage.synthesis_file import linkage_toml
    from mechlock.proof import prove

    wishes = _wishes(family, wanted)
    entries: list[dict[str, Any]] = []
    best: str | None = None
    with progress(common) as report:
        report("searching dimensions")
        for number, (data, figures) in enumerate(_proposed(family, wishes, proposals, seed), 1):
            report(f"proving proposal {number}")
            outcome = prove(linkage_from_data(data, f"proposal {number}"))
            claims = {theorem.name: theorem.verdict for theorem in outcome.theorems}
            entries.append({"verdict": outcome.verdict, "claims": claims, **figures, "linkage": data})
            if outcome.verdict == "proved" and best is None:
                best = linkage_toml(data)
    record: dict[str, Any] = {"proposals": entries, "proved": best is not None}
    if best is not None and out is not None:
        replace_file(out, best)
        record["linkage"] = str(out)
    emit(common, record, _text(record))
    return 0 if best is not None else 3


def _wishes(family: Family, wanted: Wanted) -> Wishes:
    """Numbers of what is wanted, refused where no lock can have them."""
    from mechlock.linkage.synthesis_drive import SWING
    from mechlock.linkage.wishes import Wishes

    pair = family == "toggle-pair"
    effort = quantity(wanted.release or ("20 kN" if pair else "1000 N*m"), "force" if pair else "torque", "--release")
    least = _share(wanted.lever or "0.02") if pair else quantity(wanted.lever or "2 mm", "length", "--lever")
    wishes = Wishes(
        quantity(wanted.over_centre, "angle", "--over-centre"),
        quantity(wanted.travel, "angle", "--travel"),
        _pair(wanted.envelope, "length", "--envelope"),
        _pair(wanted.clamp, "force", "--clamp"),
        effort,
        _pair(wanted.parked, "force", "--parked"),
        _pair(wanted.arm, "length", "--arm"),
        lever=0.0 if pair else least,
        press=least if pair else 0.0,
        swing=SWING if family == "six-link" else _SWING,
    )
    _sensible(wishes)
    return wishes


def _proposed(family: Family, wishes: Wishes, count: int, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Linkage data of each proposal, and its figures with their units in the keys."""
    from mechlock.linkage.synthesis import synthesize
    from mechlock.linkage.synthesis_drive import slider_drive
    from mechlock.linkage.synthesis_file import pair_data, proposal_data, six_link_data
    from mechlock.linkage.synthesis_pair import synthesize_pair

    if family == "toggle-pair":
        for pair in synthesize_pair(wishes, count=count, seed=seed):
            yield (
                pair_data(wishes, pair),
                {
                    "half_width_mm": pair.half,
                    "link_mm": pair.link,
                    "hook_mm": math.hypot(*pair.pin),
                    "slider_stroke_mm": pair.locked - pair.opened,
                    "slider_past_dead_centre_mm": pair.locked - pair.dead_centre,
                    "slider_force_estimate_N": 2.0 * pair.force,
                    "pressed_share": pair.press,
                    "link_force_N": pair.link_force,
                    "least_transmission_angle_deg": math.degrees(pair.transmission),
                },
            )
        return
    for proposal in synthesize(wishes, count=count, seed=seed):
        figures = _four_bar(proposal)
        if family == "four-bar":
            yield proposal_data(wishes, proposal), figures
            continue
        drive = slider_drive(wishes, proposal, seed=seed)
        figures |= {
            "rod_mm": drive.rod,
            "slider_stroke_mm": drive.stroke,
            "slider_force_estimate_N": drive.force,
            "slide_axis_deg": math.degrees(drive.line),
        }
        yield six_link_data(wishes, proposal, drive), figures


def _four_bar(proposal: Proposal) -> dict[str, Any]:
    return {
        "crank_mm": proposal.crank,
        "link_mm": proposal.link,
        "hook_mm": proposal.lever,
        "ground_mm": proposal.ground,
        "release_torque_estimate_N_m": proposal.torque * 1e-3,
        "link_force_N": proposal.link_force,
        "least_transmission_angle_deg": math.degrees(proposal.transmission),
    }


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not 0.0 < share < 1.0:
        raise InputError(f"{text!r} is not a share of the load", "--lever", "write a number such as 0.02 for a toggle pair")
    return share


def _pair(text: str, dimension: str, option: str) -> tuple[float, float]:
    parts = text.split(":")
    if len(parts) != 2:
        raise InputError(f"{text!r} is not two quantities", option, "write them with a colon between, such as '20 kN:60 kN'")
    return quantity(parts[0], dimension, option), quantity(parts[1], dimension, option)


def _sensible(wishes: Wishes) -> None:
    for option, (low, high) in (("--clamp", wishes.clamp), ("--parked", wishes.parked)):
        if not 0.0 < low <= high:
            raise InputError("the load must be positive, its lower end first", option, "write '20 kN:60 kN'")
    if not 0.0 < wishes.over_centre < math.radians(30.0):
        raise InputError("the over-centre angle must be between 0 and 30 deg", "--over-centre", "a few degrees are usual")
    if not math.radians(5.0) <= wishes.travel <= math.radians(120.0):
        raise InputError("the hook's travel must be between 5 and 120 deg", "--travel", "40 to 90 deg are usual")
    if wishes.arm[0] <= 0.0:
        raise InputError("the hook's point must stand to the right of its pivot", "--arm", "mirror the lock instead")
    if min(wishes.envelope) <= 0.0 or wishes.release <= 0.0:
        raise InputError("envelope and effort must be positive", "--envelope, --release", "write '320 mm:260 mm' and '1000 N*m'")


def _text(record: dict[str, Any]) -> str:
    lines: list[str] = []
    for number, entry in enumerate(record["proposals"], 1):
        claims = ", ".join(f"{claim} {verdict}" for claim, verdict in entry["claims"].items())
        lines += [f"proposal {number}: {claims}", *_figures(entry)]
    lines.append(f"written: {record['linkage']}" if "linkage" in record else "nothing written (--out FILE writes the best)")
    return "\n".join(lines)


def _figures(entry: dict[str, Any]) -> list[str]:
    force = f"{entry['link_force_N'] / 1e3:.1f} kN in the link, transmission angle at least "
    force += f"{entry['least_transmission_angle_deg']:.0f} deg"
    if "half_width_mm" in entry:
        return [
            f"  hooks' pivots {entry['half_width_mm']:.1f} mm left and right of the slide, link {entry['link_mm']:.1f}, "
            f"hook {entry['hook_mm']:.1f} mm; stroke {entry['slider_stroke_mm']:.0f} mm, stop "
            f"{entry['slider_past_dead_centre_mm']:.1f} mm past dead centre",
            f"  about {entry['slider_force_estimate_N'] / 1e3:.2f} kN to open, {force}; "
            f"{entry['pressed_share']:.1%} of a hook's load presses the slider on",
        ]
    lines = [
        f"  crank {entry['crank_mm']:.1f}, link {entry['link_mm']:.1f}, hook {entry['hook_mm']:.1f}, ground "
        f"{entry['ground_mm']:.1f} mm",
        f"  about {entry['release_torque_estimate_N_m']:.0f} N m to open, {force}",
    ]
    if "rod_mm" in entry:
        lines.append(
            f"  rod {entry['rod_mm']:.1f} mm, slider at {entry['slide_axis_deg']:.0f} deg: stroke "
            f"{entry['slider_stroke_mm']:.0f} mm, about {entry['slider_force_estimate_N'] / 1e3:.2f} kN to open"
        )
    return lines
