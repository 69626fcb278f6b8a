"""What the commands write: a result on standard output, as text or JSON, and sentences on standard error.

Neither a code page nor a closed pipe changes the outcome of a command.
"""

from __future__ import annotations

import codecs
import errno
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TextIO

_IN_ASCII = {"–": "-", "−": "-", "·": "-", "×": "x", "≥": ">=", "≤": "<=", "…": "..."}
_LOSSLESS = "fooler.lossless"
_READER_IS_GONE = {errno.EPIPE, errno.EINVAL} if sys.platform == "win32" else {errno.EPIPE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command found.

    Attributes:
        facts: For ``--json``.
        text: The same as text for people.
        stopped: What a command ended by Ctrl-C leaves, in one sentence; "" if it finished.
        failed: What failed in a command that continued, in one sentence; "" if nothing did.
    """

    facts: Mapping[str, Any]
    text: str
    stopped: str = ""
    failed: str = ""


class OutputLost(Exception):
    """The result could not be written, for instance to a full disk."""


def write_result(result: Result, *, as_json: bool) -> None:
    """Writes `result` to standard output: one JSON object, in ASCII, or the text.

    Raises:
        OutputLost: It cannot be written.
    """
    text = json.dumps(result.facts, allow_nan=False, indent=2) if as_json else result.text
    write_output(f"{text}\n")


def write_output(text: str) -> None:
    """Writes `text` to standard output. Characters that its code page lacks are written in ASCII.

    A reader that has closed the pipe, such as ``head``, has what it wanted.

    Raises:
        OutputLost: It cannot be written.
    """
    codecs.register_error(_LOSSLESS, _in_ascii)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors=_LOSSLESS)
    try:
        _write(sys.stdout, text)
    except OSError as error:
        if error.errno not in _READER_IS_GONE:
            reason = error.strerror or str(error)
            raise OutputLost(f"The result could not be written to standard output: {reason}.") from error


def write_error(sentence: str) -> None:
    """Writes `sentence` to standard error on one line; failures are ignored."""
    write_details(f"{' '.join(sentence.split())}\n")


def write_details(text: str) -> None:
    """Writes `text` to standard error as it is; failures are ignored."""
    with suppress(OSError):
        _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        # Python flushes its buffer on exit; an error there would change the exit status.
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
        raise


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(
        _IN_ASCII.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in signs
    ), error.end


def table(header: Sequence[str], rows: Sequence[Sequence[str]], words: Sequence[int] = (0,)) -> str:
    """Returns `rows` under `header` in columns; those numbered in `words` are aligned left, all others right."""
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
    """Returns `pairs` of name and value, one per line, with the values in one column."""
    width = max(map(len, pairs))
    return "\n".join(f"{name.ljust(width)}  {value}" for name, value in pairs.items())
