"""Offers at the start to recover interrupted trainings and rounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from fooler_gui.core.formats import format_moment
from fooler_gui.core.path_text import text_of
from fooler_gui.records.rounds_folder import RoundsRecord, finished_rounds
from fooler_gui.records.training_record import TrainingRecord, classifier_of
from fooler_gui.session.background import Background
from fooler_gui.session.model import SessionModel
from fooler_gui.widgets.mnemonics import give_mnemonics


@dataclass(frozen=True, slots=True)
class _Interrupted:
    """Interrupted work: title, question, how to open it and how to stop asking about it."""

    title: str
    text: str
    path: Path
    open: Callable[[], object]
    forget: Callable[[], object]


class WorkRecovery(QObject):
    """Asks what to do with interrupted trainings and rounds. Main thread only; folders are read in the background.

    Args:
        window: Owner.
        model: Shows problems.
        classifiers: The folder of trained classifiers; it need not exist.
        rounds: The folder of recorded rounds; it need not exist.
        open_classifier: Puts the classifier in a file in use.
        open_rounds: Shows the rounds in a folder.
    """

    def __init__(
        self,
        window: QWidget,
        model: SessionModel,
        classifiers: Path,
        rounds: Path,
        open_classifier: Callable[[str], object],
        open_rounds: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._classifiers = classifiers
        self._rounds = rounds
        self._open_classifier = open_classifier
        self._open_rounds = open_rounds
        self._waiting: list[_Interrupted] = []
        self._reading = Background(self)
        self._reading.problem_changed.connect(model.report)

    def offer(self) -> None:
        """Looks for interrupted work and asks about each."""
        self._reading.do(self._find, self._on_found)

    @Slot()
    def close(self) -> None:
        """Stops looking and asking."""
        self._reading.end()

    def _find(self) -> list[_Interrupted]:
        return [
            *(self._training(folder, record) for folder, record in TrainingRecord.unfinished(self._classifiers)),
            *(self._set_of_rounds(folder, record) for folder, record in RoundsRecord.unfinished(self._rounds)),
        ]

    def _training(self, folder: Path, record: TrainingRecord) -> _Interrupted:
        path = classifier_of(folder)
        return _Interrupted(
            "A training was interrupted",
            f"The {record.kind} of {format_moment(record.begun)} was interrupted. Its classifier is saved as of "
            f"step {record.checkpoint:,} of {record.steps:,}.",
            path,
            lambda: self._open_classifier(text_of(path)),
            lambda: TrainingRecord.forget(folder),
        )

    def _set_of_rounds(self, folder: Path, record: RoundsRecord) -> _Interrupted:
        count = finished_rounds(folder) - 1  # the state before the first training is not a round
        finished = "1 finished round is" if count == 1 else f"{count:,} finished rounds are"
        return _Interrupted(
            "Rounds were interrupted",
            f"The rounds of {format_moment(record.begun)} were interrupted. {finished} saved and can be continued.",
            folder,
            lambda: self._open_rounds(text_of(folder)),
            lambda: RoundsRecord.forget(folder),
        )

    def _on_found(self, found: list[_Interrupted]) -> None:
        self._waiting = found
        self._ask()

    def _ask(self) -> None:
        if not self._waiting:
            return
        work = self._waiting.pop(0)
        question = QMessageBox(QMessageBox.Icon.Question, work.title, work.text, parent=self._window)
        question.setObjectName("work_recovery")
        question.setInformativeText(text_of(work.path))
        take = question.addButton("Open", QMessageBox.ButtonRole.AcceptRole)
        forget = question.addButton("Do not ask again", QMessageBox.ButtonRole.DestructiveRole)
        later = question.addButton("Later", QMessageBox.ButtonRole.RejectRole)
        give_mnemonics((take, forget, later))
        question.setDefaultButton(later)
        question.setEscapeButton(later)

        def decide() -> None:
            if question.clickedButton() is take:
                work.open()
            if question.clickedButton() in (take, forget):
                self._reading.do(work.forget, lambda _nothing: None)
            question.deleteLater()
            self._ask()

        question.finished.connect(decide)
        question.open()
