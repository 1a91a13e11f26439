"""What `mechlock kinematics` prints: the record of a linkage in words and columns."""

from __future__ import annotations

from typing import Any

_NOTHING = 1e-11
"""What is smaller than this (deg, mm, rad/rad, ...) is rounding, and printed as zero."""


def kinematics_text(record: dict[str, Any]) -> str:
    """Return the record of `mechlock.linkage.record.kinematics_record` as text: the selected mode whole, the others in a line."""
    drive = record["drive"]
    key = "value_mm" if "value_mm" in drive else "value_deg"
    lines = [
        f"{record['name']}",
        f"mobility {record['mobility']}: {record['mobility_explanation']}",
        f"drive {drive['joint']} at {number(drive[key])} {key[6:]}",
        *_solution(record),
    ]
    for mode in sorted(record["modes"], key=lambda entry: not entry["selected"]):
        lines += _mode(mode) if mode["selected"] else [_other(mode)]
    lines += _over_centre(record) + _forces(record) + _self_locking(record) + _poles(record)
    return "\n".join(lines + _landmarks(record))


def _landmarks(record: dict[str, Any]) -> list[str]:
    """Dead centres, limits and change points of the selected mode."""
    sure = "proved to be all" if record["dead_centres_proved"] else "found between samples, perhaps not all"
    lines = ["", f"dead centres of the selected mode, {sure}"]
    for centre in record["dead_centres"]:
        unit = "mm" if "drive_mm" in centre else "deg"
        what = f"{centre['body']} stands still" if "body" in centre else "limit of the drive"
        lines.append(f"  {round(centre[f'drive_{unit}'], 6) + 0.0:.6f} {unit}: {what}")
    for unit in ("mm", "deg"):
        for at in record.get(f"change_points_{unit}", ()):
            lines.append(
                f"  {round(at, 6) + 0.0:.6f} {unit}: change point, where the mode meets another and may go on as that one"
            )
    return lines if len(lines) > 2 else [*lines, "  none"]


def number(value: Any) -> str:
    """A number with six figures, or the range of a sweep; rounding errors are zero."""
    if isinstance(value, list):
        numbers = [_clean(entry) for entry in value if entry is not None]
        return f"{min(numbers):.4g} to {max(numbers):.4g}" if numbers else "unreachable"
    return "-" if value is None else f"{_clean(value):.6g}"


def _clean(value: float) -> float:
    return 0.0 if abs(value) < _NOTHING else value


def _circuits(record: dict[str, Any]) -> list[str]:
    """Whether the modes of a sweep are proved to be all."""
    if record.get("all_circuits_proved"):
        return ["modes over the whole travel of the drive: proved to be all"]
    if "all_circuits_reason" in record:
        return [f"modes over the whole travel: perhaps not all: {record['all_circuits_reason']}"]
    return []


def _solution(record: dict[str, Any]) -> list[str]:
    """How the positions were found, where it was not by dyads."""
    if record["closed_form"]:
        return _circuits(record)
    lines = [record["closed_form_reason"]]
    count = record["modes_at_drive_value"]
    if record["all_modes_proved"]:
        lines.append(f"{count} assembly mode{'s' if count != 1 else ''} at the file's drive value: proved to be all")
    else:
        lines.append(f"{count} assembly modes found, perhaps not all: {record['all_modes_reason']}")
    lines += _circuits(record)
    for found in record["polynomials"]:
        lines.append(
            f"{found['group']}: polynomial of degree {found['degree']} in tan({found['unknown']}/2), "
            f"{found['real_roots']} real roots"
        )
    return lines


def _mode(mode: dict[str, Any]) -> list[str]:
    lines = ["", f"mode {mode['name']} (selected)".replace("  ", " ")]
    lines += [
        f"  {body:16s} angle {number(entry['angle_deg']):>24s} deg   ratio {number(mode['velocity_ratios'][body]):>22s}"
        for body, entry in mode["bodies"].items()
    ]
    for joint, entry in mode["joints"].items():
        if "travel_mm" in entry:
            lines.append(
                f"  {joint:16s} travel {number(entry['travel_mm']):>23s} mm    ratio {number(entry['travel_ratio']):>22s}"
            )
        if "transmission_angle_deg" in entry:
            lines.append(f"  {joint:16s} transmission angle {number(entry['transmission_angle_deg'])} deg")
    for body, advantage in mode["mechanical_advantage"].items():
        words = "without bound (dead centre)" if advantage is None else f"{number(advantage)} {_effort(mode, body)}"
        lines.append(f"  {body:16s} mechanical advantage {words}")
    return lines


def _effort(mode: dict[str, Any], body: str) -> str:
    """Units of a mechanical advantage: effort of a body per effort of the drive."""
    output = "N" if body in mode["travel_ratios"] else "N mm"
    return f"{output} per {'N' if 'reach_mm' in mode else 'N mm'}"


