"""A thin-walled cage of hollow sections as quadratic tetrahedra: the mesh that solvers are timed on."""

import itertools

import numpy as np

from mechlock.mesh.mesh import Block, Mesh

SIZE = (750.0, 1200.0, 900.0)
SIDE, WALL = 60.0, 4.0
_TETS = ((0, 1, 2, 6), (0, 2, 3, 6), (0, 3, 7, 6), (0, 7, 4, 6), (0, 4, 5, 6), (0, 5, 1, 6))
_CORNERS = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]


def _members(size):
    """(axis, low corner, high corner) of four posts and of the rails between them at floor, mid height and top."""
    ends = [(0.0, length - SIDE) for length in size]
    found = [(2, np.array([x, y, 0.0]), np.array([x + SIDE, y + SIDE, size[2]])) for x, y in itertools.product(ends[0], ends[1])]
    for z in (0.0, 0.5 * (size[2] - SIDE), size[2] - SIDE):
        for y in ends[1]:
            found.append((0, np.array([SIDE, y, z]), np.array([size[0] - SIDE, y + SIDE, z + SIDE])))
        for x in ends[0]:
            found.append((1, np.array([x, SIDE, z]), np.array([x + SIDE, size[1] - SIDE, z + SIDE])))
    return found


def _planes(members, h, axis, length):
    """Planes of the grid: every wall face, and no gap wider than h."""
    fixed = {0.0, length}
    for along, low, high in members:
        fixed |= {low[axis], high[axis]}
        if along != axis:
            fixed |= {low[axis] + WALL, high[axis] - WALL}
    marks = sorted(fixed)
    cut = [np.linspace(a, b, max(1, round((b - a) / h)) + 1)[:-1] for a, b in itertools.pairwise(marks)]
    return np.concatenate([*cut, [marks[-1]]])


def cage(h, scale=1.0):
    """Cage of tet10 with cells of about `h` mm along the members; the posts' feet are the face group ``feet``."""
    size = tuple(scale * length for length in SIZE)
    members = _members(size)
    planes = [_planes(members, h, axis, size[axis]) for axis in range(3)]
    middle = [0.5 * (p[1:] + p[:-1]) for p in planes]
    grid = np.stack(np.meshgrid(*middle, indexing="ij"), axis=-1)
    solid = np.zeros(grid.shape[:3], bool)
    for along, low, high in members:
        inside = ((grid > low) & (grid < high)).all(axis=-1)
        across = [axis for axis in range(3) if axis != along]
        hollow = ((grid > low + WALL) & (grid < high - WALL))[..., across].all(axis=-1)
        solid |= inside & ~hollow
    where = np.argwhere(solid)
    shape = [len(p) for p in planes]
    corner = np.stack([np.ravel_multi_index((where + c).T, shape) for c in _CORNERS], axis=1)
    tets = np.concatenate([corner[:, list(tet)] for tet in _TETS])
    used, tets = np.unique(tets, return_inverse=True)
    index = np.array(np.unravel_index(used, shape)).T
    points = np.stack([planes[axis][index[:, axis]] for axis in range(3)], axis=1)
    tets = tets.reshape(-1, 4)
    edges = np.sort(tets[:, [[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [2, 3]]].reshape(-1, 2), axis=1)
    pairs, place = np.unique(edges[:, 0] * len(points) + edges[:, 1], return_inverse=True)
    middles = points[np.stack([pairs // len(points), pairs % len(points)], axis=1)].mean(axis=1)
    cells = np.hstack([tets, len(points) + place.reshape(-1, 6)])
    points = np.vstack([points, middles])
    feet = []
    for local, face in enumerate(((0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2))):
        on = np.flatnonzero((points[cells[:, list(face)], 2] == 0).all(axis=1))
        feet.append(np.stack([on, np.full(len(on), local)], axis=1))
    top = np.flatnonzero((points == [0.0, 0.0, size[2]]).all(axis=1))
    return Mesh(
        points, (Block("tet10", cells),), {"cage": np.arange(len(cells))}, {"feet": np.concatenate(feet)}, {"corner": top}
    )
