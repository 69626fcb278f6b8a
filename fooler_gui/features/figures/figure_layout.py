"""How the two tabs of the page of figures are laid out: controls at the left, what they make at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, VerticalScrollArea, heading

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
    column_of_controls = QWidget(tab)
    column = QVBoxLayout(column_of_controls)
    column.setContentsMargins(SPACING, SPACING, SPACING, SPACING)
    column.setSpacing(SPACING)
    column.addStrut(_CONTROLS_WIDTH)
    column.addWidget(heading(title))
    column.addWidget(QuietLabel(explanation, column_of_controls))
    for control in controls:
        column.addWidget(control)
    column.addStretch(1)
    area = VerticalScrollArea(column_of_controls, tab)
    area.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
    line = QHBoxLayout()
    line.setSpacing(SPACING)
    line.addWidget(words, 1)
    line.addWidget(export, 0, Qt.AlignmentFlag.AlignTop)
    results = QVBoxLayout()
    results.setContentsMargins(0, SPACING, SPACING, SPACING)
    results.setSpacing(SPACING)
    results.addLayout(line)
    results.addWidget(view, 1)
    layout = QHBoxLayout(tab)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACING)
    layout.addWidget(area)
    layout.addLayout(results, 1)


def side_by_side(parent: QWidget, *widgets: QWidget) -> QWidget:
    """Returns a line of `widgets`, all equally wide."""
    line = QWidget(parent)
    layout = QHBoxLayout(line)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACING)
    for widget in widgets:
        layout.addWidget(widget, 1)
    return line
