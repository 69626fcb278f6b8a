from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE, FolderInUse
from fooler_gui.records.recorder import NotRecorded, Recorder
from fooler_gui.records.training_history import TrainingPoint, read_training_history
from fooler_gui.records.training_record import TrainingRecord, new_training, training_folder, training_recorder

IMAGES = np.random.default_rng(0).random((3, 4, 5, 1), np.float32)
NONE = IMAGES[:0]


def point(step: int) -> TrainingPoint:
    return TrainingPoint(step=step, seconds=0.5 * step, loss=1 / step, validation_accuracy=0.5 if step == 2 else None)


def recorder(classifier: Path, images: np.ndarray = IMAGES) -> Recorder[TrainingPoint]:
    return training_recorder(classifier, new_training("retraining", "conv 2", {"rng_seed": 3}, 9, "a"), images)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a training of two points."""
    made = recorder(tmp_path / "a.keras")
    made.add(point(1))
    made.add(point(2))
    made.flush()
    made.close()
    return training_folder(tmp_path / "a.keras")


def test_points_and_images_are_read_as_they_were_written(folder: Path) -> None:
    history = read_training_history(folder)
    assert history.points == (point(1), point(2))
    assert history.images.dtype == np.float32
    np.testing.assert_array_equal(history.images, IMAGES)
    record = TrainingRecord.read(folder)
    assert (record.kind, record.settings, record.steps, record.former_sha256) == ("retraining", {"rng_seed": 3}, 9, "a")
    assert {path.name for path in folder.iterdir()} == {SETTINGS_FILE, HISTORY_FILE}


def test_nothing_is_there_before_the_first_writing_and_everything_after_each(tmp_path: Path) -> None:
    made = recorder(tmp_path / "a.keras", NONE)
    folder = training_folder(tmp_path / "a.keras")
    made.flush()
    assert {path.name for path in folder.iterdir()} == {LOCK_FILE}
    made.add(point(1))
    for step in (2, 3):
        made.flush()
        history = read_training_history(training_folder(tmp_path / "a.keras"))
        assert [known.step for known in history.points] == list(range(1, step))
        assert history.images.shape == (0, 4, 5, 1)
        made.add(point(step))
    made.note(checkpoint=3, classifier_sha256="f", ended=True)
    made.flush()
    made.close()
    record = TrainingRecord.read(training_folder(tmp_path / "a.keras"))
    assert (record.checkpoint, record.classifier_sha256, record.ended) == (3, "f", True)


def test_a_folder_that_was_taken_away_gets_everything_once_more(tmp_path: Path) -> None:
    made = recorder(tmp_path / "a.keras")
    made.add(point(1))
    made.flush()
    folder = training_folder(tmp_path / "a.keras")
    shutil.rmtree(folder)
    made.add(point(2))
    made.flush()
    made.close()
    assert read_training_history(folder).points == (point(1), point(2))
    assert TrainingRecord.read(folder).kind == "retraining"


def test_a_later_training_of_the_same_file_takes_the_place_of_the_former(folder: Path) -> None:
    made = recorder(folder.with_suffix(".keras"), NONE)
    made.add(point(7))
    made.flush()
    made.close()
    history = read_training_history(folder)
    assert (history.points, len(history.images)) == ((point(7),), 0)


def test_one_file_is_trained_by_one_at_a_time(tmp_path: Path) -> None:
    one = recorder(tmp_path / "a.keras")
    with pytest.raises(FolderInUse, match=r"a\.training is in use: its classifier is already being trained"):
        recorder(tmp_path / "a.keras")
    one.close()
    recorder(tmp_path / "a.keras").close()
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_kept_until_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = recorder(tmp_path / "a.keras")
    made.add(point(1))
    with monkeypatch.context() as patch:
        patch.setattr(TrainingRecord, "write", _refused)
        with pytest.raises(
            NotRecorded, match=r"^The training cannot be recorded in .*a\.training \(No space left\)\.$"
        ):
            made.flush()
    made.flush()
    made.close()
    assert read_training_history(tmp_path / "a.training").points == (point(1),)


def test_what_is_gone_with_all_around_it_is_kept_until_that_is_back(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    made = recorder(tmp_path / "disk" / "a.keras")
    made.add(point(1))
    made.flush()
    shutil.rmtree(tmp_path / "disk")
    made.add(point(2))
    with pytest.raises(NotRecorded, match="No such file or directory"):
        made.flush()
    assert not (tmp_path / "disk").exists()
    (tmp_path / "disk").mkdir()
    made.flush()
    made.close()
    assert read_training_history(tmp_path / "disk" / "a.training").points == (point(1), point(2))


def _refused(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left")


def _changed(question: str, *values: object) -> Callable[[Path], object]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute(question, values)
        connection.commit()
        connection.close()

    return change


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(999)),
        lambda path: path.write_bytes(path.read_bytes()[:5_000]),
        _changed("PRAGMA user_version=2"),
        _changed("CREATE TABLE more (a)"),
        _changed("DELETE FROM meta"),
        _changed("UPDATE meta SET value = ?", "[4, 5]"),
        _changed("UPDATE meta SET value = ?", "[4096, 4096, 4096]"),
        _changed("UPDATE meta SET value = ?", "[4, 5, true]"),
        _changed("UPDATE meta SET value = ?", "[" * 100_000),
        _changed("UPDATE points SET loss = ?", "low"),
        _changed("UPDATE points SET seconds = ?", b"1"),
        _changed("UPDATE points SET validation_accuracy = ?", "all"),
        _changed("UPDATE images SET image = ?", b"1"),
        _changed("UPDATE images SET image = ?", "text"),
        _changed("UPDATE images SET image = ?", np.full(20, np.nan, "<f4").tobytes()),
    ],
)
def test_a_damaged_history_is_refused_with_a_sentence(folder: Path, damage: Callable[[Path], object]) -> None:
    read_training_history(folder)
    damage(folder / HISTORY_FILE)
    with pytest.raises(LabError, match=r"\.$"):
        read_training_history(folder)
