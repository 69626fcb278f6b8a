"""The record of rounds: ``rounds.toml`` says how they are made; each finished round has its own folder.

``round-03/`` holds the run that drove its images (``run.toml`` and ``history.sqlite``, with a save at the start and at
each kept stage), ``classifier.keras``, ``control.keras`` (with a control), how these were trained
(``classifier.training/``, ``control.training/``) and, written last, ``report.json``: without it a round is not
finished and is repeated.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import operator
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.errors import reason_of
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.core.files import make_folder, written_whole
from fooler_gui.core.formats import format_above
from fooler_gui.core.round_report import THRESHOLD, RoundReport
from fooler_gui.core.rounds_spec import RoundsSettings, RoundsSpec
from fooler_gui.core.sentences import made_otherwise
from fooler_gui.core.settings import SettingError
from fooler_gui.records.entries import RecordError, entry, layers_of
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.record import Record, recorded_classifier, recorded_dataset

ROUNDS_FILE = "rounds.toml"
"""The record of rounds, in their folder."""

REPORT_FILE = "report.json"
"""In a round's folder; without it the round is not finished."""

FORMER_MARK = ".unfinished"
"""Until version 0.2 of the program a file in the folder while rounds were in progress."""

_CLASSIFIER, _CONTROL = "classifier.keras", "control.keras"
_MOST_REPORT_BYTES = 2**20
_MOST_IMAGE_BYTES = 2**30


def _spec(rounds: dict[str, Any]) -> RoundsSpec:
    return RoundsSpec.from_dict(rounds, layers_of(rounds))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsRecord(Record):
    """The contents of ``rounds.toml``; see `Record`. `begun` is when the rounds were last started or continued.

    Attributes:
        spec: How they are made; its path is for the machine they were made on.
        ended: Whether they ended other than by a crash.
    """

    WHAT: ClassVar[str] = "rounds"
    FORMAT: ClassVar[int | str] = 2
    FILE: ClassVar[str] = ROUNDS_FILE
    LOCK: ClassVar[str] = ".rounds.lock"
    IN_USE: ClassVar[str] = "{folder} is in use: another window makes rounds there."

    begun: str = entry("about.begun", str, default="")
    spec: RoundsSpec = entry("rounds", dict, _spec, RoundsSpec.to_dict)
    ended: bool = entry("about.ended", bool, default=True)

    @classmethod
    def of_earlier(cls, folder: Path, data: dict[str, Any]) -> dict[str, Any]:
        """Adds what a marker file said until version 0.2."""
        with contextlib.suppress(FileNotFoundError):
            if "about" not in data:
                marked = datetime.fromtimestamp((folder / FORMER_MARK).stat().st_mtime)
                return data | {"about": {"begun": marked.isoformat(timespec="seconds"), "ended": False}}
        return data

    def is_open(self, folder: Path) -> bool:
        """Returns whether the rounds were interrupted after round 0."""
        return not self.ended and finished_rounds(folder) > 0


def new_rounds(
    spec: RoundsSpec,
    info: ClassifierInfo,
    machine: Mapping[str, str] | None = None,
    dataset: DatasetInfo | None = None,
) -> RoundsRecord:
    """Returns the record of rounds that start or continue now, on `machine` and with `dataset`, if known."""
    return RoundsRecord.new(
        spec=spec,
        **recorded_classifier(info),
        machine=machine or {},
        **recorded_dataset(dataset),
        ended=False,
    )


def holds_rounds(folder: Path) -> bool:
    """Returns whether `folder` holds rounds, finished or not."""
    return (folder / ROUNDS_FILE).exists()


def round_path(folder: Path, number: int) -> Path:
    """Returns the folder of round `number` of the rounds in `folder`."""
    return folder / f"round-{number:02}"


