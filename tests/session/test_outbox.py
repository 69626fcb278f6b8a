from __future__ import annotations

import threading

from saves import make_save

from fooler_gui.core.messages import JobEnded, Working
from fooler_gui.session.outbox import Envelope, Outbox


def envelope(run_id: int, sentence: str = "x") -> Envelope:
    return Envelope(run_id=run_id, message=Working(sentence=sentence))


def test_only_the_first_message_into_an_empty_box_calls_for_the_reader() -> None:
    outbox = Outbox()
    assert [outbox.put(envelope(number)) for number in range(3)] == [True, False, False]
    assert [taken.run_id for taken in outbox.take()] == [0, 1, 2]
    assert outbox.take() == []
    assert outbox.put(Envelope(run_id=4, message=JobEnded()))


def test_no_message_is_lost_or_doubled_between_threads() -> None:
    outbox, taken = Outbox(), []

    def write(number: int) -> None:
        for index in range(200):
            outbox.put(envelope(number, str(index)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        taken += outbox.take()
    taken += outbox.take()
    assert len(taken) == 800
    for number in range(4):
        mine = [int(one.message.sentence) for one in taken if one.run_id == number]  # type: ignore[union-attr]
        assert mine == list(range(200))


def check_that_a_writer_waits(outbox: Outbox, messages: int) -> None:
    """Checks that a writer waits until these many messages are taken."""
    done = threading.Event()

    def write() -> None:
        outbox.wait_for_room()
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert not done.is_set()
    assert len(outbox.take()) == messages
    thread.join(20)
    assert done.is_set()


def test_a_writer_waits_for_room_until_messages_are_taken() -> None:
    outbox = Outbox(room=2)
    outbox.wait_for_room()
    for number in range(2):
        outbox.put(envelope(number))

    check_that_a_writer_waits(outbox, 2)


def test_a_writer_waits_for_room_while_large_images_wait() -> None:
    save = make_save(slots=1, shape=(5, 5, 1))  # 100 bytes of images
    outbox = Outbox(room=64, room_bytes=250)
    for _ in range(2):
        outbox.put(Envelope(run_id=1, message=save))
        outbox.wait_for_room()
    outbox.put(Envelope(run_id=1, message=save))

    check_that_a_writer_waits(outbox, 3)


def test_a_closed_box_keeps_no_writer_waiting_and_loses_nothing() -> None:
    outbox = Outbox(room=1)
    outbox.put(envelope(1))
    outbox.close()
    outbox.wait_for_room()
    outbox.put(envelope(2))
    assert [taken.run_id for taken in outbox.take()] == [1, 2]
