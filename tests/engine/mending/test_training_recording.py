from __future__ import annotations

import errno
import signal
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from tiny import make_classifier

from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled, TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.write_check import NotWritable
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.mending import training_recording
from fooler_gui.engine.mending.training_recording import recorded_training
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, load_classifier
from fooler_gui.records import recording
from fooler_gui.records.record import LOCK_FILE
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.records.training_history import read_training_history
from fooler_gui.records.training_record import TrainingRecord, new_training, training_folder

LONGEST = 255
"""Bytes of a name."""

SETTINGS = {"steps": 4, "learning_rate": 0.01}


@pytest.fixture(autouse=True)
def _always_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_recording, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(recording, "_RETRY_SECONDS", 0.0)


def training(steps: int = 4) -> Generator[TrainingProgress, None, int]:
    for step in range(1, steps + 1):
        yield TrainingProgress(
            step=step, steps=4, loss=1 / step, validation_accuracy=None, images_per_second=1.0, seconds_left=0.0
        )
    return steps


def recorded(path: Path, steps: int = 4, control: RunControl | None = None, images: np.ndarray | None = None):
    classifier = make_classifier()
    record = new_training("training", classifier.description, SETTINGS, 4)
    return recorded_training(training(steps), classifier, path, record, control or RunControl(), images)


def test_each_checkpoint_is_an_ordinary_classifier_with_a_record(tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    messages = recorded(path)
    assert next(messages).step == 1
    assert not path.exists()
    assert next(messages).step == 2
    load_classifier(path)
    folder = training_folder(path)
    record = TrainingRecord.read(folder)
    assert (record.checkpoint, record.ended, record.topology) == (1, False, "conv 2 · dense 5")
    assert record.classifier_sha256 == sha256_of(path)
    assert read_training_history(folder).points[0].step == 1
    messages.close()  # as a fault would leave it
    assert [point.step for point in read_training_history(folder).points] == [1, 2]
    assert not TrainingRecord.read(folder).ended


def test_at_its_end_a_training_is_recorded_as_ended_with_its_images(tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    images = np.full((2, 8, 8, 1), 0.25, np.float32)
    assert [progress.step for progress in recorded(path, images=images)] == [1, 2, 3, 4]
    record, history = TrainingRecord.read(training_folder(path)), read_training_history(training_folder(path))
    assert (record.checkpoint, record.ended) == (4, True)
    assert [point.loss for point in history.points] == [1, 1 / 2, 1 / 3, 1 / 4]
    seconds = [point.seconds for point in history.points]
    assert seconds == sorted(seconds)
    np.testing.assert_array_equal(history.images, images)


def test_a_training_records_itself_from_its_first_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_recording, "CHECKPOINT_SECONDS", 1_000.0)
    messages = recorded(tmp_path / "a.keras")
    next(messages)
    next(messages)
    folder = training_folder(tmp_path / "a.keras")
    assert read_training_history(folder).points[0].step == 1
    assert (TrainingRecord.read(folder).checkpoint, TrainingRecord.read(folder).classifier_sha256) == (0, "")
    messages.close()


def test_a_training_without_a_step_writes_nothing(tmp_path: Path) -> None:
    assert list(recorded(tmp_path / "a.keras", steps=0)) == []
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_the_training_waits_and_goes_on_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, failures = training_recording.save_classifier, [1, 2, 3]

    def full(*arguments: object) -> None:
        if failures:
            failures.pop()
            raise ClassifierFileError("The disk is full.")
        save(*arguments)

    monkeypatch.setattr(training_recording, "save_classifier", full)
    messages = list(recorded(tmp_path / "a.keras"))
    kinds = [type(message) for message in messages]
    assert kinds[1:3] == [RecordingStalled, RecordingGoesOn]
    assert "The disk is full. The training waits" in messages[1].sentence
    assert kinds.count(TrainingProgress) == 4
    assert TrainingRecord.read(tmp_path / "a.training").ended


def test_a_training_that_waits_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise ClassifierFileError("The disk is full.")

    monkeypatch.setattr(training_recording, "save_classifier", full)
    control = RunControl()
    messages = recorded(tmp_path / "a.keras", control=control)
    assert isinstance(next(messages), TrainingProgress)
    assert isinstance(next(messages), RecordingStalled)
    control.stop()
    assert isinstance(next(messages), TrainingProgress)


def test_while_it_goes_on_a_training_is_locked_and_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.keras"
    messages = recorded(path)
    next(messages)
    next(messages)
    assert list(TrainingRecord.unfinished(tmp_path)) == []
    messages.close()
    assert [found for found, _ in TrainingRecord.unfinished(tmp_path)] == [training_folder(path)]
    assert not (training_folder(path) / LOCK_FILE).exists()


def test_a_training_whose_record_would_have_too_long_a_name_is_refused_before_its_first_step(tmp_path: Path) -> None:
    name = "a" * (LONGEST - len(".keras")) + ".keras"
    with pytest.raises(NotWritable, match="too long"):
        next(recorded(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_a_name_longer_than_that_of_a_temporary_file_with_it_may_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("a" * (LONGEST - len(".training")) + ".keras")
    assert len(list(recorded(path))) == 4
    load_classifier(path)


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="sizes are not limited there")
def test_a_training_whose_classifier_may_not_become_as_large_is_refused_before_its_first_step(tmp_path: Path) -> None:
    import resource

    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, former[1]))
    try:
        with pytest.raises(NotWritable, match="bytes; this one is not"):
            next(recorded(tmp_path / "a.keras"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_may_not_become_as_large_ends_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise OSError(errno.EFBIG, "File too large", "a.keras")

    monkeypatch.setattr(training_recording, "save_classifier", too_large)
    with pytest.raises(NotRecorded, match="File too large"):
        list(recorded(tmp_path / "a.keras"))
