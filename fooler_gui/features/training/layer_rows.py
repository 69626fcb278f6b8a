"""The fields of one layer of a classifier to train."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QWidget

from fooler_gui.core.settings import SettingError
from fooler_gui.core.topology import MOST_DROPOUT, PADDINGS, Convolution, Dense
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.number_fields import ChoiceBox, NumberSpinBox, WholeSpinBox
from fooler_gui.widgets.panel_layout import SPACING, at, row_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs

_KERNEL = re.compile(r"(\d+)(?:\s*[x×]\s*(\d+))?", re.IGNORECASE)
_KERNEL_TIP = (
    "More sees larger shapes and is slower: height and width of the neighbourhood that a convolution sees, in pixels, "
    "each from 1 to 99."
)
_FILTERS_TIP = "More see more and are slower: how many patterns this convolution looks for, from 1 to 4,096."
_PADDING_TIP = (
    "same: the image keeps its size, because the edges are padded with zeros. valid: the image shrinks, because only "
    "whole neighbourhoods are taken."
)
_POOL_TIP = (
    "More makes the layers after it coarser and faster: side of the squares, in pixels, of which only the largest "
    "value is kept, from 1 (no pooling) to 16."
)
_NORM_TIP = (
    "Deeper nets train faster and more surely with it. Batch normalisation: before its ReLU, each of the layer's "
    "outputs is brought to mean 0 and deviation 1 over the batch, then scaled and shifted."
)
_DROPOUT_TIP = (
    "More keeps the net from learning the training images by heart and takes more steps: the share of the layer's "
    f"outputs that each training step leaves out, from 0 (none) to {MOST_DROPOUT:g}."
)
_DROPOUT_STEP = 0.05
_UNITS_TIP = "More can distinguish more and are slower: how many units this dense layer has, from 1 to 65,536."


class _KernelEdit(QLineEdit):
    """A field for a kernel size such as 5×5; invalid text is replaced by the last valid size.

    Signals:
        kernel_changed: Another size was entered.
    """

    kernel_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kernel = Convolution().kernel
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.editingFinished.connect(self._on_editing_finished)

    def kernel(self) -> tuple[int, int]:
        return self._kernel

    def show_kernel(self, kernel: tuple[int, int]) -> None:
        self._kernel = kernel
        self.setText(f"{kernel[0]}×{kernel[1]}")

    def _on_editing_finished(self) -> None:
        before = self._kernel
        self.show_kernel(_parse_kernel(self.text()) or before)
        if self._kernel != before:
            self.kernel_changed.emit()


def _parse_kernel(text: str) -> tuple[int, int] | None:
    match = _KERNEL.fullmatch(text.strip())
    if match is None:
        return None
    height = int(match[1])
    try:
        return Convolution(kernel=(height, int(match[2] or height))).kernel
    except SettingError:
        return None


class LayerRow(QObject):
    """One layer of a list: its name, its fields and a button to remove it; below them what any layer may have.

    Signals:
        changed: The user changed a field.
        remove_requested: Remove the layer.
    """

    changed = Signal()
    remove_requested = Signal()

    def __init__(self, kind: str, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._prefix = f"{kind}{index}"
        self._layer = f"{kind} {index}"
        self.name = QLabel(self._prefix, parent)
        self.name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.remove = IconButton("remove", parent)
        self.remove.setObjectName(f"remove_{self._prefix}")
        self.remove.setAccessibleName(f"Remove {self._layer}")
        self.remove.setToolTip(paragraphs("Removes this layer."))
        self.fields: list[QWidget] = []
        self.further = QWidget(parent)
        self._norm = QCheckBox("batch norm", self.further)
        keep_space(self._norm)
        self._dropout = NumberSpinBox(0, MOST_DROPOUT, _step_of_dropout, self.further)
        self._dropout.setPrefix("dropout ")
        for field, what, tip in ((self._norm, "norm", _NORM_TIP), (self._dropout, "dropout", _DROPOUT_TIP)):
            self._describe(field, what, tip)
        row_of(self._norm, at(Qt.AlignmentFlag.AlignLeft, self._dropout), on=self.further, gap=SPACING // 4)
        self._norm.toggled.connect(self.changed)
        self._dropout.valueChanged.connect(self.changed)

    def widgets(self) -> list[QWidget]:
        """Returns the widgets of the row, from the left."""
        return [self.name, *self.fields, self.remove]

    def _add_field(self, field: QWidget, what: str, tip: str) -> None:
        self._describe(field, what, tip)
        self.fields.append(field)

    def _describe(self, field: QWidget, what: str, tip: str) -> None:
        field.setObjectName(f"{self._prefix}_{what}")
        field.setAccessibleName(f"{what} of {self._layer}")
        field.setToolTip(paragraphs(tip))

    def _further(self) -> dict[str, Any]:
        return {"batch_norm": self._norm.isChecked(), "dropout": self._dropout.value()}

    def _show_further(self, layer: Convolution | Dense) -> None:
        self._norm.setChecked(layer.batch_norm)
        self._dropout.setValue(layer.dropout)


class ConvolutionRow(LayerRow):
    """A convolution: kernel, filters, padding and pool."""

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__("conv", index, parent)
        self._kernel = _KernelEdit(parent)
        self._filters = _make_count(4096, parent)
        self._padding = ChoiceBox(parent)
        self._padding.addItems(PADDINGS)
        self._pool = _make_count(16, parent)
        self._add_field(self._kernel, "kernel", _KERNEL_TIP)
        self._add_field(self._filters, "filters", _FILTERS_TIP)
        self._add_field(self._padding, "padding", _PADDING_TIP)
        self._add_field(self._pool, "pool", _POOL_TIP)
        self._kernel.setFixedWidth(self._kernel.fontMetrics().horizontalAdvance("5×5") + 3 * SPACING)

        self._kernel.kernel_changed.connect(self.changed)
        self._filters.valueChanged.connect(self.changed)
        self._padding.currentTextChanged.connect(self.changed)
        self._pool.valueChanged.connect(self.changed)

    def layer(self) -> Convolution:
        """Returns the layer that the fields describe."""
        return Convolution(
            kernel=self._kernel.kernel(),
            filters=self._filters.value(),
            padding=self._padding.currentText(),
            pool=self._pool.value(),
            **self._further(),
        )

    def show_layer(self, layer: Convolution) -> None:
        """Shows `layer`, without a signal."""
        with QSignalBlocker(self):
            self._kernel.show_kernel(layer.kernel)
            self._filters.setValue(layer.filters)
            self._padding.setCurrentText(layer.padding)
            self._pool.setValue(layer.pool)
            self._show_further(layer)


class DenseRow(LayerRow):
    """A dense layer: its units."""

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__("dense", index, parent)
        self._units = _make_count(65_536, parent)
        self._add_field(self._units, "units", _UNITS_TIP)
        self._units.valueChanged.connect(self.changed)

    def layer(self) -> Dense:
        """Returns the layer that the fields describe."""
        return Dense(units=self._units.value(), **self._further())

    def show_layer(self, layer: Dense) -> None:
        """Shows `layer`, without a signal."""
        with QSignalBlocker(self):
            self._units.setValue(layer.units)
            self._show_further(layer)


def _step_of_dropout(value: float, steps: int) -> float:
    return round(value + steps * _DROPOUT_STEP, 2)


def _make_count(most: int, parent: QWidget) -> WholeSpinBox:
    box = WholeSpinBox(1, most, parent)
    box.setButtonSymbols(WholeSpinBox.ButtonSymbols.NoButtons)
    return box
