"""Whether a classifier is right as often as it is sure: accuracy against confidence. Used by the evaluation page."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from fooler_gui.core.evaluation_report import RELIABILITY_BINS, DigitFigures, ReliabilityBin
from fooler_gui.core.formats import format_share
from fooler_gui.features.evaluation.evaluation_words import NOTHING_YET
from fooler_gui.widgets.colours import RESTARTED
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, heading
from fooler_gui.widgets.theme import blue_on, tabular_font
from fooler_gui.widgets.tooltips import paragraphs

FEW = 10
"""The accuracy of fewer images says little."""

_PURPOSE = (
    "The test images in 15 equal bins of confidence, their highest probability: how many of each bin the classifier "
    "reads right."
)
_NOTE = (
    "A bar that ends on the dashed line is as often right as the classifier is sure. Hatched is the gap between a "
    f"bin's accuracy and its mean confidence. Hollow bars stand for fewer than {FEW} images and say little. Above "
    "each bin stands how many images it holds."
)
_AXIS_WIDTH = 48
_TOP = 1.1
_COUNTS_AT = 1.05
_FILL = 0.9


class ReliabilityDiagram(QWidget):
    """The diagram under what it comes to in words. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reliability")
        self._test: DigitFigures | None = None
        self._words = heading(NOTHING_YET)
        self._words.setObjectName("reliability_words")
        self._words.setWordWrap(True)
        self._note = QuietLabel(_NOTE, self)
        self._plot = _ReliabilityPlot(self)
        self._y_name = QuietLabel("Accuracy, %", self)
        self._x_name = QuietLabel("Confidence, %", self)
        self._x_name.setAlignment(Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING // 2)
        layout.addWidget(self._words)
        layout.addWidget(self._note)
        layout.addSpacing(SPACING // 2)
        layout.addWidget(self._y_name)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._x_name)
        layout.addStretch(0)
        self._plot.take_colours(self.palette())
        self.set_test(None)

    def set_test(self, test: DigitFigures | None) -> None:
        """Draws the bins of the test images, or says that there are none yet."""
        if test is not None and test is self._test:
            return
        self._test = test
        for widget in (self._note, self._y_name, self._plot, self._x_name):
            widget.setVisible(test is not None)
        self._words.setText(NOTHING_YET if test is None else _words(test))
        self._plot.set_bins(() if test is None else test.reliability)
        self._plot.setAccessibleDescription(self._words.text())

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of the palette when it has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._plot.take_colours(self.palette())


class _ReliabilityPlot(pg.PlotWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent, enableMenu=False)
        self.setObjectName("reliability_plot")
        self.setAccessibleName("Reliability diagram of the test images")
        self._bins: tuple[ReliabilityBin, ...] = ()
        self._text, self._blue = QColor(), QColor()
        self.setToolTip(paragraphs(_PURPOSE))
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(160)
        # The counts belong to no item that could ask for its own part to be painted.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self._view: pg.ViewBox = self.getViewBox()
        self._view.setMouseEnabled(x=False, y=False)
        self._view.disableAutoRange()
        self.hideButtons()
        self.setXRange(0, 1, padding=0)
        self.setYRange(0, _TOP, padding=0)
        self._small: QFont = tabular_font(self.font())
        self._small.setPointSizeF(max(7.0, self.font().pointSizeF() * 0.9))
        ticks = [[(share / 10, str(10 * share)) for share in range(0, 11, 2)]]
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setStyle(tickLength=-4, tickFont=self._small, hideOverlappingLabels=False)
            axis.setTicks(ticks)
        self.getAxis("left").setWidth(_AXIS_WIDTH)
        self.getPlotItem().layout.setContentsMargins(0, 0, 2 * SPACING, 0)

    def set_bins(self, bins: tuple[ReliabilityBin, ...]) -> None:
        self._bins = bins
        self._draw()

    def bins(self) -> tuple[ReliabilityBin, ...]:
        return self._bins

    def sentence_at(self, position: QPointF) -> str:
        """Returns what the bin under a point of the widget holds."""
        place = int(self._view.mapSceneToView(self.mapToScene(position.toPoint())).x() * RELIABILITY_BINS)
        return _bin_sentence(place, self._bins[place]) if 0 <= place < len(self._bins) else ""

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Writes above each bin how many images it holds, if there is room."""
        if not self._bins:
            return
        painter.setFont(self._small)
        painter.setPen(self._text)
        metrics = QFontMetricsF(self._small)
        texts = [f"{one.count:,}" for one in self._bins]
        to_scene = self._view.childGroup.sceneTransform()
        wide = to_scene.map(QPointF(1, 0)).x() - to_scene.map(QPointF(0, 0)).x()
        if max(metrics.horizontalAdvance(text) for text in texts) > wide / len(texts) - 2:
            return
        for place, text in enumerate(texts):
            middle = to_scene.map(QPointF((place + 0.5) / len(texts), _COUNTS_AT))
            box = QRectF(middle.x(), middle.y(), 0, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tells of the bin under the mouse."""
        if isinstance(event, QHelpEvent) and (sentence := self.sentence_at(QPointF(event.pos()))):
            QToolTip.showText(event.globalPos(), paragraphs(sentence, _PURPOSE), self)
            return True
        return super().viewportEvent(event)

    def take_colours(self, palette: QPalette) -> None:
        """Draws ground, axes and bars in the colours of `palette`."""
        self._blue = blue_on(palette)
        self._text = palette.color(QPalette.ColorRole.Text)
        self.setBackground(palette.color(QPalette.ColorRole.Base))
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(pg.mkPen(palette.color(QPalette.ColorRole.PlaceholderText)))
            self.getAxis(side).setTextPen(self._text)
        self._draw()

    def _draw(self) -> None:
        plot = self.getPlotItem()
        for item in list(plot.items):
            plot.removeItem(item)
        if not self._bins:
            return
        gap = QColor(RESTARTED)
        there = [(place, one) for place, one in enumerate(self._bins) if one.count]
        bars = {"x": [(place + 0.5) / len(self._bins) for place, _ in there], "width": _FILL / len(self._bins)}
        accuracies = [one.accuracy for _, one in there]
        hollow, filled = pg.mkBrush(None), pg.mkBrush(self._blue)
        brushes = [hollow if one.count < FEW else filled for _, one in there]
        plot.addItem(pg.BarGraphItem(**bars, height=accuracies, pen=pg.mkPen(self._blue), brushes=brushes))
        plot.addItem(
            pg.BarGraphItem(
                **bars,
                y0=accuracies,
                y1=[one.confidence for _, one in there],
                pen=pg.mkPen(gap),
                brush=QBrush(gap, Qt.BrushStyle.BDiagPattern),
            )
        )
        dashed = pg.mkPen(self._text, width=1.5, style=Qt.PenStyle.DashLine)
        plot.addItem(pg.PlotCurveItem([0, 1], [0, 1], pen=dashed, antialias=True))


def _words(test: DigitFigures) -> str:
    error = f"Expected calibration error {format_share(test.calibration_error, 2)}."
    confidence, accuracy = format_share(test.mean_confidence, 2), format_share(test.accuracy, 2)
    if confidence == accuracy:
        return f"{error} On the whole as sure as right: both {accuracy}."
    how = "too sure" if test.mean_confidence > test.accuracy else "not sure enough"
    return f"{error} On the whole {how}: mean confidence {confidence}, accuracy {accuracy}."


def _bin_sentence(place: int, one: ReliabilityBin) -> str:
    lowest, highest = (format_share(end / RELIABILITY_BINS, 1) for end in (place, place + 1))
    where = f"Confidence {lowest.removesuffix(' %')} to {highest}"
    if one.accuracy is None or one.confidence is None:
        return f"{where}: no images."
    images = f"{one.count:,} image{'' if one.count == 1 else 's'}"
    return (
        f"{where}: {images}, {format_share(one.accuracy, 2)} right, mean confidence {format_share(one.confidence, 2)}."
    )
