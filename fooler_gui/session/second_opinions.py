"""Asks for second opinions on the image that is looked at, when the engine is idle."""

from __future__ import annotations

import logging

from fooler_gui.core import jobs
from fooler_gui.core.inspection import Opinions
from fooler_gui.core.messages import JobEnded, JobFailed, Message
from fooler_gui.session.engine_queue import EngineQueue
from fooler_gui.session.latest_job import LatestJob
from fooler_gui.session.model import SessionModel

_log = logging.getLogger(__name__)


class SecondOpinions:
    """Keeps the model's second opinions those on the selected image in the save on screen, or on the first one.

    Nobody asked for them, so a failure is only logged. Main thread only.

    Args:
        queue: The engine's.
        model: Holds the run on screen; receives the opinions.
    """

    def __init__(self, queue: EngineQueue, model: SessionModel) -> None:
        self._model = model
        self._jobs = LatestJob(queue.give_opinions)
        for signal in (
            model.state_changed,
            model.run_changed,
            model.cursor_changed,
            model.selection_changed,
            model.other_nets_changed,
        ):
            signal.connect(self._ask_when_idle)

    def withdraw(self) -> None:
        """Withdraws a question that the engine has not been given yet, before another job."""
        self._jobs.withdraw()

    def take(self, message: Message) -> None:
        """Takes the engine's message on a question."""
        match message:
            case Opinions():
                self._set(message)
            case JobFailed(sentence=sentence):
                _log.warning("There are no second opinions: %s", sentence)
                self._set(None)
            case JobEnded():
                self._jobs.ended()

    def _set(self, opinions: Opinions | None) -> None:
        self._model.opinions = opinions
        self._model.opinions_changed.emit()

    def _ask_when_idle(self) -> None:
        run, save = self._model.run, self._model.shown
        if run is None or save is None:
            return
        label, slot = run.looked_at(save)
        known = self._model.opinions
        is_known = known is not None and known.is_on(save, (label, slot))
        if not is_known and self._model.may_inspect(save, label, slot):
            self._jobs.ask(jobs.GiveOpinions(save=save, label=label, slot=slot))
