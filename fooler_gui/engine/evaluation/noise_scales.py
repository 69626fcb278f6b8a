"""How much noise must be scaled until a classifier is sure of it (Hein and others 2019, table 2)."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeVar

import numpy as np

from fooler_gui.core.arrays import IntArray
from fooler_gui.core.evaluation_report import THRESHOLD
from fooler_gui.engine.evaluation.set_figures import Numbers

_GREATEST, _RATIO = 100.0, 1.05
FACTORS = _RATIO ** np.arange(int(np.log(_GREATEST) / np.log(_RATIO)) + 1)
"""From 1 to nearly 100."""

_AT_A_TIME = 4
_CLOSE = 0.99
"""The confidence at the last of some factors above which the ones before it are looked at as well."""

Yielded = TypeVar("Yielded")
Confidence = Callable[[IntArray, float, float], Generator[Yielded, None, Numbers]]


def least_factors(count: int, confidence: Confidence[Yielded]) -> Generator[Yielded, None, Numbers]:
    """Returns the least of `FACTORS` by which each of `count` images gives a confidence over 0.999, infinity for none.

    Of four factors in a row the last one is looked at first, and the other three only for images of which the
    classifier is then more than 0.99 sure. So an image must be more than 0.999 sure and fall below 0.99 again within a
    factor of 1.16 to be taken for later; of 2,000 images of noise, none did with the article's net.

    Args:
        count: How many images there are.
        confidence: Yields progress and returns the confidence (n,) on some of the images. It gets their indices (n,),
            the factor to scale them by, and the share of all images whose factor is known.
    """
    factors = np.full(count, np.inf)

    def known() -> float:
        return float(np.isfinite(factors).mean())

    for start in range(0, len(FACTORS), _AT_A_TIME):
        waiting = np.flatnonzero(np.isinf(factors))
        if not len(waiting):
            break
        *before, last = FACTORS[start : start + _AT_A_TIME]
        at_last = yield from confidence(waiting, last, known())
        close = waiting[at_last > _CLOSE]
        for factor in before:
            if len(close):
                over = (yield from confidence(close, factor, known())) > THRESHOLD
                factors[close[over]] = factor
                close = close[~over]
        over_at_last = waiting[at_last > THRESHOLD]
        factors[over_at_last] = np.minimum(factors[over_at_last], last)
    return factors
