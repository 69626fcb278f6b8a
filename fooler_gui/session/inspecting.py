"""Closer looks at one image: as it changes while a run goes on, and once more when it rests."""

from __future__ import annotations

from fooler_gui.core import jobs
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Inspection, JobEnded, JobFailed, Message
from fooler_gui.core.run_control import RunControl
from fooler_gui.session.engine_queue import EngineQueue
from fooler_gui.session.latest_job import LatestJob
from fooler_gui.session.model import SessionModel


class Inspecting:
    """Remembers which slot is looked at, and asks the idle engine for it. Main thread only.

    Args:
        queue: To the engine.
        model: Has the run that is looked at, and gets what was seen in it at rest.
    """

    def __init__(self, queue: EngineQueue, model: SessionModel) -> None:
        self._queue = queue
        self._model = model
        self._inspected: tuple[int, int] | None = None
        self._wishes = LatestJob(queue.look)
        model.cursor_changed.connect(self.look_at_rest)

    def inspect(self, label: int, slot: int) -> None:
        """Looks closer at a slot from now on."""
        self._inspected = label, slot
        if self._model.run_goes_on:
            self._queue.control.inspect(label, slot)
        else:
            self.look_at_rest()

    def end(self) -> None:
        """Looks closer at nothing any more."""
        self._inspected = None
        self._queue.control.end_inspection()
        self._wishes.withdraw()

    def begin_in(self, control: RunControl) -> None:
        """Has the run that `control` will steer look at the slot from its first step on."""
        if self._inspected is not None:
            control.inspect(*self._inspected)

    def make_way(self) -> None:
        """Lets what is wished for at rest, and not begun, make way for a job."""
        self._wishes.withdraw()

    def look_at_rest(self) -> None:
        """Asks the idle engine for a look at the slot in the save on screen, if the classifier in use can take it."""
        model, run, save = self._model, self._model.run, self._model.shown
        if model.state is not LabState.READY or self._inspected is None or run is None or save is None:
            return
        label, slot = self._inspected
        is_there = label in save.labels and 0 <= slot < save.images.shape[1]
        if is_there and model.classifier is not None and model.classifier.takes(save.images.shape[2:], label):
            self._wishes.ask(
                jobs.Inspect(
                    save=save,
                    label=label,
                    slot=slot,
                    method=run.spec.method,
                    coefficients=run.settings.coefficients,
                )
            )

    def take(self, message: Message) -> None:
        """Takes what the engine answered to a look at rest."""
        match message:
            case Inspection() if not self._model.run_goes_on:
                self._model.inspection = message
                self._model.inspection_changed.emit()
            case JobFailed(sentence=sentence, details=details):
                self._model.report(sentence, details)
            case JobEnded():
                self._wishes.ended()
