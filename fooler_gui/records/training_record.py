"""What is noted of a training beside its classifier's file: how it is made, how it went, and whether it ended.

A training that was cut short leaves its last checkpoint as an ordinary classifier, and a note that it did not end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from filelock import FileLock

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.toml_file import read_toml
from fooler_gui.records.locks import is_held

FORMAT = 1
ENDING = ".training.toml"
_LOCK_ENDING = ".training.lock"
_MOST_POINTS = 500


class TrainingRecordError(LabError, ValueError):
    """A file is no note of a training. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPoint:
    """How a training stood.

    Attributes:
        step: Steps done.
        loss: Mean cross-entropy of an image since the point before, in nats.
        validation_accuracy: Share of the validation images right, 0 to 1; None where not measured.
    """

    step: int
    loss: float
    validation_accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """A training.

    Attributes:
        kind: "training" or "retraining".
        begun: When, in local time, as ISO 8601 has it.
        topology: Of the classifier, in words.
        settings: How it is trained, as `Settings.to_dict` tells.
        steps: Steps wanted.
        checkpoint: Steps done when the classifier's file was written last; 0 before the first time.
        ended: Whether it came to its end, or was stopped by a person.
        points: How it went, thinned to a few hundred.
    """

    kind: str
    begun: str
    topology: str
    settings: Mapping[str, Any]
    steps: int
    checkpoint: int = 0
    ended: bool = False
    points: tuple[TrainingPoint, ...] = ()

    def with_point(self, point: TrainingPoint) -> TrainingRecord:
        """Returns the record with one more point; every second one before it is dropped where they become too many."""
        points = (*self.points, point)
        return dataclasses.replace(
            self, points=points[(len(points) - 1) % 2 :: 2] if len(points) > _MOST_POINTS else points
        )


def record_path(classifier: Path) -> Path:
    """Returns where the training of the classifier file `classifier` is noted."""
    return classifier.with_name(classifier.stem + ENDING)


def write_training(classifier: Path, record: TrainingRecord) -> None:
    """Notes the training of the classifier file `classifier`, whole or not at all.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    data = {
        "format": FORMAT,
        "kind": record.kind,
        "begun": record.begun,
        "topology": record.topology,
        "steps": record.steps,
        "checkpoint": record.checkpoint,
        "ended": record.ended,
        "settings": dict(record.settings),
        "points": [
            {name: value for name, value in dataclasses.asdict(point).items() if value is not None}
            for point in record.points
        ],
    }
    with written_whole(record_path(classifier)) as temporary:
        temporary.write_text(tomli_w.dumps(data), encoding="utf-8", errors="replace")


def read_training(classifier: Path) -> TrainingRecord:
    """Returns what is noted of the training of the classifier file `classifier`.

    Raises:
        LabError: There is no note, or it is damaged or of another format.
    """
    path = record_path(classifier)
    data = read_toml(path)
    texts, numbers = (
        [data.get(name) for name in ("kind", "begun", "topology")],
        [data.get("steps"), data.get("checkpoint")],
    )
    settings, points, ended = data.get("settings"), data.get("points"), data.get("ended")
    if (
        data.get("format") != FORMAT
        or not all(isinstance(text, str) for text in texts)
        or not all(type(number) is int for number in numbers)
        or not isinstance(settings, dict)
        or not isinstance(points, list)
        or not isinstance(ended, bool)
    ):
        raise TrainingRecordError(f"{path} must be a note of a training as this program writes it; it is not.")
    kind, begun, topology = map(str, texts)
    return TrainingRecord(
        kind=kind,
        begun=begun,
        topology=topology,
        settings=settings,
        steps=int(data["steps"]),
        checkpoint=int(data["checkpoint"]),
        ended=ended,
        points=tuple(_point(path, point) for point in points),
    )


def unfinished_trainings(folder: Path) -> Iterator[tuple[Path, TrainingRecord]]:
    """Yields the classifier files in `folder` whose training was cut short after a checkpoint.

    Those whose notes are damaged, and those that are trained at present, are left out.
    """
    for path in sorted(folder.glob(f"*{ENDING}")):
        classifier = path.with_name(path.name.removesuffix(ENDING) + ".keras")
        try:
            record = read_training(classifier)
        except LabError:
            continue
        if not record.ended and record.checkpoint and classifier.is_file() and not is_held(_lock_path(classifier)):
            yield classifier, record


def forget_training(classifier: Path) -> None:
    """Notes the training of the classifier file `classifier` as ended, so that nobody is asked about it any more.

    Raises:
        LabError: There is no note, or it cannot be written.
    """
    record = read_training(classifier)
    try:
        write_training(classifier, dataclasses.replace(record, ended=True))
    except OSError as error:
        reason = error.strerror or error
        raise TrainingRecordError(f"{record_path(classifier)} cannot be written: {reason}.") from error


def training_lock(classifier: Path) -> FileLock:
    """Returns the lock that is held while the classifier file `classifier` is trained."""
    return FileLock(_lock_path(classifier), timeout=0, thread_local=False)


def _lock_path(classifier: Path) -> Path:
    return classifier.with_name(f".{classifier.stem}{_LOCK_ENDING}")


def _point(path: Path, data: object) -> TrainingPoint:
    if isinstance(data, dict):
        step, loss, accuracy = (data.get(name) for name in ("step", "loss", "validation_accuracy"))
        if type(step) is int and isinstance(loss, float) and (accuracy is None or isinstance(accuracy, float)):
            return TrainingPoint(step=step, loss=loss, validation_accuracy=accuracy)
    raise TrainingRecordError(f"{path} must tell step and loss of every point; it does not.")
