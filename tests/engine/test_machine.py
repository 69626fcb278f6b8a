from __future__ import annotations

import pytest

from fooler_gui.engine import machine as module
from fooler_gui.engine.machine import machine


@pytest.fixture(autouse=True)
def _anew() -> None:
    machine.cache_clear()


def test_a_machine_is_told_by_what_decides_the_last_bits() -> None:
    facts = machine()
    assert list(facts) == ["system", "processor", "device", "threads", "blas", "search"]
    assert all(facts.values())
    assert int(facts["threads"]) >= 1


def test_the_threads_are_those_that_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "7")
    assert machine()["threads"] == "7"


@pytest.mark.parametrize("nonsense", ["", "0", "many"])
def test_without_that_they_are_as_many_as_this_process_has_processors(
    nonsense: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", nonsense)
    monkeypatch.setattr(module.os, "sched_getaffinity", lambda _process: {0, 4, 5}, raising=False)
    assert machine()["threads"] == "3"
