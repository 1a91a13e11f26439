"""Ctrl-C ends a check with one line and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from mechlock import resources

COMMAND = """
import signal
from mechlock.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has its jobs ignore interrupts
main()
"""
REFERENCE = resources.folder("geometry") / "designs" / "reference.toml"


def test_ctrl_c_ends_a_check_with_one_line_and_nothing_written(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COMMAND, "check", str(REFERENCE), "--quick", "-o", str(tmp_path / "results")]
    # a terminal interrupts the whole group: the command and the process that draws for it
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True) as run:
        assert run.stderr is not None
        said = [next(run.stderr) for _ in range(3)]
        os.killpg(run.pid, signal.SIGINT)
        said += run.stderr.readlines()
    assert run.returncode == 130
    assert said[-1] == "mechlock: interrupted\n"
    assert "Traceback" not in "".join(said)
    assert not list(tmp_path.iterdir())
