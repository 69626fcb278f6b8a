from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.records.training_record import (
    TrainingPoint,
    TrainingRecord,
    forget_training,
    read_training,
    record_path,
    training_lock,
    unfinished_trainings,
    write_training,
)

WHOLE = 'format = 1\nbegun = ""\ntopology = ""\nsteps = 1\ncheckpoint = 0\nended = false\n'
RECORD = TrainingRecord(
    kind="training",
    begun="2026-11-25T10:00:00+00:00",
    topology="conv 2 · dense 5",
    settings={"steps": 100, "learning_rate": 1e-4},
    steps=100,
    checkpoint=40,
    points=(TrainingPoint(step=10, loss=2.5), TrainingPoint(step=20, loss=1.25, validation_accuracy=0.75)),
)


def test_a_note_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_training(tmp_path / "a.keras", RECORD)
    assert read_training(tmp_path / "a.keras") == RECORD
    assert [path.name for path in tmp_path.iterdir()] == ["a.training.toml"]


def test_points_are_thinned_to_every_second_and_the_newest_stays() -> None:
    record = dataclasses.replace(RECORD, points=())
    for step in range(1, 2_001):
        record = record.with_point(TrainingPoint(step=step, loss=1.0))
        assert len(record.points) <= 500
        assert record.points[-1].step == step


@pytest.mark.parametrize(
    "text",
    [
        "",
        "format = 2",
        'format = 1\nkind = "training"',
        "not toml [",
        f"{WHOLE}kind = 3\npoints = []\n[settings]",
        f'{WHOLE}kind = ""\npoints = [1]\n[settings]',
    ],
)
def test_what_is_no_note_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    record_path(tmp_path / "a.keras").write_text(text)
    with pytest.raises(LabError, match=r"\.$"):
        read_training(tmp_path / "a.keras")


def test_trainings_that_were_cut_short_after_a_checkpoint_are_found_and_no_others(tmp_path: Path) -> None:
    for name, record in {
        "cut": RECORD,
        "ended": dataclasses.replace(RECORD, ended=True),
        "early": dataclasses.replace(RECORD, checkpoint=0),
        "gone": RECORD,
    }.items():
        write_training(tmp_path / f"{name}.keras", record)
        if name != "gone":
            (tmp_path / f"{name}.keras").touch()
    (tmp_path / "bad.training.toml").write_text("no")
    assert list(unfinished_trainings(tmp_path)) == [(tmp_path / "cut.keras", RECORD)]
    assert list(unfinished_trainings(tmp_path / "none")) == []


def test_a_training_that_goes_on_is_not_taken_for_one_that_was_cut_short(tmp_path: Path) -> None:
    write_training(tmp_path / "a.keras", RECORD)
    (tmp_path / "a.keras").touch()
    with training_lock(tmp_path / "a.keras"):
        assert list(unfinished_trainings(tmp_path)) == []
    assert len(list(unfinished_trainings(tmp_path))) == 1


def test_a_training_that_was_forgotten_is_asked_about_no_more(tmp_path: Path) -> None:
    write_training(tmp_path / "a.keras", RECORD)
    (tmp_path / "a.keras").touch()
    forget_training(tmp_path / "a.keras")
    assert list(unfinished_trainings(tmp_path)) == []
    assert read_training(tmp_path / "a.keras") == dataclasses.replace(RECORD, ended=True)
    with pytest.raises(LabError):
        forget_training(tmp_path / "b.keras")
