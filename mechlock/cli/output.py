"""What every command shares: `--json`, `--quiet`, progress on stderr, and files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mechlock.errors import InputError

Signed = Annotated[str, Parameter(allow_leading_hyphen=True)]
"""A quantity that may begin with a minus sign, such as "-90 deg"."""


def quantity(text: str, dimension: str, option: str) -> float:
    """Read an option in its internal unit; `option` is named where it cannot be."""
    from mechlock.units import parse

    try:
        return parse(text.strip(), dimension)
    except InputError as error:
        raise error.at(option) from None


@Parameter(name="*")
@dataclass(frozen=True)
class Common:
    """Options that every command takes."""

    json: Annotated[bool, Parameter(negative="")] = False
    """Print exactly one JSON object on stdout."""

    quiet: Annotated[bool, Parameter(negative="")] = False
    """No messages and no progress on stderr."""


def emit(common: Common, payload: dict[str, Any], text: str) -> None:
    """Print the result: one JSON object with ``--json``, else the text for people."""
    print(json.dumps(payload, allow_nan=False, default=_plain) if common.json else text)


def _plain(value: Any) -> Any:
    """Turn NumPy scalars and arrays into what JSON knows."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


@contextlib.contextmanager
def progress(common: Common) -> Generator[Callable[[str], None]]:
    """Give a function that shows what is being done, on stderr, for as long as the block runs."""
    if common.quiet:
        yield lambda message: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:

        def line(message: str) -> None:
            # in one piece: several analyses tell at the same time what they do
            sys.stderr.write(f"{message}\n")
            sys.stderr.flush()

        yield line
        return
    with console.status("") as status:

        def show(message: str) -> None:
            status.update(message)

        yield show


def tell_missing(common: Common) -> None:
    """Say, for commands that count cycles or oscillators over long records, that nothing is installed which compiles them."""
    from mechlock.fem.compiled import WITHOUT, available

    if not common.quiet and not available():
        print(f"mechlock: {WITHOUT}", file=sys.stderr)


def overrides(settings: list[str] | None) -> dict[str, str]:
    """Split the ``KEY=VALUE`` texts of ``--set``.

    Raises
    ------
    InputError
        When one has no key or no equals sign.
    """
    found: dict[str, str] = {}
    for item in settings or ():
        key, sign, value = item.partition("=")
        if not sign or not key.strip():
            raise InputError(f"{item!r} is not KEY=VALUE", "--set", 'write --set frame.sections.post_mid.thickness="5 mm"')
        found[key.strip()] = value.strip()
    return found


def refuse_file(out: Path | None) -> None:
    """Refuse an output folder that is a file, before anything is computed for it."""
    if out is not None and out.exists() and not out.is_dir():
        raise InputError("this is a file, a folder is needed", str(out), "give another path")


def replace_file(path: Path, data: str | bytes) -> None:
    """Write `data` to a temporary file beside `path`, then rename it, so that no half-written file is ever seen.

    Raises
    ------
    InputError
        Where that is not possible: a folder of that name, no space, no right.
    """
    try:
        _replace(path, data)
    except OSError as error:
        raise InputError(f"the file cannot be written ({error.strerror})", str(path), "name another file or folder") from None


def _replace(path: Path, data: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data.encode() if isinstance(data, str) else data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
