"""Chooses a unit of the net: its recorded layer, and the number of a channel or unit in it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.number_fields import ChoiceBox, WholeSpinBox
from fooler_gui.widgets.panel_layout import SPACING, column_of
from fooler_gui.widgets.tooltips import paragraphs

_LAYER_TIP = "The recorded layer that the unit is in."
_SHORTEST_NAME = 6
"""How many letters of a layer's name have room, however narrow the panel is."""
_NUMBER_TIP = "Which channel of the layer, or which unit where it has no channels, from 0."


class UnitBox(QWidget):
    """Edits a unit named like ``conv1:5``; "" for none. Main thread only.

    Signals:
        value_changed: (str) The person chose this unit; never emitted by `set_value` or `set_units`.
    """

    value_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = ""
        self._channels: dict[str, int] = {}
        self._layer, self._number = ChoiceBox(), WholeSpinBox(0, 0)
        for control, name, title, tip in (
            (self._layer, "unit_layer", "Layer of the unit", _LAYER_TIP),
            (self._number, "unit_number", "Channel or unit", _NUMBER_TIP),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title)
            control.setToolTip(paragraphs(tip))
        self._layer.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._layer.setMinimumContentsLength(_SHORTEST_NAME)
        column_of(self._layer, self._number, on=self, gap=SPACING // 2)
        self.setFocusProxy(self._layer)
        self._layer.currentTextChanged.connect(self._on_layer_changed)
        self._number.valueChanged.connect(self._on_edited)

    def value(self) -> str:
        """Returns the unit."""
        return self._value

    def shown(self) -> str:
        """Returns the unit that the fields show, whether or not it was chosen; "" before there are layers."""
        layer = self._layer.currentText()
        return f"{layer}:{self._number.value()}" if layer else ""

    def set_units(self, channels: Mapping[str, int]) -> None:
        """Offers the units of layers, by name and number of channels: the last layer's first until one is chosen."""
        self._channels = dict(channels)
        with QSignalBlocker(self._layer):
            self._layer.clear()
            self._layer.addItems(list(self._channels))
            self._layer.setCurrentIndex(self._layer.count() - 1)
        self.set_value(self._value)

    def has(self, unit: str) -> bool:
        """Returns whether there is such a `unit`."""
        layer, _, number = unit.rpartition(":")
        return number.isdecimal() and int(number) < self._channels.get(layer, 0)

    def set_value(self, unit: str) -> None:
        """Shows `unit`; of one that there is not, the fields show another one."""
        self._value = unit
        with QSignalBlocker(self._layer), QSignalBlocker(self._number):
            if self.has(unit):
                layer, _, number = unit.rpartition(":")
                self._layer.setCurrentText(layer)
                self._limit_number()
                self._number.setValue(int(number))
            else:
                self._limit_number()
                self._number.setValue(0)

    def _limit_number(self) -> None:
        self._number.setRange(0, max(0, self._channels.get(self._layer.currentText(), 0) - 1))

    @Slot()
    def _on_layer_changed(self) -> None:
        with QSignalBlocker(self._number):
            self._limit_number()
        self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        self._value = self.shown()
        self.value_changed.emit(self._value)
