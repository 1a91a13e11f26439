"""A solid block on pads and a hook: contact forces of the modal model against the finite-element statics."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.fem.assembly import assemble
from mechlock.fem.modal import solve_modal
from mechlock.fem.model import Lock, Material, Model, Pad, Spring, StaticCase
from mechlock.fem.static import solve_static
from mechlock.loads.history import history
from mechlock.loads.pulses import pulse
from mechlock.mesh.mapped import box
from mechlock.response.basis import base_drive, modal_basis
from mechlock.response.damping import modal_damping
from mechlock.response.finite_element import contact_output, separable, static_contacts
from mechlock.response.modal import contact_lost, shock
from mechlock.response.one_sided import static_state
from mechlock.response.separation import separate
from mechlock.response.transient import history_of, prepared, transient

G = 9806.65
MODES = 8


@pytest.fixture(scope="module")
def block():
    """600 x 200 x 200 mm of a heavy material on a pad under its bottom, held down by a preloaded hook at each end."""
    mesh = box((600.0, 200.0, 200.0), (6, 2, 2), "hex8")
    heavy = Material("heavy", 2e4, 0.3, 4e-8)
    model = Model(
        mesh,
        ((heavy, ()),),
        pads=(Pad("pad", ("z0",), stiffness=4000.0),),
        springs=(Spring("guides", ("z0",), (500.0, 500.0, 0.0)), Spring("top guides", ("z1",), (0.0, 500.0, 0.0))),
        locks=tuple(
            Lock(f"hook {side}", (side,), (0.0, 0.0, -1.0), stiffness, 0.0, (3000.0, 3000.0))
            for side, stiffness in (("x0", 1000.0), ("x1", 700.0))
        ),
    )
    system = assemble(model)
    rest = StaticCase("rest", g_load=(0.0, 0.0, -G))
    lifted = StaticCase("lifted", g_load=(0.0, 0.0, 0.9 * G))
    solved = solve_static(system, [rest, lifted]).results
    modes = solve_modal(system, MODES)
    basis = modal_basis(modes.frequencies, modal_damping(0.02, MODES))
    return system, solved, modes, basis


def test_one_sided_model_at_rest_is_the_static_solution(block):
    system, solved, modes, basis = block
    for name in ("rest", "lifted"):
        contacts = separable(system, basis, modes, solved[name], [0, 0, 1])
        force, opening = static_state(contacts)
        expected, gaps = static_contacts(system, solved[name])
        assert force == pytest.approx(expected, abs=1e-6 * expected.max())
        assert opening == pytest.approx(gaps, abs=1e-6 * max(gaps.max(), 1e-3))
    assert gaps.max() > 0


def test_slow_base_acceleration_reaches_the_other_static_state(block):
    """The base sinks with -1.9 g, so slowly that nothing swings: weight turns into 0.9 g upwards, and the pad opens."""
    system, solved, modes, basis = block
    contacts = separable(system, basis, modes, solved["rest"], [0, 0, 1])
    ramp = history(2e-3, -1.9 * G * np.minimum(np.arange(1501) / 1200, 1.0))
    found = separate(basis, base_drive(modes.participation, [0, 0, 1]), contacts, ramp)
    expected, _ = static_contacts(system, solved["lifted"])
    assert found.force[-1] == pytest.approx(expected, abs=0.02 * expected.max())
    assert found.separated.any()


def test_contact_forces_with_residual_are_static_under_a_slow_push(block):
    system, solved, modes, basis = block
    output = contact_output(system, modes, solved["rest"], [0, 0, 1])
    motion = transient(
        basis, base_drive(modes.participation, [0, 0, 1]), history(2e-3, 0.2 * G * np.minimum(np.arange(1501) / 1200, 1))
    )
    change = history_of(output, motion)[:, -1]
    assert change.sum() - 2 * change[-2:].sum() == pytest.approx(0.2 * G * system.total_mass, rel=0.01)


def test_energy_balances_in_a_shock_that_opens_the_pad(block):
    system, solved, modes, basis = block
    contacts = separable(system, basis, modes, solved["rest"], [0, 0, 1])
    load = prepared(pulse("half_sine", -4 * G, 0.03).history(300), basis)
    drive = base_drive(modes.participation, [0, 0, 1])
    found = separate(basis, drive, contacts, load)
    assert found.separated.sum() > 3
    assert found.energy_error < 0.02
    linear = shock(basis, drive, load, contact_output(system, modes, solved["rest"], [0, 0, 1]))
    assert contact_lost(contacts.force, linear.extremes).any()  # the linear model says that it no longer holds


def test_rigid_pads_are_named():
    mesh = box((100.0, 100.0, 100.0), (1, 1, 1), "hex8")
    model = Model(
        mesh,
        ((Material("m", 2e4, 0.3, 1e-8), ()),),
        pads=(Pad("floor", ("z0",)),),
        springs=(Spring("guides", ("z0",), (500.0, 500.0, 0.0)),),
    )
    system = assemble(model)
    rest = solve_static(system, [StaticCase("rest", g_load=(0.0, 0.0, -G))]).results["rest"]
    modes = solve_modal(system, 2)
    basis = modal_basis(modes.frequencies, modal_damping(0.02, 2))
    with pytest.raises(InputError, match="'floor' is rigid"):
        separable(system, basis, modes, rest, [0, 0, 1])
