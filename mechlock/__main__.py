"""Run mechlock as ``python -m mechlock``."""

from mechlock.cli.main import main

main()
