"""A run on disk for exporters: saves by index, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from fooler_gui.core.arrays import IntArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.event_words import described_events
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.save import Save
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.provenance import Provenance, make_provenance
from fooler_gui.exports.shot import Shot
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.run_folder import read_record


class RecordedRun:
    """A context manager for the saves that a run has at this moment, whether it has ended or not.

    Args:
        folder: The run's folder.

    Attributes:
        folder: See above.
        record: How it was made.
        index: Key figures of all saves, without reading them.
        events: What was done to it.

    Raises:
        LabError: The folder holds no run, or one that is damaged or has no save yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record = read_record(folder)
        self._reader = HistoryReader(folder)
        try:
            self.index = self._reader.index()
            self.events = self._reader.events()
            if not len(self):
                raise ExportError(f"The run in {folder} must hold at least one save to be exported; it holds none.")
        except BaseException:
            self._reader.close()
            raise

    def __len__(self) -> int:
        return len(self.index)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the record; leaving the context does so, too."""
        self._reader.close()

    @property
    def labels(self) -> tuple[int, ...]:
        """The labels of its saves."""
        return self._reader.shape.labels

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The (height, width, channels) of its images."""
        return self._reader.shape.image_shape

    def label_names(self) -> list[str]:
        """Returns the classifier's names of the labels."""
        return named_labels(self.labels, self.record.class_names)

    def save(self, place: int) -> Save:
        """Returns the save number `place`, from 0.

        Raises:
            LabError: It is damaged, or was thinned out by a run in progress.
        """
        return self._reader.save(int(self.index.numbers[place]))

    def shot(self, place: int) -> Shot:
        """Returns the save number `place`, from 0, with what is drawn beside it.

        Raises:
            LabError: That save, or the first one, cannot be read; see `save`.
        """
        return Shot(
            save=self.save(place),
            first=self.save(0),
            spec=self.record.spec,
            class_names=self.record.class_names,
            steps=self.index.steps,
            lowest=self.index.lowest,
            mean=self.index.mean,
        )

    def place_of(self, step: int | None) -> int:
        """Returns the index of the last save of `step`, by default of the last save.

        Raises:
            ExportError: No save of that step is kept.
        """
        if step is None:
            return len(self) - 1
        steps = self.index.steps
        place = int(np.searchsorted(steps, step, side="right")) - 1
        if place >= 0 and steps[place] == step:
            return place
        near = dict.fromkeys(int(steps[max(0, min(len(self) - 1, at))]) for at in (place, place + 1))
        raise ExportError(f"The run has no save of step {step:,}; near it has step {' and '.join(map(str, near))}.")

    def places(self, most: int) -> IntArray:
        """Returns the indices of at most `most` saves, at least two, evenly spread, with the first and the last."""
        return np.unique(np.linspace(0, len(self) - 1, min(len(self), max(2, most))).round().astype(np.int64))

    def provenance(self, step: int | None = None) -> Provenance:
        """Returns the provenance of a picture of the save of `step`, or of the whole run."""
        described = zip(
            self.events, described_events(self.record.spec, self.events, self.record.class_names), strict=True
        )
        changes = [words for event, words in described if isinstance(event, SettingsApplied)]
        return make_provenance(
            self.record.id, self.record.spec, self.record.classifier_sha256, step, changes, self.label_names()
        )


def named_labels(labels: Sequence[int], class_names: Sequence[str]) -> list[str]:
    """Returns the names of `labels`; the number if there is no name."""
    return [class_name(class_names, label) for label in labels]
