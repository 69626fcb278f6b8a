"""Offers, at the start, what is left of trainings and of rounds that were cut short."""

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


@dataclass(frozen=True, slots=True)
class _CutShort:
    """Work that was cut short: what is asked of it, where it is, what opens it, what has it asked about no more."""

    title: str
    text: str
    path: Path
    open: Callable[[], object]
    forget: Callable[[], object]


class WorkRecovery(QObject):
    """Asks what is to become of each. Main thread only; folders are read beside.

    Args:
        window: Owner.
        model: Says what went wrong.
        classifiers: Where trainings leave their classifiers; it need not exist.
        rounds: Where rounds have their folders; it need not exist.
        open_classifier: Puts the classifier of a file in use.
        open_rounds: Shows the rounds of a folder.
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
        self._waiting: list[_CutShort] = []
        self._reading = Background(self)
        self._reading.failed.connect(model.report)

    def offer(self) -> None:
        """Looks for work that was cut short, and asks about one after the other."""
        self._reading.do(self._find, self._on_found)

    @Slot()
    def close(self) -> None:
        """Ends the reading. Nothing more is asked."""
        self._reading.end()

    def _find(self) -> list[_CutShort]:
        return [
            *(self._training(folder, record) for folder, record in TrainingRecord.unfinished(self._classifiers)),
            *(self._set_of_rounds(folder, record) for folder, record in RoundsRecord.unfinished(self._rounds)),
        ]

    def _training(self, folder: Path, record: TrainingRecord) -> _CutShort:
        path = classifier_of(folder)
        return _CutShort(
            "A training was cut short",
            f"The {record.kind} of {format_moment(record.begun)} was cut short. Its classifier is kept as it was after "
            f"step {record.checkpoint:,} of {record.steps:,}.",
            path,
            lambda: self._open_classifier(text_of(path)),
            lambda: TrainingRecord.forget(folder),
        )

    def _set_of_rounds(self, folder: Path, record: RoundsRecord) -> _CutShort:
        count = finished_rounds(folder) - 1  # the one before the first training is none
        finished = "1 finished round is" if count == 1 else f"{count:,} finished rounds are"
        return _CutShort(
            "Rounds were cut short",
            f"The rounds of {format_moment(record.begun)} were cut short. {finished} kept; from there they can go on.",
            folder,
            lambda: self._open_rounds(text_of(folder)),
            lambda: RoundsRecord.forget(folder),
        )

    def _on_found(self, found: list[_CutShort]) -> None:
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
