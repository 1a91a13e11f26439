"""`mechlock check DESIGN`: everything, to a verdict with its report."""

from __future__ import annotations

import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from mechlock.cli.output import Common, emit, overrides, progress, refuse_file

if TYPE_CHECKING:
    from mechlock.pipeline.checking import SolvedFrame
    from mechlock.pipeline.lock_stage import ProvedLock


def check(
    design: Path,
    /,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    life: Annotated[bool, Parameter(negative="")] = False,
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
        Use a coarse mesh, without weld toes and without the second mesh that shows what moves.
    life
        Also assess what needs loads in time: eight years of roads, events and swaps, random vibration, crash, buckling, wear.
    """
    from mechlock.pipeline import check as run
    from mechlock.report.folder import (
        FramePages,
        LockPages,
        frame_pages,
        lock_pages,
        result_files,
        without_pictures,
        write_folder,
    )
    from mechlock.report.terminal import text

    refuse_file(out)
    lock: list[Future[LockPages]] = []
    frame: list[Future[FramePages]] = []
    with progress(common) as report, ThreadPoolExecutor(1) as beside:

        def draw_lock(proved: ProvedLock) -> None:
            if out is not None:
                lock.append(beside.submit(lock_pages, proved))

        def draw_frame(solved: SolvedFrame) -> None:
            if out is not None:
                frame.append(beside.submit(frame_pages, solved))

        found = run(
            design,
            overrides=overrides(set_),
            quick=quick,
            life=life,
            progress=report,
            proved_lock=draw_lock,
            solved_frame=draw_frame,
        )
        if out is not None:
            report("report")
            found.results["proof"]["certificate"] = "certificate.json"
            write_folder(out, result_files(found, lock[0].result(), frame[0].result()))
    if out is not None and without_pictures() and not common.quiet:
        print(f"mechlock: the report has no pictures: {without_pictures()}", file=sys.stderr)
    emit(common, found.results, text(found.results))
    return found.exit_code
