from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.exports.training_export import export_training
from fooler_gui.records.training_history import TrainingPoint
from fooler_gui.records.training_record import new_training, training_folder, training_recorder

IMAGES = np.random.default_rng(1).random((2, 4, 4, 1), np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a training of two points that goes on."""
    recorder = training_recorder(
        tmp_path / "net.keras", new_training("retraining", "conv 2", {"rng_seed": 7}, 30), IMAGES
    )
    recorder.add(TrainingPoint(step=10, seconds=0.5, loss=2.25))
    recorder.add(TrainingPoint(step=20, seconds=1.5, loss=1.125, validation_accuracy=0.75))
    recorder.flush()
    recorder.close()
    return training_folder(tmp_path / "net.keras")


def test_a_table_has_a_row_for_each_point(folder: Path, tmp_path: Path) -> None:
    exported = export_training(folder, tmp_path / "course.csv")
    assert (exported.saves, exported.of) == (2, 2)
    with (tmp_path / "course.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["step", "seconds", "loss", "validation accuracy"],
            ["10", "0.5", "2.25", ""],
            ["20", "1.5", "1.125", "0.75"],
        ]


def test_an_object_tells_how_it_was_made_and_how_it_went(folder: Path, tmp_path: Path) -> None:
    export_training(folder, tmp_path / "course.json")
    data = json.loads((tmp_path / "course.json").read_text())
    assert (data["about"]["kind"], data["about"]["settings"], data["about"]["steps"]) == (
        "retraining",
        {"rng_seed": 7},
        30,
    )
    assert data["points"][0] == {"step": 10, "seconds": 0.5, "loss": 2.25, "validation_accuracy": None}


def test_arrays_hold_the_images_too(folder: Path, tmp_path: Path) -> None:
    export_training(folder, tmp_path / "course.npz")
    with np.load(tmp_path / "course.npz", allow_pickle=False) as arrays:
        assert arrays["step"].tolist() == [10, 20]
        np.testing.assert_array_equal(arrays["validation_accuracy"], [np.nan, 0.75])
        np.testing.assert_array_equal(arrays["images"], IMAGES)
        assert json.loads(str(arrays["about"]))["topology"] == "conv 2"


def test_another_ending_is_refused_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"ending in \.csv, \.json, \.npz; received course\.png\."):
        export_training(folder, tmp_path / "course.png")
    assert not (tmp_path / "course.png").exists()
