"""The transfer matrix: a row for each set of images, with some of them, and a coloured column for each net."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from fooler_gui.core.class_words import short_name
from fooler_gui.core.transfer import ImageSet, TransferReport
from fooler_gui.features.other_nets.small_images import THUMBNAIL, small_images
from fooler_gui.features.other_nets.transfer_words import NOTHING_YET, cell_sentence, cell_text
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill
from fooler_gui.widgets.probability_scale import scale_colour
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.thumbnails import paint_strip, thumbnail_mosaic
from fooler_gui.widgets.tooltips import paragraphs

_NOTE = (
    "How many images a net (column) calls their label, of how many, and the mean probability that it gives their "
    "labels. A frame marks the net that the images (row) were made with. Images without labels have the mean of the "
    "highest probabilities alone."
)
_EXAMPLES = 4
_FRAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A set of images, by its place in the report, with a strip of some of them."""

    report: TransferReport
    place: int
    strip: QImage

    @property
    def images(self) -> ImageSet:
        """The set."""
        return self.report.sets[self.place]

    @property
    def examples(self) -> int:
        """How many of them the strip shows."""
        return min(_EXAMPLES, len(self.images.images))


class TransferMatrix(QWidget):
    """Shows a report; empty at first. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transfer_matrix")
        self._note = QuietLabel(_NOTE, self)
        self._note.setObjectName("transfer_note")
        self._table: RecordTable[_Row] = RecordTable(
            "transfer_table",
            "Transfer matrix",
            (),
            lambda row: row.place,
            empty=NOTHING_YET,
            row_height=THUMBNAIL + SPACING,
            parent=self,
        )
        column_of(self._note, fill(self._table), on=self)
        self._note.hide()

    def set_report(self, report: TransferReport) -> None:
        """Shows `report`."""
        self._table.set_records(())  # those of the report before have other columns
        self._table.set_columns([*_set_columns(), *(_net_column(report, column) for column in range(len(report.nets)))])
        self._table.set_records(
            _Row(report=report, place=place, strip=_strip(images)) for place, images in enumerate(report.sets)
        )
        self._note.show()


def _strip(images: ImageSet) -> QImage:
    """Returns at most four of the images, evenly spaced, side by side."""
    places = np.linspace(0, len(images.images) - 1, min(_EXAMPLES, len(images.images))).round().astype(int)
    return thumbnail_mosaic(small_images(images.images[places]), _EXAMPLES)


def _paint_strip(painter: QPainter, option: QStyleOptionViewItem, row: _Row) -> None:
    if row.examples:
        box = option.rect
        paint_strip(painter, QRect(box.left(), box.top() + 2, box.width(), box.height() - 4), row.strip, row.examples)


def _set_columns() -> tuple[Column[_Row], ...]:
    return (
        Column(
            words="Images",
            tip="Some of the images.",
            text=lambda _row: "",
            of_words=True,
            widest="0" * (_EXAMPLES * THUMBNAIL // 8),
            spoken=lambda row: f"{row.examples} of the images",
            paint=_paint_strip,
        ),
        Column(
            words="Of",
            tip="The run or file that they are of.",
            text=lambda row: short_name(row.images.name),
            of_words=True,
            widest="0" * 12,
            share=1,
            cell_tip=lambda row: paragraphs(row.images.name),
        ),
        Column(
            words="Made with",
            tip="The net that they were made with, where that is known.",
            text=lambda row: short_name(row.images.made_with),
            of_words=True,
            cell_tip=lambda row: paragraphs(row.images.made_with),
        ),
    )


def _net_column(report: TransferReport, column: int) -> Column[_Row]:
    """Returns the column of a net: numbers on the colour of the share, or of the mean confidence without labels."""
    net = report.nets[column]

    def value(row: _Row) -> float:
        figures = row.report.figures(row.place, column)
        return (figures.mean_confidence if figures.share is None else figures.share) or 0.0

    def paint(painter: QPainter, option: QStyleOptionViewItem, row: _Row) -> None:
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.drawText(option.rect, Qt.AlignmentFlag.AlignCenter, option.text)
        if row.report.is_own(row.place, column):
            painter.drawRect(option.rect.adjusted(_FRAME, _FRAME, -_FRAME - 1, -_FRAME - 1))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    return Column(
        words=short_name(net.name),
        tip=f"{net.name}, {net.path}" if net.path else net.name,
        text=lambda row: cell_text(row.report.figures(row.place, column)),
        centred=True,
        widest=max((cell_text(report.figures(row, column)) for row in range(len(report.sets))), key=len, default=""),
        cell_tip=lambda row: paragraphs(cell_sentence(row.report, row.place, column)),
        spoken=lambda row: cell_sentence(row.report, row.place, column),
        ground=lambda row: scale_colour(value(row)),
        paint=paint,
    )
