"""Transfer: how many images made with one net others call their label, too.

Sources: Szegedy and others 2014 (images that fool one net often fool another); Papernot and others 2016 (transfer).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray, frozen
from fooler_gui.core.class_words import class_name
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.formats import format_count

_NORMAL_QUANTILE = 1.959963984540054
"""Of 97.5 %, for an interval that covers 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunImages:
    """Asks for the images of the last save of the run in `folder`; only its found images, if `found_only`."""

    folder: str
    found_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImages:
    """Asks for the images of others in the file or folder `path`; see `data.labelled_images`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageSet:
    """Images about which several nets are asked. Its arrays are read-only.

    Attributes:
        name: Of their run or file.
        images: (N, H, W, C) float32; N may be 0.
        labels: (N,), the classes that they are meant to be taken for; None if that is not known.
        made_with: The name of the net that they were made with; "" if unknown.
        sha256: The hash of that net's file, in hexadecimal; "" likewise.
        class_names: The names of the classes that labels number; () if they are those of whoever is asked.
    """

    name: str
    images: FloatArray
    labels: IntArray | None
    made_with: str = ""
    sha256: str = ""
    class_names: tuple[str, ...] = ()


ImageSource = RunImages | FileImages | ImageSet


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """What a net says of N images. Its arrays are read-only.

    Attributes:
        tops: (N,), the most probable classes.
        top_probabilities: (N,) float32, their probabilities.
        probabilities: (N,) float32, those of the labels; None without labels.
    """

    tops: IntArray
    top_probabilities: FloatArray
    probabilities: FloatArray | None

    @classmethod
    def of(cls, probabilities: FloatArray, labels: IntArray | None) -> Answers:
        """Returns the answers that lie in the (N, classes) `probabilities` of images with these `labels` (N,)."""
        own = None if labels is None else np.take_along_axis(probabilities, labels[:, np.newaxis], axis=1)[:, 0]
        return cls(
            tops=frozen(probabilities.argmax(axis=1)),
            top_probabilities=frozen(probabilities.max(axis=1)),
            probabilities=None if own is None else frozen(own),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFigures:
    """A cell of the transfer matrix: what a net says of a set of images.

    Attributes:
        images: How many.
        called: How many of them it calls their label; None without labels.
        mean_probability: The mean probability of their labels; None without labels or images.
        mean_confidence: The mean of their highest probabilities; None without images.
    """

    images: int
    called: int | None
    mean_probability: float | None
    mean_confidence: float | None

    @property
    def share(self) -> float | None:
        """The share that is called its label, 0 to 1; None without labels or images."""
        return None if self.called is None or not self.images else self.called / self.images

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of `share`."""
        return None if self.called is None or not self.images else wilson_interval(self.called, self.images)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TransferReport:
    """The transfer matrix: a row for each set of images, a column for each net.

    Attributes:
        nets: The nets that were asked.
        class_names: The names of their classes; the last may be for images that show nothing, if one of them has it.
        sets: The images.
        answers: For each set the answers of each net.
    """

    nets: tuple[ClassifierInfo, ...]
    class_names: tuple[str, ...]
    sets: tuple[ImageSet, ...]
    answers: tuple[tuple[Answers, ...], ...]

    def figures(self, row: int, column: int) -> TransferFigures:
        """Returns what the net in `column` says of the set in `row`."""
        images, answers = self.sets[row], self.answers[row][column]
        own = answers.probabilities
        return TransferFigures(
            images=len(answers.tops),
            called=None if images.labels is None else int((answers.tops == images.labels).sum()),
            mean_probability=None if own is None else _mean(own),
            mean_confidence=_mean(answers.top_probabilities),
        )

    def is_own(self, row: int, column: int) -> bool:
        """Returns whether the images of the set in `row` were made with the net in `column`."""
        return bool(self.sets[row].sha256) and self.sets[row].sha256 == self.nets[column].sha256

    def to_dict(self) -> dict[str, Any]:
        """Returns nets, sets and all cells as a dict for JSON; shares are 0 to 1.

        Over all nets that images with labels were not made with, ``asked`` counts the images that each was asked about,
        and ``called`` those that it calls their label; ``called_share`` is missing if none was asked.
        """
        others = [
            self.figures(row, column)
            for row, images in enumerate(self.sets)
            for column in range(len(self.nets))
            if images.labels is not None and not self.is_own(row, column)
        ]
        asked, called = sum(each.images for each in others), sum(each.called or 0 for each in others)
        return {
            "asked": asked,
            "called": called,
            **({"called_share": called / asked} if asked else {}),
            "nets": [
                {"name": net.name, "path": net.path, "sha256": net.sha256, "input_range": net.input_range}
                for net in self.nets
            ],
            "sets": [
                {
                    "name": images.name,
                    "made_with": images.made_with,
                    "sha256": images.sha256,
                    "images": len(images.images),
                    "labelled": images.labels is not None,
                    "by_net": [self._cell(row, column) for column in range(len(self.nets))],
                }
                for row, images in enumerate(self.sets)
            ],
        }

    def _cell(self, row: int, column: int) -> dict[str, Any]:
        figures = self.figures(row, column)
        return dataclasses.asdict(figures) | {
            "net": self.nets[column].name,
            "own": self.is_own(row, column),
            "share": figures.share,
            "interval": figures.interval,
        }


