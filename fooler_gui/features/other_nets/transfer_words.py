"""Texts of the transfer matrix."""

from __future__ import annotations

from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_count, format_probability, format_share
from fooler_gui.core.transfer import TransferFigures, TransferReport

NOTHING_YET = "No answers yet. Open other nets, choose images and press Ask."
NONE = "–"


def cell_text(figures: TransferFigures) -> str:
    """Returns a cell of the matrix: ``3 of 8 · .4012``; without labels the mean confidence alone."""
    if figures.mean_confidence is None:
        return NONE
    if figures.called is None or figures.mean_probability is None:
        return format_probability(figures.mean_confidence)
    return f"{figures.called:,} of {figures.images:,} · {format_probability(figures.mean_probability)}"


def cell_sentence(report: TransferReport, row: int, column: int) -> str:
    """Returns a cell of the matrix in a sentence, with the interval of its share."""
    figures, net, name = report.figures(row, column), report.nets[column].name, report.sets[row].name
    if figures.mean_confidence is None:
        return f"There are no images of {name} to ask {net} about."
    confidence = format_probability(figures.mean_confidence)
    if figures.share is None or figures.interval is None or figures.mean_probability is None:
        return f"The images of {name} have no labels; {net} is sure of its own classes by {confidence} on average."
    lowest, highest = map(format_share, figures.interval)
    own = ", which they were made with," if report.is_own(row, column) else ""
    return (
        f"{net}{own} calls {figures.called:,} of {format_count(figures.images, 'image')} of {name} their label, "
        f"{format_share(figures.share)} (95 % interval {lowest} to {highest}); it gives their labels a mean "
        f"probability of {format_probability(figures.mean_probability)}."
    )


def answer_text(report: TransferReport, row: int, column: int, place: int) -> str:
    """Returns what a net says of one image: its class and probability, ``owl · .5012``."""
    answers = report.answers[row][column]
    seen = class_name(report.class_names, int(answers.tops[place]))
    return f"{seen} · {format_probability(float(answers.top_probabilities[place]))}"


def answer_sentence(report: TransferReport, row: int, column: int, place: int) -> str:
    """Returns what a net says of one image in a sentence, with the probability of its label."""
    answers, labels = report.answers[row][column], report.sets[row].labels
    said = f"{report.nets[column].name}: {answer_text(report, row, column, place)}"
    if labels is None or answers.probabilities is None:
        return f"{said}."
    label = class_name(report.class_names, int(labels[place]))
    return f"{said}; for {label}, its label, {format_probability(float(answers.probabilities[place]))}."
