"""What to evaluate: the number of images, found images, and files of further sets."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.features.evaluation.evaluation_files import EvaluationFiles
from fooler_gui.session.found_images import ALL_RUNS, NONE, RUN
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.tooltips import paragraphs

_NAMES = ("images", "rng_seed")
_FOUND_TIP = (
    "Images over their threshold are evaluated, too: those of the run on screen, of all runs since the start, or none. "
    "All runs are those with images and classes as on screen, the latest, up to a gigabyte of images."
)
_FEWEST_LETTERS = 12
"""Of a choice of found images that are seen in the narrowest column."""
_FILES_NOTE = "Sets with published figures, and any others. They do not come with the program; open the files you have."


class EvaluationSetup(QWidget):
    """Edits `EvaluationSettings` and chooses found images and files. Main thread only.

    Signals:
        changed: A setting, the choice of found images or a file has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = SettingForm(EvaluationSettings(), _NAMES, self)
        for name in _NAMES:
            self._form.editor(name).setObjectName(f"evaluation_{name}")
        self._found = ChoiceBox(self)
        self._found.setObjectName("evaluation_found")
        self._found.setAccessibleName("Found images")
        self._found.setToolTip(paragraphs(_FOUND_TIP))
        self._found.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._found.setMinimumContentsLength(_FEWEST_LETTERS)
        for which in (RUN, ALL_RUNS, NONE):
            self._found.addItem("none", which)
        self._files = EvaluationFiles(self)
        label = QLabel("Found images", self)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setBuddy(self._found)
        label.setToolTip(self._found.toolTip())
        width = max(self._form.label_width(), label.sizeHint().width())
        self._form.set_label_width(width)
        label.setMinimumWidth(width)
        column_of(
            self._form,
            row_of(label, fill(self._found)),
            SPACING // 2,
            heading("Files"),
            QuietLabel(_FILES_NOTE, self),
            self._files,
            on=self,
            gap=SPACING // 2,
        )
        self.set_found_counts(0, 0)

        self._form.changed.connect(lambda _settings: self.changed.emit())
        self._found.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._files.changed.connect(self.changed)

    def settings(self) -> EvaluationSettings:
        """Returns the settings as they are shown."""
        settings = self._form.value()
        assert isinstance(settings, EvaluationSettings)
        return settings

    def set_settings(self, settings: EvaluationSettings) -> None:
        """Shows `settings`."""
        self._form.set_value(settings)
        self.changed.emit()

    def which_found(self) -> str:
        """Returns which found images are evaluated: `RUN`, `ALL_RUNS` or `NONE`."""
        return str(self._found.currentData())

    def set_found_counts(self, run: int, all_runs: int) -> None:
        """Shows how many images were found by the run on screen, and by all runs."""
        self._found.setItemText(0, f"of this run ({run:,})")
        self._found.setItemText(1, f"of all runs since the start ({all_runs:,})")

    def files(self) -> tuple[tuple[str, str], ...]:
        """Returns (name, path) of every set that has a file."""
        return self._files.files()

    def set_files(self, files: Iterable[tuple[str, str]]) -> None:
        """Shows `files`, (name, path) each, and no others."""
        self._files.set_files(files)
