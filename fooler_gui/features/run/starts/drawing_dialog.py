"""The dialog in which the start of a run is drawn, with what the net sees in the drawing so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QColorDialog,
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QWidget,
)

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_percent
from fooler_gui.core.messages import Classified, JobFailed, Message
from fooler_gui.features.run.starts.drawing_pad import BRUSHES, DrawingPad
from fooler_gui.widgets.class_bars import ClassBars
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.pick_button import PickButton
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.slot_images import Shape, image_from_array

_NOTHING_YET = "Draw something; the net says at once what it sees."
_BARS_WIDTH = 220
_SMALL_SIDE = 56
_Button = TypeVar("_Button", bound=QAbstractButton)


class DrawingDialog(QDialog):
    """Draws an image; its owner answers what the net sees in it.

    Args:
        parent: Owner.
        shape: (H, W, C) of the image.
        dark: See `DrawingPad`.
        class_names: The net's classes.
        label: The class that the run drives its images towards.

    Signals:
        classify_requested: (object) Say what the net sees in this image, (H, W, C) float32.
        start_requested: (object) Start from this image.
    """

    classify_requested = Signal(object)
    start_requested = Signal(object)

    def __init__(self, parent: QWidget, shape: Shape, *, dark: bool, class_names: Sequence[str], label: int) -> None:
        super().__init__(parent)
        self.setObjectName("drawing_dialog")
        self.setWindowTitle("Draw the start")
        self._names, self._label = tuple(class_names), label
        self._pad = DrawingPad(shape, dark=dark)
        self._small = PixelPicture()
        self._small.setFixedWidth(_SMALL_SIDE)
        self._small.setAccessibleName("The drawing in the net's own pixels")
        self._small.setToolTip("The drawing in the net's own pixels")
        self._sentence = heading(_NOTHING_YET)
        self._sentence.setObjectName("drawing_sentence")
        self._sentence.setWordWrap(True)
        self._bars = ClassBars(self)
        self._bars.setMinimumWidth(_BARS_WIDTH)
        self._bars.show_classes(self._names, None, label)
        self._build(colours=shape[2] > 1)
        self._show_drawing()
        self._pad.image_changed.connect(self._on_drawn)

    def take(self, answer: Message) -> None:
        """Shows what the net sees, or why it could not be asked."""
        if isinstance(answer, JobFailed):
            self._sentence.setText(answer.sentence)
        elif isinstance(answer, Classified):
            probabilities = answer.probabilities[0]
            sure = int(np.argmax(probabilities))
            self._bars.show_classes(self._names, probabilities, self._label)
            words = f"{class_name(self._names, sure)}, {format_percent(float(probabilities[sure]))} sure"
            self._sentence.setText(f"The net: {words}.")

    def _build(self, *, colours: bool) -> None:
        self._brushes = QButtonGroup(self)
        brushes = []
        for name, width in BRUSHES.items():
            brush = _named(PickButton(name), f"brush_{name.lower()}", f"{name} brush")
            brush.clicked.connect(lambda _checked, width=width: self._pick_brush(width))
            self._brushes.addButton(brush)
            brush.setChecked(width == self._pad.brush)
            brushes.append(brush)
        eraser = _named(PickButton("Eraser", icon_name="erase"), "drawing_eraser", "Paints the ground again")
        eraser.toggled.connect(lambda on: setattr(self._pad, "erases", on))
        self._undo = _tool("Undo", "drawing_undo", "Takes back the last stroke (Ctrl+Z)")
        self._undo.clicked.connect(self._pad.undo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self._pad.undo)
        clear = _tool("Clear", "drawing_clear", "Makes the pad empty; this can be undone")
        clear.clicked.connect(self._pad.clear)
        colour = _tool("Colour…", "drawing_colour", "The brush's colour")
        colour.clicked.connect(self._ask_for_colour)
        colour.setVisible(colours)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._use = buttons.addButton("Start from this drawing", QDialogButtonBox.ButtonRole.AcceptRole)
        self._use.setObjectName("use_drawing_button")
        give_mnemonics((self._undo, clear, colour, *buttons.buttons()))
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        left = column_of(
            self._pad,
            row_of(*brushes, SPACING, eraser, STRETCH, gap=SPACING // 2),
            row_of(self._undo, clear, colour, STRETCH, gap=SPACING // 2),
            STRETCH,
        )
        right = column_of(row_of(self._small, fill(self._sentence)), fill(self._bars))
        column_of(
            fill(row_of(left, fill(right), gap=2 * SPACING)),
            QuietLabel("What is off-centre, or much larger or smaller than in the dataset, the net may not recognise."),
            buttons,
            on=self,
            margins=2 * SPACING,
        )

    def _pick_brush(self, width: float) -> None:
        self._pad.brush = width

    def _ask_for_colour(self) -> None:
        dialog = QColorDialog(self._pad.colour, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda colour: setattr(self._pad, "colour", colour))
        dialog.open()

    def _show_drawing(self) -> FloatArray:
        image = self._pad.image()
        self._small.set_image(image_from_array(image))
        self._undo.setEnabled(self._pad.can_undo())
        self._use.setEnabled(self._pad.can_undo())
        self._use.setDefault(True)
        return image

    @Slot()
    def _on_drawn(self) -> None:
        self.classify_requested.emit(self._show_drawing())

    @Slot()
    def _on_accepted(self) -> None:
        self.start_requested.emit(self._pad.image())
        self.accept()


def _tool(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setAutoDefault(False)
    return _named(button, name, tip)


def _named(button: _Button, name: str, tip: str) -> _Button:
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    return button
