"""How the two tabs of the page of figures are laid out: controls at the left, what they make at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    at,
    column_of,
    fill,
    heading,
    row_of,
)

FIGURE_SCALE = 2
"""Pixels of the picture that are one pixel of an image; the same on screen and exported."""

_CONTROLS_WIDTH = 296


def lay_out_tab(
    tab: QWidget,
    title: str,
    explanation: str,
    controls: Sequence[QWidget],
    words: QLabel,
    export: QWidget,
    view: QWidget,
) -> None:
    """Puts everything of `tab` in its place.

    Args:
        tab: Holds all the others.
        title: Of the figure.
        explanation: What it shows.
        controls: From top to bottom.
        words: Tell what the view shows.
        export: Stands beside the words.
        view: Gets all the room that is left.
    """
    page = QWidget(tab)
    column_of(heading(title), QuietLabel(explanation, page), *controls, STRETCH, on=page, margins=SPACING).addStrut(
        _CONTROLS_WIDTH
    )
    area = VerticalScrollArea(page, tab)
    area.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    top = row_of(fill(words), at(Qt.AlignmentFlag.AlignTop, export))
    results = column_of(top, fill(view), margins=(0, SPACING, SPACING, SPACING))
    row_of(area, fill(results), on=tab)


def side_by_side(parent: QWidget, *widgets: QWidget) -> QWidget:
    """Returns a line of `widgets`, all equally wide."""
    line = QWidget(parent)
    row_of(*map(fill, widgets), on=line)
    return line
