"""The run that is looked at: how it was made, by which classifier, its saves, and which of them is on screen."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from fooler_gui.core.errors import LabError
from fooler_gui.core.event_words import Mark, RunSettings
from fooler_gui.core.messages import ClassifierInfo, RunFinished, Save
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.records.run_folder import RunRecord, read_record
from fooler_gui.session.run_saves import RunSaves
from fooler_gui.session.run_series import RunSeries

_SAMPLED, _SAMPLED_BYTES = 2_000, 2**26
"""So many saves of a recorded run, and so many bytes of them, are read for its plots at most."""


class RunView:
    """A run, whether it goes on or was recorded. A plain object; the session's model tells when it changes.

    Args:
        spec: How it began.
        classifier: What it was made with, and what all its numbers are of.
        folder: Where it records itself.

    Attributes:
        spec: See above, as for the other two.
        classifier: See there.
        folder: See there.
        saves: All of them, by their place.
        series: Their numbers; of a recorded run those of a sample.
        milestones: What its images reached.
        settings: Its coefficients and settings as they are now.
        marks: Where these were changed, in order.
        newest: The last save; None before the first one.
        cursor: The place that is looked at; None follows the newest.
        selected: The (label, slot) that is looked at; None where none is.
        finished: How it ended; None while it goes on and where that is not known.
    """

    def __init__(self, spec: RunSpec, classifier: ClassifierInfo, folder: str) -> None:
        self.spec = spec
        self.classifier = classifier
        self.folder = folder
        self.saves = RunSaves(path_of(folder))
        self.series = RunSeries()
        self.milestones = Milestones()
        self.settings = RunSettings(spec)
        self.marks: list[Mark] = []
        self.newest: Save | None = None
        self.cursor: int | None = None
        self.selected: tuple[int, int] | None = None
        self.finished: RunFinished | None = None
        self._looked_at: Save | None = None

    @property
    def shown(self) -> Save | None:
        """The save that is on screen; None before the first one."""
        return self.newest if self.cursor is None else self._looked_at

    @property
    def id(self) -> str:
        """The run's id; "" where it has left no record."""
        try:
            return self.recorded_id()
        except LabError:
            return ""

    def recorded_id(self) -> str:
        """Returns the run's id.

        Raises:
            LabError: It has left no record.
        """
        return read_record(path_of(self.folder)).id

    @property
    def shows_every_label(self) -> bool:
        """Whether images are driven towards every class of its classifier."""
        return sorted(self.spec.labels) == list(range(len(self.classifier.label_names)))

    def add(self, saves: Sequence[Save]) -> None:
        """Takes further saves of the run that goes on, at least one, in order."""
        self.saves.add(saves)
        self._follow(saves)
        for save in saves:
            self.marks += self.settings.marks(save.events)

    def look_at(self, place: int | None) -> None:
        """Has the save at `place` on screen; None follows the newest.

        Raises:
            LabError: It is not on disk yet, or cannot be read; what was on screen stays.
        """
        self._looked_at = None if place is None else self.saves.save_at(place)
        self.cursor = place

    def finish(self, finished: RunFinished) -> None:
        """Takes the record, in which saves may have been thinned out, for what there is of a run that ended.

        Raises:
            LabError: It cannot be read; the run stays as it was.
        """
        self.finished = finished
        looked_at = self._looked_at
        self.saves.read()
        if self.cursor is not None and looked_at is not None:
            self.cursor = self.saves.place_of(looked_at.step)

    def close(self) -> None:
        """Lets the record go."""
        self.saves.close()

    def _read(self) -> None:
        self.marks = self.settings.marks(self.saves.read())
        if not len(self.saves):
            raise LabError(f"The run in {self.folder} holds no saves; there is nothing to show.")
        first = self.saves.save_at(0)
        height, width, channels = first.images.shape[2:]
        self.classifier = dataclasses.replace(self.classifier, input_shape=(height, width, channels))
        self._follow(self.saves.sample(max(2, min(_SAMPLED, _SAMPLED_BYTES // first.images.nbytes))))

    def _follow(self, saves: Sequence[Save]) -> None:
        for save in saves:
            self.series.append(save)
            self.milestones.add(save)
        self.newest = saves[-1]


def open_run(folder: Path) -> tuple[RunView, RunRecord]:
    """Returns the recorded run in `folder`, with its record. Any thread may do this.

    Raises:
        LabError: It cannot be read, or holds no saves.
    """
    record = read_record(folder)
    run = RunView(record.spec, _classifier_of(record), text_of(folder))
    try:
        run._read()
    except BaseException:
        run.close()
        raise
    return run, record


def _classifier_of(record: RunRecord) -> ClassifierInfo:
    """Returns what a run's record knows of its classifier: neither its input shape, nor how good it is."""
    return ClassifierInfo(
        name=path_of(record.spec.classifier).stem,
        path=record.spec.classifier,
        sha256=record.classifier_sha256,
        topology=record.topology,
        input_shape=(0, 0, 0),
        class_names=record.class_names,
        recorded_layers=tuple(record.spec.coefficients.layer_cost_coeffs),
        parameters=0,
        test_accuracy=float("nan"),
    )
