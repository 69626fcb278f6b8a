from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
from float64_method import recorded_activations
from tiny import ARTICLE_IN_SMALL, CLASS_NAMES, TINY_NET, make_classifier, noise

from fooler_gui.core.settings import SettingError
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.fresh_weights import set_fresh_weights

layers = keras.layers


def stock_net(last: list[keras.layers.Layer]) -> keras.Model:
    """What a Keras user would write, with activations inside the layers."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
            layers.Dropout(0.5),
            *last,
        ]
    )


def test_the_articles_topology_has_the_articles_layers_and_weights() -> None:
    classifier = build_classifier(Topology(), (28, 28, 1), tuple("0123456789"), 0)
    assert classifier.parameters == 3_274_634
    assert classifier.recorded_layers == ("inputs", "conv0", "conv1", "fc")
    assert classifier.flat_layers == (False, False, False, True)
    assert classifier.description == "conv 32 · conv 64 · dense 1024"
    assert [pattern.shape for pattern in classifier.record(np.zeros((2, 28, 28, 1), np.float32))] == [
        (2, 784),
        (2, 14 * 14 * 32),
        (2, 7 * 7 * 64),
        (2, 1024),
    ]


def test_fresh_weights_are_truncated_normal_and_fresh_biases_a_tenth() -> None:
    classifier = build_classifier(Topology(), (28, 28, 1), tuple("0123456789"), 0)
    kernels = [layer.kernel.numpy() for layer in classifier.network.layers if hasattr(layer, "kernel")]
    biases = [layer.bias.numpy() for layer in classifier.network.layers if hasattr(layer, "bias")]
    assert len(kernels) == len(biases) == 4
    for kernel in kernels:
        assert np.abs(kernel).max() <= 0.2
        assert kernel.mean() == pytest.approx(0, abs=0.02)
        # A normal of 0.1 cut at two standard deviations has one of 0.088.
        assert kernel.std() == pytest.approx(0.088, rel=0.1)
    assert all((bias == np.float32(0.1)).all() for bias in biases)
    assert not np.array_equal(kernels[2].ravel()[:100], kernels[3].ravel()[:100])


def test_the_seed_decides_the_weights() -> None:
    one, same, other = (build_classifier(TINY_NET, (8, 8, 1), CLASS_NAMES, seed) for seed in (1, 1, 2))
    for weights, equal, different in zip(
        one.network.get_weights(), same.network.get_weights(), other.network.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weights, equal)
        assert weights.ndim == 1 or not np.array_equal(weights, different)


def test_set_fresh_weights_brings_back_the_weights_of_the_seed() -> None:
    classifier = make_classifier(factor=1.0, rng_seed=3)
    fresh = classifier.network.get_weights()
    classifier.network.set_weights([weights + 1 for weights in fresh])
    set_fresh_weights(classifier, 3)
    for weights, expected in zip(classifier.network.get_weights(), fresh, strict=True):
        np.testing.assert_array_equal(weights, expected)


def test_recorded_activations_and_probabilities_agree_with_a_forward_pass_in_float64(
    article_in_small: Classifier,
) -> None:
    images = noise((4, 12, 12, 1))
    expected, probabilities = recorded_activations(article_in_small, ARTICLE_IN_SMALL, images)
    for pattern, right in zip(article_in_small.record(images), expected, strict=True):
        np.testing.assert_allclose(pattern, right, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(article_in_small.probabilities(images), probabilities, rtol=1e-4, atol=1e-6)


def test_the_dense_layer_is_recorded_before_its_relu(article_in_small: Classifier) -> None:
    assert min(pattern.min() for pattern in article_in_small.record(noise((9, 12, 12, 1)))[3:]) < 0


def test_probabilities_are_worked_through_in_chunks(classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    images = noise((7, 8, 8, 1))
    at_once = classifier.probabilities(images)
    monkeypatch.setattr("fooler_gui.engine.nets.classifier._MAXIMUM_CHUNK", 3)
    np.testing.assert_allclose(classifier.probabilities(images), at_once, rtol=1e-5)
    np.testing.assert_allclose(at_once.sum(axis=1), 1, rtol=1e-5)


def test_the_chunk_shrinks_so_that_its_activations_stay_within_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    large = make_classifier(Topology(convolutions=(Convolution(filters=64),), dense=()), (224, 224, 3))
    assert 1 <= large.chunk <= 2**28 // (4 * 224 * 224 * 64)
    assert build_classifier(Topology(), (28, 28, 1), tuple("0123456789"), 0).chunk == 250
    small, images = make_classifier(), noise((7, 8, 8, 1))
    patterns, probabilities = small.record(images), small.probabilities(images)
    monkeypatch.setattr("fooler_gui.engine.nets.classifier._MAXIMUM_CHUNK_BYTES", 1)
    assert small.chunk == 1
    np.testing.assert_allclose(small.probabilities(images), probabilities, rtol=1e-5)
    for alone, together in zip(small.record(images), patterns, strict=True):
        np.testing.assert_allclose(alone, together, rtol=1e-5, atol=1e-6)


def test_no_images_have_no_probabilities(classifier: Classifier) -> None:
    assert classifier.probabilities(noise((0, 8, 8, 1))).shape == (0, 3)


def test_a_copy_computes_the_same_and_has_weights_of_its_own(classifier: Classifier) -> None:
    images = noise((3, 8, 8, 1))
    before = classifier.probabilities(images)
    copy = classifier.copy()
    np.testing.assert_array_equal(copy.probabilities(images), before)
    copy.network.set_weights([0 * weights for weights in copy.network.get_weights()])
    np.testing.assert_array_equal(classifier.probabilities(images), before)
    assert copy.class_names == classifier.class_names
    assert copy.recorded_layers == classifier.recorded_layers


def test_several_dense_layers_are_recorded_with_numbers() -> None:
    classifier = make_classifier(Topology(convolutions=(), dense=(4, 3)))
    assert classifier.recorded_layers == ("inputs", "fc0", "fc1")
    assert classifier.flat_layers == (False, True, True)
    assert classifier.description == "dense 4 · dense 3"


def test_a_classifier_without_hidden_layers_records_its_inputs() -> None:
    classifier = make_classifier(Topology(convolutions=(), dense=()))
    assert classifier.recorded_layers == ("inputs",)
    assert classifier.description == "softmax alone"


def test_a_kernel_that_does_not_fit_is_refused_with_a_sentence() -> None:
    topology = Topology(convolutions=(Convolution(), Convolution(kernel=(5, 5), padding="valid")))
    with pytest.raises(SettingError, match=r"conv1: the kernel must fit into its input of 4 × 4 units; received 5 × 5"):
        build_classifier(topology, (8, 8, 1), CLASS_NAMES, 0)


@pytest.mark.parametrize(
    "last",
    [
        [layers.Dense(3, activation="softmax")],
        [layers.Dense(3), layers.Softmax()],
        [layers.Dense(3), layers.Activation("softmax")],
    ],
    ids=["softmax within", "softmax layer", "activation layer"],
)
def test_layers_of_a_stock_keras_net_are_recorded_as_the_methods_terms_say(last: list[keras.layers.Layer]) -> None:
    network = stock_net(last)
    classifier = Classifier(network, CLASS_NAMES)
    assert classifier.recorded_layers == ("inputs", "conv0", "fc")
    assert classifier.flat_layers == (False, False, True)
    images = noise((5, 8, 8, 1))
    inputs, pooled, dense = classifier.record(images)
    np.testing.assert_array_equal(inputs, images.reshape(5, -1))
    convolution, pool, flatten, hidden, _, *_ = network.layers
    after_pool = pool(convolution(images))
    np.testing.assert_allclose(pooled, after_pool.numpy().reshape(5, -1), rtol=1e-5, atol=1e-6)
    before_relu = flatten(after_pool).numpy() @ hidden.kernel.numpy() + hidden.bias.numpy()
    assert before_relu.min() < 0
    np.testing.assert_allclose(dense, before_relu, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(classifier.probabilities(images), network(images).numpy(), rtol=1e-5)


def test_logits_of_a_softmax_within_a_dense_layer_stay_finite_where_probabilities_vanish() -> None:
    network = stock_net([layers.Dense(3, activation="softmax")])
    network.set_weights([100 * weights for weights in network.get_weights()])
    classifier = Classifier(network, CLASS_NAMES)
    _, logits, probabilities = classifier.activations(noise((20, 8, 8, 1)))
    assert probabilities.numpy().min() == 0
    assert np.isfinite(logits.numpy()).all()


def test_a_pool_belongs_to_the_convolution_before_it_and_a_convolution_without_one_stands_alone() -> None:
    network = keras.Sequential(
        [
            keras.Input((9, 7, 3)),
            layers.Conv2D(2, 3, activation="relu", name="first"),
            layers.Conv2D(4, 3, activation="relu", name="second"),
            layers.AveragePooling2D(2, name="pool"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    classifier = Classifier(network, CLASS_NAMES)
    assert classifier.recorded_layers == ("inputs", "conv0", "conv1")
    assert [len(pattern[0]) for pattern in classifier.record(noise((1, 9, 7, 3)))] == [189, 7 * 5 * 2, 2 * 1 * 4]
    assert classifier.input_shape == (9, 7, 3)


RELU = [layers.ReLU, layers.LeakyReLU, layers.ELU, lambda: layers.Activation("relu")]


@pytest.mark.parametrize("activation", RELU, ids=["relu", "leaky relu", "elu", "activation"])
@pytest.mark.parametrize("pool", [None, layers.MaxPooling2D], ids=["no pool", "pool"])
def test_a_convolution_is_recorded_after_all_that_belongs_to_it(
    activation: Callable[[], keras.layers.Layer], pool: Callable[[], keras.layers.Layer] | None
) -> None:
    first = [layers.Conv2D(2, 3), layers.BatchNormalization(), activation(), *([pool()] if pool else [])]
    second = [layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization()]
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            *first,
            layers.Dropout(0.5),
            *second,
            layers.GlobalAveragePooling2D(),
            layers.Dense(4),
            layers.ReLU(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    classifier = Classifier(network, CLASS_NAMES)
    assert classifier.recorded_layers == ("inputs", "conv0", "conv1", "fc")
    assert classifier.flat_layers == (False, False, False, True)
    images = noise((2, 8, 8, 1))
    expected = [images]
    for part in first:
        images = part(images)
    expected.append(images)
    expected.append(second[0](images))
    for pattern, right in zip(classifier.record(expected[0]), expected, strict=False):
        np.testing.assert_allclose(pattern, np.reshape(right, (2, -1)), rtol=1e-5, atol=1e-6)


def test_a_dense_layer_that_does_not_make_the_output_is_recorded_though_it_is_the_last_one() -> None:
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Reshape((4, 4, 1)),
            layers.Conv2D(3, 3),
            layers.GlobalAveragePooling2D(),
            layers.Softmax(),
        ]
    )
    classifier = Classifier(network, CLASS_NAMES)
    assert classifier.recorded_layers == ("inputs", "fc")
    assert classifier.description == "dense 16 · conv 3"
    _, dense = classifier.record(noise((2, 8, 8, 1)))
    assert dense.shape == (2, 16)
    assert dense.min() < 0


def test_fresh_weights_reach_the_layers_that_are_neither_convolution_nor_dense() -> None:
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3),
            layers.BatchNormalization(beta_initializer=keras.initializers.Constant(0.25)),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )
    classifier = Classifier(network, CLASS_NAMES)
    network.set_weights([weights + 7 for weights in network.get_weights()])
    set_fresh_weights(classifier, 0)
    gamma, beta, moving_mean, moving_variance = network.layers[1].get_weights()
    assert (gamma == 1).all()
    assert (beta == np.float32(0.25)).all()
    assert (moving_mean == 0).all()
    assert (moving_variance == 1).all()
    widest = (6 / (3 * 3 * 1 + 3 * 3 * 2)) ** 0.5  # Glorot's uniform weights, which Keras takes by itself
    assert 0.9 * widest < np.abs(network.layers[0].kernel.numpy()).max() <= widest
    assert (network.layers[0].bias.numpy() == 0).all()
