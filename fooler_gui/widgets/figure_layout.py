"""The layout of the two tabs of figures: controls on the left, the figure on the right."""

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
"""Pixels of the picture per pixel of an image, on screen and exported."""

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
    """Lays out `tab`.

    Args:
        tab: The parent of the others.
        title: The figure's title.
        explanation: What it shows.
        controls: From the top.
        words: Describe what the view shows.
        export: Beside the words.
        view: Takes the remaining space.
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
    """Returns a row of `widgets` of equal width."""
    line = QWidget(parent)
    row_of(*map(fill, widgets), on=line)
    return line
