"""Certificates: every altered number is rejected with all hashes recomputed, unless the altered certificate is itself true."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sympy

from mechlock.inputs.linkage import linkage_from_data
from mechlock.proof import prove
from mechlock.proof.decimals import decimal

checker = import_module("mechlock.proof.verify")
LENGTHS = (40.0, 120.0, 80.0, 100.0)


def _certificate(data: dict[str, Any]) -> dict[str, Any]:
    return json.loads(prove(linkage_from_data(data, "lock.toml")).certificate)


def _numbers(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every place that holds a number, or text with digits in it, with altered values."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("sha256", "linkage_sha256", "versions"):
                yield from _numbers(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _numbers(value, (*path, index))
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield from ((path, other) for other in (node + 1, node - 1, -node, 2 * node) if other != node)
    elif isinstance(node, str):
        for match in re.finditer(r"\d", node):
            for step in (1, 7):
                digit = str((int(match[0]) + step) % 10)
                yield path, node[: match.start()] + digit + node[match.end() :]
        if node == ".":
            yield from ((path, leaf) for leaf in ("c", 0))


def _altered(content: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    result = copy.deepcopy(content)
    node = result
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return result


@pytest.fixture(scope="module")
def proved(fourbars: ModuleType) -> dict[str, Any]:
    data = fourbars.fourbar(LENGTHS, 27.15, tolerance=0.4, guess=(24.0, 55.0), direction=(137.0, 153.0), point=(120.0, 10.0))
    content = _certificate(data)
    assert content["theorems"][0]["verdict"] == "proved"
    return content


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hook_fourbar_13", "var_ii_slider_pair"])
def test_every_altered_number_of_the_formulas_is_rejected(fourbars: ModuleType, name: str, sealed: Any) -> None:
    content = _certificate(fourbars.shipped(name))
    # `sharp` only names what is narrowed by its slopes, whichever that is
    tried = [(path, value) for path, value in _numbers(content["solution"], ("solution",)) if path[1] != "sharp"]
    for k, (_, text) in enumerate(content["solution"]["steps"]):  # and every sign
        for match in re.finditer(r" [+-] ", text):
            sign = " - " if match[0] == " + " else " + "
            tried.append((("solution", "steps", k, 1), text[: match.start()] + sign + text[match.end() :]))
    assert len(tried) > 120
    for path, value in tried:
        try:
            assert not checker.verify(sealed(_altered(content, path, value))).accepted, (path, value)
        except checker.Unreadable:
            continue


def test_an_altered_linkage_is_not_the_users_file(fourbars: ModuleType, sealed: Any) -> None:
    content = _certificate(fourbars.shipped("hook_fourbar_13"))
    file = fourbars.LOCKS / "hook_fourbar_13.toml"
    assert checker.verify(sealed(content), file).accepted
    content["linkage"]["lock"]["loads"][0]["magnitude"][1] = "61 kN"
    assert checker.verify(sealed(content)).accepted  # still a true statement, of another lock
    assert not checker.verify(sealed(content), file).accepted


def test_a_hash_that_does_not_fit_is_rejected(proved: dict[str, Any]) -> None:
    text = json.dumps(proved)
    assert checker.verify(text).accepted
    assert not checker.verify(text.replace('"tolerance": "0.4 mm"', '"tolerance": "0.3 mm"', 1)).accepted
    assert not checker.verify(text.replace(proved["sha256"], "0" * 64)).accepted


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["theorems"][0]["conditions"].pop(),
        lambda c: c["theorems"][0]["conditions"].reverse(),
        lambda c: c["theorems"][0].update(verdict="refuted"),
        lambda c: c["theorems"][0].update(claim="release"),
        lambda c: c["theorems"][0].update(statement="It holds."),
        lambda c: c["theorems"][0].update(extra=1),
        lambda c: c.update(extra=1),
        lambda c: c["assumptions"].pop(),
        lambda c: c["root"].pop(),
        lambda c: c["theorems"][0]["conditions"][2].update(tree=[]),
        lambda c: c["theorems"][0]["conditions"][2].update(tree=[".", "."]),
        lambda c: c["theorems"][0]["conditions"][2].update(tree=[0, "."]),
        lambda c: c["theorems"][0]["conditions"][2].update(tree=[99, ".", "."]),
        lambda c: c["theorems"][0]["conditions"][2].update(tree=[True, ".", "."]),
        lambda c: c["theorems"][0]["conditions"][2].update(at_least="-1"),
        lambda c: c["linkage"]["lock"].update(stop="decreasing"),
        lambda c: c["linkage"]["lock"]["loads"][0].update(magnitude=["0 kN", "60 kN"]),
        lambda c: c["linkage"]["assembly"].update(rocker="-90 deg", coupler="-60 deg"),
        lambda c: c["linkage"]["bodies"]["rocker"]["points"].update(P=["-120.0 mm", "10 mm"]),
        lambda c: c["linkage"]["parameters"].update(a={"value": "40.0 mm", "tolerence": "0.4 mm"}),
        lambda c: c["linkage"]["joints"][1].update(clearence="1 mm"),
        lambda c: c["linkage"]["joints"][1].update(name="B"),
        lambda c: c["linkage"].update(format="mechlock-linkage/2"),
        lambda c: c["linkage"]["lock"]["loads"].insert(0, c["linkage"]["lock"]["loads"][0] | {"direction": ["0 deg", "360 deg"]}),
        lambda c: c["theorems"][0]["conditions"][2].update(at_least="1e-999999999"),
        lambda c: c["theorems"].clear(),
        lambda c: c["solution"]["steps"].pop(),
        lambda c: c["solution"]["steps"].append(["extra", "a + 1"]),
        lambda c: c["solution"]["exists"].pop(),
        lambda c: c["solution"]["regular"].clear(),
        lambda c: c["solution"]["spare"].append("O4 y"),
        lambda c: c["solution"]["loads"]["load"].pop(),
        lambda c: c["solution"]["loads"]["load"].append(c["solution"]["loads"]["load"][0]),
        lambda c: c["solution"]["factors"].update(extra={"": "1"}),
        lambda c: c["solution"]["bodies"].pop("rocker"),
        lambda c: c["solution"]["margins"].update(coupler=[["a", "a"]]),
        lambda c: c["solution"].update(extra=1),
        lambda c: c["linkage"]["parameters"].update(_x="1 mm"),
    ],
)
def test_tampered_structure_is_rejected(proved: dict[str, Any], change: Any, sealed: Any) -> None:
    content = copy.deepcopy(proved)
    change(content)
    assert not checker.verify(sealed(content)).accepted


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "{", '{"format": "mechlock-certificate/5"}', "NaN", '{"a": 1, "a": 2}', "[" * 5000, '{"a": 1e999999999}'],
)
def test_what_is_no_certificate_is_unreadable(text: str) -> None:
    with pytest.raises(checker.Unreadable):
        checker.verify(text)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_certificate_of_an_earlier_format_says_what_to_do(number: int) -> None:
    with pytest.raises(checker.Unreadable, match="prove the lock again"):
        checker.verify(f'{{"format": "mechlock-certificate/{number}"}}')


def test_formulas_of_another_assembly_mode_are_rejected(proved: dict[str, Any], sealed: Any) -> None:
    """With the root's sign turned everywhere the formulas still fulfil the joints, but not in the mode of [assembly]."""
    content = copy.deepcopy(proved)
    for step in content["solution"]["steps"]:
        step[1] = step[1].replace("sqrt(", "(-1)*sqrt(") if "far" in step[1] else step[1]
    verdict = checker.verify(sealed(content))
    assert not verdict.accepted
    assert "mode" in verdict.reason


