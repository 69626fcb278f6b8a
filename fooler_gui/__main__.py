"""Starts the program: the window without arguments, the command line with them."""

from __future__ import annotations

import sys


def main() -> int:
    """Opens the window, or runs the command that the process was given, and returns the exit code."""
    if len(sys.argv) < 2:
        from fooler_gui.app import main as open_window

        return open_window()
    from fooler_gui.cli import main as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
