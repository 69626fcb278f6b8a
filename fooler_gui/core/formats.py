"""How numbers are written for people: fixed digits for probabilities, the shortest form for coefficients."""

from __future__ import annotations

import math


def format_probability(probability: float) -> str:
    """Returns `probability`, 0 to 1, in five characters or fewer that do not jump about: ``.9993``, ``>.9999``."""
    if probability != probability:  # NaN is the one number that differs from itself
        return "–"
    if 0.99995 <= probability < 1.0:
        return ">.9999"
    text = f"{probability:.4f}"
    return text[1:] if text.startswith("0") else text[:5]


def format_number(value: float) -> str:
    """Returns `value` in its shortest form: ``0.5``, ``10``, ``1e-4``."""
    text = f"{value:.6g}"
    if "e" in text or (value != 0 and abs(value) < 1e-2):
        mantissa, exponent = f"{value:.5e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}"
    return text


def format_two_digits(value: float) -> str:
    """Returns `value` with two digits and an exponent, so that its length does not change: ``3.1e-2``."""
    if not math.isfinite(value):
        return "–"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def format_seconds(seconds: float) -> str:
    """Returns a time as a person would write it on a note: ``8 s``, ``2:10``, ``1:02:10``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def format_share(share: float, digits: int = 1) -> str:
    """Returns a share, 0 to 1, in per cent: ``99.2 %``."""
    return f"{100 * share:.{digits}f} %"
