"""How the nearest references are searched: chosen by device, here and nowhere else."""

from __future__ import annotations

import os
from enum import StrEnum

import tensorflow as tf

from fooler_gui.core.settings import SettingError

VARIABLE = "FOOLER_SEARCH"
_BY_DEVICE = "auto"


class SearchWay(StrEnum):
    """A way to find the nearest references; both find the same, up to the rounding of float32."""

    BOUNDS = "bounds"
    """Between the calls of the compiled cost, by bounds on how much nearer a reference can have come."""

    GRAPH = "graph"
    """Within the compiled cost, by a matrix product with all references, which are kept on its device."""


def search_way() -> SearchWay:
    """Returns ``graph`` if TensorFlow sees a GPU, else ``bounds``, unless ``FOOLER_SEARCH`` says which.

    Raises:
        SettingError: ``FOOLER_SEARCH`` names no way.
    """
    asked = os.environ.get(VARIABLE) or _BY_DEVICE
    if asked == _BY_DEVICE:
        return SearchWay.GRAPH if tf.config.list_physical_devices("GPU") else SearchWay.BOUNDS
    if asked not in list(SearchWay):
        raise SettingError(f"{VARIABLE} must be {_BY_DEVICE}, {' or '.join(SearchWay)}; received {asked!r}.")
    return SearchWay(asked)
