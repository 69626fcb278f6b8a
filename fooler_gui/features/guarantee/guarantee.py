"""The page of a guarantee: makes a copy of the classifier in use that is not sure far from all training images."""

from __future__ import annotations

import time
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.formats import format_left
from fooler_gui.core.guarantee import GuaranteeSettings, distances_in_words, facts_in_words
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import GuaranteeMade, Working
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    heading,
    row_of,
    separator_line,
)
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import set_disabled_because

_EXPLANATION = (
    "A copy of the classifier in use that also asks how near an image is to the training images. Near them it says "
    "what it said; far away it gives every class the same probability, whatever the image shows. Each image far away "
    "then has a certified radius: within that distance no image whatsoever makes it sure."
)
_HAS_ONE = "The classifier in use has a guarantee already; to make another, put the one without it in use."
_IN_USE = "It is in use."
_USE = "Evaluate it, or inspect an image, to see how far it holds."


class GuaranteePage(QWidget):
    """Settings, progress and the result, one below the other. Main thread only.

    Signals:
        make_requested: (object) Give the classifier in use a guarantee with these settings.
        stop_requested: Stop, and leave nothing.
        use_requested: (str) Put the classifier in this file in use.
    """

    make_requested = Signal(object)
    stop_requested = Signal()
    use_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guarantee_page")
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._classifier: ClassifierInfo | None = None
        self._made: GuaranteeMade | None = None
        self._began, self._is_done = 0.0, False
        names = tuple(GuaranteeSettings.infos())
        self._form = SettingForm(GuaranteeSettings(), names, self)
        for name in names:
            self._form.editor(name).setObjectName(f"guarantee_{name}")
        self._make = ActionButton(
            "Make",
            "make_guarantee",
            "Makes a copy of the classifier in use with a guarantee; the one in use stays as it is.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._stop = ActionButton("Stop", "stop_guarantee", "Stops, and leaves nothing.", icon_name="stop", parent=self)
        self._progress = ProgressLine("guarantee_progress", "Progress of the guarantee", self)
        self._result = QWidget(self)
        self._words = QLabel(self._result)
        self._words.setObjectName("guarantee_words")
        self._details = QuietLabel("", self._result)
        self._details.setObjectName("guarantee_details")
        for label in (self._words, self._details):
            label.setFont(tabular_font(label.font()))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._use = ActionButton(
            "Put in use",
            "use_guarantee",
            "Puts the classifier with the guarantee in use; the present one becomes the former.",
            parent=self._result,
        )
        self._lay_out()
        self._form.changed.connect(lambda _settings: self._enable_controls())
        self._make.clicked.connect(lambda: self.make_requested.emit(self.settings()))
        self._stop.clicked.connect(self.stop_requested)
        self._use.clicked.connect(self._on_use_clicked)
        self._enable_controls()

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        began = state is LabState.GUARANTEE and self._state is not state
        ended = self._state is LabState.GUARANTEE and state is not self._state
        self._state, self._lacks_dataset = state, lacks_dataset
        if began:
            self._began, self._is_done = time.monotonic(), False
            self._progress.set_progress(None, "Starting.")
        elif ended:
            self._progress.set_idle("Done." if self._is_done else "It ended early; nothing was made.")
        self._enable_controls()

    def set_classifier(self, classifier: ClassifierInfo | None) -> None:
        """Sets the classifier in use, if any."""
        self._classifier = classifier
        self._enable_controls()

    def settings(self) -> GuaranteeSettings:
        """Returns the settings as they are shown."""
        return cast("GuaranteeSettings", self._form.value())

    def set_settings(self, settings: GuaranteeSettings) -> None:
        """Shows the settings of the next guarantee."""
        self._form.set_value(settings)

    def set_working(self, working: Working) -> None:
        """Shows how far the work is, and how long it will take once that can be told."""
        left = format_left(time.monotonic() - self._began, working.fraction)
        self._progress.set_progress(working.fraction, f"{working.sentence}{left}")

    def show_made(self, made: GuaranteeMade) -> None:
        """Shows the classifier with a guarantee that was made."""
        self._made, self._is_done, report = made, True, made.report
        self._words.setText(f"Made {made.classifier.name} with a guarantee.")
        facts = [f"{name.capitalize()}: {value}." for name, value in facts_in_words(report).items()]
        self._details.setText("\n".join([*facts, *distances_in_words(report.distances), _USE]))
        self._result.show()
        self._enable_controls()

    def made(self) -> GuaranteeMade | None:
        """Returns what is on screen, or None."""
        return self._made

    def _lay_out(self) -> None:
        content = QWidget(self)
        column_of(self._words, self._details, row_of(self._use, STRETCH), on=self._result)
        self._result.hide()
        column_of(
            heading("Guarantee"),
            QuietLabel(_EXPLANATION, content),
            self._form,
            row_of(self._make, self._stop, STRETCH),
            self._progress,
            separator_line(content),
            self._result,
            STRETCH,
            on=content,
            margins=2 * SPACING,
        )
        column_of(VerticalScrollArea(content, self), on=self)

    def _on_use_clicked(self) -> None:
        assert self._made is not None, "it can be pressed only with a result"
        self.use_requested.emit(self._made.classifier.path)

    def _enable_controls(self) -> None:
        now, present, made = why_not_now(self._state), self._classifier, self._made
        lacking = why_not_now(self._state, lacks_dataset=self._lacks_dataset)
        has_one = _HAS_ONE if present is not None and present.has_guarantee else ""
        set_disabled_because(self._make, lacking or has_one)
        going = self._state is LabState.GUARANTEE
        set_disabled_because(self._stop, "" if going else "No guarantee is being made.")
        is_in_use = made is not None and present is not None and present.is_same_net(made.classifier)
        set_disabled_because(self._use, now or (_IN_USE if is_in_use else ""))
