"""The strongest attack on the classifier in use: its settings, its progress, and the images that remain sure."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import cast

from PIL import Image
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from fooler_gui.core.formats import format_left
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import StronglyAttacked, Working
from fooler_gui.core.strong_attack import (
    NONE_SURE,
    USUAL_STARTS,
    StrongAttackSettings,
    strong_attack_sentence,
    strong_starts,
)
from fooler_gui.exports.sure_images import sure_picture
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.disclosure import Disclosure
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.figure_view import FigureView
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    empty_grid,
    fill,
    row_of,
)
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.setting_form import SettingForm
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_NAMES = tuple(StrongAttackSettings.infos())
_LEAST_GALLERY = 200
_COLUMNS = 2
_NOTHING = "Images of which the classifier in use is sure after the strongest attack appear here."
EXPORTS = {"picture": "Images as picture…", "figures": "Figures as JSON…"}
"""The exports by name, with their titles."""

_GALLERY_TIP = (
    "Below each image stand the class and the confidence that the classifier gives it, beside it the nearest training "
    "image, and whether a second opinion agrees about the class: an independent net, or most of the nearest training "
    "images."
)


class StrongestPanel(QWidget):
    """Asks for the strongest attack and shows what remains sure. Main thread only.

    Signals:
        attack_requested: (object, object) Attack, with the settings and a tuple of starts' names.
        stop_requested: Stop, and keep what has been found.
        export_requested: (str) Write this one of `EXPORTS` to a file.
    """

    attack_requested = Signal(object, object)
    stop_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strongest_panel")
        self._state, self._lacks_dataset = LabState.STARTING, False
        self._began = 0.0
        self._attacked: StronglyAttacked | None = None
        self._picture: Image.Image | None = None
        self._attack = ActionButton(
            "Strongest attack",
            "attack_strongly",
            "Drive the confidence of the classifier in use up by many attacks in turn, the worst for each image "
            "counts. Takes minutes, up to an hour for a classifier that withstands.",
            parent=self,
        )
        self._stop = ActionButton(
            "Stop", "stop_attack", "Stop and keep what has been found so far.", icon_name="stop", parent=self
        )
        self._form = SettingForm(StrongAttackSettings(), _NAMES, self)
        for name in _NAMES:
            self._form.editor(name).setObjectName(f"strongest_{name}")
        self._starts = {name: self._make_start(name) for name in strong_starts()}
        self._progress = ProgressLine("strongest_progress", "Progress of the strongest attack", self)
        self._gallery = FigureView("sure_images", self)
        self._gallery.setToolTip(paragraphs(_GALLERY_TIP))
        self._gallery.set_words(_NOTHING)
        self._export = ExportButton("export_strongest", EXPORTS, self)
        self._words = QuietLabel("", self)
        self._words.setObjectName("strongest_words")
        self._lay_out()
        self._attack.clicked.connect(lambda: self.attack_requested.emit(self.settings(), self.starts()))
        self._stop.clicked.connect(self.stop_requested)
        self._export.export_requested.connect(self.export_requested)
        self._enable_controls()

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        began = state is LabState.ATTACKING and self._state is not state
        ended = self._state is LabState.ATTACKING and state is not self._state
        self._state, self._lacks_dataset = state, lacks_dataset
        if began:
            self._began = time.monotonic()
            self._progress.set_progress(None, "Starting the attack.")
        elif ended:
            self._progress.set_idle("")
        self._enable_controls()

    def set_working(self, working: Working) -> None:
        """Shows how far the attack is, and how long it will take once that can be told."""
        left = format_left(time.monotonic() - self._began, working.fraction)
        self._progress.set_progress(working.fraction, f"{working.sentence}{left}")

    def settings(self) -> StrongAttackSettings:
        """Returns the settings as they are shown."""
        return cast("StrongAttackSettings", self._form.value())

    def set_settings(self, settings: StrongAttackSettings) -> None:
        """Shows `settings`."""
        self._form.set_value(settings)

    def starts(self) -> tuple[str, ...]:
        """Returns the names of the starts that are chosen; empty for the usual ones."""
        return tuple(name for name, box in self._starts.items() if box.isChecked())

    def show_attacked(self, attacked: StronglyAttacked, class_names: Sequence[str]) -> None:
        """Shows which images remain sure; classes are called `class_names`."""
        self._attacked = attacked
        self._words.setText(strong_attack_sentence(attacked.report))
        self._picture = sure_picture(attacked, class_names)
        if self._picture is None:
            self._gallery.set_words(NONE_SURE)
        else:
            self._gallery.set_picture(self._picture, _GALLERY_TIP)
        self._enable_controls()

    def attacked(self) -> StronglyAttacked | None:
        """Returns what is on screen, or None."""
        return self._attacked

    def picture(self) -> Image.Image | None:
        """Returns the shown picture, or None if no image remains sure."""
        return self._picture

    def _make_start(self, name: str) -> QCheckBox:
        box = QCheckBox(name, self)
        box.setObjectName(f"strongest_start_{name}")
        keep_space(box)
        return box

    def _lay_out(self) -> None:
        content = QWidget(self)
        self._gallery.setMinimumHeight(_LEAST_GALLERY)
        column_of(
            row_of(self._attack, self._stop, STRETCH, self._export),
            self._progress,
            self._words,
            Disclosure(
                "Settings of the attack",
                "strongest_disclosure",
                "Images, steps, queries, restarts, kinds of starts, random seed.",
                self._make_settings(),
                self,
            ),
            fill(self._gallery),
            on=content,
        )
        column_of(VerticalScrollArea(content, self), on=self)

    def _make_settings(self) -> QWidget:
        starts = QWidget(self)
        grid = empty_grid(starts)
        for place, box in enumerate(self._starts.values()):
            grid.addWidget(box, *divmod(place, _COLUMNS))
        words = QLabel(f"Images start from (none chosen: {', '.join(USUAL_STARTS)}; with a guarantee all)", self)
        words.setWordWrap(True)
        content = QWidget(self)
        column_of(self._form, words, starts, on=content, gap=SPACING // 2)
        return content

    def _enable_controls(self) -> None:
        set_disabled_because(self._attack, why_not_now(self._state, lacks_dataset=self._lacks_dataset))
        going = self._state is LabState.ATTACKING
        set_disabled_because(self._stop, "" if going else "No attack is going on.")
        set_disabled_because(self._export, "" if self._attacked is not None else "There are no figures yet.")
