from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot
from run_samples import make_run

from fooler_gui.core.errors import LabError
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import INTERRUPTED, STOPPED_BY_STEPS
from fooler_gui.core.path_text import path_of
from fooler_gui.features.runs.recent_runs import RecentRuns
from fooler_gui.features.runs.recovery_dialog import RecoveryDialog
from fooler_gui.features.runs.run_browser import RunBrowserPage
from fooler_gui.features.runs.runs_desk import RunActions, RunsDesk
from fooler_gui.features.runs.trash import TrashError, bring_back, move_to_trash
from fooler_gui.records import run_library
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.run_folder import read_record
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.user_settings import UserSettings


class Sitting:
    """A window, a desk and a page over the runs of a temporary folder, with a trash beside it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.library, self.trash = folder / "runs", folder / "trash"
        self.trash.mkdir()
        self.asked: list[tuple[str, str]] = []
        self.stuck: set[str] = set()
        self.window = MainWindow(lambda: True, QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat))
        self.recent = RecentRuns(UserSettings(folder / "settings.toml"))
        actions = RunActions(
            **{
                name: lambda asked, what=name: self.asked.append((what, asked))
                for name in ("open", "repeat", "branch", "compare", "export")
            }
        )
        self.desk = RunsDesk(self.window, self.library, self.recent, actions, self.move)
        self.page = RunBrowserPage(self.window)
        self.page.set_state(LabState.READY)

    def move(self, folder: Path) -> Path:
        if folder.name in self.stuck:
            raise TrashError(f"{folder} is stuck.")
        return folder.rename(self.trash / folder.name)

    def begin(self) -> Sitting:
        self.window.show()
        self.desk.attach(self.page)
        self.page.show()
        self.wait()
        return self

    def wait(self) -> None:
        self.qtbot.waitUntil(self.page.findChild(QPushButton, "refresh_runs").isEnabled)

    def names(self) -> list[str]:
        model = self.page.findChild(QTableView, "run_table").model()
        return [model.index(row, 1).data() for row in range(model.rowCount())]

    def status(self) -> str:
        return self.window.findChild(QLabel, "status_sentence").text()

    def error(self) -> str:
        return self.window.findChild(QLabel, "error_sentence").text() if self.window.error_bar.isVisible() else ""


@pytest.fixture
def sitting(qtbot: QtBot, tmp_path: Path) -> Iterator[Sitting]:
    made = Sitting(qtbot, tmp_path)
    qtbot.addWidget(made.window)
    for number in (1, 2, 3):
        begun = f"2026-03-0{number}T12:00:00+00:00"
        make_run(made.library / f"run {number}", id_=f"id{number}", begun=begun, stopped_by=STOPPED_BY_STEPS)
    yield made
    made.desk.close()


def test_runs_are_read_and_listed(sitting: Sitting) -> None:
    assert sitting.begin().names() == ["run 3", "run 2", "run 1"]


def test_a_refresh_finds_what_came_and_what_went(sitting: Sitting) -> None:
    sitting.begin()
    (sitting.library / "run 2").rename(sitting.trash / "run 2")
    make_run(sitting.library / "run 4", begun="2026-03-04T12:00:00+00:00", stopped_by=STOPPED_BY_STEPS)
    sitting.page.refresh_requested.emit()
    sitting.wait()
    assert sitting.names() == ["run 4", "run 3", "run 1"]


def test_a_library_that_is_not_there_yet_is_empty(qtbot: QtBot, tmp_path: Path) -> None:
    sitting = Sitting(qtbot, tmp_path)
    qtbot.addWidget(sitting.window)
    assert sitting.begin().names() == []
    assert sitting.error() == ""
    sitting.desk.close()


def test_requests_are_handed_on_and_an_opened_run_is_remembered(sitting: Sitting) -> None:
    page, folder = sitting.begin().page, str(sitting.library / "run 1")
    for signal in (
        page.open_requested,
        page.repeat_requested,
        page.branch_requested,
        page.compare_requested,
        page.export_requested,
    ):
        signal.emit(folder)
    assert sitting.asked == [(name, folder) for name in ("open", "repeat", "branch", "compare", "export")]
    assert sitting.recent.folders() == (folder,)


def test_a_name_is_written_and_shown(sitting: Sitting) -> None:
    folder = sitting.begin().library / "run 3"
    sitting.page.rename_requested.emit(str(folder), "Strong")
    assert read_record(folder).name == "Strong"
    assert sitting.names() == ["Strong", "run 2", "run 1"]


def test_a_name_that_cannot_be_written_is_told_and_taken_back(sitting: Sitting) -> None:
    folder = sitting.begin().library / "run 3"
    with FileLock(folder / LOCK_FILE):
        sitting.page.rename_requested.emit(str(folder), "Strong")
    assert "still going on" in sitting.error()
    assert sitting.names() == ["run 3", "run 2", "run 1"]


def test_notes_are_written_and_stay_where_they_cannot_be(sitting: Sitting) -> None:
    folder = sitting.begin().library / "run 3"
    notes = sitting.page.findChild(QPlainTextEdit, "run_notes")
    notes.insertPlainText("Alike.")
    sitting.page.commit_edits()
    assert read_record(folder).notes == "Alike."
    with FileLock(folder / LOCK_FILE):
        notes.insertPlainText(" All of them.")
        sitting.page.commit_edits()
    assert "still going on" in sitting.error()
    sitting.page.rename_requested.emit(str(folder), "Strong")
    assert notes.toPlainText() == "Alike. All of them."
    sitting.page.commit_edits()
    assert read_record(folder).notes == "Alike. All of them."


def test_a_deletion_is_undone_and_done_again(sitting: Sitting) -> None:
    stack = sitting.begin().window.undo_stack
    folders = [str(sitting.library / name) for name in ("run 1", "run 3")]
    sitting.page.delete_requested.emit(folders)
    assert sitting.names() == ["run 2"]
    assert sitting.status() == "Moved 2 runs to the system's trash. Undo brings them back."
    assert stack.undoText() == "deletion of 2 runs"
    stack.undo()
    assert sitting.names() == ["run 3", "run 2", "run 1"]
    assert sitting.status() == "Brought 2 runs back from the trash."
    assert run_library.summary_of(Path(folders[0])).id == "id1"
    stack.redo()
    assert sitting.names() == ["run 2"]
    assert {path.name for path in sitting.trash.iterdir()} == {"run 1", "run 3"}


def test_what_cannot_be_deleted_stays_and_is_told(sitting: Sitting) -> None:
    stack = sitting.begin().window.undo_stack
    (sitting.library / "run 2" / "thesis.odt").touch()
    sitting.stuck.add("run 1")
    with FileLock(sitting.library / "run 3" / LOCK_FILE):
        sitting.page.delete_requested.emit([str(sitting.library / f"run {number}") for number in (1, 2, 3)])
    assert sitting.names() == ["run 3", "run 2", "run 1"]
    assert sitting.error().endswith("run 1 is stuck. 2 more stayed where they are, too.")
    assert stack.count() == 0


def test_of_several_runs_those_that_can_be_are_deleted_and_brought_back(sitting: Sitting) -> None:
    stack = sitting.begin().window.undo_stack
    sitting.stuck.add("run 1")
    sitting.page.delete_requested.emit([str(sitting.library / f"run {number}") for number in (1, 2)])
    assert sitting.names() == ["run 3", "run 1"]
    assert stack.undoText() == "deletion of 1 run"
    stack.undo()
    assert sitting.names() == ["run 3", "run 2", "run 1"]


def test_what_is_no_longer_in_the_trash_is_told_and_the_deletion_forgotten(sitting: Sitting) -> None:
    stack = sitting.begin().window.undo_stack
    folder = sitting.library / "run 2"
    sitting.page.delete_requested.emit([str(folder)])
    (sitting.trash / "run 2").rename(sitting.trash / "elsewhere")
    stack.undo()
    assert "it is no longer in the trash" in sitting.error()
    assert sitting.names() == ["run 3", "run 1"]
    assert stack.count() == 0


def test_nothing_is_replaced_when_a_run_is_brought_back(sitting: Sitting) -> None:
    folder = sitting.begin().library / "run 2"
    sitting.page.delete_requested.emit([str(folder)])
    folder.mkdir()
    sitting.window.undo_stack.undo()
    assert "something else has its name now" in sitting.error()
    assert list(folder.iterdir()) == []
    assert (sitting.trash / "run 2" / SETTINGS_FILE).exists()


def test_a_run_from_elsewhere_is_listed_selected_and_stays(sitting: Sitting, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "usb" / "guest", stopped_by=STOPPED_BY_STEPS, name="Guest")
    sitting.begin().page.folder_dropped.emit(str(folder))
    assert "Guest" in sitting.names()
    sitting.page.refresh_requested.emit()
    sitting.wait()
    assert "Guest" in sitting.names()
    with sitting.qtbot.waitSignal(sitting.page.open_requested) as asked:
        sitting.page.findChild(QPushButton, "open_run").click()
    assert asked.args == [str(folder)]


def test_an_opened_run_from_elsewhere_is_listed_at_the_next_start(sitting: Sitting, tmp_path: Path) -> None:
    sitting.recent.add(
        str(make_run(tmp_path / "usb" / "guest", begun="2026-01-01T00:00:00+00:00", stopped_by="tolerance"))
    )
    sitting.recent.add(str(tmp_path / "gone"))
    sitting.recent.add(str(tmp_path / "usb"))
    assert sitting.begin().names() == ["run 3", "run 2", "run 1", "guest"]


def test_a_folder_without_a_run_is_refused(sitting: Sitting, tmp_path: Path) -> None:
    sitting.begin().page.folder_dropped.emit(str(tmp_path))
    assert "must hold a run" in sitting.error()


def test_a_run_is_listed_once_it_begins_and_no_longer_once_it_is_gone(sitting: Sitting) -> None:
    sitting.begin()
    folder = make_run(sitting.library / "run 4", begun="2026-03-04T12:00:00+00:00")
    sitting.desk.update_run(str(folder))
    assert sitting.names()[0] == "run 4"
    folder.rename(sitting.trash / "run 4")
    sitting.desk.update_run(str(folder))
    assert sitting.names() == ["run 3", "run 2", "run 1"]


def dialogs(sitting: Sitting) -> list[RecoveryDialog]:
    return [dialog for dialog in sitting.window.findChildren(RecoveryDialog) if dialog.isVisible()]


def test_runs_that_broke_off_are_offered_and_recovered(sitting: Sitting) -> None:
    folder = make_run(sitting.library / "run 4", begun="2026-03-04T12:00:00+00:00")
    sitting.begin().desk.offer_recovery()
    sitting.qtbot.waitUntil(lambda: len(dialogs(sitting)) == 1)
    dialogs(sitting)[0].findChild(QPushButton, "recover_all").click()
    sitting.qtbot.waitUntil(lambda: sitting.status() == "Recovered run 4. It is in the list of runs.")
    result = read_record(folder).result
    assert result is not None
    assert result.stopped_by == (INTERRUPTED,)
    assert dialogs(sitting) == []


def test_a_skipped_run_is_not_offered_again_and_one_opened_read_only_is(sitting: Sitting) -> None:
    skipped, opened = (make_run(sitting.library / name) for name in ("run 4", "run 5"))
    sitting.begin().desk.offer_recovery()
    sitting.qtbot.waitUntil(lambda: len(dialogs(sitting)) == 1)
    sitting.desk._on_decided(str(skipped), "skip")
    dialogs(sitting)[0].decided.emit(str(opened), "open")
    assert sitting.asked == [("open", str(opened))]
    sitting.qtbot.waitUntil(lambda: "Skipped run 4" in sitting.status())
    assert [run.folder for run in run_library.unfinished(sitting.library)] == [str(opened)]


def test_nothing_is_asked_where_nothing_broke_off(sitting: Sitting) -> None:
    sitting.begin().desk.offer_recovery()
    sitting.page.refresh_requested.emit()
    sitting.wait()
    assert dialogs(sitting) == []


def test_what_cannot_be_recovered_is_told(sitting: Sitting) -> None:
    folder = make_run(sitting.library / "run 4")
    sitting.begin()
    with FileLock(folder / LOCK_FILE):
        sitting.desk._on_decided(str(folder), "recover")
        sitting.qtbot.waitUntil(lambda: "still going on" in sitting.error())


def test_a_failure_nobody_thought_of_is_told_too(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise RuntimeError("no idea")

    monkeypatch.setattr(run_library, "recover", fail)
    sitting.begin().desk._on_decided(str(sitting.library / "run 1"), "recover")
    sitting.qtbot.waitUntil(lambda: sitting.error() == "Something went wrong (no idea).")


def test_a_closed_window_ends_the_reading(sitting: Sitting) -> None:
    sitting.begin()
    sitting.page.refresh_requested.emit()
    sitting.window.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("background")]
    sitting.page.refresh_requested.emit()
    sitting.desk.offer_recovery()
    QApplication.processEvents()
    assert dialogs(sitting) == []


def test_the_systems_trash_takes_a_run_and_gives_it_back(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    folder = make_run(tmp_path / "run")
    try:
        trashed = move_to_trash(folder)
    except LabError:
        pytest.skip("this system has no trash")
    assert not folder.exists()
    assert run_library.summary_of(trashed).id == "c0ffee"
    bring_back(trashed, folder)
    assert run_library.summary_of(folder).id == "c0ffee"
    assert not list((tmp_path / "data").rglob("*.trashinfo"))


def test_what_is_not_there_cannot_be_moved_to_the_trash(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot be moved to the system's trash"):
        move_to_trash(tmp_path / "none")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always texts there")
def test_a_run_whose_name_is_no_text_is_listed_named_opened_and_remembered(sitting: Sitting) -> None:
    folder = sitting.library / os.fsdecode(b"caf\xe9")
    make_run(folder, begun="2026-03-09T12:00:00+00:00", stopped_by=STOPPED_BY_STEPS)
    page = sitting.begin().page
    assert sitting.names() == ["caf%E9", "run 3", "run 2", "run 1"]
    (listed,) = (run.folder for run in page.summaries() if run.begun.startswith("2026-03-09"))
    page.rename_requested.emit(listed, "Strong")
    assert read_record(folder).name == "Strong"
    page.open_requested.emit(listed)
    assert path_of(sitting.asked[-1][1]) == folder
    assert [path_of(each) for each in sitting.recent.folders()] == [folder]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always texts there")
def test_no_other_folder_goes_to_the_trash_for_one_whose_name_is_no_text(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    for each in (folder, tmp_path / "caf"):
        each.mkdir()
    with pytest.raises(TrashError, match="cannot be moved to the system's trash"):
        move_to_trash(folder)
    assert folder.is_dir()
    assert (tmp_path / "caf").is_dir()
