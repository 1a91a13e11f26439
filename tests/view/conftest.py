"""Results to look at, as fixtures; pictures are skipped, by name, where nothing can be rendered."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from mechlock.view import fields, gl

_SPEC = importlib.util.spec_from_file_location("view_examples", Path(__file__).with_name("view_examples.py"))
assert _SPEC is not None and _SPEC.loader is not None
_EXAMPLES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_EXAMPLES)


@pytest.fixture
def bar() -> fields.Result:
    """A bar with two load cases and two modes."""
    return fields.sort(_EXAMPLES.cantilever(), "bar")


@pytest.fixture
def bar_file(tmp_path: Path) -> Path:
    """The same as a file."""
    path = tmp_path / "bar.vtu"
    _EXAMPLES.cantilever().save(path)
    return path


@pytest.fixture
def renders() -> None:
    """Skip where VTK cannot render, with the reason and the packages that would help."""
    found = gl.rendering()
    if not found.available:
        pytest.skip(found.reason)
