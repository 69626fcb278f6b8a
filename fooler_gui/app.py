"""Starts the window: builds application, window, controller and what connects them."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import os
import sys
from datetime import datetime
from pathlib import Path

import pyqtgraph
from PySide6.QtCore import QLocale, QSettings, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from fooler_gui import __version__
from fooler_gui.core.files import claimed_folder
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import ClassifierInfo
from fooler_gui.core.path_text import is_text
from fooler_gui.core.write_check import NotWritable
from fooler_gui.features.evaluation.evaluation import EvaluationPage
from fooler_gui.features.evaluation.evaluation_desk import EvaluationDesk
from fooler_gui.features.evaluation.evaluation_wiring import EvaluationWiring
from fooler_gui.features.figures.figures import FiguresPage
from fooler_gui.features.figures.figures_desk import FiguresDesk
from fooler_gui.features.figures.figures_wiring import FiguresWiring
from fooler_gui.features.inspector.inspector_wiring import InspectorWiring
from fooler_gui.features.rounds.rounds import RoundsPage
from fooler_gui.features.rounds.rounds_desk import RoundsDesk
from fooler_gui.features.rounds.rounds_wiring import RoundsWiring
from fooler_gui.features.run.export_desk import ExportDesk
from fooler_gui.features.run.preset_desk import PresetDesk
from fooler_gui.features.run.timeline_wiring import TimelineWiring
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.features.runs.comparison import ComparisonPage
from fooler_gui.features.runs.comparison_wiring import ComparisonWiring
from fooler_gui.features.runs.recent_runs import RecentRuns
from fooler_gui.features.runs.run_browser import RunBrowserPage
from fooler_gui.features.runs.run_export_desk import RunExportDesk
from fooler_gui.features.runs.runs_desk import RunActions, RunsDesk
from fooler_gui.features.runs.runs_wiring import RunsWiring
from fooler_gui.records.training_record import claimed_classifier
from fooler_gui.resources import (
    bundled_classifier,
    check_runs_folder,
    free_run_folder,
    resource,
    runs_folder,
    second_opinion,
    settings_folder,
    settings_path,
    user_folder,
    user_path,
)
from fooler_gui.session.controller import Controller
from fooler_gui.session.engine_worker import Engine
from fooler_gui.shell.diagnostics_window import show_diagnostics
from fooler_gui.shell.drop_desk import DropDesk
from fooler_gui.shell.error_hook import ErrorHook
from fooler_gui.shell.log import LogHandler
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.platform_check import refuse, refused_without_platform
from fooler_gui.shell.remembering import recall, recall_coefficients, recall_evaluation, recall_rounds, remember
from fooler_gui.shell.user_settings import UserSettings
from fooler_gui.shell.work_recovery import WorkRecovery
from fooler_gui.surroundings import goes_nowhere
from fooler_gui.widgets.icons import WINDOW_SIZES, icon
from fooler_gui.widgets.theme import THEME_CHOICES, apply_theme

_CLOSING_MILLISECONDS = 1_500
_FIRST_LABEL = 3
"""The digit that the very first run is set to."""
_log = logging.getLogger(__name__)


class Lab:
    """Window, controller and connections of one sitting.

    Args:
        app: The application.
        folder: Where settings, layout and the log are kept; made if need be.
    """

    def __init__(self, app: QApplication, folder: Path) -> None:
        self._app = app
        self._memory = UserSettings(folder / "settings.toml")
        problem = self._memory.load()
        theme = self._memory.table("window").get("theme")
        theme = theme if theme in THEME_CHOICES else "system"
        apply_theme(app, theme)
        file = str(folder / "layout.ini")
        # Qt takes a name that is no text for another one; without a name it keeps nothing.
        layout = QSettings(file if is_text(file) else "", QSettings.Format.IniFormat)
        self.comparing: ComparisonWiring | None = None
        self.window = MainWindow(self._may_close, layout)
        self.window.theme_actions[theme].setChecked(True)
        self.controller = Controller(
            make_engine, _free_classifier_path, _free_rounds_folder, free_run_folder, self.window
        )
        self.wiring = Wiring(self.window, self.controller)
        InspectorWiring(self.window, self.controller, self.wiring)
        timeline = TimelineWiring(self.window, self.controller, self.wiring)
        self.runs = RunsWiring(self.window, self.controller, self.wiring, timeline)
        self.exports = ExportDesk(self.window, self.controller, self.wiring)
        self.window.run_bar.set_labels((_FIRST_LABEL,))
        recall(self.window, self._memory)

        self.window.theme_chosen.connect(lambda choice: apply_theme(app, choice))
        recent = RecentRuns(self._memory)
        self.run_exports = RunExportDesk(self.window, self.window)
        self.runs_desk = RunsDesk(
            self.window,
            runs_folder(),
            recent,
            RunActions(
                open=self.runs.open,
                repeat=self.runs.repeat,
                branch=self.runs.open,
                compare=self._compare,
                export=self.run_exports.export,
            ),
        )
        self.recovery = WorkRecovery(
            self.window,
            user_path("classifiers"),
            user_path("rounds"),
            self.controller.open_classifier,
            self._open_rounds,
        )
        self.presets = PresetDesk(self.window)
        DropDesk(self.window, self.controller, self.runs_desk, self.presets, self._open_rounds)
        self.window.recent_menu.aboutToShow.connect(
            lambda: recent.fill(self.window.recent_menu, self.runs_desk.open_run)
        )
        self.window.actions_.export_run.triggered.connect(lambda: self.run_exports.export(self.controller.run_folder))
        self.window.runs_made.connect(self._on_runs_made)
        self.window.comparison_made.connect(self._on_comparison_made)
        self.window.rounds_made.connect(self._on_rounds_made)
        self.window.evaluation_made.connect(self._on_evaluation_made)
        self.window.figures_made.connect(self._on_figures_made)
        self.window.closed.connect(self._on_closed)
        self.window.actions_.shortcuts.triggered.connect(self._show_shortcuts)
        self.window.actions_.about.triggered.connect(self._show_about)
        self.window.actions_.diagnostics.triggered.connect(lambda: show_diagnostics(self.window, folder))
        self._first_classifier = self.controller.classifier_changed.connect(self._on_first_classifier)
        if problem:
            self.window.error_bar.show_error(problem)

    def start_engine(self) -> None:
        """Lets the engine load TensorFlow and the bundled classifier on its own thread."""
        self.controller.open_classifier(str(bundled_classifier()))

    def _on_first_classifier(self, classifier: ClassifierInfo, _former: ClassifierInfo | None) -> None:
        self.controller.classifier_changed.disconnect(self._first_classifier)
        recall_coefficients(self.window, self._memory, classifier.recorded_layers)
        self.runs_desk.offer_recovery()
        self.recovery.offer()

    def _open_rounds(self, folder: str) -> None:
        self.window.show_rounds()
        self.controller.open_rounds(folder)

    def _on_rounds_made(self, rounds: RoundsPage) -> None:
        recall_rounds(rounds, self._memory)
        RoundsWiring(self.window, self.controller, rounds)
        RoundsDesk(self.window, rounds)

    def _on_runs_made(self, page: RunBrowserPage) -> None:
        page.set_state(self.controller.state)
        self.controller.state_changed.connect(page.set_state)

        def mark(*_: object) -> None:
            page.set_on_screen(self.controller.run_folder)

        mark()
        self.controller.run_started.connect(mark)
        self.controller.state_changed.connect(mark)  # a run that was refused is none
        self.controller.run_finished.connect(lambda _end: self.runs_desk.update_run(self.controller.run_folder))
        self.runs_desk.attach(page)

    def _on_comparison_made(self, page: ComparisonPage) -> None:
        page.set_state(self.controller.state)
        self.controller.state_changed.connect(page.set_state)
        self.comparing = ComparisonWiring(self.window, self.runs, page)

    def _compare(self, folder: str) -> None:
        self.window.show_comparison()
        assert self.comparing is not None
        self.comparing.compare(self.controller.run_folder, folder)

    def _on_evaluation_made(self, evaluation: EvaluationPage) -> None:
        recall_evaluation(evaluation, self._memory)
        EvaluationWiring(self.window, self.controller, evaluation)
        EvaluationDesk(self.window, evaluation)

    def _on_figures_made(self, figures: FiguresPage) -> None:
        figures.set_settings(self._memory.table("figures"))
        FiguresWiring(self.window, self.controller, self.wiring, figures)
        FiguresDesk(self.window, self.wiring, figures)

    def _may_close(self) -> bool:
        state = self.controller.state
        if not state.busy or state in (LabState.STARTING, LabState.CLOSING):
            return True
        doing = {
            LabState.TRAINING: "A training",
            LabState.RETRAINING: "A retraining",
            LabState.ROUNDS: "A round of retraining",
            LabState.ROUNDS_PAUSED: "A round of retraining",
            LabState.EVALUATING: "An evaluation",
            LabState.WORKING: "Work on a file",
        }.get(state, "A run")
        question = QMessageBox(
            QMessageBox.Icon.Question,
            "Close Fooler",
            f"{doing} is going on. Stop it and close the window?",
            QMessageBox.StandardButton.Cancel,
            self.window,
        )
        question.setObjectName("close_question")
        close = question.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        question.exec()
        return question.clickedButton() is close

    def _on_closed(self) -> None:
        remember(self.window, self._memory)
        self.controller.close(0)

    def _show_shortcuts(self) -> None:
        rows = "".join(
            f"<tr><td style='padding-right: 24px'>{action.text().rstrip('…')}</td>"
            f"<td>{action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)}</td></tr>"
            for action in self.window.actions_.all()
            if not action.shortcut().isEmpty()
        )
        more = "<p>Arrow keys choose a slot of the grid; the Menu key opens what can be done to it.</p>"
        QMessageBox.information(self.window, "Keyboard shortcuts", f"<table>{rows}</table>{more}")

    def _show_about(self) -> None:
        QMessageBox.about(
            self.window,
            "About Fooler",
            f"<h3>Fooler {__version__}</h3><p>Finds out how a convolutional net can be fooled, and mends it.</p>"
            "<p>MIT licence. MNIST by Yann LeCun, Corinna Cortes and Christopher Burges, CC BY-SA 3.0.</p>",
        )


def make_engine() -> Engine:
    """Returns the engine; called on the thread that will own TensorFlow, which is loaded here."""
    from fooler_gui.engine import backend

    backend.load()
    from fooler_gui.engine.lab import Lab as EngineLab

    return EngineLab(resource("mnist.npz"), second_opinion())


def make_application() -> QApplication:
    """Returns the application, named, with what every plot and number of it shares.

    Where no window can be shown, the process ends with a sentence on why. Numbers and layout are those of English text
    wherever the program runs.
    """
    QLocale.setDefault(QLocale.c())
    with refused_without_platform():
        app = QApplication(sys.argv[:1])
    if app.primaryScreen() is None:
        refuse()
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    app.setApplicationName("Fooler")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("fooler-gui")
    pyqtgraph.setConfigOptions(imageAxisOrder="row-major", antialias=True)
    return app


def open_lab(app: QApplication, folder: Path) -> Lab:
    """Shows the window; the engine begins to load once it is painted. Garbage is collected from then on.

    Args:
        app: From `make_application`.
        folder: Where settings, layout and the log are kept.
    """
    lab = Lab(app, folder)
    app.setWindowIcon(icon("app", app.palette(), WINDOW_SIZES))
    hook = ErrorHook(lab.window)
    hook.install(lab.window.error_bar)
    # Loading TensorFlow takes turns with this thread at every import, which would more than double the time to paint.
    lab.window.first_painted.connect(lab.start_engine)
    lab.window.show()
    gc.freeze()
    gc.enable()
    return lab


def main() -> int:
    """Opens the window and returns the program's exit status when it is closed."""
    folder, problem = settings_path(), what_is_not_kept()
    _start_logging(folder if folder.is_dir() and os.access(folder, os.W_OK) else None)
    app = make_application()
    lab = open_lab(app, folder)
    if problem:
        lab.window.error_bar.show_error(problem)
    handler = LogHandler()
    handler.connect_to(lab.window.log)
    logging.getLogger().addHandler(handler)
    status = app.exec()
    logging.getLogger().removeHandler(handler)
    if not lab.controller.close(_CLOSING_MILLISECONDS):
        # Loading TensorFlow cannot be interrupted, and a running thread must not be destroyed. Files are
        # written whole or not at all, so that nothing is lost by ending here.
        _log.warning("The engine did not end in time")
        logging.shutdown()
        os._exit(status)
    return status


