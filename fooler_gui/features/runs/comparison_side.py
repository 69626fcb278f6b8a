"""One of two runs that are compared: what it is called, how it was made, and one of its saves. For the comparison."""

from __future__ import annotations

import html
from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.core.messages import Save
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.grid_stage import GridStage
from fooler_gui.widgets.panel_layout import QuietLabel, at, fill, heading, row_of
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

NO_RUN_HERE = "No run here yet."
DIFFERS = "≠"
"""Stands before what differs from the other run."""


class ComparisonSide(QObject):
    """The widgets that show one run. They stand in a grid, so that those of both runs line up. Main thread only.

    Args:
        name: Of the side, "left" or "right".
        page: The widget that holds its widgets.

    Signals:
        open_requested: The run is to be shown in the main window.
    """

    open_requested = Signal()

    def __init__(self, name: str, page: QWidget) -> None:
        super().__init__(page)
        self._rests = False
        self._has_run, self._why_not_now = False, ""
        self._title = _wrapping(heading(""))
        self._title.setObjectName(f"{name}_title")
        self._open = ActionButton(
            "Open", f"open_{name}", "Show this run in the main window.", icon_name="open", parent=page
        )
        self._open.setAccessibleName(f"Open the run on the {name}")
        self._settings = QuietLabel("", page)
        self._settings.setObjectName(f"{name}_settings")
        self._settings.setTextFormat(Qt.TextFormat.RichText)
        self._settings.setToolTip(
            paragraphs(f"How the run began. What differs from the other run stands out and has the sign {DIFFERS}.")
        )
        self._stage = GridStage(page)
        self._stage.setObjectName(f"{name}_stage")
        self._stage.setAccessibleName(f"Images of the run on the {name}")
        self._words = _wrapping(QLabel(page))
        self._words.setObjectName(f"{name}_words")
        self._words.setFont(tabular_font(self._words.font()))
        self.clear()

        self._open.clicked.connect(self.open_requested)

    def stand_in(self, grid: QGridLayout, column: int) -> None:
        """Puts the widgets into a column of `grid`."""
        header = row_of(fill(self._title), at(Qt.AlignmentFlag.AlignTop, self._open))
        grid.addLayout(header, 0, column)
        for row, widget in enumerate((self._settings, self._stage, self._words), start=1):
            grid.addWidget(
                widget, row, column, Qt.AlignmentFlag(0) if widget is self._stage else Qt.AlignmentFlag.AlignTop
            )
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(column, 1)

    def set_run(self, title: str, class_names: tuple[str, ...], *, has_saves: bool) -> None:
        """Makes room for the saves, if it `has_saves`, of a run called `title`, of a classifier with `class_names`."""
        self._show_title(title)
        self._stage.clear("Its images are being read." if has_saves else "This run has no saves.")
        self._stage.set_class_names(class_names)
        self._words.clear()
        self._has_run = True
        self._enable_open()

    def set_settings(self, words: Mapping[str, str], differing: frozenset[str]) -> None:
        """Shows settings by their names; those of which the name is in `differing` stand out with a sign."""
        told = {name: f"{name} {value}" for name, value in words.items()}
        self._settings.setText(
            " · ".join(
                f"<b>{DIFFERS}&nbsp;{_unbroken(text)}</b>" if name in differing else _unbroken(text)
                for name, text in told.items()
            )
        )
        self._settings.setAccessibleName(
            ", ".join(f"{text} (differs)" if name in differing else text for name, text in told.items())
        )

    def show_save(self, save: Save) -> None:
        """Shows a save of the run."""
        self._stage.show_save(save)
        self._tell()

    def set_resting(self, rests: bool) -> None:
        """Says whether the other run goes on beyond this one's last save, at which it rests."""
        if rests is not self._rests:
            self._rests = rests
            self._tell()

    def clear(self, message: str = NO_RUN_HERE) -> None:
        """Shows no run but `message`."""
        self._show_title("")
        self._settings.clear()
        self._settings.setAccessibleName("")
        self._stage.clear(message)
        self._words.clear()
        self._rests = self._has_run = False
        self._enable_open()

    def set_why_not_now(self, reason: str) -> None:
        """Says why no run can be opened at present; "" if one can."""
        self._why_not_now = reason
        self._enable_open()

    def set_reduce_motion(self, reduce: bool) -> None:
        """Lets highlights stand still instead of fading."""
        self._stage.set_reduce_motion(reduce)

    def _enable_open(self) -> None:
        set_disabled_because(self._open, self._why_not_now if self._has_run else "There is no run on this side.")

    def _show_title(self, title: str) -> None:
        self._title.setText(title)
        self._title.setToolTip(paragraphs(title))

    def _tell(self) -> None:
        save = self._stage.save()
        if save is not None:
            lowest, mean = float(save.probabilities.min()), float(save.probabilities.mean())
            step = f"Step {save.step:,}{', its last' if self._rests else ''}"
            self._words.setText(f"{step} · lowest {format_probability(lowest)} · mean {format_probability(mean)}")


def _wrapping(label: QLabel) -> QLabel:
    """Returns `label` for plain text that takes as many lines as it needs, and no more width than there is."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setWordWrap(True)
    return label


def _unbroken(text: str) -> str:
    """Returns `text` as rich text that stays on one line."""
    return html.escape(text).replace(" ", "&nbsp;")
