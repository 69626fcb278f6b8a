"""Inspects one image: during a run if that is wanted, and when the engine is idle."""

from __future__ import annotations

from fooler_gui.core import jobs
from fooler_gui.core.inspection import Inspected, Inspection
from fooler_gui.core.messages import JobEnded, JobFailed, Message
from fooler_gui.core.run_control import RunControl
from fooler_gui.session.engine_queue import EngineQueue
from fooler_gui.session.latest_job import LatestJob
from fooler_gui.session.model import SessionModel


class Inspecting:
    """Remembers the slot to inspect, and asks the idle engine to inspect it.

    Main thread only.

    Args:
        queue: The engine's.
        model: Holds the run on screen; receives the inspections.
    """

    def __init__(self, queue: EngineQueue, model: SessionModel) -> None:
        self._queue = queue
        self._model = model
        self._inspected: Inspected | None = None
        self._jobs = LatestJob(queue.inspect)
        model.cursor_changed.connect(self.inspect_when_idle)

    def inspect(self, inspected: Inspected) -> None:
        """Inspects a slot from now on."""
        self._inspected = inspected
        if self._model.run_is_active:
            self._queue.control.inspect(*inspected)
        else:
            self.inspect_when_idle()

    def end(self) -> None:
        """Stops inspecting."""
        self._inspected = None
        self._queue.control.end_inspection()
        self._jobs.withdraw()

    def begin_in(self, control: RunControl) -> None:
        """Inspects the slot from the first step of the run that `control` will control."""
        if self._inspected is not None:
            control.inspect(*self._inspected)

    def withdraw(self) -> None:
        """Withdraws an idle inspection that has not begun, before another job."""
        self._jobs.withdraw()

    def inspect_when_idle(self) -> None:
        """Asks the idle engine to inspect the slot in the save on screen, if the classifier in use can take it."""
        model, run, save = self._model, self._model.run, self._model.shown
        if self._inspected is None or run is None or save is None:
            return
        label, slot, layer = self._inspected
        if model.may_inspect(save, label, slot):
            self._jobs.ask(
                jobs.Inspect(
                    save=save,
                    label=label,
                    slot=slot,
                    method=run.spec.method,
                    coefficients=run.settings.coefficients,
                    references=run.spec.references,
                    layer=layer,
                )
            )

    def take(self, message: Message) -> None:
        """Takes the engine's message on an idle inspection."""
        match message:
            case Inspection() if not self._model.run_is_active:
                self._model.inspection = message
                self._model.inspection_changed.emit()
            case JobFailed(sentence=sentence, details=details):
                self._model.report(sentence, details)
            case JobEnded():
                self._jobs.ended()
