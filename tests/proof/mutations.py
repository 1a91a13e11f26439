"""Every number and every name of a certificate altered, one at a time, hashes recomputed: what is accepted must be true.

`python tests/proof/mutations.py [CERTIFICATE ...]` goes over all of them and prints for each field how many alterations were
tried, rejected, and accepted because the altered certificate is true. What is accepted is shown to be true, by this:

- the same theorem about the same linkage, proved in another way (other cuts, other formulas): nothing else is stated;
- weaker numbers than those that were proved;
- another linkage, of which all that the claim depends on is the same to the last bit, at random points of all its boxes;
- of another linkage: the claim is proved again from the altered linkage alone, and what the certificate says beside it (bounds of
  quantities, the values of a counterexample) is looked at on points of the altered root box, with the solution found anew.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

from mechlock.errors import InputError
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.semantics import build
from mechlock.proof import prove
from mechlock.proof.conditions import Problem

checker = import_module("mechlock.proof.verify")
Path_ = tuple[Any, ...]
SEALS = ("sha256", "linkage_sha256", "versions")
PROSE = ("about", "name", "statement", "reason")
"""Keys whose text is for people: of `name` those of the linkage itself alone."""

LEAST, MOST = {"at_least"}, {"released"}


def _fourbars() -> Any:
    spec = importlib.util.spec_from_file_location("proof_fourbars", Path(__file__).with_name("fourbars.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def locks() -> dict[str, tuple[dict[str, Any], str]]:
    """A lock for each claim and verdict."""
    fourbars = _fourbars()
    hook = fourbars.fourbar((40.0, 120.0, 80.0, 100.0), 27.15, guess=(24.0, 55.0), direction=(137.0, 153.0), point=(120.0, 10.0))
    hook["joints"][1]["clearance"] = "0.05 mm"
    back, apart, idle = copy.deepcopy(hook), copy.deepcopy(hook), copy.deepcopy(hook)
    back["lock"]["drive"]["value"] = "22 deg"
    apart["parameters"]["b"] = {"value": "60 mm", "tolerance": "0.1 mm"}
    idle["lock"]["loads"][0]["magnitude"] = ["0 kN", "60 kN"]
    wedge = fourbars.shipped("var_iii_wedge")
    slippery = copy.deepcopy(wedge)
    slippery["parameters"]["mu"] = {"range": [0.0, 0.01]}
    contract = fourbars.shipped("contract_fourbar")
    for name in "abcd":
        spec = contract["parameters"][name]
        contract["parameters"][name] = {"value": spec["value"] if isinstance(spec, dict) else spec, "tolerance": "0.01 mm"}
    for body, mass in (("crank", "1 kg"), ("coupler", "2 kg"), ("hook", "3 kg")):
        contract["bodies"][body]["mass"] = mass
    for joint in contract["joints"]:
        joint.pop("clearance")
    contract["joints"][1]["clearance"] = "0.002 mm"
    contract["lock"].pop("locked_from")
    contract["lock"]["loads"] = [contract["lock"]["loads"][1] | {"magnitude": ["50 kN", "52 kN"]}]
    contract["lock"]["drive"]["tolerance"] = "0.1 deg"
    contract["lock"]["release"]["max_torque"] = "1600 N*m"
    contract["lock"]["shock"] = {"velocity_change": "1 m/s"}
    contract["lock"]["clamp"] = {
        "stiffness": {"range": ["300 kN/mm", "320 kN/mm"]},
        "interference": "0.5 mm",
        "losses": {"wear": {"range": ["0 mm", "0.02 mm"]}},
    }
    contract["bodies"]["crank"]["points"]["T"] = ["30 mm", "0 mm"]
    contract["bodies"]["ground"]["points"]["K"] = ["32 mm", "12.95 mm"]
    contract["lock"]["positive"] = {"body": "crank", "point": "T", "against": "ground.K", "normal": "90 deg"}
    contract["lock"]["positive"] |= {"width": "10 mm", "engagement": "3 mm", "blocked_at": "25 deg"}
    weak, loose, standing, fast = (copy.deepcopy(contract) for _ in range(4))
    weak["lock"]["release"]["max_torque"] = "10 N*m"
    loose["lock"]["clamp"]["interference"] = "0.05 mm"
    standing["bodies"]["ground"]["points"]["K"] = ["32 mm", "14.2 mm"]
    fast["lock"]["shock"]["velocity_change"] = "30 m/s"
    return {
        "over_centre": (hook, "over_centre"),
        "over_centre with reserves": (contract, "over_centre"),
        "over_centre refuted": (back, "over_centre"),
        "over_centre without assembly": (apart, "over_centre"),
        "over_centre without load": (idle, "over_centre"),
        "friction": (wedge, "friction"),
        "friction refuted": (slippery, "friction"),
        "release": (contract, "release"),
        "release refuted": (weak, "release"),
        "clamp": (contract, "clamp"),
        "clamp refuted": (loose, "clamp"),
        "positive": (contract, "positive"),
        "positive refuted": (standing, "positive"),
        "stays_shut": (contract, "stays_shut"),
        "stays_shut refuted": (fast, "stays_shut"),
    }


def certificate(name: str) -> dict[str, Any]:
    """The certificate of one of `locks`, which is decided as its name says."""
    data, claim = locks()[name]
    data["lock"]["claims"] = [claim]
    for table, claims in (
        ("release", "release"),
        ("positive", "positive"),
        ("shock", "stays_shut"),
        ("clamp", "clamp stays_shut"),
    ):
        if claim not in claims.split() and isinstance(data["lock"].get(table), dict):
            del data["lock"][table]
    result = prove(linkage_from_data(data, name), margins=name.endswith("reserves"))
    wanted = "proved" if name == claim or name.endswith("reserves") else "refuted"
    assert result.verdict == wanted, (name, result.theorems[0].statement)
    return json.loads(result.certificate)


def sealed(content: dict[str, Any]) -> str:
    """The certificate's text with all its hashes recomputed."""
    content = content | {"linkage_sha256": checker.digest(content["linkage"])}
    return json.dumps(content | {"sha256": checker.digest({k: v for k, v in content.items() if k != "sha256"})})