def what_is_not_kept() -> str:
    """Returns what of this sitting cannot be kept, and why, in one sentence; "" where all can be."""
    reasons = {}
    for what, make in (("Settings", settings_folder), ("Runs and classifiers", check_runs_folder)):
        try:
            make()
        except NotWritable as error:
            reasons[what] = str(error)
    if not reasons:
        return ""
    what, reason = next(iter(reasons.items()))
    return f"{'Nothing can' if len(reasons) > 1 else f'{what} cannot'} be kept: {reason[0].lower()}{reason[1:]}"


def _start_logging(folder: Path | None) -> None:
    """Has the log be kept in `folder`, or nowhere."""
    console = Path(os.devnull) if folder is None else folder / "console.txt"
    if goes_nowhere(sys.stderr):  # a window program on Windows has no console
        sys.stdout = sys.stderr = console.open("w", encoding="utf-8", errors="backslashreplace")
    handler: logging.Handler = logging.NullHandler()
    if folder is not None:
        handler = logging.handlers.RotatingFileHandler(
            folder / "fooler.log",
            maxBytes=1_000_000,
            backupCount=2,
            delay=True,
            encoding="utf-8",
            errors="backslashreplace",
        )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _free_rounds_folder() -> Path:
    return claimed_folder(user_folder("rounds") / f"rounds {datetime.now():%Y-%m-%d %H-%M}")


def _free_classifier_path(kind: str) -> Path:
    return claimed_classifier(user_folder("classifiers") / f"{kind} {datetime.now():%Y-%m-%d %H.%M.%S}.keras")
