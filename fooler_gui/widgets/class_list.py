"""A list of classes that can be searched, with check boxes; pleasant with thousands of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill
from fooler_gui.widgets.tooltips import paragraphs

ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_WIDTH, _ROWS_SHOWN = 280, 14
_HINT = "Enter picks a class; with Ctrl or Shift it is added or removed."
_TIP = "Type a part of a name, or a class's number. The arrow keys move, Enter picks, Esc closes the list."
_NOTHING = "No class has this in its name."
_TICK = ((0.22, 0.52), (0.42, 0.74), (0.78, 0.28))
_MOVING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_Index = QModelIndex | QPersistentModelIndex


class _Classes(QAbstractListModel):
    """The classes whose names contain the searched text, or whose number it is."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._shown: list[int] = []
        self._picked: frozenset[int] = frozenset()

    def set_names(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self.search("")

    def set_picked(self, labels: Iterable[int]) -> None:
        self._picked = frozenset(labels)
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1), [Qt.ItemDataRole.CheckStateRole])

    def search(self, text: str) -> int:
        """Shows what matches `text`; returns the row of the best match, -1 for none."""
        wanted = text.strip().casefold()
        self.beginResetModel()
        self._shown = [
            label for label, name in enumerate(self._names) if wanted in name.casefold() or wanted == str(label)
        ]
        self.endResetModel()
        begin = (row for row, label in enumerate(self._shown) if self._names[label].casefold().startswith(wanted))
        return next(begin, 0 if self._shown else -1)

    def label_at(self, row: int) -> int:
        return self._shown[row]

    def row_of(self, label: int) -> int:
        return self._shown.index(label) if label in self._shown else 0

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        label = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._names[label]
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if label in self._picked else Qt.CheckState.Unchecked
        return None


class _ClassView(QListView):
    """A list in which a click on a check box, or with Ctrl or Shift, adds.

    Signals:
        row_requested: (int, bool) The row, and whether it is added or removed rather than picked alone.
    """

    row_requested = Signal(int, bool)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Requests the row under the mouse."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        if index.isValid():
            box = self.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth) + SPACING
            on_box = place.x() < self.visualRect(index).left() + box
            self.row_requested.emit(index.row(), on_box or bool(event.modifiers() & ADDING))


class _RowPainter(QStyledItemDelegate):
    """Draws a row with a box that can be seen in both themes; the style's is as dark as a dark theme."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draws the ground, the box, its tick and the name."""
        self.initStyleOption(option, index)
        style, view, is_picked = option.widget.style(), option.widget, option.checkState == Qt.CheckState.Checked
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, view)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_current else QPalette.ColorRole.Text
        side, row = style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, option, view) - 2, option.rect
        box = QRectF(row.left() + SPACING / 2 + 0.5, row.center().y() - side // 2 + 0.5, side - 1, side - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(option.palette.color(role), 1.0))
        painter.drawRoundedRect(box, 2, 2)
        if is_picked:
            painter.setPen(QPen(option.palette.color(role), 2.0))
            tick = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in _TICK]
            painter.drawPolyline(QPolygonF(tick))
            painter.setPen(option.palette.color(role))
        room = row.adjusted(side + round(1.5 * SPACING), 0, -SPACING // 2, 0)
        name = option.fontMetrics.elidedText(option.text, option.textElideMode, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


class ClassList(QFrame):
    """A window that opens below a button: a line to search in, and the classes. Main thread only.

    Typing searches, the arrow keys move, Enter or a click picks a class and closes the list; with Ctrl or Shift, or on
    its check box, it adds or removes the class, and the list stays open.

    Args:
        parent: Owner.

    Signals:
        pick_requested: (int, bool) A class, and whether it is added or removed rather than picked alone.
    """

    pick_requested = Signal(int, bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("class_list")
        self.setAccessibleName("Classes")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._picked: tuple[int, ...] = ()
        self._model = _Classes(self)
        self._search = QLineEdit(self)
        self._search.setObjectName("class_search")
        self._search.setAccessibleName("Search the classes")
        self._search.setPlaceholderText("Search")
        self._search.setClearButtonEnabled(True)
        self._search.installEventFilter(self)
        self._view = _ClassView(self)
        self._view.setObjectName("class_view")
        self._view.setAccessibleName("Classes")
        self._view.setModel(self._model)
        self._view.setItemDelegate(_RowPainter(self._view))
        self._view.setUniformItemSizes(True)
        self._view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._hint = QuietLabel(_HINT, self)
        self._hint.setObjectName("class_hint")
        self._hint.setAccessibleName("Hint")
        for widget in (self, self._search, self._view, self._hint):
            widget.setToolTip(paragraphs(_TIP))
        column_of(self._search, fill(self._view), self._hint, on=self, margins=SPACING)

        self._search.textChanged.connect(self._on_search)
        self._view.row_requested.connect(self._request)

    def set_class_names(self, names: Sequence[str]) -> None:
        """Sets the names of all classes."""
        self._model.set_names(names)

    def set_labels(self, labels: Iterable[int]) -> None:
        """Ticks `labels`."""
        self._picked = tuple(labels)
        self._model.set_picked(self._picked)

    def open_at(self, corner: QPoint) -> None:
        """Opens the list at a point of the screen, with the first picked class in sight and nothing searched for."""
        self._search.clear()
        self._go_to(self._model.row_of(self._picked[0]) if self._picked else 0)
        row = self._view.sizeHintForRow(0)
        self._view.setFixedHeight(row * min(_ROWS_SHOWN, max(1, self._model.rowCount())) + 2 * self._view.frameWidth())
        self.setFixedWidth(_WIDTH)
        self.adjustSize()
        self.move(corner)
        self.show()
        self._search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Moves and picks in the list by keys typed into the search."""
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVING:
                self._view.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self._view.currentIndex().isValid():
                    self._request(self._view.currentIndex().row(), bool(event.modifiers() & ADDING))
                return True
        return super().eventFilter(watched, event)

    def _on_search(self, text: str) -> None:
        best = self._model.search(text)
        self._hint.setText(_HINT if best >= 0 else _NOTHING)
        self._go_to(best)

    def _go_to(self, row: int) -> None:
        index = self._model.index(row)
        self._view.setCurrentIndex(index)
        self._view.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _request(self, row: int, adding: bool) -> None:
        if not adding:
            self.hide()
        else:
            self._view.setCurrentIndex(self._model.index(row))
        self.pick_requested.emit(self._model.label_at(row), adding)
