"""When each image of a run first reached what, a line each. Used by the page of figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from fooler_gui.core.milestones import NAMES, TOP_CLASS, Milestone, Milestones
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_ROW_MARGIN = 8
_CELL_MARGIN = 12
_LEAST_WIDTH = 200
_WIDEST_LABEL = 120
_NOT_REACHED = "–"
_PLACE = ("Label", "Slot")
_TIP = (
    "When the present image of each slot first reached this. One that is reinitialised begins anew; the gradient "
    "evaluations of its slot go on counting."
)
_FIGURES: dict[str, tuple[str, Callable[[Milestone], str]]] = {
    "step": ("Step", lambda reached: f"{reached.step:,}"),
    "evaluations": ("Gradient evaluations", lambda reached: f"{reached.evaluations:,}"),
    "distance": ("Distance from the start", lambda reached: f"{reached.distance:.2f}"),
    "range": ("Pixel range", lambda reached: f"{reached.least:.2f}–{reached.greatest:.2f}"),
}
"""What can be shown of a milestone: what it is called, and how it is written."""

_Index = QModelIndex | QPersistentModelIndex


class MilestonesModel(QAbstractTableModel):
    """Asks the milestones for the cells that are seen, and for no others."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._milestones = Milestones()
        self._names: tuple[str, ...] = ()
        self._figure = "step"
        self._shape = (0, 0)

    def begin(self, milestones: Milestones, names: Sequence[str]) -> None:
        """Shows `milestones`, whose labels are called `names`."""
        self.beginResetModel()
        self._milestones, self._names = milestones, tuple(names)
        self._shape = len(milestones.labels), milestones.slots
        self.endResetModel()

    def show_figure(self, figure: str) -> None:
        """Shows what is called `figure` of each milestone."""
        self._figure = figure
        self.refresh()

    def refresh(self) -> None:
        """Shows what the milestones are by now."""
        if self.rowCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, len(_PLACE)), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, len(_PLACE), self.columnCount() - 1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Returns how many images there are."""
        return 0 if parent.isValid() else self._shape[0] * self._shape[1]

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Returns how many columns there are: label, slot, and one for each milestone."""
        return 0 if parent.isValid() else len(_PLACE) + len(NAMES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns the name of a column, and how many images reached the milestone."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        milestone = NAMES[section - len(_PLACE)] if section >= len(_PLACE) else ""
        match role:
            case Qt.ItemDataRole.DisplayRole if milestone:
                words = "Top class" if milestone == TOP_CLASS else milestone
                count = f"{self._milestones.counts()[milestone]:,} of {self.rowCount():,}"
                return f"{words}\n{count if self.rowCount() else _NOT_REACHED}"
            case Qt.ItemDataRole.DisplayRole:
                return _PLACE[section]
            case Qt.ItemDataRole.ToolTipRole if milestone:
                return paragraphs(_TIP)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Returns what a cell shows."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row, slot = divmod(index.row(), self._shape[1])
        if index.column() < len(_PLACE):
            return (self._name(row), str(slot + 1))[index.column()] if role == Qt.ItemDataRole.DisplayRole else None
        reached = self._milestones.of(self._milestones.labels[row], slot).get(NAMES[index.column() - len(_PLACE)])
        if reached is None:
            return _NOT_REACHED if role == Qt.ItemDataRole.DisplayRole else "Not reached so far."
        if role == Qt.ItemDataRole.DisplayRole:
            return _FIGURES[self._figure][1](reached)
        return "\n".join(f"{words}: {write(reached)}" for words, write in _FIGURES.values())

    def _name(self, row: int) -> str:
        label = self._milestones.labels[row]
        return self._names[label] if label < len(self._names) else str(label)


class MilestonesTable(QWidget):
    """A line for each image, a column for each milestone, and a choice of what is told of it. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = MilestonesModel(self)
        self._choice = ChoiceBox(self)
        self._choice.setObjectName("milestones_figure")
        self._choice.setAccessibleName("What is told of each milestone")
        self._choice.setToolTip(
            paragraphs("What the columns tell of each milestone. The tooltip of a cell tells all of it.")
        )
        for figure, (words, _) in _FIGURES.items():
            self._choice.addItem(words, figure)
        self._choice.currentIndexChanged.connect(lambda _: self._model.show_figure(self._choice.currentData()))
        self._view = self._make_view()
        label = QLabel("Milestones", self)
        label.setBuddy(self._choice)
        line = QHBoxLayout()
        line.setSpacing(SPACING)
        line.addWidget(label)
        line.addWidget(self._choice)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING)
        layout.addLayout(line)
        layout.addWidget(self._view, 1)

    def begin(self, milestones: Milestones, names: Sequence[str]) -> None:
        """Shows `milestones` of a run that has begun.

        Args:
            milestones: Its first save is in them.
            names: Of all classes.
        """
        self._model.begin(milestones, names)
        self._view.resizeColumnToContents(0)
        self._view.setColumnWidth(0, min(self._view.columnWidth(0), _WIDEST_LABEL))

    def refresh(self) -> None:
        """Shows what the milestones are by now; costs no more than the cells that are seen."""
        self._model.refresh()

    def sizeHint(self) -> QSize:
        """Returns room for all columns."""
        width = self._view.horizontalHeader().length() + self._view.verticalScrollBar().sizeHint().width()
        return QSize(width + 2 * self._view.frameWidth(), super().sizeHint().height())

    def _make_view(self) -> QTableView:
        view = QTableView(self)
        view.setObjectName("milestones_table")
        view.setAccessibleName("Milestones of each image")
        view.setModel(self._model)
        view.setFont(tabular_font(view.font()))
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + _ROW_MARGIN)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        for column, widest in enumerate((*_PLACE, *(NAMES[-1] for _ in NAMES))):
            view.setColumnWidth(column, view.fontMetrics().horizontalAdvance(widest) + _CELL_MARGIN)
        view.setMinimumWidth(_LEAST_WIDTH)
        return view


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