def test_a_prime_is_one_and_roots_are_roots() -> None:
    p = checker.prime(1 << 127)
    assert p % 4 == 3
    assert sympy.isprime(p)
    linkage = checker.Linkage(json.loads(json.dumps(_FREE), parse_float=Fraction), _NOTHING)
    scene = checker.random_scene(linkage, "seed")
    value = scene.number("sqrt(a + b)")
    assert (value * value).v == (scene.number("a") + scene.number("b")).v
    unit = scene.turn("3*a - b/2 + 20*pi/180")
    assert unit.dot(unit).v == 1


@pytest.mark.parametrize("texts", [["sqrt(a)", "sqrt(b)", "sqrt(a*b)"], ["sqrt(a**2)"], ["sqrt(4)"]])
def test_roots_that_depend_on_each_other_are_rejected(texts: list[str]) -> None:
    """With such roots a formula may vanish for some signs and not for the positive ones."""
    data = copy.deepcopy(_FREE)
    data["bodies"]["crank"]["points"] = {f"P{k}": [text, "0 mm"] for k, text in enumerate(texts)} | {"O": ["0 mm", "0 mm"]}
    linkage = checker.Linkage(json.loads(json.dumps(data), parse_float=Fraction), _NOTHING)
    with pytest.raises(checker.Rejected, match="independent"):
        checker.random_scene(linkage, "seed")


