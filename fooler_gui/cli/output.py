"""What the commands write: a result on standard output, as text or JSON, and sentences on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command found.

    Attributes:
        facts: For ``--json``.
        text: The same for people.
        stopped: What became of a command ended by Ctrl-C, in one sentence; "" when it came to its end.
        failed: What failed on the way of a command that went on, in one sentence; "" when nothing did.
    """

    facts: Mapping[str, Any]
    text: str
    stopped: str = ""
    failed: str = ""


def write_result(result: Result, *, as_json: bool) -> None:
    """Writes `result` to standard output: one JSON object, or the text."""
    text = json.dumps(result.facts, allow_nan=False, indent=2) if as_json else result.text
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(f"{text}\n".encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def write_error(sentence: str) -> None:
    """Writes `sentence` to standard error, in one line."""
    sys.stderr.write(f"{' '.join(sentence.split())}\n")


def table(header: Sequence[str], rows: Sequence[Sequence[str]], words: Sequence[int] = (0,)) -> str:
    """Returns `rows` under `header` in columns: those numbered in `words` to the left, all others to the right."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def facts_in_lines(pairs: Mapping[str, str]) -> str:
    """Returns `pairs`, name and value, one a line, with the values in one column."""
    width = max(map(len, pairs))
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in pairs.items())
