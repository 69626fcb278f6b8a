"""Milestones as a table for spreadsheets."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from fooler_gui.core.class_words import class_name
from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.milestones import NAMES, Milestone, Milestones

_COLUMNS = {
    "step": "step",
    "evaluations": "evaluations",
    "distance": "distance",
    "largest_change": "largest change of a pixel",
    "least": "least pixel",
    "greatest": "greatest pixel",
}


def milestones_csv(milestones: Milestones, class_names: Sequence[str]) -> str:
    """Returns a line for each image of the run with all figures of each milestone, empty if it is not reached.

    Labels have the names in `class_names`; slots count from 0, as in run files.
    """
    header = ["label", "slot (from 0)", *(f"{name}: {words}" for name in NAMES for words in _COLUMNS.values())]
    rows = [
        [class_name(class_names, label), slot, *_figures(milestones.of(label, slot))]
        for label in milestones.labels
        for slot in range(milestones.slots)
    ]
    return csv_text([header, *rows])


def _figures(reached: dict[str, Milestone]) -> list[object]:
    nothing = dict.fromkeys(_COLUMNS, "")
    parts = [dataclasses.asdict(reached[name]) if name in reached else nothing for name in NAMES]
    return [part[column] for part in parts for column in _COLUMNS]
