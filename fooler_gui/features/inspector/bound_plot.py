"""How sure a classifier with a guarantee can be of any image within a distance of one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_percent
from fooler_gui.core.guarantee import CertifiedBalls
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, EndLabel, Line, quiet_ink
from fooler_gui.widgets.theme import blue_on

_BOUND, _NEAREST, _OWN = "bound", "nearest", "own"
_LOWEST, _HIGHEST = -0.05, 1.3
_HEIGHT = 152
_MIDDLE, _BESIDE = 0.5, 0.15
"""The image's own confidence is written above its dot, or below if it is high."""
_TIP = (
    "Whatever image lies within a distance of this one, the net's confidence in it is at most as high as the blue line "
    "there. It ends where the promise does, before or beyond the training image nearest in pixels."
)


class BoundPlot(Plot):
    """Draws the bound against the Euclidean distance; leaves the wheel to its parent. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "bound_plot",
            "Bound of the confidence by distance",
            _TIP,
            Axis(title="Euclidean distance"),
            Axis(title="Confidence", ticks={share / 2: f"{share / 2:g}" for share in range(3)}),
            (
                Line(name=_NEAREST, colour=quiet_ink, style=Qt.PenStyle.DashLine, legend="nearest training image"),
                Line(name=_BOUND, colour=blue_on, width=2),
                Line(name=_OWN, symbol="o"),
            ),
            parent=parent,
        )
        self._reaches, self._bounds = np.zeros(1), np.ones(1)
        self.set_y_range(_LOWEST, _HIGHEST)
        self.setMinimumHeight(_HEIGHT)

    def draw(self, certified: CertifiedBalls, confidence: float) -> None:
        """Draws the bound around an image that is itself given `confidence`, 0 to 1."""
        self._reaches, self._bounds = certified.reaches, certified.bounds
        nearest = [] if certified.nearest is None else [certified.nearest] * 2
        self.set_span(0, float(certified.reaches[-1]))
        self.draw_line(_BOUND, certified.reaches, certified.bounds)
        self.draw_line(_NEAREST, nearest, [0, 1][: len(nearest)])
        self.draw_line(_OWN, [0], [confidence])
        beside = confidence + (_BESIDE if confidence < _MIDDLE else -_BESIDE)
        self.set_end_labels([EndLabel(x=0, y=beside, text="this image")])
        self.setAccessibleDescription(f"At the image itself {self._words(0)}")
        self.prepare_to_paint()

    def words_at(self, position: QPointF) -> str:
        """Returns the bound at the distance of a point of the widget, or at the next greater one that is known."""
        place = int(np.searchsorted(self._reaches[:-1], self.x_at(position)))
        return f"Within {self._reaches[place]:.2f}: {self._words(place)}"

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Lets the panel scroll."""
        event.ignore()

    def _words(self, place: int) -> str:
        return f"at most {format_percent(float(self._bounds[place]))}."
