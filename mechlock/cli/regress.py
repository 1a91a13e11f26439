"""`mechlock regress DESIGN --baseline FILE`: check a design and compare every figure with stored ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mechlock.checks import regression
from mechlock.cli.output import Common, emit, progress, replace_file
from mechlock.errors import InputError


def regress(
    design: Path,
    /,
    *,
    baseline: Path,
    update: Annotated[bool, Parameter(negative="")] = False,
    quick: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),
) -> int:
    """Check a design and compare every figure (time and memory aside) with a stored baseline.

    Example: ``mechlock regress geometry/designs/reference.toml --baseline tests/regression/reference.json --quick``

    Parameters
    ----------
    design
        The design file.
    baseline
        The stored figures and their tolerances.
    update
        Store what is obtained now, keeping the tolerances.
    quick
        Use the coarse mesh.
    """
    from mechlock.pipeline import check

    stored: dict[str, Any] = _read(baseline) if baseline.exists() or not update else {"figures": {}}
    with progress(common) as report:
        results = check(design, quick=quick, progress=report).results
    if update:
        new = regression.new_baseline(results, stored.get("tolerances"))
        replace_file(baseline, json.dumps(new, indent=1) + "\n")
        emit(
            common,
            {"updated": str(baseline), "figures": len(new["figures"])},
            f"{baseline}: {len(new['figures'])} figures stored",
        )
        return 0
    moved = regression.compare(results, stored, str(baseline))
    payload = {"baseline": str(baseline), "figures": len(stored["figures"]), "moved": [row.__dict__ for row in moved]}
    lines = [f"{row.key}: stored {row.stored}, obtained {row.obtained} ({row.tolerance})" for row in moved]
    emit(common, payload, "\n".join([*lines, f"{len(moved)} of {len(stored['figures'])} figures moved"]))
    return 1 if moved else 0


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("there is no such file", str(path), "make it with --update") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"not a baseline ({error})", str(path), "make it with --update") from None
    if not isinstance(found, dict):
        raise InputError("not a baseline", str(path), "make it with --update")
    return found
