"""What has happened in the window since a lesson began."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from fooler_gui.core.run_spec import RunSpec
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView


class EndedRun(NamedTuple):
    """A run that has ended.

    Attributes:
        spec: How it was made.
        sha256: The hash of its classifier.
        steps: How many steps it took.
        found: How many of its images ended over the threshold.
    """

    spec: RunSpec
    sha256: str
    steps: int
    found: int


class Story(QObject):
    """Watches the session's model.

    Args:
        model: The model.
        parent: Owner.

    Signals:
        changed: Something has happened.

    Attributes:
        runs: The runs that have ended, in order.
        looked_back: Whether a save other than the newest was on screen.
        selected: The slots that were selected.
        inspected: Whether an image of one of `runs` was inspected.
        retrained: Whether a retraining has ended with a result.
        kept: Whether the classifier in use came from a retraining.
        checked: Whether honesty was checked.
        evaluated: Whether the classifier was evaluated.
    """

    changed = Signal()

    def __init__(self, model: SessionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        for signal in (
            model.run_changed,
            model.cursor_changed,
            model.selection_changed,
            model.retraining_changed,
            model.classifier_changed,
            model.honesty_changed,
            model.evaluation_changed,
        ):
            signal.connect(self._look)
        self.begin()

    def begin(self) -> None:
        """Forgets everything; what is there now has not happened."""
        model = self._model
        self.runs: list[EndedRun] = []
        self.looked_back = False
        self.selected: set[tuple[int, int]] = set()
        self.inspected = self.retrained = self.kept = self.checked = self.evaluated = False
        self._place = None if model.run is None else (model.run, model.run.cursor)
        self._counted: RunView | None = model.run
        self._known = (model.retraining, model.checked, model.evaluation)
        self.changed.emit()

    @Slot()
    def note_inspection(self) -> None:
        """Notes that an image on screen is inspected."""
        self.inspected |= bool(self.runs)
        self.changed.emit()

    @Slot()
    def _look(self) -> None:
        model, run = self._model, self._model.run
        if run is not None:
            self._look_at(run)
        known_retraining, known_check, known_evaluation = self._known
        retraining = model.retraining
        if retraining is not None and retraining is not known_retraining and retraining.finished is not None:
            self.retrained = True
            candidate = retraining.finished.candidate.sha256
            self.kept |= model.classifier is not None and model.classifier.sha256 == candidate
        self.checked |= model.checked is not None and model.checked is not known_check
        evaluation = model.evaluation
        self.evaluated |= (
            evaluation is not None and evaluation is not known_evaluation and evaluation.report is not None
        )
        self.changed.emit()

    def _look_at(self, run: RunView) -> None:
        self.looked_back |= run.cursor is not None and (run, run.cursor) != self._place
        if run.selected is not None:
            self.selected.add(run.selected)
        if run is not self._counted and run.finished is not None and run.newest is not None:
            self._counted = run
            self.runs.append(EndedRun(run.spec, run.classifier.sha256, run.newest.step, int(run.newest.done.sum())))
