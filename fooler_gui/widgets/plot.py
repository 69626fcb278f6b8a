"""A declarative plot: axes with titles and units, lines, bands, bars, and labels at their ends.

Features describe what they show (`plot_series`) and hand over numbers; the plot draws them, follows the newest, and has
marks, a cursor, a message and tooltips.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from fooler_gui.widgets.colours import CHANGED
from fooler_gui.widgets.plot_items import SYMBOL_SIZE, DrawnSeries, PlotAxis, ShortSample
from fooler_gui.widgets.plot_series import Axis, Band, Bars, EndLabel, Line, Series, faded, ink
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_NEAR_PIXELS = 6
_CURSOR_MARGIN = 1.5
_FEWEST_STEPS = 10
_SYMBOL_SAMPLE, _LINE_SAMPLE = 26, 18
_LABEL_GAP = 4
_SAMPLE_START, _SAMPLE_GAP = 8, 4
_CLOSEST = 1.2
"""Distance of the labels at the lines' ends where there are many, over the height of their capitals."""
_ROUNDING = 1e-6
_MOST_FOR_LABELS = 0.7
"""Share of a narrow plot's width for the labels at the lines' ends."""
_LEGEND_PIXELS = 20
"""Height of the legend in its usual size."""
_HINT = "Turn the wheel to zoom, drag to move, double-click to see all steps."

Numbers = npt.ArrayLike

