"""One side of the comparison page: a run's name, its settings, and one of its saves."""

from __future__ import annotations

import html
from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.core.save import Save
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.grid_stage import GridStage
from fooler_gui.widgets.panel_layout import QuietLabel, at, fill, heading, row_of
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

NO_RUN_HERE = "No run here yet."
DIFFERS = "≠"
"""Marks a value that differs from the other run."""


class ComparisonSide(QObject):
    """The widgets that show one run, in a grid, so that those of both runs line up. Main thread only.

    Args:
        name: "left" or "right".
        page: Owner of the widgets.

    Signals:
        open_requested: Show the run in the main window.
    """

    open_requested = Signal()

    def __init__(self, name: str, page: QWidget) -> None:
        super().__init__(page)
        self._past_end = False
        self._has_run, self._why_not_now = False, ""
        self._title = _wrapping(heading(""))
        self._title.setObjectName(f"{name}_title")
        self._open = ActionButton(
            "Open", f"open_{name}", "Shows the run in the main window.", icon_name="open", parent=page
        )
        self._open.setAccessibleName(f"Open the run on the {name}")
        self._settings = QuietLabel("", page)
        self._settings.setObjectName(f"{name}_settings")
        self._settings.setTextFormat(Qt.TextFormat.RichText)
        self._settings.setToolTip(
            paragraphs(
                f"Seed, coefficients and changed settings. Values that differ from the other run are marked {DIFFERS}."
            )
        )
        self._stage = GridStage(page)
        self._stage.setObjectName(f"{name}_stage")
        self._stage.setAccessibleName(f"Images of the run on the {name}")
        self._words = _wrapping(QLabel(page))
        self._words.setObjectName(f"{name}_words")
        self._words.setFont(tabular_font(self._words.font()))
        self.clear()

        self._open.clicked.connect(self.open_requested)

    def add_to(self, grid: QGridLayout, column: int) -> None:
        """Adds the widgets to a column of `grid`."""
        header = row_of(fill(self._title), at(Qt.AlignmentFlag.AlignTop, self._open))
        grid.addLayout(header, 0, column)
        for row, widget in enumerate((self._settings, self._stage, self._words), start=1):
            grid.addWidget(
                widget, row, column, Qt.AlignmentFlag(0) if widget is self._stage else Qt.AlignmentFlag.AlignTop
            )
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(column, 1)

    def set_run(self, title: str, class_names: tuple[str, ...], *, has_saves: bool) -> None:
        """Shows a run before its first save is read.

        Args:
            title: The run's name.
            class_names: Its classifier's class names.
            has_saves: Whether it has any saves.
        """
        self._show_title(title)
        self._stage.clear("Reading the images." if has_saves else "This run has no saves.")
        self._stage.set_class_names(class_names)
        self._words.clear()
        self._has_run = True
        self._enable_open()

    def set_settings(self, words: Mapping[str, str], differing: frozenset[str]) -> None:
        """Shows the values of settings by name, and marks those named in `differing`."""
        texts = {name: f"{name} {value}" for name, value in words.items()}
        self._settings.setText(
            " · ".join(
                f"<b>{DIFFERS}&nbsp;{_unbroken(text)}</b>" if name in differing else _unbroken(text)
                for name, text in texts.items()
            )
        )
        self._settings.setAccessibleName(
            ", ".join(f"{text} (differs)" if name in differing else text for name, text in texts.items())
        )

    def show_save(self, save: Save) -> None:
        """Shows a save of the run."""
        self._stage.show_save(save)
        self._show_numbers()

    def set_past_end(self, past_end: bool) -> None:
        """Sets whether the timeline is past the run's last save, which stays on screen."""
        if past_end is not self._past_end:
            self._past_end = past_end
            self._show_numbers()

    def clear(self, message: str = NO_RUN_HERE) -> None:
        """Shows `message` in place of a run."""
        self._show_title("")
        self._settings.clear()
        self._settings.setAccessibleName("")
        self._stage.clear(message)
        self._words.clear()
        self._past_end = self._has_run = False
        self._enable_open()

    def set_why_not_now(self, reason: str) -> None:
        """Sets why no run can be opened at present; "" if one can."""
        self._why_not_now = reason
        self._enable_open()

    def set_reduce_motion(self, reduce: bool) -> None:
        """Shows highlights without fading, or lets them fade."""
        self._stage.set_reduce_motion(reduce)

    def _enable_open(self) -> None:
        set_disabled_because(self._open, self._why_not_now if self._has_run else "There is no run on this side.")

    def _show_title(self, title: str) -> None:
        self._title.setText(title)
        self._title.setToolTip(paragraphs(title))

    def _show_numbers(self) -> None:
        save = self._stage.save()
        if save is not None:
            lowest, mean = float(save.probabilities.min()), float(save.probabilities.mean())
            step = f"Step {save.step:,}{' (last save)' if self._past_end else ''}"
            self._words.setText(f"{step} · lowest {format_probability(lowest)} · mean {format_probability(mean)}")


def _wrapping(label: QLabel) -> QLabel:
    """Makes `label` wrap plain text instead of asking for width, and returns it."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setWordWrap(True)
    return label


def _unbroken(text: str) -> str:
    """Returns `text` as rich text that is not wrapped."""
    return html.escape(text).replace(" ", "&nbsp;")
