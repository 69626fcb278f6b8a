"""The panel of the descent: its stopping rules, steps, start and method."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.objectives import UNIT
from fooler_gui.core.optimiser_names import EVOLUTION
from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.core.settings import METHODS, DescentSettings, MethodSettings, method_name
from fooler_gui.features.run.descent_undo import DescentChange
from fooler_gui.features.run.further_editor import FurtherEditor
from fooler_gui.features.run.start_editor import StartEditor
from fooler_gui.widgets.debounce import Debounce
from fooler_gui.widgets.panel_layout import (
    LABEL_SIDE,
    SPACING,
    STRETCH,
    Item,
    VerticalScrollArea,
    column_of,
    heading,
    row_of,
)
from fooler_gui.widgets.preset_box import PresetBox
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because
from fooler_gui.widgets.unit_box import UnitBox
from fooler_gui.widgets.vary_offer import name_option

_GROUPS = {
    title: [name for name, info in DescentSettings.infos().items() if info.group == title]
    for title in ("Stop", "Steps", "Budgets", "Robustness", "Reinitialise")
}
_OF_A_UNIT = ("unit", "unit_done")
_OF_EVOLUTION = ("encoding", "population")
_UNUSED_BY_EVOLUTION = ("learning_rate", "objective", "tolerance", *_GROUPS["Robustness"], *_GROUPS["Reinitialise"])
_NOT_USED = "Evolution does not use this: it shows what has the highest probability yet, which never falls."
_MEMORY = "reference_memory"
_METHOD_TEXTS = {"article": "article", "2016": "2016 program"}
_METHOD_TIP = "The article's method, or that of its program of 2016, which differs in the four points below."
_FIXED = "Fixed during a run; stop it to change this."


class DescentPanel(QWidget):
    """Edits how a run starts, steps and stops. Main thread only.

    Args:
        undo_stack: Gets an entry for each change of the descent's settings.
        parent: Owner.

    Signals:
        descent_changed: (object) The new `DescentSettings`, at most every 50 ms; these may change during a run.
        setup_changed: The start, the seed, the method, the memory for references or the further classifiers changed;
            these apply from the next run.
        further_requested: (str) Add the classifier of this file to those that images are driven to fool.
    """

    descent_changed = Signal(object)
    setup_changed = Signal()
    further_requested = Signal(str)

    def __init__(self, undo_stack: QUndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._undo_stack = undo_stack
        self._descent = DescentSettings()
        self._debounce = Debounce(self)
        self._build()
        self._align_labels()
        self._show_method_name()
        for form in self._descent_forms:
            form.changed.connect(lambda _, form=form: self._on_form_changed(form))
        self._debounce.value_changed.connect(self.descent_changed)
        self._start_editor.changed.connect(self.setup_changed)
        self._method_box.preset_requested.connect(self._on_method_chosen)
        self._method_form.changed.connect(self._on_method_changed)
        self._memory_form.changed.connect(self.setup_changed)
        self._further.changed.connect(self.setup_changed)
        self._further.add_requested.connect(self.further_requested)

    def descent(self) -> DescentSettings:
        """Returns the settings of the descent."""
        return self._descent

    def set_descent(self, descent: DescentSettings) -> None:
        """Shows `descent`."""
        self._debounce.cancel()
        self._descent = descent
        for form in self._descent_forms:
            form.set_value(descent)
        self._show_used()

    def set_units(self, channels: Mapping[str, int]) -> None:
        """Offers the units of recorded layers, by name and number of channels; a unit that is none is replaced."""
        self._unit_box.set_units(channels)
        descent = self._descent
        if descent.unit and not self._unit_box.has(descent.unit):
            unit = self._unit_box.shown() if descent.objective == UNIT else ""
            self.set_descent(dataclasses.replace(descent, unit=unit))

    def method(self) -> MethodSettings:
        """Returns the method's four points."""
        return cast("MethodSettings", self._method_form.value())

    def set_method(self, method: MethodSettings) -> None:
        """Shows `method`."""
        self._method_form.set_value(method)
        self._show_method_name()

    def start(self) -> str:
        """Returns "noise", "averages" or the path of the file with the start images."""
        return self._start_editor.start()

    def set_start(self, start: str) -> None:
        """Shows `start`: "noise", "averages" or a path."""
        self._start_editor.set_start(start)

    def rng_seed(self) -> int:
        """Returns the random seed of the noise."""
        return self._start_editor.rng_seed()

    def set_rng_seed(self, rng_seed: int) -> None:
        """Shows `rng_seed`."""
        self._start_editor.set_rng_seed(rng_seed)

    def reference_memory(self) -> float:
        """Returns the memory allowed for references, in GB."""
        return cast("ReferenceSettings", self._memory_form.value()).reference_memory

    def set_reference_memory(self, gigabytes: float) -> None:
        """Shows the memory allowed for references."""
        self._memory_form.set_value(ReferenceSettings(reference_memory=gigabytes))

    def further(self) -> tuple[FurtherClassifier, ...]:
        """Returns the further classifiers that images are driven to fool."""
        return self._further.further()

    def set_further(self, further: tuple[FurtherClassifier, ...]) -> None:
        """Shows the further classifiers."""
        self._further.set_further(further)

    def set_run_going(self, going: bool) -> None:
        """Disables what cannot change during a run, with the reason, or enables it again."""
        reason = _FIXED if going else ""
        for part in (self._start_editor, self._further):
            part.set_disabled_because(reason)
        editors = map(self._method_form.editor, MethodSettings.infos())
        for control in (self._method_box, *editors, self._memory_form.editor(_MEMORY)):
            set_disabled_because(control, reason)

    def _build(self) -> None:
        content = QWidget()
        self._descent_forms = [SettingForm(self._descent, names) for names in _GROUPS.values()]
        self._steps_form = self._descent_forms[list(_GROUPS).index("Steps")]
        self._unit_box = cast("UnitBox", self._steps_form.editor("unit"))
        self._show_used()
        self._start_editor = StartEditor()
        self._further = FurtherEditor()
        self._memory_form = SettingForm(ReferenceSettings(), (_MEMORY,))
        groups: dict[str, tuple[QWidget, ...]] = {
            **{title: (form,) for title, form in zip(_GROUPS, self._descent_forms, strict=True)},
            "Start": (self._start_editor,),
            "Ensemble": (self._further,),
            "Method": self._build_method(),
            "References": (self._memory_form,),
        }
        items: list[Item] = []
        for title, parts in groups.items():
            items += [SPACING // 2, heading(title), *parts]
        column_of(*items[1:], STRETCH, on=content, margins=SPACING)
        column_of(VerticalScrollArea(content), on=self)

    def _build_method(self) -> tuple[QWidget, QWidget]:
        self._method_box = PresetBox(_METHOD_TEXTS)
        self._method_box.setObjectName("method_preset")
        self._method_box.setAccessibleName("Preset of the method")
        self._method_box.setToolTip(paragraphs(_METHOD_TIP))
        self._method_form = SettingForm(MethodSettings(), tuple(MethodSettings.infos()))
        self._method_label = QLabel("Preset")
        self._method_label.setAlignment(LABEL_SIDE)
        self._method_label.setBuddy(self._method_box)
        self._method_label.setToolTip(self._method_box.toolTip())
        name_option("preset", self._method_box, self._method_label)
        line = QWidget()
        row_of(self._method_label, self._method_box, STRETCH, on=line)
        return line, self._method_form

    def _align_labels(self) -> None:
        forms = (*self._descent_forms, self._memory_form)
        label_width = max(form.label_width() for form in forms)
        field_width = max(form.field_width() for form in forms)
        for form in forms:
            form.set_label_width(label_width)
            form.set_field_width(field_width)
        self._start_editor.set_label_width(label_width)
        self._method_label.setMinimumWidth(label_width)
        self._method_box.setMinimumWidth(field_width)

    def _show_method_name(self) -> None:
        name = method_name(self.method())
        if name in METHODS:
            self._method_box.show_preset(name)
        else:
            self._method_box.show_other(name)

    def _show_used(self) -> None:
        """Shows of the steps only what is used, and disables what else evolution does not use."""
        evolves = self._descent.optimiser == EVOLUTION
        for names, used in (
            (_OF_EVOLUTION, evolves),
            (_OF_A_UNIT, self._descent.driven_objective == UNIT),
        ):
            for name in names:
                self._steps_form.set_row_visible(name, used)
        for names_of_form, form in zip(_GROUPS.values(), self._descent_forms, strict=True):
            for name in set(_UNUSED_BY_EVOLUTION).intersection(names_of_form):
                set_disabled_because(form.editor(name), _NOT_USED if evolves else "")

    def _on_form_changed(self, changed: SettingForm) -> None:
        before, after = self._descent.to_dict(), changed.value().to_dict()
        if after["objective"] == UNIT and not after["unit"]:
            after["unit"] = self._unit_box.shown()
        names = [name for name, value in after.items() if value != before[name]]
        if names:
            former, wanted = ({name: settings[name] for name in names} for settings in (before, after))
            self._undo_stack.push(DescentChange(former, wanted, self._apply))

    def _apply(self, changes: Mapping[str, Any]) -> None:
        self._descent = dataclasses.replace(self._descent, **changes)
        self._show_used()
        for form in self._descent_forms:
            form.set_value(self._descent)
        self._debounce.submit(self._descent)

    def _on_method_chosen(self, name: str) -> None:
        self.set_method(METHODS[name])
        self.setup_changed.emit()

    def _on_method_changed(self) -> None:
        self._show_method_name()
        self.setup_changed.emit()
