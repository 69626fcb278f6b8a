"""Questions to the engine that change nothing: what it sees in an image, what images the dataset holds."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from fooler_gui.core.jobs import Classify, ShowTestImages
from fooler_gui.core.messages import Classified, JobEnded, JobFailed, Message, TestImages
from fooler_gui.session.engine_queue import EngineQueue
from fooler_gui.session.latest_job import LatestJob


class Questions(QObject):
    """Asks the engine one question at a time; of those asked meanwhile only the newest. Main thread only.

    Work in progress is finished before the answer comes.

    Args:
        queue: The engine's.
        parent: Owner.

    Signals:
        answer_changed: (Classified, TestImages or JobFailed) The answer to a question.
    """

    answer_changed = Signal(object)

    def __init__(self, queue: EngineQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = LatestJob(queue.ask)

    def ask(self, question: Classify | ShowTestImages) -> None:
        """Asks `question`, in place of any that the engine has not been given yet."""
        self._jobs.ask(question)

    def take(self, message: Message) -> None:
        """Takes the engine's message on a question."""
        if isinstance(message, JobEnded):
            self._jobs.ended()
        elif isinstance(message, Classified | TestImages | JobFailed):
            self.answer_changed.emit(message)
