"""The probabilities of all classes as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_probability
from fooler_gui.widgets.bar_rows import BarRow, BarRows
from fooler_gui.widgets.tooltips import paragraphs

MOST_CLASSES = 12
"""With more classes, only the most probable ones and the label are shown, and the others together."""
_UNKNOWN = "–"
_TIP = "The classifier's probability of each class. The label is emphasised."


class ClassBars(BarRows):
    """A bar for each class; the label's is emphasised. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text_like=">.9999", parent=parent)
        self.setObjectName("class_bars")
        self.setAccessibleName("Probabilities of all classes")
        self.setToolTip(paragraphs(_TIP))

    def show_classes(self, names: Sequence[str], probabilities: FloatArray | None, label: int) -> None:
        """Shows `probabilities` (classes,), or only the names if None.

        Args:
            names: The classes' names; one without a name is called by its number.
            probabilities: The classes' probabilities.
            label: The emphasised class.
        """
        count = len(names) if probabilities is None else len(probabilities)
        shown = list(range(count)) if count <= MOST_CLASSES else _most_probable(probabilities, count, label)
        rows = [
            BarRow(
                name=class_name(names, index),
                share=0.0 if probabilities is None else float(probabilities[index]),
                text=_UNKNOWN if probabilities is None else format_probability(float(probabilities[index])),
                strong=index == label,
            )
            for index in shown
        ]
        if len(shown) < count:
            rest = None if probabilities is None else float(np.delete(probabilities, shown).sum())
            rows.append(
                BarRow(
                    name=f"{count - len(shown)} others",
                    share=rest or 0.0,
                    text=_UNKNOWN if rest is None else format_probability(rest),
                )
            )
        self.set_rows(rows)


def _most_probable(probabilities: FloatArray | None, count: int, label: int) -> list[int]:
    """Returns as many classes as there is room for, the most probable first, always including the label."""
    order = list(range(count)) if probabilities is None else np.argsort(-probabilities, kind="stable").tolist()
    room = MOST_CLASSES - 1
    return order[:room] if label in order[:room] or label >= count else [*order[: room - 1], label]
