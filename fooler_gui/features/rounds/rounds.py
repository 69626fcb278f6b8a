"""The page of rounds: starts and follows them, and shows whether the classifier gets harder to fool."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QSplitter,
    QTabWidget,
    QWidget,
)

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.formats import format_seconds
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import HonestyChecked, RoundFinished, StronglyAttacked, TrainingProgress, Working
from fooler_gui.core.round_report import RoundReport
from fooler_gui.core.rounds_spec import RoundsSettings, RoundsSpec
from fooler_gui.core.strong_attack import strongest_check
from fooler_gui.core.work_time import rounds_work
from fooler_gui.features.rounds.honesty_list import HonestyList
from fooler_gui.features.rounds.round_gallery import RoundGallery
from fooler_gui.features.rounds.rounds_chart import RoundsChart
from fooler_gui.features.rounds.rounds_matrix import RoundsMatrix
from fooler_gui.features.rounds.rounds_setup import RoundsSetup
from fooler_gui.features.rounds.rounds_table import RoundsTable
from fooler_gui.features.rounds.strongest_panel import StrongestPanel
from fooler_gui.records.speeds import Speeds
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    at,
    column_of,
    fill,
    heading,
    margined,
    row_of,
)
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.time_label import TimeLabel
from fooler_gui.widgets.tooltips import set_disabled_because

_CONTROLS_WIDTH = 300
_RESULT_HEIGHTS = (240, 500)
_GOING = (LabState.ROUNDS, LabState.ROUNDS_PAUSED)
_EXPLANATION = (
    "A round drives fresh images towards every class, retrains the classifier on them, labelled as chosen, and attacks "
    "it again. The classifier in use stays as it is."
)
EXPORTS = {
    "chart": "Chart as picture…",
    "matrix": "Matrix as picture…",
    "images": "Images of the selected round as picture…",
    "figures": "Figures as CSV…",
    "scores": "Matrix as CSV…",
}
"""The exports by name, with their titles."""


class RoundsPage(QWidget):
    """Settings and buttons on the left; table, chart, matrix and honesty checks on the right. Main thread only.

    Signals:
        start_requested: (object, object) New rounds, with the settings and a tuple of start names.
        continue_requested: (object, object) Continue the rounds on screen; see `start_requested`.
        pause_requested: Pause the round.
        resume_requested: Resume it.
        stop_requested: Stop; the unfinished round is dropped.
        use_requested: (str) Put the classifier in this file in use.
        open_requested: (str) Show the rounds in this folder.
        check_requested: Run the honesty checks on the classifier in use.
        export_requested: (str) Write this one of `EXPORTS` to a file.
    """

    start_requested = Signal(object, object)
    continue_requested = Signal(object, object)
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    use_requested = Signal(str)
    open_requested = Signal(str)
    check_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rounds_page")
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._made_with: RoundsSpec | None = None
        self._rounds: tuple[RoundFinished, ...] = ()
        self._newest_at = 0.0
        self._setup = RoundsSetup(self)
        self._start = ActionButton(
            "Start rounds",
            "start_rounds",
            "Start with the classifier in use. Every finished round is saved in a folder of its own.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._continue = ActionButton(
            "Continue",
            "go_on_rounds",
            "Continue the rounds on screen from where they ended, up to the number above.",
            icon_name="step",
            parent=self,
        )
        self._pause = ActionButton(
            "Pause", "pause_rounds", "Pause the round, or resume it.", icon_name="pause", parent=self
        )
        self._stop = ActionButton(
            "Stop",
            "stop_rounds",
            "Stop. Finished rounds are kept; the unfinished one is dropped.",
            icon_name="stop",
            parent=self,
        )
        self._use = ActionButton(
            "Put in use", "use_round", "Put the classifier of the selected round in use.", parent=self
        )
        self._open = ActionButton(
            "Open…", "open_rounds", "Show the rounds in a folder; they can be continued.", icon_name="open", parent=self
        )
        self._check = ActionButton(
            "Check the classifier in use",
            "check_honesty",
            "Attack it in ways that expose a classifier that merely hides its gradients; takes about half a minute.",
            parent=self,
        )
        self._time = TimeLabel("rounds_time", self)
        self._speeds = Speeds()
        self._classifier: ClassifierInfo | None = None
        self._progress = ProgressLine("rounds_progress", "Progress of the rounds", self)
        self._table = RoundsTable(self)
        self._chart, self._matrix, self._checks = RoundsChart(self), RoundsMatrix(self), HonestyList(self)
        self._gallery = RoundGallery(self)
        self._strongest = StrongestPanel(self)
        self._export = ExportButton("export_rounds", EXPORTS, self)
        self._lay_out()
        self._connect()
        self._enable_controls()

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        if self._state in _GOING and state not in _GOING and self._progress.is_running():
            self._progress.set_idle(self._end_sentence())
        self._state, self._lacks_dataset = state, lacks_dataset
        self._strongest.set_state(state, lacks_dataset=lacks_dataset)
        self._enable_controls()

    def set_speeds(self, speeds: Speeds, classifier: ClassifierInfo | None) -> None:
        """Tells from the measured `speeds` how long rounds of the `classifier` in use, if any, will take."""
        self._speeds, self._classifier = speeds, classifier
        self._show_time()

    def settings(self) -> RoundsSettings:
        """Returns the settings as they are shown."""
        return self._setup.settings()

    def set_settings(self, settings: RoundsSettings) -> None:
        """Shows the settings of the next rounds."""
        self._setup.set_settings(settings)

    def starts(self) -> tuple[str, ...]:
        """Returns the kinds of starts that are chosen."""
        return self._setup.starts()

    def with_penalties(self) -> bool:
        """Returns whether images are driven with the coefficients of the main window."""
        return self._setup.with_penalties()

    def start(self, spec: RoundsSpec) -> None:
        """Clears the page for rounds that begin; continued ones are sent again from the start."""
        self._made_with, self._rounds = spec, ()
        self._show_rounds()
        self._progress.set_progress(None, "Starting the rounds.")

    def open(self, spec: RoundsSpec) -> None:
        """Prepares for opened rounds, and shows their settings."""
        self._made_with, self._rounds = spec, ()
        self._setup.set_settings(spec.settings)
        self._setup.set_starts(spec.starts)
        self._setup.set_with_penalties(spec.has_penalties)
        self._show_rounds()
        self._progress.set_idle("Opened; they can be continued.")

    def set_latest(self, latest: Working | TrainingProgress) -> None:
        """Shows the progress of the present round."""
        if isinstance(latest, Working):
            fraction, sentence = latest.fraction, latest.sentence
        else:
            fraction = latest.step / latest.steps
            sentence = f"Training: step {latest.step:,} of {latest.steps:,}"
        self._progress.set_progress(fraction, f"{self._where()}\n{sentence}")

    def add_rounds(self, finished: Sequence[RoundFinished]) -> None:
        """Adds finished rounds, at least one, in order."""
        self._rounds = (*self._rounds[: finished[0].report.number], *finished)
        self._newest_at = time.monotonic()
        self._show_rounds()

    def show_checks(self, checked: HonestyChecked | None, attacked: StronglyAttacked | None = None) -> None:
        """Shows the honesty checks of the classifier in use, and the strongest attack among them, if it was made."""
        checks = checked.checks if checked is not None else ()
        name = checked.name if checked is not None else ""
        if attacked is not None:
            checks, name = (*checks, strongest_check(attacked.report)), attacked.report.classifier
        self._checks.set_checks(checks, name)

    def reports(self) -> tuple[RoundReport, ...]:
        """Returns the reports on screen, number 0 first."""
        return tuple(finished.report for finished in self._rounds)

    def views(self) -> dict[str, QWidget]:
        """Returns the views that can be exported as pictures, by name."""
        return {"chart": self._chart, "matrix": self._matrix}

    def gallery(self) -> RoundGallery:
        """Returns the images of the selected round."""
        return self._gallery

    def strongest(self) -> StrongestPanel:
        """Returns what asks for the strongest attack and shows its images."""
        return self._strongest

    def _where(self) -> str:
        number, rounds = len(self._rounds), self._made_with.settings.rounds if self._made_with else 0
        if not number:
            return "Before the first round"
        return f"Round {number} of {rounds}{self._time_left(rounds - number + 1)}"

    def _time_left(self, rounds: int) -> str:
        """Returns the remaining time for `rounds`, estimated from those made so far; "" before the first."""
        seconds = [finished.report.seconds for finished in self._rounds if finished.report.number]
        if not seconds:
            return ""
        present = time.monotonic() - self._newest_at
        left = max(0.0, rounds * sum(seconds) / len(seconds) - present)
        return f" · {format_seconds(left)} left"

    def _end_sentence(self) -> str:
        done, wanted = len(self._rounds) - 1, self._made_with.settings.rounds if self._made_with else 0
        if done == wanted:
            return f"All {wanted} rounds are finished."
        return f"Ended after {max(done, 0)} of {wanted} rounds. Finished rounds are kept."

    def _show_rounds(self) -> None:
        reports = self.reports()
        self._table.set_reports(reports)
        self._chart.set_reports(reports)
        self._matrix.set_reports(reports)
        self._show_selected()

    def _show_selected(self) -> None:
        number = self._table.selected_number()
        selected = self._rounds[number] if 0 <= number < len(self._rounds) else None
        self._checks.set_report(None if selected is None else selected.report)
        self._gallery.set_round(selected)
        self._enable_controls()
        self._show_time()

    def _lay_out(self) -> None:
        controls = QWidget(self)
        column_of(
            heading("Rounds"),
            QuietLabel(_EXPLANATION, controls),
            self._setup,
            row_of(fill(self._start), fill(self._continue)),
            row_of(fill(self._pause), fill(self._stop)),
            self._time,
            self._progress,
            STRETCH,
            on=controls,
            margins=SPACING,
        )
        area = VerticalScrollArea(controls, self)
        area.setFixedWidth(_CONTROLS_WIDTH)

        top = QWidget(self)
        buttons = row_of(self._use, self._export, self._open, STRETCH)
        column_of(fill(self._table), buttons, on=top, margins=(0, SPACING, SPACING, 0))
        tabs = QTabWidget(self)
        tabs.setObjectName("rounds_views")
        tabs.setDocumentMode(True)
        for view, title in (
            (self._chart, "Chart"),
            (self._matrix, "Images by classifiers"),
            (self._gallery, "Images"),
            (self._make_checks_view(), "Honesty checks"),
            (self._strongest, "Strongest attack"),
        ):
            tabs.addTab(margined(view, (0, SPACING, SPACING, SPACING)), title)
        results = QSplitter(Qt.Orientation.Vertical, self)
        results.setObjectName("rounds_splitter")
        results.setChildrenCollapsible(False)
        results.addWidget(top)
        results.addWidget(tabs)
        results.setSizes(_RESULT_HEIGHTS)
        results.setStretchFactor(1, 1)
        row_of(area, fill(results), on=self)

    def _make_checks_view(self) -> QWidget:
        view = QWidget()
        column_of(at(Qt.AlignmentFlag.AlignLeft, self._check), fill(VerticalScrollArea(self._checks, view)), on=view)
        return view

    def _connect(self) -> None:
        self._setup.changed.connect(self._enable_controls)
        self._setup.changed.connect(self._show_time)
        self._export.export_requested.connect(self.export_requested)
        self._table.selection_changed.connect(self._show_selected)
        self._start.clicked.connect(lambda: self.start_requested.emit(self.settings(), self.starts()))
        self._continue.clicked.connect(lambda: self.continue_requested.emit(self.settings(), self.starts()))
        self._pause.clicked.connect(self._on_pause_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._use.clicked.connect(self._on_use_clicked)
        self._check.clicked.connect(self.check_requested)
        self._open.clicked.connect(self._on_open_clicked)

    def _show_time(self) -> None:
        classifier, penalised = self._classifier, self.with_penalties()
        if classifier is None:
            return
        done = {"Start rounds": 0} | ({} if self._why_not_continue() else {"Continue": len(self._rounds)})
        works = {
            what: rounds_work(
                self.settings(),
                len(classifier.label_names),
                with_penalties=penalised,
                done=begun,
                has_guarantee=classifier.has_guarantee,
            )
            for what, begun in done.items()
        }
        self._time.show_times({what: self._speeds.words(work, classifier.operations) for what, work in works.items()})

    def _enable_controls(self) -> None:
        now = why_not_now(self._state, lacks_dataset=self._lacks_dataset)
        no_starts = "" if self.starts() else "Choose at least one kind of start, under More settings."
        set_disabled_because(self._start, now or no_starts)
        set_disabled_because(self._continue, now or no_starts or self._why_not_continue())
        going = self._state in _GOING
        paused = self._state is LabState.ROUNDS_PAUSED
        self._pause.setText("Resume" if paused else "Pause")
        self._pause.setAccessibleName(self._pause.text())
        for button in (self._pause, self._stop):
            set_disabled_because(button, "" if going else "No rounds are running.")
        none = "" if self._rounds else "There are no rounds yet."
        set_disabled_because(self._use, why_not_now(self._state) or none)
        for button in (self._check, self._open):
            set_disabled_because(button, now)
        set_disabled_because(self._export, none)

    def _why_not_continue(self) -> str:
        made = self._made_with
        if made is None or not self._rounds:
            return "There are no rounds yet; press Start rounds."
        one_round = dataclasses.replace(made.settings, rounds=1), made.starts, made.has_penalties
        shown = dataclasses.replace(self.settings(), rounds=1), self.starts(), self.with_penalties()
        if one_round != shown:
            return "The settings differ from those of the rounds on screen; only their number may."
        if len(self._rounds) > self.settings().rounds:
            return "These rounds are finished; increase their number to make more."
        return ""

    def _on_pause_clicked(self) -> None:
        (self.resume_requested if self._state is LabState.ROUNDS_PAUSED else self.pause_requested).emit()

    def _on_open_clicked(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Open rounds")
        if folder:
            self.open_requested.emit(folder)

    def _on_use_clicked(self) -> None:
        self.use_requested.emit(self._rounds[self._table.selected_number()].report.classifier)
