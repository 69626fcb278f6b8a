"""Binds the page of sweeps to the session's model, to the process that works, and to what it writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.path_text import path_of
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Topology
from fooler_gui.features.sweeps.answers import Answers
from fooler_gui.features.sweeps.questions import Answer, Question
from fooler_gui.features.sweeps.sweep_process import SweepOptions, SweepProcess
from fooler_gui.features.sweeps.sweep_watch import SweepWatch
from fooler_gui.features.sweeps.sweep_words import GOING, SweepPace, count_words
from fooler_gui.features.sweeps.sweeps import SweepsPage
from fooler_gui.records.run_reader import last_save
from fooler_gui.session.background import Background
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.sweeps.job_setup import BACKWORK, ROUNDS, TRAIN, JobSetup, backwork_setup, rounds_setup, train_setup
from fooler_gui.sweeps.results import DONE, FAILED, RESULTS_FILE
from fooler_gui.sweeps.sweep_export import EXPORT_FORMATS, export_sweep
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE
from fooler_gui.sweeps.sweep_spec import SweepError, SweepSpec, read_sweep
from fooler_gui.sweeps.sweep_state import SweepState, holds_sweep
from fooler_gui.sweeps.sweep_text import begin_folder, write_sweep
from fooler_gui.widgets.file_saving import FileSaving

_MOST_IMAGES = 16
_NOT_VARIED = "This setting cannot be varied now."


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSurroundings:
    """What the page needs of the window.

    Attributes:
        open_run: Shows the run in a folder.
        repeat_run: Repeats the run in a folder.
        training: Returns the layers and settings of the next training.
        rounds: Returns the settings of the next rounds.
        new_folder: Returns a folder for a sweep that nobody else uses; may raise a LabError.
    """

    open_run: Callable[[str], object]
    repeat_run: Callable[[str], object]
    training: Callable[[], tuple[Topology, TrainingSettings]]
    rounds: Callable[[], RoundsSettings]
    new_folder: Callable[[], Path]


def make_page(owner: QWidget, memory: UserSettings) -> SweepsPage:
    """Returns the page with its remembered settings."""
    page = SweepsPage({ending: f"{entry.title}…" for ending, entry in EXPORT_FORMATS.items()}, owner)
    page.set_settings(memory.table("sweeps"))
    return page


class SweepsBinding(QObject):
    """Works through sweeps, and shows what they come to. Main thread only; files are read in the background.

    Args:
        page: Owner; shows it.
        model: The session's model.
        surroundings: What else it needs.
        process: Does the cells; None for the usual one.
    """

    def __init__(
        self,
        page: SweepsPage,
        model: SessionModel,
        surroundings: SweepSurroundings,
        process: SweepProcess | None = None,
    ) -> None:
        super().__init__(page)
        self._page, self._model, self._surroundings = page, model, surroundings
        self._process = process or SweepProcess(self)
        self._watch, self._answers, self._files = SweepWatch(self), Answers(self), Background(self)
        self._pace = SweepPace()
        self._is_estimate = False
        self._pictured = -1
        self._watch.state_read.connect(self._on_read)
        self._answers.answered.connect(self._on_answer)
        for source in (self._watch, self._answers, self._files):
            source.problem_changed.connect(page.tell)
        page.start_requested.connect(self._start)
        page.stop_requested.connect(self._stop)
        page.save_requested.connect(self._save)
        page.open_requested.connect(self.open)
        page.question_changed.connect(self._ask)
        page.pictures_requested.connect(self._read_images)
        page.run_open_requested.connect(surroundings.open_run)
        page.run_repeat_requested.connect(surroundings.repeat_run)
        page.export_requested.connect(self._export)
        page.shown.connect(self.synchronise)
        self._process.told.connect(page.tell)
        self._process.ended.connect(self._on_ended)
        bind(
            self.synchronise,
            model.state_changed,
            model.setup_changed,
            model.classifier_changed,
            model.dataset_changed,
        )

    @property
    def is_going(self) -> bool:
        """Whether the window's process works on a sweep."""
        return self._process.is_going

    def close(self) -> None:
        """Ends the process, which keeps what is done, and stops reading."""
        self._process.close()
        self._watch.close()
        self._answers.close()
        self._files.end()

    @Slot()
    def synchronise(self) -> None:
        """Takes the jobs as they are set up in the window, while the page is seen."""
        self._page.set_state(self._model.state)
        if self._page.isVisible():
            self._page.set_setups(self._setups())

    def vary(self, job: str, name: str) -> None:
        """Sets up a sweep of `job` that varies the option `name`, with sensible values to try."""
        self._page.set_setups(self._setups())
        if not self._page.vary(job, name):
            self._page.tell(_NOT_VARIED)

    @Slot(str)
    def open(self, name: str) -> None:
        """Shows the sweep of the file or folder called `name`, or says why it cannot."""
        if self._process.is_going:
            self._page.tell(GOING)
            return
        path = path_of(name)
        folder = path if path.is_dir() else path.parent
        is_begun = holds_sweep(folder) and (path.is_dir() or path.name in (SWEEP_FILE, RESULTS_FILE))
        file = folder / SWEEP_FILE if is_begun or path.is_dir() else path
        self._files.do(lambda: read_sweep(file), lambda spec: self._on_opened(spec, folder if is_begun else None))

    def _setups(self) -> Mapping[str, JobSetup]:
        classifier, dataset = self._model.classifier, self._model.dataset
        if classifier is None or dataset is None:
            return {}
        return {
            BACKWORK: backwork_setup(self._model.setup, classifier, dataset),
            TRAIN: train_setup(*self._surroundings.training(), dataset),
            ROUNDS: rounds_setup(self._surroundings.rounds(), classifier, dataset),
        }

    def _on_opened(self, spec: SweepSpec, folder: Path | None) -> None:
        if self._process.is_going:
            return
        self._page.open_plan(spec)
        self._page.tell("")
        if folder is not None:
            self._pace.begin()
            self._watch.watch(folder)

    @Slot(object, str, object)
    def _start(self, spec: SweepSpec, folder: str, options: SweepOptions) -> None:
        try:
            place = path_of(folder) if folder else self._surroundings.new_folder()
            file = begin_folder(place, spec)
        except LabError as error:
            self._page.tell(str(error))
            return
        except OSError as error:
            self._page.tell(f"The sweep cannot be written: {reason_of(error)}.")
            return
        self._is_estimate = options.dry_run
        self._pace.begin()
        self._page.tell("")
        self._page.open_plan(spec)
        self._process.start(file, place, options)
        self._page.set_going(True)
        self._page.show_progress(None, _begins(options))
        self._watch.expects_changes = True
        self._watch.watch(place)

    @Slot()
    def _stop(self) -> None:
        self._process.stop()
        self._page.set_going(self._process.is_going, stopping=True)

    @Slot(str, str)
    def _on_ended(self, told: str, problem: str) -> None:
        self._page.set_going(False)
        self._page.show_end("")
        self._page.tell(problem or (told if self._is_estimate else ""))
        self._watch.expects_changes = False
        self._watch.look()

    @Slot(object, str)
    def _save(self, spec: SweepSpec, path: str) -> None:
        try:
            write_sweep(path_of(path), spec)
        except OSError as error:
            self._model.refuse(f"{path} cannot be written: {reason_of(error)}. Choose another folder.")
        else:
            self._model.tell_done(f"Wrote {path}.")

    @Slot(str)
    def _export(self, ending: str) -> None:
        sweep, entry = self._page.sweep(), EXPORT_FORMATS[ending]
        reason = entry.why_not()
        if sweep is None or reason:
            self._page.tell(reason)
            return
        folder, files = sweep.folder, FileSaving(self._page, self._page.tell, self._page.tell)
        path = files.ask_for_path(f"{folder.name}{ending}", f"{entry.title} (*{ending})")
        if path is not None:
            self._page.tell(f"Writing {path}…")
            self._files.do(lambda: _exported(folder, path), self._page.tell)

    @Slot(object)
    def _on_read(self, state: SweepState) -> None:
        before = self._page.sweep()
        if before is None or before.cells is not state.cells:
            self._page.show_sweep(state)
            self._ask()
        self._show_progress(state)

    def _show_progress(self, state: SweepState) -> None:
        counts = state.cells.counts()
        if self._process.is_going or state.is_worked_on:
            ended = (counts[DONE] + counts[FAILED]) / len(state.cells)
            is_stopping = self._process.is_stopping
            words = f"Stopping · {count_words(counts)}" if is_stopping else self._pace.words(time.monotonic(), counts)
            elsewhere = "" if self._process.is_going else "\nAnother process works on it."
            self._page.show_progress(ended, f"{words}{elsewhere}")
        else:
            self._page.show_end(count_words(counts))

    @Slot()
    def _ask(self) -> None:
        sweep, question = self._page.sweep(), self._page.question()
        if sweep is not None and question is not None:
            self._answers.ask(sweep.cells, question)

    @Slot(object, object)
    def _on_answer(self, question: Question, found: Answer) -> None:
        if question == self._page.question():
            self._page.show_answer(question, found)

    @Slot(int)
    def _read_images(self, place: int) -> None:
        """Reads the images of a cell, unless those of another are wanted by then."""
        sweep = self._page.sweep()
        run = None if sweep is None else sweep.run(place)
        if run is None:
            return
        self._pictured = place

        def show(images: FloatArray | None) -> None:
            if images is not None:
                self._page.show_images(place, images)

        self._files.do(lambda: _images(run) if place == self._pictured else None, show)


def _begins(options: SweepOptions) -> str:
    if options.cluster:
        return f"Connecting to {options.cluster}…"
    return "Doing the first cell…" if options.dry_run else "Starting the workers…"


def _exported(folder: Path, path: Path) -> str:
    """Writes the sweep in `folder` as the file `path`, and returns a sentence that says so."""
    try:
        export_sweep(folder, path, overwrite=True)
    except OSError as error:
        raise SweepError(f"{path} cannot be written: {reason_of(error)}. Choose another folder.") from error
    return f"Wrote {path}."


def _images(run: Path) -> FloatArray:
    """Returns the images of the last save of the run in `run`, the first ones if there are many."""
    images = last_save(run).images
    return images.reshape(-1, *images.shape[2:])[:_MOST_IMAGES]
