"""How figures of an evaluation are written, and why one is missing. Used by what the evaluation page shows."""

from __future__ import annotations

from fooler_gui.core.evaluation_report import FILE_SETS, FOUND, TEST, EvaluationReport, made_sets, set_info
from fooler_gui.core.formats import format_number, format_share

NOTHING_YET = "No figures yet. Press Evaluate."
NOT_LOADED = "not loaded"
NOT_YET = "not yet"
NOT_EVALUATED = "not evaluated"
NONE = "–"

_FACTOR = "median_scale"
"""The one figure that is no share."""


def figure_text(figure: str, value: float | None) -> str:
    """Returns the `value` of `figure`, an attribute's name: a share in per cent, a factor as a plain number."""
    if value is None or value != value:
        return NONE
    return format_number(float(f"{value:.3g}")) if figure == _FACTOR else format_share(value, 2)


def set_title(name: str) -> str:
    """Returns what the set called `name` is called on screen, the test images among them."""
    return "Test images" if name == TEST else set_info(name).title


def shown_sets(report: EvaluationReport) -> tuple[str, ...]:
    """Returns the names of the sets that are shown: those of every evaluation, those with published numbers, others."""
    evaluated = [figures.name for figures in report.sets]
    found = [FOUND] if FOUND in evaluated else []
    return tuple(dict.fromkeys((*made_sets(), *found, *FILE_SETS, *evaluated)))


def why_missing(report: EvaluationReport | None, name: str, *, going: bool) -> str:
    """Returns why there are no figures of a set, or "" where there are some.

    Args:
        report: What there is of an evaluation.
        name: Of the set.
        going: Whether the evaluation goes on.
    """
    if report is not None:
        if name == TEST or any(figures.name == name for figures in report.sets):
            return ""
        if name in report.missing:
            return NOT_LOADED
    return NOT_YET if going or report is None else NOT_EVALUATED
