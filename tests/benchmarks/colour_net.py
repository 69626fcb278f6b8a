"""A net of small colour images with 5,000 references against the net alone, and the memory of a larger net's run."""

from __future__ import annotations

import keras
import numpy as np

from benchmarks.descents import FIRST_STEPS, LABEL, SLOTS, STEPS, Descents
from benchmarks.made_dataset import made_dataset
from benchmarks.net_alone import NetAlone
from benchmarks.resident import peak_bytes
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import interleaved, timed
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.nets.classifier import Classifier

_NAME = "colour-net"
_CLASSES = 10
_REFERENCES, _OTHERS = 5_000, 500
_LARGE_REFERENCES, _LARGE_STEPS = 500, 20
_REPETITIONS = 3
_EPOCHS = 2

layers = keras.layers


def measure_small_net() -> list[Row]:
    """Returns the row of a net of 122,570 weights on 32 × 32 × 3."""
    dataset = made_dataset((32, 32, 3), _counts(_REFERENCES, _OTHERS))
    classifier = _small_net(dataset)
    descents = Descents(classifier, dataset, [LABEL])
    noise = np.random.default_rng(0).random((SLOTS, *classifier.input_shape), np.float32)
    net = NetAlone(classifier, noise, [LABEL] * SLOTS)
    descents.run(FIRST_STEPS)
    timings = interleaved(
        {"ours": lambda: descents.run().mean, "net alone": timed(net.gradient, STEPS)},
        _REPETITIONS,
    )
    ours, theirs = timings["ours"].median, timings["net alone"].median
    return [
        judged(
            Target.at_most(1.5),
            ours / theirs,
            name=_NAME,
            work=f"a step: 32 × 32 × 3, {_REFERENCES:,} references",
            comparison=f"net alone, {net.faster}",
            ours=Quantity(1000 * ours, "ms"),
            theirs=Quantity(1000 * theirs, "ms"),
            note=f"Ours is the mean of whole runs of {STEPS} steps from noise with {len(classifier.units)} recorded "
            f"layers; images are smooth noise with a pattern for each class. {net.sentence}",
            samples={part: timing.to_dict() for part, timing in timings.items()},
        )
    ]


def measure_large_net() -> list[Row]:
    """Returns the row of MobileNetV2, with fresh weights, on 96 × 96 × 3."""
    dataset = made_dataset((96, 96, 3), _counts(_LARGE_REFERENCES, 2))
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNetV2(input_shape=dataset.input_shape, weights=None, classes=_CLASSES)
    classifier = Classifier(network, dataset.class_names)
    run = Descents(classifier, dataset, [LABEL]).run(_LARGE_STEPS)
    peak = peak_bytes() / 1e9
    target = Target(words="≤ 4 GB", most=4.0)
    return [
        Row(
            name=_NAME,
            work=f"MobileNetV2, 96 × 96 × 3, {_LARGE_REFERENCES:,} references",
            ours=Quantity(peak, "GB"),
            target=target.words,
            met=target.is_met_by(peak),
            note=f"The peak of this process; {SLOTS} slots, {_LARGE_STEPS} steps of {1000 * run.mean:.0f} ms each.",
        )
    ]


def _small_net(dataset: Dataset) -> Classifier:
    keras.utils.set_random_seed(1)
    network = keras.Sequential(
        [
            keras.Input(dataset.input_shape),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(_CLASSES, activation="softmax"),
        ]
    )
    network.compile("adam", "sparse_categorical_crossentropy")
    network.fit(dataset.train_images / np.float32(255), dataset.train_labels, epochs=_EPOCHS, verbose=0)
    return Classifier(network, dataset.class_names)


def _counts(of_label: int, of_others: int) -> list[int]:
    return [of_label if label == LABEL else of_others for label in range(_CLASSES)]
