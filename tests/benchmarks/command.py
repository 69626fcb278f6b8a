"""``fooler benchmark``: speed and memory against their targets, every row in one run."""

from __future__ import annotations

import argparse
import time

from benchmarks.catalogue import Benchmark, chosen
from benchmarks.machine import machine
from benchmarks.row import FAILED, Quantity, Row
from benchmarks.runner import BrokenBenchmark, rows_of
from fooler_gui.cli.output import Result, facts_in_lines, table, write_details
from fooler_gui.cli.progress import ProgressLine
from fooler_gui.core.formats import format_seconds
from fooler_gui.core.messages import Working

_HEADER = ("row", "work", "ours", "compared with", "theirs", "ratio", "target", "")
_WORDS = (0, 1, 3, 6, 7)
_NONE = "–"
_RATIOS = "A ratio with target ≥ says how many times faster ours is, one with ≤ how many times as much it takes."


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        KeyboardInterrupt: Ctrl-C before the first measurement.
    """
    parts = [(benchmark, function) for benchmark in chosen(options.only) for function in benchmark.functions]
    rows: list[Row] = []
    stopped = ""
    began = time.monotonic()
    with ProgressLine() as progress:
        for index, (benchmark, function) in enumerate(parts):
            progress.show(Working(sentence=f"Measuring {benchmark.work}", fraction=index / len(parts)))
            try:
                rows += _measured(benchmark, function, debug=options.debug)
            except KeyboardInterrupt:
                if not rows:
                    raise
                stopped = f"Stopped while measuring {benchmark.work}; the rows before it are shown."
                break
    seconds = time.monotonic() - began
    return Result(
        facts={"machine": machine(), "seconds": seconds, "rows": [row.to_dict() for row in rows]},
        text=_text(rows, seconds),
        stopped=stopped,
        failed=_failed(rows),
    )


def _measured(benchmark: Benchmark, function: str, *, debug: bool) -> list[Row]:
    try:
        return rows_of(benchmark, function)
    except BrokenBenchmark as error:
        if debug:
            write_details(error.details)
        return [Row(name=benchmark.name, work=benchmark.work, absent=FAILED, note=str(error))]


def _failed(rows: list[Row]) -> str:
    broken = dict.fromkeys(row.name for row in rows if row.absent == FAILED)
    return f"Not everything could be measured: {', '.join(broken)}; the notes say why." if broken else ""


def _text(rows: list[Row], seconds: float) -> str:
    lines = [
        facts_in_lines({name.capitalize(): str(value) for name, value in machine().items()}),
        "",
        table(_HEADER, [_cells(row) for row in rows], words=_WORDS),
    ]
    for row in rows:
        if row.table:
            header, *body = row.table
            cells = [[written(cell) for cell in line] for line in body]
            lines += ["", table([str(name) for name in header], cells, words=())]
    notes = dict.fromkeys(f"{row.name}, {row.work}: {row.note}" for row in rows if row.note)
    return "\n".join([*lines, "", _RATIOS, *notes, "", f"Measured in {format_seconds(seconds)}"])


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        row.work,
        _quantity(row.ours),
        row.comparison or _NONE,
        _quantity(row.theirs),
        _NONE if row.ratio is None else f"{_digits(row.ratio)} ×",
        row.target or _NONE,
        row.verdict,
    )


def _quantity(quantity: Quantity | None) -> str:
    return _NONE if quantity is None else f"{_digits(quantity.value)} {quantity.unit}".rstrip()


def written(cell: str | float) -> str:
    """Returns a `cell` of a row's table as text, numbers with three significant digits unless they are whole."""
    return f"{cell:,}" if isinstance(cell, int) else _digits(cell) if isinstance(cell, float) else cell


def _digits(value: float) -> str:
    """Returns `value` with three significant digits, without an exponent."""
    decimals = next((digits for digits, limit in ((3, 1), (2, 10), (1, 100)) if abs(value) < limit), 0)
    return f"{value:,.{decimals}f}"
