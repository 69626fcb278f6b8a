"""The start of a run: noise, averages or a file, and the random seed."""

from __future__ import annotations

from PySide6.QtCore import QRandomGenerator, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QToolButton, QWidget

from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import NOISE, RunSpec, is_made
from fooler_gui.core.settings import MAXIMUM_SEED
from fooler_gui.core.start_words import start_name
from fooler_gui.widgets.number_fields import ChoiceBox, WholeSpinBox
from fooler_gui.widgets.panel_layout import LABEL_SIDE, SPACING, STRETCH, QuietLabel, column_of, fill, row_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, range_sentence, set_disabled_because
from fooler_gui.widgets.vary_offer import name_option

_FILE = "file"
_SEED = RunSpec.info("rng_seed")
_FILE_NAME_WIDTH = 160
_NO_FILE = "No file chosen yet; the start is unchanged."


class StartEditor(QWidget):
    """Edits the start images and the random seed. Main thread only.

    Signals:
        changed: The start or the seed was changed; never emitted by `set_start` or `set_rng_seed`.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = NOISE
        self._path = ""
        self._kinds = kinds_for(RUNS)
        self._build()
        self._show()
        self._kind.currentIndexChanged.connect(self._on_kind_changed)
        self._kind.activated.connect(self._on_kind_activated)
        self._file_button.clicked.connect(self._on_choose_file)
        self._seed.valueChanged.connect(lambda _: self.changed.emit())
        self._new_seed_button.clicked.connect(self._on_new_seed)

    def start(self) -> str:
        """Returns a kind of images, a class's test images, or the path of a file of images."""
        return self._start

    def set_start(self, start: str) -> None:
        """Shows `start`: a kind of images, a class's test images or a path."""
        self._start = start
        if not is_made(start):
            self._path = start
        with QSignalBlocker(self._kind):
            if is_made(start) and self._kind.findData(start) < 0:
                self._kind.insertItem(self._kind.count() - 1, start_name(start), start)
            self._kind.setCurrentIndex(self._kind.findData(start if is_made(start) else _FILE))
        self._show()

    def rng_seed(self) -> int:
        """Returns the random seed of the noise."""
        return self._seed.value()

    def set_rng_seed(self, rng_seed: int) -> None:
        """Shows `rng_seed`."""
        with QSignalBlocker(self._seed):
            self._seed.setValue(rng_seed)

    def set_disabled_because(self, reason: str) -> None:
        """Disables every control with `reason` in its tooltip, or enables them if it is ""."""
        for control in (self._kind, self._file_button, self._seed, self._new_seed_button):
            set_disabled_because(control, reason)

    def set_label_width(self, width: int) -> None:
        """Makes the label of the seed at least `width` wide."""
        self._seed_label.setMinimumWidth(width)

    def _build(self) -> None:
        self._kind = ChoiceBox()
        for name, kind in self._kinds.items():
            self._kind.addItem(kind.words, name)
            self._kind.setItemData(self._kind.count() - 1, kind.tip, Qt.ItemDataRole.ToolTipRole)
        self._kind.addItem("images from a file…", _FILE)
        self._file_button = QPushButton("Choose…")
        self._file_label = QuietLabel()
        self._seed = WholeSpinBox(0, MAXIMUM_SEED)
        self._seed.setButtonSymbols(WholeSpinBox.ButtonSymbols.NoButtons)
        self._seed.setStepType(WholeSpinBox.StepType.DefaultStepType)
        self._new_seed_button = QToolButton()
        self._new_seed_button.setText("New")
        self._name_controls()
        self._seed_label = QLabel(_SEED.label)
        self._seed_label.setAlignment(LABEL_SIDE)
        self._seed_label.setBuddy(self._seed)
        self._seed_label.setToolTip(self._seed.toolTip())
        name_option("start", self._kind)
        name_option("rng_seed", self._seed, self._seed_label)
        self._file_row = QWidget()
        row_of(self._file_button, fill(self._file_label), on=self._file_row)
        seed_row = row_of(self._seed_label, self._seed, self._new_seed_button, STRETCH)
        column_of(self._kind, self._file_row, seed_row, on=self, gap=SPACING // 2)

    def _name_controls(self) -> None:
        names = (
            (self._kind, "start_kind", "Start images", "The images before the first step."),
            (
                self._file_button,
                "start_file_button",
                "Choose the file of start images",
                "Opens an .npz file with the start images in an array “images”, pixels from 0 to 1.",
            ),
            (
                self._seed,
                "rng_seed",
                _SEED.label,
                f"{_SEED.tip} {range_sentence(_SEED, whole=True)}",
            ),
            (
                self._new_seed_button,
                "new_seed_button",
                "New random seed",
                "Draws another seed, so that the next run starts from different noise.",
            ),
        )
        for control, object_name, accessible_name, tip in names:
            control.setObjectName(object_name)
            control.setAccessibleName(accessible_name)
            control.setToolTip(paragraphs(tip))
        for button in (self._file_button, self._new_seed_button):
            keep_space(button)

    def _show(self) -> None:
        self._file_row.setVisible(self._kind.currentData() == _FILE)
        name = path_of(self._path).name
        shown = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _FILE_NAME_WIDTH)
        self._file_label.setText(shown or _NO_FILE)
        self._file_label.setToolTip(paragraphs(self._path))

    def _on_kind_changed(self) -> None:
        kind = self._kind.currentData()
        start = self._path or self._start if kind == _FILE else kind
        self._show()
        self._take(start)

    def _on_kind_activated(self) -> None:
        if self._kind.currentData() == _FILE and not self._path:
            self._on_choose_file()

    def _on_choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Choose start images", self._path, "Images (*.npz *.npy);;All files (*)"
        )
        if path:
            self._path = path
            self._show()
            self._take(path)
        elif not self._path:
            self.set_start(self._start)

    def _on_new_seed(self) -> None:
        self._seed.setValue(QRandomGenerator.global_().bounded(MAXIMUM_SEED))

    def _take(self, start: str) -> None:
        if start != self._start:
            self._start = start
            self.changed.emit()
