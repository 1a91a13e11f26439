"""The published cases: what a case function obtained beside the reference answer, with its tolerance.

`validation/cases.toml` holds the references; every function ``case_<ID>`` in a module of that folder implements one case
and returns its quantities by name, in the reference's unit and order. A case or quantity without an implementation is
reported as such and never counts as passed.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np

from mechlock import resources
from mechlock.errors import InputError, MechlockError
from mechlock.inputs import reading

Status = Literal["passed", "failed", "reported", "not implemented", "error"]
_WORST_FIRST: tuple[Status, ...] = ("error", "failed", "not implemented", "passed", "reported")
PACKAGE = "validation_cases"
_PREFIX = "case_"


@dataclass(frozen=True)
class Simulated:
    """A value obtained by simulation where the reference is a formula; held to ``rtol_simulation``."""

    value: float | Sequence[float]


@dataclass(frozen=True)
class Comparison:
    """One quantity of one case.

    Attributes
    ----------
    reference, obtained : tuple of float
        In `unit`; `obtained` is empty where nothing was obtained.
    difference : float or None
        Largest difference, relative to the reference where the tolerance is relative, in `unit` where it is absolute.
    rtol, atol : float or None
        The tolerance held to; both None: reported only.
    required : bool
        Whether being out of tolerance fails the case.
    """

    case: str
    quantity: str
    unit: str
    reference: tuple[float, ...]
    obtained: tuple[float, ...]
    difference: float | None
    rtol: float | None
    atol: float | None
    required: bool
    status: Status
    message: str = ""


@dataclass(frozen=True)
class CaseReport:
    """All quantities of one case, and how long it took."""

    case: str
    title: str
    source: str
    required: bool
    comparisons: tuple[Comparison, ...]
    time_s: float

    @property
    def status(self) -> Status:
        """The worst status of its required quantities."""
        states = {c.status for c in self.comparisons if c.required} or {c.status for c in self.comparisons}
        return next(state for state in _WORST_FIRST if state in states)


@dataclass(frozen=True)
class ValidationReport:
    """What `validate` found."""

    cases: tuple[CaseReport, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Required cases that are out of tolerance or ended in an error."""
        return tuple(c.case for c in self.cases if c.required and c.status in {"failed", "error"})

    @property
    def missing(self) -> tuple[str, ...]:
        """Cases that lack an implementation, in part or in whole."""
        return tuple(c.case for c in self.cases if any(q.status == "not implemented" for q in c.comparisons))

    @property
    def undecided(self) -> tuple[str, ...]:
        """Required cases that are not implemented, in part or in whole: nothing can be said about them."""
        return tuple(c.case for c in self.cases if c.required and c.case in self.missing)

    def counts(self) -> dict[str, int]:
        """Number of cases by status."""
        states = [case.status for case in self.cases]
        return {state: states.count(state) for state in dict.fromkeys(states)}


def references() -> dict[str, dict[str, Any]]:
    """Return the cases of ``validation/cases.toml`` by id."""
    data = reading.read_toml(resources.folder("validation") / "cases.toml")
    return {entry["id"]: entry for entry in data["case"]}


def implementations() -> dict[str, Callable[..., Mapping[str, Any]]]:
    """Return the functions ``case_<ID>`` of all modules in the validation folder by id.

    Raises
    ------
    InputError
        When two modules implement the same case, or one implements a case that `references` does not know.
    """
    known = references()
    found: dict[str, Callable[..., Mapping[str, Any]]] = {}
    for module in _modules(resources.folder("validation")):
        for name, function in vars(module).items():
            identity = name.removeprefix(_PREFIX)
            if not name.startswith(_PREFIX) or getattr(function, "__module__", "") != module.__name__:
                continue
            if identity not in known:
                raise InputError(f"{name} implements a case that cases.toml does not hold", module.__name__, "correct its id")
            if identity in found:
                raise InputError(f"{name} stands in two modules", module.__name__, "remove one")
            found[identity] = function
    return found


def _modules(folder: Path) -> Iterable[ModuleType]:
    """Load the folder's modules as a package of its own, so that they can import each other."""
    if PACKAGE not in sys.modules:
        package = ModuleType(PACKAGE)
        package.__path__ = [str(folder)]
        sys.modules[PACKAGE] = package
    for path in sorted(folder.glob("*.py")):
        yield importlib.import_module(f"{PACKAGE}.{path.stem}")


