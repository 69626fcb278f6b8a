"""Offers, at the start, the last checkpoint of trainings that were cut short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from fooler_gui.core.formats import format_moment
from fooler_gui.records.training_record import TrainingRecord, forget_training, unfinished_trainings
from fooler_gui.window.background import Background
from fooler_gui.window.main_window import MainWindow

_Found = list[tuple[Path, TrainingRecord]]


class TrainingRecovery(QObject):
    """Asks what is to become of each. Main thread only; notes are read beside.

    Args:
        window: The main window, which owns this.
        folder: Where trainings leave their classifiers; it need not exist.
        open_classifier: Puts the classifier of a file in use.
    """

    def __init__(self, window: MainWindow, folder: Path, open_classifier: Callable[[str], object]) -> None:
        super().__init__(window)
        self._window = window
        self._folder = folder
        self._open_classifier = open_classifier
        self._waiting: _Found = []
        self._reading = Background(self)
        self._reading.failed.connect(window.error_bar.show_error)
        window.closed.connect(self._reading.end)

    def offer(self) -> None:
        """Looks for trainings that were cut short, and asks about one after the other."""
        self._reading.do(lambda: list(unfinished_trainings(self._folder)), self._on_found)

    def _on_found(self, found: _Found) -> None:
        self._waiting = found
        self._ask()

    def _ask(self) -> None:
        if not self._waiting:
            return
        path, record = self._waiting.pop(0)
        question = QMessageBox(
            QMessageBox.Icon.Question,
            "A training was cut short",
            f"The {record.kind} of {format_moment(record.begun)} was cut short. Its classifier is kept as it was after "
            f"step {record.checkpoint:,} of {record.steps:,}, in {path}.",
            parent=self._window,
        )
        question.setObjectName("training_recovery")
        take = question.addButton("Open it", QMessageBox.ButtonRole.AcceptRole)
        forget = question.addButton("Do not ask again", QMessageBox.ButtonRole.DestructiveRole)
        later = question.addButton("Later", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(later)
        question.setEscapeButton(later)

        def decide() -> None:
            if question.clickedButton() is take:
                self._open_classifier(str(path))
            if question.clickedButton() in (take, forget):
                self._reading.do(lambda: forget_training(path), lambda _nothing: None)
            question.deleteLater()
            self._ask()

        question.finished.connect(decide)
        question.open()
