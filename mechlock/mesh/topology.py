"""Element kinds: node counts, reference coordinates and faces, in VTK node order.

Source of the ordering: VTK file format documentation (cell types 10, 12, 13, 24, 25, 26, 29).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of element.

    Attributes
    ----------
    name : str
    n_nodes, n_corners, order : int
    faces : tuple of tuple of int
        Local node numbers of each face, corners first and outward by the right-hand rule, then mid-edge nodes
        (edge i runs from corner i to corner i + 1), then the mid-face node where there is one.
    edges : tuple of (corner, corner, mid node)
        Mid node is -1 for linear kinds.
    """

    name: str
    n_nodes: int
    n_corners: int
    order: int
    faces: tuple[tuple[int, ...], ...]
    edges: tuple[tuple[int, int, int], ...]


_TET_FACES = ((0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2))
_TET_EDGES = ((0, 1, 4), (1, 2, 5), (2, 0, 6), (0, 3, 7), (1, 3, 8), (2, 3, 9))
_HEX_FACES = ((0, 4, 7, 3), (1, 2, 6, 5), (0, 1, 5, 4), (3, 7, 6, 2), (0, 3, 2, 1), (4, 5, 6, 7))
_HEX_EDGES = (
    (0, 1, 8), (1, 2, 9), (2, 3, 10), (3, 0, 11), (4, 5, 12), (5, 6, 13),
    (6, 7, 14), (7, 4, 15), (0, 4, 16), (1, 5, 17), (2, 6, 18), (3, 7, 19),
)  # fmt: skip
_WEDGE_FACES = ((0, 2, 1), (3, 4, 5), (0, 1, 4, 3), (1, 2, 5, 4), (2, 0, 3, 5))
_WEDGE_EDGES = ((0, 1, 6), (1, 2, 7), (2, 0, 8), (3, 4, 9), (4, 5, 10), (5, 3, 11), (0, 3, 12), (1, 4, 13), (2, 5, 14))
_HEX27_MIDFACE = (20, 21, 22, 23, 24, 25)


def _kind(
    name: str,
    corners: tuple[tuple[int, ...], ...],
    edges: tuple[tuple[int, int, int], ...],
    n_corners: int,
    quadratic: bool,
    midface: tuple[int, ...] = (),
    extra: int = 0,
) -> Kind:
    middle = {frozenset(edge[:2]): edge[2] for edge in edges}
    faces: list[tuple[int, ...]] = []
    for number, face in enumerate(corners):
        nodes = list(face)
        if quadratic:
            nodes += [middle[frozenset((face[i], face[(i + 1) % len(face)]))] for i in range(len(face))]
        if midface:
            nodes.append(midface[number])
        faces.append(tuple(nodes))
    kept = edges if quadratic else tuple((a, b, -1) for a, b, _ in edges)
    count = n_corners + (len(edges) if quadratic else 0) + len(midface) + extra
    return Kind(name, count, n_corners, 2 if quadratic else 1, tuple(faces), kept)


KINDS: dict[str, Kind] = {
    "tet4": _kind("tet4", _TET_FACES, _TET_EDGES, 4, False),
    "tet10": _kind("tet10", _TET_FACES, _TET_EDGES, 4, True),
    "hex8": _kind("hex8", _HEX_FACES, _HEX_EDGES, 8, False),
    "hex8i": _kind("hex8i", _HEX_FACES, _HEX_EDGES, 8, False),
    "hex20": _kind("hex20", _HEX_FACES, _HEX_EDGES, 8, True),
    "hex27": _kind("hex27", _HEX_FACES, _HEX_EDGES, 8, True, _HEX27_MIDFACE, extra=1),
    "wedge6": _kind("wedge6", _WEDGE_FACES, _WEDGE_EDGES, 6, False),
    "wedge15": _kind("wedge15", _WEDGE_FACES, _WEDGE_EDGES, 6, True),
}
