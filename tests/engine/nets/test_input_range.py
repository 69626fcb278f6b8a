from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
from tiny import CLASS_NAMES, noise

from fooler_gui.core.input_range import BYTES, CENTRED, INPUT_RANGES, STANDARDISED, UNIT
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.mending.training import Trainer, accuracy_on, examples_of
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier
from fooler_gui.engine.nets.input_range import Pixels, declared_range, doubt_of, looked_at, reading

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


@pytest.fixture(scope="module")
def pixels(dataset: Dataset) -> Pixels:
    return Pixels(dataset)


def made_for(trained: keras.Model, *first: keras.layers.Layer) -> Classifier:
    """Returns a classifier that reads images only if `first` makes of them what `trained` was trained on."""
    network = keras.Sequential(
        [keras.Input((8, 8, 1)), *first, layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    network.layers[-1].set_weights(trained.layers[-1].get_weights())
    return Classifier(network, CLASS_NAMES)


def undone(input_range: str, pixels: Pixels) -> keras.layers.Layer:
    """Returns the layer that makes pixels from 0 to 1 of those in `input_range`."""
    scale, offset = {
        BYTES: (1 / 255, 0.0),
        CENTRED: (0.5, 0.5),
        STANDARDISED: (1 / pixels.scale[0], -pixels.offset[0] / pixels.scale[0]),
    }[input_range]
    return layers.Rescaling(scale, offset)


def accuracy(classifier: Classifier, dataset: Dataset) -> float:
    share = accuracy_on(classifier, dataset.test_images, dataset.test_labels)
    assert share is not None
    return share


def doubt(classifier: Classifier, dataset: Dataset, pixels: Pixels, share: float | None = None) -> str:
    return doubt_of(classifier, UNIT, accuracy(classifier, dataset) if share is None else share, pixels)


def test_a_classifier_that_reads_pixels_from_0_to_1_stays_as_it_is(trained: keras.Model, pixels: Pixels) -> None:
    classifier = made_for(trained)
    assert reading(classifier, pixels) is classifier
    assert (classifier.input_range, classifier.adapted) == (UNIT, ())


@pytest.mark.parametrize("input_range", [BYTES, CENTRED, STANDARDISED])
def test_a_net_behind_its_range_gives_what_it_was_trained_to(
    input_range: str, trained: keras.Model, pixels: Pixels
) -> None:
    as_made = made_for(trained, undone(input_range, pixels))
    classifier = reading(as_made, pixels, input_range)
    np.testing.assert_allclose(
        classifier.probabilities(pixels.images[:9]), trained(pixels.images[:9]).numpy(), rtol=1e-3, atol=1e-5
    )
    assert classifier.input_range == input_range
    assert classifier.recorded_layers == as_made.recorded_layers
    np.testing.assert_allclose(classifier.record(pixels.images[:2])[0], pixels.images[:2].reshape(2, -1))


def test_what_is_read_best_is_told_with_the_shares(trained: keras.Model, pixels: Pixels) -> None:
    shifted = made_for(trained, layers.Rescaling(1 / 255))
    dense = shifted.network.layers[-1]
    dense.bias.assign(dense.bias + np.float32([0.5, 0, 0]))
    classifier = reading(shifted, pixels)
    assert classifier.input_range == BYTES
    assert classifier.adapted == (
        "It gets pixels from 0 to 255: it reads 100.0 % of 48 training images right with them, and 33.3 % with pixels "
        "from 0 to 1.",
    )


def test_a_range_that_was_asked_for_is_taken(trained: keras.Model, pixels: Pixels) -> None:
    classifier = reading(made_for(trained), pixels, CENTRED)
    images = noise((3, 8, 8, 1))
    np.testing.assert_allclose(classifier.probabilities(images), trained(2 * images - 1).numpy(), rtol=1e-4)
    assert classifier.adapted == ("It gets pixels from -1 to 1, as was asked for.",)
    assert classifier.copy().input_range == CENTRED


def test_what_was_adapted_is_saved_as_a_net_for_pixels_from_0_to_1(
    trained: keras.Model, pixels: Pixels, tmp_path
) -> None:
    classifier = reading(made_for(trained), pixels, STANDARDISED)
    save_classifier(classifier, tmp_path / "net.keras", 0.5)
    images = noise((3, 8, 8, 1))
    expected = classifier.probabilities(images)
    loaded, _ = load_classifier(tmp_path / "net.keras")
    np.testing.assert_allclose(loaded.probabilities(images), expected, rtol=1e-5)
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "net.keras")(images).numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ([], UNIT),
        ([layers.Rescaling(1 / 255)], BYTES),
        ([layers.RandomFlip(), layers.Resizing(9, 9), layers.Rescaling(1 / 127.5, -1)], BYTES),
        ([layers.Rescaling(255.0), layers.Rescaling(1 / 255)], UNIT),
        ([layers.Rescaling(2.0, -1.0)], UNIT),
        ([layers.Normalization(mean=33.0, variance=6_000.0)], BYTES),
        ([layers.Normalization(mean=0.13, variance=0.1)], UNIT),
        ([layers.Conv2D(1, 3), layers.Rescaling(1 / 255)], UNIT),
        ([layers.Conv2D(2, 3), layers.DepthwiseConv2D(3, name="expanded_conv_depthwise")], CENTRED),
        ([layers.Conv2D(2, 3), layers.DepthwiseConv2D(3, name="conv_dw_1")], CENTRED),
        ([layers.Rescaling(1 / 127.5, -1), layers.DepthwiseConv2D(3, name="conv_dw_1")], BYTES),
        ([layers.Rescaling(2.0, -1.0), layers.DepthwiseConv2D(3, name="conv_dw_1")], UNIT),
    ],
)
def test_the_first_layers_tell_a_range(first: list[keras.layers.Layer], expected: str) -> None:
    network = keras.Sequential([keras.Input((8, 8, 1)), *first, layers.Flatten(), layers.Dense(3)])
    assert declared_range(network) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda images: images / 255, BYTES),
        (lambda images: images / 127.5 - 1, BYTES),
        (lambda images: images * 2 - 1, UNIT),
        (lambda images: 255 - images, UNIT),
    ],
)
def test_arithmetic_in_the_graph_tells_a_range(change: Callable[[object], object], expected: str) -> None:
    images = keras.Input((8, 8, 1))
    network = keras.Model(images, layers.Dense(3)(layers.Flatten()(change(images))))
    assert declared_range(network) == expected


