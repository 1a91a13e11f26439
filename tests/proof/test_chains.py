"""Chains of dyads: a parallelogram's place without a root, and steps that are narrowed by their mean-value form."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")


def _prove(data: dict[str, Any]) -> Any:
    return prove(linkage_from_data(data, "lock.toml"))


def test_a_parallelogram_has_no_root_and_its_crossed_mode_is_another(fourbars: ModuleType) -> None:
    """Two parallel hooks: formulas without a root hold in one mode; a file that means the crossed one is not theirs."""
    data = fourbars.shipped("parallel_hooks")
    del data["bodies"]["hook3"], data["assembly"]["hook3"]
    data["joints"] = [joint for joint in data["joints"] if joint["name"] not in ("H3", "T3")]
    data["lock"]["loads"] = data["lock"]["loads"][:2]
    result = _prove(data)
    content = json.loads(result.certificate)
    assert result.verdict == "proved"
    assert [name for name, text in content["solution"]["steps"] if "sqrt" in text and name.startswith("k_")] == ["k_B"]
    content["linkage"]["assembly"] |= {"hook2": "154.7 deg", "bar": "64.7 deg"}
    content["linkage_sha256"] = checker.digest(content["linkage"])
    content["sha256"] = checker.digest({key: value for key, value in content.items() if key != "sha256"})
    verdict = checker.verify(json.dumps(content))
    assert not verdict.accepted
    assert "the other way round" in verdict.reason


def test_narrowed_steps_enclose_every_point(fourbars: ModuleType) -> None:
    """Steps of a chain that are cut by their mean-value form hold the values at random points of random boxes."""
    linkage, rng = fourbars.case(fourbars.shipped("stephenson_iii_dwelling_hook")).linkage, np.random.default_rng(3)
    names, narrower = linkage.solution["sharp"], 0
    assert names
    plain = copy.copy(linkage)
    plain.solution = linkage.solution | {"sharp": []}
    for _ in range(3):
        cut = [sorted(Fraction(int(k), 64) for k in rng.choice(65, 2, replace=False)) for _ in linkage.root()]
        box = [(low + a * (high - low), low + b * (high - low)) for (low, high), (a, b) in zip(linkage.root(), cut, strict=True)]
        scenes = [checker.Real(which, linkage.intervals(box)) for which in (linkage, plain)]
        ends = {name: [scene.number(name).value for scene in scenes] for name in names}
        narrower += sum(narrow[1] - narrow[0] < wide[1] - wide[0] for narrow, wide in ends.values())
        for _ in range(4):
            share = [Fraction(int(k), 16) for k in rng.integers(17, size=len(box))]
            point = [low + k * (high - low) for (low, high), k in zip(box, share, strict=True)]
            scene = checker.Real(linkage, linkage.intervals([(x, x) for x in point]))
            for name in names:
                low, high = scene.number(name).value
                assert ends[name][0][0] <= high
                assert low <= ends[name][0][1]
    assert narrower > len(names)


def test_narrowed_tape_encloses_every_point(fourbars: ModuleType) -> None:
    """The prover's intervals too, which the loop with the finite elements rests on."""
    case, rng = fourbars.case(fourbars.shipped("stephenson_iii_dwelling_hook")), np.random.default_rng(4)
    tape = case.tape(next(name for name in case.goals.conditions if "link-hook" in name), case.goals)
    assert tape is not None
    assert tape.sharp
    ends = np.sort(rng.uniform(size=(2, len(tape.inputs), 20)), axis=0)
    whole = tape.forward(case.space.box(ends[0], ends[1]))
    for _ in range(50):
        points = ends[0] + rng.uniform(size=ends[0].shape) * (ends[1] - ends[0])
        inside = tape.forward(case.space.box(points, points))
        assert all(np.all((a.low <= b.high) & (b.low <= a.high)) for a, b in zip(whole, inside, strict=True))
