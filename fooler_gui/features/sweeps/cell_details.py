"""One cell of a sweep: its images, what it found, and its run to open or to repeat."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.features.sweeps.sweep_words import title_of, value_text
from fooler_gui.sweeps.cell_table import NUMBER
from fooler_gui.sweeps.results import FAILED
from fooler_gui.sweeps.sweep_state import SweepState
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.breaking import breakable
from fooler_gui.widgets.icon_button import IconButton
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    VerticalScrollArea,
    column_of,
    fill,
    heading,
    row_of,
)
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.thumbnails import thumbnail_mosaic
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_ACROSS = 3
_WIDTH = 220
_NONE_CHOSEN = "Choose a cell to see its images."
_NO_RUN = "This cell has recorded no run."


class CellDetails(QWidget):
    """Shows a cell, or one after the other of those of a setting. Main thread only.

    Signals:
        pictures_requested: (int) Read the images of the cell at this place.
        open_requested: (str) Show the run in this folder.
        repeat_requested: (str) Repeat the run in this folder.
    """

    pictures_requested = Signal(int)
    open_requested = Signal(str)
    repeat_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lab = LabState.STARTING
        self._sweep: SweepState | None = None
        self._places: tuple[int, ...] = ()
        self._at = 0
        self._folder = ""
        self._heading = heading("Cell")
        self._heading.setObjectName("sweep_cell_heading")
        self._former = self._step_button("back", "former_cell", "The former cell of the setting")
        self._next = self._step_button("forward", "next_cell", "The next cell of the setting")
        self._told = QLabel(_NONE_CHOSEN, self)
        self._told.setObjectName("sweep_cell_told")
        self._told.setWordWrap(True)
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._picture = PixelPicture(margin=SPACING // 2, parent=self)
        self._picture.setObjectName("sweep_cell_picture")
        self._facts = QLabel(self)
        self._facts.setObjectName("sweep_cell_facts")
        self._facts.setFont(tabular_font(self._facts.font()))
        self._facts.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setWordWrap(True)
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._open = ActionButton(
            "Open run", "open_cell_run", "Shows the cell's run in the main window.", icon_name="open", parent=self
        )
        self._repeat = ActionButton(
            "Repeat here",
            "repeat_cell_run",
            "Runs the cell's run again in the main window, with its settings.",
            icon_name="run",
            parent=self,
        )
        content = QWidget(self)
        column_of(self._told, self._picture, self._facts, STRETCH, on=content)
        column_of(
            row_of(fill(self._heading), self._former, self._next),
            fill(VerticalScrollArea(content, self)),
            row_of(fill(self._open), fill(self._repeat)),
            on=self,
            margins=(SPACING, 0, 0, 0),
        )
        self.setMinimumWidth(_WIDTH)
        self._former.clicked.connect(lambda: self._show(self._at - 1))
        self._next.clicked.connect(lambda: self._show(self._at + 1))
        self._open.clicked.connect(lambda: self.open_requested.emit(self._folder))
        self._repeat.clicked.connect(lambda: self.repeat_requested.emit(self._folder))
        self.clear()

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        self._lab = state
        self._enable()

    def clear(self) -> None:
        """Shows no cell."""
        self._sweep, self._places = None, ()
        self._show(0)

    def show_cells(self, sweep: SweepState, places: Sequence[int]) -> None:
        """Shows the first of the cells of `sweep` at `places`."""
        self._sweep, self._places = sweep, tuple(places)
        self._show(0)

    def update_sweep(self, sweep: SweepState) -> None:
        """Shows what the cell has come to meanwhile."""
        place = self.place()
        if place is not None and self._sweep is not None:
            before, self._sweep = self._sweep, sweep
            if before.cells.row(place) != sweep.cells.row(place):
                self._show(self._at)

    def place(self) -> int | None:
        """Returns the place of the cell that is shown; None for none."""
        return self._places[self._at] if self._places else None

    def set_images(self, place: int, images: FloatArray) -> None:
        """Shows `images` (N, H, W, C) of the cell at `place`, if that is still shown."""
        if place == self.place():
            self._picture.set_image(thumbnail_mosaic(images, _ACROSS))
            self._picture.setAccessibleName(f"{len(images)} images of the last save")
            self._picture.show()

    def _step_button(self, icon_name: str, name: str, words: str) -> IconButton:
        button = IconButton(icon_name, self)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(paragraphs(f"{words}."))
        return button

    def _show(self, at: int) -> None:
        self._at = at
        self._picture.set_image(QImage())
        self._picture.hide()
        place, sweep = self.place(), self._sweep
        self._folder = ""
        if place is None or sweep is None:
            self._heading.setText("Cell")
            self._told.setText(_NONE_CHOSEN)
            self._facts.setText("")
        else:
            run = sweep.run(place)
            self._folder = "" if run is None else str(run)
            self._show_cell(sweep, place)
            if run is not None:
                self.pictures_requested.emit(place)
        self._told.setVisible(bool(self._told.text()))
        self._enable()

    def _show_cell(self, sweep: SweepState, place: int) -> None:
        row, cells = sweep.cells.row(place), sweep.cells
        of = f", {self._at + 1:,} of {len(self._places):,}" if len(self._places) > 1 else ""
        self._heading.setText(f"Cell {place + 1:,}{of}")
        self._told.setText(breakable(str(row["error"])) if row["state"] == FAILED else "")
        left_out = (NUMBER, "error")
        lines = [
            f"{title_of(name)}: {value_text(row[name])}"
            for name in cells.names
            if name not in left_out and row[name] is not None
        ]
        self._facts.setText(breakable("\n".join(lines)))

    def _enable(self) -> None:
        none = "" if self._places else "Choose a cell."
        for button in (self._open, self._repeat):
            set_disabled_because(button, none or ("" if self._folder else _NO_RUN) or why_not_now(self._lab))
        several = len(self._places) > 1
        for step, ends in ((self._former, self._at == 0), (self._next, self._at == len(self._places) - 1)):
            step.setVisible(several)
            step.setEnabled(not ends)
