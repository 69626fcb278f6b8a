"""The page of recorded runs: search, details, names and notes, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QHideEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from fooler_gui.core.formats import format_bytes, format_count
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.run_summary import DAMAGED, IN_PROGRESS, RunSummary
from fooler_gui.features.runs.run_details import RunDetails
from fooler_gui.features.runs.run_table import RunTable, run_title
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.dropped import dropped_path
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    Part,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    empty_grid,
    fill,
    heading,
    row_of,
)
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_DETAILS_WIDTH = 308
_MESSAGE_WIDTH = 400
_EMPTY = (
    "No runs yet.\n\nEvery run is recorded from its first step. Press Space in the main window, and it appears here. "
    "To list a run from another place, drag its folder here or press Open folder…"
)
_LOADING = "Reading the runs…"
_NONE_SELECTED = "Select a run to see its details."
_SEARCH_TIP = (
    "Searches names, notes, folders, states, dates such as 2026-03, and beginnings of ids. “seed 3” finds the runs "
    "with that seed, “label 3” or “label cat” those with that label."
)


class RunBrowserPage(QWidget):
    """Lists the runs, with the details of the selected one beside them. Main thread only.

    Signals:
        open_requested: (str) Show the run in this folder.
        repeat_requested: (str) Repeat the run in this folder.
        branch_requested: (str) Branch from the run in this folder.
        compare_requested: (str) Compare the run in this folder with the run on screen.
        export_requested: (str) Export the run in this folder.
        ask_requested: (str) Ask other nets about the images of the run in this folder.
        delete_requested: (list of str) Move the runs in these folders to the system's trash.
        rename_requested: (str, str) A run's folder and its new name.
        notes_changed: (str, str) A run's folder and its new notes.
        refresh_requested: Read the runs again.
        folder_requested: (str) List the run in this folder, which may be anywhere.
    """

    open_requested = Signal(str)
    repeat_requested = Signal(str)
    branch_requested = Signal(str)
    compare_requested = Signal(str)
    export_requested = Signal(str)
    ask_requested = Signal(str)
    delete_requested = Signal(list)
    rename_requested = Signal(str, str)
    notes_changed = Signal(str, str)
    refresh_requested = Signal()
    folder_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_browser_page")
        self.setAcceptDrops(True)
        self._state = LabState.STARTING
        self._loading = False
        self._on_screen = ""
        self._search = QLineEdit(self)
        self._search.setObjectName("run_search")
        self._search.setAccessibleName("Search")
        self._search.setPlaceholderText("Search: name, notes, date, seed 3, label 7")
        self._search.setClearButtonEnabled(True)
        self._search.setToolTip(paragraphs(_SEARCH_TIP))
        self._count = QLabel(self)
        self._count.setObjectName("run_count")
        self._refresh = ActionButton("Refresh", "refresh_runs", "Reads the runs again.", icon_name="reset", parent=self)
        self._open_folder = ActionButton(
            "Open folder…",
            "open_run_folder",
            "Lists a run from another place. You can also drag its folder here.",
            icon_name="open",
            parent=self,
        )
        self._table = RunTable(self)
        self._empty = QLabel(_EMPTY, self)
        self._empty.setObjectName("run_browser_message")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMaximumWidth(_MESSAGE_WIDTH)
        self._details = RunDetails(self)
        self._several = QuietLabel(_NONE_SELECTED, self)
        self._several.setObjectName("run_selection")
        self._notice = QuietLabel("", self)
        self._notice.setObjectName("run_notice")
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._show_selection()
        self._show_count()

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        self._state = state
        self._enable_controls()

    def set_loading(self, loading: bool) -> None:
        """Shows whether the runs are being read; at the end the first one is selected if none is."""
        self._loading = loading
        if not loading and not self._table.selected():
            self._table.select_row(0)
        self._show_count()
        self._enable_controls()

    def add_summaries(self, summaries: Sequence[RunSummary]) -> None:
        """Adds runs, replacing those in the same folders."""
        self._table.put(summaries)

    def remove(self, folders: Sequence[str]) -> None:
        """Removes the runs in `folders` from the list, and selects the next one if none is selected then."""
        rows = [row for row, run in enumerate(self._table.shown()) if run.folder in folders]
        self._table.remove(folders)
        if rows and not self._table.selected():
            self._table.select_row(rows[0])

    def summaries(self) -> tuple[RunSummary, ...]:
        """Returns every run in the list, including those that the search hides."""
        return self._table.records()

    def select(self, folder: str) -> None:
        """Selects the run in `folder`; the search is cleared if it hides the run."""
        run = self._table.record(folder)
        if run is not None and not run.matches(self._search.text()):
            self._search.clear()
        self._table.select([folder])

    def set_on_screen(self, folder: str) -> None:
        """Marks the run on screen; "" if there is none."""
        self._on_screen = folder
        self._table.set_on_screen(folder)
        self._enable_controls()

    def set_notice(self, sentence: str) -> None:
        """Shows `sentence` under the list; "" hides it."""
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))

    def commit_edits(self) -> None:
        """Applies a name and notes that are still being typed."""
        self._details.commit_edits()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accepts local folders."""
        if _folders(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Requests that dropped folders be listed."""
        event.acceptProposedAction()
        for folder in _folders(event):
            self.folder_requested.emit(folder)

    def hideEvent(self, event: QHideEvent) -> None:
        """Applies a name and notes that are still being typed."""
        self.commit_edits()
        super().hideEvent(event)

    def _make_buttons(self) -> None:
        def make(text: str, name: str, tip: str, icon_name: str = "", *, primary: bool = False) -> ActionButton:
            return ActionButton(text, name, tip, icon_name=icon_name, primary=primary, parent=self)

        self._open = make("Open", "open_run", "Shows the run in the main window.", "open", primary=True)
        self._repeat = make("Repeat", "repeat_run", "Runs it again, with every change at the same step.", "run")
        self._branch = make(
            "Branch…", "branch_run", "Opens the run. Then go to a save and press Ctrl+B to start a new run from it."
        )
        self._compare = make(
            "Compare with the run on screen", "compare_run", "Shows both runs side by side on one timeline."
        )
        self._export = make(
            "Export…", "export_run", "Writes it as a picture, an animation, a drawing, arrays or a table.", "export"
        )
        self._ask = make("Ask other nets…", "ask_run", "Asks the nets that are open about its images.")
        self._delete = make(
            "Delete", "delete_run", "Moves the selected runs to the system's trash. Ctrl+Z restores them.", "remove"
        )

    def _lay_out(self) -> None:
        self._views = QStackedWidget(self)
        self._views.addWidget(self._table)
        self._views.addWidget(_centred(self._empty))
        left = QWidget(self)
        column_of(
            row_of(fill(self._search), self._count, self._refresh, self._open_folder),
            fill(self._views),
            self._notice,
            on=left,
            margins=(SPACING, SPACING, 0, SPACING),
        )
        self._notice.hide()

        self._area = VerticalScrollArea(self._details, self)
        self._area.hide()
        buttons = empty_grid(row_gap=SPACING)
        buttons.addWidget(self._open, 0, 0, 1, 2)
        buttons.addWidget(self._repeat, 1, 0)
        buttons.addWidget(self._branch, 1, 1)
        buttons.addWidget(self._compare, 2, 0, 1, 2)
        buttons.addWidget(self._ask, 3, 0, 1, 2)
        buttons.addWidget(self._export, 4, 0)
        buttons.addWidget(self._delete, 4, 1)
        right = QWidget(self)
        column_of(heading("Run"), self._several, fill(self._area), Part(), buttons, on=right, margins=SPACING)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("run_browser_splitter")
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([2 * _DETAILS_WIDTH, _DETAILS_WIDTH])
        splitter.setChildrenCollapsible(False)
        row_of(splitter, on=self)

    def _connect(self) -> None:
        self._search.textChanged.connect(self._on_search_changed)
        self._refresh.clicked.connect(self.refresh_requested)
        self._open_folder.clicked.connect(self._on_open_folder_clicked)
        table = self._table
        table.selection_changed.connect(self._show_selection)
        table.shown_changed.connect(self._show_count)
        table.open_requested.connect(lambda _run: self._open.click())
        table.delete_requested.connect(self._delete.click)
        table.edit_requested.connect(lambda run, name: self.rename_requested.emit(run.folder, name))
        table.menu_requested.connect(self._open_menu)
        self._details.rename_requested.connect(self.rename_requested)
        self._details.notes_changed.connect(self.notes_changed)
        self._details.run_requested.connect(self._on_run_requested)
        for button, signal in (
            (self._open, self.open_requested),
            (self._repeat, self.repeat_requested),
            (self._branch, self.branch_requested),
            (self._compare, self.compare_requested),
            (self._export, self.export_requested),
            (self._ask, self.ask_requested),
        ):
            button.clicked.connect(lambda _checked, wanted=signal: wanted.emit(self._table.selected()[0].folder))
        self._delete.clicked.connect(lambda: self.delete_requested.emit([run.folder for run in self._table.selected()]))

    def _show_selection(self) -> None:
        selected = self._table.selected()
        is_one = len(selected) == 1
        if is_one:
            self._details.show_run(selected[0], self._name_of)
        else:
            self._details.commit_edits()
            size = format_bytes(sum(run.bytes for run in selected))
            self._several.setText(f"{len(selected):,} runs selected · {size}" if selected else _NONE_SELECTED)
        self._area.setVisible(is_one)
        self._several.setVisible(not is_one)
        self._enable_controls()

    def _name_of(self, id_: str) -> str | None:
        return next((run_title(run) for run in self._table.records() if run.id == id_), None)

    def _show_count(self) -> None:
        shown, listed = len(self._table.shown()), len(self._table.records())
        which = f"{shown:,} of {listed:,} runs" if shown < listed else format_count(listed, "run")
        self._count.setText(f"{_LOADING} {listed:,} so far" if self._loading else which if listed else "")
        self._views.setCurrentIndex(0 if shown else 1)
        if not shown:
            why = f"No run matches “{self._search.text()}”." if listed else _EMPTY
            self._empty.setText(_LOADING if self._loading and not listed else why)

    def _enable_controls(self) -> None:
        selected = self._table.selected()
        states = {run.state for run in selected}
        one = "" if len(selected) == 1 else "Select only one run." if selected else "Select a run."
        whole = one or ("The run is damaged." if DAMAGED in states else "")
        ended = whole or ("Wait until the run has ended." if IN_PROGRESS in states else "")
        now = why_not_now(self._state)
        set_disabled_because(self._open, whole or now)
        set_disabled_because(self._repeat, ended or now)
        set_disabled_because(self._branch, whole or now)
        set_disabled_because(self._compare, whole or self._why_not_compare(selected))
        set_disabled_because(self._export, whole)
        set_disabled_because(self._ask, whole)
        none = "" if selected else "Select a run."
        in_progress = "A run in progress cannot be deleted; stop it first." if IN_PROGRESS in states else ""
        set_disabled_because(self._delete, none or in_progress)
        set_disabled_because(self._refresh, "The runs are being read." if self._loading else "")

    def _why_not_compare(self, selected: Sequence[RunSummary]) -> str:
        if not self._on_screen:
            return "There is no run on screen."
        return "This is the run on screen." if selected[0].folder == self._on_screen else ""

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("run_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for button in (
            self._open,
            self._repeat,
            self._branch,
            self._compare,
            self._ask,
            self._export,
            self._delete,
        ):
            action = menu.addAction(button.icon(), button.text(), button.click)
            action.setEnabled(button.isEnabled())
            action.setToolTip(button.toolTip())
        menu.addSeparator()
        paths = "\n".join(run.folder for run in self._table.selected())
        menu.addAction("Copy folder path", lambda: QGuiApplication.clipboard().setText(paths)).setEnabled(bool(paths))
        menu.popup(at)

    def _on_search_changed(self, wanted: str) -> None:
        self._table.want(lambda run: run.matches(wanted))
        if not self._table.selected():
            self._table.select_row(0)
        self._show_count()

    def _on_run_requested(self, id_: str) -> None:
        folder = next((run.folder for run in self._table.records() if run.id == id_), None)
        if folder is not None:
            self.select(folder)

    def _on_open_folder_clicked(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open the folder of a run")
        if folder:
            self.folder_requested.emit(folder)


def _centred(widget: QWidget) -> QWidget:
    page = QWidget()
    row_of(STRETCH, fill(widget, 8), STRETCH, on=page, margins=SPACING)
    return page


def _folders(event: QDropEvent) -> list[str]:
    return [dropped_path(url) for url in event.mimeData().urls() if url.isLocalFile()]
