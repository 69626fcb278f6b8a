"""The results of the rounds, one row each."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_share
from fooler_gui.core.guarantee import LEAST_LEVEL
from fooler_gui.core.round_report import FreshShare, RoundReport
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.tooltips import paragraphs

_FOOLS = (
    "Less means harder to fool: the share of fresh images that the misclassification cost alone drives over 0.999 "
    "within so many steps."
)
_AGREED = (
    "In brackets, those that are their label to others, too, which never saw a found image: they may have come to show "
    "it. “100 % (20 %) in 1,000”: within 1,000 steps all of them fool the classifier, a fifth perhaps rightly."
)


def _accuracies(report: RoundReport) -> str:
    control = report.control_accuracy
    beside = "" if control is None else f" · control {format_share(control, 2)}"
    return format_share(report.test_accuracy, 2) + beside


def _found(report: RoundReport) -> str:
    return f"{report.found:,} of {report.images:,}" if report.number else "–"


def _certified(report: RoundReport) -> str:
    return "–" if report.certified is None else format_share(report.certified, 0)


def _worst(report: RoundReport) -> str:
    worst = _worst_of(report)
    return f"{worst.kind}  {_share(worst)}"


def _share_tip(share: FreshShare) -> str:
    sure, agreed = format_share(share.sure[-1], 0), format_share(share.agreed[-1], 0)
    return paragraphs(
        f"Of {share.kind} images driven for up to {share.within[-1]:,} steps, {sure} fool the classifier; {agreed} may "
        "have come to show their label, as others agree with it."
    )


def _masking_tip(report: RoundReport) -> str:
    signs = [f"{check.name}: {check.found} {check.meaning}" for check in report.checks if check.suspicious]
    return paragraphs(*(signs or ["No honesty check found a sign of it."]))


def _worst_of(report: RoundReport) -> FreshShare:
    return max(report.fresh[1:], key=lambda share: share.sure[-1])


def _share(share: FreshShare) -> str:
    return f"{format_share(share.sure[-1], 0)} ({format_share(share.agreed[-1], 0)}) in {share.within[-1]:,}"


_COLUMNS: tuple[Column[RoundReport], ...] = (
    Column(
        words="Round",
        tip="The classifier before the first round, and after each.",
        text=lambda report: str(report.number) if report.number else "before",
        of_words=True,
    ),
    Column(
        words="Test right",
        tip="More is better: the share of the test images that it reads right, and that of the control.",
        text=_accuracies,
    ),
    Column(
        words="Found",
        tip="Fewer is better: how many of the round's images were driven over 0.999 with the classifier before it.",
        text=_found,
    ),
    Column(
        words="Noise fools",
        tip=f"Uniform noise. {_FOOLS}\n{_AGREED}",
        text=lambda report: _share(report.fresh[0]),
        cell_tip=lambda report: _share_tip(report.fresh[0]),
    ),
    Column(
        words="Others fool",
        tip=f"Of the kinds of starts that no round trains on, the most successful. {_FOOLS}\n{_AGREED}",
        text=_worst,
        cell_tip=lambda report: _share_tip(_worst_of(report)),
    ),
    Column(
        words="Certified",
        tip="More is better: how much of the way from noise to the nearest training image is certified. No image "
        f"whatsoever so near to the noise is given a confidence over {LEAST_LEVEL}. The median of fresh uniform noise; "
        "– for a classifier without a guarantee.",
        text=_certified,
    ),
    Column(
        words="Masking",
        tip="Whether it may only look harder to fool: masking means that its gradients lead nowhere while it can be "
        "fooled in other ways. See Honesty checks below.",
        cell_tip=_masking_tip,
        text=lambda report: "⚠ suspected" if report.masking_suspected else "✓ none found",
        share=1,
    ),
)


class RoundsTable(RecordTable[RoundReport]):
    """A table of rounds, one of which is selected. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "rounds_table", "Rounds", _COLUMNS, lambda report: report.number, empty="No round yet.", parent=parent
        )

    def set_reports(self, reports: tuple[RoundReport, ...]) -> None:
        """Shows `reports`, number 0 first; the selection stays, or follows the newest round."""
        number, shown = self.selected_number(), self.shown()
        follows = number == (shown[-1].number if shown else -1)
        self.set_records(reports)
        if follows or number >= len(reports):
            self.select_row(len(reports) - 1)

    def selected_number(self) -> int:
        """Returns the number of the selected round, or -1."""
        return next((report.number for report in self.selected()), -1)
