from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from fake_engine import LIMIT, Answer, FakeEngine
from pytestqt.qtbot import QtBot
from saves import make_save

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import JobEnded, JobFailed, Message, Working
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.save import Save
from fooler_gui.session.engine_thread import Engine, EngineThread, EngineWorker, Task
from fooler_gui.session.outbox import ROOM, Envelope, Outbox

JOB = jobs.RestoreFormer()
MakeThread = Callable[[Callable[[], Engine]], EngineThread]


def said(*sentences: str) -> Answer:
    return lambda job, control: iter([Working(sentence=sentence) for sentence in sentences])


def task(run_id: int = 1, control: RunControl | None = None) -> Task:
    return Task(run_id=run_id, job=JOB, control=control or RunControl())


def answers_of(answer: Answer, control: RunControl | None = None) -> list[Message]:
    """Performs one order on this thread and returns its messages, the word about loading left out."""
    outbox = Outbox()
    worker = EngineWorker(lambda: FakeEngine(answer), outbox)
    worker.perform(task(control=control))
    loading, *messages = [envelope.message for envelope in outbox.take()]
    assert loading == Working(sentence="Loading TensorFlow")
    return messages


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[MakeThread]:
    """Makes engine threads and ends them after the test."""
    threads: list[EngineThread] = []

    def make(make_engine: Callable[[], Engine]) -> EngineThread:
        threads.append(EngineThread(make_engine))
        return threads[-1]

    yield make
    for thread in threads:
        assert thread.quit(LIMIT)


def taken_until_ended(qtbot: QtBot, thread: EngineThread, orders: int = 1) -> list[Envelope]:
    envelopes: list[Envelope] = []

    def all_ended() -> bool:
        envelopes.extend(thread.take_messages())
        return sum(isinstance(envelope.message, JobEnded) for envelope in envelopes) == orders

    qtbot.waitUntil(all_ended, timeout=LIMIT)
    return envelopes


def test_messages_come_in_order_and_the_last_one_ends_the_job() -> None:
    messages = answers_of(said("one", "two"))
    assert messages == [Working(sentence="one"), Working(sentence="two"), JobEnded()]


def test_an_error_for_people_is_told_as_it_is_and_without_details() -> None:
    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="one")
        raise LabError("This is wrong.")

    assert answers_of(answer) == [
        Working(sentence="one"),
        JobFailed(sentence="This is wrong.", details=""),
        JobEnded(),
    ]


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's own."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RuntimeError("the net tore"), "Something went wrong in the engine (the net tore)"),
        (StopIteration("over"), "Something went wrong in the engine (generator raised StopIteration)"),
        (ZeroDivisionError(), "Something went wrong in the engine (no reason is known)"),
        (MemoryError(), "not enough memory"),
        (ResourceExhaustedError("OOM"), "not enough memory"),
        (ImportError("no tensorflow"), "TensorFlow could not be loaded (no tensorflow)"),
    ],
)
def test_whatever_goes_wrong_is_told_in_a_sentence_with_the_traceback_as_details(error: Exception, words: str) -> None:
    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="one")
        raise error

    first, failed, ended = answers_of(answer)
    assert first == Working(sentence="one")
    assert isinstance(failed, JobFailed)
    assert words in failed.sentence
    assert failed.sentence.endswith(".")
    assert "Traceback" in failed.details
    assert ended == JobEnded()


def test_an_engine_that_raises_stop_iteration_itself_ends_the_job_as_failed() -> None:
    class Bare:
        def perform(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
            raise StopIteration

    outbox = Outbox()
    EngineWorker(Bare, outbox).perform(task())
    *_, failed, ended = [envelope.message for envelope in outbox.take()]
    assert isinstance(failed, JobFailed)
    assert ended == JobEnded()


def test_an_engine_that_cannot_be_made_fails_the_job_and_is_tried_again() -> None:
    attempts = []

    def make() -> Engine:
        attempts.append(1)
        if len(attempts) == 1:
            raise ImportError("libtensorflow is missing")
        return FakeEngine(said("here"))

    outbox = Outbox()
    worker = EngineWorker(make, outbox)
    worker.perform(task(1))
    *_, failed, ended = [envelope.message for envelope in outbox.take()]
    assert isinstance(failed, JobFailed)
    assert "libtensorflow is missing" in failed.sentence
    assert ended == JobEnded()
    worker.perform(task(2))
    assert Working(sentence="here") in [envelope.message for envelope in outbox.take()]


def test_the_engine_is_made_once_and_only_when_first_asked() -> None:
    made = []

    def make() -> Engine:
        made.append(1)
        return FakeEngine(said("x"))

    worker = EngineWorker(make, Outbox())
    assert made == []
    worker.perform(task(1))
    worker.perform(task(2))
    assert made == [1]


def test_the_pace_holds_back_saves_alone_and_a_stop_lets_go() -> None:
    control = RunControl(pace=1e-6)  # a save in twelve days

    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="not held back")
        control.stop()
        yield make_save(slots=1, shape=(2, 2, 1))
        assert control.next() is Next.STOP

    _, save, ended = answers_of(answer, control)
    assert isinstance(save, Save)
    assert ended == JobEnded()


