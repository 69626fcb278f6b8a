"""A heading that shows or hides its content."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QToolButton,
    QWidget,
)

from fooler_gui.widgets.panel_layout import column_of
from fooler_gui.widgets.tooltips import paragraphs


class _Heading(QToolButton):
    """A checkable button that shows its state by its arrow alone; it never looks pressed."""

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.state &= ~QStyle.StateFlag.State_On
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            self.style().drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option, painter, self)


class Disclosure(QWidget):
    """Shows `content` while it is open. Main thread only.

    Args:
        text: The heading.
        name: The heading button's object name.
        tip: What it contains.
        content: What is shown and hidden.
        parent: Owner.
        strong: Whether the heading is that of a section, rather than of further settings.

    Signals:
        open_changed: (bool) Whether it is open now.
    """

    open_changed = Signal(bool)

    def __init__(
        self, text: str, name: str, tip: str, content: QWidget, parent: QWidget | None = None, *, strong: bool = False
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._button = _Heading(self)
        self._button.setText(text)
        self._button.setObjectName(name)
        self._button.setAccessibleName(text)
        self._button.setToolTip(paragraphs(tip))
        self._button.setCheckable(True)
        self._button.setAutoRaise(True)
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        font = self._button.font()
        font.setBold(strong)
        self._button.setFont(font)
        self._button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column_of(self._button, content, on=self)
        self._show(False)

        self._button.toggled.connect(self._show)
        self._button.clicked.connect(self.open_changed)

    def is_open(self) -> bool:
        """Returns whether the content is shown."""
        return self._button.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Shows or hides the content."""
        self._button.setChecked(is_open)

    def _show(self, is_open: bool) -> None:
        self._button.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._content.setVisible(is_open)
