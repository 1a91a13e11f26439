"""Pictures come from another process, whose death leaves the report without them and everything else in place."""

import os
import signal
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from mechlock import resources
from mechlock.report.drawing import Drawing, lock_pages

REFERENCE = resources.folder("geometry") / "designs" / "reference.toml"


def test_a_lock_is_drawn_and_derived_in_another_process() -> None:
    with Drawing() as drawing:
        assert drawing.ask(os.getpid).result() != os.getpid()
        pages = drawing.ask(lock_pages, Path(REFERENCE), None).result()
    assert pages.pictures[0].data.startswith(b"<?xml")
    assert "<math" in pages.derivation
    assert bool(pages.without) == (len(pages.pictures) == 1)


def test_once_the_other_process_has_died_every_answer_says_so() -> None:
    with Drawing() as drawing:
        died = drawing.ask(os._exit, 3)
        with pytest.raises(BrokenProcessPool):
            died.result()
        with pytest.raises(BrokenProcessPool):
            drawing.ask(os.getpid).result()


def test_an_interrupt_at_the_terminal_is_left_to_the_command_itself() -> None:
    with Drawing() as drawing:
        assert drawing.ask(signal.getsignal, signal.SIGINT).result() == signal.SIG_IGN
