"""`mechlock schema KIND`: the JSON schema of a file format."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Literal

from mechlock.cli.output import Common, emit

MODELS = {
    "linkage": ("mechlock.inputs.linkage", "LinkageFile"),
}


def schema(kind: Literal["linkage"], /, *, common: Common = Common()) -> int:  # noqa: B008
    """Print the JSON schema of a file format, for editors.

    Example: ``mechlock schema linkage > linkage.schema.json``
    """
    module, name = MODELS[kind]
    payload = getattr(import_module(module), name).model_json_schema(by_alias=True)
    emit(common, payload, json.dumps(payload, indent=2))
    return 0
