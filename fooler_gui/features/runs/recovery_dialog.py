"""Offers to recover interrupted runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QWidget

from fooler_gui.core.class_words import classes_word
from fooler_gui.core.formats import format_count, format_moment
from fooler_gui.core.run_summary import RunSummary, labels_in_words
from fooler_gui.features.runs.run_table import run_title
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    fill,
    heading,
    row_of,
)
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.thumbnails import MARGIN, paint_strip, thumbnail_mosaic
from fooler_gui.widgets.window_fit import resize_to_fit

RECOVER, OPEN, SKIP = "recover", "open", "skip"
"""The choices for a run."""

_THUMBNAILS = 3
_THUMBNAIL = 28 + 2 * MARGIN
_WIDTH = 736
_ROW_HEIGHT = _THUMBNAIL + SPACING
_MOST_ROWS_SEEN = 8
_EXPLANATION = (
    "The program ended while {they} in progress. Every save is kept except those of the last half second. "
    "Nothing is deleted, whatever you choose, and what you leave undecided is offered again at the next start."
)
_CHOICES = {
    RECOVER: ("Recover", "Ends the run at its last save, as if it had been stopped there."),
    OPEN: ("Open read-only", "Shows the run unchanged. It is offered again at the next start."),
    SKIP: ("Skip", "Leaves the run unchanged and does not offer it again. It stays in the list of runs."),
}


class _Strip(QWidget):
    """Shows some images of a run."""

    def __init__(self, run: RunSummary, parent: QWidget) -> None:
        super().__init__(parent)
        self._count = len(run.thumbnails)
        self._image = thumbnail_mosaic(run.thumbnails, max(1, self._count))
        self.setFixedSize(_THUMBNAILS * _THUMBNAIL, _THUMBNAIL)
        self.setAccessibleName(f"{self._count} images")

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._count:
            with QPainter(self) as painter:
                paint_strip(painter, self.rect(), self._image, self._count)


class _Row(QFrame):
    """One run, with a button for each choice.

    Signals:
        choice_requested: (str) A key of `_CHOICES`.
    """

    choice_requested = Signal(str)

    def __init__(self, run: RunSummary, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(run_title(run))
        name, facts = heading(run_title(run)), QuietLabel(_facts(run), self)
        facts.setFont(tabular_font(facts.font()))
        for label in (name, facts):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        layout = row_of(_Strip(run, self), fill(column_of(name, facts, gap=0)), on=self, margins=(0, SPACING // 2))
        self._buttons = {}
        for choice, (text, tip) in _CHOICES.items():
            button = ActionButton(text, f"{choice}_run", tip, parent=self)
            button.setAccessibleName(f"{text}: {run_title(run)}")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked, chosen=choice: self.choice_requested.emit(chosen))
            layout.addWidget(button)
            self._buttons[choice] = button

    def buttons(self) -> tuple[ActionButton, ...]:
        return tuple(self._buttons.values())

    def take_focus(self) -> None:
        button = self._buttons[RECOVER]
        button.setDefault(True)
        button.setFocus()


class RecoveryDialog(QDialog):
    """Asks what to do with each interrupted run, and closes once all are decided. Main thread only.

    Args:
        summaries: The runs, at least one.
        parent: Owner.

    Signals:
        choice_requested: (str, str) A run's folder, and `RECOVER`, `OPEN` or `SKIP`.
    """

    choice_requested = Signal(str, str)

    def __init__(self, summaries: Sequence[RunSummary], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recovery_dialog")
        self.setWindowTitle("Recover runs")
        self._rows: dict[str, _Row] = {}
        count = len(summaries)
        title = heading("A run was interrupted." if count == 1 else f"{count:,} runs were interrupted.")
        explanation = QLabel(_EXPLANATION.format(they="it was" if count == 1 else "they were"), self)
        explanation.setWordWrap(True)
        rows = QWidget(self)
        self._list = column_of(on=rows, gap=0)
        for run in summaries:
            row = self._rows[run.folder] = _Row(run, rows)
            row.choice_requested.connect(lambda choice, folder=run.folder: self._decide(folder, choice))
            self._list.addWidget(row)
        self._list.addStretch(1)
        self._later = ActionButton(
            "Decide later",
            "decide_later",
            "Leaves every run here unchanged and asks again at the next start.",
            parent=self,
        )
        self._all = ActionButton(
            "Recover all",
            "recover_all",
            "Ends every run here at its last save.",
            primary=True,
            parent=self,
        )
        buttons = row_of(STRETCH, self._later, self._all)
        layout = column_of(title, explanation, on=self, margins=2 * SPACING)
        area = VerticalScrollArea(rows, self)
        layout.addWidget(area, 1)
        layout.addLayout(buttons)
        seen = min(count, _MOST_ROWS_SEEN) * _ROW_HEIGHT
        area.setMinimumHeight(seen)
        height = layout.heightForWidth(_WIDTH) - max(area.sizeHint().height(), seen) + seen
        resize_to_fit(self, QSize(_WIDTH, height))
        if count == 1:
            self._offer_only_run()
        else:
            self._all.setDefault(True)
            self._all.setFocus()

        self._give_mnemonics()
        self._later.clicked.connect(self.reject)
        self._all.clicked.connect(self._recover_all)

    def undecided(self) -> list[str]:
        """Returns the folders of the runs that are not decided yet."""
        return list(self._rows)

    def _decide(self, folder: str, choice: str) -> None:
        row = self._rows.pop(folder)
        row.hide()
        self.choice_requested.emit(folder, choice)
        if not self._rows:
            self.accept()
            return
        if len(self._rows) == 1:
            self._offer_only_run()
        else:
            next(iter(self._rows.values())).take_focus()
        self._give_mnemonics()

    def _give_mnemonics(self) -> None:
        """Gives letters to the buttons of the first undecided run, and to those below; two runs cannot share them."""
        first = next(iter(self._rows.values()))
        give_mnemonics((*first.buttons(), self._later, self._all))

    def _offer_only_run(self) -> None:
        self._all.hide()
        next(iter(self._rows.values())).take_focus()

    def _recover_all(self) -> None:
        for folder in self.undecided():
            self._decide(folder, RECOVER)


def _facts(run: RunSummary) -> str:
    steps = format_count(run.steps, "step")
    classes = classes_word(run.class_names, len(run.labels))
    return f"{classes} {labels_in_words(run.label_names)} · started {format_moment(run.begun)} · {steps}"
