"""The article's second figure: the training images with the lowest probability of their own label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from PIL import Image
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fooler_gui.core.figure_settings import WorstFigureSettings
from fooler_gui.core.formats import format_count, format_probability
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.label_sample import MOST_LABELS, sample_words
from fooler_gui.core.messages import Working, WorstImages
from fooler_gui.exports.figures import draw_figure, fitting_scale, worst_captions
from fooler_gui.exports.recorded_run import named_labels
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.figure_layout import FIGURE_SCALE, lay_out_tab, side_by_side
from fooler_gui.widgets.figure_view import FigureView
from fooler_gui.widgets.panel_layout import QuietLabel
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.tooltips import set_disabled_because

EXPORTS = {"worst": "Figure as picture…"}

_EXPLANATION = (
    "For each label, the training images to which the classifier in use gives the lowest probability of that label. "
    f"Of more than {MOST_LABELS} classes so many are drawn at random."
)
_NO_FIGURE = "No figure yet. Press Draw to search all training images."


class WorstFigure(QWidget):
    """Settings and buttons, and the figure. Main thread only.

    Signals:
        draw_requested: (int) Images per label.
        stop_requested: Stop the search.
        export_requested: (str) The name of one of `EXPORTS`.
    """

    draw_requested = Signal(int)
    stop_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._names: tuple[str, ...] = ()
        self._searches = False
        self._picture: Image.Image | None = None
        self._build()
        self._enable_controls()

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        self._state, self._lacks_dataset = state, lacks_dataset
        if self._searches and not state.busy:
            self._end("The search ended early; the figure is as it was.")
        self._enable_controls()

    def set_class_names(self, names: Sequence[str]) -> None:
        """Sets the row names of the next figure."""
        self._names = tuple(names)

    def settings(self) -> WorstFigureSettings:
        """Returns the settings as they are shown."""
        return cast("WorstFigureSettings", self._form.value())

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings in `table`; bad ones keep their defaults."""
        self._form.set_value(WorstFigureSettings.from_dict_leniently(table)[0])

    def start(self) -> None:
        """Shows that the search has begun."""
        self._searches = True
        self._progress.set_progress(None, "Starting the search.")
        self._enable_controls()

    def set_working(self, working: Working) -> None:
        """Shows the progress of the search, if one is running."""
        if self._searches:
            self._progress.set_progress(working.fraction, working.sentence)

    def show_images(self, worst: WorstImages) -> None:
        """Draws the figure of the images found."""
        captions = worst_captions(worst, self._names)
        names, scale = named_labels(worst.labels, self._names), fitting_scale(worst.images.shape[2:4], FIGURE_SCALE)
        self._picture = draw_figure(worst.images, names, captions, scale)
        count = worst.probabilities.shape[1]
        sample = sample_words(len(worst.labels), worst.classes)
        each = f"{format_count(count, 'training image')} of each label"
        words = f"{each}, lowest probability first, in brackets what it is taken for"
        words += f" · {sample}" if sample else ""
        self._words.setText(words)
        self._view.set_picture(self._picture, f"Figure of the worst training images. {words}.")
        least = format_probability(float(worst.probabilities.min()))
        self._end(f"Found. The lowest probability is {least}.")

    def picture(self) -> Image.Image | None:
        """Returns the figure, or None."""
        return self._picture

    def _end(self, sentence: str) -> None:
        self._searches = False
        self._progress.set_idle(sentence)
        self._enable_controls()

    def _build(self) -> None:
        self._form = SettingForm(WorstFigureSettings(), ("slots",), self)
        self._form.editor("slots").setObjectName("worst_slots")
        self._draw_button = ActionButton(
            "Draw",
            "draw_worst",
            "Search all training images with the classifier in use; takes a few seconds.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._draw_button.clicked.connect(lambda: self.draw_requested.emit(self.settings().slots))
        self._stop = ActionButton(
            "Stop", "stop_worst", "Stop the search; the figure stays as it is.", icon_name="stop", parent=self
        )
        self._stop.clicked.connect(self.stop_requested)
        self._progress = ProgressLine("worst_progress", "Progress of the search", self)
        self._export = ExportButton("export_worst", EXPORTS, self)
        self._export.export_requested.connect(self.export_requested)
        self._words = QuietLabel("", self)
        self._words.setObjectName("worst_words")
        self._view = FigureView("worst_view", self)
        self._view.set_words(_NO_FIGURE)
        lay_out_tab(
            self,
            "Worst training images",
            _EXPLANATION,
            [self._form, side_by_side(self, self._draw_button, self._stop), self._progress],
            self._words,
            self._export,
            self._view,
        )

    def _enable_controls(self) -> None:
        set_disabled_because(self._draw_button, why_not_now(self._state, lacks_dataset=self._lacks_dataset))
        set_disabled_because(self._stop, "" if self._searches else "No search is running.")
        set_disabled_because(self._export, "" if self._picture is not None else "There is no figure yet.")
