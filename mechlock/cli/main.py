"""The command line: registers the commands, and turns errors into one message and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from importlib.metadata import version

from cyclopts import App, CycloptsError

from mechlock.errors import MechlockError

COMMANDS = (
    "kinematics",
    "dynamics",
    "synthesize",
    "prove",
    "verify",
    "build",
    "solve",
    "check",
    "regress",
    "view",
    "validate",
    "loads",
    "schema",
    "new",
)
"""Each is a module of this package with a function of the same name; imported when it is called."""


SWITCH = 2e-4
"""Longest time in seconds that a thread keeps the interpreter while another waits for it."""

COLLECTED = (200_000, 20, 50)
"""Python's thresholds for looking for garbage: new objects, then rounds of each of the two younger generations."""


def application() -> App:
    """Build the command-line application."""
    app = App(
        name="mechlock",
        help="Self-locking mechanisms of swappable truck batteries: solved, proved, built and checked.",
        version=version("mechlock"),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name in COMMANDS:
        app.command(f"mechlock.cli.{name}:{name}", name=name)
    return app


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 pass, 1 negative, 2 bad input, 3 no verdict, 130 interrupted."""
    app = application()
    try:
        if not arguments or arguments[0] in ("--help", "-h"):
            app.resolved_commands()  # what a command does is said in its module
        result = app(arguments, exit_on_error=False, print_error=False)
        return result if isinstance(result, int) else 0
    except MechlockError as error:
        print(f"mechlock: {error}", file=sys.stderr)
        return error.exit_code
    except CycloptsError as error:
        print(f"mechlock: {error}; see `mechlock --help`", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("mechlock: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def main() -> None:
    """Entry point of the ``mechlock`` command."""
    # numpy's own threads wait by spinning, on the cores that other work of ours runs on
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # the lock and the frame are worked on in two threads: at Python's 5 ms one of them waits that long after each array operation
    sys.setswitchinterval(SWITCH)
    # symbolic work makes many small objects and little garbage, which is looked for too often otherwise
    gc.set_threshold(*COLLECTED)
    code = run(sys.argv[1:])
    # nothing is looked through once more for what the end of the process gives back anyway
    gc.freeze()
    sys.exit(code)
