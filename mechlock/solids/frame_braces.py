"""Braces: hollow sections in any direction, each end cut by the plane of the face that it is welded to, or by a mitre.

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
    mitred : (bool, bool)
        Which ends are mitres, on which the piece before or after goes on.
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
    mitred: tuple[bool, bool] = (False, False)

    @property
    def length(self) -> float:
        """Length of the centre line in mm."""
        return float(np.linalg.norm(self.end - self.start))

    @property
    def slopes(self) -> Floats:
        """How far each end reaches along the brace per mm of height and of width; shape (2, 2)."""
        return -(self.normals @ self.frame[1:].T) / (self.normals @ self.frame[0])[:, None]

    @property
    def shortest(self) -> float:
        """Length of the centre line in mm at which the two cuts would meet."""
        return float((self.outline() @ (self.slopes[0] - self.slopes[1])).max())

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
        along = across @ self.slopes.T + [0.0, self.length]
        reached = (1 - share) * along[:, 0] + share * along[:, 1]
        return self.start + reached[:, None] * self.frame[0] + across @ self.frame[1:]

    def outline(self, inner: bool = False) -> Floats:
        """Corners of the section's outer or inner outline, counter-clockwise; a tube as 48 points of its circle."""
        half = self.size / 2 - (self.thickness if inner else 0.0)
        if self.profile == "rhs":
            return np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * half
        turn = np.arange(48) * (2 * np.pi / 48)
        return np.stack([np.cos(turn), np.sin(turn)], axis=1) * half

    def corners(self) -> Floats:
        """Corners of the outer outline at both ends; shape (n, 3)."""
        outline = self.outline()
        return self.place(np.tile(outline, (2, 1)), np.repeat([0.0, 1.0], len(outline)))

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
    """Every brace of the file in its pieces, cut by the faces of `parts` that its ends lie on.

    Raises
    ------
    InputError
        When an end lies on no face, its foot reaches beyond the face, the brace runs through a part, or a mitre cannot be cut.
    """
    found: list[SweptPart] = []
    for entry in file.braces:
        for name, path, points in _centre_lines(file, entry):
            pieces = _pieces(file, entry, name, points, parts, f"braces.{entry.name}.paths.{path}")
            for piece in pieces:
                _refuse_crossing(piece, parts)
            found += pieces
    return tuple(found)


def _centre_lines(file: FrameFile, entry: Brace) -> Iterator[tuple[str, str, Floats]]:
    """Name, path and points of every brace of an entry."""
    if entry.normal is None:
        for path, places in entry.paths.items():
            yield f"{entry.name}.{path}", path, np.array(places, dtype=np.float64)
        return
    normal = AXIS_NUMBER[entry.normal]
    across = [axis for axis in range(3) if axis != normal]
    for line, coordinate in chosen(file, normal, entry.at).items():
        aside = outward(coordinate, f"braces.{entry.name}.at") * entry.offset if entry.offset else 0.0
        for path, places in entry.paths.items():
            points = np.full((len(places), 3), coordinate + aside)
            points[:, across] = places
            yield f"{entry.name}.{line}.{path}", path, points


def _width(entry: Brace, along: Floats) -> Floats:
    """Direction of the section's width: across its plane; in space level, or along y of an upright one."""
    if entry.normal is not None:
        return np.asarray(np.eye(3)[AXIS_NUMBER[entry.normal]], np.float64)
    level = np.asarray(np.cross([0.0, 0.0, 1.0], along), np.float64)
    size = float(np.linalg.norm(level))
    return level / size if size > TOUCHING else np.array([0.0, 1.0, 0.0])


def _pieces(
    file: FrameFile, entry: Brace, name: str, points: Floats, parts: tuple[Part, ...], where: str
) -> list[SweptPart]:  # fmt: skip
    """The straight pieces of a brace, mitred where they meet."""
    steps = np.diff(points, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    if lengths.min() <= TOUCHING:
        what = "starts where it ends" if len(steps) == 1 else f"has point {int(lengths.argmin()) + 2} where the one before it is"
        raise InputError(f"{name} {what}", where, "give it points apart from each other")
    along = steps / lengths[:, None]
    mitres = _mitres(along, name, where)
    outward_normals = [_landing(points[0], along[0], parts, name, where), _landing(points[-1], -along[-1], parts, name, where)]
    starts, ends = [outward_normals[0], *(-mitres)], [*mitres, outward_normals[1]]
    width = _width(entry, along[0])
    frame = np.array([along[0], np.cross(width, along[0]), width], dtype=np.float64)
    stock: Section | Tube = file.sections[entry.section] if entry.section in file.sections else file.tubes[entry.section]
    size = np.array([stock.diameter, stock.diameter] if isinstance(stock, Tube) else [stock.height, stock.width])
    kind, last = "chs" if isinstance(stock, Tube) else "rhs", len(steps) - 1
    found: list[SweptPart] = []
    for index in range(len(steps)):
        if index:
            frame = _mirrored(frame, mitres[index - 1])
        piece = SweptPart(
            name if not last else f"{name}.{index + 1}", f"braces.{entry.name}", entry.section, stock.text, stock.thickness, kind,
            size, points[index], points[index + 1], frame, np.array([starts[index], ends[index]]), (index > 0, index < last),
        )  # fmt: skip
        if last and piece.length <= piece.shortest:
            what = f"{piece.name} is {piece.length:g} mm long, and its cut ends meet at {piece.shortest:.1f} mm"
            raise InputError(what, where, "lengthen it, turn less, or take a smaller section")
        found.append(piece)
    _refuse_overhang(found[0], 0, parts, where)
    _refuse_overhang(found[-1], 1, parts, where)
    return found


def _mitres(along: Floats, name: str, where: str) -> Floats:
    """Normals of the planes that halve the corners between directions `along` (n, 3); shape (n - 1, 3)."""
    sums = along[:-1] + along[1:]
    squareness = np.linalg.norm(sums, axis=1) / 2
    for corner, sine in enumerate(squareness.tolist(), start=2):
        if sine < STEEPEST:
            most = 2 * np.degrees(np.arccos(STEEPEST))
            what = f"{name} turns by {2 * np.degrees(np.arccos(sine)):.0f} deg at point {corner}"
            raise InputError(what, where, f"a mitre turns by at most {most:.0f} deg: add a point, or end the brace there")
    return sums / (2 * squareness[:, None])


def _mirrored(frame: Floats, normal: Floats) -> Floats:
    """The next piece's frame: mirrored in the mitre, so that both sections meet in it, and turned round to run on."""
    mirrored = frame - 2 * np.outer(frame @ normal, normal)
    return mirrored * np.array([[-1.0], [1.0], [1.0]])


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
        where,
        f"put it on the face of a member, at no less than {np.degrees(np.arcsin(STEEPEST)):.0f} deg to it",
    )


def _refuse_overhang(brace: SweptPart, end: int, parts: tuple[Part, ...], where: str) -> None:
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
            where,
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
