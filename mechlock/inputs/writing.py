"""Data as TOML text, for the files that mechlock proposes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def toml_value(value: Any) -> str:
    """Write one value: a table inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    # a JSON text is a basic string of TOML, quotes and backslashes escaped
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def toml_tables(data: Mapping[str, Any], name: str = "") -> list[str]:
    """Write a table and the tables of tables in it under their own headings, what is deeper inline."""
    lines = [f"{key} = {toml_value(value)}" for key, value in data.items() if not isinstance(value, Mapping)]
    if name and (lines or not data):
        lines = ["", f"[{name}]", *lines]
    for key, value in data.items():
        if not isinstance(value, Mapping):
            continue
        if not name and any(isinstance(entry, Mapping) for entry in value.values()):
            lines += toml_tables(value, key)
        else:
            own = f"{name}.{key}" if name else key
            lines += ["", f"[{own}]", *(f"{inner} = {toml_value(entry)}" for inner, entry in value.items())]
    return lines
