"""Run mechlock as ``python -m mechlock``."""

from mechlock.cli.main import main

if __name__ == "__main__":
    main()
