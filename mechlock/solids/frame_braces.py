"""Braces: hollow sections in any direction, each end cut by the plane of the face that it is welded to.

The walls are prisms with skew plane ends, so volume, centre and inertia are polynomials over the section, integrated
exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from mechlock.errors import InputError
from mechlock.inputs.frame import FrameFile
from mechlock.inputs.frame_entries import Brace, Section, Tube
from mechlock.solids.boxes import TOUCHING, Floats, MassProperties
from mechlock.solids.frame_parts import AXIS_NUMBER, Part, chosen, outward

STEEPEST = 0.25
"""Least sine of the angle between a brace and the face that it ends on."""

_STATIONS = 40


@dataclass(frozen=True)
class SweptPart:
    """A hollow section between two planes.

    Attributes
    ----------
    name, entry, group, text : str
        As of a `Part`.
    thickness : float
        Wall in mm.
    profile : str
        ``rhs`` or ``chs``.
    size : (2,) float array
        Outer height and width in mm (the diameter twice for a tube).
    start, end : (3,) float arrays
        Ends of the centre line, on the faces.
    frame : (3, 3) float array
        Rows: along the brace, along the section's height (in the brace's plane), along its width.
    normals : (2, 3) float array
        Normals of the two cutting planes, out of the brace.
    """

    name: str
    entry: str
    group: str
    text: str
    thickness: float
    profile: str
    size: Floats
    start: Floats
    end: Floats
    frame: Floats
    normals: Floats

    @property
    def length(self) -> float:
        """Length of the centre line in mm."""
        return float(np.linalg.norm(self.end - self.start))

    @property
    def area(self) -> float:
        """Area of the section in mm²."""
        inner = self.size - 2 * self.thickness
        full = self.size[0] * self.size[1] - inner[0] * inner[1]
        return float(full if self.profile == "rhs" else full * np.pi / 4)

    @property
    def volume(self) -> float:
        """Volume in mm³: plane cuts through the centre line's ends leave area times its length."""
        return self.area * self.length

    def place(self, across: Floats, share: Floats) -> Floats:
        """Points at section coordinates `across` (n, 2) and at `share` (n,) of the way from start to end; shape (n, 3)."""
        slopes = -(self.normals @ self.frame[1:].T) / (self.normals @ self.frame[0])[:, None]
        along = across @ slopes.T + [0.0, self.length]
        reached = (1 - share) * along[:, 0] + share * along[:, 1]
        return self.start + reached[:, None] * self.frame[0] + across @ self.frame[1:]

    def outline(self, inner: bool = False) -> Floats:
        """Corners of the section's outer or inner outline, counter-clockwise; a tube as 48 points of its circle."""
        half = self.size / 2 - (self.thickness if inner else 0.0)
        if self.profile == "rhs":
            return np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * half
        turn = np.arange(48) * (2 * np.pi / 48)
        return np.stack([np.cos(turn), np.sin(turn)], axis=1) * half

    def mass_properties(self, density: float) -> MassProperties:
        """Mass, centre and inertia by quadrature that is exact for skew-cut prisms; `density` in tonne/mm³."""
        across, weight = _section_points(self)
        nodes, gauss = np.polynomial.legendre.leggauss(3)
        table = np.array(list(product(range(len(weight)), range(3))))
        points = self.place(across[table[:, 0]], (nodes[table[:, 1]] + 1) / 2)
        whole = self.place(np.repeat(across, 2, axis=0), np.tile([0.0, 1.0], len(across))).reshape(-1, 2, 3)
        lengths = np.linalg.norm(whole[:, 1] - whole[:, 0], axis=1)
        masses = density * (weight * lengths)[table[:, 0]] * gauss[table[:, 1]] / 2
        total = float(masses.sum())
        centre = masses @ points / total
        arms = points - centre
        second = np.einsum("n,ni,nj->ij", masses, arms, arms)
        return MassProperties(total, centre, np.trace(second) * np.eye(3) - second)


