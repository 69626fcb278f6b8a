from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fooler_gui.core.cycles import collect_cycles
from fooler_gui.session.cycle_collector import CycleCollector

LIMIT = 20_000


class Mortal(QObject):
    """Tells in which thread it is destroyed; it belongs to a cycle."""

    def __init__(self, told: list[threading.Thread]) -> None:
        super().__init__()
        self.itself: Any = self
        self.told = told

    def __del__(self) -> None:
        self.told.append(threading.current_thread())


@pytest.fixture
def waiting() -> list[bool]:
    return [False]


@pytest.fixture
def collector(qtbot: QtBot, waiting: list[bool]) -> Iterator[CycleCollector]:
    owner = QObject()
    yield CycleCollector(lambda: waiting[0], owner)
    del owner


def in_a_thread(work: Any) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_python_collects_nothing_in_a_thread_that_makes_many_objects(collector: CycleCollector, qtbot: QtBot) -> None:
    told: list[threading.Thread] = []
    Mortal(told)
    in_a_thread(lambda: [[object()] for _ in range(100_000)])
    assert told == []
    objects = [[object()] for _ in range(10_000)]
    qtbot.waitUntil(lambda: bool(told), timeout=LIMIT)
    assert told == [threading.main_thread()]
    assert len(objects) == 10_000


def test_what_a_thread_asks_for_is_collected_in_the_main_thread(collector: CycleCollector, qtbot: QtBot) -> None:
    told: list[threading.Thread] = []
    Mortal(told)
    in_a_thread(collect_cycles)
    assert told == []
    qtbot.waitUntil(lambda: bool(told), timeout=LIMIT)
    assert told == [threading.main_thread()]


def test_while_it_waits_only_what_is_asked_for_is_collected(
    collector: CycleCollector, waiting: list[bool], qtbot: QtBot
) -> None:
    gc.collect()
    told: list[threading.Thread] = []
    waiting[0] = True
    Mortal(told)
    objects = [[object()] for _ in range(10_000)]
    qtbot.wait(1_200)
    assert told == []
    waiting[0] = False
    qtbot.waitUntil(lambda: bool(told), timeout=LIMIT)
    assert len(objects) == 10_000


def test_once_it_is_gone_cycles_are_collected_in_the_calling_thread(qtbot: QtBot) -> None:
    told: list[threading.Thread] = []
    owner = QObject()
    CycleCollector(lambda: False, owner)
    Mortal(told)
    del owner
    collect_cycles()
    assert told == [threading.main_thread()]