pg.setConfigOptions(antialias=True)


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that follows the newest numbers until the user zooms in. Main thread only.

    Args:
        name: Its object name.
        accessible_name: What it shows.
        purpose: The same in full sentences, for the tooltip.
        x: The axis at the bottom.
        y: The axis at the left.
        series: What it draws, backmost first.
        widest_label: A text as wide as any label at a line's end; "" for none.
        zooms: Whether the user can zoom.
        left_pixels: Space left of the first point.
        parent: Owner.

    Signals:
        view_changed: The visible range or the size has changed.
    """

    view_changed = Signal()

    def __init__(
        self,
        name: str,
        accessible_name: str,
        purpose: str,
        x: Axis,
        y: Axis,
        series: Sequence[Series] = (),
        *,
        widest_label: str = "",
        zooms: bool = False,
        left_pixels: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        small = QFont()
        small = tabular_font(parent.font() if parent is not None else small)
        small.setPointSizeF(max(7.0, small.pointSizeF() * 0.9))
        axes = {"left": PlotAxis("left", y, small), "bottom": PlotAxis("bottom", x, small)}
        super().__init__(parent=parent, axisItems=axes, enableMenu=False)
        self._small = small
        self._purpose = purpose
        self._following = True
        self._span = 0.0, float(_FEWEST_STEPS)
        self._left_pixels = left_pixels
        self._ends_at = 0.0
        self._marks: list[tuple[int, str]] = []
        self._mark_lines: dict[int, pg.InfiniteLine] = {}
        self._cursor: int | None = None
        self._colours = QPalette(self.palette())
        self._labels: tuple[EndLabel, ...] = ()
        self._placed: list[tuple[float, EndLabel]] = []
        self._drawn: dict[str, DrawnSeries] = {}
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setToolTip(paragraphs(purpose, _HINT if zooms else ""))
        self.setMinimumSize(120, 120)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus if zooms else Qt.FocusPolicy.NoFocus)
        # New numbers change every line, so finding the changed regions would only cost time.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self._view: pg.ViewBox = self.getViewBox()
        self._view.setMouseEnabled(x=zooms, y=False)
        self._view.setLimits(minXRange=2 if zooms else None)
        self._view.disableAutoRange()
        self.hideButtons()
        self._larger, self._widest_label, self._label_pixels = 1.0, widest_label, 0.0
        self._measure_labels()
        size = f"{small.pointSizeF():g}pt"
        self.legend = self.addLegend(offset=(4, 1), labelTextSize=size, horSpacing=4, sampleType=ShortSample)
        self.legend.layout.setContentsMargins(0, 0, 0, 0)
        self.legend.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._message = pg.TextItem(anchor=(0.5, 0.5))
        self._message.setFont(small)
        self.addItem(self._message, ignoreBounds=True)
        self.set_series(series)
        self.legend.setVisible(bool(self.legend.items))
        self.fit()
        self.take_colours(self.palette())

        self._view.sigRangeChangedManually.connect(self._look_closer)
        self._view.sigResized.connect(self._refit)

    def set_series(self, series: Sequence[Series]) -> None:
        """Draws `series`, backmost first; existing ones keep their numbers."""
        if list(series) == [drawn.series for drawn in self._drawn.values()]:
            return
        known, self._drawn = self._drawn, {}
        for one in series:
            kept = known.get(one.name)
            if kept is not None and kept.series == one:
                self._drawn[one.name] = known.pop(one.name)
        for drawn in known.values():
            for item in drawn.items:
                self.removeItem(item)
        named = sum(isinstance(one, Line) and bool(one.legend) for one in series)
        self.legend.setColumnCount(max(1, named))
        for one in series:
            if one.name not in self._drawn:
                drawn = self._drawn[one.name] = DrawnSeries(one)
                drawn.take_colours(self._colours)
                for item in drawn.items:
                    self.addItem(item)
                if isinstance(one, Line) and one.legend:
                    self.legend.addItem(drawn.items[0], one.legend)
        self._drawn = {one.name: self._drawn[one.name] for one in series}
        for depth, drawn in enumerate(self._drawn.values()):
            for item in drawn.items:
                item.setZValue(depth)

    def series(self) -> tuple[Series, ...]:
        """Returns what it draws, backmost first."""
        return tuple(drawn.series for drawn in self._drawn.values())

    def draw_line(self, name: str, x: Numbers, y: Numbers, marked: npt.NDArray[np.bool_] | None = None) -> None:
        """Draws the points `x` and `y` (n,) of a line, with its markers, if any, at all or at the `marked` ones."""
        drawn = self._drawn[name]
        places, values = np.asarray(x, float), np.asarray(y, float)
        if np.isfinite(values).any():
            drawn.items[0].setData(places, values, connect=drawn.series.connect)  # type: ignore[union-attr]
        else:
            drawn.items[0].clear()
        if drawn.markers is not None:
            shown = np.isfinite(values) if marked is None else marked & np.isfinite(values)
            drawn.markers.setData(places[shown], values[shown])

    def draw_band(self, name: str, x: Numbers, lowest: Numbers, highest: Numbers) -> None:
        """Fills the area between `lowest` and `highest` (n,) at `x` (n,); n may be 0."""
        drawn = self._drawn[name]
        for curve, values in zip(drawn.ends, (lowest, highest), strict=True):
            curve.setData(x, values)
        drawn.items[0].setVisible(len(np.asarray(x)) > 0)

    def draw_bars(
        self, name: str, x: Numbers, lowest: Numbers, highest: Numbers, width: float, hollow: Sequence[bool] = ()
    ) -> None:
        """Draws bars of `width` from `lowest` to `highest` (n,), centred at `x`; some may be hollow."""
        drawn = self._drawn[name]
        drawn.hollow = tuple(hollow)
        drawn.items[0].setOpts(x=x, y0=lowest, y1=highest, height=None, width=width)
        drawn.take_colours(self._colours)

    def erase(self) -> None:
        """Removes all numbers."""
        for name, drawn in self._drawn.items():
            match drawn.series:
                case Line():
                    self.draw_line(name, [], [])
                case Band():
                    self.draw_band(name, [], [], [])
                case Bars():
                    self.draw_bars(name, [], [], [], 1)
        self.set_end_labels([])

    def set_y_range(self, lowest: float, highest: float, ticks: Mapping[float, str] | None = None) -> None:
        """Shows the range from `lowest` to `highest`; `ticks`, texts by position, replace the present ones."""
        if ticks is not None:
            self.getAxis("left").setTicks([list(ticks.items())])
        self.setYRange(lowest, highest, padding=0)

    def set_y_axis(self, y: Axis) -> None:
        """Shows `y` at the left, in place of another quantity on the same kind of scale."""
        self.getAxis("left").describe(y)

    def set_span(self, first: float, last: float, ends_at: float | None = None) -> None:
        """Makes room from `first` to `last`, and for labels right of `ends_at` (`last` if None)."""
        self._span, self._ends_at = (first, last), last if ends_at is None else ends_at
        self.fit()

    def set_message(self, message: str) -> None:
        """Shows `message` in place of the lines; "" shows the lines."""
        if message == self._message.toPlainText():
            return
        self._message.setText(message)
        self._message.setVisible(bool(message))
        self.legend.setVisible(not message and bool(self.legend.items))
        self._place_message()

    def follow(self) -> None:
        """Shows all numbers, including new ones."""
        self._following = True
        self.fit()
        self.view_changed.emit()

    def set_last_step(self, step: int) -> None:
        """Makes room for the steps up to `step` and the labels at the lines' ends."""
        self.set_span(0, max(_FEWEST_STEPS, step), step)

    def visible_steps(self) -> tuple[float, float]:
        """Returns the first and last visible step."""
        left, right = self._view.viewRange()[0]
        return left, right

    def points_across(self) -> int:
        """Returns how many points are worth drawing: one per pixel."""
        return max(64, math.ceil(float(self._view.width())))

    def set_end_labels(self, labels: Sequence[EndLabel]) -> None:
        """Writes `labels` at the lines' ends, moved apart if they would overlap.

        Many come closer. If there is not room for all, the lowest are omitted.
        """
        self._labels = tuple(labels)
        bottom, top = self._view.viewRange()[1]
        height, over = max(1.0, self._view.height()), self._legend_over(labels)
        unit, margins = (top - bottom) / height, 1.5 if self.legend.items else 1.0
        capital = QFontMetricsF(self._small).capHeight()
        usual = capital * (1.8 if self._has_symbols() else 1.45)
        fitting = (height - over) / max(1.0, len(labels) - 1 + margins)
        least = min(usual, max(_CLOSEST * capital, fitting)) * unit
        lowest, highest = bottom + (margins - 0.5) * least, top - over * unit - least / 2
        room = max(1, math.floor((highest - lowest) / least + _ROUNDING) + 1)
        ordered = sorted(range(len(labels)), key=lambda index: labels[index].y)[-room:]
        heights = spread([labels[index].y for index in ordered], least, lowest, highest)
        self._placed = [(height, labels[index]) for index, height in zip(ordered, heights, strict=True)]
        self.viewport().update()

    def _legend_over(self, labels: Sequence[EndLabel]) -> float:
        """Returns the height of the legend if it reaches `labels`, else 0."""
        start = min((self._ends_at if label.x is None else label.x for label in labels), default=self._ends_at)
        start_pixels = self._view.mapViewToScene(QPointF(start, 0)).x() + _LABEL_GAP
        reaches = bool(self.legend.items) and self.legend.sceneBoundingRect().right() > start_pixels
        return self.legend_pixels() if reaches else 0.0

    def label_measures(self) -> QFontMetricsF:
        """Returns the measures of the text at the lines' ends."""
        return QFontMetricsF(self._small)

    def placed_labels(self) -> list[EndLabel]:
        """Returns the labels that there is room for, from the bottom, at their final positions."""
        return [replace(label, y=height) for height, label in self._placed]

    def prepare_to_paint(self) -> None:
        """Applies new ranges to the lines now; during painting this would paint twice."""
        self.scene().prepareForPaint()

    def set_cursor(self, step: int | None) -> None:
        """Draws a thin vertical line at `step`, or none; repaints only where it was and is."""
        if step == self._cursor:
            return
        before, self._cursor = self._cursor_line(), step
        for line in (before, self._cursor_line()):
            if line is not None:
                box = QRectF(line.p1(), line.p2()).adjusted(-_CURSOR_MARGIN, 0, _CURSOR_MARGIN, 0)
                self.viewport().update(box.toAlignedRect())

    def add_mark(self, step: int, text: str) -> None:
        """Draws a dashed line at `step` with the tooltip `text`."""
        self._marks.append((step, text))
        if step not in self._mark_lines:
            pen = pg.mkPen(CHANGED, width=1.5, style=Qt.PenStyle.DashLine)
            line = pg.InfiniteLine(step, angle=90, pen=pen)
            line.setZValue(-10)
            self.addItem(line, ignoreBounds=True)
            self._mark_lines[step] = line

    def clear_marks(self) -> None:
        """Removes all marks."""
        for line in self._mark_lines.values():
            self.removeItem(line)
        self._mark_lines.clear()
        self._marks.clear()

    def marks(self) -> list[tuple[int, str]]:
        """Returns (step, text) of every mark, in the order of adding."""
        return list(self._marks)

    def mark_text_at(self, position: QPointF) -> str:
        """Returns the texts of the marks near a point of the widget, one per line; "" if there are none."""
        step, near = self.x_at(position), _NEAR_PIXELS / self.x_pixels()
        return "\n".join(f"Step {at}: {text}" for at, text in self._marks if abs(at - step) <= near)

    def purpose(self) -> str:
        """Returns what it shows, in full sentences."""
        return self._purpose

    def words_at(self, position: QPointF) -> str:
        """Returns the tooltip at a point of the widget, a paragraph per line; "" for none."""
        return self.mark_text_at(position)

    def enlarge(self, factor: float) -> None:
        """Writes all its texts larger by `factor`; 1 is their usual size."""
        self._small.setPointSizeF(self._small.pointSizeF() * factor / self._larger)
        self._larger = factor
        for side in ("left", "bottom"):
            self.getAxis(side).set_font(self._small, factor)
        size = f"{self._small.pointSizeF():g}pt"
        self.legend.setLabelTextSize(size)
        for _, label in self.legend.items:
            label.setText(label.text, size=size)
        self._message.setFont(self._small)
        self._measure_labels()
        self._refit()

    def legend_pixels(self) -> float:
        """Returns the height that is kept free for the legend at the top."""
        return _LEGEND_PIXELS * self._larger

    def take_colours(self, palette: QPalette) -> None:
        """Draws everything in the colours of `palette`."""
        self._colours = QPalette(palette)
        text = ink(palette)
        self.setBackground(palette.color(QPalette.ColorRole.Base))
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(pg.mkPen(faded(0.45)(palette)))
            self.getAxis(side).setTextPen(text)
        for drawn in self._drawn.values():
            drawn.take_colours(palette)
        self.legend.setLabelTextColor(text)
        for _, label in self.legend.items:
            label.setText(label.text, color=text)
        self._message.setColor(text)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Takes the palette's colours when it changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_view"):
            self.take_colours(self.palette())

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Draws the cursor and the labels at the lines' ends; as items of the scene they would be slow."""
        if (line := self._cursor_line()) is not None:
            painter.setPen(QPen(ink(self._colours), 1))
            painter.drawLine(line)
        painter.setFont(self._small)
        height = QFontMetricsF(self._small).height()
        to_scene = self._view.childGroup.sceneTransform()
        for y, label in self._placed:
            place = to_scene.map(QPointF(self._ends_at if label.x is None else label.x, y))
            place += QPointF(_SAMPLE_START if label.sample_of else _LABEL_GAP, 0)
            if label.sample_of:
                place += self._paint_sample(painter, place, self._drawn[label.sample_of])
            painter.setPen(label.colour(self._colours))
            box = QRectF(place.x(), place.y() - height / 2, self._label_pixels, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, label.text)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Shows all numbers again."""
        self.follow()

    def viewportEvent(self, event: QEvent) -> bool:
        """Shows the tooltip of what is under the mouse."""
        if isinstance(event, QHelpEvent) and (text := self.words_at(QPointF(event.pos()))):
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return bool(super().viewportEvent(event))

    def _cursor_line(self) -> QLineF | None:
        """Returns the cursor's line in pixels of the viewport, or None if it is not visible."""
        if self._cursor is None:
            return None
        room = self._view.sceneBoundingRect()
        x = math.floor(self._view.childGroup.sceneTransform().map(QPointF(self._cursor, 0)).x()) + 0.5
        return QLineF(x, room.top(), x, room.bottom()) if room.left() <= x <= room.right() else None

    def x_at(self, position: QPointF) -> float:
        """Returns the coordinate of a point of the widget."""
        return float(self._view.mapSceneToView(self.mapToScene(position.toPoint())).x())

    def x_pixels(self) -> float:
        """Returns the pixels per unit of the bottom axis."""
        left, right = self.visible_steps()
        return max(1.0, float(self._view.width())) / max(1e-9, right - left)

    def fit(self) -> None:
        """Shows the whole range with room for the labels at the lines' ends, unless the user has zoomed."""
        if self._following:
            width = max(1.0, self._view.width())
            samples = 0
            if self._has_symbols() or any(label.sample_of for label in self._labels):
                samples = _SAMPLE_START + self._sample_width() + _SAMPLE_GAP - _LABEL_GAP
            labels = min(_MOST_FOR_LABELS * width, self._label_pixels + samples)
            first, last = self._span
            unit = (last - first) / max(1.0, width - labels - self._left_pixels)
            self._view.setXRange(first - self._left_pixels * unit, last + labels * unit, padding=0)
            self._place_message()

    def _sample_width(self) -> int:
        return _SYMBOL_SAMPLE if self._has_symbols() else _LINE_SAMPLE

    def _has_symbols(self) -> bool:
        return any(isinstance(drawn.series, Line) and drawn.series.symbol for drawn in self._drawn.values())

    def _paint_sample(self, painter: QPainter, place: QPointF, drawn: DrawnSeries) -> QPointF:
        """Paints a sample of a line, with its marker if it has one; returns the offset of the text."""
        width = self._sample_width()
        painter.setPen(drawn.pen(self._colours))
        painter.drawLine(place, place + QPointF(width, 0))
        assert isinstance(drawn.series, Line)
        if symbol := drawn.series.symbol:
            painter.save()
            painter.translate(place + QPointF(width / 2, 0))
            drawSymbol(painter, symbol, SYMBOL_SIZE, drawn.outline(self._colours), drawn.brush(self._colours))
            painter.restore()
        return QPointF(width + _SAMPLE_GAP, 0)

    def _measure_labels(self) -> None:
        widest = QFontMetricsF(self._small).horizontalAdvance(self._widest_label)
        self._label_pixels = widest + 2 * _LABEL_GAP if self._widest_label else 0.0

    def _place_message(self) -> None:
        if self._message.isVisible():
            (left, right), (bottom, top) = self._view.viewRange()
            self._message.setPos((left + right) / 2, (bottom + top) / 2)

    def _refit(self) -> None:
        self.fit()
        self.set_end_labels(self._labels)
        self.view_changed.emit()

    def _look_closer(self) -> None:
        self._following = False
        self.view_changed.emit()


def spread(values: Sequence[float], least: float, lowest: float, highest: float) -> list[float]:
    """Returns the ascending `values`, moved as little as possible until `least` apart; not below `lowest`."""
    blocks: list[tuple[float, int]] = []
    for index, value in enumerate(values):
        middle, count = value - index * least, 1
        while blocks and blocks[-1][0] >= middle:
            other, others = blocks.pop()
            middle, count = (middle * count + other * others) / (count + others), count + others
        blocks.append((middle, count))
    most = highest - (len(values) - 1) * least
    starts = [max(lowest, min(middle, most)) for middle, count in blocks for _ in range(count)]
    return [start + index * least for index, start in enumerate(starts)]
