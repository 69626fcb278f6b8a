"""Classifiers with batch normalisation and dropout: built, trained, written, opened and descended on."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from tiny import CLASS_NAMES, make_batch, make_control, make_dataset, noise

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import ARTICLE, HE, MethodSettings, SettingError, article_coefficients
from fooler_gui.core.topology import Convolution, Dense, Topology
from fooler_gui.core.topology_size import TopologySize, size_of
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.mending import training_memory
from fooler_gui.engine.mending.training import Trainer, examples_of
from fooler_gui.engine.mending.training_memory import check_memory
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier
from fooler_gui.engine.nets.fresh_weights import set_fresh_weights
from fooler_gui.engine.nets.none_class import with_none_class

layers = keras.layers
SHAPE = (8, 8, 3)
NORMALISED = Topology(
    convolutions=(
        Convolution(kernel=(3, 3), filters=4, batch_norm=True, dropout=0.25),
        Convolution(kernel=(3, 3), filters=5, pool=1, batch_norm=True),
        Convolution(kernel=(3, 3), filters=3, padding="valid"),
    ),
    dense=(Dense(units=6, batch_norm=True, dropout=0.5),),
)


@pytest.fixture(scope="module")
def colours() -> Dataset:
    return make_dataset(SHAPE)


def built(topology: Topology = NORMALISED, rng_seed: int = 1) -> Classifier:
    return build_classifier(topology, SHAPE, CLASS_NAMES, rng_seed, HE)


def trained(colours: Dataset) -> Classifier:
    classifier = built()
    training = Trainer(classifier).train(
        examples_of(colours, 0), (colours.test_images, colours.test_labels), RunControl(),
        steps=40, batch_size=16, learning_rate=0.01, rng_seed=3,
    )  # fmt: skip
    list(training)
    return classifier


def moving_statistics(classifier: Classifier) -> list[np.ndarray]:
    return [
        weights.numpy()
        for layer in classifier.network.layers
        if isinstance(layer, layers.BatchNormalization)
        for weights in (layer.moving_mean, layer.moving_variance)
    ]


def are_same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(*pair) for pair in zip(one, other, strict=True))


@pytest.mark.parametrize("topology", [NORMALISED, Topology(convolutions=(), dense=()), Topology(maps="average")])
def test_it_has_the_weights_and_multiplications_that_its_topology_was_said_to_make(topology: Topology) -> None:
    classifier = built(topology)
    size = size_of(topology, SHAPE, len(CLASS_NAMES))
    assert (classifier.parameters, classifier.operations) == (size.parameters, size.operations)
    assert classifier.recorded_layers == topology.recorded_layers


def test_a_convolution_is_recorded_after_its_pool_and_a_dense_layer_before_its_normalisation() -> None:
    classifier, images = built(), noise((2, *SHAPE))
    conv0, fc = classifier.record(images)[1], classifier.record(images)[-1]
    upto = {name: keras.Model(classifier.network.input, classifier.network.get_layer(name).output) for name in
            ("conv0", "fc")}  # fmt: skip
    assert isinstance(classifier.network.get_layer("conv0"), layers.MaxPooling2D)
    np.testing.assert_allclose(conv0, np.reshape(upto["conv0"](images), (2, -1)), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fc, upto["fc"](images), rtol=1e-5, atol=1e-6)


def test_a_normalised_layer_has_no_biases_and_the_article_s_nets_keep_theirs() -> None:
    network = built().network
    assert [network.get_layer(name).use_bias for name in ("conv0_filters", "conv1_filters", "conv2_filters", "fc")] == [
        False, False, True, False,
    ]  # fmt: skip


def test_training_changes_the_moving_statistics_and_looking_does_not(colours: Dataset) -> None:
    fresh = moving_statistics(built())
    classifier = trained(colours)
    after = moving_statistics(classifier)
    assert not any(np.array_equal(*pair) for pair in zip(fresh, after, strict=True))
    classifier.probabilities(noise((20, *SHAPE)))
    classifier.record(noise((20, *SHAPE)))
    classifier.label_gradient(noise((2, *SHAPE)), np.array([0, 1]))
    assert are_same(after, moving_statistics(classifier))


def test_the_same_seed_trains_the_same_bits(colours: Dataset) -> None:
    assert are_same(trained(colours).network.get_weights(), trained(colours).network.get_weights())


def test_a_descent_has_the_same_bits_each_time(colours: Dataset) -> None:
    classifier = trained(colours)
    coefficients = article_coefficients(classifier.recorded_layers)

    def images() -> list[np.ndarray]:
        batch = make_batch(CostFunction(classifier, MethodSettings()), colours)
        control = make_control(classifier, coefficients, max_steps=12)
        return [save.images for save in descend([batch], control) if hasattr(save, "images")]

    one, other = images(), images()
    assert len(one) >= 12
    assert are_same(one, other)


def test_a_file_keeps_normalisation_dropout_and_how_weights_began(colours: Dataset, tmp_path: Path) -> None:
    classifier, images = trained(colours), noise((5, *SHAPE))
    save_classifier(classifier, tmp_path / "own.keras")
    opened, _ = load_classifier(tmp_path / "own.keras")
    assert opened.recorded_layers == classifier.recorded_layers
    np.testing.assert_array_equal(opened.probabilities(images), classifier.probabilities(images))
    assert [layer.rate for layer in opened.network.layers if isinstance(layer, layers.Dropout)] == [0.25, 0.5]
    set_fresh_weights(opened, 1)
    assert are_same(opened.network.get_weights(), built(rng_seed=1).network.get_weights())


def test_a_class_none_is_added_to_a_normalised_net_too(colours: Dataset) -> None:
    classifier, images = trained(colours), noise((3, *SHAPE))
    wider = with_none_class(classifier)
    np.testing.assert_array_equal(wider.logits(images)[:, :3], classifier.logits(images))


@pytest.mark.parametrize(("name", "inputs"), [("fc", 2_592), ("conv0_filters", 75)])
def test_he_s_weights_have_a_deviation_that_falls_with_the_inputs(name: str, inputs: int) -> None:
    topology = Topology(convolutions=(Convolution(filters=32),), dense=(64,))
    classifier = build_classifier(topology, (18, 18, 3), CLASS_NAMES, 0, HE)
    kernel = classifier.network.get_layer(name).kernel.numpy()
    assert kernel.size == inputs * kernel.shape[-1]
    assert kernel.std() == pytest.approx((2 / inputs) ** 0.5, rel=0.05)


def test_a_net_built_for_the_article_s_weights_gets_them_again_from_its_file(tmp_path: Path) -> None:
    topology = Topology(convolutions=(), dense=(4,))
    fresh = build_classifier(topology, SHAPE, CLASS_NAMES, 5, ARTICLE)
    save_classifier(fresh, tmp_path / "own.keras")
    opened, _ = load_classifier(tmp_path / "own.keras")
    opened.network.set_weights([weights + 1 for weights in opened.network.get_weights()])
    set_fresh_weights(opened, 5)
    assert are_same(opened.network.get_weights(), fresh.network.get_weights())


def several_kinds() -> Classifier:
    """Nested, shared, recurrent, attending and adapted layers, one frozen."""
    images = keras.Input((6, 6, 3))
    scale = layers.Normalization(axis=-1, name="scale")
    inner = keras.Sequential(
        [keras.Input((6, 6, 3)), layers.SeparableConv2D(4, 3, padding="same"), layers.Dense(4, name="frozen")],
        name="in",
    )
    inner.get_layer("frozen").trainable = False
    shared = layers.Conv2D(4, 1, name="shared")
    signal = shared(shared(inner(scale(images))))
    signal = layers.Reshape((36, 4))(signal)
    signal = layers.MultiHeadAttention(2, 3, name="attention")(signal, signal)
    signal = layers.Bidirectional(layers.LSTM(3), name="both")(signal)
    scale.adapt(noise((20, 6, 6, 3)))
    return Classifier(keras.Model(images, layers.Dense(3, activation="softmax")(signal)), CLASS_NAMES)


def test_fresh_weights_of_any_layers_are_theirs_by_seed_and_frozen_and_adapted_ones_stay() -> None:
    keras.utils.set_random_seed(1)
    classifier = several_kinds()
    network = classifier.network
    kept = [*network.get_layer("scale").get_weights(), *network.get_layer("in").get_layer("frozen").get_weights()]
    found = []
    for seed in (4, 4, 5):
        set_fresh_weights(classifier, seed)
        found.append(network.get_weights())
    now = [*network.get_layer("scale").get_weights(), *network.get_layer("in").get_layer("frozen").get_weights()]
    assert are_same(kept, now)
    assert are_same(found[0], found[1])
    kernels = [variable.path for variable in network.trainable_variables if "kernel" in variable.path]
    assert len(kernels) == 12
    changed = [not np.array_equal(*pair) for pair in zip(found[0], found[2], strict=True)]
    assert sum(changed) == len(kernels)


def test_a_training_that_needs_most_of_the_memory_is_refused_and_a_large_one_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training_memory, "memory_bytes", lambda: 8 * 10**9)
    small, large = (
        TopologySize(parameters=weights, operations=weights, units=units)
        for weights, units in ((10**6, 10**5), (15 * 10**7, 10**6))
    )
    assert list(check_memory(small, 50)) == []
    (remark,) = check_memory(large, 50)
    assert remark.sentence == "These layers have 150,000,000 weights; their training needs about 3.0 GB of memory."
    with pytest.raises(SettingError, match=r"at most half of the memory, 4\.0 GB; .* about 4\.8 GB for batches of 200"):
        list(check_memory(large, 200))
    with pytest.raises(SettingError, match=r"at most 1\.1 GB; these layers have 300,000,000 weights, 1\.2"):
        list(check_memory(TopologySize(parameters=3 * 10**8, operations=1, units=1), 1))
