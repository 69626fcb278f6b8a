"""Runs one command and turns whatever happens into an exit code and one sentence."""

from __future__ import annotations

import importlib

from fooler_gui.cli.arguments import read_arguments
from fooler_gui.cli.output import OutputLost, write_error, write_result
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.surroundings import prepare

DONE, FAILED, REFUSED, STOPPED = 0, 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Runs the command that `arguments` ask for, by default those of the process, and returns its exit code.

    0 is done, 1 what failed on the way or an error of the program, 2 bad arguments or files, 130 Ctrl-C.
    """
    prepare()
    debug = False
    try:
        options = read_arguments(arguments)
        debug = options.debug
        # A command is imported when it is asked for, so that help and bad arguments answer at once.
        command = importlib.import_module(f"fooler_gui.cli.{options.command}_command")
        result = command.run(options)
        write_result(result, as_json=options.json)
        for sentence in filter(None, (result.failed, result.stopped)):
            write_error(sentence)
        if result.stopped:
            return STOPPED
        if result.failed:
            return FAILED
    except KeyboardInterrupt:
        write_error("Stopped; nothing was written.")
        return STOPPED
    except OutputLost as error:
        write_error(str(error))
        return FAILED
    except LabError as error:
        write_error(str(error))
        # Numbers that are no longer finite are the run's fate, not a fault of what was given.
        return FAILED if isinstance(error, ArithmeticError) else REFUSED
    except OSError as error:
        write_error(f"{error.filename}: {reason_of(error)}." if error.filename else f"{reason_of(error)}.")
        return REFUSED
    except Exception as error:
        if debug:
            raise
        write_error(f"The program failed ({reason_of(error)}); run it again with --debug to see the traceback.")
        return FAILED
    return DONE
