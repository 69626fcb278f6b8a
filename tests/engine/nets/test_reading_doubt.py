from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
from tiny import CLASS_NAMES

from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.mending.training import Trainer, accuracy_on, examples_of
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.reading_doubt import doubt_of

layers = keras.layers


@pytest.fixture(scope="module")
def trained(dataset: Dataset) -> keras.Model:
    """A net that reads the images, shown as the program shows them."""
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    training = Trainer(Classifier(network, CLASS_NAMES)).train(
        examples_of(dataset, 0), (dataset.train_images[:0], dataset.train_labels[:0]), RunControl(),
        steps=60, batch_size=16, learning_rate=0.02, rng_seed=0,
    )  # fmt: skip
    list(training)
    return network


def made_for(trained: keras.Model, *first: keras.layers.Layer) -> Classifier:
    """Returns a classifier that reads images only if `first` makes of them what `trained` was trained on."""
    network = keras.Sequential(
        [keras.Input((8, 8, 1)), *first, layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    network.layers[-1].set_weights(trained.layers[-1].get_weights())
    return Classifier(network, CLASS_NAMES)


def doubt(classifier: Classifier, dataset: Dataset) -> str:
    accuracy = accuracy_on(classifier, dataset.test_images, dataset.test_labels)
    assert accuracy is not None
    return doubt_of(classifier, accuracy, dataset)


def test_nothing_speaks_against_a_classifier_that_reads_the_images(trained: keras.Model, dataset: Dataset) -> None:
    assert doubt(made_for(trained), dataset) == ""


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (lambda: layers.Rescaling(1 / 255), "pixels from 0 to 255"),
        (lambda: layers.Rescaling(-1.0, 1.0), "light and dark swapped"),
        (lambda: layers.Rescaling(-1 / 255, 1.0), "dark on light from 0 to 255"),
    ],
)
def test_the_pixels_that_a_classifier_was_made_for_are_found_and_told(
    trained: keras.Model, dataset: Dataset, first: Callable[[], keras.layers.Layer], words: str
) -> None:
    classifier = made_for(trained, first())
    accuracy = accuracy_on(classifier, dataset.test_images, dataset.test_labels)
    assert accuracy is not None
    sentence = doubt_of(classifier, min(accuracy, 1 / 3), dataset)
    assert sentence.startswith("The classifier gets ")
    assert "of the test images right, little better than guessing." in sentence
    assert f"with {words} it would be right on 100.0 %." in sentence


def test_a_classifier_that_reads_nothing_however_it_is_shown_is_told(dataset: Dataset) -> None:
    network = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    network.set_weights([np.zeros_like(weights) for weights in network.get_weights()])
    assert doubt(Classifier(network, CLASS_NAMES), dataset) == (
        "The classifier gets 33.3 % of the test images right, little better than guessing. It gets pixels from 0 "
        "to 1; it may have been made for others, or never been trained."
    )


@pytest.mark.parametrize(("accuracy", "is_doubted"), [(0.3, True), (0.46, True), (0.47, False), (0.9, False)])
def test_hardly_more_than_guessing_is_a_fifth_of_the_way_to_all(
    trained: keras.Model, dataset: Dataset, accuracy: float, is_doubted: bool
) -> None:
    assert bool(doubt_of(made_for(trained), accuracy, dataset)) is is_doubted
