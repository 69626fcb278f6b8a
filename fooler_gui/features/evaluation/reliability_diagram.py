"""The reliability diagram: accuracy against confidence."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from fooler_gui.core.evaluation_report import RELIABILITY_BINS, DigitFigures, ReliabilityBin
from fooler_gui.core.formats import format_count, format_share
from fooler_gui.features.evaluation.evaluation_words import NOTHING_YET
from fooler_gui.widgets.colours import REINITIALISED
from fooler_gui.widgets.panel_layout import SPACING, Part, QuietLabel, column_of, fill, heading
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, Bars, Line, fixed, ink
from fooler_gui.widgets.theme import blue_on
from fooler_gui.widgets.tooltips import paragraphs

FEW = 10
"""The accuracy of fewer images says little."""

_PURPOSE = (
    "Whether the classifier is right as often as it is sure: the share that it reads right of the test images in each "
    "of 15 equal bins of confidence, their highest probability."
)
_NOTE = (
    "Where a bar ends on the dashed line, accuracy equals confidence. The gap between a bin's accuracy and its mean "
    f"confidence is hatched. Hollow bars are of fewer than {FEW} images and say little. The number above each bin is "
    "that of its images."
)
_TOP = 1.1
_COUNTS_AT = 1.05
_FILL = 0.9


class ReliabilityDiagram(QWidget):
    """The diagram below a summary. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reliability")
        self._test: DigitFigures | None = None
        self._words = heading(NOTHING_YET)
        self._words.setObjectName("reliability_words")
        self._words.setWordWrap(True)
        self._note = QuietLabel(_NOTE, self)
        self._plot = _ReliabilityPlot(self)
        column_of(self._words, self._note, fill(self._plot), Part(), on=self, gap=SPACING // 2)
        self.set_test(None)

    def set_test(self, test: DigitFigures | None) -> None:
        """Draws the bins of the test images, or says that there are none yet."""
        if test is not None and test is self._test:
            return
        self._test = test
        for widget in (self._note, self._plot):
            widget.setVisible(test is not None)
        self._words.setText(NOTHING_YET if test is None else _words(test))
        self._plot.set_bins(() if test is None else test.reliability)
        self._plot.setAccessibleDescription(self._words.text())


class _ReliabilityPlot(Plot):
    def __init__(self, parent: QWidget) -> None:
        ticks = {share / 10: str(10 * share) for share in range(0, 11, 2)}
        self._bins: tuple[ReliabilityBin, ...] = ()
        super().__init__(
            "reliability_plot",
            "Reliability diagram of the test images",
            _PURPOSE,
            Axis(title="Confidence", unit="%", ticks=ticks),
            Axis(title="Accuracy", unit="%", ticks=ticks),
            (
                Bars(name="accuracy", colour=blue_on),
                Bars(name="gap", colour=fixed(REINITIALISED), hatched=True),
                Line(name="as right as sure", style=Qt.PenStyle.DashLine),
            ),
            parent=parent,
        )
        self.setMinimumHeight(160)
        self.getPlotItem().layout.setContentsMargins(0, 0, 2 * SPACING, 0)
        self.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self.set_span(0, 1)
        self.set_y_range(0, _TOP)

    def set_bins(self, bins: tuple[ReliabilityBin, ...]) -> None:
        self._bins = bins
        there = [(place, one) for place, one in enumerate(bins) if one.count]
        middles = [(place + 0.5) / RELIABILITY_BINS for place, _ in there]
        accuracies = [one.accuracy or 0.0 for _, one in there]
        width = _FILL / RELIABILITY_BINS
        few = [one.count < FEW for _, one in there]
        self.draw_bars("accuracy", middles, [0.0] * len(there), accuracies, width, few)
        self.draw_bars("gap", middles, accuracies, [one.confidence or 0.0 for _, one in there], width)
        ends = [0, 1] if bins else []
        self.draw_line("as right as sure", ends, ends)

    def sentence_at(self, position: QPointF) -> str:
        """Returns what the bin under a point of the widget holds."""
        place = int(self.x_at(position) * RELIABILITY_BINS)
        return _bin_sentence(place, self._bins[place]) if 0 <= place < len(self._bins) else ""

    def words_at(self, position: QPointF) -> str:
        """Returns the tooltip of the bin under the mouse."""
        sentence = self.sentence_at(position)
        return paragraphs(sentence, _PURPOSE) if sentence else ""

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        """Writes the number of images above each bin, if there is room."""
        super().drawForeground(painter, rect)
        texts = [f"{one.count:,}" for one in self._bins]
        widest = max((QFontMetricsF(painter.font()).horizontalAdvance(text) for text in texts), default=0)
        if widest > self.x_pixels() / RELIABILITY_BINS - 2:
            return
        painter.setPen(ink(self.palette()))
        for place, text in enumerate(texts):
            middle = self.getViewBox().mapViewToScene(QPointF((place + 0.5) / len(texts), _COUNTS_AT))
            box = QRectF(middle.x(), middle.y(), 0, 0)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)


def _words(test: DigitFigures) -> str:
    error = f"Expected calibration error {format_share(test.calibration_error, 2)}."
    confidence, accuracy = format_share(test.mean_confidence, 2), format_share(test.accuracy, 2)
    if confidence == accuracy:
        return f"{error} Overall, mean confidence equals accuracy: {accuracy}."
    how = "overconfident" if test.mean_confidence > test.accuracy else "underconfident"
    return f"{error} Overall {how}: mean confidence {confidence}, accuracy {accuracy}."


def _bin_sentence(place: int, one: ReliabilityBin) -> str:
    lowest, highest = (format_share(end / RELIABILITY_BINS, 1) for end in (place, place + 1))
    where = f"Confidence {lowest.removesuffix(' %')} to {highest}"
    if one.accuracy is None or one.confidence is None:
        return f"{where}: no images."
    images = format_count(one.count, "image")
    return (
        f"{where}: {images}, {format_share(one.accuracy, 2)} right, mean confidence {format_share(one.confidence, 2)}."
    )
