"""A table of runs, one per row, with their images. Used by the run browser."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter, QPalette
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from fooler_gui.core.formats import format_bytes, format_moment, format_probability
from fooler_gui.core.run_summary import DAMAGED, FINISHED, IN_PROGRESS, UNFINISHED, RunSummary, labels_in_words
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.thumbnails import MARGIN, paint_strip, thumbnail_mosaic
from fooler_gui.widgets.tooltips import paragraphs

STATE_SIGNS = {FINISHED: "✓", UNFINISHED: "⚠", IN_PROGRESS: "…", DAMAGED: "✗"}
_ON_SCREEN = "▶ on screen"

_THUMBNAIL = 28 + 2 * MARGIN
_THUMBNAILS_SHOWN = 4
_ROW_HEIGHT = _THUMBNAIL + 6
_STARTED = 4


def run_title(summary: RunSummary) -> str:
    """Returns the name of a run, or that of its folder if it has none."""
    return summary.name or summary.folder.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def _name_to_edit(run: RunSummary) -> str | None:
    return run.name if run.spec is not None and run.state != IN_PROGRESS else None


def _folder_tip(run: RunSummary) -> str:
    return paragraphs(run.folder)


class RunTable(RecordTable[RunSummary]):
    """Shows the runs that match the search; several can be selected. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._on_screen = ""
        self._strips: dict[str, tuple[RunSummary, QImage]] = {}
        super().__init__(
            "run_table",
            "Runs",
            self._make_columns(),
            lambda run: run.folder,
            several=True,
            row_height=_ROW_HEIGHT,
            parent=parent,
        )
        self.horizontalHeader().setMinimumSectionSize(_THUMBNAIL + SPACING)
        self.setColumnWidth(0, _THUMBNAILS_SHOWN * _THUMBNAIL + SPACING)
        self.sortByColumn(_STARTED, Qt.SortOrder.DescendingOrder)

    def set_on_screen(self, folder: str) -> None:
        """Marks the run on screen."""
        self._on_screen = folder
        self.refresh()

    def _make_columns(self) -> tuple[Column[RunSummary], ...]:
        return (
            Column(
                words="Images",
                tip="Some images of the last save. Widen the column to see more.",
                text=lambda _run: "",
                order=lambda run: run.found,
                of_words=True,
                widest="Images",
                cell_tip=_folder_tip,
                spoken=lambda run: f"{len(run.thumbnails)} images",
                paint=self._paint_images,
            ),
            Column(
                words="Name",
                tip="The run's name, or that of its folder if it has none. F2 edits it.",
                text=run_title,
                order=lambda run: (not run.name, run_title(run).casefold()),
                of_words=True,
                widest="Strong diversity, averages",
                share=1,
                cell_tip=_folder_tip,
                role=lambda run: QPalette.ColorRole.Text if run.name else QPalette.ColorRole.PlaceholderText,
                edited=_name_to_edit,
            ),
            Column(
                words="State",
                tip="Whether the run is finished, in progress, unfinished (interrupted) or damaged.",
                text=self._state,
                order=lambda run: run.state,
                of_words=True,
                widest="⚠ unfinished",
                cell_tip=lambda run: paragraphs(run.sentence),
            ),
            Column(
                words="Labels",
                tip="The labels that the images are driven towards.",
                text=lambda run: labels_in_words(run.label_names) or "–",
                order=lambda run: (len(run.labels), run.labels),
                of_words=True,
                widest="0–2, 7–9",
                cell_tip=lambda run: paragraphs(labels_in_words(run.label_names), run.folder),
            ),
            Column(
                words="Started",
                tip="When the run started.",
                text=lambda run: format_moment(run.begun),
                order=lambda run: run.moment,
                of_words=True,
                widest="0000-00-00 00:00",
                cell_tip=_folder_tip,
            ),
            Column(
                words="Steps",
                tip="The number of steps.",
                text=lambda run: "–" if run.spec is None else f"{run.steps:,}",
                order=lambda run: run.steps,
                widest="000,000",
                cell_tip=_folder_tip,
            ),
            Column(
                words="Found",
                tip="How many images are over the run's threshold.",
                text=lambda run: "–" if math.isnan(run.lowest) else f"{run.found:,} of {run.images:,}",
                order=lambda run: run.found,
                widest="00 of 00",
                cell_tip=_folder_tip,
            ),
            Column(
                words="Lowest p",
                tip="The lowest correct classification probability in the last save.",
                text=lambda run: format_probability(run.lowest),
                order=lambda run: -1.0 if math.isnan(run.lowest) else run.lowest,
                widest=">.9999",
                cell_tip=_folder_tip,
            ),
            Column(
                words="Size",
                tip="The size of the run on disk.",
                text=lambda run: format_bytes(run.bytes),
                order=lambda run: run.bytes,
                widest="000 MB",
                cell_tip=_folder_tip,
            ),
        )

    def _state(self, run: RunSummary) -> str:
        return _ON_SCREEN if run.folder == self._on_screen else f"{STATE_SIGNS[run.state]} {run.state}"

    def _paint_images(self, painter: QPainter, option: QStyleOptionViewItem, run: RunSummary) -> None:
        if len(run.thumbnails):
            margin = SPACING // 4
            box = option.rect.adjusted(2 * margin, margin, -margin, -margin)
            paint_strip(painter, box, self._strip(run), len(run.thumbnails))

    def _strip(self, run: RunSummary) -> QImage:
        """Returns the images of a run in one row, drawn when first needed."""
        known, strip = self._strips.get(run.folder, (None, QImage()))
        if known is not run:
            strip = thumbnail_mosaic(run.thumbnails, len(run.thumbnails))
            self._strips[run.folder] = run, strip
        return strip
