"""The runs in a folder: listing, naming, recovering and deleting them."""

from __future__ import annotations

import dataclasses
import math
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.core.errors import LabError
from fooler_gui.core.event_words import Mark, RunSettings
from fooler_gui.core.files import file_size
from fooler_gui.core.found import found_slots
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.path_text import text_of
from fooler_gui.core.run_summary import (
    DAMAGED,
    FINISHED,
    IN_PROGRESS,
    LONGEST_NAME,
    LONGEST_NOTES,
    MOST_THUMBNAILS,
    UNFINISHED,
    RunSummary,
    moment_of,
)
from fooler_gui.core.save import INTERRUPTED, Save
from fooler_gui.records.entries import RecordError
from fooler_gui.records.history_file import HISTORY_FILE, HISTORY_FILES, seal_history
from fooler_gui.records.locks import is_held
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.run_folder import RunRecord, holds_run
from fooler_gui.records.run_reader import Outline, last_save, outline

_RUN_FILES = (SETTINGS_FILE, LOCK_FILE, *HISTORY_FILES)
_LITTER = ("thumbs.db", "desktop.ini")
_THUMBNAIL_SIDE = 48
_NO_THUMBNAILS = frozen(np.empty((0, 1, 1, 1), np.float32))


class _Found(NamedTuple):
    """A folder that holds a run or a part of one, its record if readable, and otherwise the reason."""

    folder: Path
    record: RunRecord | None
    problem: str


def summaries(folder: Path) -> Iterator[RunSummary]:
    """Yields a summary of every run in `folder`, also of damaged ones, newest first.

    Raises:
        LabError: `folder` exists but cannot be read.
    """
    for found in sorted(_found_in(folder), key=_moment, reverse=True):
        yield _summary(found)


def summary_of(folder: Path) -> RunSummary:
    """Returns a summary of the run in `folder`, which may be damaged.

    Raises:
        LabError: `folder` holds no run.
    """
    found = _find(folder)
    if found is None:
        raise RecordError(f"{folder} must hold a run, that is {SETTINGS_FILE} and {HISTORY_FILE}; it does not.")
    return _summary(found)


def unfinished(folder: Path) -> Iterator[RunSummary]:
    """Yields a summary of every interrupted run in `folder` that is not skipped, newest first."""
    for path, _ in sorted(RunRecord.unfinished(folder), key=lambda run: moment_of(run[1].begun), reverse=True):
        summary = summary_of(path)
        if summary.state == UNFINISHED:
            yield summary


def set_name(folder: Path, name: str) -> None:
    """Names the run in `folder`; "" removes its name.

    Raises:
        LabError: The name is too long, or there is no run, or it is in progress or cannot be written.
    """
    RunRecord.change(folder, name=_checked("The name of a run", " ".join(name.split()), LONGEST_NAME))


def set_notes(folder: Path, notes: str) -> None:
    """Replaces the notes on the run in `folder`.

    Raises:
        LabError: They are too long, or there is no run, or it is in progress or cannot be written.
    """
    RunRecord.change(folder, notes=_checked("The notes on a run", notes, LONGEST_NOTES))


def recover(folder: Path) -> None:
    """Ends the interrupted run in `folder` at its last save; one that has ended stays unchanged.

    A label whose batch had stopped by itself keeps its reason.

    Raises:
        LabError: There is no run, or it is in progress, holds no intact save or cannot be written.
    """
    with RunRecord.held(folder) as record:
        if record.result is not None:
            return
        save = last_save(folder)
        seal_history(folder / HISTORY_FILE)
        finished = RunFinished(
            stopped_by=tuple(reason or INTERRUPTED for reason in save.stopped_by),
            steps=save.step,
            seconds=save.seconds,
        )
        dataclasses.replace(record, result=finished).write(folder)


def check_deletable(folder: Path) -> None:
    """Checks that `folder` holds nothing but a run that has ended.

    Raises:
        LabError: The run is in progress, or the folder holds other files.
    """
    if is_held(folder / LOCK_FILE):
        raise RecordError(f"The run in {folder} is still in progress; stop it before you delete it.")
    try:
        others = [
            entry.name
            for entry in os.scandir(folder)
            if entry.name not in _RUN_FILES and not entry.name.startswith(".") and entry.name.lower() not in _LITTER
        ]
    except OSError as error:
        raise RecordError(f"{folder} cannot be read: {error.strerror or error}.") from error
    if others:
        raise RecordError(
            f"{folder} holds other files besides the run, such as {min(others)}; delete it outside this program."
        )


