from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from dropping import drop
from foreign_files import FOREIGN
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QLabel
from pytestqt.qtbot import QtBot
from run_samples import make_run

from fooler_gui.core.lab_state import LabState
from fooler_gui.features.run.setup_files import SetupFiles
from fooler_gui.records.training_record import new_training
from fooler_gui.session.model import SessionModel
from fooler_gui.shell.dropped_files import DroppedFiles
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.window_binding import WindowBinding
from fooler_gui.sweeps.results import RESULTS_FILE
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE


class Hall:
    """A main window onto which things are dropped, in a lab that notes what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.window = MainWindow(lambda: True, QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat))
        self.model = SessionModel(self.window)
        self.model.set_state(LabState.READY)
        WindowBinding(self.window, self.model)
        self.asked: list[str] = []
        self.sweeps: list[str] = []
        self.datasets: list[str] = []
        self.pictures: list[str] = []
        self.images: list[str] = []
        setups = SetupFiles(self.window, self.model, self.window.coefficients.change_coefficients, self.window.commands)
        ask = self.asked.append
        dropped = DroppedFiles(
            self.window,
            self.model,
            ask,
            ask,
            ask,
            self.sweeps.append,
            self.datasets.append,
            setups,
            self.pictures.append,
            self.images.append,
        )
        self.window.file_requested.connect(dropped.take)
        self.window.commands["open"].triggered.connect(dropped.ask)
        self.window.show()

    def drop(self, *paths: Path) -> bool:
        return drop(self.window, [str(path) for path in paths], self.window.rect().center())

    def error(self) -> str:
        label = self.window.findChild(QLabel, "error_sentence")
        assert label is not None
        return label.text() if self.window.error_bar.isVisible() else ""


@pytest.fixture
def hall(qtbot: QtBot, tmp_path: Path) -> Hall:
    made = Hall(tmp_path)
    qtbot.addWidget(made.window)
    return made


def test_what_is_dropped_is_opened_by_its_kind(hall: Hall, tmp_path: Path) -> None:
    assert hall.drop(tmp_path / "net.keras")
    run = make_run(tmp_path / "run")
    assert hall.drop(run)
    assert hall.asked == [str(tmp_path / "net.keras"), str(run)]
    assert hall.error() == ""


def test_the_file_or_folder_of_a_sweep_is_shown_as_one(hall: Hall, tmp_path: Path) -> None:
    folder = tmp_path / "batch"
    folder.mkdir()
    for name in (SWEEP_FILE, RESULTS_FILE):
        (folder / name).touch()
    assert hall.drop(folder)
    assert hall.drop(folder / SWEEP_FILE)
    assert hall.drop(folder / RESULTS_FILE)
    assert hall.sweeps == [str(folder), str(folder / SWEEP_FILE), str(folder / RESULTS_FILE)]
    assert (hall.asked, hall.error()) == ([], "")


@pytest.mark.parametrize(
    "text",
    [
        'job = "backwork"\nlabels = [3]\n[vary]\nrng_seed = {from = 0, to = 9}\n',
        '\ufeffjob = "train"\n',
        "# A remark.\n[ draw ]\ncount = 5\n",
        "job = = 3\n",  # to be refused with what is wrong in it
    ],
)
def test_a_sweep_is_told_from_coefficients_by_what_its_file_holds(hall: Hall, tmp_path: Path, text: str) -> None:
    sweep, preset = tmp_path / "luck.TOML", tmp_path / "mine.toml"
    sweep.write_text(text, encoding="utf-8")
    preset.write_text('name = "job"\nmisclassification_coeff = 3.0\n[descent]\nmax_steps = 9\n')
    assert hall.drop(sweep)
    assert hall.sweeps == [str(sweep)]
    assert hall.error() == ""
    assert hall.drop(preset)
    assert hall.sweeps == [str(sweep)]
    assert hall.model.status == "Loaded the coefficients “job”."


def test_what_can_be_dropped_can_be_chosen_instead(hall: Hall, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "net.keras").touch()
    hall.window.commands["open"].trigger()
    dialog = hall.window.findChild(QFileDialog, "open_dialog")
    dialog.fileSelected.emit(str(tmp_path / "net.keras"))
    assert hall.asked == [str(tmp_path / "net.keras")]
    dialog.reject()


@pytest.mark.parametrize(
    ("content", "name", "taken_for"),
    [
        ("a Keras file", "net.KERAS", "classifier"),
        ("a Keras file", "net.zip", "classifier"),
        ("HDF5", "net.h5", "classifier"),
        ("a Git LFS pointer", "net.keras", "classifier"),  # to be refused with what can be done
        ("nothing known", "net.keras", "classifier"),
        ("HDF5", "net.toml", "classifier"),
        ("arrays", "images.npz", "start"),
        ("a pickle", "data_batch_1", "dataset"),  # likewise
        ("SQLite", "history.sqlite", ""),
    ],
)
def test_what_is_dropped_is_told_by_its_content_before_its_name(
    content: str, name: str, taken_for: str, hall: Hall, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(FOREIGN[content][0])
    assert hall.drop(path)
    assert hall.asked == ([str(path)] if taken_for == "classifier" else [])
    assert hall.datasets == ([str(path)] if taken_for == "dataset" else [])
    assert hall.images == ([str(path)] if taken_for == "start" else [])
    refused = f"received {name}, {FOREIGN[content][1].value}."
    assert hall.error() == "" if taken_for else hall.error().endswith(refused)


def test_a_folder_that_is_no_run_and_a_table_are_taken_for_datasets(hall: Hall, tmp_path: Path) -> None:
    (tmp_path / "pets" / "cat").mkdir(parents=True)
    (tmp_path / "digits.csv").write_text("label,pixel0,pixel1,pixel2,pixel3\n1,0,0,255,0\n")
    (tmp_path / "data_batch_1.bin").write_bytes(b"\7\xff" * 40)
    for name in ("pets", "digits.csv", "data_batch_1.bin"):
        hall.drop(tmp_path / name)
    assert hall.datasets == [str(tmp_path / name) for name in ("pets", "digits.csv", "data_batch_1.bin")]
    assert (hall.asked, hall.error()) == ([], "")


def test_images_without_labels_are_taken_for_starts_and_those_with_labels_for_a_dataset(
    hall: Hall, tmp_path: Path
) -> None:
    alone, labelled, bare = (tmp_path / name for name in ("sevens.npz", "digits.npz", "sevens.npy"))
    images = np.zeros((2, 28, 28, 1), np.float32)
    np.savez(alone, images=images)
    np.savez(labelled, images=images, labels=np.array([7, 7]))
    np.save(bare, images)
    for path in (alone, labelled, bare):
        assert hall.drop(path)
    assert hall.images == [str(alone), str(bare)]
    assert hall.datasets == [str(labelled)]


def test_coefficients_and_pictures_are_opened_whatever_the_case_of_their_endings(hall: Hall, tmp_path: Path) -> None:
    (tmp_path / "bad.TOML").write_text("a = = 1")
    hall.drop(tmp_path / "bad.TOML")
    assert "bad.TOML must be written in TOML; line 1" in hall.error()
    (tmp_path / "bare.PNG").write_bytes(FOREIGN["PNG"][0])
    hall.drop(tmp_path / "bare.PNG")
    assert hall.pictures == [str(tmp_path / "bare.PNG")]
    (tmp_path / "pointer.png").write_bytes(FOREIGN["a Git LFS pointer"][0])
    hall.drop(tmp_path / "pointer.png")
    assert "pointer.png must be a picture that this program exported; it is a Git LFS pointer" in hall.error()


def test_a_training_opens_its_classifier_whatever_the_case_of_its_ending(hall: Hall, tmp_path: Path) -> None:
    folder = tmp_path / "net.training"
    folder.mkdir()
    new_training("training", "conv 2", {}, 9).write(folder)
    (tmp_path / "net.KERAS").touch()
    hall.drop(folder)
    assert hall.asked == [str(tmp_path / "net.KERAS")]


def test_a_classifier_that_is_dropped_while_the_lab_is_busy_is_refused_with_the_reason(
    hall: Hall, tmp_path: Path
) -> None:
    hall.model.set_state(LabState.TRAINING)
    assert hall.drop(tmp_path / "net.keras")
    assert hall.asked == []
    assert hall.error() == "Wait until the training ends, or stop it."


def test_what_nothing_can_be_made_of_is_refused_by_its_name(hall: Hall, tmp_path: Path) -> None:
    assert hall.drop(tmp_path / "letter.docx")
    assert "received letter.docx" in hall.error()


def test_several_files_at_once_are_not_taken(hall: Hall, tmp_path: Path) -> None:
    assert not hall.drop(tmp_path / "first.keras", tmp_path / "second.keras")
    assert hall.asked == []