def finished_rounds(folder: Path) -> int:
    """Returns how many rounds in `folder` are finished, from number 0 up to the first missing one."""
    finished = 0
    while (round_path(folder, finished) / REPORT_FILE).is_file():
        finished += 1
    return finished


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundImages:
    """N images of a round at several stages.

    Attributes:
        stages: (S, N, H, W, C) float32, the images at each kept stage, the last at the end.
        labels: (N,), the labels they were driven towards.
        probabilities: (N,) float32, of the labels at the end, by the classifier they were made on.
        begun: (N,) float32, the same at the start.
    """

    stages: FloatArray
    labels: IntArray
    probabilities: FloatArray
    begun: FloatArray

    @property
    def over(self) -> BoolArray:
        """(N,), whether the final probability is above 0.999."""
        return self.probabilities > THRESHOLD

    @property
    def final(self) -> FloatArray:
        """(N, H, W, C), the final images."""
        images: FloatArray = self.stages[-1]
        return images

    @property
    def to_train_on(self) -> FloatArray:
        """(S · N, H, W, C), the images of all stages."""
        images: FloatArray = self.stages.reshape(-1, *self.stages.shape[2:])
        return images


class RoundsFolder:
    """The folder of one set of rounds.

    Args:
        path: Its path; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def going_on(self, record: RoundsRecord) -> Iterator[str]:
        """Records that rounds are in progress in the folder, until exit; only a crash leaves them unended.

        Yields the differences in versions and machine from the rounds so far, as text, or "".

        Raises:
            LabError: It cannot be written, is in use, or holds other rounds. Asking for more rounds is allowed.
        """
        with _writing(self.path):
            make_folder(self.path)
            lock = record.locked(self.path)
        try:
            otherwise = ""
            if holds_rounds(self.path):
                before = RoundsRecord.read(self.path)
                otherwise = self._made_otherwise(before, record)
                record = dataclasses.replace(record, id=before.id or record.id)
            with _writing(self.path):
                record.write(self.path)
            try:
                yield otherwise
            finally:
                with contextlib.suppress(OSError):  # a missing folder needs no record
                    dataclasses.replace(record, ended=True).write(self.path)
        finally:
            lock.let_go()

    def _made_otherwise(self, before: RoundsRecord, record: RoundsRecord) -> str:
        used = operator.attrgetter("classifier_sha256", "asked_range", "asked_output", "largest_side")
        if used(before) != used(record) or _what_counts(before.spec) != _what_counts(record.spec):
            raise RecordError(
                f"{self.path} holds rounds with other settings or of another classifier; give another folder."
            )
        if before.dataset_sha256 not in ("", record.dataset_sha256):
            raise RecordError(
                f"{self.path} holds rounds that were made with other data ({before.dataset_words}); give another "
                "folder."
            )
        return made_otherwise({**before.versions, **before.machine}, {**record.versions, **record.machine})

    def round_path(self, number: int) -> Path:
        """Returns the path of round `number`, and of the run that drove its images."""
        return round_path(self.path, number)

    def classifier_path(self, number: int) -> Path:
        """Returns the path of the classifier of round `number`."""
        return self.round_path(number) / _CLASSIFIER

    def control_path(self, number: int) -> Path:
        """Returns the path of the control of round `number`."""
        return self.round_path(number) / _CONTROL

    def prepare(self, number: int) -> None:
        """Makes an empty folder for round `number`; remains of an unfinished round are deleted.

        Raises:
            RecordError: It cannot be created.
        """
        folder = self.round_path(number)
        with _writing(folder):
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir(parents=True)

    def read_images(self, number: int, input_shape: tuple[int, int, int], classes: int) -> RoundImages:
        """Returns the images of round `number`.

        Raises:
            LabError: They are missing, damaged, of another shape or range, or take more than 1 GiB.
        """
        folder = self.round_path(number)
        with contextlib.closing(HistoryReader(folder)) as history:
            index, shape = history.index(), history.shape
            in_order = tuple(label for label in range(classes) if label in shape.labels)
            fits = in_order and shape.labels == in_order and shape.image_shape == tuple(input_shape)
            stages = len(index) - 1
            count = len(in_order) * shape.slots
            if not fits or stages < 1 or index.steps[0] != 0:
                raise RecordError(
                    f"{folder} must hold the images of a round, of {classes} classes and the shape "
                    f"{tuple(input_shape)}, from the start on; it does not."
                )
            if _image_bytes(stages, count, input_shape) > _MOST_IMAGE_BYTES:
                raise RecordError(f"{folder} must hold at most 1 GiB of images; it holds more.")
            begun = history.save(index.numbers[0].item()).probabilities.ravel()
            images = np.empty((stages, count, *input_shape), np.float32)
            for stage, save in enumerate(map(history.save, index.numbers[1:].tolist())):
                images[stage] = save.images.reshape(images.shape[1:])
        probabilities = save.probabilities.ravel()
        if not _in_range(images, probabilities):
            raise RecordError(f"{folder} must hold finite images and probabilities from 0 to 1; it does not.")
        labels = np.repeat(np.array(in_order, np.int64), shape.slots)
        return RoundImages(stages=images, labels=labels, probabilities=probabilities, begun=begun)

    def write_report(self, report: RoundReport) -> None:
        """Writes `report`, which finishes its round.

        Raises:
            RecordError: It cannot be written.
        """
        path = self.round_path(report.number) / REPORT_FILE
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(path) as temporary:
                temporary.write_text(json.dumps(report.to_dict(), indent=1, allow_nan=False), encoding="utf-8")

    def reports(self) -> tuple[RoundReport, ...]:
        """Returns the reports of the finished rounds, from number 0 up to the first missing one.

        Raises:
            LabError: One is damaged.
        """
        reports = []
        for number in range(finished_rounds(self.path)):
            path = self.round_path(number) / REPORT_FILE
            report = RoundReport.from_dict(_read_json(path))
            if report.number != number:
                raise RecordError(f"{path} must be the report of round {number}; it is not.")
            reports.append(report)
        return tuple(reports)


def check_size(settings: RoundsSettings, image_shape: tuple[int, int, int], classes: int) -> None:
    """Checks, before any image is driven, that the images of a round are not too many to be read again.

    Args:
        settings: How many there are.
        image_shape: Their (height, width, channels).
        classes: The number of classes.

    Raises:
        SettingError: They take more than 1 GiB.
    """
    labels, stages = min(settings.labels_per_round, classes), min(settings.stages, settings.steps_per_round)
    size = _image_bytes(stages, labels * settings.images_per_label, image_shape)
    if size > _MOST_IMAGE_BYTES:
        raise SettingError(
            f"The images of a round must take at most 1 GiB; {labels:,} labels with "
            f"{settings.images_per_label:,} images each, kept at {stages:,} stages, of "
            f"{' × '.join(map(str, image_shape))} take {format_above(size / 2**30, 1, 1)} GiB; choose fewer of "
            "them, or read the dataset with a smaller longest side."
        )


def _image_bytes(stages: int, count: int, image_shape: tuple[int, int, int]) -> int:
    return stages * count * 4 * math.prod(image_shape)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turns errors inside into the sentence that `path` cannot be written."""
    try:
        yield
    except OSError as error:
        raise RecordError(f"{path} cannot be written: {reason_of(error)}.") from error


def _what_counts(spec: RoundsSpec) -> RoundsSpec:
    """Returns the part of a specification that must be equal for rounds to be continued."""
    return dataclasses.replace(spec, classifier="", settings=dataclasses.replace(spec.settings, rounds=1))


def _in_range(images: FloatArray, probabilities: FloatArray) -> bool:
    finite = (np.abs(images) <= np.finfo(np.float32).max).all()
    return bool(finite and ((probabilities >= 0) & (probabilities <= 1)).all())


def _read_json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_REPORT_BYTES + 1)
        if len(content) > _MOST_REPORT_BYTES:
            raise RecordError(f"{path} must be at most 1 MiB; it is larger.")
        data = json.loads(content)
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {reason_of(error)}.") from error
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{path} must be written in JSON; {_what_it_is(path)}.") from error
    if not isinstance(data, dict):
        raise RecordError(f"{path} must hold one JSON object; it holds something else.")
    return data


def _what_it_is(path: Path) -> str:
    kind = kind_of(path)
    return "it is cut short or damaged" if kind in (FileKind.TEXT, FileKind.UNKNOWN) else f"it is {kind.value}"
