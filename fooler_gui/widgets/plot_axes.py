"""A quiet plot against the step: thin axes, no grid, the newest value at each line's end, marks for changes.

The plots of a run build on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from fooler_gui.core.formats import format_number
from fooler_gui.widgets.colours import CHANGED

_NEAR_PIXELS = 6
_CURSOR_MARGIN = 1.5
_FEWEST_STEPS = 10
_FEW_TICKS = 2
_SAMPLE_PIXELS = 14
_LABEL_GAP = 4
_MOST_FOR_LABELS = 0.7
"""Share of a narrow plot that the texts at the lines' ends may take."""
_CUT_PIXELS = 6
"""So near to an end of the axis half of a number would be cut off."""
LEGEND_PIXELS = 20
"""Height at the top of a plot that is kept free for the legend."""
_HINT = "Turn the wheel to look closer at some steps, drag to move, double-click to see all steps."


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLabel:
    """A text at a line's end. `y` is a coordinate of the plot."""

    y: float
    text: str
    colour: QColor


class _LogAxis(pg.AxisItem):
    """An axis of decimal logarithms, with few and round numbers in their shortest form."""

    def tickValues(self, lowest: float, highest: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Returns the logarithms of whole powers of ten; of 2 and 5 too where there are few."""
        cut = _CUT_PIXELS * (highest - lowest) / max(1.0, size)
        lowest, highest = lowest + cut, highest - cut
        powers = range(math.floor(lowest), math.ceil(highest) + 1)
        apart = max(1, len(powers) // 5)
        whole = [float(power) for power in powers if power % apart == 0]
        between = [power + math.log10(factor) for power in powers for factor in (2, 5)]
        ticks = whole if sum(lowest <= tick <= highest for tick in whole) > _FEW_TICKS else sorted(whole + between)
        return [(1.0, [tick for tick in ticks if lowest <= tick <= highest])]

    def logTickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:  # noqa: N802
        """Returns what stands at the ticks."""
        return [format_number(float(f"{10**value:.1g}")) for value in values]


class _ShortSample(pg.ItemSample):
    """A line of the legend, short enough for narrow plots."""

    def __init__(self, item: pg.GraphicsObject) -> None:
        super().__init__(item)
        self.setFixedWidth(_SAMPLE_PIXELS)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, _SAMPLE_PIXELS, self.height())

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setPen(self.item.opts["pen"])
        middle = self.height() / 2 + 1
        painter.drawLine(QPointF(0, middle), QPointF(_SAMPLE_PIXELS, middle))


class QuietPlot(pg.PlotWidget):
    """A plot against the step that follows the newest one until a person looks closer. Main thread only.

    Args:
        purpose: What the plot shows, for the tooltip.
        widest_label: A text as wide as any at a line's end.
        logarithmic: Whether y holds decimal logarithms.
        parent: The widget that holds it.

    Signals:
        view_changed(): Other steps are seen, or the size is another.
    """

    view_changed = Signal()

    def __init__(
        self, purpose: str, widest_label: str, logarithmic: bool = False, parent: QWidget | None = None
    ) -> None:
        axis = _LogAxis("left") if logarithmic else pg.AxisItem("left")
        super().__init__(parent=parent, axisItems={"left": axis}, enableMenu=False)
        self._following = True
        self._last_step = 0
        self._marks: list[tuple[int, str]] = []
        self._mark_lines: dict[int, pg.InfiniteLine] = {}
        self._cursor: int | None = None
        self._cursor_colour = QColor()
        self._labels: tuple[EndLabel, ...] = ()
        self._placed_labels: list[EndLabel] = []
        self.setToolTip(f"{purpose} {_HINT}")
        self.setMinimumSize(120, 120)
        self.setFrameShape(self.Shape.NoFrame)
        # New steps change every line: to find out which parts of the plot are new would only add to that.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self._view: pg.ViewBox = self.getViewBox()
        self._view.setMouseEnabled(x=True, y=False)
        self._view.setLimits(minXRange=2)
        self._view.disableAutoRange()
        self.hideButtons()
        axis.setLogMode(logarithmic)
        self._small = QFont(self.font())
        self._small.setPointSizeF(max(7.0, self.font().pointSizeF() * 0.9))
        for side in ("left", "bottom"):
            self.getAxis(side).setStyle(tickLength=-4, tickFont=self._small, maxTickLevel=0)
        self.getAxis("left").setWidth(40)
        # Its width is fixed; to find another one while it is painted would have everything painted twice.
        self.getAxis("left").setStyle(autoExpandTextSpace=False, autoReduceTextSpace=False)
        self._label_pixels = QFontMetricsF(self._small).horizontalAdvance(widest_label) + 8
        size = f"{self._small.pointSizeF():g}pt"
        self.legend = self.addLegend(offset=(4, 1), labelTextSize=size, horSpacing=4, sampleType=_ShortSample)
        self.legend.layout.setContentsMargins(0, 0, 0, 0)
        self.legend.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._message = pg.TextItem(anchor=(0.5, 0.5))
        self._message.setFont(self._small)
        self.addItem(self._message, ignoreBounds=True)
        self._fit_steps()

        self._view.sigRangeChangedManually.connect(self._look_closer)
        self._view.sigResized.connect(self._refit)

    def set_message(self, message: str) -> None:
        """Shows `message` in place of lines; "" for lines."""
        if message == self._message.toPlainText() and self.legend.isVisible() is not bool(message):
            return
        self._message.setText(message)
        self._message.setVisible(bool(message))
        self.legend.setVisible(not message)
        self._place_message()

    def follow(self) -> None:
        """Shows all steps, and new ones as they come."""
        self._following = True
        self._fit_steps()
        self.view_changed.emit()

    def set_last_step(self, step: int) -> None:
        """Makes room for the steps up to `step`, and for the texts at the lines' ends."""
        self._last_step = step
        self._fit_steps()

    def visible_steps(self) -> tuple[float, float]:
        """Returns the first and last step that are seen."""
        left, right = self._view.viewRange()[0]
        return left, right

    def points_across(self) -> int:
        """Returns how many points are worth drawing: one for each pixel."""
        return max(64, math.ceil(self._view.width()))

    def set_end_labels(self, labels: Sequence[EndLabel]) -> None:
        """Writes `labels` at the lines' ends, moved apart where they would cover each other.

        Where there is no room for all, the lowest are left out.
        """
        self._labels = tuple(labels)
        bottom, top = self._view.viewRange()[1]
        unit = (top - bottom) / max(1.0, self._view.height())
        least = QFontMetricsF(self._small).capHeight() * 1.45 * unit
        lowest, highest = bottom + least, top - LEGEND_PIXELS * unit - least / 2
        room = max(1, math.floor((highest - lowest) / least) + 1)
        ordered = sorted(range(len(labels)), key=lambda index: labels[index].y)[-room:]
        heights = spread([labels[index].y for index in ordered], least, lowest, highest)
        self._placed_labels = [replace(labels[index], y=height) for index, height in zip(ordered, heights, strict=True)]
        self.viewport().update()

    def end_labels(self) -> list[str]:
        """Returns the texts at the lines' ends."""
        return [label.text for label in self._labels]

    def placed_labels(self) -> list[EndLabel]:
        """Returns the texts that there is room for, from below, where they are written."""
        return list(self._placed_labels)

    def prepare_to_paint(self) -> None:
        """Applies new ranges to the lines now. Left to the painting itself, they would have it done twice."""
        self.scene().prepareForPaint()

    def cursor_step(self) -> int | None:
        """Returns the step at which there is a cursor, or None."""
        return self._cursor

    def set_cursor(self, step: int | None) -> None:
        """Draws a thin line from top to bottom at `step`, or none; only where it was and is the plot is painted."""
        if step == self._cursor:
            return
        before, self._cursor = self._cursor_line(), step
        for line in (before, self._cursor_line()):
            if line is not None:
                box = QRectF(line.p1(), line.p2()).adjusted(-_CURSOR_MARGIN, 0, _CURSOR_MARGIN, 0)
                self.viewport().update(box.toAlignedRect())

    def add_mark(self, step: int, text: str) -> None:
        """Draws a dashed line at `step`; `text` is seen when the mouse is over it."""
        self._marks.append((step, text))
        if step not in self._mark_lines:
            pen = pg.mkPen(CHANGED, width=1.5, style=Qt.PenStyle.DashLine)
            line = pg.InfiniteLine(step, angle=90, pen=pen)
            line.setZValue(-10)
            self.addItem(line, ignoreBounds=True)
            self._mark_lines[step] = line

    def clear_marks(self) -> None:
        """Takes every mark away."""
        for line in self._mark_lines.values():
            self.removeItem(line)
        self._mark_lines.clear()
        self._marks.clear()

    def marks(self) -> list[tuple[int, str]]:
        """Returns (step, text) of every mark, in the order they came."""
        return list(self._marks)

    def mark_text_at(self, position: QPointF) -> str:
        """Returns the texts of the marks near a point of the widget, line by line; "" where there is none."""
        step = self._view.mapSceneToView(self.mapToScene(position.toPoint())).x()
        left, right = self.visible_steps()
        near = _NEAR_PIXELS * (right - left) / max(1.0, self._view.width())
        return "\n".join(f"Step {at}: {text}" for at, text in self._marks if abs(at - step) <= near)

    def take_colours(self, palette: QPalette) -> None:
        """Draws ground, axes and texts in the colours of `palette`."""
        text = palette.color(QPalette.ColorRole.Text)
        self.setBackground(palette.color(QPalette.ColorRole.Base))
        thin = QColor(text)
        thin.setAlphaF(0.45)
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(pg.mkPen(thin))
            self.getAxis(side).setTextPen(text)
        self.legend.setLabelTextColor(text)
        for _, label in self.legend.items:
            label.setText(label.text, color=text)
        self._message.setColor(text)
        self._cursor_colour = text

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Draws the cursor and the texts at the lines' ends; as items of the scene these would be its dearest ones."""
        if (line := self._cursor_line()) is not None:
            painter.setPen(QPen(self._cursor_colour, 1))
            painter.drawLine(line)
        painter.setFont(self._small)
        height = QFontMetricsF(self._small).height()
        to_scene = self._view.childGroup.sceneTransform()
        for label in self._placed_labels:
            place = to_scene.map(QPointF(self._last_step, label.y))
            painter.setPen(label.colour)
            box = QRectF(place.x() + _LABEL_GAP, place.y() - height / 2, self._label_pixels, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, label.text)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Shows all steps again."""
        self.follow()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tells of the mark under the mouse."""
        if isinstance(event, QHelpEvent) and (text := self.mark_text_at(QPointF(event.pos()))):
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    def _cursor_line(self) -> QLineF | None:
        """Returns where the cursor is drawn, in pixels of the viewport; None where it is out of sight."""
        if self._cursor is None:
            return None
        room = self._view.sceneBoundingRect()
        x = math.floor(self._view.childGroup.sceneTransform().map(QPointF(self._cursor, 0)).x()) + 0.5
        return QLineF(x, room.top(), x, room.bottom()) if room.left() <= x <= room.right() else None

    def _fit_steps(self) -> None:
        if self._following:
            width = max(1.0, self._view.width())
            share = min(_MOST_FOR_LABELS, self._label_pixels / width)
            self._view.setXRange(0, max(_FEWEST_STEPS, self._last_step) / (1 - share), padding=0)
            self._place_message()

    def _place_message(self) -> None:
        if self._message.isVisible():
            (left, right), (bottom, top) = self._view.viewRange()
            self._message.setPos((left + right) / 2, (bottom + top) / 2)

    def _refit(self) -> None:
        self._fit_steps()
        self.view_changed.emit()

    def _look_closer(self) -> None:
        self._following = False
        self.view_changed.emit()


def spread(values: Sequence[float], least: float, lowest: float, highest: float) -> list[float]:
    """Returns the ascending `values` moved as little as makes neighbours `least` apart; not below `lowest`."""
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
