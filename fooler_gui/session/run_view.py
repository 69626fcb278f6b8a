"""The run on screen: how it was made, by which classifier, its saves, and which of them is shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path

from fooler_gui.core.arrays import BoolArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.event_words import Mark, RunSettings
from fooler_gui.core.found import found_slots
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.records.run_folder import RunRecord, read_record
from fooler_gui.session.run_saves import RunSaves
from fooler_gui.session.run_series import RunSeries

_SAMPLED, _SAMPLED_BYTES = 2_000, 2**28
"""At most this many saves of a recorded run, and this many bytes of them, are read for its plots; one at a time."""


class RunView:
    """A run, running or recorded. A plain object; the session's model signals its changes.

    Args:
        spec: Its specification.
        classifier: The classifier that it was made with and that all its numbers come from.
        folder: Its record.

    Attributes:
        spec: See above; likewise classifier and folder.
        saves: All saves, by their place.
        series: Their numbers; for a recorded run those of a sample.
        milestones: What its images have reached.
        settings: Its present coefficients and settings.
        marks: Where these were changed, in order.
        first: The first save; None before there is one.
        newest: The last save; None before the first one.
        cursor: The place on screen; None follows the newest.
        selected: The selected (label, slot), or None.
        references: How many references its labels have together; None if unknown.
        finished: How it ended; None while it is running or if unknown.
        repeats: Whether the run on screen before was made in the same way, so that it has the same images.
    """

    def __init__(self, spec: RunSpec, classifier: ClassifierInfo, folder: str) -> None:
        self.spec = spec
        self.classifier = classifier
        self.folder = folder
        self.saves = RunSaves(path_of(folder))
        self.series = RunSeries()
        self.milestones = Milestones(spec.descent)
        self.settings = RunSettings(spec)
        self.marks: list[Mark] = []
        self.first: Save | None = None
        self.newest: Save | None = None
        self.cursor: int | None = None
        self.selected: tuple[int, int] | None = None
        self.references: ReferenceCount | None = None
        self.finished: RunFinished | None = None
        self.repeats = False
        self._looked_at: Save | None = None

    @property
    def shown(self) -> Save | None:
        """The save that is on screen; None before the first one."""
        return self.newest if self.cursor is None else self._looked_at

    @property
    def id(self) -> str:
        """The run's id; "" if it has no record."""
        try:
            return self.recorded_id()
        except LabError:
            return ""

    def recorded_id(self) -> str:
        """Returns the run's id.

        Raises:
            LabError: It has no record.
        """
        return read_record(path_of(self.folder)).id

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of its labels."""
        return tuple(class_name(self.classifier.class_names, label) for label in self.spec.labels)

    @property
    def shows_figure(self) -> bool:
        """Whether its labels are those of the article's first figure, or all."""
        return self.classifier.is_figure(self.spec.labels, self.spec.rng_seed)

    def add(self, saves: Sequence[Save]) -> None:
        """Adds further saves of the running run, at least one, in order."""
        self.saves.add(saves)
        self._follow(saves)
        for save in saves:
            self.marks += self.settings.marks(save.events)

    def look_at(self, place: int | None) -> None:
        """Shows the save at `place`; None follows the newest.

        Raises:
            LabError: It is not on disk yet, or cannot be read; the save on screen stays.
        """
        self._looked_at = None if place is None else self.saves.save_at(place)
        self.cursor = place

    def select(self, selected: tuple[int, int] | None) -> bool:
        """Selects a slot, or none if the run has no such slot; returns whether the selection changed."""
        if selected is not None and not (selected[0] in self.spec.labels and 0 <= selected[1] < self.spec.slots):
            selected = None
        changed, self.selected = selected != self.selected, selected
        return changed

    def found_slots(self, save: Save) -> BoolArray:
        """Returns (L, B) which images of `save` are found images."""
        return save.done if self.first is None else found_slots(self.spec, self.first, save)

    def looked_at(self, save: Save) -> tuple[int, int]:
        """Returns the (label, slot) of `save` that is selected, or else the first one."""
        return self.selected or (save.labels[0], 0)

    def finish(self, finished: RunFinished) -> None:
        """Switches the run that ended to its record, in which saves may have been thinned out.

        Raises:
            LabError: The record cannot be read; the run stays as it was.
        """
        self.finished = finished
        looked_at = self._looked_at
        self.saves.read()
        if self.cursor is not None and looked_at is not None:
            self.cursor = self.saves.place_of(looked_at.step)

    def close(self) -> None:
        """Closes the record."""
        self.saves.close()

    def _read(self) -> None:
        events = self.saves.read()
        self.marks = self.settings.marks(events)
        self.milestones.take(events)
        if not len(self.saves):
            raise LabError(f"The run in {self.folder} holds no saves; there is nothing to show.")
        first = self.saves.save_at(0)
        height, width, channels = first.images.shape[2:]
        self.classifier = dataclasses.replace(self.classifier, input_shape=(height, width, channels))
        self._follow(self.saves.sample(max(2, min(_SAMPLED, _SAMPLED_BYTES // first.images.nbytes))))

    def _follow(self, saves: Iterable[Save]) -> None:
        for save in saves:
            self.series.append(save)
            self.milestones.add(save)
            self.first = self.first or save
            self.newest = save


def open_run(folder: Path) -> tuple[RunView, RunRecord]:
    """Returns the recorded run in `folder`, with its record. Thread-safe.

    Raises:
        LabError: It cannot be read, or holds no saves.
    """
    record = read_record(folder)
    run = RunView(record.spec, _classifier_of(record), text_of(folder))
    run.references = record.references
    try:
        run._read()
    except BaseException:
        run.close()
        raise
    return run, record


def _classifier_of(record: RunRecord) -> ClassifierInfo:
    """Returns what a run's record knows about its classifier: neither its input shape nor its accuracy."""
    return ClassifierInfo(
        name=path_of(record.spec.classifier).stem,
        path=record.spec.classifier,
        sha256=record.classifier_sha256,
        topology=record.topology,
        input_shape=(0, 0, 0),
        class_names=record.class_names,
        recorded_layers=tuple(record.spec.coefficients.layer_cost_coeffs),
        parameters=0,
        test_accuracy=None,
        has_none_class=record.has_none_class,
    )
