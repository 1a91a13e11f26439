"""`mechlock schema KIND`: the JSON schema of a file format."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Literal

from mechlock.cli.output import Common, emit

MODELS = {
    "linkage": ("mechlock.inputs.linkage", "LinkageFile"),
    "lockparts": ("mechlock.inputs.lockparts", "LockPartsFile"),
    "frame": ("mechlock.inputs.frame", "FrameFile"),
    "pack": ("mechlock.inputs.pack", "PackFile"),
    "tray": ("mechlock.inputs.tray", "TrayFile"),
    "model": ("mechlock.inputs.model", "ModelFile"),
    "design": ("mechlock.inputs.design", "DesignFile"),
    "duty": ("mechlock.loads.duty", "DutyFile"),
}
"""Kind to the model that describes it."""

_LINKED = {
    ("frame",): "frame",
    ("pack",): "pack",
    ("tray",): "tray",
    ("lock", "linkage"): "linkage",
    ("lock", "parts"): "lockparts",
    ("baseline", "as_built"): "frame",
    ("baseline", "resized"): "frame",
}


def schema(
    kind: Literal["linkage", "lockparts", "frame", "pack", "tray", "model", "design", "duty"], /, *, common: Common = Common()
) -> int:
    """Print the JSON schema of a file format, for editors.

    Example: ``mechlock schema design > design.schema.json``
    """
    payload = _schema(kind)
    emit(common, payload, json.dumps(payload, indent=2))
    return 0


def _schema(kind: str) -> dict[str, object]:
    module, name = MODELS[kind]
    found = getattr(import_module(module), name).model_json_schema(by_alias=True)
    if kind == "design":
        for link, part in _LINKED.items():
            holder = found if len(link) == 1 else found["$defs"][{"lock": "LockSection", "baseline": "BaselineSection"}[link[0]]]
            inner = _schema(part)
            holder["properties"][link[-1]] = {
                "description": f"path of a {part} file, relative to this one, or the same keys inline",
                "anyOf": [{"type": "string"}, {"$ref": f"#/$defs/{part}"}],
            }
            for definition, content in inner.pop("$defs", {}).items():  # type: ignore[attr-defined]
                found["$defs"].setdefault(definition, content)
            found["$defs"][part] = inner
            if link[-1] != "resized":
                holder["required"] = [*holder.get("required", []), link[-1]]
    return found
