"""Formats numbers for people: fixed digits for probabilities, the shortest form for coefficients."""

from __future__ import annotations

import math
from datetime import datetime

_MOST_PLACES = 12
_FIRST_TOLD = 2.0
_ALMOST_ALL = 99.99


def format_probability(probability: float) -> str:
    """Returns `probability`, 0 to 1, in at most five characters, so that columns stay steady: ``.9993``, ``>.9999``."""
    if probability != probability:  # NaN
        return "–"
    if 0.99995 <= probability < 1.0:
        return ">.9999"
    text = f"{probability:.4f}"
    return text[1:] if text.startswith("0") else text[:5]


def format_percent(probability: float) -> str:
    """Returns `probability`, 0 to 1, as a person is told it: ``99.97 %``, ``100 %``.

    It is rounded, but never up to certainty: what is almost certain is ``99.99 %``, as wide as all others.
    """
    if probability != probability:  # NaN
        return "–"
    return "100 %" if probability >= 1.0 else f"{min(100 * probability, _ALMOST_ALL):.2f} %"


def format_number(value: float) -> str:
    """Returns `value` in its shortest form: ``0.5``, ``10``, ``1e-4``."""
    text = f"{value:.6g}"
    if "e" in text or (value != 0 and abs(value) < 1e-2):
        mantissa, exponent = f"{value:.5e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent)}"
    return text


def format_count(count: int, noun: str) -> str:
    """Returns ``1 step``, ``2,000 steps``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shortest_text(value: float) -> str:
    """Returns the shortest text from which `value` can be read back: ``1e-4``, ``0.5``, ``0.9999999``."""
    text = format_number(value)
    return text if float(text) == value else repr(value).replace("e-0", "e-")


def setting_text(value: bool | float | str) -> str:
    """Returns the value of a setting as text: ``on``, ``2,000``, ``1e-4``, ``margin``, ``none``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str):
        return value or "none"
    return f"{value:,}" if isinstance(value, int) else shortest_text(value)


def format_left(elapsed: float, fraction: float | None) -> str:
    """Returns how long work takes on that has done a `fraction` in `elapsed` seconds: `` · 8 s left``.

    Returns "" in the first two seconds, and as long as nothing can be told.
    """
    if not fraction or elapsed < _FIRST_TOLD:
        return ""
    return f" · {format_seconds(elapsed * (1 - fraction) / fraction)} left"


def format_above(value: float, limit: float, digits: int = 0) -> str:
    """Returns `value`, which is above `limit`, with the fewest decimals, at least `digits`, that show it."""
    texts = (f"{value:,.{places}f}" for places in range(digits, _MOST_PLACES))
    return next((text for text in texts if float(text.replace(",", "")) > limit), repr(value))


def format_two_digits(value: float) -> str:
    """Returns `value` with two digits and an exponent, so that its length is fixed: ``3.1e-2``."""
    if not math.isfinite(value):
        return "–"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def format_distance(distance: float) -> str:
    """Returns a mean squared difference with about four stable digits: ``0.0412``, ``153.20``."""
    if not math.isfinite(distance):
        return "–"
    return f"{distance:.4f}" if distance < 10 else f"{distance:,.2f}"


def format_activation(activation: float) -> str:
    """Returns an activation in at most six or so characters: ``3.21``, ``−0.40``, ``1,250``."""
    if not math.isfinite(activation):
        return "–"
    text = f"{activation:.2f}" if abs(activation) < 1000 else f"{activation:,.0f}"
    return text.replace("-", "−")


def format_seconds(seconds: float) -> str:
    """Returns a duration as people write it: ``8 s``, ``2:10``, ``1:02:10``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def format_about(seconds: float) -> str:
    """Returns an estimated duration, rounded as an estimate is: ``a few seconds``, ``about 40 s``, ``about 2.5 h``."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 95:
        return f"about {round(seconds, -1):.0f} s"
    return f"about {seconds / 60:.0f} min" if seconds < 95 * 60 else f"about {seconds / 3600:.1f} h"


def format_share(share: float, digits: int = 1) -> str:
    """Returns a share, 0 to 1, in per cent: ``99.2 %``."""
    return f"{100 * share:.{digits}f} %"


def format_part(share: float) -> str:
    """Returns a part of a whole, 0 to 1, in at most five characters: ``0 %``, ``<1 %``, ``62 %``."""
    return "<1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def format_bytes(count: int) -> str:
    """Returns a size as file managers show it: ``820 B``, ``12 kB``, ``3.1 MB``."""
    if count < 1000:
        return f"{count} B"
    units = ((1e3, "kB"), (1e6, "MB"), (1e9, "GB"))
    divisor, unit = next((unit for unit in units if count / unit[0] < 999.5), units[-1])
    size = count / divisor
    return f"{size:.1f} {unit}" if size < 9.95 else f"{size:,.0f} {unit}"


def format_moment(moment: str) -> str:
    """Returns an ISO 8601 time to the minute, ``2026-03-14 09:26``; ``–`` if it is not one."""
    try:
        return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}"
    except ValueError:
        return "–"
