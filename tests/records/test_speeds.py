from __future__ import annotations

from pathlib import Path

import pytest

from fooler_gui.core.messages import WorkTimed
from fooler_gui.core.work_time import TimeEstimate
from fooler_gui.records.speeds import NOT_TIMED, Speeds


def timed(part: str = "training", operations: int = 1_000, images: int = 600, seconds: float = 3.0) -> WorkTimed:
    return WorkTimed(part=part, operations=operations, images=images, seconds=seconds)


def test_before_anything_was_timed_nothing_is_guessed() -> None:
    assert Speeds().estimate((("training", 100),), 1_000) is None
    assert Speeds().words((("training", 100),), 1_000) == NOT_TIMED


def test_the_same_work_takes_the_same_time_and_twice_the_images_twice_the_time() -> None:
    speeds = Speeds()
    speeds.note(timed())
    assert speeds.estimate((("training", 600),), 1_000) == TimeEstimate(seconds=3.0, same_size=True)
    assert speeds.estimate((("training", 1_200),), 1_000) == TimeEstimate(seconds=6.0, same_size=True)


def test_a_net_of_another_size_is_judged_by_the_nearest_and_said_to_be() -> None:
    speeds = Speeds()
    speeds.note(timed())
    speeds.note(timed(operations=5_000, seconds=30.0))
    # 4,000 is nearer to 5,000, whose speed is 5,000 x 600 / 30 = 100,000 operations a second.
    assert speeds.estimate((("training", 50),), 4_000) == TimeEstimate(seconds=2.0, same_size=False)


def test_nothing_is_judged_by_a_net_more_than_ten_times_as_large() -> None:
    speeds = Speeds()
    speeds.note(timed())
    assert speeds.estimate((("training", 600),), 10_001) is None
    assert speeds.estimate((("training", 600),), 0) is None


def test_the_parts_of_work_add_up_and_one_never_timed_leaves_it_open() -> None:
    speeds = Speeds()
    speeds.note(timed())
    work = (("training", 600), ("comparing", 2))
    assert speeds.estimate(work, 1_000) is None
    speeds.note(timed("comparing", images=1, seconds=4.0))
    assert speeds.estimate(work, 1_000) == TimeEstimate(seconds=11.0, same_size=True)
    assert speeds.words(work, 1_000) == "about 10 s on this machine"


def test_the_latest_measurement_counts() -> None:
    speeds = Speeds()
    speeds.note(timed())
    speeds.note(timed(seconds=6.0))
    assert speeds.estimate((("training", 600),), 1_000) == TimeEstimate(seconds=6.0, same_size=True)


def test_speeds_outlive_the_program_and_those_of_another_program_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "speeds.toml"
    one, other = Speeds(path), Speeds(path)
    one.note(timed())
    other.note(timed("comparing"))
    work = (("training", 600), ("comparing", 600))
    assert Speeds(path).estimate(work, 1_000) == TimeEstimate(seconds=6.0, same_size=True)


def test_a_speed_measured_on_another_processor_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "speeds.toml"
    Speeds(path).note(timed())
    monkeypatch.setattr("fooler_gui.records.speeds.processor", lambda: "another processor")
    assert Speeds(path).estimate((("training", 600),), 1_000) is None


@pytest.mark.parametrize("text", ["speeds = 3", "not toml at all [", "[[speeds]]\npart = 'training'\noperations = -1"])
def test_a_damaged_file_is_as_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "speeds.toml"
    path.write_text(text, encoding="utf-8")
    assert Speeds(path).estimate((("training", 600),), 1_000) is None


def test_a_file_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "speeds.toml" / "no folder"
    path.parent.write_text("", encoding="utf-8")
    speeds = Speeds(path)
    speeds.note(timed())
    assert speeds.estimate((("training", 600),), 1_000) == TimeEstimate(seconds=3.0, same_size=True)
