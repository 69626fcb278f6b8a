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
from fooler_gui.core.path_text import path_of
from fooler_gui.core.save import INTERRUPTED, STOPPED_BY_STEPS
from fooler_gui.features.runs.recovery_dialog import RecoveryDialog
from fooler_gui.features.runs.run_browser import RunBrowserPage
from fooler_gui.features.runs.run_list import RunActions, RunList
from fooler_gui.features.runs.trash import TrashError, move_to_trash, restore
from fooler_gui.records import run_library
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.run_folder import read_record
from fooler_gui.session.model import SessionModel
from fooler_gui.session.recent_paths import RecentPaths
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.window_binding import WindowBinding


class Bench:
    """A window, a list and a page over the runs of a temporary folder, with a trash beside it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.library, self.trash = folder / "runs", folder / "trash"
        self.trash.mkdir()
        self.asked: list[tuple[str, str]] = []
        self.stuck: set[str] = set()
        self.window = MainWindow(lambda: True, QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat))
        self.recent = RecentPaths(UserSettings(folder / "settings.toml"), "runs")
        actions = RunActions(
            **{
                name: lambda asked, what=name: self.asked.append((what, asked))
                for name in ("open", "repeat", "branch", "compare", "export", "ask")
            }
        )
        self.model = SessionModel(self.window)
        self.model.set_state(LabState.READY)
        WindowBinding(self.window, self.model)
        self.run_list = RunList(
            self.window, self.model, self.window.undo_stack, self.library, self.recent, actions, self.move
        )
        self.window.close_requested.connect(self.run_list.close)
        self.page = RunBrowserPage(self.window)

    def move(self, folder: Path) -> Path:
        if folder.name in self.stuck:
            raise TrashError(f"{folder} is stuck.")
        return folder.rename(self.trash / folder.name)

    def begin(self) -> Bench:
        self.window.show()
        self.run_list.attach(self.page)
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
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qtbot, tmp_path)
    qtbot.addWidget(made.window)
    for number in (1, 2, 3):
        begun = f"2026-03-0{number}T12:00:00+00:00"
        make_run(made.library / f"run {number}", id_=f"id{number}", begun=begun, stopped_by=STOPPED_BY_STEPS)
    yield made
    made.run_list.close()


def test_runs_are_read_and_listed(bench: Bench) -> None:
    assert bench.begin().names() == ["run 3", "run 2", "run 1"]


def test_a_refresh_finds_what_came_and_what_went(bench: Bench) -> None:
    bench.begin()
    (bench.library / "run 2").rename(bench.trash / "run 2")
    make_run(bench.library / "run 4", begun="2026-03-04T12:00:00+00:00", stopped_by=STOPPED_BY_STEPS)
    bench.page.refresh_requested.emit()
    bench.wait()
    assert bench.names() == ["run 4", "run 3", "run 1"]


def test_a_library_that_is_not_there_yet_is_empty(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, tmp_path)
    qtbot.addWidget(bench.window)
    assert bench.begin().names() == []
    assert bench.error() == ""
    bench.run_list.close()


def test_requests_are_handed_on_and_an_opened_run_is_remembered(bench: Bench) -> None:
    page, folder = bench.begin().page, str(bench.library / "run 1")
    for signal in (
        page.open_requested,
        page.repeat_requested,
        page.branch_requested,
        page.compare_requested,
        page.export_requested,
        page.ask_requested,
    ):
        signal.emit(folder)
    assert bench.asked == [(name, folder) for name in ("open", "repeat", "branch", "compare", "export", "ask")]
    assert bench.recent.paths() == (folder,)


def test_a_name_is_written_and_shown(bench: Bench) -> None:
    folder = bench.begin().library / "run 3"
    bench.page.rename_requested.emit(str(folder), "Strong")
    assert read_record(folder).name == "Strong"
    assert bench.names() == ["Strong", "run 2", "run 1"]


def test_a_name_that_cannot_be_written_is_reported_and_taken_back(bench: Bench) -> None:
    folder = bench.begin().library / "run 3"
    with FileLock(folder / LOCK_FILE):
        bench.page.rename_requested.emit(str(folder), "Strong")
    assert "still in progress" in bench.error()
    assert bench.names() == ["run 3", "run 2", "run 1"]


def test_notes_are_written_and_stay_where_they_cannot_be(bench: Bench) -> None:
    folder = bench.begin().library / "run 3"
    notes = bench.page.findChild(QPlainTextEdit, "run_notes")
    notes.insertPlainText("Alike.")
    bench.page.commit_edits()
    assert read_record(folder).notes == "Alike."
    with FileLock(folder / LOCK_FILE):
        notes.insertPlainText(" All of them.")
        bench.page.commit_edits()
    assert "still in progress" in bench.error()
    bench.page.rename_requested.emit(str(folder), "Strong")
    assert notes.toPlainText() == "Alike. All of them."
    bench.page.commit_edits()
    assert read_record(folder).notes == "Alike. All of them."


def test_a_deletion_is_undone_and_done_again(bench: Bench) -> None:
    stack = bench.begin().window.undo_stack
    folders = [str(bench.library / name) for name in ("run 1", "run 3")]
    bench.page.delete_requested.emit(folders)
    assert bench.names() == ["run 2"]
    assert bench.status() == "Moved 2 runs to the system's trash. Undo restores them."
    assert stack.undoText() == "deletion of 2 runs"
    stack.undo()
    assert bench.names() == ["run 3", "run 2", "run 1"]
    assert bench.status() == "Restored 2 runs from the trash."
    assert run_library.summary_of(Path(folders[0])).id == "id1"
    stack.redo()
    assert bench.names() == ["run 2"]
    assert {path.name for path in bench.trash.iterdir()} == {"run 1", "run 3"}


def test_what_cannot_be_deleted_stays_and_is_reported(bench: Bench) -> None:
    stack = bench.begin().window.undo_stack
    (bench.library / "run 2" / "thesis.odt").touch()
    bench.stuck.add("run 1")
    with FileLock(bench.library / "run 3" / LOCK_FILE):
        bench.page.delete_requested.emit([str(bench.library / f"run {number}") for number in (1, 2, 3)])
    assert bench.names() == ["run 3", "run 2", "run 1"]
    assert bench.error().endswith("run 1 is stuck. 2 other runs were not moved either.")
    assert stack.count() == 0


def test_of_several_runs_those_that_can_be_are_deleted_and_restored(bench: Bench) -> None:
    stack = bench.begin().window.undo_stack
    bench.stuck.add("run 1")
    bench.page.delete_requested.emit([str(bench.library / f"run {number}") for number in (1, 2)])
    assert bench.names() == ["run 3", "run 1"]
    assert stack.undoText() == "deletion of 1 run"
    stack.undo()
    assert bench.names() == ["run 3", "run 2", "run 1"]


def test_what_is_no_longer_in_the_trash_is_reported_and_the_deletion_forgotten(bench: Bench) -> None:
    stack = bench.begin().window.undo_stack
    folder = bench.library / "run 2"
    bench.page.delete_requested.emit([str(folder)])
    (bench.trash / "run 2").rename(bench.trash / "elsewhere")
    stack.undo()
    assert "it is no longer in the trash" in bench.error()
    assert bench.names() == ["run 3", "run 1"]
    assert stack.count() == 0


def test_nothing_is_replaced_when_a_run_is_restored(bench: Bench) -> None:
    folder = bench.begin().library / "run 2"
    bench.page.delete_requested.emit([str(folder)])
    folder.mkdir()
    bench.window.undo_stack.undo()
    assert "something else has its name now" in bench.error()
    assert list(folder.iterdir()) == []
    assert (bench.trash / "run 2" / SETTINGS_FILE).exists()


def test_a_run_from_elsewhere_is_listed_selected_and_stays(bench: Bench, tmp_path: Path) -> None:
    folder = make_run(tmp_path / "usb" / "guest", stopped_by=STOPPED_BY_STEPS, name="Guest")
    bench.begin().page.folder_requested.emit(str(folder))
    assert "Guest" in bench.names()
    bench.page.refresh_requested.emit()
    bench.wait()
    assert "Guest" in bench.names()
    with bench.qtbot.waitSignal(bench.page.open_requested) as asked:
        bench.page.findChild(QPushButton, "open_run").click()
    assert asked.args == [str(folder)]


def test_an_opened_run_from_elsewhere_is_listed_at_the_next_start(bench: Bench, tmp_path: Path) -> None:
    bench.recent.add(
        str(make_run(tmp_path / "usb" / "guest", begun="2026-01-01T00:00:00+00:00", stopped_by="tolerance"))
    )
    bench.recent.add(str(tmp_path / "gone"))
    bench.recent.add(str(tmp_path / "usb"))
    assert bench.begin().names() == ["run 3", "run 2", "run 1", "guest"]


def test_a_folder_without_a_run_is_refused(bench: Bench, tmp_path: Path) -> None:
    bench.begin().page.folder_requested.emit(str(tmp_path))
    assert "must hold a run" in bench.error()


def test_a_run_is_listed_once_it_begins_and_no_longer_once_it_is_gone(bench: Bench) -> None:
    bench.begin()
    folder = make_run(bench.library / "run 4", begun="2026-03-04T12:00:00+00:00")
    bench.run_list.update_run(str(folder))
    assert bench.names()[0] == "run 4"
    folder.rename(bench.trash / "run 4")
    bench.run_list.update_run(str(folder))
    assert bench.names() == ["run 3", "run 2", "run 1"]


def dialogs(bench: Bench) -> list[RecoveryDialog]:
    return [dialog for dialog in bench.window.findChildren(RecoveryDialog) if dialog.isVisible()]


def test_interrupted_runs_are_offered_and_recovered(bench: Bench) -> None:
    folder = make_run(bench.library / "run 4", begun="2026-03-04T12:00:00+00:00")
    bench.begin().run_list.offer_recovery()
    bench.qtbot.waitUntil(lambda: len(dialogs(bench)) == 1)
    dialogs(bench)[0].findChild(QPushButton, "recover_all").click()
    bench.qtbot.waitUntil(lambda: bench.status() == "Recovered run 4. It is in the list of runs.")
    result = read_record(folder).result
    assert result is not None
    assert result.stopped_by == (INTERRUPTED,)
    assert dialogs(bench) == []


def test_a_skipped_run_is_not_offered_again_and_one_opened_read_only_is(bench: Bench) -> None:
    skipped, opened = (make_run(bench.library / name) for name in ("run 4", "run 5"))
    bench.begin().run_list.offer_recovery()
    bench.qtbot.waitUntil(lambda: len(dialogs(bench)) == 1)
    bench.run_list._on_choice_requested(str(skipped), "skip")
    dialogs(bench)[0].choice_requested.emit(str(opened), "open")
    assert bench.asked == [("open", str(opened))]
    bench.qtbot.waitUntil(lambda: "Skipped run 4" in bench.status())
    assert [run.folder for run in run_library.unfinished(bench.library)] == [str(opened)]


def test_nothing_is_asked_where_nothing_was_interrupted(bench: Bench) -> None:
    bench.begin().run_list.offer_recovery()
    bench.page.refresh_requested.emit()
    bench.wait()
    assert dialogs(bench) == []


def test_what_cannot_be_recovered_is_reported(bench: Bench) -> None:
    folder = make_run(bench.library / "run 4")
    bench.begin()
    with FileLock(folder / LOCK_FILE):
        bench.run_list._on_choice_requested(str(folder), "recover")
        bench.qtbot.waitUntil(lambda: "still in progress" in bench.error())


def test_an_unforeseen_failure_is_reported_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise RuntimeError("no idea")

    monkeypatch.setattr(run_library, "recover", fail)
    bench.begin().run_list._on_choice_requested(str(bench.library / "run 1"), "recover")
    bench.qtbot.waitUntil(lambda: bench.error() == "Something went wrong (no idea).")


def test_a_closed_window_ends_the_reading(bench: Bench) -> None:
    bench.begin()
    bench.page.refresh_requested.emit()
    bench.window.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("background")]
    bench.page.refresh_requested.emit()
    bench.run_list.offer_recovery()
    QApplication.processEvents()
    assert dialogs(bench) == []


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
    restore(trashed, folder)
    assert run_library.summary_of(folder).id == "c0ffee"
    assert not list((tmp_path / "data").rglob("*.trashinfo"))


def test_what_is_not_there_cannot_be_moved_to_the_trash(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot be moved to the system's trash"):
        move_to_trash(tmp_path / "none")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always texts there")
def test_a_run_whose_name_is_no_text_is_listed_named_opened_and_remembered(bench: Bench) -> None:
    folder = bench.library / os.fsdecode(b"caf\xe9")
    make_run(folder, begun="2026-03-09T12:00:00+00:00", stopped_by=STOPPED_BY_STEPS)
    page = bench.begin().page
    assert bench.names() == ["caf%E9", "run 3", "run 2", "run 1"]
    (listed,) = (run.folder for run in page.summaries() if run.begun.startswith("2026-03-09"))
    page.rename_requested.emit(listed, "Strong")
    assert read_record(folder).name == "Strong"
    page.open_requested.emit(listed)
    assert path_of(bench.asked[-1][1]) == folder
    assert [path_of(each) for each in bench.recent.paths()] == [folder]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always texts there")
def test_no_other_folder_goes_to_the_trash_for_one_whose_name_is_no_text(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    for each in (folder, tmp_path / "caf"):
        each.mkdir()
    with pytest.raises(TrashError, match="cannot be moved to the system's trash"):
        move_to_trash(folder)
    assert folder.is_dir()
    assert (tmp_path / "caf").is_dir()
