"""The list of nets that are open beside the one in use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from fooler_gui.core.class_words import short_name
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.formats import format_share
from fooler_gui.core.input_range import INPUT_RANGES
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.panel_layout import SPACING, column_of, fill, row_of
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_FILTER = "Classifiers (*.keras *.h5 *.hdf5);;All files (*)"
_EMPTY = "No other net is open."
_ROWS = 4


class NetList(QWidget):
    """Lists the nets, and asks for others. Main thread only.

    Signals:
        nets_requested: (tuple of str) Have exactly the nets in these files open.
    """

    nets_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._why_not = ""
        self._table: RecordTable[ClassifierInfo] = RecordTable(
            "other_nets_table", "Other nets", _columns(), lambda net: net.path, empty=_EMPTY, several=True, parent=self
        )
        self._open = ActionButton(
            "Open nets…",
            "open_nets",
            "Opens classifiers that take the same images and tell apart the same classes as the one in use, each in "
            "the input range that suits it.",
            icon_name="open",
            parent=self,
        )
        self._remove = ActionButton(
            "Remove", "remove_nets", "Closes the selected nets; their files stay.", icon_name="remove", parent=self
        )
        line = self._table.verticalHeader().defaultSectionSize()
        self._table.setFixedHeight(self._table.horizontalHeader().sizeHint().height() + _ROWS * line + SPACING)
        column_of(self._table, row_of(fill(self._open), fill(self._remove)), on=self)
        self._open.clicked.connect(self._on_open)
        self._remove.clicked.connect(self._on_remove)
        self._table.delete_requested.connect(self._remove.click)
        self._table.selection_changed.connect(self._enable_controls)
        self._enable_controls()

    def paths(self) -> tuple[str, ...]:
        """Returns the files of the nets, in order."""
        return tuple(net.path for net in self._table.records())

    def set_nets(self, nets: Sequence[ClassifierInfo]) -> None:
        """Lists exactly `nets`."""
        self._table.set_records(nets)
        self._enable_controls()

    def set_why_not(self, reason: str) -> None:
        """Sets why nets cannot be opened and closed now; "" if they can."""
        self._why_not = reason
        self._enable_controls()

    def _on_open(self) -> None:
        last = next(reversed(self.paths()), "")
        paths, _ = QFileDialog.getOpenFileNames(
            self, "Open other nets", str(Path(last).parent) if last else "", _FILTER
        )
        if paths:
            self.nets_requested.emit(tuple(dict.fromkeys((*self.paths(), *paths))))

    def _on_remove(self) -> None:
        gone = {net.path for net in self._table.selected()}
        self.nets_requested.emit(tuple(path for path in self.paths() if path not in gone))

    def _enable_controls(self) -> None:
        set_disabled_because(self._open, self._why_not)
        none = "" if self._table.selected() else "Select a net first."
        set_disabled_because(self._remove, self._why_not or none)


def _columns() -> tuple[Column[ClassifierInfo], ...]:
    return (
        Column(
            words="Net",
            tip="The name of its file.",
            text=lambda net: f"{'⚠ ' if net.doubt else ''}{short_name(net.name)}",
            of_words=True,
            widest="0" * 8,
            share=1,
            cell_tip=lambda net: paragraphs(net.path, INPUT_RANGES[net.input_range], *net.adapted, net.doubt),
        ),
        Column(
            words="Right",
            tip="The share of the test images that it reads right.",
            text=lambda net: "–" if net.test_accuracy is None else format_share(net.test_accuracy),
            widest="100.0 %",
        ),
    )
