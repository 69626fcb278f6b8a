"""Rounds on disk: ``rounds.toml`` tells how they are made; each finished round has a folder of its own.

``round-03/`` holds the run that drove its images (``run.toml`` and ``history.sqlite``, with a save at the start and at
each kept stage), ``classifier.keras``, ``control.keras`` (with a control), how these were trained
(``classifier.training/``, ``control.training/``) and, written last, ``report.json``: without it a round is not
finished, and is made again. Needs no TensorFlow.
"""

from __future__ import annotations

import contextlib
import json
import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.core.files import make_folder, written_whole
from fooler_gui.core.messages import BoolArray, ClassifierInfo, FloatArray, IntArray
from fooler_gui.core.round_report import THRESHOLD, RoundReport
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.sentences import made_otherwise
from fooler_gui.core.toml_file import read_toml
from fooler_gui.core.versions import versions
from fooler_gui.engine.machine import machine
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.rounds_mark import REPORT_FILE, SPEC_FILE, holds_rounds, round_path

FORMAT = 2
_CLASSIFIER, _CONTROL = "classifier.keras", "control.keras"
_MOST_REPORT_BYTES = 2**20
_MOST_IMAGE_BYTES = 2**30


class RoundsFolderError(LabError, ValueError):
    """A folder of rounds cannot be used. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundImages:
    """N images on their way.

    Attributes:
        stages: (S, N, H, W, C) float32, as they were at each kept stage, the last at the end.
        labels: (N,), what each was driven towards.
        probabilities: (N,) float32, of the labels in the end, by the classifier that they were made on.
    """

    stages: FloatArray
    labels: IntArray
    probabilities: FloatArray

    @property
    def sure(self) -> BoolArray:
        """(N,), whether the probability was above 0.999 in the end."""
        return self.probabilities > THRESHOLD

    @property
    def final(self) -> FloatArray:
        """(N, H, W, C), the images in the end."""
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
        path: Where it is, or is to be.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, spec: RoundsSpec, info: ClassifierInfo) -> str:
        """Makes the folder for `spec`, or checks that it was made for the same one.

        Returns:
            In what versions and machine differ from those that the rounds were made with so far, in words, or "".

        Raises:
            RoundsFolderError: It cannot be written, or holds other rounds. More rounds than before are no other ones.
        """
        otherwise = ""
        if holds_rounds(self.path):
            rounds, classifier, before = self._held()
            if _what_counts(rounds) != _what_counts(spec.to_dict()) or classifier.get("sha256") != info.sha256:
                raise RoundsFolderError(
                    f"{self.path} holds rounds with other settings or of another classifier; give another folder."
                )
            otherwise = made_otherwise(before, versions() | machine())
        record = {
            "format": FORMAT,
            "versions": versions(),
            "machine": machine(),
            "classifier": {"path": info.path, "sha256": info.sha256, "topology": info.topology},
            "rounds": spec.to_dict(),
        }
        try:
            make_folder(self.path)
            with written_whole(self.path / SPEC_FILE) as temporary:
                temporary.write_text(tomli_w.dumps(record), encoding="utf-8", errors="replace")
        except OSError as error:
            raise RoundsFolderError(f"{self.path} cannot be written: {error.strerror or error}.") from error
        return otherwise

    def spec(self) -> RoundsSpec:
        """Returns how the rounds are made; the classifier's path is that of the machine they were made on.

        Raises:
            LabError: There are none, or what tells of them is damaged.
        """
        rounds, _, _ = self._held()
        coefficients = rounds.get("coefficients")
        layers = coefficients.get("layer_cost_coeffs") if isinstance(coefficients, dict) else None
        if not isinstance(layers, dict):
            raise RoundsFolderError(f"{self.path / SPEC_FILE} must tell the coefficients of layers; it does not.")
        return RoundsSpec.from_dict(rounds, layers)

    def round_path(self, number: int) -> Path:
        """Returns where round `number` is, or is to be, and with it the run that drove its images."""
        return round_path(self.path, number)

    def classifier_path(self, number: int) -> Path:
        """Returns where the classifier of round `number` is, or is to be."""
        return self.round_path(number) / _CLASSIFIER

    def control_path(self, number: int) -> Path:
        """Returns where the control of round `number` is, or is to be."""
        return self.round_path(number) / _CONTROL

    def prepare(self, number: int) -> None:
        """Makes an empty folder for round `number`; what an unfinished one left there is dropped.

        Raises:
            RoundsFolderError: It cannot be made.
        """
        folder = self.round_path(number)
        try:
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir(parents=True)
        except OSError as error:
            raise RoundsFolderError(f"{folder} cannot be made: {error.strerror or error}.") from error

    def read_images(self, number: int, input_shape: tuple[int, int, int], classes: int) -> RoundImages:
        """Returns the images of round `number`.

        Raises:
            LabError: They are missing, damaged, of another shape or range, or take more than 1 GiB.
        """
        folder = self.round_path(number)
        with contextlib.closing(HistoryReader(folder)) as history:
            index, shape = history.index(), history.shape
            fits = shape.labels == tuple(range(classes)) and shape.image_shape == tuple(input_shape)
            stages = len(index) - 1
            count = classes * shape.slots
            if not fits or stages < 1 or index.steps[0] != 0:
                raise RoundsFolderError(
                    f"{folder} must hold the images of a round, of {classes} classes and the shape "
                    f"{tuple(input_shape)}, from the start on; it does not."
                )
            if stages * count * 4 * math.prod(input_shape) > _MOST_IMAGE_BYTES:
                raise RoundsFolderError(f"{folder} must hold at most 1 GiB of images; it holds more.")
            images = np.empty((stages, count, *input_shape), np.float32)
            for stage, save in enumerate(map(history.save, index.numbers[1:].tolist())):
                images[stage] = save.images.reshape(images.shape[1:])
        probabilities = save.probabilities.ravel()
        if not _in_range(images, probabilities):
            raise RoundsFolderError(f"{folder} must hold finite images and probabilities from 0 to 1; it does not.")
        labels = np.repeat(np.arange(classes, dtype=np.int64), shape.slots)
        return RoundImages(stages=images, labels=labels, probabilities=probabilities)

    def write_report(self, report: RoundReport) -> None:
        """Writes `report`; with it its round is finished.

        Raises:
            RoundsFolderError: It cannot be written.
        """
        path = self.round_path(report.number) / REPORT_FILE
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(path) as temporary:
                temporary.write_text(json.dumps(report.to_dict(), indent=1, allow_nan=False), encoding="utf-8")
        except OSError as error:
            raise RoundsFolderError(f"{path} cannot be written: {error.strerror or error}.") from error

    def reports(self) -> tuple[RoundReport, ...]:
        """Returns the reports of the finished rounds, from number 0 on, as far as none is missing.

        Raises:
            LabError: One is damaged.
        """
        reports: list[RoundReport] = []
        while (path := self.round_path(len(reports)) / REPORT_FILE).is_file():
            report = RoundReport.from_dict(_read_json(path))
            if report.number != len(reports):
                raise RoundsFolderError(f"{path} must be the report of round {len(reports)}; it is not.")
            reports.append(report)
        return tuple(reports)

    def _held(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]]:
        """Returns what ``rounds.toml`` tells of the rounds, of the classifier, and of versions and machine."""
        if not holds_rounds(self.path):
            raise RoundsFolderError(f"{self.path} must hold rounds, that is {SPEC_FILE}; it does not.")
        held = read_toml(self.path / SPEC_FILE)
        rounds, classifier = held.get("rounds"), held.get("classifier")
        if held.get("format") != FORMAT or not isinstance(rounds, dict) or not isinstance(classifier, dict):
            raise RoundsFolderError(f"{self.path / SPEC_FILE} must be of format {FORMAT}; it is not.")
        made_with = [held[name] for name in ("versions", "machine") if isinstance(held.get(name), dict)]
        return rounds, classifier, {name: str(value) for table in made_with for name, value in table.items()}


def _what_counts(spec: dict[str, Any]) -> dict[str, Any]:
    """Returns what two sets of rounds must have in common for the one to go on where the other ended."""
    counts = {name: value for name, value in spec.items() if name != "classifier"}
    settings = counts.get("settings")
    if isinstance(settings, dict):
        counts["settings"] = {name: value for name, value in settings.items() if name != "rounds"}
    return counts


def _in_range(images: FloatArray, probabilities: FloatArray) -> bool:
    finite = (np.abs(images) <= np.finfo(np.float32).max).all()
    return bool(finite and ((probabilities >= 0) & (probabilities <= 1)).all())


def _read_json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_REPORT_BYTES + 1)
        if len(content) > _MOST_REPORT_BYTES:
            raise RoundsFolderError(f"{path} must be at most 1 MiB; it is larger.")
        data = json.loads(content)
    except OSError as error:
        raise RoundsFolderError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise RoundsFolderError(f"{path} must be written in JSON; {_what_it_is(path)}.") from error
    if not isinstance(data, dict):
        raise RoundsFolderError(f"{path} must hold one JSON object; it holds something else.")
    return data


def _what_it_is(path: Path) -> str:
    kind = kind_of(path)
    return "it is cut short or damaged" if kind in (FileKind.TEXT, FileKind.UNKNOWN) else f"it is {kind.value}"
