"""What `--help` says: every command what it is for, every argument what it means."""

from __future__ import annotations

import re

import pytest

from mechlock.cli.main import COMMANDS, run

PAGES = [[name] for name in COMMANDS] + [["loads", name] for name in ("list", "show", "log", "ride", "cross", "road")]


def shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The page of help, without frames."""
    assert run([*arguments, "--help"]) == 0
    return capsys.readouterr().out.replace("│", " ")


def test_the_first_page_says_what_each_command_does(capsys: pytest.CaptureFixture[str]) -> None:
    page = shown([], capsys)
    for name in COMMANDS:
        assert re.search(rf"^ +{name} +[A-Z]\w+ .*", page, flags=re.MULTILINE), name


@pytest.mark.parametrize("command", PAGES, ids=" ".join)
def test_every_argument_is_explained(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    page = shown(command, capsys)
    names = [line for line in page.splitlines() if re.match(r"^ +(\* +)?(--[a-z-]+|[A-Z]{3,})( [A-Z]+| --[a-z-]+)*\s*$", line)]
    explained = [line for line in names if re.match(r" {12,}\S", page[page.index(line) + len(line) + 1 :])]
    assert names == explained
