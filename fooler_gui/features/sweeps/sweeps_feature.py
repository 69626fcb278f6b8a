"""Binds the page of sweeps to the session's model, to the process that works, and to what it writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Topology
from fooler_gui.features.sweeps.questions import Answer, Question, answer
from fooler_gui.features.sweeps.sweep_process import SweepProcess
from fooler_gui.features.sweeps.sweep_words import SweepPace
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
from fooler_gui.sweeps.sweep_state import SweepState, holds_sweep, read_state
from fooler_gui.sweeps.sweep_text import begin_folder, write_sweep
from fooler_gui.widgets.file_saving import FileSaving

_LOOK_SECONDS = 1.0
_REST = 9
"""How many times as long as reading the results takes they are left alone, at least."""

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
        self._reading, self._computing = Background(self), Background(self)
        self._pace = SweepPace()
        self._folder: Path | None = None
        self._is_reading = False
        self._is_estimate = False
        self._asked: tuple[SweepState, Question] | None = None
        self._answered: tuple[SweepState, Question] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._reading.problem_changed.connect(self._on_not_read)
        self._computing.problem_changed.connect(self._on_not_computed)
        page.start_requested.connect(partial(self._start, dry_run=False))
        page.estimate_requested.connect(partial(self._start, dry_run=True))
        page.stop_requested.connect(self._stop)
        page.save_requested.connect(self._save)
        page.open_requested.connect(self.open)
        page.question_changed.connect(self._ask)
        page.pictures_requested.connect(self._read_images)
        page.run_open_requested.connect(surroundings.open_run)
        page.run_repeat_requested.connect(surroundings.repeat_run)
        page.export_requested.connect(self._export)
        page.shown.connect(self.synchronise)
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
        self._timer.stop()
        self._process.close()
        self._reading.end()
        self._computing.end()

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
        path = path_of(name)
        folder = path if path.is_dir() else path.parent
        is_begun = holds_sweep(folder) and (path.is_dir() or path.name in (SWEEP_FILE, RESULTS_FILE))
        file = folder / SWEEP_FILE if is_begun or path.is_dir() else path
        self._reading.do(lambda: read_sweep(file), lambda spec: self._on_opened(spec, folder if is_begun else None))

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
        self._page.open_plan(spec, "" if folder is None else text_of(folder))
        self._page.tell("")
        if folder is not None:
            self._folder = folder
            self._pace.begin()
            self._look()

    def _start(self, spec: SweepSpec, folder: str, workers: int, *, dry_run: bool) -> None:
        try:
            place = path_of(folder) if folder else self._surroundings.new_folder()
            file = begin_folder(place, spec)
        except LabError as error:
            self._page.tell(str(error))
            return
        except OSError as error:
            self._page.tell(f"The sweep cannot be written: {reason_of(error)}.")
            return
        self._folder, self._is_estimate = place, dry_run
        self._pace.begin()
        self._page.tell("")
        self._process.start(file, place, workers, dry_run=dry_run)
        self._page.set_going(True)
        self._page.show_progress(None, "Doing the first cell…" if dry_run else "Starting the workers…")
        self._look()

    @Slot()
    def _stop(self) -> None:
        self._process.stop()
        self._page.set_going(self._process.is_going, stopping=True)

    @Slot(str, str)
    def _on_ended(self, told: str, problem: str) -> None:
        self._page.set_going(False)
        self._page.show_end("")
        self._page.tell(problem or (told if self._is_estimate else ""))
        self._look()

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
            self._computing.do(lambda: _exported(folder, path), self._page.tell)

    @Slot()
    def _look(self) -> None:
        """Reads what the sweep has come to, unless that is being done."""
        folder = self._folder
        if self._is_reading or folder is None:
            return
        if not holds_sweep(folder):
            self._look_again(_LOOK_SECONDS)
            return
        self._is_reading = True
        known = self._page.sweep()
        known = known if known is not None and known.folder == folder else None
        began = time.monotonic()
        self._reading.do(lambda: read_state(folder, known), lambda state: self._on_read(state, began))

    def _look_again(self, after: float) -> None:
        sweep = self._page.sweep()
        if self._process.is_going or (sweep is not None and sweep.is_worked_on):
            self._timer.start(round(1000 * after))

    def _on_read(self, state: SweepState, began: float) -> None:
        self._is_reading = False
        before = self._page.sweep()
        if before is None or state.stamp != before.stamp or state.is_worked_on != before.is_worked_on:
            self._page.show_sweep(state)
            self._ask()
        self._show_progress(state)
        self._look_again(max(_LOOK_SECONDS, _REST * (time.monotonic() - began)))

    def _show_progress(self, state: SweepState) -> None:
        counts = state.cells.counts()
        words = self._pace.words(time.monotonic(), counts)
        if self._process.is_going or state.is_worked_on:
            ended = (counts[DONE] + counts[FAILED]) / len(state.cells)
            stopping = "Stopping · " if self._process.is_stopping else ""
            elsewhere = "" if self._process.is_going else "\nAnother process works on it."
            self._page.show_progress(ended, f"{stopping}{words}{elsewhere}")
        else:
            self._page.show_end(words)

    def _ask(self) -> None:
        """Computes what the view on screen needs to know; of several questions meanwhile only the last."""
        state, question = self._page.sweep(), self._page.question()
        if state is None or question is None:
            return
        wanted = state, question
        if wanted == self._answered or wanted == self._asked:
            return
        is_under_way = self._asked is not None
        self._asked = wanted
        if not is_under_way:
            self._compute(wanted)

    def _compute(self, wanted: tuple[SweepState, Question]) -> None:
        state, question = wanted
        self._computing.do(lambda: answer(state.cells, question), lambda found: self._on_answer(wanted, found))

    def _on_answer(self, wanted: tuple[SweepState, Question], found: Answer) -> None:
        self._answered = wanted
        question = wanted[1]
        if question == self._page.question():
            self._page.show_answer(question, found)
        if self._asked == wanted:
            self._asked = None
        elif self._asked is not None:
            self._compute(self._asked)

    @Slot(int)
    def _read_images(self, place: int) -> None:
        sweep = self._page.sweep()
        run = None if sweep is None else sweep.run(place)
        if run is not None:
            self._reading.do(lambda: _images(run), lambda images: self._page.show_images(place, images))

    @Slot(str)
    def _on_not_read(self, sentence: str) -> None:
        self._is_reading = False
        self._page.tell(sentence)
        self._look_again(_LOOK_SECONDS)

    @Slot(str)
    def _on_not_computed(self, sentence: str) -> None:
        self._asked = None
        self._page.tell(sentence)


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
