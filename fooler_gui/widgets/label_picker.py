"""Picks the labels of a run: one button per class if they fit, else a searchable list; and one button for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from fooler_gui.core.class_words import FEW_CLASSES, class_word, classes_word
from fooler_gui.core.run_summary import labels_in_words
from fooler_gui.widgets.class_list import ClassList
from fooler_gui.widgets.panel_layout import SPACING, row_of
from fooler_gui.widgets.pick_button import ListButton, PickButton
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because, set_usual_tip

_MOST_LETTERS = 24
"""Letters of all names that the buttons can show; with longer names the classes are in a list."""

_GAP = SPACING // 4

_STEP_KEYS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_LIST_TIP = "Opens the list of classes that the images can be driven towards. Each class has its own batch."


class LabelPicker(QWidget):
    """A row of buttons, one for each class, and "All". At least one class is always picked.

    A click picks one class; a click with Ctrl or Shift adds or removes it. With the keyboard (after Tab) the arrow
    keys move and Space adds or removes; a click does not take the focus, so that Space stays the window's.

    Classes whose names do not fit, or more than `FEW_CLASSES`, are in a list that one button opens. "All" is offered
    up to `FEW_CLASSES`; a run of more takes too long.

    Signals:
        labels_changed: (sorted tuple of int) The picked classes; never emitted by `set_labels`.
    """

    labels_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("label_picker")
        self._names = tuple(map(str, range(10)))
        self._labels: tuple[int, ...] = (0,)
        self._before_all: tuple[int, ...] = (0,)
        self._disabled_reason = ""
        self._row = row_of(on=self, gap=_GAP)
        self._buttons: list[PickButton] = []
        self._list_button = ListButton(self)
        self._list_button.setObjectName("label_list")
        self._list = ClassList(self)
        self._all_button = PickButton("All", self)
        self._all_button.setObjectName("all_labels")
        self._all_button.setToolTip(paragraphs("Drives a batch of images towards each class."))
        self._row.addWidget(self._list_button)
        self._row.addSpacing(2 * _GAP)
        self._row.addWidget(self._all_button)

        self._list_button.clicked.connect(self._open_list)
        self._list.pick_requested.connect(self._on_picked)
        self._all_button.pick_requested.connect(self._on_all_picked)
        self.set_class_names(self._names)

    def set_class_names(self, class_names: Sequence[str]) -> None:
        """Offers the classes `class_names`; keeps picked ones that still exist."""
        self._names = tuple(class_names)
        for button in self._buttons:
            self._row.removeWidget(button)
            button.setParent(None)
            button.deleteLater()
        is_few = len(self._names) <= FEW_CLASSES
        fits = is_few and sum(map(len, self._names)) <= _MOST_LETTERS
        self._buttons = [self._make_button(label, name) for label, name in enumerate(self._names)] if fits else []
        self._list_button.setVisible(not fits)
        self._list.set_class_names(self._names)
        self._all_button.setVisible(is_few)
        self._all_button.setAccessibleName(f"All {classes_word(self._names)}")
        self.setAccessibleName(class_word(self._names).capitalize())
        for former, following in pairwise(
            (self._all_button, *(self._buttons or (self._list_button,)), self._all_button)
        ):
            QWidget.setTabOrder(former, following)
        self.set_labels(self._labels)
        self.set_disabled_because(self._disabled_reason)

    def labels(self) -> tuple[int, ...]:
        """Returns the picked classes, sorted."""
        return self._labels

    def set_labels(self, labels: Iterable[int]) -> None:
        """Picks those of `labels` that exist, or the first class if none do."""
        self._labels = tuple(sorted({label for label in labels if 0 <= label < len(self._names)})) or (0,)
        for label, button in enumerate(self._buttons):
            _show(button, label in self._labels)
        _show(self._all_button, self._all_picked())
        self._list.set_labels(self._labels)
        self._show_choice()

    def set_disabled_because(self, reason: str) -> None:
        """Disables every button with `reason` in its tooltip, or enables them if it is ""."""
        self._disabled_reason = reason
        for widget in (self, self._all_button, self._list_button, *self._buttons):
            set_disabled_because(widget, reason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves between buttons with the arrow keys."""
        buttons = [*self._buttons, self._all_button]
        focused = self.focusWidget()
        if self._buttons and event.key() in _STEP_KEYS and focused in buttons:
            index = buttons.index(focused) + _STEP_KEYS[event.key()]
            buttons[index % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            super().keyPressEvent(event)

    def _make_button(self, label: int, name: str) -> PickButton:
        button = PickButton(name, self)
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

    def _show_choice(self) -> None:
        """Writes the picked classes on the button that opens the list."""
        names = [self._names[label] for label in self._labels]
        count = f"{len(names):,} {classes_word(self._names, len(names))}"
        self._list_button.set_choice(names[0] if len(names) == 1 else count)
        self._list_button.setAccessibleName(labels_in_words(names))
        set_usual_tip(self._list_button, paragraphs(labels_in_words(names), _LIST_TIP), self._disabled_reason)

    def _open_list(self) -> None:
        self._list.open_at(self._list_button.mapToGlobal(QPoint(0, self._list_button.height() + _GAP)))

    def _on_picked(self, label: int, adding: bool) -> None:
        self._pick(set(self._labels) ^ {label} or {label} if adding else {label})

    def _on_all_picked(self) -> None:
        if self._all_picked():
            self._pick(self._before_all)
        else:
            self._before_all = self._labels
            self._pick(range(len(self._names)))

    def _all_picked(self) -> bool:
        return len(self._labels) == len(self._names)

    def _pick(self, labels: Iterable[int]) -> None:
        before = self._labels
        self.set_labels(labels)
        if self._labels != before:
            self.labels_changed.emit(self._labels)


def _show(button: PickButton, picked: bool) -> None:
    with QSignalBlocker(button):
        button.setChecked(picked)
    button.update()