def _section_points(part: SweptPart) -> tuple[Floats, Floats]:
    """Points and weights (mm²) that integrate polynomials of degree five over the section."""
    nodes, gauss = np.polynomial.legendre.leggauss(3)
    half, wall = part.size / 2, part.thickness
    if part.profile == "chs":
        turn = np.arange(8) * (np.pi / 4)
        radius = half[0] - wall / 2 + nodes * wall / 2
        points = np.stack([np.outer(radius, np.cos(turn)), np.outer(radius, np.sin(turn))], axis=-1).reshape(-1, 2)
        return points, np.repeat(gauss * wall / 2 * radius * np.pi / 4, len(turn))
    low = np.array(
        [[-half[0], -half[1]], [half[0] - wall, -half[1]], [wall - half[0], -half[1]], [wall - half[0], half[1] - wall]]
    )
    high = np.array([[wall - half[0], half[1]], [half[0], half[1]], [half[0] - wall, wall - half[1]], [half[0] - wall, half[1]]])
    u, v = np.meshgrid(nodes, nodes, indexing="ij")
    unit = np.stack([u.ravel(), v.ravel()], axis=1)
    points = (low[:, None] + high[:, None]) / 2 + unit * (high - low)[:, None] / 2
    weights = np.outer(np.prod(high - low, axis=1) / 4, np.outer(gauss, gauss).ravel())
    return points.reshape(-1, 2), weights.ravel()


def braces(file: FrameFile, parts: tuple[Part, ...]) -> tuple[SweptPart, ...]:
    """Every brace of the file, cut by the faces of `parts` that its ends lie on.

    Raises
    ------
    InputError
        When an end lies on no face, its foot reaches beyond the face, or the brace runs through a part.
    """
    found: list[SweptPart] = []
    for entry in file.braces:
        for name, points in _centre_lines(file, entry):
            brace = _brace(file, entry, name, points, parts)
            _refuse_crossing(brace, parts)
            found.append(brace)
    return tuple(found)


def _centre_lines(file: FrameFile, entry: Brace) -> Iterator[tuple[str, Floats]]:
    """Name and both ends of every brace of an entry."""
    if entry.normal is None:
        for name, path in entry.paths.items():
            yield f"{entry.name}.{name}", np.array(path, dtype=np.float64)
        return
    normal = AXIS_NUMBER[entry.normal]
    across = [axis for axis in range(3) if axis != normal]
    for line, coordinate in chosen(file, normal, entry.at).items():
        aside = outward(coordinate, f"braces.{entry.name}.at") * entry.offset if entry.offset else 0.0
        for name, path in entry.paths.items():
            points = np.full((2, 3), coordinate + aside)
            points[:, across] = path
            yield f"{entry.name}.{line}.{name}", points


def _width(entry: Brace, along: Floats) -> Floats:
    """Direction of the section's width: across its plane; in space level, or along y of an upright one."""
    if entry.normal is not None:
        return np.asarray(np.eye(3)[AXIS_NUMBER[entry.normal]], np.float64)
    level = np.asarray(np.cross([0.0, 0.0, 1.0], along), np.float64)
    size = float(np.linalg.norm(level))
    return level / size if size > TOUCHING else np.array([0.0, 1.0, 0.0])


def _brace(file: FrameFile, entry: Brace, name: str, points: Floats, parts: tuple[Part, ...]) -> SweptPart:
    where = f"braces.{entry.name}"
    length = float(np.linalg.norm(points[1] - points[0]))
    if length <= TOUCHING:
        raise InputError(f"{name} starts where it ends", where, "give it two different ends")
    along = (points[1] - points[0]) / length
    width = _width(entry, along)
    frame = np.array([along, np.cross(width, along), width], dtype=np.float64)
    stock: Section | Tube = file.sections[entry.section] if entry.section in file.sections else file.tubes[entry.section]
    tube = isinstance(stock, Tube)
    size = np.array([stock.diameter, stock.diameter] if isinstance(stock, Tube) else [stock.height, stock.width])
    normals = np.array([_landing(points[end], along * (1 - 2 * end), parts, name, where) for end in (0, 1)])
    kind = "chs" if tube else "rhs"
    brace = SweptPart(name, where, entry.section, stock.text, stock.thickness, kind, size, points[0], points[1], frame, normals)
    for end in (0, 1):
        _refuse_overhang(brace, end, parts)
    return brace


