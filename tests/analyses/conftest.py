"""Model files run through the command line."""

import json

import pytest

from mechlock.cli import main


@pytest.fixture
def solve(tmp_path, capsys):
    """Write a model file beside its meshes, solve it with `mechlock solve --json`, and return results (or the message)."""

    def run(text, *options, code=0):
        (tmp_path / "model.toml").write_text(text)
        got = main.run(["solve", str(tmp_path / "model.toml"), "--json", "--quiet", *options])
        printed = capsys.readouterr()
        assert got == code, printed.err or printed.out[:2000]
        return json.loads(printed.out) if printed.out else printed.err

    return run
