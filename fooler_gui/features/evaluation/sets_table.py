"""How sure a classifier is of the test images and of every set without digits. Used by the evaluation page."""

from __future__ import annotations

import itertools

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fooler_gui.core.evaluation_report import (
    FIGURE_NAMES,
    SCALED,
    TEST,
    EvaluationReport,
    OpinionShare,
    SetFigures,
    made_sets,
    set_info,
)
from fooler_gui.features.evaluation.evaluation_words import NOTHING_YET, figure_text, shown_sets, why_missing
from fooler_gui.widgets.fact_grid import FactGrid
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, heading
from fooler_gui.widgets.quiet_table import Column, QuietTable
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_CONFIDENCE = "Confidence is the highest of an image's probabilities."
_DIGIT_TIPS = {
    "accuracy": "Share of the test images that it reads right. More is better.",
    "mean_confidence": f"{_CONFIDENCE} It should be as high as the accuracy.",
    "confidence_right": "Over the test images that it reads right.",
    "confidence_wrong": "Over the test images that it reads wrong. Less is better.",
    "calibration_error": "Expected calibration error: over 15 equal bins of confidence, the mean difference of "
    "accuracy and confidence, weighted by how many images a bin holds (Guo and others 2017). Less is better.",
    "rms_calibration_error": "Root mean square of the differences of accuracy and confidence over bins of 100 images "
    "in the order of confidence, all bins counted. Less is better.",
    "rms_calibration_error_less_last": "The same without the bin of the most confident images, as the program of "
    "Hendrycks and others 2019 computes it.",
    "error_auroc": "How well low confidence tells images read wrong from images read right: area under the ROC, wrong "
    "ones positive. ½ is chance. More is better.",
    "error_aupr": "Area under precision and recall, wrong ones positive. It depends on how many are wrong. More is "
    "better.",
    "error_fpr95": "Share of the images read right that are flagged when 95 % of those read wrong are. Less is better.",
}
_DIGIT_COLUMNS = (
    ("accuracy", "mean_confidence", "confidence_right", "confidence_wrong"),
    ("calibration_error", "rms_calibration_error", "rms_calibration_error_less_last"),
    ("error_auroc", "error_aupr", "error_fpr95"),
)
_SET_COLUMNS = {
    "mean_confidence": ("Mean\nconfidence", f"{_CONFIDENCE} Over the whole set. Less is better."),
    "auroc": (
        "AUROC",
        "How well confidence tells test images from these: area under the ROC, the same whichever is positive. ½ is "
        "chance, less means surer of these than of digits. More is better.",
    ),
    "aupr_digits": ("AUPR\ndigits +", "Area under precision and recall, test images positive. More is better."),
    "aupr_others": (
        "AUPR\nothers +",
        "Area under precision and recall, these images positive and five test images to each, as Hendrycks and others "
        "2019 mix them. More is better.",
    ),
    "fpr95_digits": (
        "FPR95\ndigits +",
        "Share of these images above the confidence that keeps 95 % of the test images (Hein and others 2019: digits "
        "positive). Less is better.",
    ),
    "fpr95_others": (
        "FPR95\nothers +",
        "Share of the test images flagged when 95 % of these are (Hendrycks and others 2019: these images positive). "
        "Less is better.",
    ),
    "above_mean": (
        "Above\ndigits",
        "Share whose confidence is above the test images' mean (success rate of Meinke and Hein 2020). Less is better.",
    ),
    "sure": ("Over\n.999", "Share whose confidence is above .999. Less is better."),
}
_COLUMNS = (
    Column(words="Set", tip=paragraphs("Images without digits."), of_words=True),
    Column(words="Images", tip=paragraphs("How many were evaluated.")),
    *(Column(words=words, tip=paragraphs(tip)) for words, tip in _SET_COLUMNS.values()),
)
_POSITIVE_NOTE = (
    "Published figures differ in which images count as positive: with “digits +” the test images do, with “others +” "
    "those of the set."
)
_OPINIONS_TIP = (
    "Such images may have become digits. Whoever is asked has never seen them: a net trained on its own, and the "
    "training images nearest in pixels."
)


