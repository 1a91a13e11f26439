"""Patch tests and convergence rates on a manufactured solution, for every element kind."""

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

from mechlock.fem.assembly import assemble
from mechlock.fem.elements import table
from mechlock.fem.geometry import jacobians
from mechlock.fem.internal import internal_forces
from mechlock.fem.model import Material, Model
from mechlock.mesh.topology import KINDS

SOFT = Material("soft", 1000.0, 0.3, 1e-9)


def distort(x):
    inside = np.prod(np.sin(np.pi * x), axis=1)[:, None]
    return x + 0.12 * inside * np.array([1.0, -0.7, 0.5])


def solve_dirichlet(system, load, boundary, values):
    full = sp.csc_array(system.stiffness + sp.triu(system.stiffness, 1).T)
    u = np.where(boundary, values, 0.0)
    right = (load - full @ u)[~boundary]
    u[~boundary] = spsolve(full[~boundary][:, ~boundary], right)
    return u


def outer_dofs(mesh):
    nodes = np.unique(np.concatenate([mesh.face_nodes(name) for name in mesh.faces]))
    mask = np.zeros((len(mesh.points), 3), bool)
    mask[nodes] = True
    return mask.ravel()


@pytest.mark.parametrize("kind", list(KINDS))
def test_patch_test_reproduces_uniform_strain(kind, box):
    # straight-edged distortion: curved serendipity elements do not contain the linear field exactly in physical space
    mesh = box(kind, (3, 3, 3), warp=distort, straight=True)
    system = assemble(Model(mesh, ((SOFT, ()),)))
    gradient = np.array([[1e-3, 2e-3, -1e-3], [0.5e-3, -2e-3, 3e-3], [1e-3, 1e-3, 2e-3]])
    exact = (mesh.points @ gradient.T).ravel()
    boundary = outer_dofs(mesh)
    assert not boundary.all()
    u = solve_dirichlet(system, np.zeros(system.n_dof), boundary, exact)
    np.testing.assert_allclose(u, exact, atol=1e-12)
    forces, work, energy = internal_forces(system, u[:, None])
    assert np.abs(forces[~boundary]).max() < 1e-11 * np.abs(forces).max()
    strain = 0.5 * (gradient + gradient.T)
    lame, shear = 1000 * 0.3 / (1.3 * 0.4), 1000 / 2.6
    density = 0.5 * (lame * np.trace(strain) ** 2 + 2 * shear * (strain**2).sum())
    assert energy[0] == pytest.approx(density * system.element_mass / 1e-9, rel=1e-9)
    assert work[0] == pytest.approx(2 * energy[0], rel=1e-12)


def manufactured(x):
    """u = (s, 2 s, -s) with s = sin(x) cos(2 y) exp(z), and its body force for Lame constants a, b."""
    s = np.sin(x[..., 0]) * np.cos(2 * x[..., 1]) * np.exp(x[..., 2])
    sx = np.cos(x[..., 0]) * np.cos(2 * x[..., 1]) * np.exp(x[..., 2])
    sy = -2 * np.sin(x[..., 0]) * np.sin(2 * x[..., 1]) * np.exp(x[..., 2])
    sxy = -2 * np.cos(x[..., 0]) * np.sin(2 * x[..., 1]) * np.exp(x[..., 2])
    hessian = np.stack([np.stack([-s, sxy, sx], -1), np.stack([sxy, -4 * s, sy], -1), np.stack([sx, sy, s], -1)], -1)
    direction = np.array([1.0, 2.0, -1.0])
    lame, shear = 1000 * 0.3 / (1.3 * 0.4), 1000 / 2.6
    laplace = np.trace(hessian, axis1=-2, axis2=-1)
    force = -(lame + shear) * hessian @ direction - shear * laplace[..., None] * direction
    gradient = np.stack([sx, sy, s], -1)
    return s[..., None] * direction, direction[:, None] * gradient[..., None, :], force


def errors(kind, n, box):
    mesh = box(kind, (n, n, n))
    system = assemble(Model(mesh, ((SOFT, ()),)))
    cells = mesh.blocks[0].cells
    rule = table(kind, "mass")
    matrices = jacobians(mesh.points, cells, rule.gradients)
    measure = np.linalg.det(matrices) * rule.weights
    at = np.einsum("qn,cni->cqi", rule.values, mesh.points[cells])
    exact, slope, force = manufactured(at)
    load = np.zeros_like(mesh.points)
    np.add.at(load, cells, np.einsum("cq,qn,cqi->cni", measure, rule.values, force))
    u = solve_dirichlet(system, load.ravel(), outer_dofs(mesh), manufactured(mesh.points)[0].ravel()).reshape(-1, 3)
    found = np.einsum("qn,cni->cqi", rule.values, u[cells])
    physical = np.einsum("qnr,cqrj->cqnj", rule.gradients, np.linalg.inv(matrices))
    found_slope = np.einsum("cni,cqnj->cqij", u[cells], physical)
    return (
        np.sqrt(np.einsum("cq,cqi->", measure, (found - exact) ** 2)),
        np.sqrt(np.einsum("cq,cqij->", measure, (found_slope - slope) ** 2)),
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_errors_fall_at_the_theoretical_rate(kind, box):
    order = KINDS[kind].order
    coarse, fine = errors(kind, 2, box), errors(kind, 4, box)
    rates = np.log2(np.array(coarse) / np.array(fine))
    assert rates[0] > order + 1 - 0.3
    assert rates[1] > order - 0.3