def alterations(node: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every place that holds a number, a name, a formula or a truth value, with altered values."""
    if isinstance(node, dict):
        for key, value in node.items():
            prose = key in PROSE and (key != "name" or path == ("linkage",))
            if not (prose or key in SEALS):
                yield from alterations(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from alterations(value, (*path, index))
    elif isinstance(node, bool):
        yield path, not node
    elif isinstance(node, int | float):
        yield from ((path, other) for other in (node + 1, node - 1, -node, 2 * node) if other != node)
    elif isinstance(node, str):
        yield from ((path, other) for other in _altered_text(node))


def _altered_text(text: str) -> Iterator[str]:
    for match in re.finditer(r"\d", text):
        for step in (1, 7):
            yield text[: match.start()] + str((int(match[0]) + step) % 10) + text[match.end() :]
    if re.match(r"\d", text):
        yield "-" + text
    swaps = {" + ": " - ", " - ": " + ", "sin": "cos", "cos": "sin", "mm": "cm", "kN": "MN", "deg": "rad"}
    for match in re.finditer("|".join(map(re.escape, swaps)), text):
        yield text[: match.start()] + swaps[match[0]] + text[match.end() :]
    if not re.search(r"\d", text):
        yield text + "x"
        others = {"left": "right", "right": "left", "increasing": "decreasing", "decreasing": "increasing"}
        yield others.get(text, "" if text else "mm")


def altered(content: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    """A copy with one value replaced."""
    result = copy.deepcopy(content)
    node = result
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return result


def accepted(content: dict[str, Any]) -> bool:
    """Whether the checker accepts it."""
    try:
        return bool(checker.verify(sealed(content)).accepted)
    except checker.Unreadable:
        return False


class Oracle:
    """Shows that an accepted alteration is true; the proofs of altered linkages are kept."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content, self.theorem = content, content["theorems"][0]
        self._known: dict[str, bool] = {}

    def why(self, changed: dict[str, Any], path: Path_) -> str:
        """The reason why it is true; empty where none is found."""
        if path[0] == "solution":
            return "another proof"
        if path[0] == "linkage":
            unread = self._reading(changed) == self._reading(self.content)
            return "not read by the claim" if unread else "true of the other lock" if self._holds(changed) else ""
        if (
            path[0] == "root"
            and path[-1] in ("low", "high")
            and Fraction(_at(changed, path)) == Fraction(_at(self.content, path))
        ):
            return "the same number"
        if path[0] != "theorems":
            return ""
        if "tree" in path:
            return "another proof"
        if path[-1] in LEAST or path[2] in MOST:
            old, new = (Fraction(str(_at(c, path))) for c in (self.content, changed))
            weaker = new <= old if path[-1] in LEAST else new >= old
            return "weaker" if weaker else "within the proved bound" if self._within(changed, path) else ""
        if path[2] in ("counterexample", "to", "from", "summit"):
            return "true at another point" if self._holds(changed) else ""
        return ""

    def _within(self, changed: dict[str, Any], path: Path_) -> bool:
        """Whether a stronger number holds on points of the root box, and is hardly stronger than what the search had rounded."""
        old, new = (Fraction(str(_at(c, path))) for c in (self.content, changed))
        return abs(new - old) <= abs(old) / 1000 and self._samples(changed)

    def _holds(self, changed: dict[str, Any]) -> bool:
        """Whether the claim is decided likewise for the altered linkage, and all that is stated holds at points."""
        key = json.dumps(changed["linkage"], sort_keys=True)
        if key not in self._known:
            claim, verdict = self.theorem["claim"], self.theorem["verdict"]
            try:
                fresh = prove(linkage_from_data(changed["linkage"], "altered"), claims=[claim], levers=False)
            except InputError:
                return False
            self._known[key] = verdict == "refuted" or fresh.verdict == verdict
        return self._known[key] and self._samples(changed)

    def _reading(self, content: dict[str, Any]) -> list[Any]:
        """All that the claim depends on: intervals, forces, its tables, and its quantities at points."""
        linkage, theorem = checker.Linkage(content["linkage"], content["solution"]), content["theorems"][0]
        linkage.senses = checker.identities(linkage, "reading")
        example = theorem.get("counterexample", {})
        claim = checker.Claim(theorem["claim"], linkage, theorem | ({"summit": example["to"]} if "to" in example else {}))
        found: list[Any] = [linkage.root(), [linkage.force_range(load) for load in linkage.loads], linkage.stop, linkage.opens]
        found += [claim.named, linkage.limit, getattr(claim, "shock", 0), linkage.adjusted]
        for goals, names in claim.parts.values():
            for point in _points(goals.linkage.root(), 4):
                found.append([goals.scene(point).quantity(name).value for name in names if not name.startswith("press")])
                found.append([[n.value for n in checker.pressing(goals.scene(point), load).values()] for load in linkage.loads])
        return found

    def _samples(self, changed: dict[str, Any], count: int = 12) -> bool:
        """Whether all bounds hold at points, or the claim fails at the counterexample, by a solution found anew."""
        theorem, data = changed["theorems"][0], changed["linkage"]
        linkage = Problem(build(linkage_from_data(data, "altered")), data).linkage
        if theorem["verdict"] == "refuted":
            example = theorem["counterexample"]
            claim = checker.Claim(theorem["claim"], linkage, {"summit": example["to"]} if "to" in example else {})
            claim.check_counterexample(example)
            return True
        claim = checker.Claim(theorem["claim"], linkage, theorem)
        for part, (goals, _) in claim.parts.items():
            for point in _points(goals.linkage.root(), count):
                for entry in [*theorem[part], *(theorem["margins"] if goals is next(iter(claim.parts.values()))[0] else [])]:
                    own = entry["quantity"].startswith(("assembly", "factor"))
                    bound = 0 if own else Fraction(entry["at_least"])  # a factor of another solution has a scale of its own
                    if goals.bound(entry["quantity"], point) < bound * checker.ONE:
                        return False
        return True


def _points(root: list[tuple[Fraction, Fraction]], count: int) -> Iterator[list[tuple[Fraction, Fraction]]]:
    """Points of a box, within and at corners."""
    rng = random.Random(1)
    for k in range(count):
        shares = [Fraction(rng.randrange(2) if k % 2 else rng.random()) for _ in root]
        yield [(low + s * (high - low),) * 2 for (low, high), s in zip(root, shares, strict=True)]


def _at(content: dict[str, Any], path: Path_) -> Any:
    for key in path:
        content = content[key]
    return content


@dataclass
class Survey:
    """What became of the alterations, by field."""

    tried: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    true: dict[str, Counter[str]] = field(default_factory=dict)
    false: list[tuple[Path_, Any]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """A table."""
        for name, count in sorted(self.tried.items()):
            reasons = ", ".join(f"{n} {why}" for why, n in sorted(self.true.get(name, Counter()).items()))
            yield f"  {name:58} {count:6} tried {self.rejected[name]:6} rejected   {reasons}"


def field_name(path: Path_) -> str:
    """A path with its places in lists and names of the user's left out."""
    parts = ["*" if isinstance(key, int) else str(key) for key in path]
    if parts[0] == "linkage" and parts[1] in ("parameters", "bodies", "assembly") and len(parts) > 2:
        parts[2] = "*"
    if parts[:2] == ["solution", "bodies"] or parts[:2] in (
        ["solution", "factors"],
        ["solution", "loads"],
        ["solution", "margins"],
    ):
        parts = [*parts[:2], "*"]
    return ".".join(parts)


def survey(content: dict[str, Any], places: list[tuple[Path_, Any]] | None = None) -> Survey:
    """Try all alterations, or these."""
    found, oracle = Survey(), Oracle(content)
    for path, value in list(alterations(content)) if places is None else places:
        name, changed = field_name(path), altered(content, path, value)
        found.tried[name] += 1
        if not accepted(changed):
            found.rejected[name] += 1
            continue
        why = oracle.why(changed, path)
        if why:
            found.true.setdefault(name, Counter())[why] += 1
        else:
            found.false.append((path, value))
    return found


def one_of_each(content: dict[str, Any], but: set[str], seed: int = 1) -> list[tuple[Path_, Any]]:
    """An alteration of each field that is not among those of other certificates."""
    places = list(alterations(content))
    random.Random(seed).shuffle(places)
    fields = {field_name(place[0]): place for place in places}
    return [place for name, place in fields.items() if name not in but]


def main(names: list[str]) -> int:
    """Go over the certificates named, or all."""
    wrong, write = 0, sys.stdout.write
    for name in names or locks():
        found = survey(certificate(name))
        true = sum(sum(reasons.values()) for reasons in found.true.values())
        write(f"{name}: {found.tried.total()} tried, {found.rejected.total()} rejected, {true} true, {len(found.false)} wrong\n")
        write("\n".join(found.lines()) + "\n")
        sys.stdout.flush()
        for path, value in found.false:
            write(f"  WRONG {path} {value}\n")
        wrong += len(found.false)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
