"""Evaluations as tables for spreadsheets."""

from __future__ import annotations

from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.evaluation_report import FIGURE_NAMES, TEST, EvaluationReport
from fooler_gui.core.published import beside_published

_CERTIFIED = {
    "certified_images": "images",
    "certified_level": "level",
    "certified": "share",
    "median_radius": "median",
    "median_radius_over_nearest": "median_share",
}
"""The attribute of `CertifiedRadii` in each of its columns."""


def sets_csv(report: EvaluationReport) -> str:
    """Returns a line for the test images, each evaluated set and each set that was not loaded; shares are 0 to 1.

    Missing figures are empty fields. The share of images that each independent opinion agrees on, and their number,
    follow; last, of a classifier with a guarantee, how far it holds.
    """
    certified = report.certified
    whos = tuple(dict.fromkeys(opinion.who for opinion in report.opinions))
    opinions = {(opinion.name, opinion.who): opinion for opinion in report.opinions}
    header: list[object] = ["set", "loaded", "images", *FIGURE_NAMES]
    header += [f"{who}: {what}" for who in whos for what in ("agreed", "images")]
    header += _CERTIFIED if certified else ()
    evaluated = [(TEST, report.test), *((figures.name, figures) for figures in report.sets)]
    rows: list[list[object]] = [header]
    for name, figures in [*evaluated, *((name, None) for name in report.missing)]:
        row: list[object] = [name, figures is not None]
        row += [getattr(figures, figure, None) for figure in ("images", *FIGURE_NAMES)]
        for who in whos:
            opinion = opinions.get((name, who))
            row += [None, None] if opinion is None else [opinion.agreed, opinion.images]
        if certified:
            own = certified.get(name)
            row += [None if own is None else getattr(own, figure) for figure in _CERTIFIED.values()]
        rows.append(row)
    return csv_text(rows)


def published_csv(report: EvaluationReport) -> str:
    """Returns a line for each published value, with ours beside it; shares are 0 to 1.

    Ours is empty if there is none, and the band is empty if the value is another net's.
    """
    rows: list[list[object]] = [
        [
            "set", "figure", "ours", "published", "band_lowest", "band_highest", "in_band", "net", "source",
            "convention",
        ]
    ]  # fmt: skip
    for comparison in beside_published(report):
        published = comparison.published
        band = published.band
        rows.append(
            [
                published.name,
                published.figure,
                comparison.ours,
                published.value,
                None if band is None else band.lowest,
                None if band is None else band.highest,
                comparison.in_band,
                published.net,
                published.source,
                published.convention,
            ]
        )
    return csv_text(rows)
