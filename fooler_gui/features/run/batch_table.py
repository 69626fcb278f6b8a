"""The grid as a table for screen readers: invisible, but with rows, columns, names, selection and focus.

PySide6 lets no class of its own offer the interface of a table to screen readers; a table view of Qt's has it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_activation
from fooler_gui.core.net_words import caption
from fooler_gui.core.save import Save
from fooler_gui.widgets.grid_layout import GridLayout
from fooler_gui.widgets.reinitialised_highlights import Slot

_Index = QModelIndex | QPersistentModelIndex


class _Seen(NamedTuple):
    """What is on screen: a save in a layout, and the names of all classes."""

    save: Save
    layout: GridLayout
    names: tuple[str, ...]

    def place(self, row: int, column: int) -> tuple[int, int] | None:
        """Returns (label's place, slot) of a cell, or None for one that is empty."""
        group, row_of_group = divmod(row, self.layout.rows_per_group)
        slot = row_of_group * self.layout.columns + column
        return (group, slot) if slot < self.layout.slots else None

    def cell_name(self, place: tuple[int, int]) -> str:
        """Returns what is under the image at `place`, such as ``slot 3: 3, 99.97 %, done``."""
        said = ", ".join(filter(None, caption(self.names, self.save, place)))
        if self.save.activations is not None:
            said = f"activation {format_activation(float(self.save.activations[place]))}"
        signs = [
            "done" if self.save.done[place] else "",
            f"reinitialised {count} ×" if (count := int(self.save.reinitialisations[place])) else "",
            "pinned" if self.save.pinned[place] else "",
        ]
        return ", ".join(filter(None, (f"slot {place[1] + 1}: {said}", *signs)))


class _Cells(QAbstractTableModel):
    """The cells of the grid, which are read only when somebody asks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.seen: _Seen | None = None

    def reset(self) -> None:
        """Tells that there are other rows and columns."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """Returns the number of rows on screen."""
        return 0 if self.seen is None or (parent is not None and parent.isValid()) else self.seen.layout.cells.rows

    def columnCount(self, parent: _Index | None = None) -> int:
        """Returns the number of columns on screen."""
        return 0 if self.seen is None or (parent is not None and parent.isValid()) else self.seen.layout.columns

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the name of a cell."""
        if self.seen is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        place = self.seen.place(index.row(), index.column())
        return "" if place is None else self.seen.cell_name(place)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the label of a row, or the number of a column."""
        if self.seen is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Horizontal:
            return str(section + 1)
        return class_name(self.seen.names, self.seen.save.labels[section // self.seen.layout.rows_per_group])

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Lets every cell with an image be selected."""
        if self.seen is None or self.seen.place(index.row(), index.column()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled


class BatchTable(QTableView):
    """Lies over the images, is never painted, and takes neither mouse nor keys. Main thread only.

    Args:
        on: What it lies on.
        grid: Has the focus for it.

    Signals:
        slot_selected: (int, int) A screen reader selected this label and slot.
    """

    slot_selected = Signal(int, int)

    def __init__(self, on: QWidget, grid: QWidget) -> None:
        super().__init__(on)
        self._cells = _Cells(self)
        self._sections: tuple[GridLayout, float] | None = None
        self.setObjectName("batch_table")
        self.setAccessibleName(grid.accessibleName())
        self.setModel(self._cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFrameShape(QFrame.Shape.NoFrame)
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.hide()
            header.setMinimumSectionSize(1)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(grid)
        for part in (self, self.viewport()):
            part.setAutoFillBackground(False)  # else Qt would take what lies under it for covered
        self.setUpdatesEnabled(False)
        self.selectionModel().currentChanged.connect(self._on_current)

    def follow(
        self, save: Save | None, layout: GridLayout | None, names: tuple[str, ...], place: QRect, ratio: float
    ) -> None:
        """Takes over what is on screen.

        Args:
            save: The save on screen, if there is one.
            layout: Its layout.
            names: The names of all classes.
            place: The rectangle of all cells, in pixels of what it lies on.
            ratio: Device pixels per such pixel.
        """
        self._cells.seen = None if save is None or layout is None else _Seen(save, layout, names)
        sections = None if layout is None else (layout, ratio)
        if sections != self._sections:
            self._sections = sections
            self._cells.reset()
            if layout is not None:
                _share(self.horizontalHeader(), layout.cells.width / ratio)
                _share(self.verticalHeader(), layout.cells.height / ratio)
        self.setGeometry(place)

    def select(self, selected: Slot | None) -> None:
        """Makes the cell of a slot the current one, or none."""
        seen, index = self._cells.seen, QModelIndex()
        if seen is not None and selected is not None:
            place = seen.layout.place(seen.save.labels.index(selected[0]), selected[1])
            index = self._cells.index(*divmod(place, seen.layout.columns))
        if index != self.currentIndex():
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _on_current(self, index: QModelIndex) -> None:
        seen = self._cells.seen
        place = None if seen is None or not index.isValid() else seen.place(index.row(), index.column())
        if seen is not None and place is not None:
            self.slot_selected.emit(seen.save.labels[place[0]], place[1])


def _share(header: QHeaderView, length: float) -> None:
    """Makes each section of `header` `length` pixels long, in whole pixels that do not add up to a difference."""
    for section in range(header.count()):
        header.resizeSection(section, round((section + 1) * length) - round(section * length))
