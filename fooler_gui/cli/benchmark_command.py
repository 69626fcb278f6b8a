"""``fooler benchmark``: runs the benchmarks, which lie beside the tests in the source tree."""

from __future__ import annotations

import argparse

from fooler_gui.cli.benchmark_folder import WHERE, benchmarks
from fooler_gui.cli.output import Result
from fooler_gui.core.errors import LabError


class NoBenchmarks(LabError):
    """The program runs without its source tree."""


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        NoBenchmarks: The source tree is missing.
        KeyboardInterrupt: Ctrl-C before the first measurement.
    """
    command = benchmarks("command")
    if command is None:
        raise NoBenchmarks(f"There are no benchmarks here: {WHERE}.")
    result: Result = command.run(options)
    return result
