"""The set-up of rounds: settings and kinds of starts."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from fooler_gui.core.image_kinds import ROUNDS, ImageKind, kinds_for
from fooler_gui.core.rounds_presets import ROUNDS_PRESETS, rounds_preset_of
from fooler_gui.core.rounds_spec import DEFAULT_STARTS, RoundsSettings
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.panel_layout import LABEL_SIDE, SPACING, column_of, form_of
from fooler_gui.widgets.preset_box import PresetBox
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs

_MAIN_SETTINGS = ("rounds", "policy", "images_per_label", "steps_per_round", "control")
_FURTHER_SETTINGS = (
    "labels_per_round",
    "stages",
    "digits",
    "noise",
    "blanks",
    "batch_size",
    "learning_rate",
    "rng_seed",
)
_OWN = "own"
_PENALTIES_TIP = (
    "Drives images with the main window's coefficients and method as they are when the rounds begin. Off: with the "
    "misclassification cost alone, which is much faster, because no training images need to be recorded."
)


class RoundsSetup(QWidget):
    """Offers presets, edits `RoundsSettings` and chooses kinds of starts. Main thread only.

    Signals:
        changed: A setting or the choice of starts has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = RoundsSettings()
        self._preset = PresetBox({name: preset.title for name, preset in ROUNDS_PRESETS.items()}, self)
        self._preset.setObjectName("rounds_preset")
        self._preset.setAccessibleName("Preset of rounds")
        words = [f"{preset.title}: {preset.words}." for preset in ROUNDS_PRESETS.values()]
        self._preset.setToolTip(paragraphs(*words, f"{_OWN}: your own changes."))
        self._preset.preset_requested.connect(self._on_preset_chosen)
        self._main_form = SettingForm(self._settings, _MAIN_SETTINGS, self)
        self._further_form = SettingForm(self._settings, _FURTHER_SETTINGS, self)
        for form, names in ((self._main_form, _MAIN_SETTINGS), (self._further_form, _FURTHER_SETTINGS)):
            for name in names:
                form.editor(name).setObjectName(f"rounds_{name}")
            form.changed.connect(self.set_settings)
        self._penalties = QCheckBox("With the penalties of the\nCoefficients panel", self)
        self._penalties.setObjectName("rounds_penalties")
        self._penalties.setToolTip(paragraphs(_PENALTIES_TIP))
        self._penalties.toggled.connect(lambda _checked: self.changed.emit())
        keep_space(self._penalties)
        self._starts = {name: self._make_start(name, kind) for name, kind in kinds_for(ROUNDS).items()}
        self.changed.connect(self._show_preset)
        label = QLabel("Preset", self)
        label.setBuddy(self._preset)
        label.setMinimumWidth(self._main_form.label_width())
        label.setAlignment(LABEL_SIDE)
        column_of(
            form_of((label, self._preset)),
            self._main_form,
            Disclosure(
                "More settings",
                "rounds_disclosure",
                "Kinds of starts, proportions of the training, random seed.",
                self._make_further(),
                self,
            ),
            on=self,
        )

    def settings(self) -> RoundsSettings:
        """Returns the settings as they are shown."""
        return self._settings

    def set_settings(self, settings: RoundsSettings) -> None:
        """Shows `settings`."""
        self._settings = settings
        self._main_form.set_value(settings)
        self._further_form.set_value(settings)
        self.changed.emit()

    def with_penalties(self) -> bool:
        """Returns whether images are driven with the coefficients of the main window."""
        return self._penalties.isChecked()

    def set_with_penalties(self, chosen: bool) -> None:
        """Chooses whether images are driven with the coefficients of the main window."""
        self._penalties.setChecked(chosen)

    def starts(self) -> tuple[str, ...]:
        """Returns the kinds of starts that are chosen."""
        return tuple(kind for kind, box in self._starts.items() if box.isChecked())

    def set_starts(self, starts: tuple[str, ...]) -> None:
        """Chooses exactly the kinds `starts`."""
        for kind, box in self._starts.items():
            box.setChecked(kind in starts)

    @Slot()
    def _show_preset(self) -> None:
        name = rounds_preset_of(self._settings, self.starts())
        if name:
            self._preset.show_preset(name)
        else:
            self._preset.show_other(_OWN)

    @Slot(str)
    def _on_preset_chosen(self, name: str) -> None:
        preset = ROUNDS_PRESETS[name]
        self.set_starts(preset.starts)
        control, rng_seed = self._settings.control, self._settings.rng_seed
        self.set_settings(dataclasses.replace(preset.settings, control=control, rng_seed=rng_seed))

    def _make_start(self, name: str, kind: ImageKind) -> QCheckBox:
        box = QCheckBox(name, self)
        box.setObjectName(f"rounds_start_{name}")
        box.setToolTip(paragraphs(kind.tip, "Images start from the chosen kinds in equal parts."))
        box.setChecked(name in DEFAULT_STARTS)
        box.toggled.connect(lambda _checked: self.changed.emit())
        keep_space(box)
        return box

    def _make_further(self) -> QWidget:
        further = QWidget(self)
        column_of(
            QLabel("Images start from", further),
            *self._starts.values(),
            SPACING // 2,
            self._penalties,
            SPACING // 2,
            self._further_form,
            on=further,
            gap=SPACING // 2,
        )
        return further
