"""Puts the report together: what was tried, every figure, what failed, and how it all was made."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from fooler_gui.core.formats import format_count, format_moment
from fooler_gui.sweeps.figure_words import figure_title
from fooler_gui.sweeps.grouping import ALL_FOOL, figures_of, values_of
from fooler_gui.sweeps.report.figure_section import MOST_SETTINGS, ReportPlan, figure_section, plan_of
from fooler_gui.sweeps.report.markup import page_text, tag
from fooler_gui.sweeps.report.option_words import value_text
from fooler_gui.sweeps.report.style import STYLE
from fooler_gui.sweeps.results import DONE, FAILED, RUNNING, WAITING
from fooler_gui.sweeps.statistics import MOST_EXACT, RESAMPLES
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE
from fooler_gui.sweeps.sweep_provenance import SweepProvenance, provenance_of
from fooler_gui.sweeps.sweep_spec import Distribution, SweepSpec
from fooler_gui.sweeps.sweep_state import SweepState

_NOTHING_ELSE = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing."""
_MOST_VALUES, _MOST_CELLS = 12, 20


def write_report(state: SweepState, path: Path) -> None:
    """Writes the report of a sweep, finished or not.

    Raises:
        OSError: The sweep's file cannot be read, or the report not be written.
    """
    path.write_text(page_text(_page(state)), encoding="utf-8", errors="backslashreplace")


def _page(state: SweepState) -> Element:
    rows, spec, provenance = state.cells.rows, state.spec, provenance_of(state)
    plan = plan_of(rows, spec.varied)
    figures = [name for name in figures_of(rows[0], spec.varied) if not np.isnan(values_of(rows, name)).all()]
    anchors = {figure: f"figure-{number}" for number, figure in enumerate(figures, start=1)}
    title = f"Sweep {provenance.name}"
    return tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=_NOTHING_ELSE),
            tag("meta", name="viewport", content="width=device-width"),
            tag("title", title),
            tag("style", STYLE),
        ),
        tag(
            "body",
            tag("header", tag("h1", title), *_lead(state, provenance)),
            tag("nav", *(tag("a", figure_title(figure), href=f"#{anchor}") for figure, anchor in anchors.items())),
            _tried(spec),
            _how_to_read(plan, figures),
            *(figure_section(plan, figure, anchor) for figure, anchor in anchors.items()),
            *_failed(state),
            _made(provenance),
        ),
        lang="en",
    )


def _lead(state: SweepState, provenance: SweepProvenance) -> list[Element]:
    counts = state.cells.counts()
    done = f"{counts[DONE]:,} of {format_count(len(state.spec), 'cell')} of {state.spec.job} done"
    words = {FAILED: "failed", RUNNING: "running", WAITING: "to do"}
    sentence = ", ".join([done, *(f"{counts[kind]:,} {word}" for kind, word in words.items() if counts[kind])])
    when = format_moment(provenance.exported)
    return [
        tag("p", f"{sentence}.", class_="lead"),
        tag("p", f"Exported {when} (UTC) by Fooler {provenance.exported_with['fooler']}.", class_="note"),
    ]


def _tried(spec: SweepSpec) -> Element:
    varied = [(name, _values_text(values)) for name, values in (*spec.vary.items(), *spec.draw.items())]
    fixed = [(name, value_text(value)) for name, value in spec.fixed.items()]
    section = tag("section", tag("h2", "What was tried"), _list(varied) if varied else tag("p", "Nothing was varied."))
    if fixed:
        section.append(tag("h3", "The same in all cells"))
        section.append(_list(fixed))
    return section


def _values_text(values: Distribution | tuple[Any, ...]) -> str:
    if isinstance(values, Distribution):
        numbers = "whole numbers" if values.whole else "numbers"
        uniformly = ", their logarithms uniformly" if values.log else ""
        return f"{numbers} drawn from {value_text(values.low)} to {value_text(values.high)}{uniformly}"
    shown = ", ".join(map(value_text, values[:_MOST_VALUES]))
    return shown if len(values) <= _MOST_VALUES else f"{shown} … {value_text(values[-1])}, {len(values):,} in all"


def _how_to_read(plan: ReportPlan, figures: list[str]) -> Element:
    sentences = [
        "Each point is a cell, the orange line a setting's figure, the grey bar its 95 % interval.",
        "A share has Wilson's interval; any other figure is the median over the cells, with that of a bootstrap of "
        f"{RESAMPLES:,} resamples.",
        "The difference is that of a setting from the first one, the median over pairs of cells that share everything "
        f"else, above all the seed; its p is by Wilcoxon's signed-rank test, exact for up to {MOST_EXACT} pairs that "
        "differ. With fewer than six pairs p is never below 0.05.",
        "p (Holm) is corrected for all comparisons of a table, and bold below 0.05.",
    ]
    if ALL_FOOL in figures:
        sentences.append(
            "Images of one run resemble each other, so the interval of the images that fool is too narrow; that of the "
            "cells where all fool is not, and their test is McNemar's, exact."
        )
    if plan.pooled:
        sentences.append(f"A field of a heat map pools the cells that differ in {', '.join(plan.pooled)}.")
    if len(plan.tables) != 1:
        sentences.append(f"There are more than {MOST_SETTINGS} settings, so each option has a table, over all others.")
    return tag("section", tag("h2", "How to read it"), tag("ul", *(tag("li", sentence) for sentence in sentences)))


def _failed(state: SweepState) -> list[Element]:
    """Returns the section of the cells that failed, by their sentences; none if none did."""
    cells: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(state.cells.rows, start=1):
        if row["state"] == FAILED:
            cells[str(row["error"])].append(place)
    if not cells:
        return []
    rows = [
        tag("tr", tag("td", sentence), tag("td", f"{len(places):,}", class_="number"), tag("td", _places_text(places)))
        for sentence, places in cells.items()
    ]
    head = tag("tr", tag("th", "Why"), tag("th", "cells", class_="number"), tag("th", "which"))
    return [tag("section", tag("h2", "Cells that failed"), tag("table", tag("thead", head), tag("tbody", *rows)))]


def _places_text(places: list[int]) -> str:
    shown = ", ".join(map(str, places[:_MOST_CELLS]))
    return shown if len(places) <= _MOST_CELLS else f"{shown} …"


def _made(provenance: SweepProvenance) -> Element:
    said = (
        "This is what the first recorded run says; others may have been made elsewhere."
        if provenance.made_with
        else "No recorded run is kept that says with which versions, and on which machine."
    )
    section = tag("section", tag("h2", "How it was made"), tag("p", said, class_="note"))
    for name, texts in provenance.made_with.items():
        if texts:
            section.append(tag("h3", name.capitalize()))
            section.append(_list(list(texts.items())))
    section.append(tag("h3", SWEEP_FILE))
    section.append(tag("p", f"SHA-256 {provenance.sha256}", class_="note"))
    section.append(tag("pre", provenance.file))
    return section


def _list(entries: list[tuple[str, str]]) -> Element:
    parts = (part for name, text in entries for part in (tag("dt", tag("code", name)), tag("dd", text)))
    return tag("dl", *parts)
