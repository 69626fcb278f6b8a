"""Takes what is dropped onto the window: a recorded run, an exported picture, a classifier, coefficients."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from fooler_gui.controller import Controller
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.records.rounds_mark import holds_rounds
from fooler_gui.records.training_record import holds_training
from fooler_gui.window.main_window import MainWindow
from fooler_gui.window.preset_desk import PresetDesk
from fooler_gui.window.refusing import unless_busy
from fooler_gui.window.runs_desk import RunsDesk

_PICTURES = (".png", ".apng", ".gif", ".webp", ".mp4", ".svg", ".pdf")


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
        ending = path.suffix.lower()
        if holds_rounds(path):
            self._open_rounds(name)
        elif holds_training(path):
            self._open_classifier(text_of(path.with_suffix(".keras")))
        elif path.is_dir():
            self._runs.open_run(name)
        elif ending == ".keras":
            self._open_classifier(name)
        elif ending == ".toml":
            self._presets.open(path)
        elif ending in _PICTURES:
            self._presets.restore(path)
        else:
            self._window.error_bar.show_error(
                "The folder of a run, of a training or of rounds, an exported picture, a classifier (.keras) or "
                f"coefficients (.toml) can be dropped here; received {path.name}."
            )
