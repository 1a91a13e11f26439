"""One-sided contacts in a modal model, against direct integration of the full nonlinear equations."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import eigh

from mechlock.errors import InputError, NoVerdict
from mechlock.loads.history import history
from mechlock.loads.pulses import pulse
from mechlock.response.basis import modal_basis, relative_output
from mechlock.response.damping import modal_damping
from mechlock.response.one_sided import one_sided, static_state
from mechlock.response.separation import separate, separate_under
from mechlock.response.transient import history_of, transient

G = 9806.65


class Body:
    """A mass in x and roll on two pads and two hooks, with a flexible pack on top; damping in the modes."""

    def __init__(self, preload=2000.0, ratio=0.02):
        self.mass = np.diag([1.5, 4.0e5, 1.0])  # heave of the frame, roll, heave of the pack
        inner = np.zeros((3, 3))
        inner[0, 0] = inner[2, 2] = 5000.0
        inner[0, 2] = inner[2, 0] = -5000.0
        self.inner = inner
        h = 600.0
        # opening sense: a pad opens when its point rises, a hook when it falls
        self.rows = np.array([[1.0, h, 0.0], [1.0, -h, 0.0], [-1.0, -h, 0.0], [-1.0, h, 0.0]])
        self.stiff = np.array([8000.0, 8000.0, 3000.0, 3000.0])
        self.force = np.array([preload + 1.25 * G, preload + 1.25 * G, preload, preload])
        bonded = inner + self.rows.T @ (self.stiff[:, None] * self.rows)
        squared, self.shapes = eigh(bonded, self.mass)
        self.basis = modal_basis(np.sqrt(squared) / (2 * math.pi), modal_damping(ratio, 3))
        self.flexibility = self.rows @ np.linalg.solve(bonded, self.rows.T)
        self.damping = self.mass @ self.shapes @ np.diag(2 * ratio * np.sqrt(squared)) @ self.shapes.T @ self.mass

    def contacts(self, modes=3, **changes):
        rows = self.rows @ self.shapes[:, :modes]
        basis = modal_basis(self.basis.frequency[:modes], modal_damping(self.basis.damping.ratio[:modes], modes))
        made = one_sided(basis, rows, self.flexibility, 1 / self.stiff, self.force)
        return basis, replace(made, **changes)

    def full(self, direction, base, samples):
        """Direct integration of M u'' + D u' + K u = -M d a + forces of one-sided springs beyond the bonded ones."""
        inverse = np.linalg.inv(self.mass)

        def slope(t, x):
            u, v = x[:3], x[3:]
            pressing = self.force - self.stiff * (self.rows @ u)
            lift = np.maximum(0.0, -pressing)
            elastic = self.inner @ u + self.rows.T @ (self.stiff * (self.rows @ u)) - self.rows.T @ lift
            push = -self.mass @ direction * np.interp(t, base.time, base.values)
            return np.concatenate([v, inverse @ (push - elastic - self.damping @ v)])

        time = base.step * np.arange(samples)
        return solve_ivp(slope, (0, time[-1]), np.zeros(6), t_eval=time, rtol=1e-9, atol=1e-9, max_step=base.step).y[:3].T


DIRECTION = np.array([0.6, 1e-3, 0.6])
SHOCK = pulse("half_sine", 3.5 * G, 0.05).history(500).followed_by(0.25)


def drive_of(body, modes=3):
    return -(body.shapes[:, :modes].T @ body.mass @ DIRECTION)


def test_opening_contacts_follow_direct_integration():
    body = Body()
    basis, contacts = body.contacts()
    found = separate(basis, drive_of(body), contacts, SHOCK)
    assert found.separated.sum() >= 2
    mine = found.motion.displacement @ body.shapes.T
    other = body.full(DIRECTION, SHOCK, len(SHOCK.values))
    assert mine == pytest.approx(other, abs=2e-3 * np.abs(other).max())


def test_forces_and_gaps_are_complementary_and_energy_balances():
    body = Body()
    basis, contacts = body.contacts()
    found = separate(basis, drive_of(body), contacts, SHOCK)
    assert (found.force >= 0).all()
    assert (found.opening >= 0).all()
    assert (found.force * found.opening).max() <= 1e-9
    assert found.energy_error < 2e-3
    assert found.chatter[found.separated].min() >= 1
    finer = separate(basis, drive_of(body), contacts, SHOCK.refined(4))
    assert finer.energy_error < 0.15 * found.energy_error  # second order


def test_without_separation_it_is_the_linear_model():
    body = Body(preload=1e6)
    basis, contacts = body.contacts()
    found = separate(basis, drive_of(body), contacts, SHOCK)
    linear = transient(basis, drive_of(body), SHOCK)
    assert not found.separated.any()
    assert found.motion.displacement == pytest.approx(linear.displacement, abs=1e-12)
    output = relative_output(basis, drive_of(body), body.rows @ body.shapes)
    forces = body.force - body.stiff * history_of(output, linear).T
    assert found.force == pytest.approx(forces, rel=1e-9)


def test_residual_flexibility_stands_for_a_mode_left_out():
    body = Body()
    other = body.full(DIRECTION, SHOCK, len(SHOCK.values))
    basis, contacts = body.contacts(modes=2)
    found = separate(basis, drive_of(body, 2), contacts, SHOCK)
    mine = found.motion.displacement @ body.shapes[:, :2].T
    assert np.abs(mine - other).max() < 0.25 * np.abs(other).max()
    assert found.energy_error < 5e-3