def test_the_engine_works_on_a_thread_of_its_own(qtbot: QtBot, start: MakeThread) -> None:
    engine = FakeEngine(said("one", "two"))
    made_on: list[int] = []

    def make() -> Engine:
        made_on.append(threading.get_ident())
        return engine

    thread = start(make)
    thread.perform(task(1))
    thread.perform(task(2))
    envelopes = taken_until_ended(qtbot, thread, orders=2)
    assert engine.threads == set(made_on)
    assert threading.get_ident() not in engine.threads
    assert [envelope.run_id for envelope in envelopes] == [1] * 4 + [2] * 3
    assert envelopes[-1].message == JobEnded()


@pytest.mark.skipif(sys.platform != "linux", reason="only there a thread can stand back behind its process")
def test_the_engines_thread_stands_back_behind_the_windows(qtbot: QtBot, start: MakeThread) -> None:
    niceness: list[int] = []

    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        yield Working(sentence="one")

    thread = start(lambda: FakeEngine(answer))
    thread.perform(task())
    taken_until_ended(qtbot, thread)
    assert niceness[0] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_the_window_is_told_on_its_own_thread_that_messages_are_there(qtbot: QtBot, start: MakeThread) -> None:
    thread = start(lambda: FakeEngine(said("one")))
    threads = []
    thread.messages_changed.connect(lambda: threads.append(threading.get_ident()))
    with qtbot.waitSignal(thread.messages_changed, timeout=LIMIT):
        thread.perform(task())
    taken_until_ended(qtbot, thread)
    assert set(threads) == {threading.get_ident()}


def test_messages_that_came_before_anyone_looked_call_only_once(qtbot: QtBot, start: MakeThread) -> None:
    finished = threading.Event()

    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        for number in range(50):
            yield Working(sentence=str(number))
        finished.set()

    thread = start(lambda: FakeEngine(answer))
    calls = []
    thread.messages_changed.connect(lambda: calls.append(1))
    thread.perform(task())
    assert finished.wait(LIMIT / 1000)
    envelopes = taken_until_ended(qtbot, thread)
    assert len(envelopes) == 52
    assert len(calls) <= 3


def endless_saves(job: jobs.Job, control: RunControl) -> Iterator[Message]:
    step = 0
    while not control.stop_requested:
        yield make_save(slots=1, shape=(2, 2, 1), step=step)
        step += 1


def test_an_engine_faster_than_its_reader_waits_and_no_save_is_lost(qtbot: QtBot, start: MakeThread) -> None:
    thread, control = start(lambda: FakeEngine(endless_saves)), RunControl()
    batches: list[list[Envelope]] = []
    thread.messages_changed.connect(lambda: batches.append(thread.take_messages()))
    thread.perform(task(control=control))
    qtbot.waitUntil(lambda: sum(len(batch) for batch in batches) > 3 * ROOM, timeout=LIMIT)
    control.stop()
    qtbot.waitUntil(lambda: batches[-1][-1].message == JobEnded(), timeout=LIMIT)
    envelopes = [envelope for batch in batches for envelope in batch]
    steps = [envelope.message.step for envelope in envelopes if isinstance(envelope.message, Save)]
    assert steps == list(range(len(steps)))
    assert max(len(batch) for batch in batches) <= ROOM + 2  # the word about loading, and the job's end


def test_quitting_ends_a_job_whose_saves_nobody_takes(qtbot: QtBot) -> None:
    thread, control = EngineThread(lambda: FakeEngine(endless_saves)), RunControl()
    with qtbot.waitSignal(thread.messages_changed, timeout=LIMIT):
        thread.perform(task(control=control))
    control.stop()
    assert thread.quit(LIMIT)
    assert thread.take_messages()[-1].message == JobEnded()


def test_a_job_can_be_stopped_while_the_thread_is_busy_with_it(qtbot: QtBot, start: MakeThread) -> None:
    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="begun")
        while control.next() is not Next.STOP:
            pass
        yield Working(sentence="stopped")

    thread, control = start(lambda: FakeEngine(answer)), RunControl(paused=True)
    with qtbot.waitSignal(thread.messages_changed, timeout=LIMIT):
        thread.perform(task(control=control))
    control.stop()
    envelopes = taken_until_ended(qtbot, thread)
    assert [envelope.message for envelope in envelopes][-2:] == [Working(sentence="stopped"), JobEnded()]


def test_the_thread_goes_on_with_the_next_order_after_one_that_failed(qtbot: QtBot, start: MakeThread) -> None:
    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        if control.stop_requested:
            raise RuntimeError("the first fails")
        yield Working(sentence="the second does not")

    failing = RunControl()
    failing.stop()
    thread = start(lambda: FakeEngine(answer))
    thread.perform(task(1, failing))
    thread.perform(task(2))
    messages = [envelope.message for envelope in taken_until_ended(qtbot, thread, orders=2)]
    assert messages[-2:] == [Working(sentence="the second does not"), JobEnded()]


def test_quitting_in_the_midst_of_a_job_that_was_asked_to_stop_ends_the_thread(qtbot: QtBot) -> None:
    def answer(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="begun")
        while control.next() is not Next.STOP:
            pass

    thread, control = EngineThread(lambda: FakeEngine(answer)), RunControl(paused=True)
    with qtbot.waitSignal(thread.messages_changed, timeout=LIMIT):
        thread.perform(task(control=control))
    assert not thread.quit(0)
    control.stop()
    assert thread.quit(LIMIT)
    assert thread.take_messages()[-1].message == JobEnded()


def test_quitting_an_idle_thread_ends_it_at_once(qtbot: QtBot) -> None:
    thread = EngineThread(lambda: FakeEngine(said("x")))
    assert thread.quit(LIMIT)
    assert thread.take_messages() == []
