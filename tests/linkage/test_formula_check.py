"""The check of a derivation's formulas: each altered one is named."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from mechlock.cli.main import run
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage.agreement import Agreement
from mechlock.linkage.derivation import derive, merged
from mechlock.linkage.formula_check import check_formulas
from mechlock.linkage.formulas import equation, formulas
from mechlock.linkage.positions import Positions
from mechlock.linkage.program import Assignment
from mechlock.linkage.samples import draw
from mechlock.linkage.semantics import build
from mechlock.resources import folder

LOCKS = folder("geometry") / "locks"


def lock_named(name):
    return build(read_linkage(LOCKS / f"{name}.toml"))


@pytest.fixture(scope="module")
def hook():
    """A four-bar hook: its positions, formulas, and a few samples."""
    positions = Positions(lock_named("contract_fourbar"))
    return positions, formulas(positions.mechanism), draw(positions, 12)


def altered(expression, by=1e-6):
    """An expression with its last term (or itself) larger by a millionth."""
    if not isinstance(expression, sp.Add):
        return expression * (1 + by)
    *rest, last = expression.args
    return sp.Add(*rest, last * (1 + by))


def with_item(items, index, item):
    return (*items[:index], item, *items[index + 1 :])


def assignments(items):
    for index, item in enumerate(items):
        yield with_item(items, index, Assignment(item.symbol, altered(item.expression), item.meaning))


def equations(items):
    for index, item in enumerate(items):
        left, right = item.args
        yield with_item(items, index, equation(altered(left), right))


def alterations(found, kind):
    """The same formulas with one of them altered, for each in turn."""
    named = found.named
    if kind == "loop closure":
        yield from (replace(found, loop_closure=items) for items in equations(found.loop_closure))
    elif kind == "input and output":
        (only,) = found.input_output
        yield from (replace(found, input_output=(replace(only, relation=item),)) for (item,) in equations((only.relation,)))
        for index, coefficient in enumerate(only.coefficients):
            coefficients = with_item(only.coefficients, index, altered(coefficient))
            yield replace(found, input_output=(replace(only, coefficients=coefficients),))
    elif kind == "positions":
        yield from (replace(found, solution=replace(found.solution, program=p)) for p in assignments(found.solution.program))
    elif kind == "velocity ratio":
        for index, ratio in enumerate(found.ratios):
            if ratio.expression.is_number:
                continue
            changed = replace(ratio, expression=altered(ratio.expression))
            yield replace(found, ratios=with_item(found.ratios, index, changed))
            for number, factor in enumerate(ratio.factors):
                factors = with_item(ratio.factors, number, replace(factor, expression=altered(factor.expression)))
                yield replace(found, ratios=with_item(found.ratios, index, replace(ratio, factors=factors)))
            changed = replace(ratio, by_angles=altered(ratio.by_angles))
            yield replace(found, ratios=with_item(found.ratios, index, changed))
        yield from (replace(found, named=replace(named, velocities=items)) for items in assignments(named.velocities))
    elif kind == "acceleration ratio":
        yield from (replace(found, named=replace(named, accelerations=items)) for items in assignments(named.accelerations))
    elif kind == "transmission angle":
        yield replace(found, transmission={joint: altered(cosine) for joint, cosine in found.transmission.items()})
    elif kind == "force of the load":
        for point, lever in found.levers.items():
            factors = (altered(lever.factors[0]), *lever.factors[1:])
            yield replace(found, levers={**found.levers, point: replace(lever, factors=factors)})
            changed = replace(lever, by_angles=altered(lever.by_angles))
            yield replace(found, levers={**found.levers, point: changed})
            factors = (replace(lever.force.factors[0], expression=altered(lever.force.factors[0].expression)),)
            force = replace(lever.force, factors=(*factors, *lever.force.factors[1:]))
            yield replace(found, levers={**found.levers, point: replace(lever, force=force)})
    elif kind == "over-centre condition":
        for point, lever in found.levers.items():
            first = lever.force.factors[0]
            force = replace(lever.force, factors=(replace(first, expression=-first.expression), *lever.force.factors[1:]))
            yield replace(found, levers={**found.levers, point: replace(lever, force=force)})


@pytest.mark.parametrize(
    "kind",
    [
        "loop closure",
        "input and output",
        "positions",
        "velocity ratio",
        "acceleration ratio",
        "transmission angle",
        "force of the load",
        "over-centre condition",
    ],
)
def test_each_altered_formula_is_named(hook, kind):
    """A millionth on any assignment, term or factor, or a wrong sign of the over-centre condition."""
    positions, found, samples = hook
    count = 0
    for wrong in alterations(found, kind):
        count += 1
        sections = {one.section for one in check_formulas(wrong, positions, samples=samples) if not one.agrees}
        assert kind in sections
    assert count > 0


def test_a_condition_that_ends_early_and_a_wrong_reserve_are_named(hook):
    positions, found, samples = hook
    first = found.solution.conditions[0]
    conditions = (replace(first, expression=-first.expression), *found.solution.conditions[1:])
    wrong = replace(found, solution=replace(found.solution, conditions=conditions))
    assert {one.section for one in check_formulas(wrong, positions, samples=samples) if not one.agrees} == {"existence"}
    (reserve, *_) = derive(positions.mechanism).reserves
    for change in ({"dead_centre": reserve.dead_centre + 1e-6}, {"knee": reserve.knee + 1e-6}, {"height": reserve.height + 1e-3}):
        bad = [one for one in check_formulas(found, positions, [replace(reserve, **change)], samples) if not one.agrees]
        assert [one.section for one in bad] == ["over-centre reserve"]


def test_samples_satisfy_the_constraints_at_other_dimensions(hook):
    positions, _, samples = hook
    assert len(samples.drive) == samples.drawn == 12
    lengths = samples.dimensions[sp.Symbol("a", real=True)]
    assert np.ptp(lengths) > 0.0
    residual = np.abs(samples.constraints.residual(samples.q, samples.drive)).max()
    assert residual < 1e-11 * samples.constraints.size
    assert np.abs(positions.constraints.residual(samples.q, samples.drive)).max() > 1e-3


def test_the_page_and_the_command_say_what_disagrees(tmp_path, capsys, monkeypatch):
    path, file = tmp_path / "hook.html", str(LOCKS / "contract_fourbar.toml")
    assert run(["kinematics", file, "--derivation", str(path), "--json", "--quiet"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert all(one["agrees"] and one["disagreement"] < 1e-8 for one in record["formulas"])
    assert {one["section"] for one in record["formulas"]} >= {"loop closure", "positions", "force of the load", "existence"}
    assert f"All {len(record['formulas'])} formulas agree" in path.read_text(encoding="utf-8")

    def wrong(*given):
        return tuple(replace(one, disagreement=0.1) if one.formula == "omega_hook" else one for one in check_formulas(*given))

    monkeypatch.setattr("mechlock.linkage.derivation.check_formulas", wrong)
    assert run(["kinematics", file, "--derivation", str(path), "--quiet"]) == 3
    assert "contradict the derivation: velocity ratio omega_hook" in capsys.readouterr().err
    text = path.read_text(encoding="utf-8")
    assert "Do not use this page" in text
    assert text.count("1.0e-01: disagrees") == 2  # as a velocity ratio and as a mechanical advantage


def test_forms_of_one_formula_are_merged_by_the_worst():
    found = merged((Agreement("a", "b", 1e-12, 9), Agreement("a", "b", 1e-3, 8), Agreement("a", "c", 0.0, 0)))
    assert found == (Agreement("a", "b", 1e-3, 8), Agreement("a", "c", 0.0, 0))
    assert [one.agrees for one in found] == [False, False]


def test_textbook_forms_of_a_four_bar(hook):
    found = hook[1]
    a, b, c, d, phi = sp.symbols("a b c d phi", real=True)
    crank, coupler, hook = (found.angles[body] for body in ("crank", "coupler", "hook"))
    ratio = next(ratio for ratio in found.ratios if ratio.body == "hook").by_angles
    assert ratio is not None
    assert sp.simplify(ratio - a * sp.sin(coupler - crank) / (c * sp.sin(coupler - hook))) == 0
    first, second, third = found.input_output[0].coefficients  # Freudenstein's, times two a c
    whole = a**2 - b**2 + c**2 + d**2 - 2 * a * d * sp.cos(phi)
    assert sp.expand(first - (whole - 2 * c * (d - a * sp.cos(phi)))) == 0
    assert sp.expand(second + 4 * a * c * sp.sin(phi)) == 0
    assert sp.expand(third - (whole + 2 * c * (d - a * sp.cos(phi)))) == 0
    square = sp.Symbol("L2_B", real=True)
    assert sp.expand(found.transmission["B"] - (b**2 + c**2 - square) / (2 * b * c)) == 0
