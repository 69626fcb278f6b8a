"""The cells of a sweep in four views: as a table, by setting, as a heat map, and as strips of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QScrollArea, QTabWidget, QWidget

from fooler_gui.core.formats import format_count
from fooler_gui.features.sweeps.cells_table import CellsTable
from fooler_gui.features.sweeps.chart_choice import ACROSS, BY, DOWN, FIGURE, ChartChoice
from fooler_gui.features.sweeps.heat_map import HeatMap
from fooler_gui.features.sweeps.questions import (
    Answer,
    HeatQuestion,
    Question,
    SettingFigures,
    SettingsQuestion,
    StripQuestion,
    figures_in,
)
from fooler_gui.features.sweeps.settings_table import SettingsTable
from fooler_gui.features.sweeps.strip_chart import StripChart
from fooler_gui.sweeps.cell_table import CellTable
from fooler_gui.sweeps.pivot import Pivot, Strip
from fooler_gui.widgets.panel_layout import SPACING, column_of, fill, row_of
from fooler_gui.widgets.tooltips import paragraphs

_SEARCH = "Search: failed, margin, steps>50"
_SEARCH_TIP = (
    "Shows only the cells that match every word: words in what is varied, in states, workers and errors, and "
    "comparisons of any column, such as steps>50, fooling=8 or objective!=margin. Columns are called as in the results "
    "file."
)


class SweepResults(QTabWidget):
    """Shows the cells of a sweep. Main thread only.

    Signals:
        cells_chosen: (tuple of int) The places of the chosen cells, those of a setting.
        open_requested: (int) Open the run of the cell at this place.
        question_changed: Another question is to be answered, `question`.
    """

    cells_chosen = Signal(object)
    open_requested = Signal(int)
    question_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_results")
        self._cells = CellTable((), (), ())
        self._search = QLineEdit(self)
        self._search.setObjectName("sweep_search")
        self._search.setAccessibleName("Search")
        self._search.setPlaceholderText(_SEARCH)
        self._search.setToolTip(paragraphs(_SEARCH_TIP))
        self._search.setClearButtonEnabled(True)
        self._count = QLabel(self)
        self._count.setObjectName("sweep_shown")
        self._table = CellsTable(self)
        self._settings = SettingsTable(self)
        self._heat_choice = ChartChoice("heat", (ACROSS, DOWN, BY), self)
        self._heat = HeatMap(self)
        self._strip_choice = ChartChoice("strips", (), self)
        self._strips = StripChart(self)
        cells = QWidget(self)
        column_of(row_of(fill(self._search), self._count), fill(self._table), on=cells, margins=SPACING)
        settings = QWidget(self)
        column_of(self._settings, on=settings, margins=SPACING)
        for title, view in (
            ("Cells", cells),
            ("Settings", settings),
            ("Heat map", self._chart(self._heat_choice, self._heat)),
            ("Strips", self._chart(self._strip_choice, self._strips)),
        ):
            self.addTab(view, title)
        self._search.textChanged.connect(self._on_search_changed)
        self._table.cell_chosen.connect(lambda place: self.cells_chosen.emit((place,)))
        self._table.open_requested.connect(self.open_requested)
        self._settings.selection_changed.connect(self._on_setting_selected)
        self._heat.setting_chosen.connect(self._choose_setting)
        self._strips.cell_chosen.connect(self._on_point_chosen)
        self.currentChanged.connect(lambda _tab: self.question_changed.emit())
        for choice in (self._heat_choice, self._strip_choice):
            choice.changed.connect(self.question_changed)

    def set_cells(self, cells: CellTable) -> None:
        """Shows `cells`; what is chosen and searched stays."""
        self._cells = cells
        self._table.set_cells(cells)
        figures = figures_in(cells)
        for choice in (self._heat_choice, self._strip_choice):
            choice.offer(figures, cells.varied)
        self._show_count()

    def question(self) -> Question | None:
        """Returns what the view on screen needs to know; None for nothing."""
        view, heat, strips = self.currentWidget(), self._heat_choice.chosen(), self._strip_choice.chosen()
        figure, across = heat[FIGURE], heat[ACROSS]
        if view.isAncestorOf(self._settings):
            return SettingsQuestion()
        if view.isAncestorOf(self._heat) and figure and across:
            return HeatQuestion(figure=figure, across=across, down=heat[DOWN], by=heat[BY])
        figure = strips[FIGURE]
        return StripQuestion(figure=figure) if view.isAncestorOf(self._strips) and figure else None

    def show_answer(self, question: Question, answer: Answer) -> None:
        """Shows the `answer` to `question`."""
        match question:
            case SettingsQuestion():
                self._settings.show_settings(cast("Sequence[SettingFigures]", answer))
            case HeatQuestion():
                self._heat.set_pivot(question, cast("Pivot", answer))
            case StripQuestion(figure=figure):
                self._strips.set_strips(figure, cast("Sequence[Strip]", answer))

    def _chart(self, choice: QWidget, chart: QWidget) -> QWidget:
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(chart)
        for part in (area, chart):
            part.setBackgroundRole(QPalette.ColorRole.Base)
        page = QWidget(self)
        column_of(choice, fill(area), on=page, margins=(SPACING, 0))
        return page

    def _on_search_changed(self, text: str) -> None:
        self._table.search(text)
        self._show_count()

    def _show_count(self) -> None:
        shown, all_ = self._table.shown_count(), len(self._cells)
        self._count.setText(format_count(all_, "cell") if shown == all_ else f"{shown:,} of {all_:,} cells")

    def _on_point_chosen(self, place: int) -> None:
        self._table.choose(place)
        self.cells_chosen.emit((place,))

    def _on_setting_selected(self) -> None:
        selected = self._settings.selected()
        if selected:
            self._choose_setting(selected[0].values)

    def _choose_setting(self, values: Mapping[str, Any]) -> None:
        found = range(len(self._cells))
        for name, value in values.items():
            column = self._cells.column(name).values
            found = [place for place in found if column[place] == value]  # type: ignore[assignment]
        self.cells_chosen.emit(tuple(found))
