"""The dialog in which an image of the dataset is picked to start from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QListView, QListWidget, QListWidgetItem, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name, class_word
from fooler_gui.core.messages import JobFailed, Message, TestImages
from fooler_gui.features.run.starts.start_button import picture_icon
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.tooltips import paragraphs

MOST_IMAGES = 200
"""How many test images of a class are shown at most."""
_SIDE, _CLASS_SIDE = 48, 28
_CLASSES_WIDTH = 150
_ORDER = (
    "Of the first {count} test images, those that the net thinks likeliest to be {target} come first, those that it "
    "misreads last. If an image hardly changes in the run, choose the preset “no penalties”."
)
_SEVERAL_TIP = "Each slot starts from another test image of this class, drawn with the random seed."
_WAITING = "Reading the images …"


class GalleryDialog(QDialog):
    """Shows the test images of one class after another; its owner fetches them.

    Args:
        parent: Owner.
        class_names: The dataset's classes.
        examples: (K, H, W, C) uint8, an image of each of the first K classes.
        targets: The names of the classes that the run drives its images towards.

    Signals:
        images_requested: (int) Show the images of this class.
        start_requested: (object, str) Start from this image, (H, W, C) float32, called so.
        class_requested: (int) Start from test images of this class, one for each slot.
    """

    images_requested = Signal(int)
    start_requested = Signal(object, str)
    class_requested = Signal(int)

    def __init__(
        self,
        parent: QWidget,
        class_names: Sequence[str],
        examples: npt.NDArray[np.uint8],
        targets: Sequence[str],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("start_gallery")
        self.setWindowTitle("Start from an image of the dataset")
        self.resize(760, 520)
        self._names, self._targets = tuple(class_names), tuple(targets)
        self._shown: TestImages | None = None
        self._classes = QListWidget()
        self._classes.setObjectName("gallery_classes")
        self._classes.setAccessibleName(f"{class_word(class_names).capitalize()} of the images")
        self._classes.setIconSize(QSize(_CLASS_SIDE, _CLASS_SIDE))
        self._classes.setFixedWidth(_CLASSES_WIDTH)
        for index, name in enumerate(self._names):
            item = QListWidgetItem(name, self._classes)
            if index < len(examples):
                item.setIcon(picture_icon(_to_float(examples[index]), _CLASS_SIDE))
        self._images = QListWidget()
        self._images.setObjectName("gallery_images")
        self._images.setAccessibleName("Test images")
        self._images.setViewMode(QListView.ViewMode.IconMode)
        self._images.setResizeMode(QListView.ResizeMode.Adjust)
        self._images.setMovement(QListView.Movement.Static)
        self._images.setUniformItemSizes(True)
        self._images.setIconSize(QSize(_SIDE, _SIDE))
        self._images.setGridSize(QSize(_SIDE + SPACING, _SIDE + SPACING))
        self._sentence = heading("")
        self._sentence.setObjectName("gallery_sentence")
        self._sentence.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._use = buttons.addButton("Start from this image", QDialogButtonBox.ButtonRole.AcceptRole)
        self._use.setObjectName("use_image_button")
        self._use_class = buttons.addButton("Several of this class", QDialogButtonBox.ButtonRole.ActionRole)
        self._use_class.setObjectName("use_class_button")
        self._use_class.setToolTip(paragraphs(_SEVERAL_TIP))
        give_mnemonics(buttons.buttons())
        column_of(
            self._sentence,
            fill(row_of(self._classes, fill(self._images))),
            QuietLabel(_ORDER.format(count=MOST_IMAGES, target=self._targets[0])),
            buttons,
            on=self,
            margins=2 * SPACING,
        )
        self._classes.currentRowChanged.connect(self._on_class_picked)
        self._images.currentRowChanged.connect(self._on_image_picked)
        self._images.itemActivated.connect(self._on_accepted)
        buttons.accepted.connect(self._on_accepted)
        self._use_class.clicked.connect(self._on_class_accepted)
        buttons.rejected.connect(self.reject)
        self._on_image_picked(-1)

    def show_class(self, label: int) -> None:
        """Picks the class `label`."""
        self._classes.setCurrentRow(label)

    def take(self, answer: Message) -> None:
        """Shows the images of the picked class, or why there are none."""
        if isinstance(answer, JobFailed):
            self._sentence.setText(answer.sentence)
        elif isinstance(answer, TestImages) and answer.label == self._classes.currentRow():
            self._shown = answer
            for place, image in zip(answer.places, answer.images, strict=True):
                item = QListWidgetItem(picture_icon(_to_float(image), _SIDE), "", self._images)
                item.setToolTip(f"Test image {place + 1:,}")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, item.toolTip())
            self._images.setCurrentRow(0)
            self._on_image_picked(self._images.currentRow())

    @Slot(int)
    def _on_class_picked(self, label: int) -> None:
        self._shown = None
        self._images.clear()
        self._sentence.setText(_WAITING)
        self.images_requested.emit(label)

    @Slot(int)
    def _on_image_picked(self, row: int) -> None:
        self._use.setEnabled(self._shown is not None and row >= 0)
        self._use.setDefault(True)
        self._use_class.setEnabled(self._use.isEnabled())
        if self._shown is None:
            return
        name = class_name(self._names, self._shown.label)
        if not len(self._shown.images):
            self._sentence.setText(f"The dataset has no test images of {name}.")
        elif name in self._targets:
            self._sentence.setText(f"This is {name} already; pick another {class_word(self._names)} to start from.")
        else:
            self._sentence.setText(f"From this {name} to {' and '.join(self._targets)}.")

    @Slot()
    def _on_accepted(self) -> None:
        row, shown = self._images.currentRow(), self._shown
        if shown is None or row < 0:
            return
        name = class_name(self._names, shown.label)
        image: FloatArray = _to_float(shown.images[row])
        self.start_requested.emit(image, f"{name}, test image {shown.places[row] + 1}")
        self.accept()

    @Slot()
    def _on_class_accepted(self) -> None:
        if self._shown is not None:
            self.class_requested.emit(self._shown.label)
            self.accept()


def _to_float(image: npt.NDArray[np.uint8]) -> FloatArray:
    return image.astype(np.float32) / np.float32(255)
