"""Layout helpers: rows, columns, grids and forms, headings, quiet text, vertical scrolling.

Distances are multiples of `SPACING` or half of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

_Layout = TypeVar("_Layout", bound=QLayout)
_Box = TypeVar("_Box", bound=QBoxLayout)

SPACING = 8
"""Distance between neighbours and around a page, in pixels."""

LABEL_SIDE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
"""The alignment of labels beside their fields."""

_FILLS = Qt.AlignmentFlag(0)

Margins = int | tuple[int, int] | tuple[int, int, int, int]
"""Margins of a layout in pixels: one for all sides, (left and right, top and bottom), or (left, top, right, bottom)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An item of a row or column with a stretch factor or an alignment.

    Attributes:
        item: The item; None for empty space.
        share: Its share of the remaining space.
        align: Its alignment; by default it fills its cell.
    """

    item: QWidget | QLayout | None = None
    share: int = 0
    align: Qt.AlignmentFlag = _FILLS


Item = QWidget | QLayout | Part | int
"""An item of a row or column; a number is a distance in pixels."""

STRETCH = Part(share=1)
"""Empty space that takes what remains."""


def fill(item: QWidget | QLayout, share: int = 1) -> Part:
    """Returns `item` with a `share` of the remaining space."""
    return Part(item=item, share=share)


def at(align: Qt.AlignmentFlag, item: QWidget | QLayout) -> Part:
    """Returns `item` with the alignment `align`."""
    return Part(item=item, align=align)


def column_of(*items: Item, on: QWidget | None = None, gap: int = SPACING, margins: Margins = 0) -> QVBoxLayout:
    """Returns a layout of `items` below each other.

    Args:
        items: From the top.
        on: The widget to lay out; None for a layout within another.
        gap: Distance between items, in pixels.
        margins: See `Margins`.
    """
    return _filled(QVBoxLayout(), items, on, gap, margins)


def row_of(*items: Item, on: QWidget | None = None, gap: int = SPACING, margins: Margins = 0) -> QHBoxLayout:
    """Returns a layout of `items` beside each other, from the left; see `column_of`."""
    return _filled(QHBoxLayout(), items, on, gap, margins)


def empty_grid(
    on: QWidget | None = None, gap: int = SPACING, row_gap: int = SPACING // 2, margins: Margins = 0
) -> QGridLayout:
    """Returns an empty grid with `gap` between columns and `row_gap` between rows, in pixels."""
    made = QGridLayout()
    made.setHorizontalSpacing(gap)
    made.setVerticalSpacing(row_gap)
    return _placed(made, on, margins)


def form_of(*fields: tuple[str | QWidget, QWidget], on: QWidget | None = None) -> QFormLayout:
    """Returns a form of (label, field); fields keep their width."""
    made = QFormLayout()
    made.setHorizontalSpacing(SPACING)
    made.setVerticalSpacing(SPACING // 2)
    made.setLabelAlignment(LABEL_SIDE)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
    for label, field in fields:
        made.addRow(label, field)
    return _placed(made, on, 0)


def margined(view: QWidget, margins: Margins = SPACING) -> QWidget:
    """Returns a widget that holds `view` with `margins` around it."""
    page = QWidget()
    column_of(view, on=page, margins=margins)
    return page


def _filled(layout: _Box, items: Sequence[Item], on: QWidget | None, gap: int, margins: Margins) -> _Box:
    layout.setSpacing(gap)
    for item in items:
        match item:
            case int():
                layout.addSpacing(item)
            case QWidget():
                layout.addWidget(item)
            case QLayout():
                layout.addLayout(item)
            case Part(item=None):
                layout.addStretch(item.share)
            case Part(item=QWidget() as widget):
                layout.addWidget(widget, item.share, item.align)
            case Part(item=QLayout() as inner):
                layout.addLayout(inner, item.share)
                layout.setAlignment(inner, item.align)
    return _placed(layout, on, margins)


def _placed(layout: _Layout, on: QWidget | None, margins: Margins) -> _Layout:
    sides = (margins,) if isinstance(margins, int) else margins
    layout.setContentsMargins(*sides * (4 // len(sides)))
    if on is not None:
        on.setLayout(layout)
    return layout


class QuietLabel(QLabel):
    """Small wrapping text in the palette's colour for less important text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.9)
        self.setFont(font)
        self.setWordWrap(True)
        self.setForegroundRole(QPalette.ColorRole.PlaceholderText)


def heading(text: str) -> QLabel:
    """Returns the heading of a group of settings."""
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def separator_line(parent: QWidget) -> QFrame:
    """Returns a horizontal line between two parts of a panel."""
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line


class VerticalScrollArea(QScrollArea):
    """Scrolls `content` vertically; never narrower than the content, so that nothing scrolls sideways.

    Args:
        content: The scrolled widget.
        parent: Owner.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content
        self.setWidget(content)
        content.installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Adapts to the content's size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives wrapped text the height it needs at the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        content = self._content
        self.setMinimumWidth(content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())
        wrapped = content.heightForWidth(self.viewport().width()) if content.hasHeightForWidth() else 0
        content.setMinimumHeight(max(wrapped, content.minimumSizeHint().height()))