_NOTHING: dict[str, Any] = {"steps": [], "bodies": {}, "factors": {}, "margins": {}, "sway": []}
_FREE: dict[str, Any] = {
    "format": "mechlock-linkage/1",
    "parameters": {"a": "2 mm", "b": "3 mm"},
    "bodies": {
        "ground": {"points": {"O": ["0 mm", "0 mm"]}},
        "crank": {"points": {"O": ["0 mm", "0 mm"], "P": ["sqrt(a + b)", "0 mm"]}},
    },
    "joints": [{"name": "O", "type": "revolute", "of": ["ground.O", "crank.O"]}],
    "drive": {"joint": "O", "value": "0 deg"},
    "lock": {"drive": "0 deg"},
}


def test_runs_alone_with_bare_python(proved: dict[str, Any], tmp_path: Path) -> None:
    script = tmp_path / "verify.py"
    script.write_bytes(Path(checker.__file__).read_bytes())
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(proved), encoding="utf-8")
    bad.write_text(json.dumps(proved | {"sha256": "0"}), encoding="utf-8")
    for arguments, code in (
        ([good], 0),
        ([bad], 1),
        ([tmp_path / "none.json"], 2),
        ([good, "--design", tmp_path / "none.toml"], 2),
    ):
        run = subprocess.run([sys.executable, "-I", "-S", script, *arguments], capture_output=True, text=True, check=False)
        assert run.returncode == code, run.stderr
        assert "Traceback" not in run.stderr


def test_imports_only_the_standard_library() -> None:
    names = re.findall(r"^(?:from|import) (\w+)", Path(checker.__file__).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(names) <= set(sys.stdlib_module_names) | {"__future__"}


def test_decimals_are_exact() -> None:
    for value in (
        Fraction(1, 8),
        Fraction(-7, 20),
        Fraction(112003398875, 10**9),
        Fraction(5),
        Fraction(1, 3),
        Fraction(3, 1250),
        Fraction(-892, 625),
        Fraction(7, 5**9),
    ):
        assert Fraction(decimal(value)) == value


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["lock"]["loads"][0].update(magnitude=["60 kN", "5 kN"]),
        lambda c: c["lock"]["loads"][0].update(magnitude=["5 mm", "60 mm"]),
        lambda c: c["joints"][1].update(clearance="-0.1 mm"),
        lambda c: c["joints"][1].update(pin_radius="-8 mm"),
    ],
)
def test_intervals_upside_down_are_no_linkage(proved: dict[str, Any], change: Any, sealed: Any) -> None:
    content = copy.deepcopy(proved)
    change(content["linkage"])
    assert not checker.verify(sealed(content)).accepted
