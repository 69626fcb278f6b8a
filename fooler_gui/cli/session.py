"""The engine of one command: loads TensorFlow, reads the dataset, does jobs with progress and Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

from fooler_gui.cli.checks import BUNDLED, GivenCoefficients, GivenData
from fooler_gui.cli.output import write_error
from fooler_gui.cli.progress import ProgressLine
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.coefficient_presets import (
    NOT_SCALED,
    SCALED,
    SCALED_SENTENCE,
    coefficient_presets,
    usual_coefficients,
)
from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_about
from fooler_gui.core.jobs import Job, OpenClassifier
from fooler_gui.core.messages import Message, RecordingStalled, Remark, SavesThinned, Working, WorkTimed
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import CostCoefficients
from fooler_gui.core.work_time import Work
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine import backend
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.records.speeds import SPEEDS_FILE, Speeds
from fooler_gui.resources import cache_path, references_path, resource, second_opinion, user_path

if TYPE_CHECKING:
    from fooler_gui.engine.lab import Lab

_Answer = TypeVar("_Answer", bound=Message)


_kept: dict[GivenData, Session] | None = None
"""Sessions by their datasets, of a process that does many commands; None if each begins its own."""


def keep_sessions() -> None:
    """Makes the commands of this process share a session for each dataset, and so what its lab has computed."""
    global _kept
    _kept = {} if _kept is None else _kept


class Session:
    """A lab that shows its progress. Made by `begun_session`.

    Args:
        lab: The engine.
        progress: Where progress is shown.
        second_opinion: The file of the independent net, if it was trained on the dataset.

    Attributes:
        lab: See above.
        second_opinion: See above.
    """

    def __init__(self, lab: Lab, progress: ProgressLine, second_opinion: Path | None) -> None:
        self.lab = lab
        self.second_opinion = second_opinion
        self._progress = progress
        self._opened: tuple[OpenClassifier, int, ClassifierInfo] | None = None
        self._speeds = Speeds(user_path(SPEEDS_FILE))

    def open(self, job: OpenClassifier) -> ClassifierInfo:
        """Loads a classifier for use, tells how it was adapted, and warns if it may not be usable as it is.

        Raises:
            LabError: The file cannot be used.
        """
        changed = path_of(job.path).stat().st_mtime_ns if path_of(job.path).exists() else 0
        if self._opened is not None and self._opened[:2] == (job, changed) and self._opened[2] is self._present():
            return self._opened[2]
        self._progress.show(Working(sentence="Opening the classifier"))
        for message in self.lab.perform(job, RunControl()):
            if isinstance(message, Remark):
                write_error(message.sentence)
        info = self.lab.classifier_info
        for sentence in filter(None, (*info.adapted, info.doubt)):
            write_error(sentence)
        self._opened = job, changed, info
        return info

    def coefficients(
        self,
        given: GivenCoefficients | None,
        terms: Mapping[str, float] | None = None,
        layers: Mapping[str, float] | None = None,
    ) -> CostCoefficients:
        """Returns the coefficients `given`, or else those that the classifier in use begins with, for its layers.

        Args:
            given: A preset's, or a file's.
            terms: Those of single terms, in place of these; None for no such.
            layers: Those of single recorded layers, likewise.

        Raises:
            LabError: They do not fit the classifier, or there are no training images to scale them by.
        """
        return self._chosen(given).with_terms(**(terms or {})).with_layers(layers or {})

    def tell_time(self, work: Work, operations: int) -> None:
        """Tells on standard error how long `work` takes with a classifier of so many `operations`, once it is known."""
        seconds = self._speeds.estimate(work, operations)
        if seconds is not None:
            write_error(f"This takes {format_about(seconds)}.")

    def perform(self, job: Job, control: RunControl, max_steps: int = 0) -> Iterator[Message]:
        """Yields the messages of `job`. The first Ctrl-C stops it through `control`, the second interrupts.

        Args:
            job: The job.
            control: Says afterwards whether Ctrl-C was pressed.
            max_steps: The most steps a descent makes, for the time left.

        Raises:
            LabError: The job cannot be done or finished, or not recorded by a process that does many commands.
            KeyboardInterrupt: Ctrl-C was pressed a second time.
        """
        with stopping_at_interrupt(control, self._progress):
            for message in self.lab.perform(job, control):
                if isinstance(message, RecordingStalled) and _kept is not None:
                    raise NotRecorded(message.reason)  # nobody sees what such a process waits for
                if isinstance(message, RecordingStalled | SavesThinned | Remark):
                    write_error(message.sentence)
                elif isinstance(message, WorkTimed):
                    self._speeds.note(message)
                self._progress.show(message, max_steps)
                yield message

    def answer(self, job: Job, kind: type[_Answer], control: RunControl | None = None) -> _Answer:
        """Does `job` and returns its last message of this `kind`.

        Raises:
            LabError: The job cannot be done or finished.
            KeyboardInterrupt: Ctrl-C before there was one, or pressed twice.
        """
        answer = None
        for message in self.perform(job, control or RunControl()):
            if isinstance(message, kind):
                answer = message
        if answer is None:
            raise KeyboardInterrupt
        return answer

    def _present(self) -> ClassifierInfo | None:
        present = self.lab.contents.present
        return None if present is None else present.info

    def _chosen(self, given: GivenCoefficients | None) -> CostCoefficients:
        info = self.lab.classifier_info
        layers = info.recorded_layers
        if given is None:
            if not info.fits_article:
                write_error(SCALED_SENTENCE if info.layer_distances else NOT_SCALED)
            return usual_coefficients(layers, info.layer_distances)
        if given.numbers is not None:
            return CostCoefficients.from_dict(given.numbers, layers)
        distances = self.lab.layer_distances() if given.preset == SCALED else info.layer_distances
        presets = coefficient_presets(layers, distances)
        if given.preset not in presets:
            raise LabError(f"--coefficients {given.preset} needs training images, at least two of a class.")
        return presets[given.preset]


@contextmanager
def stopping_at_interrupt(control: RunControl, progress: ProgressLine) -> Iterator[None]:
    """Lets the first Ctrl-C stop what `control` controls, which `progress` then says, and the second interrupt."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        if control.stop_requested:
            raise KeyboardInterrupt
        control.stop()
        progress.stopping = True

    if threading.current_thread() is not threading.main_thread():  # only the main thread receives signals
        yield
        return
    former = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)


@contextmanager
def begun_session(data: GivenData = BUNDLED) -> Iterator[Session]:
    """Yields a session with the dataset `data`; progress is shown until it ends.

    What was converted in the dataset is told on standard error.

    Raises:
        LabError: The dataset cannot be used.
        FileNotFoundError: The bundled dataset is not installed.
    """
    if _kept is not None and data in _kept:
        yield _kept[data]
        return
    with ProgressLine() as progress:
        progress.show(Working(sentence="Loading TensorFlow"))
        backend.load()
        from fooler_gui.engine.lab import Lab

        progress.show(Working(sentence="Reading the dataset"))
        bundled = resource("mnist.npz")
        second = second_opinion() if data.path is None or _is_same_file(data.path, bundled) else None
        lab = Lab(
            data.path or bundled,
            second,
            largest_side=data.settings.largest_side,
            cache=cache_path("datasets"),
            references=references_path(),
        )
        for remark in lab.dataset.remarks:
            write_error(remark)
        session = Session(lab, progress, second)
        if _kept is not None:
            _kept[data] = session
        yield session


def _is_same_file(path: Path, other: Path) -> bool:
    return path.is_file() and path.stat().st_size == other.stat().st_size and sha256_of(path) == sha256_of(other)
