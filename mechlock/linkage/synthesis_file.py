"""A proposal of the synthesis as a linkage file, complete with tolerances, pins, loads and claims."""

from __future__ import annotations

import math
from typing import Any

from mechlock.inputs.writing import toml_value
from mechlock.linkage.synthesis import Proposal
from mechlock.linkage.synthesis_drive import SliderDrive
from mechlock.linkage.synthesis_pair import PairProposal
from mechlock.linkage.wishes import CONE, Wishes

TOLERANCE, CLEARANCE = 0.1, 0.05
_ZERO = ["0 mm", "0 mm"]
_UPWARDS = [f"{90.0 + sign * math.degrees(CONE):g} deg" for sign in (-1.0, 1.0)]


def _size(value: float) -> dict[str, str]:
    return {"value": f"{value:.1f} mm", "tolerance": f"{TOLERANCE} mm"}


def _pin(name: str, of: tuple[str, str], radius: float) -> dict[str, Any]:
    """A pin with friction and play, its radius rounded up to 0.5 mm."""
    size = f"{math.ceil(2 * radius) / 2} mm"
    return {
        "name": name, "type": "revolute", "of": list(of), "pin_radius": size, "friction": "mu", "clearance": f"{CLEARANCE} mm",
    }  # fmt: skip


def _load(name: str, hook: str, magnitude: tuple[float, float]) -> dict[str, Any]:
    """A load on a hook's point, upwards within the cone."""
    return {
        "name": name, "body": hook, "point": "P", "direction": _UPWARDS, "magnitude": [f"{force:g} N" for force in magnitude],
    }  # fmt: skip


def six_link_data(wishes: Wishes, proposal: Proposal, drive: SliderDrive) -> dict[str, Any]:
    """Return the data of a four-bar hook whose crank a slider drives by a rod; stop and drive coordinate are the crank's."""
    data = proposal_data(wishes, proposal)
    data["name"] = "proposed six-link hook lock"
    data["parameters"] |= {
        "dx": _size(drive.arm[0]), "dy": _size(drive.arm[1]), "m": _size(drive.rod),
        "xS": _size(drive.origin[0]), "yS": _size(drive.origin[1]),
    }  # fmt: skip
    bodies = data["bodies"]
    bodies["ground"]["points"]["S"] = ["xS", "yS"]
    bodies["crank"]["points"]["D"] = ["dx", "dy"]
    bodies["rod"] = {"points": {"D": _ZERO, "E": ["m", "0 mm"]}}
    bodies["slider"] = {"points": {"E": _ZERO}}
    data["joints"] += [
        _pin("D", ("crank.D", "rod.D"), proposal.pins[1]),
        _pin("E", ("rod.E", "slider.E"), proposal.pins[1]),
        {"name": "slide", "type": "prismatic", "of": ["ground.S", "slider.E"], "axis": f"{math.degrees(drive.line):.2f} deg",
         "friction": "mu"},
    ]  # fmt: skip
    data["assembly"] |= {"rod": f"{math.degrees(_principal(drive.rod_angle)):.1f} deg", "slider": "0 deg"}
    return data


def pair_data(wishes: Wishes, proposal: PairProposal) -> dict[str, Any]:
    """Return the data of a toggle pair; left and right have dimensions of their own, so that each side has its own tolerances."""
    bx, by = proposal.pin
    angle = math.degrees(proposal.link_angle)
    data: dict[str, Any] = {
        "format": "mechlock-linkage/1",
        "name": "proposed slider-driven toggle pair",
        "about": "Loads are proved one at a time. The two sides share the slide alone, so that the efforts they need "
        "add up at most: max_force is half of the actuator's force, each hook's share.",
        "parameters": {},
        "bodies": {"ground": {"points": {"S": _ZERO}}, "slider": {"points": {"K": _ZERO}}},
        "joints": [
            {"name": "slide", "type": "prismatic", "of": ["ground.S", "slider.K"], "axis": "-90 deg", "friction": "mu"},
        ],
        "drive": {"joint": "slide", "value": f"{proposal.locked:.1f} mm"},
        "assembly": {"linkR": f"{angle:.1f} deg", "linkL": f"{180 - angle:.1f} deg", "hookR": "0 deg", "hookL": "0 deg"},
    }
    loads: list[dict[str, Any]] = []
    for side, sign in (("R", ""), ("L", "-")):
        mirror = "" if sign else "-"
        sizes = {"x": proposal.half, "bx": -bx, "by": by, "px": wishes.arm[0], "py": wishes.arm[1], "l": proposal.link}
        data["parameters"] |= {f"{name}{side}": _size(value) for name, value in sizes.items()}
        data["bodies"]["ground"]["points"][f"H{side}"] = [f"{sign}x{side}", "0 mm"]
        data["bodies"][f"link{side}"] = {"points": {"K": _ZERO, "B": [f"l{side}", "0 mm"]}}
        data["bodies"][f"hook{side}"] = {
            "points": {"H": _ZERO, "B": [f"{mirror}bx{side}", f"by{side}"], "P": [f"{mirror}px{side}", f"py{side}"]}
        }
        data["joints"] += [
            _pin(f"K{side}", ("slider.K", f"link{side}.K"), proposal.pins[1]),
            _pin(f"B{side}", (f"link{side}.B", f"hook{side}.B"), proposal.pins[1]),
            _pin(f"H{side}", (f"ground.H{side}", f"hook{side}.H"), proposal.pins[0]),
        ]
        loads += [_load(f"uplift {side}", f"hook{side}", wishes.clamp), _load(f"parked {side}", f"hook{side}", wishes.parked)]
    data["parameters"]["mu"] = {"range": list(wishes.friction)}
    data["lock"] = {
        "claims": ["over_centre", "release"],
        "drive": {"value": f"{proposal.locked:.1f} mm", "tolerance": "0.3 mm"},
        "stop": "increasing",
        "loads": loads,
        "release": {"loads": ["parked R", "parked L"], "max_force": f"{wishes.release / 2.0:g} N"},
    }
    return data


