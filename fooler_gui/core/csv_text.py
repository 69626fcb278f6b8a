"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_BEGINNINGS_OF_FORMULAS = ("=", "+", "-", "@", "\t", "\n")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Returns `rows` as comma-separated lines with decimal points; None is an empty field.

    A text that a spreadsheet would take for a formula begins with an apostrophe: a stranger may have written it.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_harmless(value) for value in row] for row in rows)
    return text.getvalue()


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r", "\n")  # which is quoted; a bare \r would end the line
    return f"'{text}" if text.startswith(_BEGINNINGS_OF_FORMULAS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text == text.strip()
