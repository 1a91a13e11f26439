"""Round bodies and tubes with solids: sphere and shaft under pressure, hole in a plate, torsion of closed sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from validation_cases.solid_model import PA, M, Solved, fixed, joined, named, near, quarter_ring, static

from mechlock.fem import model as fem
from mechlock.mesh.mapped import box, mapped_block, select_faces
from mechlock.mesh.mesh import Mesh

Inputs = Mapping[str, Any]


def _sphere_octant(inner: float, outer: float, cells: int, through: int) -> Mesh:
    """An eighth of a hollow sphere from three blocks, each a quarter of a cube's face blown up."""
    parts = []
    for turn in range(3):

        def blown(unit: np.ndarray, turn: int = turn) -> np.ndarray:
            a, b = np.tan(0.25 * np.pi * unit[:, 1]), np.tan(0.25 * np.pi * unit[:, 2])
            way = np.column_stack([np.ones_like(a), a, b])
            way /= np.linalg.norm(way, axis=1, keepdims=True)
            radius = inner + (outer - inner) * unit[:, 0]
            return np.roll(radius[:, None] * way, turn, axis=1)

        parts.append(mapped_block((through, cells, cells), blown))
    mesh = joined(parts)
    radius = np.linalg.norm(mesh.points, axis=1)
    conditions = {name: lambda p, i=i: near(p[:, i], 0.0) for i, name in enumerate("xyz")}
    return named(mesh, {**conditions, "bore": lambda p: near(radius, inner)})


