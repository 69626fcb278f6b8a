from __future__ import annotations

import numpy as np
import pytest
from fake_engine import LIMIT, FakeEngine, FakeLab
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.messages import Classified, JobFailed, TestImages
from fooler_gui.session.engine_queue import EngineQueue
from fooler_gui.session.engine_thread import EngineThread
from fooler_gui.session.model import SessionModel
from fooler_gui.session.questions import Questions


class Asked:
    """Questions to a fake lab, and its answers."""

    def __init__(self) -> None:
        self.lab = FakeLab()
        self.engine = FakeEngine(self.lab.answer)
        self.model = SessionModel()
        self.thread = EngineThread(lambda: self.engine, self.model)
        self.queue = EngineQueue(self.thread, self.model)
        self.questions = Questions(self.queue, self.model)
        self.answers: list[object] = []
        self.questions.answer_changed.connect(self.answers.append)
        self.thread.messages_changed.connect(self._pass_on)

    def _pass_on(self) -> None:
        for envelope in self.queue.messages():
            self.questions.take(envelope.message)


@pytest.fixture
def asked(qtbot: QtBot):
    made = Asked()
    yield made
    assert made.queue.close(LIMIT)
    made.model.deleteLater()


def test_of_the_questions_asked_meanwhile_only_the_newest_is_answered(asked: Asked, qtbot: QtBot) -> None:
    for label in (0, 1, 2):
        asked.questions.ask(jobs.ShowTestImages(label=label, most=2, towards=0))
    qtbot.waitUntil(lambda: len(asked.answers) == 2, timeout=LIMIT)
    assert [(type(answer), answer.label) for answer in asked.answers] == [(TestImages, 0), (TestImages, 2)]
    assert [job.label for job in asked.engine.jobs] == [0, 2]


def test_a_question_that_fails_is_answered_by_the_reason_and_the_next_one_goes_on(asked: Asked, qtbot: QtBot) -> None:
    asked.lab.failure = ValueError("broken")
    question = jobs.Classify(images=np.zeros((1, 4, 4, 1), np.float32))
    asked.questions.ask(question)
    qtbot.waitUntil(lambda: any(isinstance(answer, JobFailed) for answer in asked.answers), timeout=LIMIT)
    asked.lab.failure = None
    asked.questions.ask(question)
    qtbot.waitUntil(lambda: isinstance(asked.answers[-1], Classified), timeout=LIMIT)
    assert asked.answers[-1].probabilities.shape == (1, 3)
