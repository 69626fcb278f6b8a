"""The set-up of rounds: settings and kinds of starts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from fooler_gui.core.image_kinds import ROUNDS, ImageKind, kinds_for
from fooler_gui.core.rounds_spec import DEFAULT_STARTS, RoundsSettings
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.panel_layout import SPACING, column_of
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
_PENALTIES_TIP = (
    "Drives images with the main window's coefficients and method as they are when the rounds begin. Off: with the "
    "misclassification cost alone, which is much faster, because no training images need to be recorded."
)


class RoundsSetup(QWidget):
    """Edits `RoundsSettings` and chooses kinds of starts. Main thread only.

    Signals:
        changed: A setting or the choice of starts has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = RoundsSettings()
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
        column_of(
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