def case_S12(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    inner, outer = inputs["a"] * M, inputs["b"] * M
    mesh = _sphere_octant(inner, outer, 5, 8)
    load = fem.Pressure("bore", inputs["p"] * PA)
    found = static(mesh, inputs["E"] * PA, inputs["nu"], fixed(x="x", y="y", z="z"), [load])
    return {
        "hoop stress at bore": float(found.stress((inner, 0.0, 0.0))[1]),
        "hoop stress outer": float(found.stress((outer, 0.0, 0.0))[1]),
        "u(a)": float(found.displacement((inner, 0.0, 0.0))[0]) * 1000.0,
    }


def case_S13(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    radius, width, thin = 10.0, 200.0, 1.0

    def plate(unit: np.ndarray) -> np.ndarray:
        """A quarter of a square plate about its hole: x outward, closer together near the hole, y around."""
        angle = 0.5 * np.pi * unit[:, 1]
        ring = np.column_stack([np.cos(angle), np.sin(angle)])
        edge = ring / np.abs(ring).max(axis=1, keepdims=True) * width
        start = radius * ring
        step = (1.2 ** (20.0 * unit[:, :1]) - 1.0) / (1.2**20.0 - 1.0)
        return np.column_stack([start + (edge - start) * step, thin * unit[:, 2]])

    mesh = mapped_block((20, 16, 1), plate)
    mesh = named(mesh, {"end": lambda p: near(p[:, 0], width)})
    load = fem.Traction("end", (inputs["sigma"], 0.0, 0.0))
    found = static(mesh, 210000.0, 0.3, fixed(y0="y", y1="x", z0="z"), [load])
    return {
        "max hoop stress / remote": float(found.stress((0.0, radius, 0.0))[0]) / inputs["sigma"],
        "hoop stress at load axis / remote": float(found.stress((radius, 0.0, 0.0))[1]) / inputs["sigma"],
    }


def _tube_rotation(found: Solved, low: str, high: str) -> float:
    return float(found.rotation(high)[0] - found.rotation(low)[0])


def _hollow(length: float, width: float, height: float, wall: float, stations: int) -> Mesh:
    """A rectangular hollow section along x with sharp corners, cut in two so that inner faces give mean rotations."""
    across = np.array([0.0, wall, *np.linspace(wall, width - wall, 7)[1:-1], width - wall, width])
    up = np.array([0.0, wall, *np.linspace(wall, height - wall, 5)[1:-1], height - wall, height])

    def place(unit: np.ndarray) -> np.ndarray:
        y = np.interp(unit[:, 1] * (len(across) - 1), np.arange(len(across)), across)
        z = np.interp(unit[:, 2] * (len(up) - 1), np.arange(len(up)), up)
        return np.column_stack([length * unit[:, 0], y, z])

    full = mapped_block((stations, len(across) - 1, len(up) - 1), place)
    centre = full.points[full.blocks[0].cells[:, :8]].mean(axis=1)
    inside = (np.abs(centre[:, 1] - 0.5 * width) < 0.5 * width - wall) & (
        np.abs(centre[:, 2] - 0.5 * height) < 0.5 * height - wall
    )
    return _compact(full, ~inside)


def _compact(mesh: Mesh, keep: np.ndarray) -> Mesh:
    cells = mesh.blocks[0].cells[keep]
    used, new = np.unique(cells, return_inverse=True)
    block = type(mesh.blocks[0])(mesh.blocks[0].kind, new.reshape(cells.shape))
    return Mesh(mesh.points[used], (block,))


def _stations(mesh: Mesh, places: Mapping[str, float]) -> Mesh:
    """Name the faces across the tube at places along it."""
    return named(mesh, {name: lambda p, at=at: near(p[:, 0], at) for name, at in places.items()})


def case_S17(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    torque, young, nu = inputs["T"] * 1000.0, 210000.0, 0.3
    shear = young / (2.0 * (1.0 + nu))
    length, width, height, wall = 400.0, 60.0, 40.0, 3.0
    mesh = _hollow(length, width, height, wall, 40)
    flow = torque / (2.0 * (width - wall) * (height - wall))
    walls = {
        "below": (lambda p: near(p[:, 0], length) & (p[:, 2] < wall + 1e-6), (0.0, flow / wall, 0.0)),
        "above": (lambda p: near(p[:, 0], length) & (p[:, 2] > height - wall - 1e-6), (0.0, -flow / wall, 0.0)),
        "left": (lambda p: near(p[:, 0], length) & (p[:, 1] < wall + 1e-6), (0.0, 0.0, -flow / wall)),
        "right": (lambda p: near(p[:, 0], length) & (p[:, 1] > width - wall - 1e-6), (0.0, 0.0, flow / wall)),
    }
    mesh = named(mesh, {name: where for name, (where, _) in walls.items()})
    mesh = _stations(mesh, {"root": 0.0, "one": 150.0, "two": 250.0})
    loads = [fem.Traction(name, traction) for name, (_, traction) in walls.items()]
    found = static(mesh, young, nu, fixed(root="xyz"), loads)
    applied = abs(float(sum(item.moment[0] for item in found.result.supports.values())))
    twist = abs(_tube_rotation(found, "one", "two"))
    middle = abs(float(found.stress((200.0, 0.5 * width, 0.5 * wall))[3]))
    return {
        "(a) shear stress": middle * torque / applied,
        "(a) torsion constant": applied * 100.0 / (shear * twist) / 1e4,
        "(b) max shear stress": _round_tube(torque, young, nu),
    }


def _round_tube(torque: float, young: float, nu: float) -> float:
    length, inner, outer, parts = 240.0, 20.0, 25.0, 32

    def ring(unit: np.ndarray) -> np.ndarray:
        radius, angle = inner + (outer - inner) * unit[:, 0], 2.0 * np.pi * unit[:, 1]
        return np.column_stack([length * unit[:, 2], radius * np.cos(angle), radius * np.sin(angle)])

    mesh = joined([mapped_block((2, parts, 20), ring)])
    middle = 2.0 * (outer**3 - inner**3) / (3.0 * (outer**2 - inner**2))
    loads, groups = [], {}
    faces = select_faces(mesh, lambda p: near(p[:, 0], length))
    centre = mesh.points[mesh.blocks[0].cells[faces[:, 0]][:, :8]].mean(axis=1)
    sector = np.floor(np.mod(np.arctan2(centre[:, 2], centre[:, 1]), 2.0 * np.pi) / (2.0 * np.pi) * parts).astype(int)
    for number in range(parts):
        angle = 2.0 * np.pi * (number + 0.5) / parts
        size = torque / (parts * middle)
        groups[f"part {number}"] = faces[sector == number]
        loads.append(fem.Force(f"part {number}", (0.0, -size * np.sin(angle), size * np.cos(angle))))
    root = select_faces(mesh, lambda p: near(p[:, 0], 0.0))
    mesh = Mesh(mesh.points, mesh.blocks, {}, {**groups, "root": root})
    found = static(mesh, young, nu, fixed(root="xyz"), loads)
    applied = abs(float(found.result.supports["root"].moment[0]))
    return abs(float(found.stress((0.5 * length, outer, 0.0))[5])) * torque / applied


def case_S19(inputs: Inputs) -> dict[str, float]:  # noqa: N802
    """Shaft and hub apart, each under a unit pressure; the pressure of the fit closes the interference."""
    radius, outer, thin = 0.5 * inputs["d"], 0.5 * inputs["D"], 1.0
    young, nu = inputs["E"], inputs["nu"]
    hub = mapped_block((10, 12, 1), quarter_ring(radius, outer, thin))
    hub_found = static(hub, young, nu, fixed(y0="y", y1="x", z0="z"), [fem.Pressure("x0", 1.0)])
    shaft = _quarter_disc(radius, thin)
    shaft_found = static(shaft, young, nu, fixed(x0="x", y0="y", z0="z"), [fem.Pressure("rim", 1.0)])
    grows = float(hub_found.displacement((radius, 0.0, 0.0))[0])
    shrinks = -float(shaft_found.displacement((radius, 0.0, 0.0))[0])
    pressure = 0.5 * inputs["delta"] / (grows + shrinks)
    axial = inputs["mu"] * pressure * np.pi * inputs["d"] * inputs["L"]
    return {
        "interface pressure": pressure,
        "hub bore hoop stress": pressure * float(hub_found.stress((radius, 0.0, 0.0))[1]),
        "axial capacity": axial / 1000.0,
        "torque capacity": axial * radius / 1000.0,
    }


def _quarter_disc(radius: float, thin: float) -> Mesh:
    """A quarter of a disc: a square core and two blocks around it."""
    core = 0.5 * radius
    inner = box((core, core, thin), (4, 4, 1))

    def around(low: float, high: float) -> Mesh:
        def ring(unit: np.ndarray) -> np.ndarray:
            angle = low + (high - low) * unit[:, 1]
            way = np.column_stack([np.cos(angle), np.sin(angle)])
            straight = low + (high - low) * unit[:, 1]
            square = _on_square(straight, core)
            plane = square + (radius * way - square) * unit[:, :1]
            return np.column_stack([plane, thin * unit[:, 2]])

        return mapped_block((4, 4, 1), ring)

    def _on_square(angle: np.ndarray, half: float) -> np.ndarray:
        part = angle / (0.25 * np.pi)
        return half * np.where(
            part[:, None] <= 1.0,
            np.column_stack([np.ones_like(part), part]),
            np.column_stack([2.0 - part, np.ones_like(part)]),
        )

    mesh = joined([inner, around(0.0, 0.25 * np.pi), around(0.25 * np.pi, 0.5 * np.pi)])
    rim = np.hypot(mesh.points[:, 0], mesh.points[:, 1])
    return named(
        mesh,
        {
            "x0": lambda p: near(p[:, 0], 0.0),
            "y0": lambda p: near(p[:, 1], 0.0),
            "z0": lambda p: near(p[:, 2], 0.0),
            "rim": lambda p: near(rim, radius),
        },
    )