def transfer_csv(report: TransferReport) -> str:
    """Returns a line for each set and net; shares are 0 to 1, with Wilson's 95 % interval."""
    header = (
        "images of", "made with", "scored by", "own", "images", "called", "share", "lowest", "highest",
        "mean_probability", "mean_confidence",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = [header]
    for row, images in enumerate(report.sets):
        for column, net in enumerate(report.nets):
            figures = report.figures(row, column)
            lowest, highest = figures.interval or (None, None)
            rows.append(
                (
                    images.name, images.made_with, net.name, report.is_own(row, column), figures.images,
                    figures.called, figures.share, lowest, highest, figures.mean_probability, figures.mean_confidence,
                )
            )  # fmt: skip
    return csv_text(rows)


def answers_csv(report: TransferReport) -> str:
    """Returns a line for each image, numbered from 1 in its set, with its label and what each net says of it."""
    header: list[object] = ["images of", "image", "label"]
    for net in report.nets:
        header += [f"{net.name}: {what}" for what in ("class", "probability", "probability of the label")]
    rows = [header]
    for images, answers in zip(report.sets, report.answers, strict=True):
        for place in range(len(images.images)):
            label = None if images.labels is None else class_name(report.class_names, int(images.labels[place]))
            row: list[object] = [images.name, place + 1, label]
            for one in answers:
                own = None if one.probabilities is None else float(one.probabilities[place])
                seen = class_name(report.class_names, int(one.tops[place]))
                row += [seen, float(one.top_probabilities[place]), own]
            rows.append(row)
    return csv_text(rows)


def transfer_sentence(report: TransferReport) -> str:
    """Returns that so many nets were asked about so many images."""
    images = sum(len(part.images) for part in report.sets)
    return f"Asked {format_count(len(report.nets), 'net')} about {format_count(images, 'image')}."


def wilson_interval(count: int, of: int) -> tuple[float, float]:
    """Returns Wilson's 95 % interval of the share `count` / `of`, `of` ≥ 1 (Wilson 1927)."""
    share, z2 = count / of, _NORMAL_QUANTILE**2
    centre, spread = share + z2 / (2 * of), math.sqrt(z2 * (share * (1 - share) / of + z2 / (4 * of * of)))
    lowest, highest = ((centre + sign * spread) / (1 + z2 / of) for sign in (-1, 1))
    return max(0.0, lowest), min(1.0, highest)


def _mean(values: FloatArray) -> float | None:
    return float(values.mean(dtype=np.float64)) if len(values) else None
