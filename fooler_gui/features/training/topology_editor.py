"""Edits the layers of a classifier to train: convolutions and dense layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.topology import ENDS_OF_MAPS, Convolution, Topology
from fooler_gui.features.training.layer_rows import ConvolutionRow, DenseRow, LayerRow
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import LABEL_SIDE, SPACING, QuietLabel, at, column_of, empty_grid, form_of
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

MOST_LAYERS = 16
_MAPS_TIP = (
    "What the layers after the convolutions get. flatten: every unit of the last maps. average: each map's mean, which "
    "takes far fewer weights for large images."
)


class _LayerList(QWidget):
    """Layers of one kind below their column headings, and a button to add one.

    Signals:
        changed: The user changed, added or removed a layer.
    """

    changed = Signal()

    def __init__(
        self, make_row: Callable[[int, QWidget], Any], columns: Sequence[str], kind: str, new: Any, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._make_row = make_row
        self._new = new
        self._rows: list[Any] = []
        self._add = IconButton("add", self)
        self._add.setText(f"Add a {kind}")
        self._add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._add.setObjectName(f"add_{kind.split()[0]}_button")
        self._add.setAccessibleName(self._add.text())
        self._add.setToolTip(paragraphs(f"Adds a {kind} after the last one."))
        self._headings = [QuietLabel(text, self) for text in columns]
        self._grid = empty_grid(gap=SPACING // 2)
        for column, label in enumerate(self._headings, start=1):
            label.setWordWrap(False)
            self._grid.addWidget(label, 0, column, Qt.AlignmentFlag.AlignHCenter)
        self._grid.setColumnMinimumWidth(0, self.name_width())
        self._grid.setColumnStretch(len(columns) + 1, 1)
        column_of(self._grid, at(Qt.AlignmentFlag.AlignLeft, self._add), on=self, gap=SPACING // 2)

        self._add.clicked.connect(self._on_add_clicked)

    def layers(self) -> tuple[Any, ...]:
        return tuple(row.layer() for row in self._rows)

    def show_layers(self, layers: Sequence[Any]) -> None:
        while len(self._rows) < len(layers):
            self._append_row()
        while len(self._rows) > len(layers):
            self._drop_row(self._rows.pop())
        for row, layer in zip(self._rows, layers, strict=True):
            row.show_layer(layer)
        for label in self._headings:
            label.setVisible(bool(layers))
        full = len(layers) >= MOST_LAYERS
        set_disabled_because(self._add, f"There can be at most {MOST_LAYERS}." if full else "")

    def name_width(self) -> int:
        return self.fontMetrics().horizontalAdvance("conv0")

    def name_rows(self, names: Sequence[str]) -> None:
        for row, name in zip(self._rows, names, strict=True):
            row.name.setText(name)

    def _append_row(self) -> None:
        row = self._make_row(len(self._rows), self)
        self._rows.append(row)
        line = 2 * len(self._rows)
        *fields, remove = row.widgets()
        for column, widget in enumerate(fields):
            self._grid.addWidget(widget, line - 1, column)
        self._grid.addWidget(remove, line - 1, len(fields), Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(row.further, line, 1, 1, -1)
        row.changed.connect(self.changed)
        row.remove_requested.connect(self._on_remove_clicked)
        row.remove.clicked.connect(row.remove_requested)

    def _drop_row(self, row: LayerRow) -> None:
        for widget in (*row.widgets(), row.further):
            self._grid.removeWidget(widget)
            widget.setParent(None)
            widget.deleteLater()
        row.deleteLater()

    def _on_add_clicked(self) -> None:
        self.show_layers((*self.layers(), self.layers()[-1] if self._rows else self._new))
        self.changed.emit()

    def _on_remove_clicked(self) -> None:
        removed = self.sender()
        self.show_layers([row.layer() for row in self._rows if row is not removed])
        self.changed.emit()


class TopologyEditor(QWidget):
    """Shows and edits a `Topology`. Main thread only.

    Signals:
        topology_changed: (object) The new topology, when the user changed it; never emitted by `set_topology`.
    """

    topology_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns = ("kernel", "filters", "padding", "pool")
        self._convolutions = _LayerList(ConvolutionRow, columns, "convolution", Convolution(), self)
        self._dense = _LayerList(DenseRow, ("units",), "dense layer", Topology().dense[0], self)
        self._maps = ChoiceBox(self)
        self._maps.addItems(ENDS_OF_MAPS)
        self._maps.setObjectName("topology_maps")
        self._maps.setAccessibleName("Maps")
        self._maps.setToolTip(paragraphs(_MAPS_TIP))
        maps = QLabel("Maps", self)
        maps.setBuddy(self._maps)
        maps.setAlignment(LABEL_SIDE)
        maps.setMinimumWidth(self._convolutions.name_width())
        column_of(self._convolutions, form_of((maps, self._maps)), self._dense, on=self)
        self.set_topology(Topology())

        self._convolutions.changed.connect(self._on_changed)
        self._dense.changed.connect(self._on_changed)
        self._maps.currentTextChanged.connect(self._on_changed)

    def topology(self) -> Topology:
        """Returns the topology."""
        return Topology(
            convolutions=self._convolutions.layers(), dense=self._dense.layers(), maps=self._maps.currentText()
        )

    def set_topology(self, topology: Topology) -> None:
        """Shows `topology`."""
        self._convolutions.show_layers(topology.convolutions)
        self._dense.show_layers(topology.dense)
        self._dense.name_rows(topology.dense_names)
        with QSignalBlocker(self._maps):
            self._maps.setCurrentText(topology.maps)

    def _on_changed(self) -> None:
        topology = self.topology()
        self._dense.name_rows(topology.dense_names)
        self.topology_changed.emit(topology)
