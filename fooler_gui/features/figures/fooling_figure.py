"""The article's first figure, live: images of noise driven to every label.

It follows any run of every label, however it was started, from its first save.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, cast

from PIL import Image
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.figure_settings import CLAIMED_THRESHOLD, FIGURE_THRESHOLD, FoolingFigureSettings
from fooler_gui.core.formats import format_probability, format_seconds
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.label_sample import MOST_LABELS, sample_words
from fooler_gui.core.messages import Working
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import NOISE
from fooler_gui.core.save import Save
from fooler_gui.core.sentences import reached_sentence
from fooler_gui.core.start_words import start_name
from fooler_gui.exports.figures import draw_figure, fitting_scale
from fooler_gui.features.figures.milestones_table import MilestonesTable
from fooler_gui.session.run_view import RunView
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.figure_layout import FIGURE_SCALE, lay_out_tab, side_by_side
from fooler_gui.widgets.figure_splitter import FigureSplitter
from fooler_gui.widgets.figure_view import FigureView
from fooler_gui.widgets.number_fields import NumberSpinBox
from fooler_gui.widgets.panel_layout import QuietLabel, fill, row_of
from fooler_gui.widgets.preset_box import PresetBox
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

EXPORTS = {"fooling": "Figure as picture…", "milestones": "Milestones as CSV…"}

_REFRESH_MS = 200
_IDLE_SHARE = 10
"""Drawing pauses for this many times its duration, so that the window stays responsive with large figures."""

_RUNNING = (LabState.BACKWORKING, LabState.PAUSED)
_SETTINGS = ("slots", "min_probability", "max_steps", "rng_seed")
_THRESHOLDS = {"figure": FIGURE_THRESHOLD, "claim": CLAIMED_THRESHOLD}
_THRESHOLD_TEXTS = {"figure": "of the figure, 0.999", "claim": "of the introduction, 0.9999"}
_EXPLANATION = (
    "Images of noise are driven towards every label until the classifier is sure of each. The run happens in the main "
    "window; any run of every label is shown here. "
    f"Of more than {MOST_LABELS} classes so many are drawn with the random seed."
)
_COMING = "No figure yet. It appears with the first images."
_NO_FIGURE = "No figure yet. Press Draw: images of noise are driven towards every label."


class FoolingFigure(QWidget):
    """Settings and buttons, the figure, and a table of milestones. Main thread only.

    Signals:
        draw_requested: (int, float, int, int) Images per label, threshold, most steps, random seed.
        stop_requested: Stop the run.
        export_requested: (str) The name of one of `EXPORTS`.
    """

    draw_requested = Signal(int, float, int, int)
    stop_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = LabState.STARTING
        self._run: RunView | None = None
        self._is_on_screen = self._begins = self._awaits_end = False
        self._drawn: tuple[Save, Image.Image] | None = None
        self._shown: Save | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._refresh)
        self._build()
        self._enable_controls()

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        self._state = state
        if self._awaits_end and not state.busy:
            self._end("The run ended early; the images so far are kept.")
        self._enable_controls()
        self._show_progress()

    def settings(self) -> FoolingFigureSettings:
        """Returns the settings as they are shown."""
        return cast("FoolingFigureSettings", self._form.value())

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings in `table`; bad ones keep their defaults."""
        settings, _ = FoolingFigureSettings.from_dict_leniently(table)
        self._form.set_value(settings)
        self._show_threshold(settings)

    def show_run(self, run: RunView | None, *, begins: bool = False, working: Working | None = None) -> None:
        """Shows and follows the run on screen if it has every label; otherwise the figure stays.

        Args:
            run: The run on screen, or None.
            begins: Whether a run of every label has begun but has no save yet; the previous one stays until then.
            working: What it is doing before its first save.
        """
        had_begun, self._begins = self._begins, begins
        self._is_on_screen = run is not None and run.shows_figure
        if run is not None and self._is_on_screen and run is not self._run:
            self._take(run)
        elif had_begun and not begins:
            self._end("The run ended before its first save; the figure is as it was.")
        if begins:
            self._awaits_end = True
            sentence = "Starting the run." if working is None else f"Before the first step\n{working.sentence}"
            self._progress.set_progress(None if working is None else working.fraction, sentence)
            self._show_words(_COMING)
        elif self._run is not None and self._is_on_screen:
            self._follow(self._run)
        self._enable_controls()

    def _take(self, run: RunView) -> None:
        self._run, self._awaits_end = run, self._state in _RUNNING
        self._table.begin(run.milestones, run.classifier.label_names)
        self._words.setText(_description(run))

    def _follow(self, run: RunView) -> None:
        if run.finished is not None and self._awaits_end and run.newest is not None:
            reached, images, steps = self._reached(), run.newest.probabilities.size, run.finished.steps
            sentence = reached_sentence(reached, images, self._threshold(), steps)
            self._end(f"{sentence}\nIt took {format_seconds(run.finished.seconds)}.")
        elif run.newest is not self._shown and not self._timer.isActive():
            self._timer.start()

    def run(self) -> RunView | None:
        """Returns the run in the figure, or None."""
        return self._run

    def picture(self) -> Image.Image | None:
        """Returns the figure of the newest save, or None."""
        if self._run is None or self._run.newest is None:
            return None
        newest = self._run.newest
        if self._drawn is None or self._drawn[0] is not newest:
            self._drawn = newest, _draw(self._run, newest)
        return self._drawn[1]

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what came while it was hidden."""
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        """Shows the newest save if it is new and visible; delays the next one in proportion."""
        if not self.isVisible():
            return
        began = time.perf_counter()
        self._show_progress()
        picture = self.picture()
        if picture is not None and self._run is not None and self._shown is not self._run.newest:
            self._shown = self._run.newest
            self._view.set_picture(picture, f"Figure of fooling images. {self._words.text()}")
            self._table.refresh()
        self._timer.setInterval(max(_REFRESH_MS, round(1000 * _IDLE_SHARE * (time.perf_counter() - began))))

    def _end(self, sentence: str) -> None:
        self._awaits_end = self._begins = False
        self._timer.stop()
        self._refresh()
        self._progress.set_idle(sentence)
        self._show_words(_NO_FIGURE)
        self._enable_controls()

    def _show_words(self, words: str) -> None:
        if self._run is None:
            self._view.set_words(words)

    def _threshold(self) -> float:
        return FIGURE_THRESHOLD if self._run is None else self._run.spec.descent.min_probability

    def _reached(self) -> int:
        newest = None if self._run is None else self._run.newest
        return 0 if newest is None else int((newest.probabilities > self._threshold()).sum())

    def _show_progress(self) -> None:
        run = self._run
        if not self._awaits_end or self._begins or run is None or run.newest is None:
            return
        save, spec = run.newest, run.spec
        reached, images = self._reached(), save.probabilities.size
        step = f"{'Paused at step' if self._state is LabState.PAUSED else 'Step'} {save.step:,}"
        lowest = format_probability(float(save.probabilities.min()))
        self._progress.set_progress(
            reached / images,
            f"{step} of at most {spec.descent.max_steps:,} · {format_seconds(save.seconds)}\n"
            f"{reached:,} of {images:,} over {self._threshold():.10g} · lowest {lowest}",
        )

    def _build(self) -> None:
        self._form = SettingForm(FoolingFigureSettings(), _SETTINGS, self)
        for name in _SETTINGS:
            self._form.editor(name).setObjectName(f"fooling_{name}")
        self._form.set_field_width(self._form.field_width())
        self._form.changed.connect(self._show_threshold)
        threshold = self._make_threshold_line()
        self._draw_button = ActionButton(
            "Draw",
            "draw_fooling",
            "Start a run of every label in the main window, with its coefficients and method.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._draw_button.clicked.connect(self._on_draw)
        self._stop = ActionButton(
            "Stop", "stop_fooling", "Stop the run and keep its images.", icon_name="stop", parent=self
        )
        self._stop.clicked.connect(self.stop_requested)
        self._progress = ProgressLine("fooling_progress", "Images over the threshold", self)
        self._export = ExportButton("export_fooling", EXPORTS, self)
        self._export.export_requested.connect(self.export_requested)
        self._words = QuietLabel("", self)
        self._words.setObjectName("fooling_words")
        self._view = FigureView("fooling_view", self)
        self._view.set_words(_NO_FIGURE)
        self._table = MilestonesTable(self)
        results = FigureSplitter("fooling_splitter", self._view, self._table, self)
        lay_out_tab(
            self,
            "Fooling images",
            _EXPLANATION,
            [threshold, self._form, side_by_side(self, self._draw_button, self._stop), self._progress],
            self._words,
            self._export,
            results,
        )

    def _make_threshold_line(self) -> QWidget:
        self._preset = PresetBox(_THRESHOLD_TEXTS, self)
        self._preset.setObjectName("fooling_threshold")
        self._preset.setAccessibleName("Threshold")
        self._preset.setToolTip(
            paragraphs(
                "The probability that every image must exceed: that of the article's first figure, that claimed in its "
                "introduction, or your own below."
            )
        )
        self._preset.preset_requested.connect(self._on_threshold_chosen)
        label = QLabel("Threshold", self)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        label.setMinimumWidth(self._form.label_width())
        label.setBuddy(self._preset)
        label.setToolTip(self._preset.toolTip())
        line = QWidget(self)
        row_of(label, fill(self._preset), on=line)
        return line

    def _show_threshold(self, settings: FoolingFigureSettings) -> None:
        for name, threshold in _THRESHOLDS.items():
            if settings.min_probability == threshold:
                self._preset.show_preset(name)
                return
        self._preset.show_other("own value")

    def _on_threshold_chosen(self, name: str) -> None:
        editor = self._form.editor("min_probability")
        assert isinstance(editor, NumberSpinBox)
        editor.setValue(_THRESHOLDS[name])

    def _on_draw(self) -> None:
        settings = self.settings()
        self.draw_requested.emit(settings.slots, settings.min_probability, settings.max_steps, settings.rng_seed)

    def _enable_controls(self) -> None:
        set_disabled_because(self._draw_button, why_not_now(self._state))
        going = self._state in _RUNNING
        idle = "The present run lacks some labels; stop it in the main window." if going else "No run is running."
        set_disabled_because(self._stop, "" if going and (self._begins or self._is_on_screen) else idle)
        set_disabled_because(self._export, "" if self._run is not None else "There is no figure yet.")


def _draw(run: RunView, save: Save) -> Image.Image:
    captions = [[format_probability(value) for value in row] for row in save.probabilities.tolist()]
    names = [run.classifier.label_names[label] for label in save.labels]
    return draw_figure(save.images, names, captions, fitting_scale(save.images.shape[2:4], FIGURE_SCALE))


def _description(run: RunView) -> str:
    """Returns what a figure was made with."""
    spec = run.spec
    sample = sample_words(len(spec.labels), len(run.classifier.label_names))
    start = "" if spec.start == NOISE else f" · start from {start_name(spec.start)}"
    return (
        f"Classifier {path_of(spec.classifier).stem} · random seed {spec.rng_seed}{start} · threshold "
        f"{spec.descent.min_probability:.10g} · at most {spec.descent.max_steps:,} steps{sample and f' · {sample}'}"
    )
