"""The result folder of a check: what goes in, and writing it whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from mechlock.analyses.writing import files as field_files
from mechlock.checks.criterion import Criterion
from mechlock.errors import InputError
from mechlock.mesh.vtu import vtu_bytes
from mechlock.pipeline import CheckResult
from mechlock.pipeline.checking import SolvedFrame
from mechlock.pipeline.lock_stage import ProvedLock
from mechlock.pipeline.results import criteria_records
from mechlock.report.derivation import derivation_fragment
from mechlock.report.figure import Figure, Picture
from mechlock.report.html import report_html
from mechlock.report.junit import junit_xml
from mechlock.report.life import damage_by_cause
from mechlock.report.plots import report_figures
from mechlock.report.results import results_json

PARTS = 2
"""How many lock parts are shown with their stress: those nearest to their limit."""


@dataclass(frozen=True)
class LockPages:
    """What a report shows of a lock as it was solved, before any load case: pictures, and the derivation as HTML."""

    pictures: tuple[Picture, ...]
    derivation: str


def lock_pages(proved: ProvedLock) -> LockPages:
    """Draw a lock and write its equations out; libraries and the means to render are loaded first."""
    warm_up()
    return LockPages((_mechanism(proved), *_lock_rendered(proved)), derivation_fragment(proved.mechanism))


@dataclass(frozen=True)
class FramePages:
    """What a report shows of a frame on its own mesh: field files by name, and pictures."""

    files: Mapping[str, bytes]
    pictures: tuple[Picture, ...]


def frame_pages(frame: SolvedFrame) -> FramePages:
    """Write the fields of a frame and draw the cases that come nearest to a limit, and the first modes."""
    files = field_files(frame.recovery, frame.fields)
    return FramePages(files, _field_pictures(files, frame.rows))


def result_files(found: CheckResult, lock: LockPages, frame: FramePages) -> dict[str, bytes]:
    """Return the content of every file of the folder by name.

    Parameters
    ----------
    lock, frame : LockPages, FramePages
        `lock_pages` and `frame_pages` of the same design; taking seconds, they can be made beside the analyses.
    """
    lived = field_files(found.analysis.recovery, found.life_fields)
    fields = {**frame.files, **lived}
    for part in found.strength.parts.parts:
        data = {"von_mises": part.field, "displacement": part.displacement}
        fields[f"lock {part.part}.vtu"] = vtu_bytes(part.mesh.points, part.mesh.blocks, data)
    drawn = [figure for figure in (*report_figures(found.results), damage_by_cause(found.results)) if figure is not None]
    pictures = (*lock.pictures, *frame.pictures, *_field_pictures(lived, ()), *_part_pictures(found), *drawn)
    text = {
        "report.html": report_html(found.results, pictures, lock.derivation, without_pictures()),
        "junit.xml": junit_xml(found.results),
        "certificate.json": found.certificate,
        **found.variants,
        "results.json": results_json(found.results),
    }
    return {**fields, **{name: content.encode() for name, content in text.items() if content}}


def warm_up() -> None:
    """Load what drawing needs and find out whether pictures can be rendered: seconds that can pass beside the analyses."""
    for name in ("matplotlib.backends.backend_svg", "pyvista.plotting"):
        import_module(name)
    without_pictures()


def without_pictures() -> str:
    """Return why nothing can be rendered here, and what would help; "" where pictures are drawn."""
    from mechlock.view.gl import rendering

    found = rendering()
    return "" if found.available else found.reason


def write_folder(out: Path, content: Mapping[str, bytes]) -> None:
    """Write all files beside `out` first, then move them into place.

    Raises
    ------
    InputError
        When the folder cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise InputError(f"the folder cannot be written ({error.strerror})", str(out), "give another path") from None
    try:
        for name, data in content.items():
            (staged / name).write_bytes(data)
        out.mkdir(exist_ok=True)
        for name in content:
            (staged / name).replace(out / name)
    except OSError as error:
        raise InputError(
            f"the results cannot be written ({error.strerror})", str(out), "free some space, or write elsewhere"
        ) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _mechanism(proved: ProvedLock) -> Picture:
    from mechlock.view.mechanism import draw

    title = f"{proved.mechanism.name}: locked position, loads and stop"
    alt = "Drawing of the linkage in its locked position with pins, links, stop and the cone of the load"
    return Figure("mechanism", title, alt, "mechanism", draw(proved.mechanism, ".svg"), "image/svg+xml")


def _lock_rendered(proved: ProvedLock) -> tuple[Picture, ...]:
    """Pictures of the lock assembled and taken apart; none where nothing can be rendered."""
    from mechlock.solids import cad
    from mechlock.view import gl, pictures
    from mechlock.view.solids import solid_surfaces

    if not gl.rendering().available:
        return ()
    lock = proved.lock
    parts = solid_surfaces((part.name, cad.placed(cad.solid(part), lock.locked[part.body])) for part in lock.parts)
    return pictures.lock_pictures(parts, proved.mechanism.name)


def _field_pictures(files: Mapping[str, bytes], rows: Sequence[Criterion]) -> tuple[Picture, ...]:
    """Pictures of the cases in field files, those nearest to a limit first; none where nothing can be rendered."""
    from mechlock.view import gl, loading, pictures

    if not files or not gl.rendering().available:
        return ()
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in files.items():
            (Path(scratch) / name).write_bytes(content)
        loaded = loading.load(Path(scratch))
        criteria = {"criteria": criteria_records(rows)}
        return tuple(picture for result in loaded.results for picture in pictures.result_pictures(result, criteria))


def _part_pictures(found: CheckResult) -> tuple[Picture, ...]:
    """Pictures of the lock parts nearest to their limit; none where nothing can be rendered."""
    from mechlock.view import pictures

    weakest = sorted(found.strength.parts.parts, key=lambda part: part.margin)[:PARTS]
    return tuple(
        picture for part in weakest for picture in pictures.part_picture(part.part, part.mesh, part.field, part.displacement)
    )
