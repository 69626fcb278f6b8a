"""Assembles the application, engine, model and features, and starts the window."""

from __future__ import annotations

import gc
import importlib
import logging
import logging.handlers
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QSettings, QSize, Qt, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from fooler_gui import __version__
from fooler_gui.core.files import claimed_folder
from fooler_gui.core.lab_state import LabState, doing
from fooler_gui.core.path_text import is_text
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.write_check import NotWritable
from fooler_gui.data.array_file import write_images
from fooler_gui.data.start_previews import start_previews
from fooler_gui.data.starts import images_of_file
from fooler_gui.features.dataset.dataset_binding import DatasetBinding
from fooler_gui.features.export.picture_exports import PictureExports
from fooler_gui.features.export.run_export import RunExport
from fooler_gui.features.inspector.inspector_binding import InspectorBinding
from fooler_gui.features.lessons.lesson_binding import LessonBinding
from fooler_gui.features.retraining.retraining_binding import RetrainingBinding
from fooler_gui.features.run.net_sentence import SentenceBinding
from fooler_gui.features.run.run_commands import RunCommands
from fooler_gui.features.run.setup_binding import SetupBinding
from fooler_gui.features.run.setup_files import SetupFiles
from fooler_gui.features.run.stage_binding import GridBinding, PlotsBinding, TimelineBinding
from fooler_gui.features.run.starts.change_binding import ChangeBinding
from fooler_gui.features.run.starts.invitation_binding import InvitationBinding
from fooler_gui.features.run.starts.start_binding import StartBinding
from fooler_gui.features.runs.run_list import RunActions, RunList
from fooler_gui.features.runs.run_opening import RunOpening
from fooler_gui.features.show_pieces.show_menu import ShowMenuBinding
from fooler_gui.features.show_pieces.show_pieces import ShowPieces
from fooler_gui.features.tour.tour import Tour
from fooler_gui.features.training.layers_binding import LayersBinding
from fooler_gui.features.training.training_binding import TrainingBinding
from fooler_gui.lab_pages import LabPages
from fooler_gui.records.speeds import SPEEDS_FILE, Speeds
from fooler_gui.records.training_record import claimed_classifier
from fooler_gui.resources import (
    bundled_classifier,
    check_runs_folder,
    free_run_folder,
    references_path,
    resource,
    runs_folder,
    second_opinion,
    settings_folder,
    settings_path,
    user_folder,
    user_path,
)
from fooler_gui.session.background import Background
from fooler_gui.session.controller import Controller
from fooler_gui.session.cycle_collector import CycleCollector
from fooler_gui.session.engine_thread import Engine
from fooler_gui.session.model import SessionModel
from fooler_gui.session.new_files import NewFiles
from fooler_gui.session.recent_paths import RecentPaths
from fooler_gui.session.start_file import StartFile
from fooler_gui.session.user_settings import UserSettings
from fooler_gui.shell.diagnostics_window import show_diagnostics
from fooler_gui.shell.dropped_files import DroppedFiles
from fooler_gui.shell.error_hook import ErrorHook
from fooler_gui.shell.log import LogHandler
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.shell.pages import Page, Pages, bring_to_front
from fooler_gui.shell.platform_check import refuse, refused_without_platform
from fooler_gui.shell.primary_button import PrimaryBinding
from fooler_gui.shell.remembering import recall, recall_coefficients, remember
from fooler_gui.shell.shortcuts import ShortcutsDialog
from fooler_gui.shell.window_binding import WindowBinding
from fooler_gui.shell.work_recovery import WorkRecovery
from fooler_gui.surroundings import goes_nowhere
from fooler_gui.widgets.icons import WINDOW_SIZES, icon
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.recent_menu import fill_recent
from fooler_gui.widgets.theme import THEME_CHOICES, ThemeChoice, apply_theme
from fooler_gui.widgets.vary_offer import VaryOffer

if TYPE_CHECKING:
    from fooler_gui.features.sweeps.sweeps_feature import SweepsBinding

_CLOSING_MILLISECONDS = 1_500
_FIRST_LABEL = 3
"""The label of the very first run."""
_log = logging.getLogger(__name__)