def test_a_net_that_reads_nothing_gets_what_its_first_layers_tell(dataset: Dataset, pixels: Pixels) -> None:
    network = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(3, activation="softmax")]
    )
    network.set_weights([np.zeros_like(weights) for weights in network.get_weights()])
    classifier = reading(Classifier(network, CLASS_NAMES), pixels)
    assert classifier.adapted == ("It gets pixels from 0 to 255, as its first layers tell.",)


def test_nothing_speaks_against_a_classifier_that_reads_the_images(
    trained: keras.Model, dataset: Dataset, pixels: Pixels
) -> None:
    assert doubt(made_for(trained), dataset, pixels) == ""


def test_where_training_images_alone_are_read_well_no_other_pixels_are_told(
    trained: keras.Model, dataset: Dataset, pixels: Pixels
) -> None:
    sentence = doubt(made_for(trained), dataset, pixels, 1 / 3)
    assert sentence.endswith("It gets pixels from 0 to 1; it may have been made for others, or never been trained.")


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (lambda: layers.Rescaling(1 / 255), "pixels from 0 to 255"),
        (lambda: layers.Rescaling(-1.0, 1.0), "light and dark swapped"),
        (lambda: layers.Rescaling(-1 / 255, 1.0), "pixels from 0 to 255 and light and dark swapped"),
    ],
)
def test_the_pixels_that_a_classifier_was_made_for_are_found_and_told(
    trained: keras.Model, dataset: Dataset, pixels: Pixels, first: Callable[[], keras.layers.Layer], words: str
) -> None:
    classifier = made_for(trained, first())
    sentence = doubt(classifier, dataset, pixels, min(accuracy(classifier, dataset), 1 / 3))
    assert sentence.startswith("The classifier gets ")
    assert "of the test images right, little better than guessing." in sentence
    assert f"with {words} it would be right on 100.0 %." in sentence


def test_a_classifier_that_reads_nothing_however_it_is_shown_is_told(dataset: Dataset, pixels: Pixels) -> None:
    network = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3, activation="softmax")])
    network.set_weights([np.zeros_like(weights) for weights in network.get_weights()])
    assert doubt(Classifier(network, CLASS_NAMES), dataset, pixels) == (
        "The classifier gets 33.3 % of the test images right, little better than guessing. It gets pixels from 0 "
        "to 1; it may have been made for others, or never been trained."
    )


@pytest.mark.parametrize(("share", "is_doubted"), [(0.3, True), (0.46, True), (0.47, False), (0.9, False)])
def test_hardly_more_than_guessing_is_a_fifth_of_the_way_to_all(
    trained: keras.Model, dataset: Dataset, pixels: Pixels, share: float, is_doubted: bool
) -> None:
    assert bool(doubt(made_for(trained), dataset, pixels, share)) is is_doubted


def test_every_range_has_words() -> None:
    assert list(INPUT_RANGES) == [UNIT, BYTES, CENTRED, STANDARDISED]


def test_fewer_images_are_looked_at_where_each_takes_long(trained: keras.Model, dataset: Dataset) -> None:
    classifier = made_for(trained)
    assert looked_at(classifier) == 1_000
    classifier.bytes_an_image = 2**25
    assert looked_at(classifier) == 256
    classifier.bytes_an_image = 2**30
    assert looked_at(classifier) == 100
    assert len(Pixels(dataset, 9).images) == 9
