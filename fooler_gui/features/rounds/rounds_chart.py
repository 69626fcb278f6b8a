"""The course of rounds: how easily each classifier is fooled, and its accuracy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_share
from fooler_gui.core.round_report import THRESHOLD, FreshShare, RoundReport
from fooler_gui.features.rounds.round_plot import RoundLine, RoundPlot
from fooler_gui.widgets.colours import REINITIALISED
from fooler_gui.widgets.panel_layout import SPACING, Part, QuietLabel, column_of, fill
from fooler_gui.widgets.plot_series import Axis, Colour, fixed, ink, quiet_ink
from fooler_gui.widgets.theme import blue_on

EMPTY = "No round yet."
NOISE_KIND = "uniform"

_FOOLED_TITLE = "Fresh images that fool the classifier (within the given steps)"
_ACCURACY_TITLE = "Test accuracy"
_FOOLED_TIP = (
    "Less means harder to fool: the share of fresh images that the misclassification cost alone drives over a "
    f"probability of {THRESHOLD} within the given number of steps."
)
_AGREED_TIP = (
    "The tooltips say for how many an independent net, which never saw a found image, agrees: these may have come to "
    "show their label."
)
_HELD_OUT_TIP = "“Held out” are kinds of starts that no round trains on; the most successful one is drawn."
_ACCURACY_TIP = (
    "More is better: the share of the test images that the classifier gets right. The control is trained equally long, "
    "without found images, noise and blanks; only the difference from it is due to the rounds."
)
_FOOLED_HEIGHT = 168
_ACCURACY_HEIGHT = 112
_MARGIN = 4.0
_LEAST_SPAN = 0.5
_TICK_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
_MOST_TICKS = 5
_TICK_MARGIN = 0.06
"""Closer to an end of the axis, as a share of it, a number would touch those of the other axis."""


@dataclass(frozen=True, slots=True)
class _Fooled:
    """Within `limit` steps, `share` of the fresh images of `kind` fooled it, and `agreed` of them another net, too."""

    kind: str
    limit: int
    share: float
    agreed: float

    @property
    def words(self) -> str:
        agreed = f"independent net agrees: {format_share(self.agreed)}"
        return f"{format_share(self.share)} within {self.limit:,} steps ({agreed})"


class RoundsChart(QWidget):
    """Two small plots over the rounds: the share of fresh images that fool, and the test accuracy. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rounds_chart")
        self._reports: tuple[RoundReport, ...] = ()
        self._empty = QuietLabel(EMPTY, self)
        self._empty.setObjectName("rounds_chart_empty")
        tip = " ".join((_FOOLED_TIP, _AGREED_TIP, _HELD_OUT_TIP))
        self._fooled = _make_plot("rounds_fooled_plot", _FOOLED_TITLE, tip, "Fooled", _FOOLED_HEIGHT, self)
        self._accuracy = _make_plot(
            "rounds_accuracy_plot", _ACCURACY_TITLE, _ACCURACY_TIP, "Right", _ACCURACY_HEIGHT, self
        )
        self._titles = [QuietLabel(title, self) for title in (_FOOLED_TITLE, _ACCURACY_TITLE)]
        for title, plot in zip(self._titles, (self._fooled, self._accuracy), strict=True):
            title.setToolTip(plot.toolTip())
        column_of(
            self._empty,
            self._titles[0],
            fill(self._fooled, _FOOLED_HEIGHT),
            self._titles[1],
            fill(self._accuracy, _ACCURACY_HEIGHT),
            Part(),
            on=self,
            gap=SPACING // 2,
        )
        self._fooled.set_y_range(-_MARGIN, 100 + _MARGIN, {share: str(share) for share in (0, 25, 50, 75, 100)})
        self.set_reports(())

    def set_reports(self, reports: tuple[RoundReport, ...]) -> None:
        """Draws `reports`, beginning with that before the first round."""
        self._reports = tuple(reports)
        self._empty.setVisible(not reports)
        widgets: list[QWidget] = [*self._titles, self._fooled, self._accuracy]
        for widget in widgets:
            widget.setVisible(bool(reports))
        self._draw()

    def _draw(self) -> None:
        rounds = [report.number for report in self._reports]
        self._fooled.set_lines(rounds, self._fooled_lines(), [_fooled_sentence(report) for report in self._reports])
        lines = self._accuracy_lines()
        values = [value for line in lines for value in line.values if math.isfinite(value)]
        if values:
            self._accuracy.set_y_range(*_heights(min(values), max(values)))
        self._accuracy.set_lines(rounds, lines, [_accuracy_sentence(report) for report in self._reports])
        for plot in (self._fooled, self._accuracy):
            plot.setAccessibleDescription("; ".join(label.text for label in reversed(plot.placed_labels())))

    def _fooled_lines(self) -> list[RoundLine]:
        if not self._reports:
            return []
        looks = zip((Qt.PenStyle.DotLine, Qt.PenStyle.DashLine, Qt.PenStyle.SolidLine), ("t1", "s", "o"), strict=True)
        by_limit = [{fooled.limit: fooled for fooled in _noise_of(report)} for report in self._reports]
        limits = _drawn_limits(self._reports[-1])
        lines = [
            _line(f"noise ({limit:,})", [fooled.get(limit) for fooled in by_limit], blue_on, style, symbol)
            for limit, (style, symbol) in zip(reversed(limits), reversed(list(looks)), strict=False)
        ]
        worst = [_worst_held_out(report) for report in self._reports]
        if worst[-1] is not None:
            name = f"held out ({worst[-1].limit:,})"
            lines.append(_line(name, worst, fixed(REINITIALISED), Qt.PenStyle.DashDotLine, "d"))
        return lines

    def _accuracy_lines(self) -> list[RoundLine]:
        if not self._reports:
            return []
        newest = self._reports[-1]
        lines = [
            RoundLine(
                name="classifier",
                values=tuple(100 * report.test_accuracy for report in self._reports),
                newest=format_share(newest.test_accuracy, 2),
                colour=ink,
            )
        ]
        controls = [report.control_accuracy for report in self._reports]
        if any(control is not None for control in controls):
            lines.append(
                RoundLine(
                    name="control",
                    values=tuple(math.nan if control is None else 100 * control for control in controls),
                    newest="" if newest.control_accuracy is None else format_share(newest.control_accuracy, 2),
                    colour=quiet_ink,
                    style=Qt.PenStyle.DashLine,
                    symbol="s",
                    hollow=True,
                )
            )
        return lines


