"""Binds the run browser to the runs on disk: reads, names, annotates, deletes and restores them. Offers recovery."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack
from PySide6.QtWidgets import QWidget

from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_count
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_summary import RunSummary
from fooler_gui.features.runs.recovery_dialog import OPEN, RECOVER, RecoveryDialog
from fooler_gui.features.runs.trash import move_to_trash, restore
from fooler_gui.records import run_library
from fooler_gui.records.run_folder import RunRecord
from fooler_gui.session.background import Background
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.recent_paths import RecentPaths
from fooler_gui.session.run_view import RunView

if TYPE_CHECKING:
    from fooler_gui.features.runs.run_browser import RunBrowserPage

_BATCH_SECONDS = 0.05
"""The page gets the runs that were read at most this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunActions:
    """What other parts of the program do with a run; each is called with its folder.

    Attributes:
        open: Shows the run in the main window.
        repeat: Repeats it.
        branch: Opens it, to start a new run from one of its saves.
        compare: Compares it with the run on screen.
        export: Exports it.
        ask: Asks other nets about its images.
    """

    open: Callable[[str], object]
    repeat: Callable[[str], object]
    branch: Callable[[str], object]
    compare: Callable[[str], object]
    export: Callable[[str], object]
    ask: Callable[[str], object]


