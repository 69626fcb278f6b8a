"""What a show-piece is: its words, and the runs and retrainings that it makes one after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_word, short_name
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.formats import format_count
from fooler_gui.core.lab_state import NO_DATASET
from fooler_gui.core.mosaic import ByteArray
from fooler_gui.core.run_spec import NOISE
from fooler_gui.core.settings import DescentSettings, MethodSettings, RetrainingSettings
from fooler_gui.session.model import SessionModel

SLOTS = 8
_LABEL, _OTHER = 3, 7


@dataclass(frozen=True, slots=True)
class Scene:
    """The classifier and the dataset in use, and the two classes that show-pieces are about.

    Attributes:
        classifier: The classifier in use.
        examples: (K, H, W, C) uint8, an image of each of the dataset's first classes; K may be 0.
        has_images: Whether a dataset is in use.
        rng_seed: The seed of the set-up.
    """

    classifier: ClassifierInfo
    examples: ByteArray
    has_images: bool
    rng_seed: int

    @property
    def label(self) -> int:
        """The class that images are driven towards: 3, or the last one if there are fewer classes."""
        return min(_LABEL, len(self.classifier.label_names) - 1)

    @property
    def other(self) -> int:
        """Another class: 7, or of fewer the last one that is not `label`; `label` itself if there is no other."""
        last = min(_OTHER, len(self.classifier.label_names) - 1)
        return last if last != self.label else max(0, last - 1)

    @property
    def many(self) -> tuple[int, ...]:
        """All classes, or of very many a sample."""
        return self.classifier.figure_labels(self.rng_seed)

    def called(self, label: int) -> str:
        """Returns what an image of a class is called: ``a 3``, ``“cat”``."""
        name = self.classifier.label_names[label]
        return f"a {name}" if class_word(self.classifier.class_names) == "digit" else f"“{short_name(name)}”"

    def start_image(self) -> FloatArray:
        """Returns (H, W, C) float32 in [0, 1], an image of `other`."""
        image: FloatArray = self.examples[self.other].astype(np.float32) / np.float32(255)
        return image


def scene_of(model: SessionModel) -> Scene | None:
    """Returns the scene of `model`; None without a classifier."""
    if model.classifier is None:
        return None
    has_images = model.dataset is not None and model.dataset.has_images
    return Scene(model.classifier, model.examples, has_images, model.setup.rng_seed)


class Result(NamedTuple):
    """How a run ended: how many of its images are over the threshold, how many there are, and after how many steps."""

    found: int
    images: int
    steps: int

    @property
    def words(self) -> str:
        """Such as ``80 of 80 images after 21 steps``."""
        return f"{self.found} of {format_count(self.images, 'image')} after {format_count(self.steps, 'step')}"


Words = Callable[[Scene], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run.

    Attributes:
        caption: What to watch.
        changes: Returns the fields of the set-up that differ from `plain_setup`.
        from_image: Whether it starts from `Scene.start_image`.
        seed_offset: Added to the seed of the set-up, for other noise.
    """

    caption: Words
    changes: Callable[[Scene], Mapping[str, Any]]
    from_image: bool = False
    seed_offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraining:
    """A retraining on what the run before it found; its classifier is kept.

    Attributes:
        caption: What to watch.
        settings: How it is made.
    """

    caption: Words
    settings: RetrainingSettings


Part = Run | Retraining


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPiece:
    """A demonstration.

    Attributes:
        name: Identifies it.
        title: Its name in the menu.
        parts: What it makes, in order.
        closing: What is to be said at the end, from the results of its runs.
        opens: What is opened at the end: "comparison" of its first and last run, the "inspector", or "" for nothing.
        why_not: Returns why it is not available; "" if it is.
    """

    name: str
    title: Words
    parts: tuple[Part, ...]
    closing: Callable[[Scene, Sequence[Result]], str]
    opens: str = ""
    why_not: Words = lambda _scene: ""


def needs_dataset(scene: Scene) -> str:
    """Returns why a show-piece that needs a dataset is not available; "" if it is."""
    return "" if scene.has_images else NO_DATASET


def needs_another_class(scene: Scene) -> str:
    """Returns why one that needs an image of another class is not available; "" if it is."""
    if not scene.has_images or scene.other >= len(scene.examples):
        return NO_DATASET
    return "" if scene.other != scene.label else "This needs two classes; the classifier has one."


def plain_setup() -> dict[str, Any]:
    """Returns the fields of the set-up that a run of a show-piece does not take from a person's own."""
    return {"slots": SLOTS, "start": NOISE, "descent": DescentSettings(), "method": MethodSettings(), "further": ()}


def sentence_case(words: str) -> str:
    """Returns `words` with a capital at the beginning."""
    return words[0].upper() + words[1:]
