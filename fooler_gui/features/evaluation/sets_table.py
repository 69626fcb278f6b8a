"""A classifier's confidence in the test images and in every set of images of no class."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionViewItem, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.evaluation_report import (
    FIGURE_NAMES,
    SCALED,
    TEST,
    EvaluationReport,
    OpinionShare,
    SetFigures,
    set_info,
)
from fooler_gui.core.formats import format_count
from fooler_gui.features.evaluation.evaluation_words import NOTHING_YET, figure_text, shown_sets, why_missing
from fooler_gui.widgets.fact_grid import FactGrid
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, Part, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.thumbnails import MARGIN, paint_strip, thumbnail_mosaic
from fooler_gui.widgets.tooltips import paragraphs

_CONFIDENCE = "Confidence is the highest of an image's probabilities."
_DIGIT_TIPS = {
    "accuracy": "More is better: the share of the test images that it reads right.",
    "mean_confidence": f"It should be as high as the accuracy. {_CONFIDENCE}",
    "confidence_right": "How sure it is where it is right: the mean over the test images that it reads right.",
    "confidence_wrong": "Less is better: the mean over the test images that it reads wrong.",
    "calibration_error": "How far its confidence is from how often it is right; less is better. Expected calibration "
    "error: over 15 equal bins of confidence, the mean difference between accuracy and confidence, weighted by the "
    "images in each bin (Guo and others 2017).",
    "rms_calibration_error": "The same, where large differences count most; less is better. Root mean square of the "
    "differences of accuracy and confidence over bins of 100 images sorted by confidence, all bins counted.",
    "rms_calibration_error_less_last": "The same without the bin of the most confident images, as the program of "
    "Hendrycks and others 2019 computes it.",
    "error_auroc": "How well low confidence tells images read wrong from images read right; more is better, ½ is "
    "chance. Area under the ROC, wrong ones positive.",
    "error_aupr": "How well low confidence picks out images read wrong; more is better. Area under precision and "
    "recall, wrong ones positive. It depends on how many are wrong.",
    "error_fpr95": "How many images read right are flagged along with those read wrong; less is better. Share of the "
    "ones read right that are flagged when 95 % of those read wrong are.",
}
_DIGIT_COLUMNS = (
    ("accuracy", "mean_confidence", "confidence_right", "confidence_wrong"),
    ("calibration_error", "rms_calibration_error", "rms_calibration_error_less_last"),
    ("error_auroc", "error_aupr", "error_fpr95"),
)
_SET_COLUMNS = {
    "mean_confidence": ("Mean\nconfidence", f"Less is better, as they show no class. {_CONFIDENCE}"),
    "auroc": (
        "AUROC",
        "How well confidence tells test images from these; more is better, ½ is chance, less means surer of these than "
        "of test images. Area under the ROC, the same whichever are positive.",
    ),
    "aupr_digits": (
        "AUPR\ntest +",
        "How well confidence picks out the test images; more is better. Area under precision and recall, test images "
        "positive.",
    ),
    "aupr_others": (
        "AUPR\nothers +",
        "How well low confidence picks out these images among test images; more is better. Area under precision and "
        "recall, these images positive and five test images to each, as Hendrycks and others 2019 mix them.",
    ),
    "fpr95_digits": (
        "FPR95\ntest +",
        "How many of these images pass for test images; less is better. Share above the confidence that keeps 95 % of "
        "the test images (Hein and others 2019: test images positive).",
    ),
    "fpr95_others": (
        "FPR95\nothers +",
        "How many test images are rejected along with these; less is better. Share of the test images flagged when "
        "95 % of these are (Hendrycks and others 2019: these images positive).",
    ),
    "above_mean": (
        "Above\ntest",
        "How many it is surer of than of a usual test image; less is better. Share whose confidence is above the test "
        "images' mean (success rate of Meinke and Hein 2020).",
    ),
    "sure": ("Over\n.999", "How many fool it; less is better. Share whose confidence is above .999."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A set, and its figures or why there are none."""

    name: str
    figures: SetFigures | None
    missing: str
    picture: QImage

    def text(self, figure: str) -> str:
        return "" if self.figures is None else figure_text(figure, getattr(self.figures, figure))


_THUMBNAIL = 28 + 2 * MARGIN
_WIDEST_FIGURE = "100.00 %"
_LEAST_TITLE = "0" * 12
"""As wide as the names of sets at least are, so that the table does not scroll sideways; tooltips have them whole."""
_POSITIVE_NOTE = (
    "Published figures differ in which images count as positive: with “test +” the test images do, with “others +” "
    "those of the set."
)
_OPINIONS_TIP = (
    "Such images may have come to show their label. Neither judge has seen them: an independent net, and the training "
    "images nearest in pixels."
)


