"""A classifier before and after retraining, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.formats import format_share
from fooler_gui.core.guarantee import LEAST_LEVEL
from fooler_gui.core.messages import Fooledness
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, empty_grid
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    name: str
    words: str
    tip: str
    more_is_better: bool = False
    text: Callable[[float], str] = format_share


_MEASURES = (
    _Measure(
        name="test_accuracy",
        words="Test images read right",
        tip="More is better: the share of the test images that the classifier gets right.",
        more_is_better=True,
    ),
    _Measure(
        name="found_mean_confidence",
        words="Mean confidence in the found images",
        tip="Less is better, as they show no class: the mean of its highest probability on the found images.",
    ),
    _Measure(
        name="noise_mean_confidence",
        words="Mean confidence in fresh noise",
        tip="Less is better: the mean of its highest probability on uniform noise that it has never seen.",
    ),
    _Measure(
        name="fresh_fooled_share",
        words="Fresh noise images that fool it within 60 steps",
        tip="Less is better: the share of fresh noise images that the misclassification cost alone drives over a "
        "probability of 0.999 within 60 steps.",
    ),
    _Measure(
        name="found_certified",
        words="Certified radius of the found images",
        tip="More is better: the Euclidean distance from a found image within which no image whatsoever is given a "
        f"confidence over {LEAST_LEVEL}, the median; – without a guarantee.",
        more_is_better=True,
        text="{:.2f}".format,
    ),
)
_CONTROL_TIP = (
    "Further training alone changes the accuracy, too. To attribute a change to the found images, compare with as many "
    "steps of training without them."
)


class ComparisonTable(QWidget):
    """Some measures before and after, and whether they improved. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = [(self._make_words(measure), *self._make_values(measure)) for measure in _MEASURES]
        grid = empty_grid(row_gap=SPACING // 4)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        for column, text in enumerate(("before", "after")):
            grid.addWidget(QuietLabel(text, self), 0, column, Qt.AlignmentFlag.AlignRight)
        for index, (words, *answers) in enumerate(self._rows):
            row = 3 * index + 1
            grid.setRowMinimumHeight(row, SPACING if index else 0)
            grid.addWidget(words, row + 1, 0, 1, 3)
            for column, label in enumerate(answers):
                grid.addWidget(label, row + 2, column)
        note = QuietLabel("A change of accuracy means little without a control.", self)
        note.setObjectName("control_note")
        note.setToolTip(paragraphs(_CONTROL_TIP))
        column_of(grid, note, on=self)

    def set_values(self, before: Fooledness, after: Fooledness) -> None:
        """Shows the measures of the classifier `before` and `after` retraining; one that neither has is hidden."""
        for measure, (words, *labels) in zip(_MEASURES, self._rows, strict=True):
            old, new = getattr(before, measure.name), getattr(after, measure.name)
            for label in (words, *labels):
                label.setHidden(old is None and new is None)
            texts = (_text(old, measure), _text(new, measure), _verdict(old, new, measure))
            for label, when, text in zip(labels, ("before", "after", "change"), texts, strict=True):
                label.setText(text)
                label.setAccessibleName(f"{measure.words}, {when}: {text}")

    def _make_words(self, measure: _Measure) -> QLabel:
        words = QLabel(measure.words, self)
        words.setWordWrap(True)
        words.setToolTip(paragraphs(measure.tip))
        return words

    def _make_values(self, measure: _Measure) -> tuple[QLabel, QLabel, QLabel]:
        before, after, verdict = QLabel(self), QLabel(self), QLabel(self)
        for label, when in ((before, "before"), (after, "after"), (verdict, "change")):
            label.setObjectName(f"{measure.name}_{when}")
            label.setFont(tabular_font(label.font()))
            label.setToolTip(paragraphs(measure.tip))
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        strong = QFont(after.font())
        strong.setBold(True)
        after.setFont(strong)
        verdict.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return before, after, verdict


def _text(value: float | None, measure: _Measure) -> str:
    return "–" if value is None else measure.text(value)


def _verdict(before: float | None, after: float | None, measure: _Measure) -> str:
    """Returns the direction of a change and what it means; a change not visible in the texts is none."""
    if before is None or after is None:
        return ""
    if measure.text(before) == measure.text(after):
        return "= same"
    arrow = "↑" if after > before else "↓"
    return f"{arrow} better" if (after > before) is measure.more_is_better else f"{arrow} worse"
