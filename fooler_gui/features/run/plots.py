"""The plots under the grid: probabilities and costs of the run, with marks at changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from fooler_gui.core.class_words import class_name, short_name
from fooler_gui.core.done_words import ACTIVATION
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.session.run_series import RAW, WEIGHTED, RunSeries
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, empty_grid, fill, heading, row_of
from fooler_gui.widgets.tooltips import paragraphs

if TYPE_CHECKING:
    from fooler_gui.features.run.costs_plot import CostsPlot
    from fooler_gui.features.run.probability_plot import ProbabilityPlot
    from fooler_gui.widgets.plot import Plot

_NOTHING_YET = "No run yet."
_REDRAW_MS = 33
_ROOM_FOR_BOTH = 520
"""The least width at which both plots are shown."""
_LEAST_HEIGHT = 120


class PlotsPanel(QWidget):
    """Shows every save's probabilities and costs. Main thread only.

    Numbers that come slower than 30 times a second are drawn at once, others 15 times a second. The plots themselves
    come with the first run, or when `make_plots` is called: they take pyqtgraph, which takes time to load.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plots_panel")
        self._series = RunSeries()
        self._class_names: tuple[str, ...] = ()
        self._is_alone = self._is_narrow = False
        self._larger = 1.0
        self._plots: tuple[Plot, ...] = ()
        self._redraws: tuple[Callable[[], None], ...] = ()
        self._due: list[Callable[[], None]] = []
        self._weighting = QComboBox(self)
        self._weighting.setObjectName("cost_weighting")
        self._weighting.setAccessibleName("Which costs are shown")
        self._weighting.setToolTip(
            "Weighted: each cost times its coefficients, as in the total. Raw: the costs themselves."
        )
        self._weighting.addItem("weighted", WEIGHTED)
        self._weighting.addItem("raw", RAW)
        self._choice = QComboBox(self)
        self._choice.setObjectName("plot_choice")
        self._choice.setAccessibleName("Which plot is shown")
        self._choice.setToolTip("There is room for one of the plots.")
        self._choice.addItems(["Probability", "Costs by layer"])
        self._title = heading("Probability")
        self._title.setObjectName("probability_title")
        self._title.setMinimumWidth(1)  # a long name does not widen the window
        self._references = QuietLabel(parent=self)
        self._references.setObjectName("references_used")
        self._references.setWordWrap(False)
        self._references.setMinimumWidth(1)
        self._references.hide()
        layout = empty_grid(self, margins=(SPACING, SPACING // 2))
        self._costs_title = heading("Costs by layer")
        layout.addLayout(row_of(fill(self._title), self._choice, gap=SPACING), 0, 0)
        layout.addLayout(row_of(self._costs_title, STRETCH, self._weighting, gap=0), 0, 1)
        layout.addWidget(self._references, 2, 1)
        layout.setRowStretch(1, 1)
        layout.setRowMinimumHeight(1, _LEAST_HEIGHT)
        self._grid = layout
        self._arrange()
        self._redraw_timer = QTimer(self, singleShot=True, interval=_REDRAW_MS)

        self._redraw_timer.timeout.connect(self._redraw_next)
        self._weighting.currentIndexChanged.connect(self._redraw)
        self._choice.currentIndexChanged.connect(self._arrange)

    def make_plots(self) -> None:
        """Makes the plots, unless they are there."""
        if self._plots:
            return
        from fooler_gui.features.run.costs_plot import CostsPlot
        from fooler_gui.features.run.probability_plot import ProbabilityPlot

        probability, costs = ProbabilityPlot(self), CostsPlot(self)
        self._plots = probability, costs
        self._redraws = partial(self._redraw_probability, probability), partial(self._redraw_costs, costs)
        for plot in self._plots:
            plot.enlarge(self._larger)
            plot.view_changed.connect(self._redraw_soon)
        self._arrange()
        self._redraw()

    def show_run(self, series: RunSeries, class_names: Sequence[str], references: ReferenceCount | None = None) -> None:
        """Shows another run.

        Args:
            series: Its numbers; when they grow, `refresh` draws them.
            class_names: The names of its classifier's classes.
            references: How many references its labels have together; None if unknown.
        """
        self.make_plots()
        words = _words_of(references)
        self._references.setText(words)
        self._references.setToolTip(paragraphs(words))
        self._arrange()
        self._class_names = tuple(class_names)
        self._series = series
        for plot in self._plots:
            plot.clear_marks()
            plot.erase()
            plot.follow()
        self.set_cursor(None)
        self._show_title()
        self._redraw()

    def refresh(self) -> None:
        """Draws new numbers of the series, or a little later together if others have just been drawn."""
        self._show_title()
        if self.isVisible() and not self._redraw_timer.isActive():
            self._redraw_timer.start()
            for redraw in self._redraws:
                redraw()
        else:
            self._redraw_soon()

    def set_marks(self, marks: Sequence[tuple[int, str]]) -> None:
        """Marks steps in both plots with their changes; marks are only ever added."""
        for plot in self._plots:
            for step, text in marks[len(plot.marks()) :]:
                plot.add_mark(step, text)

    def set_cursor(self, step: int | None) -> None:
        """Draws the cursor in both plots at `step`, or none."""
        for plot in self._plots:
            plot.set_cursor(step)

    def show_probability_alone(self, alone: bool) -> None:
        """Shows the plot of probabilities `alone`, on the whole width, or both plots."""
        self._is_alone = alone
        self._arrange()

    def enlarge(self, factor: float) -> None:
        """Writes all texts larger by `factor`; 1 is their usual size."""
        font = heading("").font()
        font.setPointSizeF(font.pointSizeF() * factor)
        self._title.setFont(font)
        self._larger = factor
        for plot in self._plots:
            plot.enlarge(factor)

    def sizeHint(self) -> QSize:
        """Returns a wide and low size."""
        return QSize(660, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows one plot where there is no room for both."""
        super().resizeEvent(event)
        if self._is_narrow is not (self.width() < _ROOM_FOR_BOTH):
            self._is_narrow = not self._is_narrow
            self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what came while it was hidden."""
        super().showEvent(event)
        self._redraw_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stops the timer."""
        super().hideEvent(event)
        self._redraw_timer.stop()

    @Slot()
    def _arrange(self) -> None:
        """Shows both plots beside each other, or one of them on the whole width."""
        single = self._is_alone or self._is_narrow
        costs = self._is_narrow and not self._is_alone and self._choice.currentIndex() == 1
        self._choice.setVisible(self._is_narrow and not self._is_alone)
        self._title.setVisible(not costs)
        self._costs_title.setVisible(not single)
        self._weighting.setVisible(costs or not single)
        self._references.setVisible(bool(self._references.text()) and (costs or not single))
        for column, plot in enumerate(self._plots):
            self._grid.removeWidget(plot)
            self._grid.addWidget(plot, 1, 0 if single else column, 1, 2 if single else 1)
            plot.setVisible(not single or plot is self._plots[costs])
        for column in range(2):
            self._grid.setColumnStretch(column, 0 if single else 1)
        self._grid.setColumnStretch(1 if costs else 0, 1)

    def _show_title(self) -> None:
        labels = self._series.labels
        is_of_unit = self._series.measure == ACTIVATION
        self._choice.setItemText(0, "Activation" if is_of_unit else "Probability")
        if is_of_unit:
            self._title.setText("Activation of the unit")
            self._title.setToolTip("")
        elif len(labels) == 1:
            (label,) = labels
            name = class_name(self._class_names, label)
            self._title.setText(f"Probability of “{short_name(name)}”")
            self._title.setToolTip(paragraphs(name) if short_name(name) != name else "")
        else:
            self._title.setText("Probability of the labels" if labels else "Probability")
            self._title.setToolTip("")

    def _redraw_soon(self) -> None:
        if self.isVisible():
            self._due += [redraw for redraw in self._redraws if redraw not in self._due]
            if not self._redraw_timer.isActive():
                self._redraw_timer.start()

    def _redraw_next(self) -> None:
        """Draws one plot, so that the window stays responsive."""
        if self._due:
            self._due.pop(0)()
            self._redraw_timer.start()

    def _redraw(self) -> None:
        self._due.clear()
        self._redraw_timer.stop()
        for redraw in self._redraws:
            redraw()

    def _redraw_probability(self, plot: ProbabilityPlot) -> None:
        series = self._series
        if self._make_ready(plot):
            plot.draw(series.view(*plot.visible_steps(), plot.points_across(), series.measure))
            newest = series.view(series.last_step, series.last_step, 2, series.measure)
            plot.show_newest(float(newest.minimum[-1]), float(newest.mean[-1]))
            plot.prepare_to_paint()

    def _redraw_costs(self, plot: CostsPlot) -> None:
        series, weighting = self._series, self._weighting.currentData()
        if self._make_ready(plot):
            plot.set_places(series.places)
            seen = series.view(*plot.visible_steps(), plot.points_across())
            plot.draw(seen.steps, seen.costs[weighting])
            plot.show_newest(series.view(series.last_step, series.last_step, 2).costs[weighting][-1])
            plot.prepare_to_paint()

    def _make_ready(self, plot: Plot) -> bool:
        """Makes room in `plot` for the numbers; returns whether there are any."""
        plot.set_last_step(self._series.last_step)
        plot.set_message("" if len(self._series) else _NOTHING_YET)
        return len(self._series) > 0


def _words_of(references: ReferenceCount | None) -> str:
    """Returns what must be known of the `references` to read their cost; "" if all training images are some."""
    if references is None:
        return ""
    if not references.available:
        return "No reference cost: there are no training images."
    return "" if references.used == references.available else f"{references.words} are references"