def _other(mode: dict[str, Any]) -> str:
    angles = ", ".join(f"{body} {number(entry['angle_deg'])}" for body, entry in mode["bodies"].items())
    travels = ", ".join(f"{name} {number(e['travel_mm'])} mm" for name, e in mode["joints"].items() if "travel_mm" in e)
    where = "" if mode["at_drive_value"] else " (not at the file's drive value)"
    return f"\nmode {mode['name']}{where}: {angles} deg{', ' + travels if travels else ''}"


def _over_centre(record: dict[str, Any]) -> list[str]:
    """How far past dead centre the stop stands."""
    lines: list[str] = []
    for entry in record.get("over_centre", ()):
        unit = "mm" if "dead_centre_mm" in entry else "deg"
        beyond, height, knee = entry[f"from_dead_centre_{unit}"], entry["toggle_height_mm"], entry["toggle_angle_deg"]
        where = f"{number(abs(beyond))} {unit} {'beyond' if beyond > 0.0 else 'short of'} dead centre of {entry['body']}"
        more = f", {entry['toggle']}: {number(knee)} deg" if knee is not None else ""
        more = (
            f", toggle links {number(knee)} deg from in line, toggle height {number(height)} mm" if height is not None else more
        )
        lines.append(f"stop at {number(entry[f'stop_{unit}'])} {unit}: {where}{more}")
    return ["", *lines] if lines else []


def _forces(record: dict[str, Any]) -> list[str]:
    """Forces of the selected mode."""
    if "forces" not in record:
        return []
    forces = record["forces"]
    lines = ["", "forces of the selected mode" + (f" under {', '.join(forces['loads'])}" if forces["loads"] else "")]
    for key, value in forces.items():
        if key.startswith("drive_effort"):
            unit = "N m" if key.endswith("_N_m") else "N"
            words = key.removesuffix("_N_m").removesuffix("_N").replace("_", " ")
            lines.append(f"  {words:40s} {number(value):>24s} {unit}")
    for key, words in (
        ("efficiency_forward", "efficiency, the drive against the loads"),
        ("efficiency_back_drive", "efficiency, the loads against the drive"),
    ):
        if key in forces:
            lines.append(f"  {words:40s} {number(forces[key]):>24s}{_held(forces[key]) if key.endswith('drive') else ''}")
    lines += [f"  joint {name:34s} {number(joint['size_N']):>24s} N" for name, joint in forces["joints"].items()]
    for name, spring in forces["springs"].items():
        pull = f"{number(spring['pull_N'])} N" if "pull_N" in spring else f"{number(spring['torque_N_m'])} N m"
        lines.append(f"  spring {name:33s} {pull:>26s}")
    for name, contact in forces["contacts"].items():
        words = "pressed" if contact["pressed"] else "LIFTS OFF"
        lines.append(f"  contact {name:32s} {number(contact['normal_N']):>24s} N, {words}")
    if forces["undetermined_joints"]:
        names = ", ".join(forces["undetermined_joints"])
        lines.append(f"  statics leaves open forces or couples of {names}: shared as the joints' stiffness, equal by default,")
        if "locked_in_N" in forces:
            lines.append("  and what the misfits alone lock in:")
            lines += [f"    joint {name:32s} {number(size):>24s} N" for name, size in forces["locked_in_N"].items()]
        else:
            lines.append("  for parts that fit without stress where they stand; a misfit of a joint locks in more")
    if "friction_reason" in forces:
        lines.append(f"  no friction: {forces['friction_reason']}")
    return lines


def _held(efficiency: Any) -> str:
    """Whether the loads can drive the mechanism back."""
    values = [value for value in (efficiency if isinstance(efficiency, list) else [efficiency]) if value is not None]
    return " (negative: they cannot drive it)" if values and max(values) < 0.0 else ""


def _poles(record: dict[str, Any]) -> list[str]:
    """Where the bodies turn about at one position."""
    if "sweep" in record:
        return []
    places: list[str] = []
    for centre in record["instant_centres"]:
        x, y = centre["at_mm"]
        where = f"at infinity, {number(centre['direction_deg'])} deg"
        if x is not None:
            where = f"({number(x)}, {number(y)}) mm"
        elif centre["direction_deg"] is None:
            where = "none: they do not move against each other"
        places.append(f"  {' against '.join(reversed(centre['bodies'])):40s} {where}")
    return ["", "instant centres", *places]


def _self_locking(record: dict[str, Any]) -> list[str]:
    """From which coefficient of friction on each load of the lock cannot open the drive."""
    lines: list[str] = []
    for entry in record.get("self_locking", ()):
        mu = entry["critical_friction"]
        words = "it cannot open the drive " + ("even without friction" if mu == 0.0 else f"from a friction of {number(mu)} on")
        formula = f" ({entry['equation']})" if "equation" in entry else ""
        lines.append(f"{entry['load']}: " + (entry["reason"] if mu is None else words + formula))
    return ["", *lines] if lines else []
