"""Contacts of a pad as functionals of all displacements, with their gaps: on ground, or between two surfaces of the body."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from mechlock.errors import InputError
from mechlock.fem.assembly import System
from mechlock.fem.facing import facing
from mechlock.fem.model import Pad, unit
from mechlock.fem.patches import make_patch
from mechlock.fem.raster import raster
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
    if pad.raster is not None:
        return _raster_rows(system, pad, push[0])
    columns = 3 * patch.nodes[:, None] + np.arange(3)
    entries = (push.ravel(), (np.repeat(np.arange(len(patch.nodes)), 3), columns.ravel()))
    rows = sp.csr_array(entries, shape=(len(patch.nodes), system.n_dof))
    gap = pad.gap + _from_wall(pad, patch.points)
    return patch.nodes, np.asarray(push), np.asarray(pad.stiffness * patch.shares, np.float64), gap, rows


def _raster_rows(system: System, pad: Pad, push: Floats) -> tuple[Ints, Floats, Floats, Floats, sp.csr_array]:
    """The same of a pad cut into rectangles: each touches by its mean displacement, and is as stiff as its share of the area."""
    where = f"pads.{pad.name}"
    if not np.isfinite(pad.stiffness) or pad.friction > 0.0:
        raise InputError("a pad that is cut into parts takes a stiffness, and no friction", where)
    cut = raster(system.mesh, pad.on, pad.raster or 1, where)
    n, means = len(cut.areas), sp.coo_array(cut.means)
    columns = 3 * means.col[:, None] + np.arange(3)
    entries = ((means.data[:, None] * push).ravel(), (np.repeat(means.row, 3), columns.ravel()))
    rows = sp.csr_array(entries, shape=(n, system.n_dof))
    away = np.linalg.norm(system.mesh.points[means.col] - cut.centres[means.row], axis=1)
    order = np.lexsort((away, means.row))
    nearest = means.col[order[np.searchsorted(means.row[order], np.arange(n))]].astype(np.int64)
    stiffness = np.asarray(pad.stiffness * cut.areas / cut.areas.sum(), np.float64)
    return nearest, np.tile(push, (n, 1)), stiffness, pad.gap + _from_wall(pad, cut.centres), rows


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


def _from_wall(pad: Pad, points: Floats) -> Floats:
    """Distance of a pad's points from its wall, mm; zero where it has none."""
    if pad.wall is None:
        return np.zeros(len(points))
    if pad.direction is None:
        raise InputError("a wall needs the direction in which it pushes", f"pads.{pad.name}")
    return (points - np.asarray(pad.wall, float)) @ unit(pad.direction, f"pads.{pad.name}")
