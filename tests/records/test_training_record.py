from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from filelock import FileLock
from run_samples import make_run

from fooler_gui.core.errors import LabError
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.training_record import TrainingRecord, holds_training, training_folder

RECORD = TrainingRecord(
    kind="retraining",
    begun="2026-11-25T10:00:00+00:00",
    topology="conv 2 · dense 5",
    former_sha256="0" * 64,
    settings={"steps": 100, "learning_rate": 1e-4},
    steps=100,
    checkpoint=40,
    ended=False,
    classifier_sha256="1" * 64,
    versions={"fooler": "1"},
)
WHOLE = """format = "training 1"
[about]
kind = "training"
begun = ""
steps = 1
checkpoint = 0
ended = false
[versions]
[classifier]
topology = ""
sha256 = ""
former_sha256 = ""
[settings]
"""


def write(classifier: Path, record: TrainingRecord) -> Path:
    folder = training_folder(classifier)
    folder.mkdir(exist_ok=True)
    record.write(folder)
    return folder


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = write(tmp_path / "a.keras", RECORD)
    assert folder == tmp_path / "a.training"
    assert TrainingRecord.read(folder) == RECORD
    assert [path.name for path in folder.iterdir()] == [SETTINGS_FILE]
    assert holds_training(folder)
    assert not holds_training(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "format = 1",
        'format = "training 1"\n[about]',
        "not toml [",
        WHOLE.replace('"training"\n', "3\n"),
        WHOLE.replace("steps = 1", "steps = true"),
        WHOLE.replace("ended = false", "ended = 0"),
        WHOLE.replace('sha256 = ""', ""),
        WHOLE.replace("[settings]", ""),
        WHOLE.replace("[versions]", "").replace('format = "training 1"', 'format = "training 1"\nversions = 3'),
    ],
)
def test_what_is_no_record_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "a.keras", RECORD) / SETTINGS_FILE
    path.write_text(WHOLE)
    assert TrainingRecord.read(path.parent).kind == "training"
    path.write_text(text)
    with pytest.raises(LabError, match=r"\.$"):
        TrainingRecord.read(path.parent)


def test_who_takes_a_training_for_a_run_is_told_where_its_classifier_is(tmp_path: Path) -> None:
    folder = write(tmp_path / "a.keras", RECORD)
    with pytest.raises(LabError, match=r"holds a training; its classifier is a\.keras beside it\."):
        read_record(folder)


def test_a_run_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = make_run(tmp_path / "a.training")
    assert not holds_training(folder)
    assert read_record(folder).spec.slots > 0


def test_trainings_that_were_cut_short_after_a_checkpoint_are_found_and_no_others(tmp_path: Path) -> None:
    for name, record in {
        "cut": RECORD,
        "ended": dataclasses.replace(RECORD, ended=True),
        "early": dataclasses.replace(RECORD, checkpoint=0),
        "gone": RECORD,
        "bad": RECORD,
    }.items():
        write(tmp_path / f"{name}.keras", record)
        if name != "gone":
            (tmp_path / f"{name}.keras").touch()
    (tmp_path / "bad.training" / SETTINGS_FILE).write_text("no")
    assert list(TrainingRecord.unfinished(tmp_path)) == [(tmp_path / "cut.training", RECORD)]
    assert list(TrainingRecord.unfinished(tmp_path / "none")) == []


def test_a_training_that_goes_on_is_not_taken_for_one_that_was_cut_short(tmp_path: Path) -> None:
    folder = write(tmp_path / "a.keras", RECORD)
    (tmp_path / "a.keras").touch()
    with FileLock(folder / LOCK_FILE):
        assert list(TrainingRecord.unfinished(tmp_path)) == []
    assert len(list(TrainingRecord.unfinished(tmp_path))) == 1


def test_a_training_that_was_forgotten_is_asked_about_no_more(tmp_path: Path) -> None:
    folder = write(tmp_path / "a.keras", RECORD)
    (tmp_path / "a.keras").touch()
    TrainingRecord.forget(training_folder(tmp_path / "a.keras"))
    assert list(TrainingRecord.unfinished(tmp_path)) == []
    assert TrainingRecord.read(folder) == dataclasses.replace(RECORD, ended=True)
    with pytest.raises(LabError):
        TrainingRecord.forget(training_folder(tmp_path / "b.keras"))
