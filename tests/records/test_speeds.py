from __future__ import annotations

from pathlib import Path

import pytest

from fooler_gui.core.messages import WorkTimed
from fooler_gui.records.speeds import NOT_TIMED, Speeds

WORK = (("training", 10, 60),)


def timed(part: str = "training", operations: int = 1_000, images: int = 10, seconds: float = 3.0) -> WorkTimed:
    return WorkTimed(part=part, operations=operations, images=images, times=60, seconds=seconds)


def test_before_anything_was_timed_nothing_is_guessed() -> None:
    assert Speeds().estimate(WORK, 1_000) is None
    assert Speeds().words(WORK, 1_000) == NOT_TIMED


def test_the_same_work_takes_the_same_time_and_twice_as_many_steps_twice_the_time() -> None:
    speeds = Speeds()
    speeds.note(timed())
    assert speeds.estimate(WORK, 1_000) == pytest.approx(3.0)
    assert speeds.estimate((("training", 10, 120),), 1_000) == pytest.approx(6.0)


def test_nothing_is_told_of_another_net() -> None:
    speeds = Speeds()
    speeds.note(timed())
    assert speeds.estimate(WORK, 1_001) is None


def test_batches_of_another_size_are_judged_by_the_nearest_unless_they_are_far_from_any() -> None:
    speeds = Speeds()
    speeds.note(timed())
    speeds.note(timed(images=16, seconds=9.6))
    # 14 is nearer to 16, of which an image took 9.6 s / 960 = 0.01 s, than to 10, of which it took 0.005 s.
    assert speeds.estimate((("training", 14, 10),), 1_000) == pytest.approx(1.4)
    assert speeds.estimate((("training", 5, 10),), 1_000) == pytest.approx(0.25)
    assert speeds.estimate((("training", 4, 10),), 1_000) is None
    assert speeds.estimate((("training", 33, 10),), 1_000) is None


def test_the_parts_of_work_add_up_and_one_never_timed_leaves_it_open() -> None:
    speeds = Speeds()
    speeds.note(timed())
    work = (*WORK, ("validating", 10, 0), ("comparing", 10, 120))
    assert speeds.estimate(work, 1_000) is None
    speeds.note(timed("comparing", seconds=4.0))
    assert speeds.estimate(work, 1_000) == pytest.approx(11.0)
    assert speeds.words(work, 1_000) == "about 10 s on this machine"


def test_the_latest_measurement_counts() -> None:
    speeds = Speeds()
    speeds.note(timed())
    speeds.note(timed(seconds=6.0))
    assert speeds.estimate(WORK, 1_000) == pytest.approx(6.0)


def test_speeds_outlive_the_program_and_those_of_another_program_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "speeds.toml"
    one, other = Speeds(path), Speeds(path)
    one.note(timed())
    other.note(timed("comparing"))
    assert Speeds(path).estimate((*WORK, ("comparing", 10, 60)), 1_000) == pytest.approx(6.0)


def test_a_speed_measured_on_another_processor_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "speeds.toml"
    Speeds(path).note(timed())
    monkeypatch.setattr("fooler_gui.records.speeds.processor", lambda: "another processor")
    assert Speeds(path).estimate(WORK, 1_000) is None


@pytest.mark.parametrize("text", ["speeds = 3", "not toml at all [", "[[speeds]]\npart = 'training'\noperations = -1"])
def test_a_damaged_file_is_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "speeds.toml"
    path.write_text(text, encoding="utf-8")
    assert Speeds(path).estimate(WORK, 1_000) is None


def test_a_file_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "speeds.toml" / "no folder"
    path.parent.write_text("", encoding="utf-8")
    speeds = Speeds(path)
    speeds.note(timed())
    assert speeds.estimate(WORK, 1_000) == pytest.approx(3.0)
