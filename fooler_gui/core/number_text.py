"""Reads numbers and sizes that a person typed, in the window and on the command line alike.

Numbers are shown with a decimal point, ``0.5``, and commas between thousands, ``10,000``. A comma that cannot separate
thousands is read as the decimal point, as in ``0,5``. Digits may be those of any script.
"""

from __future__ import annotations

import re
import unicodedata

_SIGNS = str.maketrans("٫٬．，−’\u00a0\u202f", ".,.,-'  ")
"""Signs of other scripts and keyboards, and what they are read as."""
_THOUSANDS = re.compile(r"([+-]?[1-9]\d{0,2}(?:([,_' ])\d{3})(?:\2\d{3})*)((?:\.\d*)?(?:e.*)?)")
_DECIMAL_COMMA = re.compile(r"([+-]?\d*),(\d*(?:e.*)?)")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?")
_SIZE = re.compile(r"(.+?)\s*([kmgt])b", re.IGNORECASE)
_BYTES = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
_MOST_OF_A_UNIT = 1e9

SIZE_FORM = "a size in kB, MB, GB or TB, such as 500MB"
"""What `read_size` reads; completes "must be …"."""


def read_number(text: str) -> int | float | None:
    """Returns the number in `text`, an int if it has neither point nor exponent; None if it is not a number."""
    plain = _plain(text)
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return float(plain) if {".", "e"} & set(plain) else int(plain)
    except ValueError:  # thousands of digits, which Python does not read
        return None


def read_whole(text: str) -> int | None:
    """Returns the whole number in `text`; None if it is not one or has a point: ``1.000``."""
    number = read_number(text)
    if isinstance(number, float):
        return int(number) if number.is_integer() and "e" in text.lower() else None
    return number


def read_size(text: str) -> int | None:
    """Returns the number of bytes that a size such as ``500 MB`` or ``2GB`` says; None if it is not one."""
    found = _SIZE.fullmatch(text.strip())
    value = read_number(found[1]) if found else None
    if found is None or value is None or not 0 <= value <= _MOST_OF_A_UNIT:
        return None
    return round(value * _BYTES[found[2].lower()])


def _plain(text: str) -> str:
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in text).translate(_SIGNS).strip().lower()
    if found := _THOUSANDS.fullmatch(plain):
        return found[1].replace(found[2], "") + found[3]
    if found := _DECIMAL_COMMA.fullmatch(plain):
        return f"{found[1]}.{found[2]}"
    return plain
