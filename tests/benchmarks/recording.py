"""The cost of recording a run, in turns with and without; and the time to read any save of a long run."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.descents import LABEL, SLOTS, STEPS, Descents, article_classifier, article_dataset
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import Timing, interleaved
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.nets.classifier_file import describe
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.recording import recorded
from fooler_gui.records.run_folder import new_record, run_recorder
from fooler_gui.records.save_codec import RunShape
from fooler_gui.resources import bundled_classifier

_NAME = "recording"
_REPETITIONS = 5
_STEPS_OF_ALL = 60
_SLOWER = Target.at_most(1.05)
_SAVES, _AT_ONCE, _READ = 100_000, 200, 1_000
_ROOM_BYTES = 4 * 2**30
_SOON = Target(words="≤ 50 ms", most=50.0)


def measure_one_label() -> list[Row]:
    """Returns the row of 8 slots of one label."""
    return [_measured(f"a step: {SLOTS} slots, label {LABEL}, recorded", [LABEL], STEPS)]


def measure_all_labels() -> list[Row]:
    """Returns the row of 80 slots, all ten labels."""
    labels = list(range(10))
    return [_measured(f"a step: {SLOTS * len(labels)} slots, ten labels, recorded", labels, _STEPS_OF_ALL)]


def measure_reading() -> list[Row]:
    """Returns the row of a save at a random place of a run of 100,000 saves; it takes 3 GB on disk for a while."""
    work = f"any save of {_SAVES:,}, {SLOTS} slots"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shutil.disk_usage(folder).free < _ROOM_BYTES:
            return [Row(name=_NAME, work=work, absent="not enough disk space")]
        _write_long_run(folder, _some_save())
        reader = HistoryReader(folder)
        seconds = []
        for number in np.random.default_rng(0).permutation(_SAVES)[:_READ].tolist():
            began = time.perf_counter()
            reader.save(number)
            seconds.append(time.perf_counter() - began)
        reader.close()
    timing = Timing(tuple(seconds))
    worst = 1000 * max(seconds)
    return [
        Row(
            name=_NAME,
            work=work,
            ours=Quantity(worst, "ms"),
            target=_SOON.words,
            met=_SOON.is_met_by(worst),
            note=f"The worst of {_READ:,} at random places; the median is {1000 * timing.median:.2f} ms.",
            samples={"ours": timing.to_dict()},
        )
    ]


def _measured(work: str, labels: list[int], steps: int) -> Row:
    classifier, dataset = article_classifier(), article_dataset()
    descents = Descents(classifier, dataset, labels)
    info = describe(classifier, bundled_classifier(), 0.99)
    spec = _spec(info, labels, steps)

    def run(folder: Path | None) -> float:
        control = RunControl.for_descent(spec.coefficients, spec.descent)
        batches = descents.batches()
        began = time.perf_counter()
        messages = descend(batches, control)
        saves = list(
            messages if folder is None else recorded(messages, run_recorder(folder, new_record(spec, info)), control)
        )
        seconds = time.perf_counter() - began
        assert len(saves) == steps + 1
        return seconds / steps

    run(None)
    with tempfile.TemporaryDirectory() as name:
        timings = interleaved({"recorded": lambda: run(Path(name)), "not recorded": lambda: run(None)}, _REPETITIONS)
    ours, theirs = timings["recorded"].median, timings["not recorded"].median
    return judged(
        _SLOWER,
        ours / theirs,
        name=_NAME,
        work=work,
        comparison="not recorded",
        ours=Quantity(1000 * ours, "ms"),
        theirs=Quantity(1000 * theirs, "ms"),
        note=f"Whole runs of {steps} steps with a save after each, until the last one is on disk.",
        samples={part: timing.to_dict() for part, timing in timings.items()},
    )


def _spec(info: ClassifierInfo, labels: list[int], steps: int) -> RunSpec:
    return RunSpec(
        classifier=info.path,
        labels=tuple(labels),
        descent=DescentSettings(min_probability=1.0, max_steps=steps),
        coefficients=article_coefficients(info.recorded_layers),
    )


def _some_save() -> Save:
    classifier, dataset = article_classifier(), article_dataset()
    settings = DescentSettings(min_probability=1.0, max_steps=1)
    control = RunControl.for_descent(article_coefficients(classifier.recorded_layers), settings)
    return list(descend(Descents(classifier, dataset, [LABEL], 500).batches(), control))[-1]


def _write_long_run(folder: Path, save: Save) -> None:
    writer = HistoryWriter(folder / HISTORY_FILE, RunShape.of(save), DescentSettings().save_bytes)
    for first in range(0, _SAVES, _AT_ONCE):
        writer.write([dataclasses.replace(save, step=step) for step in range(first, first + _AT_ONCE)])
    writer.close()
