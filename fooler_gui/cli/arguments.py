"""Reads the command line."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Mapping
from typing import NoReturn

from fooler_gui import __version__
from fooler_gui.cli.command_options import COMMANDS
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import write_output

_PROGRAM = "fooler"
_DESCRIPTION = (
    "Shows how a convolutional net can be fooled, and retrains it to resist. Without arguments `python main.py` opens "
    "the window, as does the command fooler-gui; these commands do the same without one."
)
_EPILOG = (
    "Every command has its own help: fooler COMMAND --help. Results go to standard output, progress to standard error."
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sentence = message.removeprefix("argument ").rstrip(".")
        raise BadArguments(f"{sentence[:1].upper()}{sentence[1:]}; see {self.prog} --help.")

    def _print_message(self, message: str, _file: object = None) -> None:
        write_output(message)


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Returns the options in `arguments`, by default the process's own.

    Raises:
        BadArguments: They are invalid.
        OutputLost: Help or the version was requested and cannot be written.
        SystemExit: Help or the version was requested and written.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    return _parser(next((word for word in arguments if not word.startswith("-")), "")).parse_args(arguments)


@functools.cache
def options_of(command: str) -> Mapping[str, argparse.Action]:
    """Returns the options that `command` has beside those of every command, by name, with underscores for dashes."""
    parser = _Parser(add_help=False)
    next(add_options for name, _, add_options in COMMANDS if name == command)(parser)
    return {action.dest: action for action in parser._actions}


def _parser(asked: str) -> argparse.ArgumentParser:
    """Returns a parser with the options of the command `asked`; other commands have only their summary."""
    common = _Parser(add_help=False)
    common.add_argument("--json", action="store_true", help="write one JSON object to standard output, nothing else")
    common.add_argument("--debug", action="store_true", help="show the traceback of a program error")
    parser = _Parser(prog=_PROGRAM, description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{_PROGRAM} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, sentence, add_options in COMMANDS:
        command = commands.add_parser(
            name,
            help=sentence,
            description=f"{sentence[0].upper()}{sentence[1:]}.",
            parents=[common],
            allow_abbrev=False,
        )
        if name == asked:
            add_options(command)
    return parser
