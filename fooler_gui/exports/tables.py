"""A run as numbers: a row for each save, as CSV for spreadsheets or as JSON for programs, written save by save."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np

from fooler_gui.core.cost_facts import cost_columns, cost_facts, cost_row
from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.event_words import described_events
from fooler_gui.core.files import written_whole
from fooler_gui.core.json_text import json_text
from fooler_gui.core.run_events import event_to_dict
from fooler_gui.core.save import Save
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.recorded_run import RecordedRun

FORMAT = 1
_COLUMNS = ("step", "seconds", "lowest probability", "mean probability", "restarts")


def write_csv(run: RecordedRun, path: Path) -> Generator[float, None, Exported]:
    """Writes `run` as the table `path`, whole or not at all; yields the share done, 0 to 1.

    A row for each save: step, seconds, lowest and mean probability, number of reinitialised slots, every cost
    term, and as text what was done to the run since the previous save.

    Raises:
        LabError: A save is damaged.
        OSError: The file cannot be written; nothing is left behind.
    """
    count, words = len(run), _words_by_place(run)
    with written_whole(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_text([[*_COLUMNS, *cost_columns(run.save(0), run.record.class_names), "events"]]))
        for place in range(count):
            yield place / count
            save = run.save(place)
            row = [*_figures(run, place, save), *cost_row(save), "; ".join(words.get(place, ()))]
            file.write(csv_text([row]))
    return Exported(saves=count, of=count)


def write_json(run: RecordedRun, path: Path) -> Generator[float, None, Exported]:
    """Writes `run` as the JSON file `path`, whole or not at all; yields the share done, 0 to 1.

    One object: ``run``, its set-up; ``saves``, each with the numbers of `write_csv`, every slot's probability and,
    with the objective unit, activation; and
    ``events``, with step, kind, words and data. Slots count from 0 in data. Numbers that are not finite are null.

    Raises:
        LabError: A save is damaged.
        OSError: The file cannot be written; nothing is left behind.
    """
    count = len(run)
    with written_whole(path) as unfinished, unfinished.open("w", encoding="utf-8") as file:
        about = {"format": FORMAT, "labels": run.labels, "class_names": run.record.class_names}
        file.write(f'{{"about": {json_text(about)},\n"run": {run.provenance().to_text()},\n"saves": [\n')
        names = [column.replace(" ", "_") for column in _COLUMNS]
        for place in range(count):
            yield place / count
            save = run.save(place)
            facts: dict[str, Any] = dict(zip(names, _figures(run, place, save), strict=True))
            facts["probabilities"] = save.probabilities.tolist()
            if save.activations is not None:
                facts["activations"] = save.activations.tolist()
            facts["costs"] = cost_facts(save)
            file.write(f"{json_text(facts)}{',' if place < count - 1 else ''}\n")
        events = ",\n".join(map(json_text, _event_facts(run)))
        file.write(f'],\n"events": [\n{events}\n]}}\n')
    return Exported(saves=count, of=count)


def _figures(run: RecordedRun, place: int, save: Save) -> list[float]:
    index = run.index
    return [
        save.step,
        save.seconds,
        float(index.lowest[place]),
        float(index.mean[place]),
        int(index.reinitialised[place]),
    ]


def _words_by_place(run: RecordedRun) -> dict[int, list[str]]:
    """Returns descriptions of the events, by the index of the first save at or after their steps, or of the last."""
    words: dict[int, list[str]] = {}
    for step, text in described_events(run.record.spec, run.events, run.record.class_names):
        place = min(int(np.searchsorted(run.index.steps, step)), len(run) - 1)
        words.setdefault(place, []).append(f"step {step}: {text}")
    return words


def _event_facts(run: RecordedRun) -> list[dict[str, Any]]:
    described = described_events(run.record.spec, run.events, run.record.class_names)
    facts = []
    for event, (step, words) in zip(run.events, described, strict=True):
        kind, data, _ = event_to_dict(event)
        facts.append({"step": step, "kind": kind, "words": words, "data": data})
    return facts