class SetsTable(QWidget):
    """Facts about the test images, a row for each set, and second opinions on driven images. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sets")
        self._pictures: dict[str, QImage] = {}
        self._empty = QuietLabel(NOTHING_YET, self)
        self._empty.setObjectName("sets_empty")
        self._digits_heading = heading("")
        self._digits_heading.setObjectName("digits_heading")
        self._digits_picture = QLabel(self)
        self._digits_picture.setObjectName("digits_picture")
        self._digits_picture.setAccessibleName("A test image")
        columns = [[(FIGURE_NAMES[figure], _DIGIT_TIPS[figure]) for figure in column] for column in _DIGIT_COLUMNS]
        self._digits = FactGrid(columns, self)
        self._digits.setObjectName("digit_figures")
        self._sets_heading = heading("Images of no class")
        self._note = QuietLabel(_POSITIVE_NOTE, self)
        self._table = RecordTable(
            "sets_table",
            "Figures of the sets of images of no class",
            _columns(),
            lambda line: line.name,
            span=lambda line: 1 if line.figures is None else None,
            row_height=_THUMBNAIL,
            padding=SPACING,
            parent=self,
        )
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
        self._filled = (
            self._digits_picture,
            self._digits_heading,
            self._digits,
            self._sets_heading,
            self._note,
            self._table,
        )
        column_of(
            self._empty,
            row_of(self._digits_picture, self._digits_heading, STRETCH),
            self._digits,
            self._sets_heading,
            self._note,
            fill(self._table),
            self._scaled,
            self._set_notes,
            self._opinions_heading,
            self._opinions,
            Part(),
            on=self,
        )
        self.set_report(None, going=False)

    def set_examples(self, examples: Mapping[str, FloatArray]) -> None:
        """Takes an image of each set, (H, W, C) in [0, 1], by the set's name."""
        self._pictures = {name: thumbnail_mosaic(image[np.newaxis], 1) for name, image in examples.items()}

    def set_report(self, report: EvaluationReport | None, *, going: bool) -> None:
        """Shows the figures of `report`; `going` says whether more may follow."""
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
        self._digits_picture.setPixmap(QPixmap.fromImage(_small(self._pictures.get(TEST, QImage()))))
        self._digits_heading.setText(f"Test images · {report.test.images:,}")
        self._digits.set_figures(
            {FIGURE_NAMES[figure]: figure_text(figure, report.figure(TEST, figure)) for figure in _DIGIT_TIPS}
        )
        self._fill_table(report, going)

    def _fill_table(self, report: EvaluationReport, going: bool) -> None:
        figures = {one.name: one for one in report.sets}
        self._table.set_records(
            _Line(
                name=name,
                figures=figures.get(name),
                missing=why_missing(report, name, going=going),
                picture=self._pictures.get(name, QImage()) if name in figures else QImage(),
            )
            for name in shown_sets(report)
        )


def _small(picture: QImage) -> QImage:
    """Returns `picture`, reduced to the size of a thumbnail if it is larger."""
    if max(picture.width(), picture.height()) <= _THUMBNAIL:
        return picture
    smooth = Qt.TransformationMode.SmoothTransformation
    return picture.scaled(_THUMBNAIL, _THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, smooth)


def _paint_set(painter: QPainter, option: QStyleOptionViewItem, line: _Line) -> None:
    """Paints one of a set's images, and its title."""
    margin = SPACING // 2
    if not line.picture.isNull():
        paint_strip(painter, option.rect.adjusted(margin, 0, 0, 0), line.picture, 1)
    room = option.rect.adjusted(_THUMBNAIL + 2 * margin, 0, 0, 0)
    selected = option.state & QStyle.StateFlag.State_Selected
    painter.setPen(option.palette.color(QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text))
    painter.setFont(option.font)
    title = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)


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
        lines.append(f"{set_info(name).title}, {format_count(images, 'image')}: {said}")
    return "\n".join(lines)


def _columns() -> tuple[Column[_Line], ...]:
    return (
        Column(
            words="Set",
            tip="Images of no class, one of which is shown.",
            text=lambda line: set_info(line.name).title,
            cell_tip=lambda line: paragraphs(set_info(line.name).title, set_info(line.name).tip),
            of_words=True,
            widest=_LEAST_TITLE,
            share=1,
            paint=_paint_set,
        ),
        Column(
            words="Images",
            tip="How many were evaluated.",
            text=lambda line: line.missing if line.figures is None else f"{line.figures.images:,}",
        ),
        *(
            Column(words=words, tip=tip, text=partial(_Line.text, figure=figure), widest=_WIDEST_FIGURE)
            for figure, (words, tip) in _SET_COLUMNS.items()
        ),
    )
