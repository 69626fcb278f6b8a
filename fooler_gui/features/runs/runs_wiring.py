"""Opens, repeats and branches recorded runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Slot

from fooler_gui.core.errors import LabError
from fooler_gui.core.hindrances import why_not_now
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import ClassifierInfo, RunFinished, Save
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import BRANCH, Parent, RunSpec
from fooler_gui.features.run.timeline_wiring import TimelineWiring
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.records.repeat_check import RepeatCheck, check_repeat
from fooler_gui.records.run_folder import RunRecord, read_record
from fooler_gui.records.run_reader import Repetition, read_repetition
from fooler_gui.session.background import Background
from fooler_gui.session.controller import Controller
from fooler_gui.session.run_history import Course, RunHistory
from fooler_gui.shell.main_window import MainWindow

_SAMPLED, _SAMPLED_BYTES = 2_000, 2**26
"""So many saves of a recorded run, and so many bytes of them, are read for its plots at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Opened:
    """A recorded run, read."""

    folder: str
    record: RunRecord
    history: RunHistory
    course: Course
    saves: list[Save]


class RunsWiring(QObject):
    """Holds what is done with recorded runs. Main thread only; files are read beside.

    Args:
        window: The main window, which owns the wiring.
        controller: The lab's conductor.
        wiring: Shows runs.
        timeline: Shows their course.
    """

    def __init__(self, window: MainWindow, controller: Controller, wiring: Wiring, timeline: TimelineWiring) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._wiring = wiring
        self._timeline = timeline
        self._reading = Background(self)
        self._reading.failed.connect(window.error_bar.show_error)
        self._repeated: Path | None = None
        controller.run_started.connect(self._on_run_started)
        controller.run_finished.connect(self._on_run_finished)
        window.actions_.branch.triggered.connect(self.branch)
        window.closed.connect(self._reading.end)

    def open(self, folder: str) -> None:
        """Shows the recorded run in `folder`."""
        self._read(lambda: _opened(folder), f"Reading {folder} …")

    def repeat(self, folder: str) -> None:
        """Runs the recorded run in `folder` again, with what was done to it at the same steps."""
        self._read(lambda: read_repetition(path_of(folder)), f"Reading {folder} …")

    @Slot()
    def branch(self) -> None:
        """Starts a run from the save on screen, with the coefficients and settings of the panels."""
        window, controller = self._window, self._controller
        save = self._wiring.on_screen()
        classifier = controller.classifier
        if save is None or classifier is None or controller.state is not LabState.READY:
            return
        window.commit_edits()
        try:
            parent = Parent(run=read_record(path_of(controller.run_folder)).id, step=save.step)
            spec = RunSpec(
                classifier=classifier.path,
                labels=save.labels,
                slots=save.images.shape[1],
                start=BRANCH,
                rng_seed=window.descent.rng_seed(),
                descent=window.descent.descent(),
                method=window.descent.method(),
                coefficients=window.coefficients.coefficients(),
                parent=parent,
            )
        except LabError as error:
            window.error_bar.show_error(str(error))
            return
        starts = np.clip(save.images, 0, 1) if spec.method.keep_in_range else save.images
        controller.run(spec, window.run_bar.pace(), starts=starts)

    def _read(self, work: Callable[[], object], sentence: str) -> None:
        reason = why_not_now(self._controller.state)
        if reason:
            self._window.error_bar.show_error(reason)
        else:
            self._window.set_status(sentence)
            self._reading.do(work, self._on_read)

    def _on_read(self, read: _Opened | Repetition) -> None:
        if self._controller.state is not LabState.READY:
            return
        if isinstance(read, Repetition):
            self._repeat(read)
        else:
            self._show(read)

    def _show(self, opened: _Opened) -> None:
        record = opened.record
        self._wiring.show_recorded(record.spec, _classifier_of(record, opened.saves[-1]), opened.saves)
        self._controller.show_run(record.spec, opened.saves[-1], opened.folder)
        self._timeline.show(opened.folder, opened.history, opened.course)
        for place, text in opened.course.changes:
            self._window.plots.mark_change(int(opened.course.steps[place]), text)
        self._window.set_status(f"Opened {opened.folder}: {len(opened.course.steps):,} saves.")

    def _repeat(self, repetition: Repetition) -> None:
        classifier, record = self._controller.classifier, repetition.record
        if classifier is None or classifier.sha256 != record.classifier_sha256:
            self._window.error_bar.show_error(
                f"The run was made with another classifier, {path_of(record.spec.classifier).name} (SHA-256 "
                f"{record.classifier_sha256[:12]}…); open that first."
            )
            return
        spec = dataclasses.replace(record.spec, classifier=classifier.path)
        self._window.run_bar.set_labels(spec.labels)
        self._window.run_bar.set_slots(spec.slots)
        self._controller.repeat(spec, repetition, self._window.run_bar.pace())
        self._repeated = repetition.folder

    @Slot(object)
    def _on_run_started(self, _spec: RunSpec) -> None:
        self._repeated = None

    @Slot(object)
    def _on_run_finished(self, _finished: RunFinished) -> None:
        run, again = self._repeated, path_of(self._controller.run_folder)
        self._repeated = None
        if run is not None:
            self._reading.do(lambda: check_repeat(run, again), self._on_checked)

    def _on_checked(self, check: RepeatCheck) -> None:
        if check.differs_from is None:
            self._window.set_status(check.sentence)
        else:
            self._window.error_bar.show_error(check.sentence)


def _opened(folder: str) -> _Opened:
    record, history = read_record(path_of(folder)), RunHistory()
    course = history.open(folder)
    first = history.save_at(0) if len(course.steps) else None
    if first is None:
        raise LabError(f"The run in {folder} holds no saves; there is nothing to show.")
    most = max(2, min(_SAMPLED, _SAMPLED_BYTES // first.images.nbytes))
    return _Opened(folder=folder, record=record, history=history, course=course, saves=history.sample(most))


def _classifier_of(record: RunRecord, save: Save) -> ClassifierInfo:
    """Returns what a run's record knows of its classifier; how good it is, is not known."""
    height, width, channels = save.images.shape[2:]
    return ClassifierInfo(
        name=path_of(record.spec.classifier).stem,
        path=record.spec.classifier,
        sha256=record.classifier_sha256,
        topology=record.topology,
        input_shape=(height, width, channels),
        class_names=record.class_names,
        recorded_layers=tuple(record.spec.coefficients.layer_cost_coeffs),
        parameters=0,
        test_accuracy=float("nan"),
    )