def on_face(points: Floats, axis: int, sense: int, plane: float, parts: tuple[Part, ...]) -> np.ndarray:
    """Whether points on a plane lie on the outer faces of parts that look along `sense` times `axis`; shape (n,)."""
    covered = np.zeros(len(points), dtype=bool)
    others = [other for other in range(3) if other != axis]
    for part in parts:
        pieces = [part.envelope] if part.kind == "hollow" else zip(part.low, part.high, strict=True)
        for corners in pieces:
            if abs(corners[1 if sense > 0 else 0][axis] - plane) <= TOUCHING:
                low, high = corners[0][others], corners[1][others]
                covered |= ((points[:, others] >= low - TOUCHING) & (points[:, others] <= high + TOUCHING)).all(axis=1)
    return covered


def _landing(point: Floats, inward: Floats, parts: tuple[Part, ...], name: str, where: str) -> Floats:
    """Normal of the face that an end lies on, out of the brace; of several the one that it meets most squarely."""
    for axis in np.argsort(-np.abs(inward)):
        sense = 1 if inward[axis] > 0 else -1
        if abs(inward[axis]) >= STEEPEST and on_face(point[None], int(axis), sense, float(point[axis]), parts)[0]:
            normal = np.zeros(3)
            normal[axis] = -sense
            return normal
    place = ", ".join(f"{value:g}" for value in point)
    raise InputError(
        f"an end of {name} at ({place}) mm lies on no face that it could be welded to",
        f"{where}.paths.{name.rsplit('.', 1)[1]}",
        f"put it on the face of a member, at no less than {np.degrees(np.arcsin(STEEPEST)):.0f} deg to it",
    )


def _refuse_overhang(brace: SweptPart, end: int, parts: tuple[Part, ...]) -> None:
    outline = brace.outline()
    foot = brace.place(outline, np.full(len(outline), float(end)))
    axis = int(np.argmax(np.abs(brace.normals[end])))
    sense = -int(brace.normals[end][axis])
    plane = float((brace.start, brace.end)[end][axis])
    beyond = ~on_face(foot, axis, sense, plane, parts)
    if beyond.any():
        place = ", ".join(f"{value:.1f}" for value in foot[beyond][0])
        raise InputError(
            f"the foot of {brace.name} reaches beyond the face that it is welded to, at ({place}) mm",
            f"{brace.entry}.paths.{brace.name.rsplit('.', 1)[1]}",
            "move its end, or take a smaller section",
        )


def _refuse_crossing(brace: SweptPart, parts: tuple[Part, ...]) -> None:
    """Refuse a brace that runs through a part, by points along its outline between its ends."""
    outline = np.concatenate([brace.outline(), (brace.outline() + np.roll(brace.outline(), 1, axis=0)) / 2, np.zeros((1, 2))])
    share = np.linspace(0.0, 1.0, _STATIONS + 2)[1:-1]
    points = brace.place(np.tile(outline, (_STATIONS, 1)), np.repeat(share, len(outline)))
    for part in parts:
        for low, high in [part.envelope] if part.kind == "hollow" else zip(part.low, part.high, strict=True):
            inside = ((points > low + TOUCHING) & (points < high - TOUCHING)).all(axis=1)
            if inside.any():
                place = ", ".join(f"{value:.0f}" for value in points[inside][0])
                raise InputError(
                    f"{brace.name} runs through {part.name} at ({place}) mm",
                    brace.entry,
                    f"move it aside or end it on {part.name}",
                )
