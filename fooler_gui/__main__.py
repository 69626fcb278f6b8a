"""Starts the program: the window without arguments, the command line with them."""

from __future__ import annotations

import gc
import sys

from fooler_gui.surroundings import prepare

_REFUSED = 2


def open_window() -> int:
    """Opens the window, and returns the exit code when it is closed; 2 with a sentence where Qt cannot be loaded."""
    prepare()
    # What is loaded until the window is there stays; to search it for garbage would take a tenth of the time.
    gc.disable()
    try:
        from fooler_gui.app import main as run_application
    except ImportError as error:
        from fooler_gui.qt_refusal import no_window, not_loaded

        sys.stderr.write(f"{no_window(not_loaded(error))}\n")
        return _REFUSED
    return run_application()


def main() -> int:
    """Opens the window, or runs the command that the process was given, and returns the exit code."""
    if len(sys.argv) < 2:
        return open_window()
    from fooler_gui.cli import main as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
