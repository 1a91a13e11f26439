"""Linkages that several tests build, from numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mechlock.inputs.linkage import linkage_from_data, read_linkage
from mechlock.linkage.mechanism import Mechanism
from mechlock.linkage.semantics import build
from mechlock.resources import folder

LOCKS = sorted(
    path.stem
    for path in (folder("geometry") / "locks").glob("*.toml")
    if "mechlock-linkage/1" in path.read_text(encoding="utf-8")
)


def pin(name: str, first: str, second: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "revolute", "of": [first, second], **more}


def slide(name: str, first: str, second: str, axis: str = "0 deg", angle: str = "0 deg") -> dict[str, Any]:
    return {"name": name, "type": "prismatic", "of": [first, second], "axis": axis, "angle": angle}


def mm(*xy: float) -> list[str]:
    return [f"{value!r} mm" for value in xy]


def data(
    bodies: dict[str, dict[str, list[str]]], joints: list[dict[str, Any]], drive: dict[str, str], **more: Any
) -> dict[str, Any]:
    return {
        "format": "mechlock-linkage/1",
        "bodies": {name: {"points": points} for name, points in bodies.items()},
        "joints": joints,
        "drive": drive,
        **more,
    }


def four_bar(a: float, b: float, c: float, d: float, theta: float, **more: Any) -> dict[str, Any]:
    bodies = {
        "ground": {"O2": mm(0, 0), "O4": mm(d, 0)},
        "crank": {"O2": mm(0, 0), "A": mm(a, 0)},
        "coupler": {"A": mm(0, 0), "B": mm(b, 0), "P": mm(0.6 * b, 0.3 * b)},
        "rocker": {"O4": mm(0, 0), "B": mm(c, 0)},
    }
    joints = [
        pin("O2", "ground.O2", "crank.O2"),
        pin("A", "crank.A", "coupler.A"),
        pin("B", "coupler.B", "rocker.B"),
        pin("O4", "ground.O4", "rocker.O4"),
    ]
    return data(bodies, joints, {"joint": "O2", "value": f"{theta!r} deg"}, **more)


@pytest.fixture(scope="session")
def make() -> Callable[[dict[str, Any]], Mechanism]:
    """Build a mechanism from linkage data."""
    return lambda values: build(linkage_from_data(values, "test.toml"))


def changed(values: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with one entry replaced, or left out where the value is None."""
    result = copy.deepcopy(values)
    node = result
    for part in path[:-1]:
        node = node[part]
    if value is None:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return result


@pytest.fixture(scope="session")
def parts() -> Any:
    """The builders of this file, for tests that compose their own linkages."""

    class Parts:
        pin = staticmethod(pin)
        slide = staticmethod(slide)
        mm = staticmethod(mm)
        data = staticmethod(data)
        four_bar = staticmethod(four_bar)
        changed = staticmethod(changed)

    return Parts


@pytest.fixture(scope="session", params=LOCKS)
def lock(request: pytest.FixtureRequest) -> Mechanism:
    """Every linkage of the library."""
    return build(read_linkage(Path(folder("geometry")) / "locks" / f"{request.param}.toml"))
