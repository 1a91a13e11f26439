"""Random linkages of two dyads of any kinds, one on the other: constraints, completeness of the modes, derivatives.

The modes are counted by the interval search, which knows nothing of dyads; derivatives are compared with differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mechlock.errors import InputError
from mechlock.linkage import velocity
from mechlock.linkage.census import census
from mechlock.linkage.formula_check import check_formulas
from mechlock.linkage.formulas import formulas
from mechlock.linkage.positions import Positions
from mechlock.linkage.samples import draw
from mechlock.linkage.velocity import rates

KINDS = ("RRR", "RRP", "RPR", "PRP", "RPP")


def add_dyad(parts: Any, rng: np.random.Generator, data: dict[str, Any], kind: str, name: str, on: str) -> None:
    """Two bodies `name`1 and `name`2 between the point `on` and a new point of ground."""
    bodies, joints = data["bodies"], data["joints"]
    bodies["ground"]["points"][f"G{name}"] = parts.mm(*rng.uniform((60.0, -60.0), (160.0, 60.0)).tolist())
    one, two, ground = f"{name}1", f"{name}2", f"ground.G{name}"
    far = float(rng.uniform(60.0, 120.0))
    bodies[one] = {"points": {"A": parts.mm(0, 0), "C": parts.mm(far, float(rng.uniform(-20.0, 20.0)))}}
    bodies[two] = {"points": {"B": parts.mm(0, 0), "C": parts.mm(*rng.uniform((60.0, -20.0), (120.0, 20.0)).tolist())}}

    def slide(label: str, first: str, second: str) -> dict[str, Any]:
        axis, angle = rng.uniform(-170.0, 170.0, 2).tolist()
        return parts.slide(label, first, second, f"{axis!r} deg", f"{angle!r} deg")

    letters = [f"{name}{place}" for place in ("in", "mid", "out")]
    ends = (on, f"{one}.A"), (f"{one}.C", f"{two}.C"), (ground, f"{two}.B")
    for letter, label, (first, second) in zip(kind, letters, ends, strict=True):
        joints.append(parts.pin(label, first, second) if letter == "R" else slide(label, first, second))


def chain(parts: Any, kinds: tuple[str, str], seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    bodies = {"ground": {"O": parts.mm(0, 0)}, "crank": {"O": parts.mm(0, 0), "A": parts.mm(float(rng.uniform(20.0, 50.0)), 0)}}
    data = parts.data(
        bodies, [parts.pin("O", "ground.O", "crank.O")], {"joint": "O", "value": f"{float(rng.uniform(-170.0, 170.0))!r} deg"}
    )
    add_dyad(parts, rng, data, kinds[0], "d", "crank.A")
    data["bodies"]["d2"]["points"]["E"] = parts.mm(*rng.uniform(-60.0, 60.0, 2).tolist())
    add_dyad(parts, rng, data, kinds[1], "e", "d2.E")
    return data


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(0, 10**6))
def test_random_chains_of_two_dyads(make, parts, first, second, seed):
    """All constraints to 1e-12 of the linkage's size; as many modes as there are isolated solutions; derivatives."""
    positions = Positions(make(chain(parts, (first, second), seed)))
    existing = [q for mode in positions.modes if np.isfinite(q := positions.at_value(mode)).all()]
    event(f"{first} {second}: {len(existing)} modes")
    assert positions.solution is not None
    constraints = positions.constraints
    size = constraints.size * (len(constraints.bodies) + 1)
    value = np.array([positions.drive_value])
    for q in existing:
        reach = max(size, float(np.abs(q).max()))
        assert np.abs(constraints.residual(q[None], value)).max() < 1e-12 * reach
    found = census(constraints, positions.drive_value)
    if found.complete and max((np.abs(q).max() for q in existing), default=0.0) < 5.0 * size:
        assert len(found.q) == len(existing)
    h = 1e-5
    for mode in positions.modes:
        near = positions.at(mode, value[0] + h * np.array([-2.0, -1.0, 0.0, 1.0, 2.0]))
        if not np.isfinite(near).all() or np.linalg.cond(constraints.jacobian(near[2:3])[0]) > 1e5:
            continue
        near[:, 2::3] = np.unwrap(near[:, 2::3], axis=0)
        difference = (near[0] - 8.0 * near[1] + 8.0 * near[3] - near[4]) / (12.0 * h)
        ratio = rates(constraints, near[2:3])
        assert ratio[0] == pytest.approx(difference, rel=1e-6, abs=1e-6 * size)
        second_ratio = velocity.second_rates(constraints, near[2:3], ratio)[0]
        around = rates(constraints, near[[1, 3]])
        assert second_ratio == pytest.approx((around[1] - around[0]) / (2.0 * h), rel=1e-5, abs=1e-5 * size)


@settings(max_examples=12, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(KINDS), st.integers(0, 10**6))
def test_every_formula_of_random_chains_agrees(make, parts, first, second, seed):
    """Loop closure, positions, ratios, accelerations, mechanical advantage against the constraint equations."""
    positions = Positions(make(chain(parts, (first, second), seed)))
    try:
        samples = draw(positions, 20)
    except InputError:
        event("cannot be assembled")
        return
    event(f"{first} {second}")
    found = check_formulas(formulas(positions.mechanism), positions, samples=samples)
    assert not [one for one in found if not one.agrees]
