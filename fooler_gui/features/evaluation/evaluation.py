"""The evaluation page: the classifier's accuracy, and its confidence in test images and in images of no class."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.evaluation_report import (
    FILE_SETS,
    DigitFigures,
    EvaluationReport,
    EvaluationSettings,
    SetFigures,
)
from fooler_gui.core.formats import format_left, format_seconds
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import Working
from fooler_gui.core.published import MNIST_SHA256, is_mnist
from fooler_gui.features.evaluation.certified_sets import CertifiedSets
from fooler_gui.features.evaluation.confidence_histograms import ConfidenceHistograms
from fooler_gui.features.evaluation.evaluation_setup import EvaluationSetup
from fooler_gui.features.evaluation.published_table import PublishedTable
from fooler_gui.features.evaluation.reliability_diagram import ReliabilityDiagram
from fooler_gui.features.evaluation.sets_table import SetsTable
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    fill,
    heading,
    margined,
    row_of,
)
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.tooltips import set_disabled_because

_CONTROLS_WIDTH = 280
_EXPLANATION = (
    "How often the classifier in use is right, and its confidence in test images and in images of no class, beside "
    "published figures."
)
EXPORTS = {
    "sets": "Figures of the sets as CSV…",
    "published": "Beside published values as CSV…",
    "report": "Whole report as JSON…",
    "reliability": "Reliability diagram as picture…",
    "confidence": "Histograms of confidence as picture…",
    "certified": "Certified radii as picture…",
}
"""The exports by name, with their titles."""

_Files = tuple[tuple[str, str], ...]


class EvaluationPage(QWidget):
    """Settings, files and buttons on the left; tables and diagrams on the right. Main thread only.

    Signals:
        evaluate_requested: (object, str, object) Evaluate the classifier in use with these settings, these found images
            ("run", "all" or "none") and these files, a tuple of (name, path).
        stop_requested: Stop, and keep the results so far.
        export_requested: (str) Write this one of `EXPORTS` to a file.
    """

    evaluate_requested = Signal(object, str, object)
    stop_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation_page")
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._name, self._sha256, self._topology = "", "", ""
        self._dataset, self._dataset_sha256 = "", MNIST_SHA256
        self._report: EvaluationReport | None = None
        self._report_files: _Files | None = None
        """The files of the report's evaluation; None before the first, and if unknown."""
        self._asked: tuple[EvaluationSettings, _Files] = EvaluationSettings(), ()
        self._began = 0.0
        self._going = self._has_new_figures = False
        self._setup = EvaluationSetup(self)
        self._evaluate = ActionButton(
            "Evaluate",
            "evaluate",
            "Evaluates the classifier in use on the test images, on noise of many kinds, on found images and on files.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._stop = ActionButton(
            "Stop", "stop_evaluation", "Stop and keep the results so far.", icon_name="stop", parent=self
        )
        self._progress = ProgressLine("evaluation_progress", "Progress of the evaluation", self)
        self._whose = heading("")
        self._whose.setObjectName("evaluation_whose")
        self._whose.setWordWrap(True)
        self._notice = QuietLabel("", self)
        self._notice.setObjectName("evaluation_notice")
        for label in (self._whose, self._notice):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._published, self._sets = PublishedTable(self), SetsTable(self)
        self._reliability, self._confidence = ReliabilityDiagram(self), ConfidenceHistograms(self)
        self._certified = CertifiedSets(self)
        self._export = ExportButton("export_evaluation", EXPORTS, self)
        self._lay_out()
        self._connect()
        self._show_report()

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        ended = self._state is LabState.EVALUATING and state is not LabState.EVALUATING
        self._state, self._lacks_dataset = state, lacks_dataset
        if ended and self._going:
            self._end_without_report()
        self._enable_controls()

    def settings(self) -> EvaluationSettings:
        """Returns the settings as they are shown."""
        return self._setup.settings()

    def set_settings(self, settings: EvaluationSettings) -> None:
        """Shows the settings of the next evaluation."""
        self._setup.set_settings(settings)

    def files(self) -> _Files:
        """Returns (name, path) of every set that has a file."""
        return self._setup.files()

    def set_files(self, files: Iterable[tuple[str, str]]) -> None:
        """Shows `files`, (name, path) each, and no others."""
        self._setup.set_files(files)

    def set_classifier(self, name: str, sha256: str = "", topology: str = "") -> None:
        """Sets the classifier in use.

        Args:
            name: Its name.
            sha256: The hash of its file, which identifies it.
            topology: A description of its layers, which decides whether bands apply to it.
        """
        self._name, self._sha256, self._topology = name, sha256, topology
        self._show_whose()

    def set_dataset(self, name: str, sha256: str) -> None:
        """Sets the dataset in use by its name and hash, in hexadecimal; "" for none. It is MNIST until then."""
        self._dataset, self._dataset_sha256 = name, sha256
        self._show_whose()

    def set_found_counts(self, run: int, all_runs: int) -> None:
        """Shows how many images were found by the run on screen, and by all runs since the start."""
        self._setup.set_found_counts(run, all_runs)

    def start(self) -> None:
        """Prepares for an evaluation; the former figures stay until new ones come."""
        self._asked = self.settings(), self.files()
        self._began = time.monotonic()
        self._going, self._has_new_figures = True, False
        self._progress.set_progress(None, "Starting the evaluation.")
        self._show_whose()
        self._enable_controls()

    def set_working(self, working: Working) -> None:
        """Shows what is being done, and how long it will take once that can be told."""
        left = format_left(time.monotonic() - self._began, working.fraction)
        self._progress.set_progress(working.fraction, f"{working.sentence}{left}")

    def show_digits(self, figures: DigitFigures) -> None:
        """Shows the figures of the test images, the first of an evaluation, in place of the former report."""
        settings, files = self._asked
        loaded = dict(files)
        self._has_new_figures = True
        self._set_report(
            EvaluationReport(
                classifier=self._name,
                sha256=self._sha256,
                topology=self._topology,
                settings=settings,
                test=figures,
                sets=(),
                missing=tuple(name for name in FILE_SETS if name not in loaded),
                opinions=(),
                seconds=0.0,
                stopped=True,
                dataset=self._dataset,
                dataset_sha256=self._dataset_sha256,
            ),
            files,
        )

    def set_examples(self, examples: Mapping[str, FloatArray]) -> None:
        """Takes an image of each set, (H, W, C) in [0, 1], by the set's name; it is shown with the set's figures."""
        self._sets.set_examples(examples)

    def add_sets(self, figures: Sequence[SetFigures]) -> None:
        """Shows the figures of further sets, after those of the test images."""
        if self._report is not None and self._has_new_figures:
            sets = (*self._report.sets, *figures)
            self._set_report(dataclasses.replace(self._report, sets=sets), self._report_files)

    def show_report(self, report: EvaluationReport) -> None:
        """Shows a whole evaluation, or a part if it was stopped."""
        files = self._asked[1] if self._going else None
        self._going = False
        ended = "Stopped" if report.stopped else "Finished"
        self._progress.set_idle(f"{ended} after {format_seconds(report.seconds)}.")
        self._set_report(report, files)

    def report(self) -> EvaluationReport | None:
        """Returns the figures on screen, possibly still incomplete."""
        return self._report

    def views(self) -> dict[str, QWidget]:
        """Returns the views that can be exported as pictures, by name."""
        return {"reliability": self._reliability, "confidence": self._confidence, "certified": self._certified}

    def _end_without_report(self) -> None:
        self._going = False
        if self._report is not None and self._has_new_figures:
            seconds = time.monotonic() - self._began
            self._report = dataclasses.replace(self._report, seconds=seconds)
        self._progress.set_idle("The evaluation ended early. The results so far are kept.")
        self._show_report()

    def _set_report(self, report: EvaluationReport, files: _Files | None) -> None:
        self._report, self._report_files = report, files
        self._show_report()

    def _show_report(self) -> None:
        report = self._report
        self._published.set_report(report, going=self._going)
        self._sets.set_report(report, going=self._going)
        self._reliability.set_test(None if report is None else report.test)
        self._confidence.set_report(report, going=self._going)
        self._certified.set_report(report)
        self._show_whose()
        self._enable_controls()

    def _show_whose(self) -> None:
        report = self._report
        self._tabs.setTabVisible(
            self._tabs.indexOf(self._published_tab),
            is_mnist(self._dataset_sha256 if report is None else report.dataset_sha256),
        )
        self._tabs.setTabVisible(self._tabs.indexOf(self._certified_tab), report is not None and bool(report.certified))
        self._whose.setText(self._whose_words(report))
        notice = "" if report is None else self._notice_words(report)
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))

    def _whose_words(self, report: EvaluationReport | None) -> str:
        if report is None:
            return f"{self._name} · not evaluated yet" if self._name else "No classifier yet"
        settings = report.settings
        words = f"{report.classifier} · {settings.images:,} images a set · random seed {settings.rng_seed}"
        if self._going and self._has_new_figures:
            return f"{words} · figures so far"
        return f"{words} · {'stopped' if report.stopped else 'took'} {format_seconds(report.seconds)}"

    def _notice_words(self, report: EvaluationReport) -> str:
        if self._going and not self._has_new_figures:
            return f"These are earlier figures, of {report.classifier}. New ones will follow."
        known = bool(self._sha256 and report.sha256)
        is_other = self._sha256 != report.sha256 if known else self._name != report.classifier
        sentences = []
        if self._name and is_other and self._name == report.classifier:
            sentences.append(f"These figures are of an earlier {self._name}, not of the one in use.")
        elif self._name and is_other:
            sentences.append(f"These figures are of {report.classifier}; the classifier in use is {self._name}.")
        if report.dataset_sha256 not in ("", self._dataset_sha256):
            now = f"the dataset in use is {self._dataset}" if self._dataset_sha256 else "no dataset is in use"
            sentences.append(f"The figures are of images of {report.dataset}; {now}.")
        files = self.files() if self._report_files is None else self._report_files
        if (report.settings, files) != (self.settings(), self.files()):
            sentences.append("The settings on the left are no longer those of these figures.")
        return f"⚠ {' '.join(sentences)}" if sentences else ""

    def _lay_out(self) -> None:
        controls = QWidget(self)
        column_of(
            heading("Evaluation"),
            QuietLabel(_EXPLANATION, controls),
            self._setup,
            STRETCH,
            on=controls,
            margins=SPACING,
        )
        left = QWidget(self)
        left.setFixedWidth(_CONTROLS_WIDTH)
        buttons = row_of(fill(self._evaluate), fill(self._stop))
        actions = column_of(buttons, self._progress, margins=SPACING)
        column_of(fill(VerticalScrollArea(controls, left)), actions, on=left, gap=0)

        tabs = self._tabs = QTabWidget(self)
        tabs.setObjectName("evaluation_views")
        tabs.setDocumentMode(True)
        views = {
            "Beside published values": self._published,
            "Sets": self._sets,
            "Reliability": self._reliability,
            "Confidence": VerticalScrollArea(self._confidence),
            "Guarantee": self._certified,
        }
        pages = [margined(view, (0, SPACING, SPACING, SPACING)) for view in views.values()]
        for page, title in zip(pages, views, strict=True):
            tabs.addTab(page, title)
        self._published_tab, *_, self._certified_tab = pages
        top = row_of(fill(self._whose), self._export, margins=(0, 0, SPACING, 0))
        right = column_of(top, self._notice, fill(tabs), margins=(0, SPACING, 0, 0))
        row_of(left, fill(right), on=self)

    def _connect(self) -> None:
        self._setup.changed.connect(self._show_whose)
        self._evaluate.clicked.connect(
            lambda: self.evaluate_requested.emit(self.settings(), self._setup.which_found(), self.files())
        )
        self._stop.clicked.connect(self.stop_requested)
        self._export.export_requested.connect(self.export_requested)

    def _enable_controls(self) -> None:
        set_disabled_because(self._evaluate, why_not_now(self._state, lacks_dataset=self._lacks_dataset))
        going = self._state is LabState.EVALUATING
        set_disabled_because(self._stop, "" if going else "No evaluation is running.")
        none = "" if self._report is not None else "There are no figures yet."
        set_disabled_because(self._export, none or ("Wait until the evaluation has ended." if self._going else ""))