def _make_plot(name: str, title: str, tip: str, y: str, height: int, parent: QWidget) -> RoundPlot:
    plot = RoundPlot(name, f"By round: {title}", tip, Axis(title=y, unit="%"), "held out (300) 100.0 %", parent)
    plot.setMinimumHeight(height)
    return plot


def _line(name: str, fooled: list[_Fooled | None], colour: Colour, style: Qt.PenStyle, symbol: str) -> RoundLine:
    newest = fooled[-1]
    return RoundLine(
        name=name,
        values=tuple(math.nan if one is None else 100 * one.share for one in fooled),
        newest="" if newest is None else format_share(newest.share),
        colour=colour,
        style=style,
        symbol=symbol,
    )


def _by_limit(fresh: FreshShare) -> list[_Fooled]:
    parts = zip(fresh.within, fresh.sure, fresh.agreed, strict=True)
    return [_Fooled(fresh.kind, limit, share, agreed) for limit, share, agreed in parts]


def _noise_of(report: RoundReport) -> list[_Fooled]:
    """Returns how often uniform noise fooled it within each step limit; empty if not tried."""
    return next((_by_limit(fresh) for fresh in report.fresh if fresh.kind == NOISE_KIND), [])


def _drawn_limits(report: RoundReport) -> list[int]:
    """Returns the first, the middle and the last step limit of uniform noise, as far as there are any."""
    limits = [fooled.limit for fooled in _noise_of(report)]
    return sorted({limits[0], limits[len(limits) // 2], limits[-1]}) if limits else []


def _worst_held_out(report: RoundReport) -> _Fooled | None:
    """Returns the most successful held-out kind within its last step limit."""
    ends = [_by_limit(fresh)[-1] for fresh in report.fresh if fresh.held_out and fresh.within]
    return max(ends, key=lambda fooled: fooled.share, default=None)


def _when(report: RoundReport) -> str:
    return f"After round {report.number}" if report.number else "Before the first round"


def _fooled_sentence(report: RoundReport) -> str:
    parts = []
    if noise := _noise_of(report):
        limits = _drawn_limits(report)
        words = ", ".join(fooled.words for fooled in noise if fooled.limit in limits)
        parts.append(f"uniform noise fools it {words}")
    if worst := _worst_held_out(report):
        parts.append(f"the worst held-out kind, {worst.kind}, {worst.words}")
    return f"{_when(report)}: {'; '.join(parts) or 'no fresh images were tried'}."


def _accuracy_sentence(report: RoundReport) -> str:
    control = report.control_accuracy
    beside = "" if control is None else f", the control {format_share(control, 2)}"
    return f"{_when(report)}: {format_share(report.test_accuracy, 2)} of the test images are read right{beside}."


def _heights(lowest: float, highest: float) -> tuple[float, float, dict[float, str]]:
    """Returns the ends of an axis for percentages from `lowest` to `highest`, and round ticks between."""
    span = max(highest - lowest, _LEAST_SPAN)
    middle = (lowest + highest) / 2
    bottom, top = middle - 0.75 * span, middle + 0.75 * span
    step = next((step for step in _TICK_STEPS if (top - bottom) / step <= _MOST_TICKS), 50)
    margin = _TICK_MARGIN * (top - bottom)
    first = math.ceil((bottom + margin) / step)
    ticks = [round(index * step, 1) for index in range(first, math.floor((top - margin) / step) + 1)]
    return bottom, top, {tick: f"{tick:.{int(step < 1)}f}" for tick in ticks if 0 <= tick <= 100}
