from __future__ import annotations

import keras
import numpy as np
import pytest
from tiny import CLASS_NAMES

from fooler_gui.core.messages import Remark
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.mending.training import IdleTraining, Trainer, examples_of
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.fresh_weights import set_fresh_weights
from fooler_gui.engine.nets.trained_layers import NotTrainable, check_trainable, frozen_layers, frozen_remark

layers = keras.layers


def net(dtype: str | None = None) -> Classifier:
    keras.utils.set_random_seed(2)
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(2, 3, name="conv", dtype=dtype),
            layers.BatchNormalization(name="norm", dtype=dtype),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", name="out", dtype=dtype),
        ]
    )
    return Classifier(network, CLASS_NAMES)


def frozen(*names: str) -> Classifier:
    classifier = net()
    for name in names:
        classifier.network.get_layer(name).trainable = False
    return classifier.copy()


def train(classifier: Classifier, dataset: Dataset) -> None:
    training = Trainer(classifier).train(
        examples_of(dataset, 0), (dataset.train_images[:0], dataset.train_labels[:0]), RunControl(),
        steps=5, batch_size=8, learning_rate=0.01, rng_seed=0,
    )  # fmt: skip
    list(training)


def weights_by_layer(classifier: Classifier) -> dict[str, list[np.ndarray]]:
    return {layer.name: layer.get_weights() for layer in classifier.network.layers if layer.weights}


def changed(before: dict[str, list[np.ndarray]], after: dict[str, list[np.ndarray]]) -> dict[str, list[bool]]:
    return {
        name: [not np.array_equal(one, other) for one, other in zip(before[name], after[name], strict=True)]
        for name in before
    }


def test_frozen_layers_stay_as_they_are_and_the_others_are_trained(dataset: Dataset) -> None:
    classifier = frozen("conv", "norm")
    before = weights_by_layer(classifier)
    train(classifier, dataset)
    assert changed(before, weights_by_layer(classifier)) == {
        "conv": [False] * 2,
        "norm": [False] * 4,
        "out": [True] * 2,
    }


def test_frozen_layers_keep_their_weights_in_a_start_anew() -> None:
    classifier = frozen("conv")
    classifier.network.set_weights([weights + 7 for weights in classifier.network.get_weights()])
    before = weights_by_layer(classifier)
    set_fresh_weights(classifier, 3)
    found = changed(before, weights_by_layer(classifier))
    assert (found["conv"], found["out"]) == ([False, False], [True, True])


def test_which_layers_are_frozen_is_told() -> None:
    assert frozen_layers(frozen("conv", "norm").network) == ("conv", "norm")
    assert list(frozen_remark(frozen("conv", "norm"))) == [
        Remark(sentence="Frozen layers stay unchanged in training: conv, norm.")
    ]
    assert list(frozen_remark(net())) == []


def test_a_classifier_that_is_frozen_as_a_whole_is_refused() -> None:
    classifier = net()
    classifier.network.trainable = False
    for refused in (classifier, classifier.copy(), frozen("conv", "norm", "out")):
        with pytest.raises(NotTrainable, match=r"at least one trainable layer; .* \(conv, norm, out\)\."):
            Trainer(refused)


def test_adapters_are_refused() -> None:
    classifier = net()
    classifier.network.get_layer("out").enable_lora(2)
    with pytest.raises(NotTrainable, match=r"must have no adapters \(LoRA\).*; out have some\."):
        check_trainable(classifier)


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_weights_of_half_precision_are_refused(precision: str) -> None:
    with pytest.raises(NotTrainable, match=r"float32 or float64.*conv/kernel and others are in half precision\."):
        check_trainable(net(precision))


def test_weights_that_only_compute_in_half_precision_are_trained(dataset: Dataset) -> None:
    classifier = net("mixed_float16")
    before = weights_by_layer(classifier)
    train(classifier, dataset)
    assert any(changed(before, weights_by_layer(classifier))["out"])


def test_a_training_that_changes_nothing_says_so(dataset: Dataset) -> None:
    classifier = frozen("norm", "out")
    network = classifier.network
    network.get_layer("out").set_weights([np.zeros_like(part) for part in network.get_layer("out").get_weights()])
    with pytest.raises(IdleTraining, match=r"No weight has changed in 5 steps.*has none\."):
        train(classifier, dataset)
