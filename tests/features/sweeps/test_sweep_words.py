from __future__ import annotations

from fooler_gui.features.sweeps.sweep_words import SweepPace, count_words


def counts(waiting: int, running: int, done: int, failed: int = 0) -> dict[str, int]:
    return {"waiting": waiting, "running": running, "done": done, "failed": failed}


def test_how_far_a_sweep_is_is_told_without_a_time_while_nobody_works_on_it() -> None:
    assert count_words(counts(1_000, 0, 234)) == "234 of 1,234 cells done"
    assert count_words(counts(3, 2, 4, 1)) == "5 of 10 cells ended, 1 of them failed · 2 running"


def test_the_time_left_follows_from_the_pace_since_it_was_first_looked_at() -> None:
    pace = SweepPace()
    assert pace.words(100.0, counts(8, 0, 2)) == "2 of 10 cells done"
    assert pace.words(110.0, counts(5, 1, 4)) == "4 of 10 cells done · 1 running · 30 s left"
    assert pace.words(200.0, counts(0, 0, 10)) == "10 of 10 cells done"
    pace.begin()
    assert pace.words(300.0, counts(5, 0, 5)) == "5 of 10 cells done"
