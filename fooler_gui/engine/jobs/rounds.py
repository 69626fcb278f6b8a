"""Makes rounds of backwork and retraining from the classifier in use or another."""

from __future__ import annotations

from collections.abc import Iterator

from fooler_gui.core.jobs import OpenRounds, PerformRounds
from fooler_gui.core.messages import Message
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.descent.fresh_attack import Judge, judge_of
from fooler_gui.engine.mending import rounds
from fooler_gui.engine.nets.trained_layers import check_trainable, frozen_remark
from fooler_gui.records.rounds_folder import RoundsFolder


def perform_rounds(contents: LabContents, job: PerformRounds, control: RunControl) -> Iterator[Message]:
    """Makes rounds, or continues those in the folder; the classifier in use stays.

    Raises:
        LabError: There is no dataset, a classifier cannot be opened or trained, or a folder cannot be written.
    """
    contents.require_images("A round of retraining")
    present = contents.present
    if present is not None:
        present.forget_computed()
    path = job.spec.classifier
    first = present if present is not None and present.info.path == path else contents.opened(path)
    check_trainable(first.classifier)
    yield from frozen_remark(first.classifier)
    judge: Judge = contents.neighbours.agrees
    if job.second_opinion:
        judge = judge_of(contents.opened(job.second_opinion).classifier)
    folder = RoundsFolder(path_of(job.folder))
    yield from rounds.perform_rounds(first.classifier, first.info, judge, contents.dataset, job.spec, folder, control)


def open_rounds(contents: LabContents, job: OpenRounds) -> Iterator[Message]:
    """Reads the rounds in the folder.

    Raises:
        LabError: There is no dataset, or the folder holds no rounds of it.
    """
    contents.require_images("Opening rounds")
    yield from rounds.open_rounds(RoundsFolder(path_of(job.folder)), contents.dataset)