class Lab(QObject):
    """The program with its window: model, controller and features.

    Args:
        app: The application.
        folder: Where settings, layout and the log are kept; created if missing.

    Attributes:
        model: The session model.
        controller: Turns requests into jobs for the engine.
        window: The main window.
        pages: Pages with a window of their own.
        datasets: Opens datasets.
        exports: Exports what is on screen.
        start_file: Checks the file that the next run starts from.
        starts: Makes pictures the start of the next run.
        runs: Opens recorded runs.
        run_list: The list of recorded runs.
        show_pieces: Carries out demonstrations.
        setups: Opens coefficient files and restores set-ups.
    """

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__()
        self._memory = UserSettings(folder / "settings.toml")
        problem = self._memory.load()
        remembered = self._memory.table("window").get("theme")
        theme: ThemeChoice = next((choice for choice in THEME_CHOICES if choice == remembered), "system")
        apply_theme(app, theme)
        file = str(folder / "layout.ini")
        # Qt misreads a name that is not valid text; without a name it stores nothing.
        layout = QSettings(file if is_text(file) else "", QSettings.Format.IniFormat)
        self.window = MainWindow(self._may_close, layout)
        self.setParent(self.window)
        self.window.theme_actions[theme].setChecked(True)
        self.window.theme_requested.connect(lambda choice: apply_theme(app, choice))
        self.model = SessionModel(self.window, Speeds(user_path(SPEEDS_FILE)))
        files = NewFiles(_free_classifier_path, _free_rounds_folder, free_run_folder)
        self.controller = Controller(self.model, make_engine, files, self.window)
        self._loading = Background(self.window)
        self._sweeping: SweepsBinding | None = None
        self._bind_panels()
        self._build_runs()
        self._build_show_pieces()
        self.pages = Pages(self.window, self._page_table(), layout, self.show_guide)
        self._connect_actions(folder)
        window = self.window
        for panel, job in (
            (window.run_bar, "backwork"),
            (window.coefficients, "backwork"),
            (window.descent, "backwork"),
            (window.training, "train"),
        ):
            VaryOffer(panel, job).requested.connect(self._vary)
        self.tour = Tour(window, self.model)
        self.lessons = LessonBinding(
            window,
            self.model,
            window.lessons_menu,
            window.lesson,
            window.show_lesson,
            window.grid.inspect_requested,
        )
        self.window.commands["tour"].triggered.connect(self.tour.begin)
        self.tour.ended.connect(lambda: self._memory.set_table("tour", {"seen": True}))
        self.model.change_setup(labels=(_FIRST_LABEL,))
        recall(self.window, self.model, self._memory)
        self.model.classifier_changed.connect(self._on_first_classifier)
        if problem:
            self.model.report(problem)

    def greet(self) -> None:
        """Begins the tour, unless it was seen."""
        if not self._memory.table("tour"):
            self.tour.begin()

    def finish(self) -> None:
        """Loads what can wait until the window is painted: the plots, beside the window, then the engine."""
        self._loading.problem_changed.connect(self.model.report)
        self._loading.problem_changed.connect(self.start_engine)
        self._loading.do(_load_plots, self._on_plots_loaded)

    def _on_plots_loaded(self, _: object) -> None:
        self._loading.end()
        self.window.plots.make_plots()
        self.start_engine()

    @Slot()
    def start_engine(self) -> None:
        """Starts loading TensorFlow and the bundled classifier on the engine's thread."""
        self.controller.open_classifier(str(bundled_classifier()))

    def show_guide(self, page: str = "", anchor: str = "") -> None:
        """Shows the guide: its page called `page`, at the heading `anchor`, or where it was last."""
        guide = self.pages.show("guide")
        if page:
            guide.show_page(page, anchor)

    def _bind_panels(self) -> None:
        window, model, controller, actions = self.window, self.model, self.controller, self.window.commands
        actions.follow(model)
        WindowBinding(window, model)
        PrimaryBinding(window, model)
        setup = SetupBinding(window, model, controller, window.run_bar, window.descent, window.coefficients)
        actions["use_no_penalties"].triggered.connect(setup.use_no_penalties)
        window.invitation.no_penalties_requested.connect(actions["use_no_penalties"].trigger)
        GridBinding(window, model, window.grid, window.made_with)
        SentenceBinding(window, model, window.net_sentence)
        ChangeBinding(window, model, window.change_strip)
        TimelineBinding(window, model, window.timeline)
        PlotsBinding(window, model, window.plots)
        self.start_file = StartFile(window, model, lambda *wanted: images_of_file(*wanted).images, write_images)
        self.starts = StartBinding(
            window,
            model,
            controller,
            self.start_file,
            start_previews,
            window.run_bar.start_button,
            window.grid,
        )
        InvitationBinding(window, model, self.start_file, self.starts, window.invitation)
        RunCommands(window, model, controller, window.grid, window.undo_stack, actions)
        recent_datasets = RecentPaths(self._memory, "datasets")
        self.datasets = DatasetBinding(window, model, controller, window.dataset, window.dataset_menu, recent_datasets)
        TrainingBinding(window, model, controller, window.training, window.reveal, actions)
        LayersBinding(window, model, controller, window.training)
        RetrainingBinding(window, model, controller, window.retraining, window.reveal)
        inspecting = InspectorBinding(window, model, controller, window.inspector, window.inside)
        window.inspector_dock.visibilityChanged.connect(inspecting.set_inspector_seen)
        window.inside_dock.visibilityChanged.connect(inspecting.set_inside_seen)
        window.grid.inspect_requested.connect(window.show_inspector)
        actions["reduce_motion"].toggled.connect(window.grid.set_reduce_motion)
        self.exports = PictureExports(window, model, controller, actions)
        self.setups = SetupFiles(window, model, window.coefficients.change_coefficients, actions)

    def _build_runs(self) -> None:
        window, model = self.window, self.model
        self._recent = RecentPaths(self._memory, "runs")
        self.runs = RunOpening(window, model, self.controller, lambda: bring_to_front(window))
        self.run_exports = RunExport(window, model, window.commands)
        self.run_list = RunList(
            window,
            model,
            window.undo_stack,
            runs_folder(),
            self._recent,
            RunActions(
                open=self.runs.open,
                repeat=self.runs.repeat,
                branch=self.runs.open,
                compare=self._compare,
                export=self.run_exports.export,
                ask=lambda folder: self.pages.show("other_nets").add_run(folder),
            ),
        )
        self._recovery = WorkRecovery(
            window,
            model,
            user_path("classifiers"),
            user_path("rounds"),
            self.controller.open_classifier,
            self._open_rounds,
        )
        self._dropped = DroppedFiles(
            window,
            model,
            self.controller.open_classifier,
            self.run_list.open_run,
            self._open_rounds,
            self._open_sweep,
            self.datasets.open,
            self.setups,
            self.starts.open_picture,
            self.starts.open_images,
        )

    def _build_show_pieces(self) -> None:
        window, model = self.window, self.model
        self.show_pieces = ShowPieces(
            window,
            model,
            self.controller,
            window.caption_bar,
            self._compare_runs,
            window.show_inspector,
            window.show_retraining,
            self.start_file,
        )
        ShowMenuBinding(window, model, window.show_menu)
        window.show_menu.piece_requested.connect(self.show_pieces.start)
        window.commands["stop"].triggered.connect(self.show_pieces.stop)

    def _page_table(self) -> dict[str, Page]:
        return LabPages(self.model, self.controller, self._memory, self._vary).table() | {
            "sweeps": Page(
                title="Sweeps",
                make=self._make_sweeps,
                remember=lambda page: self._memory.set_table("sweeps", page.settings()),
                help="sweeps",
                size=QSize(1280, 800),
            ),
            "runs": Page(title="Runs", make=self._make_run_browser, help="runs", size=QSize(1280, 800)),
            "comparison": Page(title="Two runs", make=self._make_comparison, help="runs"),
        }

    def _connect_actions(self, folder: Path) -> None:
        window, model, actions = self.window, self.model, self.window.commands
        for name in ("rounds", "runs", "guarantee", "evaluation", "least_change", "sweeps", "figures"):
            actions[name].triggered.connect(lambda _checked, name=name: self.pages.show(name))
        actions["other_nets"].triggered.connect(lambda: self.pages.show("other_nets").ask_about_screen())
        actions["guide"].triggered.connect(lambda: self.show_guide())
        window.help_requested.connect(self.show_guide)
        actions["shortcuts"].triggered.connect(self._show_shortcuts)
        actions["about"].triggered.connect(self._show_about)
        actions["diagnostics"].triggered.connect(lambda: show_diagnostics(window, folder, model.machine))
        window.recent_menu.aboutToShow.connect(self._fill_recent_runs)
        window.file_requested.connect(self._dropped.take)
        actions["open"].triggered.connect(self._dropped.ask)
        window.close_requested.connect(self._on_closed)

    @Slot()
    def _on_first_classifier(self) -> None:
        self.model.classifier_changed.disconnect(self._on_first_classifier)
        recall_coefficients(self.model, self._memory)
        self.run_list.offer_recovery()
        self._recovery.offer()

    @Slot()
    def _fill_recent_runs(self) -> None:
        recent = self._recent
        fill_recent(self.window.recent_menu, recent.paths(), self.run_list.open_run, recent.clear, "No run opened yet")

    def _open_rounds(self, folder: str) -> None:
        self.pages.show("rounds")
        self.controller.open_rounds(folder)

    def _make_run_browser(self, owner: QWidget) -> QWidget:
        from fooler_gui.features.runs.run_browser import RunBrowserPage

        page = RunBrowserPage(owner)
        page.addActions([self.window.commands["undo"], self.window.commands["redo"]])
        self.run_list.attach(page)
        return page

    def _make_comparison(self, owner: QWidget) -> QWidget:
        from fooler_gui.features.runs.comparison import ComparisonPage
        from fooler_gui.features.runs.comparison_binding import ComparisonBinding

        page, reduce_motion = ComparisonPage(owner), self.window.commands["reduce_motion"]
        page.set_reduce_motion(reduce_motion.isChecked())
        reduce_motion.toggled.connect(page.set_reduce_motion)
        self._comparing = ComparisonBinding(page, self.model, self.runs.open)
        self.window.close_requested.connect(self._comparing.close)
        return page

    def _make_sweeps(self, owner: QWidget) -> QWidget:
        from fooler_gui.features.sweeps.sweeps_feature import SweepsBinding, SweepSurroundings, make_page

        training = self.window.training
        page = make_page(owner, self._memory)
        self._sweeping = SweepsBinding(
            page,
            self.model,
            SweepSurroundings(
                open_run=self.runs.open,
                repeat_run=self.runs.repeat,
                training=lambda: (training.topology(), training.settings()),
                rounds=self._rounds_settings,
                new_folder=_free_sweep_folder,
            ),
        )
        self.window.close_requested.connect(self._sweeping.close)
        return page

    def _rounds_settings(self) -> RoundsSettings:
        page = self.pages["rounds"]
        settings: RoundsSettings = self._memory.settings("rounds", RoundsSettings) if page is None else page.settings()
        return settings

    def _open_sweep(self, name: str) -> None:
        self.pages.show("sweeps")
        assert self._sweeping is not None
        self._sweeping.open(name)

    def _vary(self, job: str, option: str) -> None:
        self.pages.show("sweeps")
        assert self._sweeping is not None
        self._sweeping.vary(job, option)

    def _compare(self, folder: str) -> None:
        if self.model.run is not None:
            self._compare_runs(self.model.run.folder, folder)

    def _compare_runs(self, left: str, right: str) -> None:
        self.pages.show("comparison")
        self._comparing.compare(left, right)

    def _may_close(self) -> bool:
        sweeping = self._sweeping is not None and self._sweeping.is_going
        what = doing(self.model.state) or ("A sweep" if sweeping else "")
        if not what:
            return True
        question = QMessageBox(
            QMessageBox.Icon.Question,
            "Close Fooler",
            f"{what} is in progress. Stop it and close the window?",
            QMessageBox.StandardButton.Cancel,
            self.window,
        )
        question.setObjectName("close_question")
        close = question.addButton("Stop and close", QMessageBox.ButtonRole.AcceptRole)
        give_mnemonics(question.buttons())
        question.exec()
        return question.clickedButton() is close

    @Slot()
    def _on_closed(self) -> None:
        self.show_pieces.restore_setup()
        remember(self.window, self.model, self._memory)
        self.pages.remember()
        self._memory.save()
        self._loading.end()
        for reading in (self.runs, self.run_exports, self.run_list, self._recovery, self.start_file):
            reading.close()
        self.controller.close(0)

    def _show_shortcuts(self) -> None:
        dialog = ShortcutsDialog(self.window.commands.values(), self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_about(self) -> None:
        QMessageBox.about(
            self.window,
            "About Fooler",
            f"<h3>Fooler {__version__}</h3>"
            "<p>Shows how a convolutional net can be fooled, and retrains it to resist.</p>"
            "<p>MIT licence. MNIST by Yann LeCun, Corinna Cortes and Christopher Burges, CC BY-SA 3.0.</p>",
        )


def _load_plots() -> None:
    """Imports what draws plots, a third of all that the window needs."""
    importlib.import_module("fooler_gui.widgets.plot")


def make_engine() -> Engine:
    """Loads TensorFlow and returns the engine; called on the thread that will own it."""
    from fooler_gui.engine import backend

    backend.load()
    from fooler_gui.engine.lab import Lab as EngineLab

    return EngineLab(resource("mnist.npz"), second_opinion(), references=references_path())


def make_application() -> QApplication:
    """Returns the named application with the settings that all plots and numbers share.

    If no window can be shown, the process ends with a sentence that says why. Numbers and layout follow English
    conventions everywhere.
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
    return app


def open_lab(app: QApplication, folder: Path) -> Lab:
    """Shows the window; the engine starts loading once it is painted. Garbage is collected from then on.

    Args:
        app: From `make_application`.
        folder: Where settings, layout and the log are kept.
    """
    lab = Lab(app, folder)
    app.setWindowIcon(icon("app", app.palette(), WINDOW_SIZES))
    hook = ErrorHook(lab.window)
    hook.install(lab.model.report)
    # Loading anything takes turns with this thread at every import, which would more than double the time to paint.
    lab.window.start_requested.connect(lab.finish)
    lab.window.show()
    gc.freeze()
    CycleCollector(lambda: lab.model.state is LabState.STARTING, lab)
    return lab


def main() -> int:
    """Opens the window and returns the program's exit status when it closes."""
    folder, problem = settings_path(), what_is_not_kept()
    _start_logging(folder if folder.is_dir() and os.access(folder, os.W_OK) else None)
    app = make_application()
    lab = open_lab(app, folder)
    if problem:
        lab.model.report(problem)
    lab.greet()
    handler = LogHandler()
    handler.connect_to(lab.window.log)
    logging.getLogger().addHandler(handler)
    status = app.exec()
    logging.getLogger().removeHandler(handler)
    if not lab.controller.close(_CLOSING_MILLISECONDS):
        # Loading TensorFlow cannot be interrupted, and a running thread must not be destroyed. Files are written whole
        # or not at all, so nothing is lost by ending here.
        _log.warning("The engine did not end in time")
        logging.shutdown()
        os._exit(status)
    return status


def what_is_not_kept() -> str:
    """Returns a sentence on what of this session cannot be saved and why; "" if everything can."""
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
    """Starts logging to `folder`; None logs nowhere."""
    console = Path(os.devnull) if folder is None else folder / "console.txt"
    if goes_nowhere(sys.stderr):  # a GUI program on Windows has no console
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


def _free_sweep_folder() -> Path:
    return claimed_folder(user_folder("sweeps") / f"sweep {datetime.now():%Y-%m-%d %H-%M}")


def _free_classifier_path(kind: str) -> Path:
    return claimed_classifier(user_folder("classifiers") / f"{kind} {datetime.now():%Y-%m-%d %H.%M.%S}.keras")
