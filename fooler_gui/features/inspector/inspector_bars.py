"""The probabilities of all classes as bars. The inspector uses it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.core.messages import FloatArray
from fooler_gui.widgets.bar_rows import BarRow, BarRows
from fooler_gui.widgets.tooltips import paragraphs

MOST_CLASSES = 12
"""With more classes the most probable are shown, the label, and the others together."""
_UNKNOWN = "–"
_TIP = "What the classifier makes of the image: the probability of each class. The label stands out."


class ClassBars(BarRows):
    """A bar for each class; the label's stands out. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(text_like=">.9999", parent=parent)
        self.setObjectName("class_bars")
        self.setAccessibleName("Probabilities of all classes")
        self.setToolTip(paragraphs(_TIP))

    def show_classes(self, names: Sequence[str], probabilities: FloatArray | None, label: int) -> None:
        """Shows `probabilities` (classes,), or the names alone if None.

        Args:
            names: Of the classes; one that has no name goes by its number.
            probabilities: Of the classes.
            label: The class that stands out.
        """
        count = len(names) if probabilities is None else len(probabilities)
        shown = list(range(count)) if count <= MOST_CLASSES else _most_probable(probabilities, count, label)
        rows = [
            BarRow(
                name=names[index] if index < len(names) else str(index),
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
    """Returns as many classes as there is room for, the most probable first, the label always among them."""
    order = list(range(count)) if probabilities is None else np.argsort(-probabilities, kind="stable").tolist()
    room = MOST_CLASSES - 1
    return order[:room] if label in order[:room] or label >= count else [*order[: room - 1], label]
