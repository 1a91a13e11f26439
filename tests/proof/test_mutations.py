"""Every number of a theorem altered, hashes recomputed: only weaker statements, and other trees for one, are accepted."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove

checker = import_module("mechlock.proof.verify")
LEAST, MOST = {"at_least", "barrier"}, {"at_most", "released"}


def _sealed(content: dict[str, Any]) -> str:
    content["sha256"] = checker.digest({key: value for key, value in content.items() if key != "sha256"})
    return json.dumps(content)


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every number and rule of a theorem, with altered values: digits one by one, and all of it."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("claim", "verdict", "statement", "quantity", "load"):
                yield from _places(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _places(value, (*path, index))
    elif isinstance(node, int):
        yield from ((path, other) for other in (node + 1, node - 1, -1, 10**6))
    elif node == ".":
        yield from ((path, other) for other in ("c", "x"))
    else:
        yield path, "-" + node
        yield path, node + "1" if "." in node else node + ".1"
        for match in re.finditer(r"\d", node):
            yield path, node[: match.start()] + str((int(match[0]) + 3) % 10) + node[match.end() :]


def _weaker(path: tuple[Any, ...], old: Any, new: Any) -> bool:
    """Whether the altered theorem follows from the proved one, or is the same with another proof."""
    if path[-1] in LEAST:
        return float(new) <= float(old) + 1e-4 * abs(float(old))
    if path[-1] in MOST:
        return float(new) >= float(old) * (1 - 1e-4)
    return "tree" in path


def _locks(fourbars: ModuleType) -> dict[str, dict[str, Any]]:
    clamp = fourbars.shipped("contract_fourbar")
    clamp["lock"]["claims"] = ["clamp"]
    stiff = fourbars.shipped("var_i_fourbar")
    stiff["lock"]["claims"] = ["over_centre"]
    release = fourbars.shipped("var_i_fourbar")
    release["lock"]["claims"] = ["release"]
    return {
        "wedge": fourbars.shipped("var_iii_wedge"),
        "cam": fourbars.shipped("eccentric_cam"),
        "clamp": clamp,
        "four-bar": stiff,
        "release": release,
    }


@pytest.mark.parametrize("name", ["wedge", "cam", "clamp", "four-bar", "release"])
def test_only_weaker_theorems_are_accepted(name: str, fourbars: ModuleType) -> None:
    result = prove(linkage_from_data(_locks(fourbars)[name], name))
    content = json.loads(result.certificate)
    assert result.verdict == "proved"
    tried = rejected = 0
    for path, value in _places(content["theorems"][0]):
        altered = copy.deepcopy(content)
        node = altered["theorems"][0]
        for key in path[:-1]:
            node = node[key]
        old, node[path[-1]] = node[path[-1]], value
        tried += 1
        if checker.verify(_sealed(altered)).accepted:
            assert _weaker(path, old, value), (path, old, value)
        else:
            rejected += 1
    assert tried > 15
    assert rejected > tried / 3
