"""The dataset in use: its name, images and classes, and a menu to open another one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QWidget

from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.features.dataset.examples_strip import ExamplesStrip
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, heading, row_of
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_MISSING = "Reference cost, averages, training, rounds and accuracy need a dataset."
_NAMED = 20
"""The most classes that the tooltip names."""


class DatasetBox(QWidget):
    """Names the dataset in use and shows an image of each of its classes. Main thread only.

    Args:
        menu: Opens other datasets.
        parent: Owner.
    """

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = heading("Loading …")
        self._name.setParent(self)
        self._facts = QLabel("The dataset is read in a few seconds.", self)
        self._remarks = QuietLabel(parent=self)
        for label, name in (
            (self._name, "dataset_name"),
            (self._facts, "dataset_facts"),
            (self._remarks, "dataset_remarks"),
        ):
            label.setObjectName(name)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._remarks.hide()
        self._examples = ExamplesStrip(self)
        self._examples.hide()
        self._change = ActionButton("Change", "change_dataset_button", "Opens or gets another dataset.", parent=self)
        self._change.setMenu(menu)
        column_of(
            self._name,
            self._facts,
            self._examples,
            self._remarks,
            row_of(self._change),
            on=self,
            gap=SPACING // 2,
        )

    def set_dataset(self, info: DatasetInfo, examples: npt.NDArray[np.uint8]) -> None:
        """Shows the dataset `info`; `examples` (K, H, W, C) are images of its first classes."""
        self._name.setText(info.name if info.has_images else "No dataset")
        self._name.setToolTip(paragraphs(info.path, f"SHA-256 {info.sha256}") if info.path else "")
        self._facts.setText(_facts(info))
        self._facts.setToolTip(paragraphs(f"Classes: {_few(info.class_names)}"))
        self._examples.set_examples(examples, info.class_names)
        told = info.remarks if info.has_images else (_MISSING,)
        self._remarks.setText("\n".join(told))
        self._remarks.setVisible(bool(told))

    def set_disabled_because(self, reason: str) -> None:
        """Lets no other dataset be opened, with `reason` in the tooltip; "" lets it."""
        set_disabled_because(self._change, reason)


def _facts(info: DatasetInfo) -> str:
    height, width, channels = info.image_shape
    images = f"{height} × {width}, {'grey' if channels == 1 else 'colour'} · {len(info.class_names):,} classes"
    if not info.has_images:
        return f"{images}, as the classifier takes them"
    return f"{images} · {sum(info.train):,} training and {sum(info.test):,} test images"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
