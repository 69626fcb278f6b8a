"""Takes what is dropped onto the window: a recorded run, an exported picture, a classifier, coefficients."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.file_kind import CLASSIFIER, EXPORTED, FileKind, kind_of
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.features.run.preset_desk import PresetDesk
from fooler_gui.features.runs.runs_desk import RunsDesk
from fooler_gui.records.rounds_folder import holds_rounds
from fooler_gui.records.training_record import classifier_of, holds_training
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.refusing import unless_busy

_BY_ENDING = {
    ".keras": FileKind.KERAS,
    ".toml": FileKind.TEXT,
    **dict.fromkeys((".png", ".apng", ".gif", ".webp", ".mp4", ".svg", ".pdf"), FileKind.PNG),
}
"""What a file is taken for whose content tells nothing that is taken, so that it is opened and refused as such."""


class DropDesk(QObject):
    """Does with a dropped file what its kind asks for. Main thread only.

    Args:
        window: The main window, which owns the desk.
        controller: Opens classifiers.
        runs: Opens runs.
        presets: Opens coefficients, and restores set-ups from pictures.
        open_rounds: Shows the rounds of a folder.
    """

    def __init__(
        self,
        window: MainWindow,
        controller: Controller,
        runs: RunsDesk,
        presets: PresetDesk,
        open_rounds: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._open_classifier = unless_busy(window, controller, controller.open_classifier)
        self._runs = runs
        self._presets = presets
        self._open_rounds = unless_busy(window, controller, open_rounds)
        window.file_dropped.connect(self.take)

    @Slot(str)
    def take(self, name: str) -> None:
        """Opens the file or folder called `name`, or says why it cannot be taken."""
        path = path_of(name)
        if holds_rounds(path):
            self._open_rounds(name)
        elif holds_training(path):
            self._open_classifier(text_of(classifier_of(path)))
        else:
            self._take_kind(path, _kind_of(path))

    def _take_kind(self, path: Path, kind: FileKind) -> None:
        if kind is FileKind.FOLDER:
            self._runs.open_run(text_of(path))
        elif kind in CLASSIFIER.kinds or kind in CLASSIFIER.advice or kind is FileKind.UNPACKED_KERAS:
            self._open_classifier(text_of(path))
        elif kind is FileKind.TEXT and path.suffix.lower() in _BY_ENDING:
            self._presets.open(path)
        elif kind in EXPORTED.kinds:
            self._presets.restore(path)
        else:
            what = "" if kind in (FileKind.UNKNOWN, FileKind.NO_FILE) else f", {kind.value}"
            self._window.error_bar.show_error(
                "The folder of a run, of a training or of rounds, an exported picture, a classifier (.keras) or "
                f"coefficients (.toml) can be dropped here; received {path.name}{what}."
            )


def _kind_of(path: Path) -> FileKind:
    """Returns what the file at `path` is by its content; by its name where the content is nothing that is taken."""
    try:
        kind = kind_of(path)
    except OSError:
        kind = FileKind.UNKNOWN
    told = _BY_ENDING.get(path.suffix.lower(), kind)
    taken = kind is FileKind.FOLDER or kind in CLASSIFIER.kinds | EXPORTED.kinds | CLASSIFIER.advice.keys()
    return kind if taken else told
