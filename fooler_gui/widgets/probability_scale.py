"""The colour scale for probabilities, and the text colour on it, for what Qt draws; see `core.colour_scale`."""

from __future__ import annotations

from PySide6.QtGui import QColor

from fooler_gui.core import colour_scale


def scale_colour(probability: float) -> QColor:
    """Returns the colour of a probability: 0 is nearly white, 1 dark blue."""
    return QColor(colour_scale.scale_colour(probability))


def ink_on(ground: QColor) -> QColor:
    """Returns black or white, whichever contrasts more with `ground`, at least 4.5 : 1."""
    return QColor(colour_scale.ink_on(ground.name()))
