"""Contacts of a pad as functionals of all displacements, with their gaps: on ground, or between two surfaces of the body."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.facing import facing
from mechlock.fem.model import Pad, unit
from mechlock.fem.patches import make_patch
from mechlock.mesh.mesh import Floats, Ints


def pad_rows(system: System, pad: Pad) -> tuple[Ints, Floats, Floats, Floats, sp.csr_array]:
    """Node, push direction, stiffness and gap of each contact of a pad, and its functional of all displacements."""
    where = f"pads.{pad.name}"
    if not pad.stiffness > 0:
        raise InputError("a pad's stiffness must be positive", where)
    if pad.against:
        return _facing_rows(system, pad)
    patch = make_patch(system.mesh, pad.on, where)
    if pad.direction is not None:
        push = np.broadcast_to(unit(pad.direction, where), (len(patch.nodes), 3))
    elif np.isnan(patch.area):
        raise InputError("a pad on nodes needs its direction", where, "give the direction in which it pushes")
    else:
        push = -patch.normals
    part = np.arange(len(patch.nodes)) if pad.raster is None else patch.raster(pad.raster)
    shares = np.bincount(part, patch.shares)
    weights = patch.shares / shares[part]
    columns = 3 * patch.nodes[:, None] + np.arange(3)
    values = (weights[:, None] * push).ravel()
    rows = sp.csr_array((values, (np.repeat(part, 3), columns.ravel())), shape=(len(shares), system.n_dof))
    mean = sp.csr_array((weights, (part, np.arange(len(part)))))
    middle = np.linalg.norm(patch.points - (mean @ patch.points)[part], axis=1)
    order = np.lexsort((middle, part))
    first = order[np.searchsorted(part[order], np.arange(len(shares)))]
    nodes = patch.nodes[first]
    gap = pad.gap + _from_wall(system, pad, nodes)
    return nodes, np.asarray(mean @ push), np.asarray(pad.stiffness * shares, np.float64), gap, rows


def _facing_rows(system: System, pad: Pad) -> tuple[Ints, Floats, Floats, Floats, sp.csr_array]:
    """The same of contact between two surfaces: what a point moves more than the one that it faces, along the normal there."""
    where = f"pads.{pad.name}"
    if not np.isfinite(pad.stiffness) or pad.friction > 0.0 or pad.raster is not None or pad.direction is not None:
        raise InputError("contact between surfaces takes a stiffness, and no friction, raster or direction", where)
    met = facing(system.mesh, pad.on, pad.against, where)
    n = len(met.gap)
    relative = sp.coo_array(met.own - met.other)
    columns = 3 * relative.col[:, None] + np.arange(3)
    values = relative.data[:, None] * met.normals[relative.row]
    rows = sp.csr_array((values.ravel(), (np.repeat(relative.row, 3), columns.ravel())), shape=(n, system.n_dof))
    nearest = np.asarray(met.own.argmax(axis=1)).ravel()
    gap = pad.gap + (np.maximum(met.gap, 0.0) if pad.meshed_gap else np.zeros(n))
    return nearest, met.normals, np.asarray(pad.stiffness * met.areas / met.areas.sum(), np.float64), gap, rows


def _from_wall(system: System, pad: Pad, nodes: Ints) -> Floats:
    """Distance of a pad's nodes from its wall, mm; zero where it has none."""
    if pad.wall is None:
        return np.zeros(len(nodes))
    if pad.direction is None:
        raise InputError("a wall needs the direction in which it pushes", f"pads.{pad.name}")
    return (system.mesh.points[nodes] - np.asarray(pad.wall, float)) @ unit(pad.direction, f"pads.{pad.name}")
