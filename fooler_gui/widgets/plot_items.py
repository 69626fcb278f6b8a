"""The items of pyqtgraph that a plot is made of: an axis, a sample of the legend, and what draws one series."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPalette, QPen

from fooler_gui.core.formats import format_number
from fooler_gui.widgets.plot_series import Axis, Band, Bars, Line, Series

SYMBOL_SIZE = 7
_FEW_TICKS, _TICK_PIXELS = 2, 14
_LEGEND_SAMPLE = 14
_CUT_PIXELS = 6
"""Closer to an end of the axis, half of a number would be cut off."""
_TICK_LENGTH = 4
_NUMBER_PIXELS = 40


class PlotAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis that draws its title itself; as an item of the scene the title would be slow."""

    def __init__(self, side: str, axis: Axis, font: QFont) -> None:
        super().__init__(side)
        self._axis = axis
        self.setLogMode(axis.logarithmic)
        self.setStyle(tickLength=-_TICK_LENGTH, maxTickLevel=0)
        # Its size is fixed; changing it during painting would paint everything twice.
        self.setStyle(autoExpandTextSpace=False, autoReduceTextSpace=False)
        self.set_font(font)
        self.describe(axis)

    def describe(self, axis: Axis) -> None:
        """Shows the quantity of `axis`, which is logarithmic if the former one was."""
        self._axis = axis
        self.setTicks(None if axis.ticks is None else [list(axis.ticks.items())])

    def set_font(self, font: QFont, factor: float = 1.0) -> None:
        """Writes in `font`, which is larger by `factor` than usual."""
        line = math.ceil(QFontMetricsF(font).height())
        self.setStyle(tickFont=font)
        if self.orientation == "left":
            self.setWidth(round(_NUMBER_PIXELS * factor) + line)
        else:
            self.setHeight(2 * line + _TICK_LENGTH)

    def drawPicture(self, painter: QPainter, *specs: Any) -> None:  # noqa: N802
        """Draws line, ticks and numbers, and the title along them."""
        super().drawPicture(painter, *specs)
        painter.setPen(self.textPen())
        font = self.style["tickFont"]
        painter.setFont(font)
        wide, high = self.size().width(), self.size().height()
        if self.orientation == "left":
            painter.translate(0, high)
            painter.rotate(-90)
            wide = high
        text = QFontMetricsF(font).elidedText(self._axis.words, Qt.TextElideMode.ElideRight, wide)
        side = Qt.AlignmentFlag.AlignTop if self.orientation == "left" else Qt.AlignmentFlag.AlignBottom
        room = QRectF(0, 0, wide, self.size().height() if self.orientation != "left" else self.size().width())
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | side, text)

    def tickValues(self, lowest: float, highest: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Returns round numbers; for logarithms powers of ten, and also their 2- and 5-fold if there are few."""
        if not self._axis.logarithmic or self._axis.ticks is not None:
            found: list[tuple[float, list[float]]] = super().tickValues(lowest, highest, size)
            return found
        cut = _CUT_PIXELS * (highest - lowest) / max(1.0, size)
        lowest, highest = lowest + cut, highest - cut
        powers = range(math.floor(lowest), math.ceil(highest) + 1)
        apart = max(1, len(powers) // 5)
        whole = [float(power) for power in powers if power % apart == 0]
        between = [power + math.log10(factor) for power in powers for factor in (2, 5)]
        few, many = (
            [tick for tick in ticks if lowest <= tick <= highest] for ticks in (whole, sorted(whole + between))
        )
        has_room = len(many) * _TICK_PIXELS <= size
        return [(1.0, many if has_room and len(few) <= _FEW_TICKS else few)]

    def logTickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:  # noqa: N802
        """Returns the texts of the ticks."""
        return [format_number(float(f"{10**value:.1g}")) for value in values]


class ShortSample(pg.ItemSample):  # type: ignore[misc]
    """A sample of the legend, short enough for narrow plots."""

    def __init__(self, item: pg.GraphicsObject) -> None:
        super().__init__(item)
        self.setFixedWidth(_LEGEND_SAMPLE)

    def boundingRect(self) -> QRectF:
        """Returns the room of the line."""
        return QRectF(0, 0, _LEGEND_SAMPLE, self.height())

    def paint(self, painter: QPainter, *_: object) -> None:
        """Draws a short line in the series' pen."""
        painter.setPen(self.item.opts["pen"])
        middle = self.height() / 2 + 1
        painter.drawLine(QPointF(0, middle), QPointF(_LEGEND_SAMPLE, middle))


class DrawnSeries:
    """The scene's items for one series."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.markers: pg.ScatterPlotItem | None = None
        self.hollow: tuple[bool, ...] = ()
        match series:
            case Line():
                mode = "on" if series.connect == "finite" and not series.symbol else "auto"
                self.items = [pg.PlotCurveItem(antialias=series.smooth, segmentedLineMode=mode)]
                if series.symbol:
                    self.markers = pg.ScatterPlotItem(symbol=series.symbol, size=SYMBOL_SIZE, antialias=True)
                    self.items.append(self.markers)
            case Band():
                self.ends = pg.PlotCurveItem(), pg.PlotCurveItem()
                self.items = [pg.FillBetweenItem(*self.ends)]
            case Bars():
                self.items = [pg.BarGraphItem(x=[], height=[], width=1)]

    def pen(self, palette: QPalette) -> QPen:
        """Returns the pen of lines and bars."""
        series = self.series
        width, style = (series.width, series.style) if isinstance(series, Line) else (1, Qt.PenStyle.SolidLine)
        pen: QPen = pg.mkPen(series.colour(palette), width=width, style=style)
        return pen

    def brush(self, palette: QPalette) -> QBrush:
        """Returns the brush of markers, bands and bars."""
        is_hollow = isinstance(self.series, Line) and self.series.hollow
        colour = palette.color(QPalette.ColorRole.Base) if is_hollow else self.series.colour(palette)
        is_hatched = isinstance(self.series, Bars) and self.series.hatched
        return QBrush(colour, Qt.BrushStyle.BDiagPattern if is_hatched else Qt.BrushStyle.SolidPattern)

    def take_colours(self, palette: QPalette) -> None:
        """Draws the series in the colours of `palette`."""
        match self.series:
            case Line():
                self.items[0].setPen(self.pen(palette))
            case Band():
                self.items[0].setBrush(self.brush(palette))
            case Bars():
                brush = self.brush(palette)
                brushes = [QBrush() if is_hollow else brush for is_hollow in self.hollow] or None
                self.items[0].setOpts(pen=self.pen(palette), brush=brush, brushes=brushes)
        if self.markers is not None:
            self.markers.setPen(self.outline(palette))
            self.markers.setBrush(self.brush(palette))

    def outline(self, palette: QPalette) -> QPen:
        """Returns the pen of markers."""
        pen: QPen = pg.mkPen(self.series.colour(palette), width=1.5)
        return pen
