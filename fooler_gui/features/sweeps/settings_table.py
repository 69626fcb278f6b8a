"""The settings of a sweep, a row each, with every figure over their cells and its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from fooler_gui.features.sweeps.questions import SettingFigures
from fooler_gui.features.sweeps.sweep_words import title_of, value_text
from fooler_gui.sweeps.figure_words import interval_text
from fooler_gui.sweeps.grouping import ALL_FOOL, FOOLING
from fooler_gui.sweeps.sweep_spec import is_number
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable

_EMPTY = "The settings appear here once cells are done."
_TIPS = {
    FOOLING: "The share of the images of all its cells that fool, with Wilson's 95 % interval.",
    ALL_FOOL: "The share of its cells all of whose images fool, with Wilson's 95 % interval.",
}


class SettingsTable(RecordTable[SettingFigures]):
    """A table of settings. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "sweep_settings",
            "Settings of the sweep, with the median of each figure",
            (_counted("Done", "done"),),
            lambda setting: setting.place,
            empty=_EMPTY,
            parent=parent,
        )
        self._shown: tuple[tuple[str, ...], tuple[str, ...]] = (), ()

    def show_settings(self, settings: Sequence[SettingFigures]) -> None:
        """Shows `settings`, with a column for each figure that any of them has."""
        options = tuple(settings[0].values) if settings else ()
        known = {name for setting in settings for name, interval in setting.figures.items() if interval is not None}
        figures = tuple(name for name in (settings[0].figures if settings else ()) if name in known)
        if (options, figures) != self._shown:
            self._shown = options, figures
            self.set_columns(
                (
                    *map(_option, options),
                    _counted("Done", "done"),
                    _counted("Failed", "failed"),
                    *map(_figure, figures),
                )
            )
            self.setSortingEnabled(True)
        self.set_records(settings)


def _option(name: str) -> Column[SettingFigures]:
    def order(setting: SettingFigures) -> tuple[bool, float, str]:
        value = setting.values[name]
        return (False, value, "") if is_number(value) else (True, 0.0, str(value))

    return Column(
        words=title_of(name),
        tip="What is varied.",
        text=lambda setting: value_text(setting.values[name]),
        order=order,
        of_words=True,
    )


def _counted(words: str, name: str) -> Column[SettingFigures]:
    def count(setting: SettingFigures) -> Any:
        return getattr(setting, name)

    tip = f"How many cells of the setting are {name}." if name == "done" else "How many cells of the setting failed."
    return Column(words=words, tip=tip, text=lambda setting: f"{count(setting):,}", order=count)


def _figure(name: str) -> Column[SettingFigures]:
    def order(setting: SettingFigures) -> float:
        interval = setting.figures[name]
        return math.inf if interval is None else interval.value

    return Column(
        words=title_of(name),
        tip=_TIPS.get(name, "The median over its cells, with a bootstrap's 95 % interval."),
        text=lambda setting: interval_text(name, setting.figures[name]),
        order=order,
    )
