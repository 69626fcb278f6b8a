"""Builds labelled editors from the metadata of settings, so that a new setting needs no change of a panel."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from fooler_gui.core.settings import SettingInfo, Settings
from fooler_gui.widgets.number_fields import (
    TOWARDS_ONE,
    ChoiceBox,
    NumberSpinBox,
    WholeSpinBox,
    over_decades,
)
from fooler_gui.widgets.panel_layout import LABEL_SIDE, QuietLabel, form_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, range_sentence
from fooler_gui.widgets.unit_box import UnitBox
from fooler_gui.widgets.vary_offer import name_option

_LONGEST_SUFFIX = 8
_CHECK_BOX_LINE = 38
_SMALLEST_STEP = 1e-8

Editor = NumberSpinBox | WholeSpinBox | QCheckBox | ChoiceBox | UnitBox


class SettingForm(QWidget):
    """Edits some fields of a settings dataclass; the other fields keep their values.

    An editor's object name is its field's name. Main thread only.

    Args:
        settings: The initial settings.
        names: The fields to show, in order.
        parent: Owner.

    Signals:
        changed: (object) The new settings, when an editor was changed; never emitted by `set_value`.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._labels: list[QLabel] = []
        self._editors = {name: _make_editor(settings, name) for name in names}
        self._layout = form_of(on=self)
        for name, editor in self._editors.items():
            self._add_row(name, type(settings).info(name), editor)
        self.set_field_width(self.field_width())
        self.set_value(settings)
        for name, editor in self._editors.items():
            self._connect(name, editor)

    def value(self) -> Settings:
        """Returns the settings."""
        return self._settings

    def set_value(self, settings: Settings) -> None:
        """Shows `settings`."""
        self._settings = settings
        for name, editor in self._editors.items():
            with QSignalBlocker(editor):
                _show(editor, getattr(settings, name))

    def editor(self, name: str) -> Editor:
        """Returns the editor of the field `name`."""
        return self._editors[name]

    def set_row_visible(self, name: str, visible: bool) -> None:
        """Shows or hides the editor of the field `name` with its label."""
        self._layout.setRowVisible(self._editors[name], visible)

    def label_width(self) -> int:
        """Returns the width of the widest label."""
        return max((label.sizeHint().width() for label in self._labels), default=0)

    def field_width(self) -> int:
        """Returns the width of the widest field."""
        return max((field.sizeHint().width() for field in self._fields()), default=0)

    def set_label_width(self, width: int) -> None:
        """Makes labels at least `width` wide, to align several forms."""
        for label in self._labels:
            label.setMinimumWidth(width)

    def set_field_width(self, width: int) -> None:
        """Makes fields at least `width` wide, to align several forms."""
        for field in self._fields():
            field.setMinimumWidth(width)

    def _fields(self) -> list[Editor]:
        return [editor for editor in self._editors.values() if not isinstance(editor, QCheckBox)]

    def _add_row(self, name: str, info: SettingInfo, editor: Editor) -> None:
        name_option(name, editor)
        if isinstance(editor, QCheckBox):
            self._layout.addRow(editor)
            return
        label = QLabel(info.label)
        name_option(name, label)
        label.setAlignment(LABEL_SIDE)
        label.setBuddy(editor)
        label.setToolTip(editor.toolTip())
        self._labels.append(label)
        self._layout.addRow(label, editor)
        if len(info.unit) > _LONGEST_SUFFIX:
            unit = QuietLabel(info.unit)
            unit.setWordWrap(False)
            unit.setToolTip(editor.toolTip())
            self._layout.addRow("", unit)

    def _connect(self, name: str, editor: Editor) -> None:
        def on_changed(value: object) -> None:
            self._settings = dataclasses.replace(self._settings, **{name: value})
            self.changed.emit(self._settings)

        if isinstance(editor, QCheckBox):
            editor.toggled.connect(on_changed)
        elif isinstance(editor, ChoiceBox):
            editor.currentIndexChanged.connect(lambda place: on_changed(editor.itemData(place)))
        elif isinstance(editor, UnitBox):
            editor.value_changed.connect(on_changed)
        else:
            editor.valueChanged.connect(on_changed)


def _make_editor(settings: Settings, name: str) -> Editor:
    info = type(settings).info(name)
    value = getattr(settings, name)
    editor: Editor
    if info.choices:
        editor = ChoiceBox()
        for choice in info.choices:
            editor.addItem(info.titles.get(choice, choice), choice)
    elif info.pattern:
        editor = UnitBox()
    elif isinstance(value, bool):
        editor = QCheckBox(textwrap.fill(info.label, _CHECK_BOX_LINE))
        keep_space(editor)
    else:
        editor = _make_number_editor(info, whole=isinstance(value, int))
    is_whole = isinstance(editor, WholeSpinBox)
    editor.setObjectName(name)
    editor.setAccessibleName(info.label)
    editor.setToolTip(paragraphs(info.tip, range_sentence(info, whole=is_whole)))
    return editor


def _make_number_editor(info: SettingInfo, *, whole: bool) -> NumberSpinBox | WholeSpinBox:
    if info.minimum is None or info.maximum is None:
        raise ValueError(f"A number's editor needs its range; {info.label!r} has none.")
    editor: NumberSpinBox | WholeSpinBox
    if whole:
        editor = WholeSpinBox(int(info.minimum), int(info.maximum))
    else:
        is_share = info.minimum == 0 and info.maximum == 1
        step = TOWARDS_ONE if is_share else over_decades(info.minimum or _SMALLEST_STEP)
        editor = NumberSpinBox(info.minimum, info.maximum, step)
    if isinstance(editor, WholeSpinBox):
        editor.set_unit(info.unit)
    elif 0 < len(info.unit) <= _LONGEST_SUFFIX:
        editor.setSuffix(f" {info.unit}")
    return editor


def _show(editor: Editor, value: Any) -> None:
    if isinstance(editor, QCheckBox):
        editor.setChecked(bool(value))
    elif isinstance(editor, ChoiceBox):
        editor.setCurrentIndex(editor.findData(value))
    elif isinstance(editor, UnitBox):
        editor.set_value(str(value))
    else:
        editor.setValue(value)
