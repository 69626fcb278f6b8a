"""What each round came to, a line each. Used by the rounds page."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fooler_gui.core.formats import format_share
from fooler_gui.core.round_report import FreshShare, RoundReport
from fooler_gui.widgets.quiet_table import Column, QuietTable
from fooler_gui.widgets.tooltips import paragraphs

_FOOLS = (
    "Share of fresh images that are driven over 0.999 within so many steps by the misclassification cost alone. "
    "Less is better."
)
_AGREED = (
    "In brackets those that an independent net, which never saw a found image, calls the label too: they may have "
    "become digits."
)
_COLUMNS = (
    Column(words="Round", tip=paragraphs("The classifier before the first round, and after each."), of_words=True),
    Column(
        words="Test right",
        tip=paragraphs("Share of the 10,000 test images that it reads right, and that of the control. More is better."),
    ),
    Column(
        words="Found",
        tip=paragraphs("How many of the round's images were driven over 0.999 in the classifier before it."),
    ),
    Column(words="Noise fools", tip=paragraphs(f"Uniform noise. {_FOOLS}", _AGREED)),
    Column(
        words="Others fool",
        tip=paragraphs(f"Of the kinds of starts that no round trains on, the one that fools most. {_FOOLS}", _AGREED),
    ),
    Column(
        words="Masking",
        tip=paragraphs("Whether an honesty check speaks for hidden gradients; below it is told which."),
    ),
)


class RoundsTable(QWidget):
    """A table of rounds, one of which is selected. Main thread only.

    Signals:
        selected: (int) The number of the round that was selected.
    """

    selected = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = QuietTable("rounds_table", "Rounds", _COLUMNS, self)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.currentCellChanged.connect(self._on_current_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._table)

    def set_reports(self, reports: tuple[RoundReport, ...]) -> None:
        """Shows `reports`, number 0 first; the selection stays, or follows the newest round."""
        row, rows = self._table.currentRow(), self._table.rowCount()
        follows = row == rows - 1
        self._table.setRowCount(len(reports))
        for index, report in enumerate(reports):
            self._table.set_row(index, _texts(report))
        if reports and (follows or row >= len(reports)):
            self._table.setCurrentCell(len(reports) - 1, 0)

    def selected_number(self) -> int:
        """Returns the number of the selected round, or -1."""
        return self._table.currentRow()

    def _on_current_changed(self, row: int, _column: int, former: int, _former_column: int) -> None:
        if row != former and row >= 0:
            self.selected.emit(row)


def _texts(report: RoundReport) -> tuple[str, ...]:
    uniform, *others = report.fresh
    worst = max(others, key=lambda share: share.sure[-1])
    accuracy = format_share(report.test_accuracy, 2)
    if report.control_accuracy is not None:
        accuracy += f" · control {format_share(report.control_accuracy, 2)}"
    return (
        str(report.number) if report.number else "before",
        accuracy,
        f"{report.found:,} of {report.images:,}" if report.number else "–",
        _share(uniform),
        f"{worst.kind}  {_share(worst)}",
        "⚠ suspected" if report.masking_suspected else "✓ none found",
    )


def _share(share: FreshShare) -> str:
    return f"{format_share(share.sure[-1], 0)} ({format_share(share.agreed[-1], 0)}) in {share.within[-1]:,}"