def validate(cases: Sequence[str] = (), report: Callable[[str], None] = lambda message: None) -> ValidationReport:
    """Run published cases and compare.

    Parameters
    ----------
    cases : sequence of str
        Ids such as ``"S01"``; all cases when empty. A prefix with a star (``"S*"``) takes all that begin with it.
    report : callable
        Told what is being run.

    Raises
    ------
    InputError
        When a case is not known.
    """
    known, functions = references(), implementations()
    found = []
    for identity in _chosen(cases, known):
        report(f"{identity}: {known[identity]['title']}")
        found.append(run_case(known[identity], functions.get(identity)))
    return ValidationReport(tuple(found))


def _chosen(cases: Sequence[str], known: Mapping[str, Any]) -> list[str]:
    chosen: list[str] = []
    for wanted in cases or known:
        matches = [name for name in known if name == wanted or (wanted.endswith("*") and name.startswith(wanted[:-1]))]
        if not matches:
            raise InputError(f"there is no case {wanted!r}", mend=f"known are {', '.join(known)}")
        chosen += [name for name in matches if name not in chosen]
    return chosen


def run_case(entry: Mapping[str, Any], function: Callable[..., Mapping[str, Any]] | None) -> CaseReport:
    """Run one case function (None where there is none) and compare with the references of `entry`."""
    start = time.perf_counter()
    obtained: Mapping[str, Any] = {}
    problem = ""
    if function is not None:
        try:
            arguments = [entry.get("inputs", {})] if inspect.signature(function).parameters else []
            obtained = function(*arguments)
        except MechlockError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - one broken case must not hide the others; it is reported as an error
            problem = f"{type(error).__name__}: {error}"
    unknown = set(obtained) - {reference["quantity"] for reference in entry["reference"]}
    if unknown:
        problem = f"returned quantities that the case does not hold: {', '.join(sorted(unknown))}"
    required = bool(entry.get("required", True))
    comparisons = tuple(_compare(entry["id"], reference, obtained, required, problem) for reference in entry["reference"])
    return CaseReport(entry["id"], entry["title"], entry["source"], required, comparisons, time.perf_counter() - start)


def _compare(case: str, reference: Mapping[str, Any], obtained: Mapping[str, Any], required: bool, problem: str) -> Comparison:
    target = np.atleast_1d(np.asarray(reference["value"], float))
    rtol, atol = reference.get("rtol"), reference.get("atol")
    required = required and bool(reference.get("required", True))

    def result(status: Status, values: Any = (), difference: float | None = None, message: str = "") -> Comparison:
        numbers = tuple(float(value) for value in np.atleast_1d(values))
        goal = tuple(float(value) for value in target)
        name, unit = reference["quantity"], reference["unit"]
        return Comparison(case, name, unit, goal, numbers, difference, rtol, atol, required, status, message)

    if problem:
        return result("error", message=problem)
    if reference["quantity"] not in obtained:
        return result("not implemented")
    value = obtained[reference["quantity"]]
    if isinstance(value, Simulated):
        value, rtol = value.value, reference.get("rtol_simulation", rtol)
    values = np.atleast_1d(np.asarray(value, float))
    if len(target) not in {1, len(values)}:
        return result("error", values, message=f"{len(values)} values for {len(target)} references")
    if not np.all(np.isfinite(values)):
        return result("failed", message="the value obtained is not finite")
    gap = np.abs(values - target)
    if rtol is None and atol is None:
        scale = np.abs(target)
        relative = float((gap / scale).max()) if np.all(scale > 0) else None
        return result("reported", values, relative)
    absolute = rtol is None or bool(np.any(target == 0.0))
    allowed = (atol or 0.0) + (rtol or 0.0) * np.abs(target)
    if rtol is not None and atol is None:
        # a zero reference has no size of its own: the largest of its list, or one unit, gives the scale
        allowed = np.where(target == 0.0, rtol * max(1.0, float(np.abs(target).max())), allowed)
    difference = float(gap.max()) if absolute else float((gap / np.abs(target)).max())
    return result("passed" if np.all(gap <= allowed) else "failed", values, difference)
