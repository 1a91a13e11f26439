"""Reading TOML files into strict models, with the file and the key in every error."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mechlock.errors import InputError

MAX_BYTES = 32 * 1024 * 1024

ModelT = TypeVar("ModelT", bound=BaseModel)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    InputError
        When the file is missing, too large, not UTF-8 or not TOML (with line and column).
    """
    try:
        if path.is_dir():
            raise InputError("this is a folder, a file is expected", str(path))
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"the file is larger than {MAX_BYTES // 2**20} MiB", str(path), "check that this is the right file")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError("there is no such file", str(path), "check the path") from None
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", str(path)) from None
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text", str(path), "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        twice = re.search(r"Cannot declare \(([^)]*)\) twice (.*)", str(error))
        if twice is not None:
            table = ".".join(re.findall(r"'([^']*)'", twice[1]))
            raise InputError(f"the table [{table}] stands twice {twice[2]}", str(path), "put all its keys into one") from None
        raise InputError(f"not valid TOML: {error}", str(path)) from None
    except RecursionError:
        raise InputError("not valid TOML: nested too deeply", str(path)) from None


def validate(model: type[ModelT], data: dict[str, Any], where: str) -> ModelT:
    """Make a `model` of `data`; `where` is put before the key in errors (usually the file's name).

    Raises
    ------
    InputError
        For the first thing that is wrong, with the key, and with the number of further errors.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _explain(error, model, where) from None


def _key(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not part.startswith(("function-", "tagged-", "constrained-")):
            text += f".{part}" if text else part
    return text


def _explain(error: ValidationError, model: type[BaseModel], where: str) -> InputError:
    problems = error.errors(include_url=False)
    first = problems[0]
    kind, context = first["type"], first.get("ctx", {})
    key = _key(first["loc"])
    # a file of another kind has little of what is asked for
    others = 0 if key == "format" else len(problems) - 1
    more = f" ({others} more after it)" if others else ""
    place = f"{where}: {key}" if key else where
    if kind == "extra_forbidden":
        return InputError(f"unknown key{more}", place, _suggest(first["loc"], model))
    if kind == "missing":
        return InputError(f"this key is missing{more}", place, "add it")
    if kind == "mechlock":
        return InputError(f"{context['what']}{more}", place, context["mend"])
    if kind in {"greater_than", "greater_than_equal"}:
        limit = context.get("gt", context.get("ge"))
        word = "greater than" if kind == "greater_than" else "at least"
        return InputError(f"must be {word} {limit:g}{more}", place, "correct the value")
    if kind == "literal_error":
        return InputError(f"{first['input']!r} is not allowed{more}", place, f"use {context['expected']}")
    if kind == "finite_number":
        return InputError(f"the number is not finite{more}", place, "write a finite number")
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        chooser = str(context["discriminator"]).strip("'")
        what = f"the key {chooser!r} is missing" if kind == "union_tag_not_found" else f"{context['tag']!r} is no {chooser}"
        return InputError(f"{what}{more}", place, f"use one of: {', '.join(_kinds_at(model, first['loc'], chooser))}")
    what, mend = _misshapen(kind, context, first["input"])
    return InputError(f"{what or first['msg'].lower()}{more}", place, mend)


def _misshapen(kind: str, context: dict[str, Any], given: object) -> tuple[str, str]:
    """What is wrong with the shape of a value, and how to mend it; empty words where pydantic's own must do."""
    if kind in {"model_type", "dict_type", "dataclass_type", "model_attributes_type"}:
        several = isinstance(given, list)
        return "one table is expected" + (
            ", not a list of them" if several else ""
        ), "write [key], not [[key]]" if several else "write [key]"
    if kind in {"tuple_type", "list_type"}:
        return f"a list is expected, not {given!r}", "write it in brackets, such as ['10 mm', '20 mm'], or as [[key]] for tables"
    if kind in {"too_long", "too_short"}:
        expected = context["max_length"] if kind == "too_long" else f"at least {context['min_length']}"
        return f"{context['actual_length']} entries where there should be {expected}", "count the entries"
    if kind == "string_type":
        return f"{given!r} is no text", "write it in quotes, with its unit if it has one"
    if kind == "string_pattern_mismatch":
        return f"{given!r} is not of the form expected", f"it must match {context['pattern']}; names have no spaces or dots"
    if kind in {"less_than", "less_than_equal"}:
        word = "less than" if kind == "less_than" else "at most"
        return f"must be {word} {context.get('lt', context.get('le')):g}", "correct the value"
    return "", "see `mechlock schema` for what is expected here"


def _suggest(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    names = [name for name in _names_at(model, location[:-1]) if name != location[-1]]  # another kind's key is none here
    close = difflib.get_close_matches(str(location[-1]), names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known keys here: {', '.join(sorted(set(names)))}" if names else "remove it"


def _names_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Keys that the JSON schema of `model` allows at `location`."""
    return [name for option in _options_at(model, location) for name in option.get("properties", {})]


def _kinds_at(model: type[BaseModel], location: tuple[int | str, ...], chooser: str) -> list[str]:
    """Values of the key by which the kinds of table at `location` are told apart."""
    keys = [option.get("properties", {}).get(chooser, {}) for option in _options_at(model, location)]
    return [str(value) for key in keys for value in ([key["const"]] if "const" in key else key.get("enum", []))]


def _options_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[dict[str, Any]]:
    """What the JSON schema of `model` allows at `location`."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    nodes = [schema]
    for part in location:
        nodes = [child for node in nodes for child in _children(node, part, definitions)]
    return [option for node in nodes for option in _options(node, definitions)]


def _options(node: dict[str, Any], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _options(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    branches = node.get("anyOf", []) + node.get("oneOf", []) + node.get("allOf", [])
    return [option for branch in branches for option in _options(branch, definitions)] or [node]


def _children(node: dict[str, Any], part: int | str, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    options = _options(node, definitions)
    kinds = [option for option in options if any(key.get("const") == part for key in option.get("properties", {}).values())]
    if kinds:
        return kinds  # the part is the name of one kind among several
    for option in options:
        if isinstance(part, int):
            found += [option["items"]] if "items" in option else []
        elif part in option.get("properties", {}):
            found.append(option["properties"][part])
        elif isinstance(option.get("additionalProperties"), dict):
            found.append(option["additionalProperties"])
        elif "patternProperties" in option:
            found += option["patternProperties"].values()
        else:
            found.append(option)
    return found
