"""`results.json` as text: strict JSON that any reader takes, every figure finite."""

from __future__ import annotations

import json
import math
from typing import Any

from mechlock.errors import NoVerdict


def results_json(results: dict[str, Any]) -> str:
    """Return the results as indented JSON.

    NumPy scalars and arrays become numbers and lists; an infinite figure (the margin of a value of zero) becomes null.

    Raises
    ------
    NoVerdict
        When a figure is not a number: some stage failed without saying so, and its results cannot be trusted.
    """
    return json.dumps(finite(results), allow_nan=False, indent=2, ensure_ascii=False) + "\n"


def finite(value: Any, where: str = "results") -> Any:
    """Return `value` with plain JSON types only; see `results_json`."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): finite(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, float) and math.isnan(value):
        raise NoVerdict("a figure is not a number", where, "the stage that yields it has failed; see its messages")
    if isinstance(value, float) and math.isinf(value):
        return None
    return value
