"""Data as TOML text, for the files that mechlock proposes."""

from __future__ import annotations

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
    return f'"{value}"' if isinstance(value, str) else repr(value)


def toml_tables(data: Mapping[str, Any], name: str = "") -> list[str]:
    """Write a table and the tables of tables in it under their own headings, what is deeper inline."""
    lines = [f"{key} = {toml_value(value)}" for key, value in data.items() if not isinstance(value, Mapping)]
    for key, value in data.items():
        if isinstance(value, Mapping):
            own = f"{name}.{key}" if name else key
            deep = any(isinstance(entry, Mapping) for entry in value.values()) and own.count(".") < 1
            if deep:
                lines += toml_tables(value, own)
            else:
                lines += ["", f"[{own}]", *(f"{name} = {toml_value(entry)}" for name, entry in value.items())]
    return lines