def _found_in(folder: Path) -> Iterator[_Found]:
    try:
        entries = [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir()]
    except FileNotFoundError:
        return
    except OSError as error:
        raise RecordError(f"{folder} cannot be read: {error.strerror or error}.") from error
    for entry in entries:
        found = _find(entry)
        if found is not None:
            yield found


def _find(folder: Path) -> _Found | None:
    try:
        if not holds_run(folder):
            return None
        return _Found(folder, RunRecord.read(folder), "")
    except LabError as error:
        return _Found(folder, None, str(error))
    except OSError as error:
        return _Found(folder, None, f"{folder} cannot be read: {error.strerror or error}.")


def _moment(found: _Found) -> float:
    return moment_of(_begun(found))


def _begun(found: _Found) -> str:
    """Returns when a run started; if unknown, when its folder was last changed."""
    if found.record is not None:
        return found.record.begun
    try:
        changed = found.folder.stat().st_mtime
    except OSError:
        return ""
    return datetime.fromtimestamp(changed).astimezone().isoformat(timespec="seconds")


def _summary(found: _Found) -> RunSummary:
    in_progress = not _has_ended(found) and is_held(found.folder / LOCK_FILE)
    if not _has_ended(found) and not in_progress:
        found = _find(found.folder) or found  # it may have ended since it was read
    known, marks, problem = None, [], found.problem
    if found.record is not None:
        try:
            known = outline(found.folder)
            marks = RunSettings(found.record.spec).marks(known.changes)
        except LabError as error:
            problem = str(error)
    if in_progress:
        state, problem = IN_PROGRESS, ""
    elif problem:
        state = DAMAGED
    else:
        state = FINISHED if _has_ended(found) else UNFINISHED
    return _summarise(found, known, tuple(marks), state, problem)


def _has_ended(found: _Found) -> bool:
    return found.record is not None and found.record.result is not None


def _summarise(found: _Found, known: Outline | None, changes: tuple[Mark, ...], state: str, problem: str) -> RunSummary:
    record, save = found.record, None if known is None else known.last
    result = None if record is None else record.result
    return RunSummary(
        folder=text_of(found.folder),
        id="" if record is None else record.id,
        begun=_begun(found),
        name="" if record is None else record.name,
        notes="" if record is None else record.notes,
        spec=None if record is None else record.spec,
        class_names=() if record is None else record.class_names,
        topology="" if record is None else record.topology,
        references=None if record is None else record.references,
        steps=result.steps if result is not None else 0 if save is None else save.step,
        seconds=result.seconds if result is not None else 0.0 if save is None else save.seconds,
        stopped_by=() if result is None else result.stopped_by,
        found=0 if record is None or known is None else int(found_slots(record.spec, known.first, known.last).sum()),
        lowest=math.nan if save is None else float(save.probabilities.min()),
        mean=math.nan if save is None else float(save.probabilities.mean()),
        bytes=sum(file_size(found.folder / name) for name in _RUN_FILES),
        state=state,
        problem=problem,
        changes=changes,
        thumbnails=_NO_THUMBNAILS if save is None else _thumbnails(save),
    )


def _thumbnails(save: Save) -> FloatArray:
    """Returns evenly spaced images from the first to the last; large ones are subsampled."""
    images = save.images.reshape(-1, *save.images.shape[2:])
    chosen = np.linspace(0, len(images) - 1, min(MOST_THUMBNAILS, len(images))).round().astype(int)
    stride = math.ceil(max(images.shape[1:3]) / _THUMBNAIL_SIDE)
    thumbnails: FloatArray = frozen(np.ascontiguousarray(images[chosen, ::stride, ::stride]))
    return thumbnails


def _checked(what: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise RecordError(f"{what} may have at most {longest:,} characters; received {len(text):,}.")
    return text