def test_a_bonded_contact_that_pulls_is_open_at_rest():
    """A beam on three pads, the middle one low: bonded it pulls; open it carries nothing and the others all."""
    stiff = np.array([1000.0, 1000.0, 1000.0])
    rows = np.array([[1.0, 500.0], [1.0, 0.0], [1.0, -500.0]])
    mass = np.diag([1.0, 1e5])
    bonded = rows.T @ (stiff[:, None] * rows)
    squared, shapes = eigh(bonded, mass)
    basis = modal_basis(np.sqrt(squared) / (2 * math.pi), modal_damping(0.02, 2))
    gap = 30.0
    weight = np.array([-G, 0.0])
    middle = np.array([0.0, gap, 0.0])  # the pad stands lower by the gap
    position = np.linalg.solve(bonded, weight + rows.T @ (stiff * -middle))
    force = -stiff * (rows @ position + middle)
    assert force[1] < 0
    contacts = one_sided(basis, rows @ shapes, rows @ np.linalg.solve(bonded, rows.T), 1 / stiff, force)
    held, opening = static_state(contacts)
    assert held == pytest.approx([G / 2, 0.0, G / 2])
    assert opening[1] == pytest.approx(gap - G / 2 / 1000.0)
    quiet = separate(basis, np.zeros(2), contacts, history(1e-3, np.ones(200)))
    assert np.ptp(quiet.force, axis=0).max() < 1e-6 * G
    assert quiet.motion.velocity == pytest.approx(np.zeros((200, 2)), abs=1e-6)


def test_a_body_rests_on_hooks_when_pads_open_and_swings_further():
    """Static-only thinking underrates the hooks: they carry more than the pulse times the mass."""
    body = Body(preload=500.0)
    basis, contacts = body.contacts()
    long = pulse("half_sine", 2.5 * G, 0.06).history(600).followed_by(0.3)
    up = -np.array([1.0, 0.0, 1.0])  # base falls: the body flies up against the hooks
    found = separate(basis, -(body.shapes.T @ body.mass @ up), contacts, long)
    assert found.separated[:2].all()
    static = (2.5 - 1.0) * G * 2.5 / 2
    assert found.greatest_force[2] > 1.2 * static


def test_chatter_is_counted_per_contact():
    body = Body(preload=200.0)
    basis, contacts = body.contacts()
    sine = history(1e-3, 1.5 * G * np.sin(2 * math.pi * 6.0 * 1e-3 * np.arange(2000)))
    found = separate(basis, -(body.shapes.T @ body.mass @ np.array([1.0, 0, 1.0])), contacts, sine)
    assert found.chatter.max() >= 5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"compliance": np.zeros(4)}, "rigid"),
        ({"force": np.zeros(3)}, "disagree"),
        ({"flexibility": np.zeros((4, 4))}, "more flexible"),
    ],
)
def test_models_that_cannot_separate_are_refused(changes, message):
    body = Body()
    rows = body.rows @ body.shapes
    given = {"flexibility": body.flexibility, "compliance": 1 / body.stiff, "force": body.force} | changes
    with pytest.raises(InputError, match=message):
        one_sided(body.basis, rows, **given)


def test_a_body_that_nothing_holds_gives_no_verdict():
    stiff, rows, mass = np.array([1000.0]), np.array([[1.0]]), np.eye(1)
    squared, shapes = eigh(rows.T @ (stiff[:, None] * rows), mass)
    basis = modal_basis(np.sqrt(squared) / (2 * math.pi), modal_damping(0.0, 1))
    contacts = one_sided(basis, rows @ shapes, [[1e-3]], [1e-3], [-5.0])
    with pytest.raises(NoVerdict, match="free"):
        static_state(contacts)


def test_two_inputs_that_add_up_are_one():
    body = Body()
    basis, contacts = body.contacts()
    drive = drive_of(body)
    one = separate(basis, drive, contacts, SHOCK)
    parts = np.column_stack([0.3 * SHOCK.values, 0.7 * SHOCK.values])
    both = replace(contacts, direct=np.zeros((4, 2)))
    found = separate_under(basis, np.column_stack([drive, drive]), both, SHOCK.step, parts)
    assert found.motion.displacement == pytest.approx(one.motion.displacement, abs=1e-9)
    assert found.energy_error == pytest.approx(one.energy_error, rel=1e-6)


def test_an_input_that_lifts_the_seats_at_once_balances_its_energy():
    """The ground under one pad sinks and comes back: the contact opens although no mode is driven."""
    body = Body()
    basis, contacts = body.contacts()
    sunk = replace(contacts, direct=np.array([[1.0], [0.0], [0.0], [0.0]]))
    time = 5e-4 * np.arange(2001)
    drop = 2.5 * np.sin(np.pi * np.minimum(time / 0.6, 1.0)) ** 2
    found = separate_under(basis, np.zeros((3, 1)), sunk, 5e-4, drop[:, None])
    assert found.separated[0]
    assert found.energy_error < 5e-3
    assert found.force[-1] == pytest.approx(found.force[0], rel=0.2)
