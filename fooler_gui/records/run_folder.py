"""The record of a run: ``run.toml`` says how it was made, by what, and how it ended; ``history.sqlite`` all saves."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.reference_settings import MOST_GIGABYTES, ReferenceCount
from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import STOP_REASONS, Save
from fooler_gui.core.settings import check_number
from fooler_gui.records.entries import RecordError, entry, layers_of
from fooler_gui.records.history_file import HISTORY_FILE, HistoryForm
from fooler_gui.records.history_schema import RUN_FORM
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.record import SETTINGS_FILE, Record, recorded_classifier, recorded_dataset
from fooler_gui.records.recorder import Recorder
from fooler_gui.records.save_codec import RunShape
from fooler_gui.records.training_record import TRAINING_FORMAT


def _spec(run: dict[str, Any]) -> RunSpec:
    for name in ("descent", "method", "coefficients"):
        if not isinstance(run.get(name), dict):
            raise RecordError(f"it must hold the table run.{name}; it does not.")
    # Earlier versions took every training image as a reference.
    return RunSpec.from_dict({"reference_memory": MOST_GIGABYTES} | run, layers_of(run))


def _result(result: dict[str, Any]) -> RunFinished:
    stopped_by = result.get("stopped_by")
    if not isinstance(stopped_by, list):
        raise RecordError("it must say in result.stopped_by why each label stopped; it does not.")
    if not all(reason in STOP_REASONS for reason in stopped_by):
        raise RecordError(f"it must say why the run stopped, by {', '.join(STOP_REASONS)}; it does not.")
    return RunFinished(
        stopped_by=tuple(stopped_by),
        steps=int(check_number("result.steps", result.get("steps"), 0, math.inf, whole=True)),
        seconds=check_number("result.seconds", result.get("seconds"), 0, math.inf),
    )


def _count(table: dict[str, Any]) -> ReferenceCount:
    used, available = (table.get(name) for name in ReferenceCount._fields)
    available = int(check_number("references.available", available, 0, math.inf, whole=True))
    return ReferenceCount(int(check_number("references.used", used, 0, available, whole=True)), available)


def _count_table(count: ReferenceCount | None) -> dict[str, Any] | None:
    return None if count is None else count._asdict()


def _names(names: list[object]) -> tuple[str, ...]:
    return tuple(map(str, names))


def _result_table(result: RunFinished | None) -> dict[str, Any] | None:
    return None if result is None else dataclasses.asdict(result) | {"stopped_by": list(result.stopped_by)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord(Record):
    """The contents of a run's ``run.toml``; see `Record`.

    Attributes:
        spec: The run's specification; its paths are for the machine it was made on.
        class_names: The classifier's.
        has_none_class: Whether the last of them is for images that show nothing.
        references: How many training images of its labels were references; None in records of earlier versions, which
            took all.
        result: How it ended; None while it has not.
        name: Given by a person, or "".
        notes: Written by a person.
        skipped: Whether a person dismissed it although it has not ended.
    """

    WHAT: ClassVar[str] = "a run"
    FORMAT: ClassVar[int | str] = 2
    HISTORY: ClassVar[HistoryForm | None] = RUN_FORM
    IN_USE: ClassVar[str] = "{folder} is in use: another run records into it."
    FORGOTTEN: ClassVar[Mapping[str, bool]] = {"skipped": True}

    spec: RunSpec = entry("run", dict, _spec, RunSpec.to_dict)
    class_names: tuple[str, ...] = entry("classifier.class_names", list, _names, list, default=())
    has_none_class: bool = entry("classifier.has_none_class", bool, default=False)
    references: ReferenceCount | None = entry("references", dict, _count, _count_table, default=None)
    result: RunFinished | None = entry("result", dict, _result, _result_table, default=None)
    name: str = entry("about.name", str, default="")
    notes: str = entry("about.notes", str, default="")
    skipped: bool = entry("about.skipped", bool, default=False)

    def __post_init__(self) -> None:
        if self.result is not None and len(self.result.stopped_by) != len(self.spec.labels):
            raise RecordError(
                f"A run must say why each label stopped, of {len(self.spec.labels)}; "
                f"received {len(self.result.stopped_by)}."
            )

    @classmethod
    def of_earlier(cls, folder: Path, data: dict[str, Any]) -> dict[str, Any]:
        """Adds whether a class is for images that show nothing, and refuses a training, whose file has the same name.

        Earlier versions told that class by its name alone.
        """
        if data.get("format") == TRAINING_FORMAT:
            raise RecordError(f"{folder} holds a training; its classifier is {folder.stem}.keras beside it.")
        classifier = data.get("classifier")
        names = classifier.get("class_names") if isinstance(classifier, dict) else None
        if not isinstance(classifier, dict) or not isinstance(names, list):
            return data
        return data | {"classifier": {"has_none_class": names[-1:] == [NONE_NAME]} | classifier}

    def is_open(self, folder: Path) -> bool:  # noqa: ARG002 - it depends on no file
        """Returns whether the run has not ended and is not skipped."""
        return self.result is None and not self.skipped


def new_record(
    spec: RunSpec,
    classifier: ClassifierInfo,
    machine: Mapping[str, str] | None = None,
    dataset: DatasetInfo | None = None,
    references: ReferenceCount | None = None,
) -> RunRecord:
    """Returns the record of a run that starts now, on `machine`, with `dataset` and `references`, if known."""
    return RunRecord.new(
        spec=spec,
        **recorded_classifier(classifier),
        class_names=classifier.class_names,
        has_none_class=classifier.has_none_class,
        machine=machine or {},
        references=references,
        **recorded_dataset(dataset),
    )


def holds_run(folder: Path) -> bool:
    """Returns whether `folder` holds a run or a part of one, which writing there would replace."""
    return (folder / SETTINGS_FILE).exists() or (folder / HISTORY_FILE).exists()


read_record = RunRecord.read
"""Reads the record of a run in a folder; see `Record.read`."""


def run_recorder(folder: Path, record: RunRecord, byte_budget: int | None = None) -> Recorder[Save]:
    """Returns a recorder of a run into `folder`; see `Recorder` and, for `byte_budget`, `HistoryWriter`."""

    def begin(path: Path, save: Save) -> HistoryWriter:
        return HistoryWriter(path, RunShape.of(save), byte_budget)

    return Recorder(folder, record, begin, lambda save: save.images.nbytes)