class SetsTable(QWidget):
    """Facts on the test images, a line for each set, and what others say of driven images. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sets")
        self._empty = QuietLabel(NOTHING_YET, self)
        self._empty.setObjectName("sets_empty")
        self._digits_heading = heading("")
        self._digits_heading.setObjectName("digits_heading")
        columns = [[(FIGURE_NAMES[figure], _DIGIT_TIPS[figure]) for figure in column] for column in _DIGIT_COLUMNS]
        self._digits = FactGrid(columns, self)
        self._digits.setObjectName("digit_figures")
        self._sets_heading = heading("Images without digits")
        self._note = QuietLabel(_POSITIVE_NOTE, self)
        self._table = QuietTable("sets_table", "Figures of the sets without digits", _COLUMNS, self)
        self._table.setWordWrap(False)
        self._table.fill_with(0, max((info.title for info in made_sets().values()), key=len))
        self._scaled = QLabel(self)
        self._scaled.setObjectName("scaled_sentence")
        self._set_notes = QLabel(self)
        self._set_notes.setObjectName("set_notes")
        self._opinions_heading = heading("Driven and found images that others call their label too")
        self._opinions_heading.setToolTip(paragraphs(_OPINIONS_TIP))
        self._opinions = QLabel(self)
        self._opinions.setObjectName("opinions")
        self._opinions.setToolTip(paragraphs(_OPINIONS_TIP))
        for label in (self._scaled, self._set_notes, self._opinions):
            label.setFont(tabular_font(label.font()))
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._filled = (self._digits_heading, self._digits, self._sets_heading, self._note, self._table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING)
        layout.addWidget(self._empty)
        for widget in self._filled:
            layout.addWidget(widget, int(widget is self._table))
        for widget in (self._scaled, self._set_notes, self._opinions_heading, self._opinions):
            layout.addWidget(widget)
        layout.addStretch(0)
        self.set_report(None, going=False)

    def set_report(self, report: EvaluationReport | None, *, going: bool) -> None:
        """Shows the figures of `report`; `going` says whether more may come."""
        self._empty.setVisible(report is None)
        for widget in self._filled:
            widget.setVisible(report is not None)
        opinions = () if report is None else report.opinions
        self._opinions_heading.setVisible(bool(opinions))
        self._opinions.setVisible(bool(opinions))
        self._opinions.setText(_opinion_lines(opinions))
        scaled = None if report is None else next((one for one in report.sets if one.name == SCALED), None)
        self._scaled.setVisible(scaled is not None)
        if scaled is not None:
            self._scaled.setText(_scaled_sentence(scaled))
        notes = "" if report is None else _note_lines(report.sets)
        self._set_notes.setVisible(bool(notes))
        self._set_notes.setText(notes)
        if report is None:
            return
        self._digits_heading.setText(f"Test images · {report.test.images:,}")
        self._digits.set_figures(
            {FIGURE_NAMES[figure]: figure_text(figure, report.figure(TEST, figure)) for figure in _DIGIT_TIPS}
        )
        self._fill_table(report, going)

    def _fill_table(self, report: EvaluationReport, going: bool) -> None:
        figures = {one.name: one for one in report.sets}
        names = shown_sets(report)
        self._table.setRowCount(len(names))
        self._table.clearSpans()
        for row, name in enumerate(names):
            evaluated = figures.get(name)
            if evaluated is None:
                texts = [why_missing(report, name, going=going), *("" for _ in _SET_COLUMNS)]
                self._table.setSpan(row, 1, 1, len(texts))
            else:
                texts = [f"{evaluated.images:,}", *_texts(evaluated)]
            self._table.set_row(row, [set_info(name).title, *texts])
            place = Qt.AlignmentFlag.AlignCenter if evaluated is None else _COLUMNS[1].alignment
            self._table.item(row, 1).setTextAlignment(place)
            self._table.item(row, 0).setToolTip(paragraphs(set_info(name).title, set_info(name).tip))


def _texts(figures: SetFigures) -> list[str]:
    return [figure_text(name, getattr(figures, name)) for name in _SET_COLUMNS]


def _scaled_sentence(scaled: SetFigures) -> str:
    if scaled.median_scale is None:
        return "Scaled noise: fewer than half of the images reach .999, however much they are scaled."
    return f"Scaled noise: the median of the factors to .999 is {figure_text('median_scale', scaled.median_scale)}."


def _note_lines(sets: tuple[SetFigures, ...]) -> str:
    return "\n".join(f"{set_info(figures.name).title}: {figures.note}" for figures in sets if figures.note)


def _opinion_lines(opinions: tuple[OpinionShare, ...]) -> str:
    lines = []
    for name, group in itertools.groupby(opinions, key=lambda opinion: opinion.name):
        shares = list(group)
        said = " · ".join(f"{share.who} {figure_text('agreed', share.agreed)}" for share in shares)
        images = shares[0].images
        lines.append(f"{set_info(name).title}, {images:,} image{'' if images == 1 else 's'}: {said}")
    return "\n".join(lines)
