"""Starts the program: the window without arguments, the command line with them."""

from __future__ import annotations

import gc
import sys

from fooler_gui.surroundings import prepare

_REFUSED = 2


def open_window() -> int:
    """Opens the window and returns the exit code when it closes; 2, with a sentence, if Qt cannot be loaded."""
    prepare()
    # Everything loaded before the window appears stays; collecting garbage in it would take a tenth of the start-up
    # time.
    gc.disable()
    try:
        from fooler_gui.app import main as run_application
    except ImportError as error:
        from fooler_gui.qt_refusal import no_window, not_loaded

        sys.stderr.write(f"{no_window(not_loaded(error))}\n")
        return _REFUSED
    return run_application()


def main() -> int:
    """Opens the window, or runs the given command, and returns the exit code."""
    if len(sys.argv) < 2:
        return open_window()
    from fooler_gui.cli import main as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
