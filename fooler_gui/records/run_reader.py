"""Reads recorded runs: their last images, found images, milestones, and how to repeat them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.found import found_slots
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.run_control import LiveSettings
from fooler_gui.core.run_events import RunEvent
from fooler_gui.core.save import STOPPED_BY_USER, Save
from fooler_gui.records.entries import RecordError
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.replay import Replay
from fooler_gui.records.run_folder import RunRecord


class FoundImages(NamedTuple):
    """Images of a run, mostly those over its threshold.

    Attributes:
        images: (N, H, W, C) float32; N may be 0.
        labels: (N,), the labels they were driven towards.
    """

    images: FloatArray
    labels: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repetition:
    """All that is needed to repeat a run.

    Attributes:
        folder: The run's folder.
        record: The run's record.
        starts: (L, B, H, W, C) the images it started from; None if its seed makes them.
        control: Replays what was done to the run, at the same steps.
    """

    folder: Path
    record: RunRecord
    starts: FloatArray | None
    control: Replay


def read_last_save(folder: Path) -> Save:
    """Returns the last save of the run in `folder`.

    Raises:
        LabError: The folder holds no run, or its history is damaged or holds none.
    """
    RunRecord.read(folder)
    return last_save(folder)


def last_save(folder: Path) -> Save:
    """Returns the last save of the history in `folder`.

    Raises:
        LabError: The history is damaged or holds none.
    """
    return outline(folder).last


class Outline(NamedTuple):
    """What a history tells at a glance.

    Attributes:
        first: The first save.
        last: The last save.
        changes: All changes of coefficients and settings.
    """

    first: Save
    last: Save
    changes: list[RunEvent]


def outline(folder: Path) -> Outline:
    """Returns the outline of the history in `folder`.

    Raises:
        LabError: The history is damaged or holds no save.
    """
    with closing(HistoryReader(folder)) as reader:
        number = reader.last_number()
        if number is None:
            raise RecordError(f"The run in {folder} must hold at least one save; it holds none.")
        known = Outline(reader.save(0), reader.save(number), reader.events(settings_only=True))
    _check(folder, known.last)
    return known


def read_found_images(folder: Path, input_shape: tuple[int, int, int]) -> FoundImages:
    """Returns the found images of the last save in `folder`, as `found_slots` says.

    Args:
        folder: A run.
        input_shape: The (H, W, C) that the classifier expects.

    Raises:
        LabError: The folder holds no intact run, or its images have another shape.
    """
    return read_run_images(folder, input_shape, found_only=True)


def read_run_images(folder: Path, input_shape: tuple[int, int, int], *, found_only: bool) -> FoundImages:
    """Returns the images of the last save in `folder`; only the found ones, as `found_slots` says, if `found_only`.

    Args:
        folder: A run.
        input_shape: The (H, W, C) that the classifier expects.
        found_only: See above.

    Raises:
        LabError: The folder holds no intact run, or its images have another shape.
    """
    record = RunRecord.read(folder)
    first, save, _ = outline(folder)
    if save.images.shape[2:] != tuple(input_shape):
        raise RecordError(
            f"The images of the run in {folder} must have the classifier's shape {tuple(input_shape)}; "
            f"received {save.images.shape[2:]}."
        )
    slots = found_slots(record.spec, first, save) if found_only else np.ones_like(save.done)
    return FoundImages(save.images_of(slots), save.labels_of(slots))


def read_milestones(folder: Path) -> Milestones:
    """Returns the milestones of the run in `folder`, as precise as its kept saves allow.

    Raises:
        LabError: As for `read_last_save`.
    """
    milestones = Milestones(RunRecord.read(folder).spec.descent)
    with closing(HistoryReader(folder)) as reader:
        milestones.take(reader.events(settings_only=True))
        for number in reader.index().numbers.tolist():
            milestones.add(reader.save(number))
    return milestones


def read_repetition(folder: Path) -> Repetition:
    """Returns all that is needed to repeat the run in `folder`.

    Raises:
        LabError: As for `read_last_save`.
    """
    record = RunRecord.read(folder)
    with closing(HistoryReader(folder)) as reader:
        first = reader.save(int(reader.index().numbers[0])) if len(reader.index()) else None
        events = reader.events()
    if first is None or first.step > 0:
        raise RecordError(f"The run in {folder} must have its first save to be repeated; it does not.")
    _check(folder, first)
    return Repetition(
        folder=folder,
        record=record,
        starts=None if record.spec.is_start_made else first.images,
        control=_replay(record, events),
    )


def _replay(record: RunRecord, events: list[RunEvent]) -> Replay:
    live = LiveSettings(revision=0, coefficients=record.spec.coefficients, descent=record.spec.descent)
    result = record.result
    was_stopped = result is not None and STOPPED_BY_USER in result.stopped_by
    return Replay(live, events, stop_after=result.steps if result is not None and was_stopped else None)


def _check(folder: Path, save: Save) -> None:
    probabilities = save.probabilities
    if not np.isfinite(save.images).all() or not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise RecordError(f"{folder}: images must be finite and probabilities from 0 to 1; a save's are not.")
