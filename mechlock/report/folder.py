"""The result folder of a check: what goes in, and writing it whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from mechlock.analyses.writing import files as field_files
from mechlock.checks.lock_parts import LockPartsCheck
from mechlock.errors import InputError
from mechlock.linkage.derivation import derive
from mechlock.mesh.vtu import vtu_bytes
from mechlock.pipeline import CheckResult
from mechlock.pipeline.checking import SolvedFrame
from mechlock.pipeline.results import criteria_records
from mechlock.report.derivation import derivation_fragment
from mechlock.report.drawing import Drawing, LockPages, Picture, StressedPart, field_pictures, part_pictures, plots
from mechlock.report.html import report_html
from mechlock.report.junit import junit_xml
from mechlock.report.results import results_json

PARTS = 2
"""How many lock parts are shown with their stress: those nearest to their limit."""


DIED = "the process that draws them died"


@dataclass(frozen=True)
class Pages:
    """What a report shows besides tables.

    Attributes
    ----------
    pictures : tuple of Picture
    derivation : str
        The lock's equations as HTML.
    without : str
        Why pictures are missing, and what would help; empty where they are there.
    """

    pictures: tuple[Picture, ...]
    derivation: str
    without: str


class FolderWriter:
    """Collects a check's folder while it runs: drawing takes seconds that can pass beside the analyses.

    With `few`, of load cases, modes and lock parts only those nearest to a limit are drawn.
    """

    def __init__(self, drawing: Drawing, lock: Future[LockPages], *, few: bool) -> None:
        self._drawing, self._lock, self._few = drawing, lock, few
        self._fields: dict[str, bytes] = {}
        self._frame: Future[tuple[Picture, ...]] | None = None
        self._parts: Future[tuple[Picture, ...]] | None = None
        self.without = ""

    def frame(self, solved: SolvedFrame) -> None:
        """Take the fields of a frame on its own mesh."""
        self._fields = field_files(solved.recovery, solved.fields)
        rows = criteria_records(solved.rows)
        self._frame = self._drawing.ask(field_pictures, self._fields, rows, few=self._few)

    def parts(self, solved: LockPartsCheck) -> None:
        """Take the lock's parts with their stress."""
        weakest = sorted(solved.parts, key=lambda part: part.margin)[: 1 if self._few else PARTS]
        stressed = [StressedPart(part.part, part.mesh, part.field, part.displacement) for part in weakest]
        self._parts = self._drawing.ask(part_pictures, stressed)

    def files(self, found: CheckResult) -> dict[str, bytes]:
        """Return the content of every file of the folder by name."""
        lived = field_files(found.analysis.recovery, found.life_fields)
        asked = [self._frame, self._drawing.ask(field_pictures, lived, ()), self._parts, self._drawing.ask(plots, found.results)]
        parts = {
            f"lock {part.part}.vtu": vtu_bytes(
                part.mesh.points, part.mesh.blocks, {"von_mises": part.field, "displacement": part.displacement}
            )
            for part in found.strength.parts.parts
        }
        pages = self._pages(found, [drawn for drawn in asked if drawn is not None])
        self.without = pages.without
        text = {
            "report.html": report_html(found.results, pages.pictures, pages.derivation, pages.without),
            "junit.xml": junit_xml(found.results),
            "certificate.json": found.certificate,
            **found.variants,
            "results.json": results_json(found.results),
        }
        return {**self._fields, **lived, **parts, **{name: content.encode() for name, content in text.items() if content}}

    def _pages(self, found: CheckResult, asked: Sequence[Future[tuple[Picture, ...]]]) -> Pages:
        """Wait for what is being drawn."""
        try:
            lock = self._lock.result()
        except BrokenProcessPool:
            lock = LockPages((), derivation_fragment(derive(found.proved.mechanism)), DIED)
        pictures = list(lock.pictures)
        try:
            for future in asked:
                pictures += future.result()
        except BrokenProcessPool:
            return Pages(tuple(pictures), lock.derivation, DIED)
        return Pages(tuple(pictures), lock.derivation, lock.without)


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
