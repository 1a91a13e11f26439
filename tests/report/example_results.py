"""A fabricated `results.json` with the keys of the contract, for the tests of tables, JUnit and the report."""

from __future__ import annotations

import copy
from typing import Any


def _criterion(
    name: str,
    case: str | None,
    value: Any,
    limit: Any,
    unit: str,
    margin: float | None,
    passed: bool | None,
    group: str,
    **more: Any,
) -> dict[str, Any]:
    fixed = {"name": name, "case": case, "value": value, "limit": limit, "unit": unit, "margin": margin, "passed": passed}
    return {**fixed, "group": group, "source": more.pop("source", "project assumption"), **more}


CRITERIA = [
    _criterion(
        "base metal",
        "braking",
        251.3,
        400.0,
        "MPa",
        400 / 251.3 - 1,
        True,
        "frame",
        where="post, x = -375, y = 1180, z = 92 mm",
        source="yield / 1.5: common bracket practice, compare Yutong SF 2.8 on 510L",
    ),
    _criterion(
        "weld zone", "rail twist", 318.0, 340.0, "MPa", 340 / 318 - 1, True, "frame", where="base rail / post <rear left>"
    ),
    _criterion(
        "first mode", "preload and 1 g", 20.4, 17.0, "Hz", 20.4 / 17 - 1, True, "modes", note="inside the avoid band 18 to 22 Hz"
    ),
    _criterion("over-centre reserve", None, 3.7, 3.0, "deg", 3.7 / 3 - 1, True, "lock"),
    _criterion("residual clamp", "vertical rebound", 12.1, 8.0, "kN", 12.1 / 8 - 1, True, "lock"),
    _criterion("pad gap", "kerb", 0.0, 0.5, "mm", None, True, "lock"),
    _criterion("mass reduction", None, 14.2, 15.0, "%", 14.2 / 15 - 1, False, "mass", source="project goal & brief"),
    _criterion("height", None, 2200.0, 2310.0, "mm", 0.05, True, "package"),
    _criterion("weld zone when the mesh is halved", "lifting", 88.0, 340.0, "MPa", None, None, "frame", reason="moved by 7.1 %"),
    _criterion("crash", "collision corridor x", None, 0.05, "", None, None, "frame", reason="needs dynamics with contacts"),
]

THEOREMS = [
    {
        "name": "over_centre",
        "verdict": "proved",
        "statement": "for all parameters in the box and all loads of the set, the load pushes the drive into the stop",
        "margin": {"value": 4.1, "unit": "mm", "meaning": "lever arm of the load on the drive"},
        "counterexample": [],
        "boxes": 113,
        "time_s": 0.21,
    },
    {
        "name": "release",
        "verdict": "refuted",
        "statement": "the effort to unlock under 'parked' is at most 160 N m",
        "margin": {"value": -12.0, "unit": "N*m", "meaning": "torque to spare"},
        "counterexample": [{"name": "a", "value": 40.1, "unit": "mm"}, {"name": "mu", "value": 0.2, "unit": ""}],
        "boxes": 5,
        "time_s": 0.02,
    },
]

CASES = {
    "braking": {
        "analysis": "static",
        "status": "ok",
        "max_von_mises_MPa": {"value": 251.3, "at": [-375.0, 1180.0, 92.0], "group": "post"},
        "max_displacement_mm": 4.2,
        "reactions_N": {"pads": [0.0, 0.0, 61000.0], "locks": [-24000.0, 0.0, -21000.0]},
        "equilibrium_error": 3.1e-13,
        "energy_mJ": 81200.0,
        "error_estimate": 0.071,
        "contact": [{"set": "pads", "open_fraction": 0.25, "force_N": 61000.0}],
    },
    "modes": {
        "analysis": "modal",
        "status": "ok",
        "frequencies_Hz": [20.4, 24.9, 31.7, 44.0],
        "effective_mass_kg": [[2801.0, 0.1, 3.0], [0.2, 2650.0, 1.1], [12.0, 3.0, 900.0], [1.0, 2.0, 1500.0]],
    },
}

