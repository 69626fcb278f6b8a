from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from fake_engine import DATASET, LIMIT, FakeEngine, FakeLab
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.published import MNIST_SHA256
from fooler_gui.features.dataset.dataset_binding import DatasetBinding
from fooler_gui.features.dataset.dataset_box import DatasetBox
from fooler_gui.features.dataset.dataset_menu import DatasetMenu
from fooler_gui.features.dataset.examples_strip import ExamplesStrip
from fooler_gui.resources import bundled_classifier
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.session.new_files import NewFiles
from fooler_gui.session.recent_paths import RecentPaths
from fooler_gui.session.user_settings import UserSettings


class Bench:
    """The box with its menu, bound to a controller with a fake engine."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.qtbot = qtbot
        self.engine = FakeEngine(FakeLab().answer)
        self.model = SessionModel(self.window)
        files = NewFiles(lambda kind: folder / f"{kind}.keras", lambda: folder / "rounds", lambda: folder / "run")
        self.controller = Controller(self.model, lambda: self.engine, files)
        self.menu = DatasetMenu(self.window)
        self.box = DatasetBox(self.menu, self.window)
        self.recent = RecentPaths(UserSettings(folder / "settings.toml"), "datasets")
        DatasetBinding(self.window, self.model, self.controller, self.box, self.menu, self.recent)

    def begin(self) -> None:
        self.controller.open_classifier("first.keras")
        self.until_idle()

    def until_idle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.model.state.busy, timeout=LIMIT)

    def action(self, name: str) -> QAction:
        found = self.menu.findChild(QAction, f"{name}_action")
        assert found is not None
        return found

    def text(self, name: str) -> str:
        label = self.box.findChild(QLabel, name)
        assert label is not None
        return label.text() if not label.isHidden() else ""


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    made = Bench(qtbot, tmp_path)
    yield made
    made.controller.close(LIMIT)


def test_the_box_says_that_the_dataset_is_loading_then_what_it_is(bench: Bench) -> None:
    assert bench.text("dataset_name") == "Loading …"
    bench.begin()
    assert bench.text("dataset_name") == "tiny"
    assert bench.text("dataset_facts") == "4 × 4, grey · 3 classes · 6 training and 3 test images"
    assert bench.text("dataset_remarks") == ""
    examples = bench.box.findChild(ExamplesStrip)
    assert examples is not None
    assert not examples.isHidden()


def test_what_was_converted_is_told(bench: Bench) -> None:
    told = dataclasses.replace(DATASET, image_shape=(48, 64, 3), remarks=("A fifth was split off.", "It was resized."))
    bench.model.set_dataset(told, np.zeros((3, 48, 64, 3), np.uint8))
    assert bench.text("dataset_facts").startswith("48 × 64, colour · 3 classes")
    assert bench.text("dataset_remarks") == "A fifth was split off.\nIt was resized."


def test_without_a_dataset_the_box_says_what_is_missing(bench: Bench) -> None:
    none = dataclasses.replace(DATASET, name="no dataset", train=(0, 0, 0), test=(0, 0, 0))
    bench.model.set_dataset(none, np.zeros((0, 4, 4, 1), np.uint8))
    assert bench.text("dataset_name") == "No dataset"
    assert bench.text("dataset_facts") == "4 × 4, grey · 3 classes, as the classifier takes them"
    assert bench.text("dataset_remarks") == "Reference cost, averages, training, rounds and accuracy need a dataset."


def test_each_thumbnail_names_its_class(bench: Bench, qtbot: QtBot) -> None:
    strip = ExamplesStrip()
    qtbot.addWidget(strip)
    strip.resize(300, 60)
    strip.set_examples(np.zeros((3, 8, 8, 3), np.uint8), ("cat", "dog", "hen"))
    strip.show()
    assert [box.width() for box in strip.boxes()] == [40, 40, 40]
    assert strip.height() == 40
    strip.set_examples(np.zeros((20, 8, 8, 3), np.uint8), tuple(map(str, range(20))))
    assert {box.width() for box in strip.boxes()} == {24}
    assert len(strip.boxes()) == 11
    assert strip.height() == 24


def test_a_dataset_is_opened_from_the_menu_and_remembered(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    bench.begin()
    bench.menu.open_requested.emit(str(tmp_path / "pets"))
    bench.until_idle()
    assert bench.engine.jobs[-1] == jobs.OpenDataset(path=str(tmp_path / "pets"))
    assert bench.recent.paths() == (str(tmp_path / "pets"),)
    recent = bench.menu.findChild(QMenu, "recent_datasets")
    assert recent is not None
    recent.actions()[0].trigger()
    bench.until_idle()
    assert [type(job) for job in bench.engine.jobs[1:]] == [jobs.OpenDataset] * 2


def test_mnist_and_its_classifier_are_always_one_click_away_and_not_among_the_recent(bench: Bench) -> None:
    bench.begin()
    bench.action("open_bundled_dataset").trigger()
    bench.until_idle()
    article = jobs.OpenClassifier(path=str(bundled_classifier()))
    assert bench.engine.jobs[-1] == jobs.OpenDataset(path="", classifier=article)
    bench.model.set_dataset(dataclasses.replace(DATASET, path="mnist.npz", sha256=MNIST_SHA256), bench.model.examples)
    assert bench.recent.paths() == ()


def test_downloads_say_their_size_and_are_asked_for(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fooler_gui.session.controller.user_folder", lambda name: tmp_path / name)
    bench.begin()
    assert bench.action("get_cifar-10").text() == "Get CIFAR-10 (170 MB)"
    bench.action("get_cifar-10").trigger()
    bench.until_idle()
    assert bench.engine.jobs[-1] == jobs.GetDataset(name="cifar-10", path=str(tmp_path / "datasets" / "cifar-10.npz"))


def test_the_dataset_can_be_left_only_while_there_is_one(bench: Bench) -> None:
    assert not bench.action("leave_dataset").isEnabled()
    bench.begin()
    assert bench.action("leave_dataset").isEnabled()
    bench.action("leave_dataset").trigger()
    bench.until_idle()
    assert bench.engine.jobs[-1] == jobs.OpenClassifier(path="first.keras", dataset=DatasetUse.NONE)
    none = dataclasses.replace(DATASET, train=(0, 0, 0))
    bench.model.set_dataset(none, np.zeros((0, 4, 4, 1), np.uint8))
    assert not bench.action("leave_dataset").isEnabled()


def test_nothing_is_opened_while_the_lab_is_busy_and_the_reason_is_said(bench: Bench) -> None:
    bench.begin()
    bench.model.set_state(LabState.TRAINING)
    change = bench.box.findChild(QPushButton, "change_dataset_button")
    assert change is not None
    assert not change.isEnabled()
    assert "Wait until the training ends" in change.toolTip()
    assert not bench.action("open_dataset_file").isEnabled()
    before = len(bench.engine.jobs)
    bench.menu.open_requested.emit("pets")
    assert bench.model.problem[0] == "Wait until the training ends, or stop it."
    assert len(bench.engine.jobs) == before
    bench.model.set_state(LabState.READY)


@pytest.mark.parametrize(
    ("name", "mode"), [("open_dataset_file", "ExistingFile"), ("open_dataset_folder", "Directory")]
)
def test_a_dialog_asks_for_a_file_or_a_folder(bench: Bench, name: str, mode: str) -> None:
    bench.begin()
    bench.action(name).trigger()
    (dialog,) = bench.window.findChildren(QFileDialog)
    assert dialog.fileMode() is QFileDialog.FileMode[mode]
    with bench.qtbot.waitSignal(bench.menu.open_requested) as asked:
        dialog.fileSelected.emit("/pets")
    assert asked.args == ["/pets"]
    dialog.close()
    bench.until_idle()
