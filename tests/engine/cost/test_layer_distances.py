"""Tests of how far training images of a class are from each other in recorded layers."""

from __future__ import annotations

import dataclasses
from itertools import chain, combinations

import keras
import numpy as np
import pytest
from tiny import make_classifier, make_dataset

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.coefficient_presets import ARTICLE_DISTANCES, usual_coefficients
from fooler_gui.core.settings import article_coefficients
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.loading import load_dataset
from fooler_gui.engine.cost.layer_distances import layer_distances, with_distances
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import describe_unsaved, load_classifier
from fooler_gui.resources import bundled_classifier, resource


def dataset_of(*images: tuple[int, float]) -> Dataset:
    """Returns a dataset of 8 × 8 images, each of one grey value, given as (label, grey of 255)."""
    labels = np.array([label for label, _ in images], np.uint8)
    greys = np.array([grey for _, grey in images], np.uint8)
    pixels = np.broadcast_to(greys[:, None, None, None], (len(images), 8, 8, 1)).copy()
    return dataclasses.replace(make_dataset(), train_images=pixels, train_labels=labels)


def described(classifier: Classifier) -> ClassifierInfo:
    return describe_unsaved(classifier, 0.5)


@pytest.fixture
def as_mnist(monkeypatch: pytest.MonkeyPatch, dataset: Dataset) -> Dataset:
    monkeypatch.setattr("fooler_gui.core.published.MNIST_SHA256", dataset.sha256)
    return dataset


def test_pixels_of_a_class_are_as_far_apart_as_by_hand(classifier: Classifier) -> None:
    # Class 0: pairs .2, .4, .2 apart, so (.04 + .16 + .04) / 3; class 1: one pair .6 apart; class 2 has no pair.
    dataset = dataset_of((0, 0), (1, 0), (0, 51), (2, 9), (1, 153), (0, 102))
    assert layer_distances(classifier, dataset)[0] == pytest.approx((0.08 + 0.36) / 2, rel=1e-6)


def test_distances_are_the_mean_over_all_pairs_of_a_class_in_each_layer(classifier: Classifier) -> None:
    dataset = make_dataset(a_class=5)
    expected = []
    for pattern in classifier.record(to_float(dataset.train_images)):
        pairs = [combinations(pattern[dataset.train_labels == label], 2) for label in range(3)]
        expected.append(np.mean([((one - other) ** 2).mean() for one, other in chain.from_iterable(pairs)]))
    assert layer_distances(classifier, dataset) == pytest.approx(expected, rel=1e-4)


def test_many_images_and_classes_are_sampled_in_the_same_way_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    classifier, dataset = make_classifier(class_names=tuple(map(str, range(12)))), make_dataset(classes=12)
    seen = []
    record = classifier.record
    monkeypatch.setattr(classifier, "record", lambda images: seen.append(images) or record(images))
    assert layer_distances(classifier, dataset) == layer_distances(classifier, dataset)
    assert [len(images) for images in seen] == [10] * 20


def test_without_two_training_images_of_a_class_there_are_no_distances(classifier: Classifier) -> None:
    none = dataclasses.replace(
        make_dataset(), train_images=np.empty((0, 8, 8, 1), np.uint8), train_labels=np.empty(0, np.uint8)
    )
    assert layer_distances(classifier, none) == ()
    assert layer_distances(classifier, dataset_of((0, 3), (1, 4), (2, 5))) == ()
    told = with_distances(described(classifier), classifier, none)
    assert (told.fits_article, told.layer_distances) == (False, ())


def test_the_articles_own_distances_are_those_of_the_bundled_classifier_and_mnist() -> None:
    classifier, dataset = load_classifier(bundled_classifier())[0], load_dataset(resource("mnist.npz"))
    distances = layer_distances(classifier, dataset)
    assert distances == pytest.approx(ARTICLE_DISTANCES, rel=1e-4)
    assert usual_coefficients(classifier.recorded_layers, distances) == article_coefficients(classifier.recorded_layers)
    assert with_distances(described(classifier), classifier, dataset) == described(classifier)


def test_the_articles_coefficients_fit_a_plain_net_for_mnist(classifier: Classifier, as_mnist: Dataset) -> None:
    assert with_distances(described(classifier), classifier, as_mnist).fits_article


def test_on_another_dataset_distances_are_measured(classifier: Classifier, dataset: Dataset) -> None:
    told = with_distances(described(classifier), classifier, dataset)
    assert (told.fits_article, told.layer_distances) == (False, layer_distances(classifier, dataset))


def sequence(*layers: keras.layers.Layer) -> Classifier:
    return Classifier(keras.Sequential([keras.Input((8, 8, 1)), *layers]), ("0", "1", "2"))


def residual() -> Classifier:
    images = keras.Input((8, 8, 1))
    added = keras.layers.Add()([keras.layers.Conv2D(1, 3, padding="same")(images), images])
    return Classifier(
        keras.Model(images, keras.layers.Dense(3, "softmax")(keras.layers.Flatten()(added))), ("0", "1", "2")
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: sequence(keras.layers.Rescaling(255), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")),
        residual,
        lambda: Classifier(make_classifier().network, ("0", "1", "2"), adapted=("A softmax was put behind it.",)),
    ],
    ids=["a scaling in front", "a residual sum", "an adapted net"],
)
def test_the_articles_coefficients_do_not_fit_a_net_of_another_kind(make, as_mnist: Dataset) -> None:
    classifier = make()
    assert not with_distances(described(classifier), classifier, as_mnist).fits_article


def test_a_scaling_in_front_enlarges_distances_by_its_square(dataset: Dataset) -> None:
    last = [keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    plain = sequence(*last)
    scaled = sequence(keras.layers.Rescaling(255), *(type(layer).from_config(layer.get_config()) for layer in last))
    scaled.network.set_weights(plain.network.get_weights())
    ratio = layer_distances(scaled, dataset)[1] / layer_distances(plain, dataset)[1]
    assert ratio == pytest.approx(255**2, rel=1e-4)
