from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import pytest
from tiny import CLASS_NAMES

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import RetrainingSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.mending.retraining import retrain
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier
from fooler_gui.engine.nets.seeded_layers import seed_layers

layers = keras.layers
RANDOM_LAYERS = (
    layers.Dropout(0.5),
    layers.SpatialDropout2D(0.5),
    layers.GaussianNoise(0.5),
    layers.GaussianDropout(0.5),
    layers.AlphaDropout(0.5),
    layers.RandomFlip(),
    layers.RandomRotation(0.2),
    layers.RandomTranslation(0.2, 0.2),
)


def with_layers(*random: keras.layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((8, 8, 1)), *random, layers.Flatten(), layers.Dense(3, activation="softmax")])


def dropping(seed: int | None = None) -> Classifier:
    keras.utils.set_random_seed(1)
    network = with_layers(
        layers.Dropout(0.3, seed=seed), layers.Conv2D(2, 3, activation="relu"), layers.Dropout(0.5, seed=seed)
    )
    return Classifier(network, CLASS_NAMES)


def retrained(classifier: Classifier, dataset: Dataset, *, rng_seed: int = 3) -> list[np.ndarray]:
    """Returns the weights of a copy of `classifier` after a few steps."""
    settings = RetrainingSettings(steps=6, batch_size=8, noise=4, blanks=2, learning_rate=0.01, rng_seed=rng_seed)
    copy = classifier.copy()
    list(retrain(copy, dataset, np.full((2, 8, 8, 1), 0.5, np.float32), settings, 4, RunControl()))
    weights: list[np.ndarray] = copy.network.get_weights()
    return weights


def same(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> bool:
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))


def test_dropout_without_a_seed_of_its_own_trains_to_the_same_weights(dataset: Dataset) -> None:
    once, again = retrained(dropping(), dataset), retrained(dropping(), dataset)
    assert same(once, again)
    assert not same(once, retrained(dropping(), dataset, rng_seed=4))


def test_dropout_trains_alike_from_memory_and_from_a_file(dataset: Dataset, tmp_path) -> None:
    classifier = dropping()
    expected = retrained(classifier, dataset)
    save_classifier(classifier, tmp_path / "net.keras")
    assert same(retrained(load_classifier(tmp_path / "net.keras")[0], dataset), expected)
    assert same(retrained(classifier, dataset), expected)


def test_a_seed_of_its_own_is_kept() -> None:
    network = dropping(seed=7).network
    for rng_seed in (0, 1):
        seed_layers(network, rng_seed)
        assert [layer.seed_generator.state.numpy().tolist() for layer in network.layers[::2][:2]] == [[7, 0], [7, 0]]


@pytest.mark.parametrize("layer", RANDOM_LAYERS, ids=lambda layer: type(layer).__name__)
def test_every_layer_that_draws_draws_the_same_from_the_same_seed(layer: keras.layers.Layer) -> None:
    network = with_layers(layer)
    images = np.random.default_rng(0).random((4, 8, 8, 1), np.float32)
    drawn = []
    for rng_seed in (5, 5, 6):
        seed_layers(network, rng_seed)
        drawn.append([layer(images, training=True).numpy() for _ in range(2)])
    assert same(drawn[0], drawn[1])
    assert not same(drawn[0], drawn[2])
    assert not np.array_equal(*drawn[0])


def test_two_layers_draw_each_their_own() -> None:
    network = dropping().network
    seed_layers(network, 5)
    one, other = (layer.seed_generator.state.numpy() for layer in network.layers if isinstance(layer, layers.Dropout))
    assert one[0] != other[0]
