"""Least change: images that the classifier calls a label, as near their starts as possible, and how near that is."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.run_spec import MAXIMUM_SLOTS
from fooler_gui.core.settings import Settings, seed_setting, setting

L2, LINF = "l2", "linf"

CHANGED = 1 / 255
"""A pixel has changed if one of its values differs by more than this, the step of a picture's file."""

FIGURES = ("l2", "linf", "pixels", "probability")
"""The figures of an image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastChangeSettings(Settings):
    """What is looked for, from how many starts, and how long."""

    norm: str = setting(
        L2,
        "Least",
        "L2 looks for the least Euclidean distance from the start, L∞ for the least change of the pixel that changes "
        "most.",
        choices=(L2, LINF),
        titles={L2: "L2", LINF: "L∞"},
    )
    confidence: float = setting(
        0.0,
        "Lead",
        "More makes the classifier surer and the change larger: how far the label's logit must lead the greatest "
        "other one.",
        minimum=0.0,
        maximum=100.0,
    )
    min_probability: float = setting(
        0.0,
        "Least p",
        "More makes the classifier surer and the change larger: the probability that the label must exceed besides "
        "being the top class.",
        minimum=0.0,
        maximum=0.9999,
    )
    steps: int = setting(
        300,
        "Steps",
        "More finds smaller changes and takes longer: gradient steps of every image.",
        minimum=1,
        maximum=100_000,
        unit="steps",
    )
    slots: int = setting(
        8, "Images", "More take longer: how many images are changed.", minimum=1, maximum=MAXIMUM_SLOTS, unit="images"
    )
    rng_seed: int = seed_setting("The same seed gives the same images: the number that draws the starts.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageChange:
    """The nearest image found for one start; its own figures are None if none was found.

    Attributes:
        start_class: What the classifier calls the start.
        start_probability: How sure it is of that.
        l2: Euclidean distance from the start, in pixel range.
        linf: The most that a value differs, 0 to 1.
        pixels: How many pixels differ by more than `CHANGED` in a channel.
        probability: Of the label: the classifier's confidence.
    """

    start_class: int
    start_probability: float
    l2: float | None = None
    linf: float | None = None
    pixels: int | None = None
    probability: float | None = None

    @property
    def found(self) -> bool:
        """Whether there is an image that the classifier calls the label."""
        return self.l2 is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastChangeReport:
    """How near the images found are to their starts.

    Attributes:
        classifier: Its name.
        settings: What was looked for.
        start: What the images started from, as in a `RunSpec`.
        label: The class they were to become.
        changes: One for each image, N ≥ 1.
        steps: Steps done.
        seconds: The time they took.
        stopped: Whether a person ended it early.
    """

    classifier: str
    settings: LeastChangeSettings
    start: str
    label: int
    changes: tuple[ImageChange, ...]
    steps: int
    seconds: float
    stopped: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the search has ended."""
        return self.stopped or self.steps == self.settings.steps

    @property
    def found(self) -> int:
        """How many images were found."""
        return sum(change.found for change in self.changes)

    @property
    def means(self) -> dict[str, float]:
        """The mean of each of `FIGURES` over the images found; empty if there are none."""
        found = [change for change in self.changes if change.found]
        return {name: statistics.fmean(getattr(change, name) for change in found) for name in FIGURES if found}

    def to_dict(self) -> dict[str, Any]:
        """Returns the report as a dict for JSON."""
        return {
            "classifier": self.classifier,
            "settings": self.settings.to_dict(),
            "start": self.start,
            "label": self.label,
            "steps": self.steps,
            "seconds": self.seconds,
            "stopped": self.stopped,
            "images": len(self.changes),
            "found": self.found,
            "means": self.means,
            "changes": [{"found": change.found, **dataclasses.asdict(change)} for change in self.changes],
        }


def figures_of(change: FloatArray) -> dict[str, Any]:
    """Returns L2, L∞ and the number of changed pixels of an image's `change` (H, W, C)."""
    size = np.abs(change.astype(np.float64))
    return {
        "l2": float(np.sqrt(np.square(size).sum())),
        "linf": float(size.max()),
        "pixels": int((size.max(axis=2) > CHANGED).sum()),
    }


def changes_csv(report: LeastChangeReport, class_names: Sequence[str]) -> str:
    """Returns a line for each image, counted from 0; the figures of one that was not found are empty fields."""
    rows: list[list[object]] = [["image", "start_class", "start_probability", "label", "found", *FIGURES]]
    for place, change in enumerate(report.changes):
        names = [class_name(class_names, label) for label in (change.start_class, report.label)]
        figures = [getattr(change, name) for name in FIGURES]
        rows.append([place, names[0], change.start_probability, names[1], change.found, *figures])
    return csv_text(rows)
