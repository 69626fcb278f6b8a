from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_engine import DATASET, EXAMPLES
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from run_samples import make_run

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import NO_DATASET, DatasetUse
from fooler_gui.core.lab_state import LabState
from fooler_gui.features.runs import run_opening
from fooler_gui.features.runs.run_opening import RunOpening
from fooler_gui.records.run_folder import RunRecord, read_record
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView


class Opening:
    """An opening whose controller notes what it is given."""

    def __init__(self, qtbot: QtBot) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.model = SessionModel(self.parent)
        self.model.set_state(LabState.READY)
        self.shown: list[RunView] = []
        self.opened: list[object] = []
        self.fronts = 0
        controller = SimpleNamespace(show_run=self.shown.append, open=self._open)
        self.opening = RunOpening(self.parent, self.model, controller, self._bring_to_front)

    def _open(self, job: object) -> bool:
        self.opened.append(job)
        self.model.set_state(LabState.WORKING)
        return True

    def end_with(self, sha256: str) -> None:
        """Ends the opening of a dataset with this hash."""
        self.model.set_dataset(dataclasses.replace(DATASET, sha256=sha256), EXAMPLES)
        self.model.set_state(LabState.READY)

    def button(self, name: str) -> QPushButton:
        (box,) = self.parent.findChildren(QMessageBox, "dataset_offer")
        found = box.findChild(QPushButton, name)
        assert found is not None
        return found

    def _bring_to_front(self) -> None:
        self.fronts += 1


@pytest.fixture
def bench(qtbot: QtBot) -> Opening:
    return Opening(qtbot)


def test_a_recorded_run_is_shown_and_the_window_comes_to_the_front(
    bench: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = make_run(tmp_path / "run")
    bench.opening.open(str(folder))
    qtbot.waitUntil(lambda: bench.fronts == 1)
    assert [run.folder for run in bench.shown] == [str(folder)]
    assert bench.model.status == f"Opened {folder}: 3 saves."
    bench.opening.close()


def test_a_run_that_was_read_while_other_work_began_is_closed_and_refused(
    bench: Opening, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(RunView, "close", lambda run: closed.append(run.folder))

    def read(folder: Path) -> tuple[RunView, object]:
        opened = run_opening_open_run(folder)
        bench.model.state = LabState.TRAINING
        return opened

    run_opening_open_run = run_opening.open_run
    monkeypatch.setattr(run_opening, "open_run", read)
    bench.opening.open(str(make_run(tmp_path / "run")))
    qtbot.waitUntil(lambda: bench.fronts == 1)
    bench.opening.close()
    assert not bench.shown
    assert closed == [str(tmp_path / "run")]
    assert "training" in bench.model.problem[0]


WANTED = "cd" * 32


def run_on(folder: Path, **dataset: object) -> str:
    """Returns the folder of a run that was made with another dataset than that in use."""
    make_run(folder)
    RunRecord.change(folder, dataset_sha256=WANTED, **dataset)
    return str(folder)


@pytest.fixture
def other(bench: Opening) -> Opening:
    """A lab in which the dataset "tiny" is in use."""
    bench.model.set_dataset(DATASET, EXAMPLES)
    return bench


def test_a_run_of_another_dataset_offers_to_open_it_and_is_shown_once_it_is_open(
    other: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "pets").mkdir()
    folder = run_on(tmp_path / "run", dataset_name="pets", dataset_path=str(tmp_path / "pets"), largest_side=96)
    other.opening.open(folder)
    qtbot.waitUntil(lambda: other.fronts == 1)
    assert not other.shown
    (box,) = other.parent.findChildren(QMessageBox, "dataset_offer")
    assert box.text() == "The run was made with the dataset pets; tiny is in use."
    assert WANTED[:12] in box.informativeText()
    other.button("open_pets").click()
    (job,) = other.opened
    assert job == jobs.OpenDataset(path=str(tmp_path / "pets"), largest_side=96, sha256=WANTED)
    assert not other.shown
    other.end_with(WANTED)
    assert [run.folder for run in other.shown] == [folder]
    other.opening.close()


def test_a_dataset_that_moved_is_located_and_the_run_closed_if_it_is_another(
    other: Opening, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(RunView, "close", lambda run: closed.append(run.folder))
    folder = run_on(tmp_path / "run", dataset_name="pets", dataset_path=str(tmp_path / "gone"))
    other.opening.open(folder)
    qtbot.waitUntil(lambda: other.fronts == 1)
    (box,) = other.parent.findChildren(QMessageBox, "dataset_offer")
    assert box.findChild(QPushButton, "open_pets") is None
    other.button("locate_folder").click()
    (dialog,) = other.parent.findChildren(QFileDialog, "locate_dataset")
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.fileSelected.emit(str(tmp_path))
    assert other.opened == [jobs.OpenDataset(path=str(tmp_path), sha256=WANTED)]
    other.end_with("ef" * 32)  # what was located was refused
    assert (other.shown, closed) == ([], [folder])
    other.opening.close()


def test_a_run_of_another_dataset_is_shown_without_it_if_that_is_wanted(
    other: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = run_on(tmp_path / "run", dataset_name="pets")
    other.opening.open(folder)
    qtbot.waitUntil(lambda: other.fronts == 1)
    other.button("show_it_anyway").click()
    assert [run.folder for run in other.shown] == [folder]
    assert not other.opened
    other.opening.close()


def test_a_run_that_is_not_wanted_without_its_dataset_is_closed(
    other: Opening, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    monkeypatch.setattr(RunView, "close", lambda run: closed.append(run.folder))
    folder = run_on(tmp_path / "run", dataset_name="pets")
    other.opening.open(folder)
    qtbot.waitUntil(lambda: other.fronts == 1)
    other.button("cancel").click()
    assert (closed, other.shown, other.opened) == ([folder], [], [])
    other.opening.close()


def test_a_run_without_a_dataset_is_repeated_without_one(other: Opening, qtbot: QtBot, tmp_path: Path) -> None:
    folder = run_on(tmp_path / "run", dataset_name=NO_DATASET)
    other.opening.repeat(folder)
    qtbot.waitUntil(lambda: other.fronts == 1)
    (box,) = other.parent.findChildren(QMessageBox, "dataset_offer")
    assert box.text() == "The run was made without a dataset; tiny is in use."
    assert box.findChild(QPushButton, "show_it_anyway") is None
    other.button("use_none").click()
    (job,) = other.opened
    assert isinstance(job, jobs.OpenClassifier)
    assert (job.path, job.dataset) == (read_record(tmp_path / "run").spec.classifier, DatasetUse.NONE)
    other.model.set_state(LabState.READY)
    other.opening.close()
