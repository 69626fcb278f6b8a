"""Texts of an evaluation: figures, titles of sets, and why a set is missing."""

from __future__ import annotations

from fooler_gui.core.evaluation_report import FILE_SETS, FOUND, TEST, EvaluationReport, made_sets, set_info
from fooler_gui.core.formats import format_number, format_share
from fooler_gui.core.published import is_mnist

NOTHING_YET = "No figures yet. Press Evaluate."
NOT_LOADED = "not loaded"
NOT_YET = "not yet"
NOT_EVALUATED = "not evaluated"
NONE = "–"

_FACTOR = "median_scale"
"""The only figure that is not a share."""


def figure_text(figure: str, value: float | None) -> str:
    """Returns the text of `value` for `figure`, an attribute's name: shares in per cent, factors as plain numbers."""
    if value is None or value != value:
        return NONE
    return format_number(float(f"{value:.3g}")) if figure == _FACTOR else format_share(value, 2)


def set_title(name: str) -> str:
    """Returns the title of the set `name`, which may be the test images."""
    return "Test images" if name == TEST else set_info(name).title


def shown_sets(report: EvaluationReport) -> tuple[str, ...]:
    """Returns the names of the shown sets: those of every evaluation, of MNIST those with published figures, others."""
    published = FILE_SETS if is_mnist(report.dataset_sha256) else ()
    evaluated = [figures.name for figures in report.sets]
    found = [FOUND] if FOUND in evaluated else []
    return tuple(dict.fromkeys((*made_sets(), *found, *published, *evaluated)))


def why_missing(report: EvaluationReport | None, name: str, *, going: bool) -> str:
    """Returns why there are no figures of a set, or "" if there are.

    Args:
        report: The evaluation so far.
        name: The set's name.
        going: Whether the evaluation is running.
    """
    if report is not None:
        if name == TEST or any(figures.name == name for figures in report.sets):
            return ""
        if name in report.missing:
            return NOT_LOADED
    return NOT_YET if going or report is None else NOT_EVALUATED
