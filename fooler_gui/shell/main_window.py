"""The main window: arranges panels, docks, toolbar and menus, without any logic of its own."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QPaintEvent,
    QShortcut,
    QUndoStack,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QProgressBar,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QWidget,
)

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.features.dataset.dataset_box import DatasetBox
from fooler_gui.features.dataset.dataset_menu import DatasetMenu
from fooler_gui.features.inspector.inside import InsidePanel
from fooler_gui.features.inspector.inspector import InspectorPanel
from fooler_gui.features.lessons.lesson_panel import LessonPanel
from fooler_gui.features.retraining.retraining import RetrainingPanel
from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.features.run.coefficients import CoefficientsPanel
from fooler_gui.features.run.descent import DescentPanel
from fooler_gui.features.run.net_sentence import NetSentence
from fooler_gui.features.run.plots import PlotsPanel
from fooler_gui.features.run.run_bar import RunBar
from fooler_gui.features.run.starts.change_strip import ChangeStrip
from fooler_gui.features.run.starts.invitation import Invitation
from fooler_gui.features.show_pieces.caption_bar import CaptionBar
from fooler_gui.features.show_pieces.show_menu import ShowMenu
from fooler_gui.features.training.training import TrainingPanel
from fooler_gui.shell.actions import LabActions
from fooler_gui.shell.arrangement import LAYOUT_VERSION, Arrangement
from fooler_gui.shell.column_rail import ColumnRail
from fooler_gui.shell.command_palette import CommandPalette, commands_of
from fooler_gui.shell.dock_title import DockTitle
from fooler_gui.shell.focus_keeper import FocusKeeper
from fooler_gui.shell.log import ErrorBar, LogPanel
from fooler_gui.shell.presentation import Presentation
from fooler_gui.shell.run_toolbar import RunToolbar, exports
from fooler_gui.shell.shortcuts import MENU_KEY
from fooler_gui.widgets.dropped import dropped_path
from fooler_gui.widgets.mnemonics import keep_mnemonics
from fooler_gui.widgets.panel_layout import (
    SPACING,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    fill,
    row_of,
    separator_line,
)
from fooler_gui.widgets.theme import THEME_CHOICES
from fooler_gui.widgets.timeline import TimelinePanel
from fooler_gui.widgets.window_fit import resize_to_fit

HELP = {
    "classifier_dock": ("what-you-see", "dataset-and-classifier"),
    "retraining_dock": ("what-you-see", "retrain"),
    "inspector_dock": ("inspector", ""),
    "inside_dock": ("inside-the-net", ""),
    "coefficients_dock": ("what-you-see", "coefficients"),
    "descent_dock": ("what-you-see", "descent"),
    "lesson_dock": ("first-lesson", ""),
    "log_dock": ("what-you-see", "the-log"),
}
"""Where the guide describes a panel: its page, and the heading there."""

_UNDO_LIMIT = 200
_USUAL_SIZE = QSize(1280, 800)
_COLUMN_WIDTHS = (300, 316)
_COLUMNS = (
    ("classifier_dock", "retraining_dock", "lesson_dock"),
    ("coefficients_dock", "descent_dock", "inspector_dock", "inside_dock"),
)
"""Docks that share a place by tabs, on the left and on the right."""
_RAIL = {"classifier_dock": "classifier", "retraining_dock": "retrain", "lesson_dock": "lesson"}
"""The icons of the docks that fold to a rail."""
_CENTRE_HEIGHTS = (480, 220)
"""Heights of grid and plots; larger windows keep their proportion."""


class MainWindow(QMainWindow):
    """The lab's window.

    Args:
        may_close: Returns whether the window may close; called when it is about to.
        layout: Where the arrangement of docks and window is saved.

    Signals:
        start_requested: The window has been painted for the first time.
        close_requested: The window has been closed.
        file_requested: (str) A file or folder was dropped onto the window.
        theme_requested: (str) "system", "light" or "dark".
        help_requested: (str, str) A page of the guide, and a heading in it as links name it, or "".

    Attributes:
        commands: Its actions by name.
        toolbar: The toolbar.
        made_with: Names the classifier that the images on screen were made with, if another one is in use.
        inspector: Inspects one image.
        inspector_dock: Its dock.
        retraining_dock: The dock with the panel of retraining.
        inside: Shows what the layers of the net make of one image.
        inside_dock: Its dock.
    """

    start_requested = Signal()
    close_requested = Signal()
    file_requested = Signal(str)
    theme_requested = Signal(str)
    help_requested = Signal(str, str)

    def __init__(self, may_close: Callable[[], bool], layout: QSettings) -> None:
        super().__init__()
        self._may_close = may_close
        self._layout = layout
        self._is_painted = False
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_UNDO_LIMIT)
        self.commands = LabActions(self, self.undo_stack)
        self.net_sentence = NetSentence(self)
        self.caption_bar = CaptionBar(self)
        self.show_menu = ShowMenu(self)
        self.grid = BatchGrid(self)
        self.invitation = Invitation(self.grid)
        self.change_strip = ChangeStrip(self)
        self.change_strip.hide()
        self.made_with = QuietLabel("", self)
        self.made_with.setObjectName("made_with_sentence")
        self.made_with.setContentsMargins(SPACING, SPACING // 2, SPACING, 0)
        self.timeline = TimelinePanel(self)
        self.plots = PlotsPanel(self)
        self.dataset_menu = DatasetMenu(self)
        self.dataset = DatasetBox(self.dataset_menu, self)
        self.training = TrainingPanel(self)
        self.retraining = RetrainingPanel(self)
        self.coefficients = CoefficientsPanel(self.undo_stack, self)
        self.descent = DescentPanel(self.undo_stack, self)
        self.inspector = InspectorPanel(self)
        self.inside = InsidePanel(self)
        self.lesson = LessonPanel(self)
        self.run_bar = RunBar(self)
        self.log = LogPanel(self)
        self.error_bar = ErrorBar(self)
        self._build_centre()
        self._docks = self._build_docks()
        self.inspector_dock, self.retraining_dock = self._docks["inspector_dock"], self._docks["retraining_dock"]
        self.inside_dock = self._docks["inside_dock"]
        self.export_menu = exports(self, self.commands)
        self.toolbar = RunToolbar(self, self.commands, self.run_bar, self.show_menu, self.export_menu)
        self._build_status_bar()
        left = {self._docks[name]: icon_name for name, icon_name in _RAIL.items()}
        self._rail = ColumnRail(self, left)
        self.theme_actions = self._build_menus()
        resize_to_fit(self, _USUAL_SIZE)
        self._default_state = self.saveState(LAYOUT_VERSION)
        arrangement = self._arrangement = Arrangement(self, self._splitter)
        presents = self.commands["presentation"].toggled
        presents.connect(lambda on: self._rail.suspend() if on else None)
        self._presentation = Presentation(
            self, self.commands, arrangement, self._splitter, self.net_sentence, self.grid, self.timeline, self.plots
        )
        presents.connect(lambda on: None if on else self._rail.resume())
        if not arrangement.restore(arrangement.read(layout)):
            self.reset_layout()

        self.error_bar.details_requested.connect(self.show_log)
        self.commands["inspector"].triggered.connect(self.show_inspector)
        self.commands["show_retraining"].triggered.connect(self.show_retraining)
        self.commands["inside"].triggered.connect(lambda: self._bring_to_front(self.inside_dock))
        self.commands["reset_layout"].triggered.connect(self.reset_layout)
        self.commands["zoom_in"].triggered.connect(lambda: self.grid.zoom_by(1))
        self.commands["zoom_out"].triggered.connect(lambda: self.grid.zoom_by(-1))
        self.commands["zoom_reset"].triggered.connect(self.grid.reset_zoom)
        self.commands["quit"].triggered.connect(self.close)
        self.commands["command_palette"].triggered.connect(lambda: CommandPalette(commands_of(self), self).show())
        FocusKeeper(self, self.grid)
        QShortcut(MENU_KEY, self, self._open_menu_bar)

    def set_classifier(self, classifier: ClassifierInfo | None) -> None:
        """Names the classifier in use in the title."""
        self.setWindowTitle("Fooler" if classifier is None else f"Fooler – {classifier.name}")

    def set_status(self, sentence: str) -> None:
        """Shows what is happening in the status bar."""
        self._status_sentence.setText(sentence)
        self._status_sentence.setToolTip(sentence)

    def set_progress(self, fraction: float | None, *, going: bool = True) -> None:
        """Shows the progress of long work, 0 to 1 or None if unknown; hides it unless `going`."""
        self._status_progress.setVisible(going)
        self._status_progress.setRange(0, 0 if fraction is None else 100)
        if fraction is not None:
            self._status_progress.setValue(round(100 * fraction))

    def reveal(self, widget: QWidget) -> None:
        """Brings the dock that holds `widget` to the front, and scrolls to it once it has its size."""
        for dock in self._docks.values():
            if dock.isAncestorOf(widget):
                self._bring_to_front(dock)
        area = next((area for area in self.findChildren(VerticalScrollArea) if area.isAncestorOf(widget)), None)
        if area is not None:
            QTimer.singleShot(0, area, lambda: area.ensureWidgetVisible(widget))

    def show_log(self) -> None:
        """Brings the log to the front."""
        self._bring_to_front(self._docks["log_dock"])

    def show_inspector(self) -> None:
        """Brings the inspector to the front."""
        self._bring_to_front(self.inspector_dock)

    def show_retraining(self) -> None:
        """Brings the panel of retraining to the front."""
        self._bring_to_front(self.retraining_dock)

    def reset_layout(self) -> None:
        """Puts every panel back in its place."""
        self._presentation.leave()
        for dock in self._docks.values():
            if dock.isFloating():  # Qt could not close a dock again that is docked while closed
                dock.show()
                dock.setFloating(False)
        self._arrangement.restore({"state": self._default_state})
        self._splitter.setSizes(_CENTRE_HEIGHTS)
        self._rail.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Emits `start_requested` once; panels are painted after this, but before any timer fires."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.start_requested.emit)

    def changeEvent(self, event: QEvent) -> None:
        """Redraws icons when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_docks"):
            self.commands.set_palette(self.palette())
            self.toolbar.set_palette(self.palette())
            self._rail.set_palette(self.palette())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accepts one local file or folder."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Emits what was dropped."""
        event.acceptProposedAction()
        self.file_requested.emit(dropped_path(event.mimeData().urls()[0]))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Asks whether the window may close, and remembers its layout if so."""
        if not self._may_close():
            event.ignore()
            return
        self._rail.suspend()
        for name, part in self._presentation.arrangement().items():
            self._layout.setValue(name, part)
        self._layout.sync()
        event.accept()
        self.close_requested.emit()

    def show_lesson(self) -> None:
        """Brings the lesson to the front."""
        self._bring_to_front(self._docks["lesson_dock"])

    def _open_menu_bar(self) -> None:
        bar = self.menuBar()
        bar.setFocus(Qt.FocusReason.MenuBarFocusReason)
        bar.setActiveAction(bar.actions()[0])

    def _bring_to_front(self, dock: QDockWidget) -> None:
        self._presentation.leave()
        dock.show()
        dock.raise_()

    def _build_centre(self) -> None:
        splitter = self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setObjectName("centre_splitter")
        stage = QWidget(splitter)
        pictures = row_of(fill(self.grid), self.change_strip, gap=0)
        column_of(self.caption_bar, self.net_sentence, fill(pictures), self.made_with, self.timeline, on=stage, gap=0)
        splitter.addWidget(stage)
        splitter.addWidget(self.plots)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes(_CENTRE_HEIGHTS)
        splitter.setChildrenCollapsible(False)
        centre = QWidget(self)
        column_of(self.error_bar, fill(splitter), on=centre, gap=0)
        self.setCentralWidget(centre)

    def _build_docks(self) -> dict[str, QDockWidget]:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        bottom = Qt.DockWidgetArea.BottomDockWidgetArea
        docks = {}
        learning = QWidget(self)
        dataset = column_of(self.dataset, separator_line(self), margins=(SPACING, SPACING, SPACING, 0))
        column_of(dataset, self.training, on=learning, gap=0)
        for name, title, panel, area in (
            ("classifier_dock", "Dataset and classifier", learning, left),
            ("retraining_dock", "Retrain", self.retraining, left),
            ("lesson_dock", "Lesson", self.lesson, left),
            ("coefficients_dock", "Coefficients", self.coefficients, right),
            ("descent_dock", "Descent", self.descent, right),
            ("inspector_dock", "Inspector", self.inspector, right),
            ("inside_dock", "Layers", self.inside, right),
            ("log_dock", "Log", self.log, bottom),
        ):
            dock = QDockWidget(title, self)
            dock.setObjectName(name)
            bar = DockTitle(dock)
            bar.help_requested.connect(lambda place=HELP[name]: self.help_requested.emit(*place))
            dock.setTitleBarWidget(bar)
            dock.setWidget(panel if panel in (self.log, self.descent) else VerticalScrollArea(panel))
            toggle = dock.toggleViewAction()
            dock.visibilityChanged.connect(toggle.setChecked)  # Qt would also check those behind another tab
            toggle.triggered.connect(lambda shown, dock=dock: shown and dock.raise_())
            self.addDockWidget(area, dock)
            docks[name] = dock
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, left),
            (Qt.Corner.BottomRightCorner, right),
        ):
            self.setCorner(corner, area)
        self.setTabPosition(left | right, QTabWidget.TabPosition.North)
        layout = self.layout()
        assert layout is not None
        layout.setEnabled(False)  # otherwise Qt would leave a second row of tabs behind
        for first, *others in _COLUMNS:
            for name in others:
                self.tabifyDockWidget(docks[first], docks[name])
        layout.setEnabled(True)
        for first, *_ in _COLUMNS:
            docks[first].raise_()
        self.resizeDocks([docks[first] for first, *_ in _COLUMNS], _COLUMN_WIDTHS, Qt.Orientation.Horizontal)
        for name in ("lesson_dock", "log_dock"):
            docks[name].hide()
        return docks

    def _build_status_bar(self) -> None:
        self._status_sentence = QLabel(self)
        self._status_sentence.setObjectName("status_sentence")
        self._status_sentence.setAccessibleName("What is happening")
        self._status_sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._status_progress = QProgressBar(self)
        self._status_progress.setObjectName("status_progress")
        self._status_progress.setAccessibleName("Progress")
        self._status_progress.setFixedWidth(160)
        self._status_progress.setTextVisible(False)
        self._status_progress.hide()
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(SPACING, 0, SPACING, 0)
        bar.addWidget(self._status_sentence, 1)
        bar.addPermanentWidget(self._status_progress)

    def _build_menus(self) -> dict[str, QAction]:
        actions = self.commands
        bar = self.menuBar()
        file = bar.addMenu("File")
        file.addAction(actions["open"])
        file.addMenu(self.dataset_menu)
        file.addActions([actions["open_classifier"], actions["save_classifier"]])
        file.addSeparator()
        file.addAction(actions["runs"])
        self.recent_menu = file.addMenu("Open recent run")
        self.recent_menu.setObjectName("recent_menu")
        file.addSeparator()
        file.addActions([actions["open_preset"], actions["save_preset"]])
        file.addSeparator()
        file.addMenu(self.export_menu)
        file.addSeparator()
        file.addAction(actions["quit"])
        bar.addMenu("Edit").addActions([actions["undo"], actions["redo"]])
        run = bar.addMenu("Run")
        run.addActions([actions[name] for name in ("run", "new_seed", "pause", "step", "stop")])
        run.addSeparator()
        run.addActions([actions[name] for name in ("go_on", "use_no_penalties", "branch")])
        run.addSeparator()
        run.addMenu(self.show_menu)
        run.addSeparator()
        windows = ("rounds", "guarantee", "evaluation", "other_nets", "least_change", "sweeps", "figures")
        run.addActions([actions[name] for name in ("show_retraining", *windows)])
        view = bar.addMenu("View")
        view.addActions([actions[name] for name in ("command_palette", "inspector", "inside", "presentation")])
        view.addSeparator()
        view.addActions([actions["zoom_in"], actions["zoom_out"], actions["zoom_reset"]])
        view.addSeparator()
        for dock in self._docks.values():
            view.addAction(dock.toggleViewAction())
        view.addAction(actions["reset_layout"])
        view.addSeparator()
        theme = view.addMenu("Theme")
        group = QActionGroup(self)
        theme_actions: dict[str, QAction] = {}
        for choice in THEME_CHOICES:
            action = QAction(choice.capitalize(), self, checkable=True)
            action.setObjectName(f"theme_{choice}_action")
            action.triggered.connect(lambda _checked, chosen=choice: self.theme_requested.emit(chosen))
            group.addAction(action)
            theme.addAction(action)
            theme_actions[choice] = action
        view.addAction(actions["reduce_motion"])
        help_menu = bar.addMenu("Help")
        help_menu.addAction(actions["tour"])
        self.lessons_menu = help_menu.addMenu("Lessons")
        self.lessons_menu.setToolTipsVisible(True)
        help_menu.addActions([actions["guide"], actions["shortcuts"], actions["diagnostics"], actions["about"]])
        keep_mnemonics(bar)
        return theme_actions
