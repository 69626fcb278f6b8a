from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from fooler_gui.core.cycles import collect_cycles, collect_if_due, collect_with


class Cycle:
    def __init__(self) -> None:
        self.itself: Any = self


@pytest.fixture
def threshold() -> Iterator[None]:
    gc.collect()
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_cycles_are_collected_where_they_were_asked_to_be() -> None:
    gone = weakref.ref(Cycle())
    called: list[bool] = []
    collect_with(lambda: called.append(True))
    collect_cycles()
    assert (called, gone() is None) == ([True], False)
    collect_with(gc.collect)
    collect_cycles()
    assert gone() is None


def test_young_cycles_are_collected_once_there_are_more_objects_than_pythons_threshold(threshold: None) -> None:
    gone = weakref.ref(Cycle())
    gc.set_threshold(10_000, 10, 10)
    collect_if_due()
    assert gone() is not None
    gc.set_threshold(1, 10, 10)
    objects = [Cycle() for _ in range(100)]
    collect_if_due()
    assert gone() is None
    assert len(objects) == 100


def test_the_oldest_generation_that_is_due_is_collected_and_0_means_never(
    threshold: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected: list[int] = []
    monkeypatch.setattr(gc, "collect", collected.append)
    for counts in ((800, 11, 3), (800, 3, 11), (3, 3, 3), (800, 3, 3)):
        monkeypatch.setattr(gc, "get_count", lambda counts=counts: counts)
        monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
        collect_if_due()
    assert collected == [1, 2, 0]
    monkeypatch.setattr(gc, "get_threshold", lambda: (0, 10, 10))
    collect_if_due()
    assert collected == [1, 2, 0]
