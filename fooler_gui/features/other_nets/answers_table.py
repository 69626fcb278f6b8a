"""What every net says of each image: its class and the class's probability, coloured by that of the label."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from fooler_gui.core.class_words import class_name, short_name
from fooler_gui.core.transfer import TransferReport
from fooler_gui.features.other_nets.small_images import THUMBNAIL, small_images
from fooler_gui.features.other_nets.transfer_words import NONE, NOTHING_YET, answer_sentence, answer_text
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill
from fooler_gui.widgets.probability_scale import scale_colour
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.thumbnails import paint_strip, thumbnail_mosaic
from fooler_gui.widgets.tooltips import paragraphs

MOST = 2_000
"""At most so many images are listed; the exported table has all."""

_NOTE = "The class that each net takes an image for, and its probability; the colour is the probability of the label."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The image at `place` of the set in the report's row `set`."""

    report: TransferReport
    set: int
    place: int

    @property
    def label(self) -> str:
        """The name of its label; "–" if it has none."""
        labels = self.report.sets[self.set].labels
        return NONE if labels is None else class_name(self.report.class_names, int(labels[self.place]))

    def picture(self) -> QImage:
        """Returns its picture."""
        images = self.report.sets[self.set].images[self.place : self.place + 1]
        return thumbnail_mosaic(small_images(images), 1)


class AnswersTable(QWidget):
    """Lists the images of a report; empty at first. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transfer_answers")
        self._note = QuietLabel(_NOTE, self)
        self._note.setObjectName("answers_note")
        self._table: RecordTable[_Row] = RecordTable(
            "answers_table",
            "What every net says of each image",
            (),
            lambda row: (row.set, row.place),
            empty=NOTHING_YET,
            row_height=THUMBNAIL + SPACING // 2,
            parent=self,
        )
        column_of(self._note, fill(self._table), on=self)
        self._note.hide()

    def set_report(self, report: TransferReport) -> None:
        """Shows `report`."""
        rows = [
            _Row(report=report, set=row, place=place)
            for row, images in enumerate(report.sets)
            for place in range(len(images.images))
        ]
        left_out = f" The first {MOST:,} of {len(rows):,} images are listed." if len(rows) > MOST else ""
        self._note.setText(_NOTE + left_out)
        self._table.set_records(())  # those of the report before have other columns
        self._table.set_columns(
            [*_image_columns(), *(_net_column(report, column) for column in range(len(report.nets)))]
        )
        self._table.set_records(rows[:MOST])
        self._note.show()


def _paint_picture(painter: QPainter, option: QStyleOptionViewItem, row: _Row) -> None:
    box = option.rect
    paint_strip(painter, QRect(box.left(), box.top() + 1, box.width(), box.height() - 2), row.picture(), 1)


def _image_columns() -> tuple[Column[_Row], ...]:
    return (
        Column(
            words="Image",
            tip="The image.",
            text=lambda row: f"{row.place + 1:,}",
            of_words=True,
            widest="Image 0",
            spoken=lambda row: f"Image {row.place + 1:,}",
            paint=_paint_picture,
        ),
        Column(
            words="Of",
            tip="The run or file that it is of, and its number there.",
            text=lambda row: f"{short_name(row.report.sets[row.set].name)} · {row.place + 1:,}",
            of_words=True,
            widest="0" * 12,
            share=1,
            cell_tip=lambda row: paragraphs(row.report.sets[row.set].name),
        ),
        Column(
            words="Label", tip="The class that it is meant to be taken for.", text=lambda row: row.label, centred=True
        ),
    )


def _net_column(report: TransferReport, column: int) -> Column[_Row]:
    def value(row: _Row) -> float:
        own = row.report.answers[row.set][column].probabilities
        return 0.0 if own is None else float(own[row.place])

    return Column(
        words=short_name(report.nets[column].name),
        tip=f"What {report.nets[column].name} says.",
        text=lambda row: answer_text(row.report, row.set, column, row.place),
        centred=True,
        widest="00000 · >.9999",
        cell_tip=lambda row: paragraphs(answer_sentence(row.report, row.set, column, row.place)),
        spoken=lambda row: answer_sentence(row.report, row.set, column, row.place),
        ground=lambda row: scale_colour(value(row)),
    )
