"""The options that a sweep varies: a line for each, with its values as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from fooler_gui.core.errors import LabError
from fooler_gui.features.sweeps.sweep_words import title_of
from fooler_gui.sweeps.job_setup import Offered
from fooler_gui.sweeps.sweep_text import text_of, values_of
from fooler_gui.widgets.breaking import breakable
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill, row_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_ADD = "Vary a setting…"
_ADD_TIP = "Adds a setting to those that are varied, with values to try."
_FORM_TIP = "Values with commas between, such as 0, 0.5, or whole numbers as 0 to 9 or 0 to 100 by 20."
_LONGEST_TEXT = 20_000
_TOO_LONG = "They are too many to be edited here; they stay as the sweep's file has them."


class _Line(QWidget):
    """An option, its values, and a button to remove it.

    Signals:
        changed: The values were edited.
        remove_requested: Remove it.
    """

    changed = Signal()
    remove_requested = Signal()

    def __init__(self, name: str, offered: Offered | None, values: tuple[Any, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._offered, self._given = offered, values
        title = title_of(name) if offered is None else offered.info.label
        self.title = title
        label = QLabel(breakable(title), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._given_text = text_of(values)
        is_too_long = len(self._given_text) > _LONGEST_TEXT
        if is_too_long:
            self._given_text = f"{len(values):,} values"
        self._text = QLineEdit(self._given_text, self)
        self._text.setMaxLength(_LONGEST_TEXT)
        self._text.setReadOnly(is_too_long)
        self._text.setObjectName(f"vary_{name}")
        self._text.setAccessibleName(f"Values of {title}")
        self._text.setToolTip(
            paragraphs("" if offered is None else offered.info.tip, _TOO_LONG if is_too_long else _FORM_TIP)
        )
        label.setToolTip(self._text.toolTip())
        label.setBuddy(self._text)
        self._remove = IconButton("remove", self)
        self._remove.setObjectName(f"fix_{name}")
        self._remove.setAccessibleName(f"Do not vary {title}")
        self._remove.setToolTip(paragraphs("All cells have the same value again."))
        keep_space(self._remove)
        column_of(label, row_of(fill(self._text), self._remove, gap=SPACING // 2), on=self, gap=2)
        self._text.textChanged.connect(self.changed)
        self._remove.clicked.connect(self.remove_requested)

    def values(self) -> tuple[Any, ...]:
        """Returns the values: those given, which text may not tell exactly, until they are edited.

        Raises:
            LabError: The text holds none, or one that is not allowed.
        """
        text = self._text.text()
        try:
            values = self._given if text == self._given_text else values_of(text)
        except LabError as error:
            raise LabError(f"{self.title}: {error}") from error
        return values if self._offered is None else self._offered.checked(values)

    def take_focus(self) -> None:
        """Selects the values, to be overwritten."""
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._text.selectAll()

    def set_disabled_because(self, reason: str) -> None:
        """Disables it with `reason` in its tooltips, or enables it if that is ""."""
        for part in (self._text, self._remove):
            set_disabled_because(part, reason)


class VariedRows(QWidget):
    """Edits what a sweep varies. Main thread only.

    Signals:
        changed: Something else is varied; never emitted by `set_varied` or `set_offered`.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered: Mapping[str, Offered] = {}
        self._lines: dict[str, _Line] = {}
        self._reason = ""
        self._drawn = QuietLabel("", self)
        self._drawn.setObjectName("sweep_drawn")
        self._drawn.setTextFormat(Qt.TextFormat.PlainText)
        self._add = ChoiceBox(self)
        self._add.setObjectName("vary_another")
        self._add.setAccessibleName("Vary a setting")
        self._add.setToolTip(paragraphs(_ADD_TIP))
        self._list = column_of(gap=SPACING // 2)
        column_of(self._list, self._drawn, self._add, on=self, gap=SPACING)
        self._add.activated.connect(self._on_added)
        self._show_choices()
        self.set_drawn("")

    def set_offered(self, offered: Mapping[str, Offered]) -> None:
        """Offers what can be varied; what is varied stays."""
        if offered.keys() != self._offered.keys():
            self._offered = offered
            self._show_choices()
        self._offered = offered

    def set_varied(self, varied: Mapping[str, tuple[Any, ...]]) -> None:
        """Shows what is varied, with its values."""
        for line in self._lines.values():
            line.setParent(None)
            line.deleteLater()
        self._lines = {}
        for name, values in varied.items():
            self._append(name, values)
        self._show_choices()

    def set_drawn(self, words: str) -> None:
        """Tells what is drawn at random besides; "" for nothing."""
        self._drawn.setText(words)
        self._drawn.setVisible(bool(words))

    def varied(self) -> dict[str, tuple[Any, ...]]:
        """Returns what is varied, with its values.

        Raises:
            LabError: Values are missing or not allowed.
        """
        return {name: line.values() for name, line in self._lines.items()}

    def names(self) -> tuple[str, ...]:
        """Returns the names of what is varied."""
        return tuple(self._lines)

    def vary(self, name: str) -> None:
        """Adds the option `name` with the values that are proposed for it, and selects them to be overwritten."""
        if name not in self._lines and name in self._offered:
            self._append(name, self._offered[name].proposed)
            self._show_choices()
            self.changed.emit()
        if name in self._lines:
            self._lines[name].take_focus()

    def set_disabled_because(self, reason: str) -> None:
        """Disables everything with `reason` in its tooltips, or enables it if that is ""."""
        self._reason = reason
        for part in self._lines.values():
            part.set_disabled_because(reason)
        set_disabled_because(self._add, reason)

    def _append(self, name: str, values: tuple[Any, ...]) -> None:
        line = self._lines[name] = _Line(name, self._offered.get(name), values, self)
        line.set_disabled_because(self._reason)
        line.changed.connect(self.changed)
        line.remove_requested.connect(lambda: self._remove(name))
        self._list.addWidget(line)

    def _remove(self, name: str) -> None:
        line = self._lines.pop(name)
        line.setParent(None)
        line.deleteLater()
        self._show_choices()
        self.changed.emit()

    def _show_choices(self) -> None:
        with QSignalBlocker(self._add):
            self._add.clear()
            self._add.addItem(_ADD)
            for name, offered in self._offered.items():
                if name not in self._lines:
                    self._add.addItem(offered.info.label, name)
        self._add.setEnabled(self._add.count() > 1 and not self._reason)

    def _on_added(self, index: int) -> None:
        name = self._add.itemData(index)
        if name is not None:
            self.vary(str(name))