def proposal_data(wishes: Wishes, proposal: Proposal) -> dict[str, Any]:
    """Return the data of the linkage file; lengths are rounded to 0.1 mm, the stop to 0.01 deg."""
    way = 1 if proposal.locked > proposal.dead_centre else -1
    stop = math.degrees(_principal(proposal.locked))
    radii = {"H": proposal.pins[0]} | dict.fromkeys("CAB", proposal.pins[1])
    pairs = {"H": ("ground.H", "hook.H"), "C": ("ground.C", "crank.C"), "A": ("crank.A", "link.A"), "B": ("link.B", "hook.B")}
    return {
        "format": "mechlock-linkage/1",
        "name": "proposed over-centre four-bar hook",
        "parameters": {
            "xC": _size(proposal.pivot[0]), "yC": _size(proposal.pivot[1]), "r": _size(proposal.crank), "l": _size(proposal.link),
            "Bx": _size(proposal.pin[0]), "By": _size(proposal.pin[1]), "px": _size(wishes.arm[0]), "py": _size(wishes.arm[1]),
            "mu": {"range": list(wishes.friction)},
        },
        "bodies": {
            "ground": {"points": {"H": _ZERO, "C": ["xC", "yC"]}},
            "crank": {"points": {"C": _ZERO, "A": ["r", "0 mm"]}},
            "link": {"points": {"A": _ZERO, "B": ["l", "0 mm"]}},
            "hook": {"points": {"H": _ZERO, "B": ["Bx", "By"], "P": ["px", "py"]}},
        },
        "joints": [_pin(name, pair, radii[name]) for name, pair in pairs.items()],
        "drive": {"joint": "C", "value": f"{stop:.2f} deg"},
        "assembly": {"link": f"{math.degrees(_principal(proposal.link_angle)):.1f} deg", "hook": "0 deg"},
        "lock": {
            "claims": ["over_centre", "release"],
            "drive": {"value": f"{stop:.2f} deg", "tolerance": "0.5 deg"},
            "stop": "increasing" if way > 0 else "decreasing",
            "loads": [
                _load("uplift", "hook", wishes.clamp),
                _load("parked", "hook", wishes.parked),
            ],
            "release": {"loads": ["parked"], "max_torque": f"{wishes.release:g} N*mm"},
        },
    }  # fmt: skip


def _principal(angle: float) -> float:
    return math.atan2(math.sin(angle), math.cos(angle))


def linkage_toml(data: dict[str, Any]) -> str:
    """Write linkage data as TOML text."""
    lines = [f"{key} = {toml_value(value)}" for key, value in data.items() if not isinstance(value, (dict, list))]
    lines += ["[parameters]", *[f"{name} = {toml_value(value)}" for name, value in data["parameters"].items()]]
    for name, body in data["bodies"].items():
        lines += [f"[bodies.{name}.points]", *[f"{point} = {toml_value(at)}" for point, at in body["points"].items()]]
    for joint in data["joints"]:
        lines += ["[[joints]]", *[f"{key} = {toml_value(value)}" for key, value in joint.items()]]
    for table in ("drive", "assembly"):
        lines += [f"[{table}]", *[f"{key} = {toml_value(value)}" for key, value in data[table].items()]]
    lock = data["lock"]
    lines += ["[lock]", *[f"{key} = {toml_value(value)}" for key, value in lock.items() if key not in {"loads", "release"}]]
    for load in lock["loads"]:
        lines += ["[[lock.loads]]", *[f"{key} = {toml_value(value)}" for key, value in load.items()]]
    lines += ["[lock.release]", *[f"{key} = {toml_value(value)}" for key, value in lock["release"].items()]]
    return "\n".join([*lines, ""])
