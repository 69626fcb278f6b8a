"""Runs one command and turns whatever happens into an exit code and one sentence."""

from __future__ import annotations

import importlib

from fooler_gui.cli.arguments import read_arguments
from fooler_gui.cli.output import OutputLost, write_error, write_result
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.surroundings import prepare

DONE, FAILED, REFUSED, STOPPED = 0, 1, 2, 130


def main(arguments: list[str] | None = None) -> int:
    """Runs the command that `arguments` (by default the process's) ask for and returns its exit code.

    0: done; 1: failure during the work or a program error; 2: bad arguments or files; 130: Ctrl-C.
    """
    prepare()
    debug = False
    try:
        options = read_arguments(arguments)
        debug = options.debug
        # Commands are imported on demand, so that help and bad arguments are answered at once.
        command = importlib.import_module(f"fooler_gui.cli.{options.command.replace('-', '_')}_command")
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
        # Numbers that stop being finite are a failure of the run, not of the input.
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
