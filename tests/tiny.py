"""Tiny classifiers and datasets, so that tests of the engine take moments. TensorFlow must be loaded before."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import CostCoefficients, DescentSettings, MethodSettings, article_coefficients
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.data.array_file import write_arrays
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import slot_rng, uniform_noise
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Evaluation
from fooler_gui.engine.descent.label_batch import LabelBatch, evaluate
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier import Classifier

TINY_NET = Topology(convolutions=(Convolution(kernel=(3, 3), filters=2),), dense=(5,))
ARTICLE_IN_SMALL = Topology(
    convolutions=(Convolution(kernel=(5, 5), filters=3), Convolution(kernel=(5, 5), filters=4)), dense=(6,)
)
CLASS_NAMES = ("zero", "one", "two")


def make_dataset(
    shape: tuple[int, int, int] = (8, 8, 1), classes: int = 3, a_class: int = 16, rng_seed: int = 5
) -> Dataset:
    """Returns a dataset that is easily learnt: images of a class are bright in rows of its own.

    `a_class` training images and half as many test images of each class, in random order.
    """
    rng = np.random.default_rng(rng_seed)

    def part(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = rng.permutation(np.repeat(np.arange(classes, dtype=np.uint8), count))
        images = rng.integers(0, 80, (len(labels), *shape), dtype=np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[label :: classes + 1] += 170
        return images, labels

    train_images, train_labels = part(a_class)
    test_images, test_labels = part(a_class // 2)
    return Dataset(
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        class_names=tuple(str(index) for index in range(classes)),
    )


def write_dataset(dataset: Dataset, path: Path) -> Path:
    """Writes `dataset` to `path` as one of ten digits, of which it may lack some, and returns the path."""
    names = ("train_images", "train_labels", "test_images", "test_labels")
    arrays = {name: getattr(dataset, name) for name in names}
    write_arrays(path, arrays | {"class_names": np.array([*"0123456789"])})
    return path


def make_classifier(
    topology: Topology = TINY_NET,
    input_shape: tuple[int, int, int] = (8, 8, 1),
    class_names: tuple[str, ...] = CLASS_NAMES,
    rng_seed: int = 4,
    factor: float = 8.0,
) -> Classifier:
    """Returns a classifier with `factor` times fresh weights: so few units tell little apart with plain ones."""
    classifier = build_classifier(topology, input_shape, class_names, rng_seed)
    classifier.network.set_weights([factor * weights for weights in classifier.network.get_weights()])
    return classifier


def noise(shape: tuple[int, ...], rng_seed: int = 0) -> np.ndarray:
    """Returns uniform float32 noise in [0, 1)."""
    return np.random.default_rng(rng_seed).random(shape, np.float32)


def make_batch(
    cost: CostFunction,
    dataset: Dataset,
    label: int = 1,
    slots: int = 4,
    *,
    rng_seed: int = 0,
    method: MethodSettings | None = None,
    images: np.ndarray | None = None,
) -> LabelBatch:
    """Returns the batch of `label` as a run would start it from noise, or from `images`."""
    rng = slot_rng(rng_seed, label)
    if images is None:
        images = uniform_noise(rng, (slots, *dataset.input_shape))
    references = cost.record(dataset.training_images_of(label))
    return LabelBatch(label, images, references, cost, method or MethodSettings(), rng)


def evaluated(batch: LabelBatch, coefficients: CostCoefficients) -> Evaluation:
    """Returns the evaluation of the batch's present images."""
    return evaluate([batch], coefficients)[0]


def make_control(
    classifier: Classifier, coefficients: CostCoefficients | None = None, *, paused: bool = False, **settings: object
) -> RunControl:
    """Returns the control of a run with `settings` as its `DescentSettings`."""
    return RunControl.for_descent(
        coefficients or article_coefficients(classifier.recorded_layers),
        DescentSettings(**settings),  # type: ignore[arg-type]
        paused=paused,
    )
