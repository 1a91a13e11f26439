"""Where the project's data folders are: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from pathlib import Path

from mechlock.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder ``geometry`` or ``validation`` of this installation.

    Raises
    ------
    InputError
        When the installation lacks it.
    """
    for place in (_PACKAGE.parent / name, _PACKAGE / "_shipped" / name):
        if (place / "README.md").is_file():
            return place
    raise InputError(f"the folder {name!r} is not part of this installation", mend="reinstall mechlock")


def data(name: str) -> Path:
    """Return a file of the package's own reference data (``materials.toml``, ``acceptance.toml``, ...)."""
    return _PACKAGE / "data" / name
