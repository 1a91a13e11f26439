"""Result folders: ``results.json`` and one ``.vtu`` or ``.vtkhdf`` a case, all there or none."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mechlock.analyses.fields import CaseFields
from mechlock.errors import InputError
from mechlock.fem.cores import on_all_cores
from mechlock.fem.stress import Recovery
from mechlock.mesh.mesh import Block
from mechlock.mesh.vtkhdf import vtkhdf_bytes
from mechlock.mesh.vtu import vtu_content, vtu_grid

RESULTS = "results.json"


def file_name(case: str, suffix: str = ".vtu") -> str:
    """Name of a case's field file: the case's name, without what file systems dislike."""
    return re.sub(r"[^\w .()+-]", "_", case).strip() + suffix


def files(recovery: Recovery, fields: Iterable[CaseFields], *, hdf: bool = False) -> dict[str, bytes]:
    """Return the content of the field files by name: ``.vtu``, or `hdf` ``.vtkhdf``.

    Each node appears once for every region it belongs to, so that stress keeps its jumps; ``node`` gives its number.
    """
    points = recovery.mesh.points[recovery.node]
    blocks = tuple(Block(table.block.kind, table.rows) for table in recovery.tables)
    common = {"node": recovery.node.astype(np.int32)}
    region = {"region": recovery.cell_region.astype(np.int32)}

    grid = None if hdf else vtu_grid(points, blocks, common, region, each=on_all_cores)

    def content(item: CaseFields) -> bytes:
        extra = {} if item.frequencies is None else {"frequencies_Hz": item.frequencies}
        if grid is None:
            return vtkhdf_bytes(points, blocks, {**item.arrays, **common}, region, extra)
        return vtu_content(grid, item.arrays, field_data=extra, each=on_all_cores)

    items, suffix = list(fields), ".vtkhdf" if hdf else ".vtu"
    contents = on_all_cores(content, items)
    return {file_name(item.name, suffix): data for item, data in zip(items, contents, strict=True)}


def results_text(results: Mapping[str, Any]) -> str:
    """Return the results as JSON; numbers that are not finite become null."""
    return json.dumps(plain(results), indent=2, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """Return lists, dicts, numbers and strings only; numbers that are not finite become null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def write(out: Path, results: Mapping[str, Any], fields: Mapping[str, bytes]) -> None:
    """Write a result folder: everything beside it first, then moved into place, ``results.json`` last.

    Raises
    ------
    InputError
        When the folder cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise InputError("this is a file, a folder is needed", str(out), "give another path")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise InputError(f"the folder cannot be written ({error.strerror})", str(out)) from None
    try:
        for name, content in fields.items():
            (staged / name).write_bytes(content)
        (staged / RESULTS).write_text(results_text(results), encoding="utf-8")
        out.mkdir(exist_ok=True)
        for name in [*fields, RESULTS]:
            (staged / name).replace(out / name)
    except OSError as error:
        raise InputError(f"the results cannot be written ({error.strerror})", str(out)) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)
