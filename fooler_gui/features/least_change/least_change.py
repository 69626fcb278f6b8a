"""The page of least change: from test images of one class to another, with as little change as possible."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, cast

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.class_words import class_name, class_word
from fooler_gui.core.formats import format_count, format_left
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.least_change import LeastChangeSettings
from fooler_gui.core.messages import LeastChangeFound, Working
from fooler_gui.core.run_spec import DIGITS
from fooler_gui.core.sentences import least_change_sentence
from fooler_gui.exports.least_change import change_picture
from fooler_gui.features.least_change.changes_table import ChangesTable
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.figure_layout import lay_out_tab, side_by_side
from fooler_gui.widgets.figure_splitter import FigureSplitter
from fooler_gui.widgets.figure_view import FigureView
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import QuietLabel, form_of
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

EXPORTS = {
    "picture": "Images as picture…",
    "arrays": "Images as NPZ…",
    "table": "Figures as CSV…",
    "report": "Whole report as JSON…",
}
"""The exports by name, with their titles."""

_EXPLANATION = (
    "Test images of one class, changed as little as possible until the classifier in use calls them another. Each row "
    "shows the start, the image, and the difference, where grey is no change."
)
_NOTHING = "No images yet. Press Search."
_FROM, _TO = "from", "to"
_FIRST = {_FROM: 7, _TO: 3}
"""The classes that are chosen at first."""


class LeastChangePage(QWidget):
    """Settings and buttons on the left; images and their figures on the right. Main thread only.

    Signals:
        search_requested: (object, str, int) Search with these settings, from this start, for images of this label.
        stop_requested: Stop, and keep what has been found.
        export_requested: (str) Write this one of `EXPORTS` to a file.
    """

    search_requested = Signal(object, str, int)
    stop_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("least_change_page")
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._names: tuple[str, ...] = ()
        self._test_images: tuple[int, ...] = ()
        self._found: LeastChangeFound | None = None
        self._began = 0.0
        self._wanted = dict(_FIRST)
        self._choices = {
            _FROM: self._make_choice(_FROM, "The class whose test images are the starts, drawn with the random seed."),
            _TO: self._make_choice(_TO, "The class that the classifier is to call them."),
        }
        names = tuple(LeastChangeSettings.infos())
        self._form = SettingForm(LeastChangeSettings(), names, self)
        for name in names:
            self._form.editor(name).setObjectName(f"least_change_{name}")
        self._search = ActionButton(
            "Search",
            "search_least_change",
            "Looks for images that the classifier in use calls the label, as near their starts as possible.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._stop = ActionButton(
            "Stop", "stop_least_change", "Stop and keep the images found so far.", icon_name="stop", parent=self
        )
        self._progress = ProgressLine("least_change_progress", "Progress of the search", self)
        self._words = QuietLabel("", self)
        self._words.setObjectName("least_change_words")
        self._view = FigureView("least_change_view", self)
        self._view.set_words(_NOTHING)
        self._table = ChangesTable(self)
        self._export = ExportButton("export_least_change", EXPORTS, self)
        lay_out_tab(
            self,
            "Least change",
            _EXPLANATION,
            [self._classes(), self._form, side_by_side(self, self._search, self._stop), self._progress],
            self._words,
            self._export,
            FigureSplitter("least_change_splitter", self._view, self._table, self),
        )
        self._form.changed.connect(lambda _settings: self._enable_controls())
        self._search.clicked.connect(self._on_search_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._export.export_requested.connect(self.export_requested)
        self._enable_controls()

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        began = state is LabState.LEAST_CHANGE and self._state is not state
        ended = self._state is LabState.LEAST_CHANGE and state is not self._state
        self._state, self._lacks_dataset = state, lacks_dataset
        if began:
            self._began = time.monotonic()
            self._progress.set_progress(None, "Starting the search.")
        elif ended:
            self._progress.set_idle("Stopped." if self._found and self._found.report.stopped else "Done.")
        self._enable_controls()

    def set_classes(self, names: Sequence[str], test_images: Sequence[int]) -> None:
        """Offers the classes called `names`, of which the dataset has so many `test_images`."""
        if (tuple(names), tuple(test_images)) == (self._names, self._test_images):
            return
        self._names, self._test_images = tuple(names), tuple(test_images)
        for box in self._choices.values():
            with QSignalBlocker(box):
                box.clear()
                box.addItems(self._names)
        self._choose_wanted()
        self._enable_controls()

    def settings(self) -> dict[str, Any]:
        """Returns the settings as they are shown, with the classes."""
        return {**self._wanted_settings().to_dict(), **{which: self._class(which) for which in self._choices}}

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings in `table`; bad ones keep their defaults."""
        rest = dict(table)
        for which in self._choices:
            wanted = rest.pop(which, None)
            if isinstance(wanted, int) and wanted >= 0:
                self._wanted[which] = wanted
        self._choose_wanted()
        self._form.set_value(LeastChangeSettings.from_dict_leniently(rest)[0])
        self._enable_controls()

    def set_working(self, working: Working) -> None:
        """Shows how far the search is, and how long it will take once that can be told."""
        left = format_left(time.monotonic() - self._began, working.fraction)
        self._progress.set_progress(working.fraction, f"{working.sentence}{left}")

    def show_found(self, found: LeastChangeFound, class_names: Sequence[str]) -> None:
        """Shows what has been found; classes are called `class_names`."""
        self._found = found
        sentence = least_change_sentence(found.report, class_names)
        self._words.setText(sentence)
        self._view.set_picture(change_picture(found, class_names), sentence)
        self._table.show_report(found.report, class_names)
        self._enable_controls()

    def found(self) -> LeastChangeFound | None:
        """Returns what is on screen, or None."""
        return self._found

    def _make_choice(self, which: str, tip: str) -> ChoiceBox:
        box = ChoiceBox(self)
        box.setObjectName(f"least_change_{which}")
        box.setAccessibleName(which.capitalize())
        box.setToolTip(paragraphs(tip))
        box.currentIndexChanged.connect(lambda index: self._on_class_picked(which, index))
        return box

    def _classes(self) -> QWidget:
        classes = QWidget(self)
        labels = [QLabel(which.capitalize(), classes) for which in self._choices]
        for label, box in zip(labels, self._choices.values(), strict=True):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            label.setMinimumWidth(self._form.label_width())
            label.setBuddy(box)
            label.setToolTip(box.toolTip())
            box.setMinimumWidth(self._form.field_width())
        form_of(*zip(labels, self._choices.values(), strict=True), on=classes)
        return classes

    def _choose_wanted(self) -> None:
        """Chooses the classes that are wanted, or the last two if there are too few."""
        for last, (which, box) in enumerate(self._choices.items(), 1):
            wanted = self._wanted[which]
            with QSignalBlocker(box):
                box.setCurrentIndex(wanted if wanted < box.count() else max(box.count() - last, 0))

    def _on_class_picked(self, which: str, index: int) -> None:
        self._wanted[which] = index
        self._enable_controls()

    def _class(self, which: str) -> int:
        return self._wanted[which] if not self._names else self._choices[which].currentIndex()

    def _why_not_from_here(self) -> str:
        """Returns why there is no search between the chosen classes; "" if there can be one."""
        shown = self._class(_FROM)
        if shown == self._class(_TO):
            return f"Choose another {class_word(self._names)} to change the images to."
        count = self._test_images[shown] if shown < len(self._test_images) else 0
        if count < self._wanted_settings().slots:
            images = format_count(count, "test image")
            return f"The dataset has {images} of {class_name(self._names, shown)}; choose at most so many."
        return ""

    def _wanted_settings(self) -> LeastChangeSettings:
        return cast("LeastChangeSettings", self._form.value())

    def _on_search_clicked(self) -> None:
        self.search_requested.emit(self._wanted_settings(), f"{DIGITS}:{self._class(_FROM)}", self._class(_TO))

    def _enable_controls(self) -> None:
        why_not = why_not_now(self._state, lacks_dataset=self._lacks_dataset) or self._why_not_from_here()
        set_disabled_because(self._search, why_not)
        going = self._state is LabState.LEAST_CHANGE
        set_disabled_because(self._stop, "" if going else "No search is running.")
        none = "" if self._found is not None else "There are no images yet."
        set_disabled_because(self._export, none or ("Wait until the search has ended." if going else ""))
