"""A column of a table of records, declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from fooler_gui.widgets.colours import INK
from fooler_gui.widgets.panel_layout import SPACING

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[T]):
    """A column of a table.

    Attributes:
        words: Its heading, or a function that returns a changing one (`RecordTable.refresh`).
        text: Returns a record's text.
        tip: What it shows, in plain sentences, a paragraph per line.
        of_words: Whether it holds words, aligned left, rather than figures, aligned right.
        centred: Whether it is centred instead.
        widest: The widest text for which there is room; "" to fit the texts.
        share: Its share of the remaining width, beyond `widest`.
        order: The sort key of a record; None if the column does not sort.
        cell_tip: Returns a cell's tooltip.
        spoken: Returns the accessible text in place of `text`.
        role: Returns the palette role of the text.
        ground: Returns the colour of the cell, on which the text is black or white.
        edited: Returns the text to edit, or None if it cannot be edited.
        ticked: Returns whether the cell is ticked; None for a column without ticks.
        may_tick: Returns whether a person may change that.
        paint: Paints the cell over its ground, in place of its text.
    """

    words: str | Callable[[], str]
    text: Callable[[T], str]
    tip: str = ""
    of_words: bool = False
    centred: bool = False
    widest: str = ""
    share: int = 0
    order: Callable[[T], Any] | None = None
    cell_tip: Callable[[T], str] | None = None
    spoken: Callable[[T], str] | None = None
    role: Callable[[T], QPalette.ColorRole] | None = None
    ground: Callable[[T], QColor] | None = None
    edited: Callable[[T], str | None] | None = None
    ticked: Callable[[T], bool] | None = None
    may_tick: Callable[[T], bool] = lambda _record: True
    paint: Callable[[QPainter, QStyleOptionViewItem, T], None] | None = None

    @property
    def heading(self) -> str:
        """Its present heading."""
        return self.words if isinstance(self.words, str) else self.words()

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """The alignment of heading and cells."""
        if self.centred:
            return Qt.AlignmentFlag.AlignCenter
        side = Qt.AlignmentFlag.AlignLeft if self.of_words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


def paint_chip(painter: QPainter, option: QStyleOptionViewItem, ground: str | None) -> None:
    """Writes the text of a cell as on a chip, of the colour `ground` if any."""
    chip = QRectF(option.rect).adjusted(SPACING, 2, -1, -2)
    chip.setWidth(min(option.fontMetrics.horizontalAdvance(option.text) + SPACING, chip.width()))
    if ground is not None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(chip, SPACING // 4, SPACING // 4)
    selected = option.state & QStyle.StateFlag.State_Selected
    role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
    painter.setPen(option.palette.color(role) if ground is None else QColor(INK))
    painter.setFont(option.font)
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, option.text)
