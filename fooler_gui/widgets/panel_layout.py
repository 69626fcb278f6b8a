"""How views are laid out: rows, columns, grids and forms on one rhythm, headings, quiet text, scrolling up and down.

Every view may use it. Distances are multiples of `SPACING`, or of a half of it.
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
"""Between neighbours, and around a page, in pixels."""

LABEL_SIDE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
"""Labels end where their fields begin."""

_FILLS = Qt.AlignmentFlag(0)

Margins = int | tuple[int, int, int, int]
"""Around a layout, in pixels: on all sides, or (left, top, right, bottom)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something in a row or a column that takes its share of the room, or does not fill its place.

    Attributes:
        item: What stands there; None for empty room.
        share: Of the room that is left over.
        align: Where it stands in its place; nowhere in particular means that it fills it.
    """

    item: QWidget | QLayout | None = None
    share: int = 0
    align: Qt.AlignmentFlag = _FILLS


Item = QWidget | QLayout | Part | int
"""What a row or a column is made of; a number is so many pixels of distance."""

STRETCH = Part(share=1)
"""Empty room that takes what is left over."""


def fill(item: QWidget | QLayout, share: int = 1) -> Part:
    """Returns `item` so that it takes `share` of the room that is left over."""
    return Part(item=item, share=share)


def at(align: Qt.AlignmentFlag, item: QWidget | QLayout) -> Part:
    """Returns `item` so that it stands at `align` of its place."""
    return Part(item=item, align=align)


def column_of(*items: Item, on: QWidget | None = None, gap: int = SPACING, margins: Margins = 0) -> QVBoxLayout:
    """Returns a layout of `items` below each other.

    Args:
        items: From above.
        on: The widget that is laid out; None where the layout goes into another.
        gap: Between two items, in pixels.
        margins: Around them.
    """
    return _filled(QVBoxLayout(), items, on, gap, margins)


def row_of(*items: Item, on: QWidget | None = None, gap: int = SPACING, margins: Margins = 0) -> QHBoxLayout:
    """Returns a layout of `items` beside each other, from the left; see `column`."""
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
    """Returns a form of `fields`, each with what stands to its left; fields keep their width."""
    made = QFormLayout()
    made.setHorizontalSpacing(SPACING)
    made.setVerticalSpacing(SPACING // 2)
    made.setLabelAlignment(LABEL_SIDE)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
    for label, field in fields:
        made.addRow(label, field)
    return _placed(made, on, 0)


def margined(view: QWidget, margins: Margins = SPACING) -> QWidget:
    """Returns a page that holds `view` with `margins` around it."""
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
    layout.setContentsMargins(*((margins,) * 4 if isinstance(margins, int) else margins))
    if on is not None:
        on.setLayout(layout)
    return layout


class QuietLabel(QLabel):
    """A line of small text in the palette's colour for what is less important; wraps."""

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


class VerticalScrollArea(QScrollArea):
    """Scrolls `content` up and down; it is never narrower than the content, so nothing scrolls sideways.

    Args:
        content: What is scrolled.
        parent: The widget it belongs to.
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
        """Follows the content when it grows or shrinks."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives wrapped text the height that it needs at the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        content = self._content
        self.setMinimumWidth(content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())
        wrapped = content.heightForWidth(self.viewport().width()) if content.hasHeightForWidth() else 0
        content.setMinimumHeight(max(wrapped, content.minimumSizeHint().height()))
