"""Starts the program: the window without arguments, the command line with them."""

from __future__ import annotations

import gc
import sys


def open_window() -> int:
    """Opens the window, and returns the exit code when it is closed."""
    # What is loaded until the window is there stays; to search it for garbage would take a tenth of the time.
    gc.disable()
    from fooler_gui.app import main as run_application

    return run_application()


def main() -> int:
    """Opens the window, or runs the command that the process was given, and returns the exit code."""
    if len(sys.argv) < 2:
        return open_window()
    from fooler_gui.cli import main as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
