"""The page that compares two runs: side by side on one timeline, with the settings in which they differ."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.run_differences import (
    Difference,
    coefficients_in_words,
    differences,
    settings_in_words,
    settings_table,
)
from fooler_gui.core.save import Save
from fooler_gui.features.runs.comparison_side import NO_RUN_HERE, ComparisonSide
from fooler_gui.session.run_view import RunView
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, empty_grid, fill, heading
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.timeline import TimelinePanel

LEFT, RIGHT = 0, 1
"""The sides of the page."""

_SIDES = ("left", "right")
_MOST_ROWS = 6
_NO_RUNS = "No runs yet."
_ONE_RUN = "There is only one run so far."
_NO_DIFFERENCE = "Both runs were made with the same settings."
_COLUMNS: tuple[Column[Difference], ...] = (
    Column(
        words="Setting",
        tip="A setting in which the two runs differ.",
        text=lambda difference: difference.name,
        of_words=True,
    ),
    Column(
        words="Left",
        tip="Its value at the start of the left run.",
        text=lambda difference: difference.left,
        of_words=True,
    ),
    Column(
        words="Right",
        tip="Its value at the start of the right run.",
        text=lambda difference: difference.right,
        of_words=True,
        share=1,
    ),
)


class ComparisonPage(QWidget):
    """Shows two recorded runs at the same step. Main thread only.

    The timeline covers the steps of both. A run without a save at a step shows the save before it, or its last one if
    it has ended by then.

    Signals:
        save_requested: (int, int) A side, `LEFT` or `RIGHT`, and the place of the save to show there with `show_save`;
            also emitted when a run is set.
        open_requested: (int) Show the run on this side in the main window.
    """

    save_requested = Signal(int, int)
    open_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparison_page")
        self._runs: list[RunView | None] = [None, None]
        self._wanted: list[int | None] = [None, None]
        self._sides = [ComparisonSide(name, self) for name in _SIDES]
        self._timeline = TimelinePanel(self, compares=True)
        self._table = RecordTable(
            "differences_table", "Settings that differ", _COLUMNS, lambda difference: difference.name, parent=self
        )
        self._no_table = QuietLabel("", self)
        self._no_table.setObjectName("no_differences")
        sides = empty_grid(gap=2 * SPACING, margins=(SPACING, 0))
        for column, side in enumerate(self._sides):
            side.add_to(sides, column)
        settings = column_of(
            heading("Settings that differ"), self._no_table, self._table, gap=SPACING - 2, margins=(SPACING, 0)
        )
        column_of(fill(sides), self._timeline, settings, on=self, gap=SPACING - 2, margins=SPACING)
        self._show_runs()

        self._timeline.place_changed.connect(self._request_saves)
        for place, widget in enumerate(self._sides):
            widget.open_requested.connect(lambda place=place: self.open_requested.emit(place))

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        for side in self._sides:
            side.set_why_not_now(why_not_now(state))

    def set_run(self, side: int, title: str, run: RunView) -> None:
        """Puts a run on a side, and requests its save at the present step, or its last one.

        Args:
            side: `LEFT` or `RIGHT`.
            title: The run's name.
            run: A recorded run.
        """
        self._runs[side], self._wanted[side] = run, None
        self._sides[side].set_run(title, run.classifier.class_names, has_saves=len(run.saves) > 0)
        self._show_runs()

    def show_end(self) -> None:
        """Goes to the last step of the run that went on for longer; the other one shows its last save."""
        self._timeline.set_place(sum(len(run.saves) for run in self._runs if run is not None))
        self._request_saves()

    def show_save(self, side: int, save: Save) -> None:
        """Shows a save of the run on `side`, if there is one."""
        if self._runs[side] is not None:
            self._sides[side].show_save(save)

    def clear(self, side: int, message: str = NO_RUN_HERE) -> None:
        """Removes the run from `side` and shows `message` in its place."""
        self._runs[side] = self._wanted[side] = None
        self._sides[side].clear(message)
        self._show_runs()

    def set_reduce_motion(self, reduce: bool) -> None:
        """Shows highlights without fading, or lets them fade."""
        for side in self._sides:
            side.set_reduce_motion(reduce)

    def _show_runs(self) -> None:
        runs = [(side, run) for side, run in enumerate(self._runs) if run is not None]
        if any(len(run.saves) for _, run in runs):
            steps = np.unique(np.concatenate([run.saves.steps for _, run in runs]))
            reinitialised = np.zeros(len(steps), np.int64)
            changes = []
            for side, run in runs:
                np.add.at(reinitialised, np.searchsorted(steps, run.saves.steps), run.saves.reinitialised)
                changes += [
                    (
                        int(np.searchsorted(steps, run.saves.steps[run.saves.place_from(mark.step)])),
                        f"{_SIDES[side].capitalize()}: {mark.text}",
                    )
                    for mark in run.marks
                ]
            self._timeline.set_index(steps, reinitialised, changes)
        else:
            self._timeline.clear(_NO_RUNS)
        self._show_differences()
        self._request_saves()

    def _show_differences(self) -> None:
        left, right = self._runs
        found = () if left is None or right is None else differences(_settings(left), _settings(right))
        self._table.set_records(found)
        self._table.setHidden(not found)
        self._table.fit_height(_MOST_ROWS)
        missing = _NO_RUNS if left is right is None else _ONE_RUN if None in self._runs else _NO_DIFFERENCE
        self._no_table.setText(missing)
        self._no_table.setHidden(bool(found))
        both = None not in self._runs
        shown = [{} if run is None else _short_settings(run) for run in self._runs]
        for widget, mine, other in zip(self._sides, shown, shown[::-1], strict=True):
            differing = {name for name, value in mine.items() if both and other.get(name) != value}
            widget.set_settings(mine, frozenset(differing))

    def _request_saves(self) -> None:
        step = self._timeline.step()
        for side, run in enumerate(self._runs):
            if run is None or step is None or not len(run.saves):
                continue
            self._sides[side].set_past_end(step > int(run.saves.steps[-1]))
            place = run.saves.place_of(step)
            if place != self._wanted[side]:
                self._wanted[side] = place
                self.save_requested.emit(side, place)


def _settings(run: RunView) -> dict[str, str]:
    """Returns the settings of a run at its start, and what was changed during it."""
    changes = "; ".join(f"step {mark.step:,}: {mark.text}" for mark in run.marks)
    return settings_in_words(run.spec, run.classifier.class_names) | {"Changed during the run": changes or "nothing"}


def _short_settings(run: RunView) -> dict[str, str]:
    """Returns the settings shown under the title: the seed, and the coefficients and changed settings at the end."""
    first, last = settings_table(run.spec.descent), settings_table(run.settings.descent)
    changed = {name.lower(): value for name, value in last.items() if value != first[name]}
    return {"seed": str(run.spec.rng_seed), **coefficients_in_words(run.settings.coefficients), **changed}
