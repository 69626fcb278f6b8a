"""Training images a second: this program's trainer against `keras.Model.fit` on the same net and data."""

from __future__ import annotations

import time
from collections.abc import Callable

import keras
import numpy as np
import numpy.typing as npt

from benchmarks.descents import article_dataset
from benchmarks.determinism import without_determinism
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import interleaved
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.training_presets import TRAINING_PRESETS
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.mending.training import Trainer, examples_of
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier import Classifier

BATCH_SIZES = (128, 50)
REPETITIONS = 3
IMAGES = 6_400
"""Images per repetition, a multiple of every batch size."""

LEARNING_RATE = TrainingSettings().learning_rate
EPSILON = 1e-8
"""Adam's; method.md, Classifier."""

_TARGET = Target.at_least(1.3)


def measure() -> list[Row]:
    """Returns a row for each batch size."""
    dataset = article_dataset()
    return [_measured(dataset, batch_size) for batch_size in BATCH_SIZES]


def compared(
    target: Target, name: str, comparison: str, batch_size: int, parts: dict[str, Callable[[], float]], note: str
) -> Row:
    """Returns the row of a comparison of trainings, each done once before it is timed.

    Args:
        target: The ratio's target.
        name: The benchmark's.
        comparison: What it is compared with.
        batch_size: Images per step.
        parts: "ours" and "theirs"; each trains on `IMAGES` images and returns the seconds per image.
        note: How theirs is set up.
    """
    for part in parts.values():
        part()
    timings = interleaved(parts, REPETITIONS)
    ours, theirs = 1 / timings["ours"].median, 1 / timings["theirs"].median
    return judged(
        target,
        ours / theirs,
        name=name,
        work=f"training, batch {batch_size}",
        comparison=comparison,
        ours=Quantity(ours, "images/s"),
        theirs=Quantity(theirs, "images/s"),
        note=f"The article's net, Adam on the summed cross-entropy, {IMAGES:,} images per repetition. {note}",
        samples={part: timing.to_dict() for part, timing in timings.items()},
    )


def article_net(dataset: Dataset) -> Classifier:
    """Returns a fresh classifier of the article's topology."""
    return build_classifier(TRAINING_PRESETS["article"].topology, dataset.input_shape, dataset.class_names, 0)


def our_training(dataset: Dataset, batch_size: int) -> Callable[[], float]:
    """Returns a part that trains the article's net a little further each time and returns the seconds per image."""
    trainer = Trainer(article_net(dataset))
    examples = examples_of(dataset, 0)
    nothing = dataset.train_images[:0], dataset.train_labels[:0]

    def part() -> float:
        began = time.perf_counter()
        for _ in trainer.train(
            examples,
            nothing,
            RunControl(),
            steps=IMAGES // batch_size,
            batch_size=batch_size,
            learning_rate=LEARNING_RATE,
            rng_seed=0,
        ):
            pass
        return (time.perf_counter() - began) / IMAGES

    return part


def training_arrays(dataset: Dataset) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Returns `IMAGES` training images (N, H, W, C) float32 and their labels (N,), in memory."""
    return to_float(dataset.train_images[:IMAGES]), dataset.train_labels[:IMAGES].astype(np.int64)


def _measured(dataset: Dataset, batch_size: int) -> Row:
    images, labels = training_arrays(dataset)
    network = article_net(dataset).network
    network.compile(
        optimizer=keras.optimizers.Adam(LEARNING_RATE, epsilon=EPSILON),
        loss=keras.losses.SparseCategoricalCrossentropy(reduction="sum"),
    )

    def fit() -> float:
        with without_determinism():
            began = time.perf_counter()
            network.fit(images, labels, batch_size=batch_size, epochs=1, shuffle=True, verbose=0)
            return (time.perf_counter() - began) / IMAGES

    return compared(
        _TARGET,
        "training",
        "keras.Model.fit",
        batch_size,
        {"ours": our_training(dataset, batch_size), "theirs": fit},
        "Keras has the same settings, no determinism, and its images as float32 arrays in memory; ours converts them "
        "on the fly.",
    )
