"""``fooler benchmark``: the door to the benchmarks, which lie beside the tests in the source tree."""

from __future__ import annotations

import argparse

from fooler_gui.cli.benchmark_folder import WHERE, benchmarks
from fooler_gui.cli.output import Result
from fooler_gui.core.errors import LabError


class NoBenchmarks(LabError):
    """The program runs without its source tree. Its text is one sentence."""


def run(options: argparse.Namespace) -> Result:
    """Does what `options` ask for.

    Raises:
        NoBenchmarks: There is no source tree at hand.
        KeyboardInterrupt: Ctrl-C before the first row was measured.
    """
    command = benchmarks("command")
    if command is None:
        raise NoBenchmarks(f"There are no benchmarks here: {WHERE}.")
    result: Result = command.run(options)
    return result