class RunList(QObject):
    """Lists the runs in the library, and those from other places that were opened or dropped. Main thread only.

    Args:
        parent: Owner, and parent of the dialogs.
        model: The session's model.
        undo_stack: Gets the deletions.
        library: The folder in which runs are recorded; it need not exist.
        recent: The recently opened runs.
        actions: What other parts of the program do.
        move: Moves a folder to the trash and returns its path there; raises a `LabError` if it cannot.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        undo_stack: QUndoStack,
        library: Path,
        recent: RecentPaths,
        actions: RunActions,
        move: Callable[[Path], Path] = move_to_trash,
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._undo_stack = undo_stack
        self._library = library
        self._recent = recent
        self._actions = actions
        self._move = move
        self._page: RunBrowserPage | None = None
        self._dropped: list[str] = []
        self._seen: set[str] = set()
        self._ended: RunView | None = None
        self._background = Background(self)
        self._background.problem_changed.connect(self.refuse)
        model.run_changed.connect(self._on_run_changed)

    def attach(self, page: RunBrowserPage) -> None:
        """Binds `page`, and reads the runs for it."""
        self._page = page
        page.open_requested.connect(self.open_run)
        page.repeat_requested.connect(self._actions.repeat)
        page.branch_requested.connect(self._actions.branch)
        page.compare_requested.connect(self._actions.compare)
        page.export_requested.connect(self._actions.export)
        page.ask_requested.connect(self._actions.ask)
        page.delete_requested.connect(self.delete)
        page.rename_requested.connect(self.rename)
        page.notes_changed.connect(self.set_notes)
        page.refresh_requested.connect(self.refresh)
        page.folder_requested.connect(self.add_folder)
        bind(self._show_state, self._model.state_changed, self._model.run_changed)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Reads the runs again; those that no longer exist are removed from the list."""
        if self._page is None:
            return
        self._seen = set()
        self._page.set_loading(True)
        elsewhere = [path_of(folder) for folder in dict.fromkeys((*self._dropped, *self._recent.paths()))]
        self._background.do(lambda: self._read(elsewhere), self._on_all_read)

    def update_run(self, folder: str) -> None:
        """Updates the run in `folder`, for example after it started or ended; removes it if it no longer exists."""
        if self._page is None:
            return
        try:
            summary = run_library.summary_of(path_of(folder))
        except LabError:
            self._page.remove([folder])
        else:
            self._show([summary])

    @Slot(str)
    def open_run(self, folder: str) -> None:
        """Opens a run, and adds it to the recent ones."""
        self._recent.add(folder)
        self._actions.open(folder)

    @Slot(str, str)
    def rename(self, folder: str, name: str) -> None:
        """Changes the name of a run."""
        self._write(lambda: run_library.set_name(path_of(folder), name))
        self.update_run(folder)

    @Slot(str, str)
    def set_notes(self, folder: str, notes: str) -> None:
        """Changes the notes on a run; if they cannot be written, they stay on the page."""
        if self._write(lambda: run_library.set_notes(path_of(folder), notes)):
            self.update_run(folder)

    @Slot(list)
    def delete(self, folders: Sequence[str]) -> None:
        """Moves runs to the trash, as a command that can be undone."""
        self._undo_stack.push(_Deletion(folders, self._to_trash, self._from_trash))

    @Slot(str)
    def add_folder(self, folder: str) -> None:
        """Lists a run from any folder, and selects it."""
        try:
            summary = run_library.summary_of(path_of(folder))
        except LabError as error:
            self.refuse(str(error))
            return
        self._dropped.append(summary.folder)
        self._show([summary])
        if self._page is not None:
            self._page.select(summary.folder)

    def offer_recovery(self) -> None:
        """Looks for interrupted runs, and asks what to do with them."""
        self._background.do(lambda: list(run_library.unfinished(self._library)), self._on_unfinished_found)

    @Slot(str)
    def refuse(self, sentence: str) -> None:
        """Shows why something was not done."""
        self._model.report(sentence)
        self._tell(sentence)

    @Slot()
    def close(self) -> None:
        """Stops reading."""
        self._background.end()

    @Slot()
    def _show_state(self) -> None:
        if self._page is not None:
            self._page.set_state(self._model.state)
            self._page.set_on_screen("" if self._model.run is None else self._model.run.folder)

    @Slot()
    def _on_run_changed(self) -> None:
        run = self._model.run
        if run is not None and run.finished is not None and run is not self._ended:
            self._ended = run
            self.update_run(run.folder)

    def _read(self, elsewhere: Sequence[Path]) -> None:
        """Reads the runs and shows them in batches, in the background."""
        batch: list[RunSummary] = []
        shown = time.monotonic()
        for summary in self._summaries(elsewhere):
            if self._background.ended.is_set():
                return
            batch.append(summary)
            if time.monotonic() - shown > _BATCH_SECONDS:
                self._background.tell(self._show, batch)
                batch, shown = [], time.monotonic()
        self._background.tell(self._show, batch)

    def _summaries(self, elsewhere: Sequence[Path]) -> Iterator[RunSummary]:
        try:
            yield from run_library.summaries(self._library)
        except LabError as error:
            self._background.tell(self.refuse, str(error))
        for folder in elsewhere:
            if folder.parent != self._library and folder.is_dir():
                try:
                    yield run_library.summary_of(folder)
                except LabError:  # it no longer holds a run
                    continue

    def _show(self, summaries: Sequence[RunSummary]) -> None:
        self._seen.update(summary.folder for summary in summaries)
        if self._page is not None:
            self._page.add_summaries(summaries)

    def _on_all_read(self, _nothing: None) -> None:
        page = self._page
        if page is not None:
            page.remove([run.folder for run in page.summaries() if run.folder not in self._seen])
            page.set_loading(False)

    def _on_unfinished_found(self, summaries: list[RunSummary]) -> None:
        if summaries:
            dialog = RecoveryDialog(summaries, self._window)
            dialog.choice_requested.connect(self._on_choice_requested)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    @Slot(str, str)
    def _on_choice_requested(self, folder: str, choice: str) -> None:
        if choice == OPEN:
            self.open_run(folder)
            return
        change = run_library.recover if choice == RECOVER else RunRecord.forget
        self._background.do(lambda: change(path_of(folder)), lambda _nothing: self._on_choice_done(folder, choice))

    def _on_choice_done(self, folder: str, choice: str) -> None:
        done = "Recovered" if choice == RECOVER else "Skipped"
        self._tell(f"{done} {path_of(folder).name}. It is in the list of runs.")
        self.update_run(folder)

    def _write(self, write: Callable[[], object]) -> bool:
        try:
            write()
        except LabError as error:
            self.refuse(str(error))
            return False
        return True

    def _to_trash(self, folders: Iterable[str]) -> dict[str, Path]:
        """Moves runs to the trash; returns the path there of each folder that could be moved."""
        moved: dict[str, Path] = {}
        reasons = []
        for folder in folders:
            try:
                run_library.check_deletable(path_of(folder))
                moved[folder] = self._move(path_of(folder))
            except LabError as error:
                reasons.append(str(error))
        if moved:
            if self._page is not None:
                self._page.remove(list(moved))
            self._tell(
                f"Moved {format_count(len(moved), 'run')} to the system's trash. Undo restores {_them(len(moved))}."
            )
        self._refuse_several(reasons)
        return moved

    def _from_trash(self, moved: dict[str, Path]) -> list[str]:
        """Restores runs from the trash; returns the folders that could be restored."""
        restored, reasons = [], []
        for folder, trashed in moved.items():
            try:
                restore(trashed, path_of(folder))
            except LabError as error:
                reasons.append(str(error))
            else:
                restored.append(folder)
                self.update_run(folder)
        if restored:
            self._tell(f"Restored {format_count(len(restored), 'run')} from the trash.")
        self._refuse_several(reasons)
        return restored

    def _refuse_several(self, reasons: Sequence[str]) -> None:
        if reasons:
            others = len(reasons) - 1
            more = f" {others:,} other run{' was' if others == 1 else 's were'} not moved either." if others else ""
            self.refuse(reasons[0] + more)

    def _tell(self, sentence: str) -> None:
        self._model.tell(sentence)
        if self._page is not None:
            self._page.set_notice(sentence)


class _Deletion(QUndoCommand):
    """Moves runs to the trash, and restores them. Runs that could not be moved are left out from then on."""

    def __init__(
        self,
        folders: Sequence[str],
        to_trash: Callable[[Iterable[str]], dict[str, Path]],
        from_trash: Callable[[dict[str, Path]], list[str]],
    ) -> None:
        super().__init__(f"deletion of {format_count(len(folders), 'run')}")
        self._folders = list(folders)
        self._to_trash = to_trash
        self._from_trash = from_trash
        self._moved: dict[str, Path] = {}

    def redo(self) -> None:
        """Moves the runs to the trash."""
        self._moved = self._to_trash(self._folders)
        self._set_folders(list(self._moved))

    def undo(self) -> None:
        """Restores the runs."""
        self._set_folders(self._from_trash(self._moved))

    def _set_folders(self, folders: list[str]) -> None:
        self._folders = folders
        self.setText(f"deletion of {format_count(len(folders), 'run')}")
        self.setObsolete(not folders)


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
