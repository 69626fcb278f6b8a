"""When an image first reached each milestone, and what it was like then."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from fooler_gui.core.milestones import NAMES, TOP_CLASS, Milestone
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.tooltips import paragraphs

NOT_YET = "not yet"
_TIPS = {TOP_CLASS: "The label became the most probable class."}

_Line = tuple[str, Milestone | None]
"""The name of a milestone, and when it was reached; None if not yet."""


def _figure(words: str, widest: str, tip: str, write: Callable[[Milestone], str], missing: str = "") -> Column[_Line]:
    def text(line: _Line) -> str:
        return missing if line[1] is None else write(line[1])

    return Column(
        words=words,
        tip=tip,
        text=text,
        widest=widest,
        spoken=lambda line: f"{line[0]}, {words}: {text(line) or NOT_YET}",
        share=1,
    )


_COLUMNS: tuple[Column[_Line], ...] = (
    Column(
        words="",
        text=lambda line: line[0],
        cell_tip=lambda line: paragraphs(_TIPS.get(line[0], "The probability of the label passed the threshold.")),
        of_words=True,
        widest=max(NAMES, key=len),
    ),
    _figure("step", "000", "The step of the first save that reached it.", lambda reached: f"{reached.step:,}"),
    _figure(
        "evals",
        "000",
        "Evaluations: how many gradients were computed for the slot until then, or under evolution images of its "
        "population, including those of its earlier images.",
        lambda reached: f"{reached.evaluations:,}",
    ),
    _figure(
        "L2",
        "0.00",
        "The Euclidean distance (L2) from the start image, in units of brightness.",
        lambda reached: f"{reached.distance:.{2 if reached.distance < 10 else 1}f}",
    ),
    _figure(
        "L∞",
        "0.00",
        "The largest change of a pixel (L∞) from the start image; runs of earlier versions did not record it.",
        lambda reached: "–" if reached.largest_change is None else f"{reached.largest_change:.2f}",
    ),
    _figure(
        "pixels",
        "0.00 … 1",
        "The smallest and the greatest pixel of the image then.",
        lambda reached: f"{_pixel(reached.least)} … {_pixel(reached.greatest)}",
        NOT_YET,
    ),
)


class MilestoneTable(RecordTable[_Line]):
    """A row for each milestone, in their usual order. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "inspector_milestones",
            "Milestones",
            _COLUMNS,
            lambda line: line[0],
            tight=True,
            padding=SPACING * 3 // 4,
            parent=parent,
        )
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.set_milestones({})
        self.fit_height()
        self.fit_width()

    def set_milestones(self, milestones: Mapping[str, Milestone]) -> None:
        """Shows the reached `milestones`, by name."""
        self.set_records((name, milestones.get(name)) for name in NAMES)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Lets the panel scroll."""
        event.ignore()


def _pixel(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")
