"""Picks the labels of a run: one button per class, and one for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.panel_layout import SPACING, row_of
from fooler_gui.widgets.pick_button import PickButton
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_MOST_LETTERS = 24
"""Letters of all names that the buttons can show; longer names are replaced by their numbers."""

_GAP = SPACING // 4

_STEP_KEYS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


class LabelPicker(QWidget):
    """A row of buttons, one for each class, and "All". At least one class is always picked.

    A click picks one class; a click with Ctrl or Shift adds or removes it. With the keyboard (after Tab) the arrow
    keys move and Space adds or removes; a click does not take the focus, so that Space stays the window's.

    Signals:
        labels_changed: (sorted tuple of int) The picked classes; never emitted by `set_labels`.
    """

    labels_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("label_picker")
        self.setAccessibleName("Digit")
        self._labels: tuple[int, ...] = (0,)
        self._before_all: tuple[int, ...] = (0,)
        self._disabled_reason = ""
        self._row = row_of(on=self, gap=_GAP)
        self._buttons = [self._make_button(label, str(label), str(label)) for label in range(10)]
        self._all_button = PickButton("All", self)
        self._all_button.setObjectName("all_labels")
        self._all_button.setAccessibleName("All digits")
        self._all_button.setToolTip(paragraphs("Drives a batch of images towards each class."))
        self._row.addSpacing(2 * _GAP)
        self._row.addWidget(self._all_button)
        self._all_button.pick_requested.connect(self._on_all_picked)
        self.set_labels(self._labels)

    def set_class_names(self, class_names: Sequence[str]) -> None:
        """Shows a button for each of `class_names`; keeps picked classes that still exist."""
        for button in self._buttons:
            self._row.removeWidget(button)
            button.setParent(None)
            button.deleteLater()
        is_short = sum(map(len, class_names)) <= _MOST_LETTERS
        self._buttons = [
            self._make_button(label, name, name if is_short else str(label)) for label, name in enumerate(class_names)
        ]
        for former, following in pairwise((self._all_button, *self._buttons, self._all_button)):
            QWidget.setTabOrder(former, following)
        self.set_labels(self._labels)
        self.set_disabled_because(self._disabled_reason)

    def labels(self) -> tuple[int, ...]:
        """Returns the picked classes, sorted."""
        return self._labels

    def set_labels(self, labels: Iterable[int]) -> None:
        """Picks those of `labels` that exist, or the first class if none do."""
        self._labels = tuple(sorted({label for label in labels if 0 <= label < len(self._buttons)})) or (0,)
        for label, button in enumerate(self._buttons):
            _show(button, label in self._labels)
        _show(self._all_button, self._all_picked())

    def set_disabled_because(self, reason: str) -> None:
        """Disables every button with `reason` in its tooltip, or enables them if it is ""."""
        self._disabled_reason = reason
        for widget in (self, self._all_button, *self._buttons):
            set_disabled_because(widget, reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves between buttons with the arrow keys."""
        buttons = [*self._buttons, self._all_button]
        focused = self.focusWidget()
        if event.key() in _STEP_KEYS and focused in buttons:
            index = buttons.index(focused) + _STEP_KEYS[event.key()]
            buttons[index % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def _make_button(self, label: int, name: str, text: str) -> PickButton:
        button = PickButton(text, self)
        button.setObjectName(f"label_{label}")
        button.setAccessibleName(name)
        button.setToolTip(
            paragraphs(
                f"Drives the images towards {name} only.",
                "With Ctrl or Shift: adds it to the others, or removes it. Each label has its own batch.",
            )
        )
        button.pick_requested.connect(lambda adding: self._on_picked(label, adding))
        self._row.insertWidget(label, button)
        return button

    def _on_picked(self, label: int, adding: bool) -> None:
        self._pick(set(self._labels) ^ {label} or {label} if adding else {label})

    def _on_all_picked(self) -> None:
        if self._all_picked():
            self._pick(self._before_all)
        else:
            self._before_all = self._labels
            self._pick(range(len(self._buttons)))

    def _all_picked(self) -> bool:
        return len(self._labels) == len(self._buttons)

    def _pick(self, labels: Iterable[int]) -> None:
        before = self._labels
        self.set_labels(labels)
        if self._labels != before:
            self.labels_changed.emit(self._labels)


def _show(button: PickButton, picked: bool) -> None:
    with QSignalBlocker(button):
        button.setChecked(picked)
    button.update()
