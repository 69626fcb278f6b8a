"""A figure and its table: beside each other, or below each other if the whole width is needed for the figure."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from fooler_gui.widgets.figure_view import FigureView

_FIGURE_SHARE = 0.7
"""The share of the height that a figure gets above its table."""


class FigureSplitter(QSplitter):
    """Gives a figure its whole width and the table the rest, until a person moves the line between them."""

    def __init__(self, name: str, view: FigureView, table: QWidget, parent: QWidget | None = None) -> None:
        """Makes a splitter of `view` and `table` whose object name is `name`."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._view, self._table = view, table
        self._moved = False
        self.setObjectName(name)
        self.setChildrenCollapsible(False)
        self.addWidget(view)
        self.addWidget(table)
        self.splitterMoved.connect(self._keep)

    def event(self, event: QEvent) -> bool:
        """Arranges both anew for a figure of another size."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arranges both for the new size."""
        super().resizeEvent(event)
        self._arrange()

    @Slot()
    def _keep(self) -> None:
        self._moved = True

    def _arrange(self) -> None:
        figure = self._view.sizeHint().width() + self._view.verticalScrollBar().sizeHint().width()
        rest = self.width() - self.handleWidth() - figure
        beside = rest >= max(self._table.minimumWidth(), self._table.minimumSizeHint().width())
        orientation = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        if orientation is self.orientation() and self._moved:
            return
        self.setOrientation(orientation)
        upper = round(_FIGURE_SHARE * self.height())
        self.setSizes([figure, rest] if beside else [upper, self.height() - upper])
        self._moved = False