_RESULTS: dict[str, Any] = {
    "design": {"name": "backpack 282 kWh <S700L>", "file": "geometry/designs/reference.toml"},
    "verdict": "fail",
    "criteria": CRITERIA,
    "proof": {
        "linkage": "reference six-bar hook lock",
        "theorems": THEOREMS,
        "certificate": "certificate.json",
        "variants": [
            {
                "name": name,
                "verdict": "proved",
                "reason": "",
                "reserve_mm": reserve,
                "reserve_deg": reserve,
                "lever_mm": reserve / 2.0,
                "holding_N_m": 10.0 * reserve,
                "assumptions": ["Bent <by> forces."],
                "certificate": f"certificate_{name.replace(' ', '_')}.json",
            }
            for name, reserve in (("as built", 5.0), ("bent", 4.4), ("all at once", 4.3))
        ],
        "loop": {
            "rounds": 2,
            "joint_forces_N": {"A": 1e5},
            "displacements": [
                {"body": "link", "point": "B", "direction": [1.0, 0.0], "caused_mm": [-0.01, 0.02], "assumed_mm": [-0.02, 0.03]}
            ],
            "pins_mm": {"A": {"caused": 0.1, "assumed": 0.11}},
        },
        "failures": [{"name": "clamp lost", "verdict": "refuted", "words": "nothing presses any more", "certified": True}],
        "seated": {"load": "service", "along_mm": [-0.7, 0.7], "across_mm": [-0.4, 0.4], "nose_reach_mm": 13.1},
        "assumptions": ["links are rigid", "pins are seated or anywhere in their clearance"],
        "parameters": [
            {"name": "a", "nominal": 40.0, "lower": 39.9, "upper": 40.1, "unit": "mm"},
            {"name": "mu", "nominal": None, "lower": 0.05, "upper": 0.2, "unit": ""},
        ],
        "loads": [
            {"name": "pack uplift", "body": "hook", "point": "P", "magnitude_N": [20e3, 110e3], "direction_deg": [70.0, 110.0]}
        ],
    },
    "mass": {
        "frame_kg": 412.3,
        "baseline_kg": 480.5,
        "reduction_percent": 14.2,
        "reduction_same_criteria_percent": 8.4,
        "governing": "first mode",
        "same_criteria_kg": 450.1,
        "frame_material": "S700MC",
        "baseline_material": "Q355B",
        "target_percent": 15.0,
        "groups": [
            {
                "name": "posts",
                "frame_kg": 90.0,
                "baseline_kg": 110.0,
                "same_criteria_kg": 100.0,
                "frame_mm": 3.0,
                "baseline_mm": 5.0,
            },
            {
                "name": "base rails",
                "frame_kg": 322.3,
                "baseline_kg": 370.5,
                "same_criteria_kg": 350.1,
                "frame_mm": 5.0,
                "baseline_mm": 8.0,
            },
        ],
    },
    "load_cases": [
        {"name": "braking", "g": [-1.0, 0.0, -1.0], "class": "limit", "source": "project assumption", "status": "evaluated"},
        {
            "name": "rail twist",
            "g": [0.0, 0.0, -1.0],
            "rail_twist_mm": 30.0,
            "class": "limit",
            "source": "off-road",
            "status": "evaluated",
        },
        {
            "name": "collision corridor x",
            "g": [12.0, 0.0, -1.0],
            "class": "ultimate",
            "source": "GB 38031-2025 Table 6",
            "status": "not evaluated",
            "reason": "needs dynamics with contacts",
        },
    ],
    "cases": CASES,
    "mesh": {"nodes": 81234, "elements": 14321, "dofs": 243702, "mass_kg": 412.3, "quality": {"least_scaled_jacobian": 0.61}},
    "lock": {
        "preload_N": [40e3, 70e3],
        "forces": [
            {
                "case": "braking",
                "lock": "front left",
                "force_N": 61e3,
                "direction_deg": [84.0, 97.0],
                "lateral_N": 2100.0,
                "load_set": "pack uplift",
                "inside": True,
            },
            {
                "case": "rail twist",
                "lock": "rear right",
                "force_N": 118e3,
                "direction_deg": [88.0, 93.0],
                "lateral_N": 300.0,
                "load_set": "pack uplift",
                "inside": False,
                "reason": "8 kN above the upper end",
            },
        ],
        "carrier": {"name": "guide cone", "force_N": 5200.0, "limit_N": 18000.0, "source": "hand calculation"},
        "parts": [
            {
                "part": "hook",
                "check": "throat",
                "case": "rail twist",
                "hand": 410.0,
                "fe": 432.0,
                "limit": 600.0,
                "unit": "MPa",
                "margin": 600 / 432 - 1,
                "source": "curved beam, Roark 9.1",
            },
            {
                "part": "pin H",
                "check": "double shear",
                "hand": 37.1,
                "fe": None,
                "limit": 289.0,
                "unit": "MPa",
                "margin": 289 / 37.1 - 1,
                "source": "Roark",
            },
        ],
        "bill_of_materials": [{"part": "hook", "material": "42CrMo4+QT", "count": 1, "mass_kg": 4.21}],
    },
    "evidence": {
        "excluded_volume_percent": 3.4,
        "largest_excluded_MPa": 612.0,
        "halved_mesh_change_percent": {"base metal": 1.2, "weld zone": 7.1},
        "solver": "MKL PARDISO",
    },
    "sources": [{"item": "S700MC", "value": "yield 700 MPa", "source": "EN 10149-2", "status": "found", "certainty": "high"}],
    "stages": [{"name": "prove", "time_s": 0.3, "memory_MB": 180.0}, {"name": "solve", "time_s": 21.4, "memory_MB": 2410.0}],
    "versions": {"mechlock": "0.1.0", "numpy": "2.4.6"},
}


def example() -> dict[str, Any]:
    """Return a fresh copy of the fabricated results."""
    return copy.deepcopy(_RESULTS)


def minimal() -> dict[str, Any]:
    """Return only what the contract requires."""
    results = example()
    kept = {key: results[key] for key in ("verdict", "criteria", "proof", "mass")}
    keys = ("name", "case", "value", "limit", "unit", "margin", "passed", "source")
    kept["criteria"] = [{key: criterion[key] for key in keys} for criterion in kept["criteria"]]
    kept["proof"] = {key: kept["proof"][key] for key in ("theorems", "certificate")}
    figures = ("frame_kg", "baseline_kg", "reduction_percent", "reduction_same_criteria_percent", "governing")
    kept["mass"] = {key: kept["mass"][key] for key in figures}
    return kept
