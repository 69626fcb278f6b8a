"""Opens and repeats recorded runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.lab_state import why_not_now
from fooler_gui.core.path_text import path_of
from fooler_gui.features.runs.dataset_offer import DatasetOffer
from fooler_gui.records.repeat_check import RepeatCheck, check_repeat, why_not_repeated
from fooler_gui.records.run_folder import RunRecord
from fooler_gui.records.run_reader import Repetition, read_repetition
from fooler_gui.session.background import Background
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView, open_run


class RunOpening(QObject):
    """Shows recorded runs in the main window, or repeats them. Main thread only; files are read in the background.

    Args:
        parent: Owner.
        model: The session's model.
        controller: Shows and repeats runs.
        bring_to_front: Brings the main window to the front.
    """

    def __init__(
        self, parent: QWidget, model: SessionModel, controller: Controller, bring_to_front: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._controller = controller
        self._bring_to_front = bring_to_front
        self._reading = Background(self)
        self._reading.problem_changed.connect(model.report)
        self._offer = DatasetOffer(parent, model, controller)
        self._repeated: Path | None = None
        model.run_changed.connect(self._on_run_changed)

    def open(self, folder: str) -> None:
        """Shows the recorded run in `folder`."""
        self._read(lambda: open_run(path_of(folder)), f"Reading {folder} …")

    def repeat(self, folder: str) -> None:
        """Repeats the recorded run in `folder`, with every change of settings and action on a slot at the same step."""
        self._read(lambda: read_repetition(path_of(folder)), f"Reading {folder} …")

    @Slot()
    def close(self) -> None:
        """Stops reading."""
        self._reading.end()

    def _read(self, work: Callable[[], object], sentence: str) -> None:
        reason = why_not_now(self._model.state)
        if reason:
            self._model.report(reason)
        else:
            self._model.tell(sentence)
            self._reading.do(work, self._on_read)

    def _on_read(self, read: tuple[RunView, RunRecord] | Repetition) -> None:
        if isinstance(read, Repetition):
            self._go_on(read.record, partial(self._repeat, read), _nothing)
        else:
            run, record = read
            self._go_on(record, partial(self._show, run), run.close, without="Show it anyway")
        self._bring_to_front()

    def _go_on(
        self, record: RunRecord, then: Callable[[], object], leave: Callable[[], object], without: str = ""
    ) -> None:
        """Calls `then` with the run's dataset in use, or `leave` if that is not wanted or other work has begun."""

        def unless_busy(do: Callable[[], object]) -> None:
            reason = why_not_now(self._model.state)
            if reason:
                self._model.refuse(reason)
                leave()
            else:
                do()

        offer = partial(self._offer.with_dataset, record, partial(unless_busy, then), without=without, leave=leave)
        unless_busy(offer)

    def _show(self, run: RunView) -> None:
        self._controller.show_run(run)
        self._model.tell(f"Opened {run.folder}: {len(run.saves):,} saves.")

    def _repeat(self, repetition: Repetition) -> None:
        model, record = self._model, repetition.record
        classifier, dataset = model.classifier, model.dataset
        if classifier is None or dataset is None:
            return
        reason = why_not_repeated(record, classifier, dataset)
        if reason:
            model.report(reason)
            return
        spec = dataclasses.replace(record.spec, classifier=classifier.path)
        model.change_setup(labels=spec.labels, slots=spec.slots)
        self._controller.repeat(spec, repetition)
        self._repeated = repetition.folder if model.starting == spec else None

    @Slot()
    def _on_run_changed(self) -> None:
        run = self._model.run
        if self._repeated is None or self._model.starting is not None or run is None:
            return
        if run.finished is not None:
            repeated, self._repeated = self._repeated, None
            repetition = path_of(run.folder)
            self._reading.do(lambda: check_repeat(repeated, repetition), self._on_checked)

    def _on_checked(self, check: RepeatCheck) -> None:
        if check.differs_from is None:
            self._model.tell(check.sentence)
        else:
            self._model.report(check.sentence)


def _nothing() -> None:
    """Does nothing."""
