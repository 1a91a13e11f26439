"""Shared by the tests of several packages: a small frame as file data, and setting a value in it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

PORTAL: dict[str, Any] = {
    "format": "mechlock-frame/1",
    "name": "portal",
    "material": "Q355B",
    "grid": {
        "x": {"rear": "-300 mm", "front": "300 mm"},
        "y": {"right": "-400 mm", "left": "400 mm"},
        "z": {"base": "30 mm", "top": "600 mm"},
    },
    "sections": {
        "rail": {"height": "60 mm", "width": "60 mm", "thickness": "4 mm"},
        "post": {"height": "60 mm", "width": "60 mm", "thickness": "4 mm"},
        "cross": {"height": "40 mm", "width": "40 mm", "thickness": "3 mm"},
    },
    "gauges": {"sheet": {"thickness": "4 mm"}},
    "members": [
        {"name": "rail", "section": "rail", "along": "y", "x": "all", "z": ["base"], "overhang": ["30 mm", "30 mm"]},
        {"name": "post", "section": "post", "along": "z", "x": "all", "y": "all", "overhang": ["0 mm", "30 mm"]},
        {"name": "cross", "section": "cross", "along": "x", "y": "all", "z": "all"},
        {"name": "top", "section": "cross", "along": "y", "x": "all", "z": ["top"]},
    ],
    "plates": [
        {
            "name": "end",
            "gauge": "sheet",
            "normal": "y",
            "at": "all",
            "x": ["rear", "front"],
            "z": ["base", "top"],
            "window": {"x": "200 mm", "z": "150 mm"},
        }
    ],
    "pads": {"names": ["A", "B", "C", "D"], "y": ["right", "left"], "size": ["60 mm", "60 mm", "10 mm"]},
    "mounts": [
        {"member": "rail", "z": ["base"], "side": "+z", "length": "50 mm", "at": {"box": ["-100 mm", "100 mm"]}},
    ],
}
"""Two rails, four posts, crosses, two end sheets: small enough for hand calculation."""


@pytest.fixture
def portal() -> dict[str, Any]:
    data = copy.deepcopy(PORTAL)
    data["grid"]["z"]["base"] = "40 mm"
    return data


@pytest.fixture
def set_key() -> Callable[[dict[str, Any], str, Any], dict[str, Any]]:
    """Set one value by its dotted key."""

    def set_value(data: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
        place: Any = data
        *path, last = key.split(".")
        for part in path:
            place = place[int(part)] if isinstance(place, list) else place[part]
        place[int(last) if isinstance(place, list) else last] = value
        return data

    return set_value
