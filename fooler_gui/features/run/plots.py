"""The plots under the grid: probabilities and costs of the run, with marks where something was changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QWidget

from fooler_gui.core.messages import Save
from fooler_gui.features.run.costs_plot import CostsPlot
from fooler_gui.features.run.probability_plot import ProbabilityPlot
from fooler_gui.session.run_series import RAW, WEIGHTED, Numbers, RunSeries
from fooler_gui.widgets.panel_layout import SPACING, heading
from fooler_gui.widgets.plot import Plot

_NOTHING_YET = "No run yet."
_REDRAW_MS = 33


class PlotsPanel(QWidget):
    """Shows every save's probabilities and costs. Main thread only; it draws at most 15 times a second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots_panel")
        self._series = RunSeries()
        self._class_names: tuple[str, ...] = ()
        self._probability = ProbabilityPlot(self)
        self._costs = CostsPlot(self)
        self._plots: tuple[Plot, ...] = (self._probability, self._costs)
        self._redraws = (self._redraw_probability, self._redraw_costs)
        self._due: list[Callable[[], None]] = []
        self._weighting = QComboBox(self)
        self._weighting.setObjectName("cost_weighting")
        self._weighting.setAccessibleName("Which costs are shown")
        self._weighting.setToolTip(
            "Weighted: each cost times its coefficients, as it counts in the total. Raw: the costs themselves."
        )
        self._weighting.addItem("weighted", WEIGHTED)
        self._weighting.addItem("raw", RAW)
        self._title = heading("Probability")
        costs_header = QHBoxLayout()
        costs_header.addWidget(heading("Costs by layer"))
        costs_header.addStretch(1)
        costs_header.addWidget(self._weighting)
        layout = QGridLayout(self)
        layout.setContentsMargins(SPACING, SPACING // 2, SPACING, SPACING // 2)
        layout.setHorizontalSpacing(SPACING)
        layout.setVerticalSpacing(SPACING // 2)
        layout.addWidget(self._title, 0, 0)
        layout.addLayout(costs_header, 0, 1)
        for column, plot in enumerate(self._plots):
            layout.addWidget(plot, 1, column)
            layout.setColumnStretch(column, 1)
        layout.setRowStretch(1, 1)
        self._redraw_timer = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self.take_colours()
        self._redraw()

        self._redraw_timer.timeout.connect(self._redraw_next)
        self._weighting.currentIndexChanged.connect(self._redraw)
        for plot in self._plots:
            plot.view_changed.connect(self._redraw_soon)

    def start_run(self, class_names: Sequence[str]) -> None:
        """Clears the plots for a run whose labels are called by `class_names`."""
        self._class_names = tuple(class_names)
        self._series.clear()
        for plot in self._plots:
            plot.clear_marks()
            plot.erase()
            plot.follow()
        self.set_cursor(None)
        self._redraw()

    def add_saves(self, saves: Sequence[Save]) -> None:
        """Adds the numbers of `saves`, all of them; they are drawn together a little later."""
        for save in saves:
            self._series.append(save)
        if saves:
            self._title.setText(self._title_for(saves[-1]))
            self._redraw_soon()

    def mark_change(self, step: int, text: str) -> None:
        """Marks `step` in both plots; `text` says what was changed, its name and new value."""
        for plot in self._plots:
            plot.add_mark(step, text)

    def set_cursor(self, step: int | None) -> None:
        """Draws a thin line in both plots at `step`, which is looked at, or none."""
        for plot in self._plots:
            plot.set_cursor(step)

    def slot_history(self, label: int, slot: int, most: int) -> tuple[Numbers, Numbers]:
        """Returns about `most` steps (n,) and a slot's probabilities (n,) at them; none if it is not in the run."""
        return self._series.slot_history(label, slot, most)

    def marks(self) -> list[tuple[int, str]]:
        """Returns (step, text) of every mark, in the order they came."""
        return self._probability.marks()

    def take_colours(self) -> None:
        """Draws in the palette's colours."""
        for plot in self._plots:
            plot.take_colours(self.palette())
        self._redraw_soon()

    def sizeHint(self) -> QSize:
        """Returns a wide and low size."""
        return QSize(660, 220)

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of the palette when it has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.take_colours()

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what came while nothing was seen."""
        super().showEvent(event)
        self._redraw_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stops the timer."""
        super().hideEvent(event)
        self._redraw_timer.stop()

    def _title_for(self, save: Save) -> str:
        if len(save.labels) != 1:
            return "Probability of the labels"
        label = save.labels[0]
        name = self._class_names[label] if label < len(self._class_names) else str(label)
        return f"Probability of “{name}”"

    def _redraw_soon(self) -> None:
        if self.isVisible():
            self._due += [redraw for redraw in self._redraws if redraw not in self._due]
            if not self._redraw_timer.isActive():
                self._redraw_timer.start()

    def _redraw_next(self) -> None:
        """Draws one plot, so that the window need not wait for both."""
        self._due.pop(0)()
        if self._due:
            self._redraw_timer.start()

    def _redraw(self) -> None:
        self._due.clear()
        self._redraw_timer.stop()
        for redraw in self._redraws:
            redraw()

    def _redraw_probability(self) -> None:
        series, plot = self._series, self._probability
        if self._make_ready(plot):
            plot.draw(series.view(*plot.visible_steps(), plot.points_across()))
            newest = series.view(series.last_step, series.last_step, 2)
            plot.show_newest(float(newest.minimum[-1]), float(newest.mean[-1]))
            plot.prepare_to_paint()

    def _redraw_costs(self) -> None:
        series, plot, weighting = self._series, self._costs, self._weighting.currentData()
        if self._make_ready(plot):
            plot.set_places(series.places)
            seen = series.view(*plot.visible_steps(), plot.points_across())
            plot.draw(seen.steps, seen.costs[weighting])
            plot.show_newest(series.view(series.last_step, series.last_step, 2).costs[weighting][-1])
            plot.prepare_to_paint()

    def _make_ready(self, plot: Plot) -> bool:
        """Makes room in `plot` for what there is; returns whether there is anything."""
        plot.set_last_step(self._series.last_step)
        plot.set_message("" if len(self._series) else _NOTHING_YET)
        return len(self._series) > 0
