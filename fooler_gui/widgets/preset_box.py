"""A combo box of presets that can also show a state that is not a preset."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.number_fields import ChoiceBox


class PresetBox(ChoiceBox):
    """Offers presets by name; an entry for another state appears only while it is shown.

    Args:
        presets: The titles of the presets, by name.
        parent: Owner.

    Signals:
        preset_requested: (str) The name of the chosen preset; never emitted by `show_preset` or `show_other`.
    """

    preset_requested = Signal(str)

    def __init__(self, presets: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self.set_presets(presets)
        self.currentIndexChanged.connect(self._on_index_changed)

    def set_presets(self, presets: Mapping[str, str]) -> None:
        """Offers other `presets`, titles by name; the first is shown until `show_preset` or `show_other` says which."""
        with QSignalBlocker(self):
            self.clear()
            self._count = len(presets)
            for name, text in presets.items():
                self.addItem(text, name)

    def show_preset(self, name: str) -> None:
        """Shows the preset `name`."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(name))
            self._remove_other()

    def show_other(self, text: str) -> None:
        """Shows `text`, for a state that is not a preset."""
        with QSignalBlocker(self):
            if self.count() == self._count:
                self.addItem(text, "")
            self.setItemText(self._count, text)
            self.setCurrentIndex(self._count)

    def _on_index_changed(self, index: int) -> None:
        if 0 <= index < self._count:
            self.preset_requested.emit(self.itemData(index))

    def _remove_other(self) -> None:
        if self.count() > self._count:
            self.removeItem(self._count)
