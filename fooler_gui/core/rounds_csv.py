"""Rounds as tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence

from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.round_report import RoundReport, matrix


def figures_csv(reports: Sequence[RoundReport]) -> str:
    """Returns a line with all figures for each of `reports`; shares are 0 to 1.

    Args:
        reports: Number 0 first, at least one, all with the same kinds of starts.
    """
    kinds = [(share.kind, limit) for share in reports[0].fresh for limit in share.within]
    header = [
        "round", "classifier", "seconds", "images", "found", "pool", "test_accuracy", "control_accuracy",
        "old_confidence", "certified", "masking_suspected",
        *(f"{kind} sure within {limit}" for kind, limit in kinds),
        *(f"{kind} agreed within {limit}" for kind, limit in kinds),
        *(f"{share.kind} median steps" for share in reports[0].fresh),
    ]  # fmt: skip
    return csv_text([header, *(_figures(report) for report in reports)])


def scores_csv(reports: Sequence[RoundReport]) -> str:
    """Returns the matrix *images of round i scored by classifier j* of `reports`, number 0 first."""
    rows = matrix(tuple(reports))
    header = ["images of round", *(f"classifier {number}" for number in range(len(reports)))]
    return csv_text([header, *([number, *row] for number, row in enumerate(rows, start=1))])


def _figures(report: RoundReport) -> list[object]:
    return [
        report.number,
        report.classifier,
        report.seconds,
        report.images,
        report.found,
        report.pool,
        report.test_accuracy,
        report.control_accuracy,
        report.old_confidence,
        report.certified,
        report.masking_suspected,
        *(share for part in report.fresh for share in part.sure),
        *(share for part in report.fresh for share in part.agreed),
        *(part.median_steps for part in report.fresh),
    ]
