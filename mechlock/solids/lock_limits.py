"""How far one dimension of a lock's body must go, with all others as they are, for the body to be made.

A shape that no single dimension rules (a band around many eyes crosses itself) is refused with the dimension that needs the
least change and the value from which on the shape is whole, found by trying.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, TypeVar

from pydantic import BaseModel

from mechlock.errors import InputError
from mechlock.inputs.quantities import Quantity

Body = TypeVar("Body", bound=BaseModel)
Made = TypeVar("Made")

STEP = 1.02
"""Ratio between neighbouring values that are tried."""

FARTHEST = 60
"""Steps that are tried."""

SHOWN = 4
"""Dimensions that are named at most."""

_REFINED = 8

Path = tuple[str, ...]


def within_limits(body: Body, key: str, make: Callable[[Body], Made]) -> Made:
    """Return what `make` makes of a body.

    Parameters
    ----------
    body : pydantic model
    key : str
        File and key of the body.
    make : callable
        Raises an `InputError` at `key` itself where it finds no dimension at fault.

    Raises
    ------
    InputError
        Of `make`; one that names no dimension gets those that mend it with the least change, each with its limit.
    """
    try:
        return make(body)
    except InputError as error:
        found = _nearest_sound(body, make) if error.where == key else []
        if not found:
            raise
        limits = (
            f"{name} ({value:g} mm) {'at most' if limit < value else 'at least'} {limit:.4g}" for name, value, limit in found
        )
        raise InputError(error.what, f"{key}.{found[0][0]}", f"make {', or '.join(limits)} mm, all else as it is") from None


def _nearest_sound(body: Body, make: Callable[[Body], Any]) -> list[tuple[str, float, float]]:
    """Up to `SHOWN` dimensions that mend the body alone: name, value, nearest sound value; the least change first."""

    def sound(path: Path, value: float) -> bool:
        try:
            make(_changed(body, path, value))
        except InputError:
            return False
        return True

    lengths = dict(_lengths(body, ()))
    found: dict[Path, float] = {}
    farthest = FARTHEST
    count = 0
    while count < farthest and len(found) < SHOWN:
        count += 1
        for path, sense in product(lengths, (-1, 1)):
            if path in found or not sound(path, lengths[path] * STEP ** (sense * count)):
                continue
            bad, good = (lengths[path] * STEP ** (sense * n) for n in (count - 1, count))
            for _ in range(_REFINED):
                middle = (bad + good) / 2
                bad, good = (bad, middle) if sound(path, middle) else (middle, good)
            found[path] = good
            farthest = min(farthest, 3 * count + 3)
    return [(".".join(path), lengths[path], limit) for path, limit in found.items()][:SHOWN]


def _lengths(model: BaseModel, path: Path) -> Iterator[tuple[Path, float]]:
    """Every length that a model and the models in it hold."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _lengths(value, (*path, name))
        elif isinstance(value, Mapping):
            table = typing.cast("Mapping[str, Any]", value)
            for key, item in table.items():
                if isinstance(item, BaseModel):
                    yield from _lengths(item, (*path, name, key))
        elif isinstance(value, float) and value > 0.0 and _is_length((field.annotation, *field.metadata)):
            yield (*path, name), value


def _is_length(marks: tuple[Any, ...]) -> bool:
    return any((isinstance(mark, Quantity) and mark.dimension == "length") or _is_length(typing.get_args(mark)) for mark in marks)


def _changed(model: Any, path: Path, value: float) -> Any:
    """A copy of a model with one value replaced."""
    first, *rest = path
    if isinstance(model, BaseModel):
        own = getattr(model, first)
        return model.model_copy(update={first: _changed(own, tuple(rest), value) if rest else value})
    return {**model, first: _changed(model[first], tuple(rest), value) if rest else value}
