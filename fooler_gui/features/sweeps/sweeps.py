"""The page of sweeps: one is set up on the left; what its cells have come to is on the right."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QSplitter, QStackedWidget, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import LabError
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.path_text import path_of
from fooler_gui.features.sweeps.cell_details import CellDetails
from fooler_gui.features.sweeps.questions import Answer, Question
from fooler_gui.features.sweeps.sweep_results import SweepResults
from fooler_gui.features.sweeps.sweep_setup import SweepSetup
from fooler_gui.features.sweeps.sweep_words import GOING
from fooler_gui.resources import shipped_sweeps
from fooler_gui.sweeps.job_setup import JobSetup
from fooler_gui.sweeps.results import FAILED, RUNNING, WAITING
from fooler_gui.sweeps.sweep_spec import SweepSpec
from fooler_gui.sweeps.sweep_state import SweepState
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.breaking import breakable
from fooler_gui.widgets.dropped import dropped_path
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.figure_layout import lay_out_tab, side_by_side
from fooler_gui.widgets.panel_layout import STRETCH, fill, row_of
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_EXPLANATION = (
    "Many runs with every combination of some settings, and several seeds of each, tell what is luck. They are made by "
    "processes of their own, beside the window."
)
_EMPTY = (
    "No sweep yet.\n\nChoose on the left what is varied and press Start. Or press the right mouse button on any "
    "setting of the window, or Shift+F10, and choose Vary this…\n\nTo look at a sweep from another place, drag its "
    "folder here or press Open…"
)
_BEGINS = "The cells appear here once the workers have started, which takes some seconds."
_MESSAGE_WIDTH = 420
_SWEEP_FILES = "Sweeps (*.toml);;All files (*)"
_NO_SWEEP = "There is no sweep yet."
_DETAILS_SHARE = (5, 2)


class SweepsPage(QWidget):
    """Sets sweeps up, and shows one. Main thread only.

    Args:
        exports: The titles of the exports, by name.
        parent: Owner.

    Signals:
        start_requested: (SweepSpec, str, SweepOptions) Do cells of this sweep, in this folder or "" for a new one.
        stop_requested: Stop, and keep what is done.
        save_requested: (SweepSpec, str) Write the sweep as this file.
        open_requested: (str) Show the sweep of this file or folder.
        question_changed: Another question is to be answered, `question`.
        pictures_requested: (int) Read the images of the cell at this place.
        run_open_requested: (str) Show the run in this folder.
        run_repeat_requested: (str) Repeat the run in this folder.
        export_requested: (str) Write this one of the exports.
        shown: The page has appeared.
    """

    start_requested = Signal(object, str, object)
    stop_requested = Signal()
    save_requested = Signal(object, str)
    open_requested = Signal(str)
    question_changed = Signal()
    pictures_requested = Signal(int)
    run_open_requested = Signal(str)
    run_repeat_requested = Signal(str)
    export_requested = Signal(str)
    shown = Signal()

    def __init__(self, exports: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweeps_page")
        self.setAcceptDrops(True)
        self._sweep: SweepState | None = None
        self._going = self._stopping = False
        self._setup = SweepSetup(self)
        self._make_buttons()
        self._progress = ProgressLine("sweep_progress", "Progress of the sweep", self)
        self._words = QLabel(self)
        self._words.setObjectName("sweep_words")
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._told = QLabel(self)
        self._told.setObjectName("sweep_told")
        self._told.setWordWrap(True)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.hide()
        self._results = SweepResults(self)
        self._details = CellDetails(self)
        self._export = ExportButton("export_sweep", exports, self)
        lay_out_tab(
            self,
            "Sweep",
            _EXPLANATION,
            [
                self._setup,
                side_by_side(self, self._start, self._stop),
                side_by_side(self, self._estimate, self._again),
                side_by_side(self, self._save, self._open),
                self._progress,
                self._told,
            ],
            self._words,
            self._export,
            self._views(),
        )
        self._connect()
        self._show_sweep_name()
        self._enable()

    def setup(self) -> SweepSetup:
        """Returns where a sweep is set up."""
        return self._setup

    def set_state(self, state: LabState) -> None:
        """Enables what can be done with a cell's run while the lab is in `state`."""
        self._details.set_state(state)

    def set_setups(self, setups: Mapping[str, JobSetup]) -> None:
        """Takes the jobs as they are set up in the window, by name."""
        self._setup.set_setups(setups)

    def vary(self, job: str, name: str) -> bool:
        """Sets up a sweep of `job` that varies the option `name`; returns whether that can be done now."""
        return not self._going and self._setup.vary(job, name)

    def settings(self) -> dict[str, Any]:
        """Returns what is remembered of the page."""
        return self._setup.settings()

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings in `table`; bad ones keep their defaults."""
        self._setup.set_settings(table)

    def set_going(self, going: bool, *, stopping: bool = False) -> None:
        """Shows whether the window's own process works on the sweep, or was asked to stop."""
        self._going, self._stopping = going, going and stopping
        self._setup.set_going(going)
        self._empty.setText(_BEGINS if going else _EMPTY)
        self._enable()

    def show_progress(self, fraction: float | None, words: str) -> None:
        """Shows how far the sweep is, 0 to 1 or None if that is not known yet."""
        self._progress.set_progress(fraction, words)

    def show_end(self, words: str) -> None:
        """Shows how far the sweep is when nobody works on it."""
        self._progress.set_idle(words)

    def tell(self, sentences: str) -> None:
        """Tells how long the sweep takes, or what went wrong; "" for nothing."""
        self._told.setText(breakable(sentences))
        self._told.setVisible(bool(sentences))

    def open_plan(self, spec: SweepSpec) -> None:
        """Shows on the left how the sweep of a file, or one that was begun, is set up."""
        self._setup.open(spec)

    def show_sweep(self, sweep: SweepState) -> None:
        """Shows what a sweep has come to."""
        is_other = self._sweep is None or self._sweep.folder != sweep.folder or self._sweep.spec != sweep.spec
        self._sweep = sweep
        if is_other:
            self._details.clear()
        self._results.set_cells(sweep.cells)
        self._details.update_sweep(sweep)
        self._stack.setCurrentIndex(1)
        self._show_sweep_name()
        self._enable()

    def sweep(self) -> SweepState | None:
        """Returns the sweep on screen; None before there is one."""
        return self._sweep

    def question(self) -> Question | None:
        """Returns what the view on screen needs to know; None for nothing."""
        return self._results.question()

    def show_answer(self, question: Question, answer: Answer) -> None:
        """Shows the `answer` to `question`."""
        self._results.show_answer(question, answer)

    def show_images(self, place: int, images: FloatArray) -> None:
        """Shows `images` (N, H, W, C) of the cell at `place`, if that is still chosen."""
        self._details.set_images(place, images)

    def showEvent(self, event: QShowEvent) -> None:
        """Tells that it has appeared."""
        super().showEvent(event)
        self.shown.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accepts one local file or folder."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Requests that a dropped sweep be opened."""
        event.acceptProposedAction()
        self.open_requested.emit(dropped_path(event.mimeData().urls()[0]))

    def _make_buttons(self) -> None:
        self._start = ActionButton(
            "Start",
            "start_sweep",
            "Does the cells that are not done yet.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._stop = ActionButton(
            "Stop", "stop_sweep", "Stops at once; cells that are done are kept.", icon_name="stop", parent=self
        )
        self._estimate = ActionButton(
            "Estimate",
            "estimate_sweep",
            "Does the first cell, and tells how long all take and what they keep.",
            parent=self,
        )
        self._again = ActionButton(
            "Retry failed",
            "retry_failed",
            "Does the cells that failed once more, and those that are not done yet.",
            parent=self,
        )
        self._save = ActionButton(
            "Save…", "save_sweep", "Writes the sweep as a file, for the command line or another machine.", parent=self
        )
        self._open = ActionButton(
            "Open…",
            "open_sweep",
            "Opens a sweep's file; of one that was begun, sweep.toml in its folder. You can also drag the folder here. "
            "Or opens a sweep that ships with the program.",
            parent=self,
        )
        menu = QMenu(self._open)
        menu.addAction("A file…", self._on_open).setObjectName("open_sweep_file")
        menu.addSeparator()
        for name, file in shipped_sweeps().items():
            action = menu.addAction(name.replace("-", " ").capitalize())
            action.setObjectName(f"open_sweep_{name}")
            action.triggered.connect(lambda _checked, path=str(file): self.open_requested.emit(path))
        self._open.setMenu(menu)

    def _views(self) -> QWidget:
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setObjectName("sweep_splitter")
        splitter.addWidget(self._results)
        splitter.addWidget(self._details)
        for place, share in enumerate(_DETAILS_SHARE):
            splitter.setStretchFactor(place, share)
        splitter.setChildrenCollapsible(False)
        self._empty = QLabel(_EMPTY, self)
        self._empty.setObjectName("sweep_empty")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMaximumWidth(_MESSAGE_WIDTH)
        around = QWidget(self)
        row_of(STRETCH, fill(self._empty, 2), STRETCH, on=around)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(around)
        self._stack.addWidget(splitter)
        return self._stack

    def _connect(self) -> None:
        self._setup.changed.connect(self._enable)
        self._start.clicked.connect(lambda: self._request())
        self._estimate.clicked.connect(lambda: self._request(dry_run=True))
        self._again.clicked.connect(lambda: self._request(again=True))
        self._stop.clicked.connect(self.stop_requested)
        self._save.clicked.connect(self._on_save)
        self._export.export_requested.connect(self.export_requested)
        self._results.question_changed.connect(self.question_changed)
        self._results.cells_chosen.connect(self._on_cells_chosen)
        self._results.open_requested.connect(self._on_open_cell)
        self._details.pictures_requested.connect(self.pictures_requested)
        self._details.open_requested.connect(self.run_open_requested)
        self._details.repeat_requested.connect(self.run_repeat_requested)

    def _request(self, *, again: bool = False, dry_run: bool = False) -> None:
        """Requests that cells be done; see `SweepOptions`."""
        spec = self._setup.spec()
        options = dataclasses.replace(self._setup.options(), again=again, dry_run=dry_run)
        self.start_requested.emit(spec, self._folder_for(spec), options)

    def _folder_for(self, spec: SweepSpec) -> str:
        """Returns the folder of the sweep on screen if it is the same, else the chosen one; "" for a new one."""
        return str(self._sweep.folder) if self._sweep is not None and self._is_shown(spec) else self._setup.folder()

    def _is_shown(self, spec: SweepSpec) -> bool:
        sweep = self._sweep
        chosen = self._setup.folder()
        return sweep is not None and sweep.spec == spec and (not chosen or path_of(chosen) == sweep.folder)

    def _on_cells_chosen(self, places: tuple[int, ...]) -> None:
        if self._sweep is not None and places:
            self._details.show_cells(self._sweep, places)

    def _on_open_cell(self, place: int) -> None:
        run = None if self._sweep is None else self._sweep.run(place)
        if run is not None:
            self.run_open_requested.emit(str(run))

    def _on_save(self) -> None:
        spec = self._setup.spec()
        path, _ = QFileDialog.getSaveFileName(self, "Save the sweep", "sweep.toml", _SWEEP_FILES)
        if path:
            self.save_requested.emit(spec, path)

    def _on_open(self) -> None:
        dialog = QFileDialog(self, "Open a sweep")
        dialog.setObjectName("open_sweep_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters(_SWEEP_FILES.split(";;"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open_requested)
        dialog.open()

    def _show_sweep_name(self) -> None:
        sweep = self._sweep
        self._words.setText("" if sweep is None else breakable(f"{sweep.folder.name}: {sweep.spec.job}"))
        self._words.setToolTip("" if sweep is None else paragraphs(str(sweep.folder)))

    def _enable(self) -> None:
        going = GOING if self._going else ""
        spec, why_not = None, ""
        try:
            spec = self._setup.spec()
            self._setup.options()
        except LabError as error:
            why_not = str(error)
        is_shown = spec is not None and self._is_shown(spec)
        self._start.setText("Continue" if is_shown else "Start")
        self._setup.set_continued(str(self._sweep.folder) if is_shown and self._sweep is not None else "")
        all_done, none_failed = "", "No cell has failed."
        if is_shown and self._sweep is not None:
            counts = self._sweep.cells.counts()
            all_done = "" if counts[WAITING] + counts[RUNNING] else "All its cells have ended. Vary something else."
            none_failed = "" if counts[FAILED] else none_failed
        set_disabled_because(self._start, going or why_not or all_done)
        set_disabled_because(self._estimate, going or why_not or all_done)
        set_disabled_because(self._again, going or why_not or none_failed)
        set_disabled_because(self._save, "" if spec is not None else why_not)
        set_disabled_because(self._open, going)
        self._stop.setText("End now" if self._stopping else "Stop")
        set_disabled_because(self._stop, "" if self._going else "No sweep is in progress.")
        set_disabled_because(self._export, "" if self._sweep is not None else _NO_SWEEP)
