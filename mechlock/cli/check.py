"""`mechlock check DESIGN`: everything, to a verdict with its report."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, overrides, progress, refuse_file, tell_missing


def check(
    design: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    life: Annotated[bool, Parameter(negative="")] = False,
    each_lock_off: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),
) -> int:
    """Check a design: prove the lock, build and solve the frame, compare with the acceptance criteria.

    Exit code 0 when every criterion passes, 1 when one fails, 3 when there is no verdict.

    Example: ``mechlock check geometry/designs/reference.toml -o results --set frame.sections.post.thickness="5 mm"``

    Parameters
    ----------
    design
        The design file.
    out
        Folder for results.json, junit.xml, report.html, certificate and result fields; without it only the verdict is shown.
    set_
        A value to change, as KEY=VALUE with the dotted key (may be given more than once).
    quick
        Use a coarse mesh, without weld toes and the second mesh that shows what moves, and draw only what governs on it.
    life
        Also assess what needs loads in time: eight years of roads, events and swaps, random vibration, crash, buckling, wear.
    each_lock_off
        Also with each lock in turn not engaged: the frame, and for what the others then carry their proof and their parts.
    """
    from mechlock.report.drawing import Drawing, lock_pages

    refuse_file(out)
    changed = overrides(set_)
    with progress(common) as report, Drawing() if out is not None else nullcontext() as drawing:
        # asked before this process loads its own libraries, which takes a second or two
        lock = drawing.ask(lock_pages, design, changed, few=quick) if drawing is not None else None

        from mechlock.pipeline import check as run
        from mechlock.report.folder import FolderWriter, write_folder
        from mechlock.report.terminal import text

        if life:
            tell_missing(common)
        folder = FolderWriter(drawing, lock, few=quick) if drawing is not None and lock is not None else None
        frame, parts = (None, None) if folder is None else (folder.frame, folder.parts)
        found = run(
            design,
            overrides=changed,
            quick=quick,
            life=life,
            each_lock_off=each_lock_off,
            progress=report,
            solved_frame=frame,
            solved_parts=parts,
        )
        if out is not None and folder is not None:
            report("report")
            found.results["proof"]["certificate"] = "certificate.json"
            write_folder(out, folder.files(found))
    if folder is not None and folder.without and not common.quiet:
        print(f"mechlock: the report has no pictures: {folder.without}", file=sys.stderr)
    emit(common, found.results, text(found.results))
    return found.exit_code
