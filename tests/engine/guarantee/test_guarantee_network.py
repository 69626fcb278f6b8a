from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from nets.classifier_files import layer_called, with_configuration
from scipy.special import expit
from toys import CLASSES, as_images, toy_classifier, toy_densities

from fooler_gui.engine.guarantee.densities import GuaranteeError
from fooler_gui.engine.guarantee.network import densities_of, with_guarantee
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier
from fooler_gui.engine.nets.fresh_weights import set_fresh_weights

DENSITIES = toy_densities()
IMAGES = as_images(np.random.default_rng(2).random((500, 2)) * 1.4 - 0.2)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("guarantee") / "sure.keras"
    save_classifier(with_guarantee(toy_classifier(), DENSITIES), path)
    return path


@pytest.mark.parametrize("end", ["softmax layer", "softmax in dense", "reshape"])
def test_the_network_mixes_what_the_classifier_says_with_the_densities(end: str) -> None:
    plain = toy_classifier(end)
    before = plain.probabilities(IMAGES)
    mixed = with_guarantee(plain, DENSITIES).probabilities(IMAGES)
    share = expit(DENSITIES.log_ratio(IMAGES))[:, np.newaxis]
    np.testing.assert_allclose(mixed, before * share + (1 - share) / CLASSES, atol=1e-6)
    np.testing.assert_array_equal(plain.probabilities(IMAGES), before)


def test_logits_are_the_logarithms_of_the_probabilities() -> None:
    mixed = with_guarantee(toy_classifier(), DENSITIES)
    np.testing.assert_allclose(mixed.logits(IMAGES), np.log(mixed.probabilities(IMAGES)), rtol=1e-5, atol=1e-6)


def test_gradients_are_finite_everywhere() -> None:
    mixed = with_guarantee(toy_classifier("reshape"), DENSITIES)
    far = np.concatenate([IMAGES, as_images(np.array([[1e3, -1e3], [0, 0]]))])
    for objective in ("probability", "margin"):
        assert np.isfinite(mixed.label_gradient(far, np.zeros(len(far), np.int64), objective)[1]).all()


def test_stock_keras_loads_the_file_and_agrees(file: Path) -> None:
    stock = keras.models.load_model(file)
    ours = load_classifier(file)[0].probabilities(IMAGES)
    np.testing.assert_allclose(stock.predict(IMAGES, verbose=0), ours, atol=1e-6)


def test_the_densities_are_read_back_from_the_file(file: Path) -> None:
    read = densities_of(load_classifier(file)[0], "sure")
    np.testing.assert_array_equal(read.matrix, DENSITIES.matrix)
    for part in ("inside", "outside"):
        for name in ("centres", "variances", "log_weights"):
            expected = getattr(getattr(DENSITIES, part), name)
            np.testing.assert_allclose(getattr(getattr(read, part), name), expected, rtol=1e-12, atol=1e-12)


def test_the_classifier_s_own_layers_are_recorded_and_described(article_in_small: Classifier) -> None:
    size = int(np.prod(article_in_small.input_shape))
    mixture = dataclasses.replace(DENSITIES.inside, centres=np.zeros((3, size)))
    wide = dataclasses.replace(DENSITIES.outside, centres=np.zeros((2, size)))
    densities = dataclasses.replace(DENSITIES, matrix=np.eye(size), offset=np.zeros(size), inside=mixture, outside=wide)
    mixed = with_guarantee(article_in_small, densities)
    assert mixed.recorded_layers == article_in_small.recorded_layers
    assert mixed.is_plain
    assert mixed.description == f"{article_in_small.description}, with a guarantee"


def test_training_a_copy_leaves_the_guarantee_in_force() -> None:
    mixed = with_guarantee(toy_classifier(), DENSITIES).copy()
    set_fresh_weights(mixed, rng_seed=3)
    np.testing.assert_array_equal(densities_of(mixed, "copy").matrix, DENSITIES.matrix)
    assert [variable.path for variable in mixed.network.trainable_variables] == ["logits/kernel", "logits/bias"]


def test_there_is_no_second_guarantee_and_none_for_coarse_images() -> None:
    with pytest.raises(GuaranteeError, match="has a guarantee already"):
        with_guarantee(with_guarantee(toy_classifier(), DENSITIES), DENSITIES)
    images = keras.Input((1, 2, 1), dtype="float16")
    end = keras.layers.Softmax()(keras.layers.Dense(3)(keras.layers.Flatten()(images)))
    with pytest.raises(GuaranteeError, match="in float32; it takes float16"):
        with_guarantee(Classifier(keras.Model(images, end), ("a", "b", "c")), DENSITIES)


def test_a_classifier_without_a_guarantee_is_refused() -> None:
    with pytest.raises(GuaranteeError, match=r"^plain must be a classifier with a guarantee"):
        densities_of(toy_classifier(), "plain")


def _shift(configuration: Any) -> None:
    layer_called(configuration, "guarantee_shifted")["config"]["offset"] = 3.0


def _blind(configuration: Any) -> None:
    """Lets the densities see the classifier's logits instead of the image."""
    metric = layer_called(configuration, "guarantee_pixels")["inbound_nodes"][0]["args"][0]["config"]
    metric["keras_history"][0], metric["shape"] = "flatten", [None, 2]


def _other_activation(configuration: Any) -> None:
    layer_called(configuration, "guarantee_classes")["config"]["activation"] = "linear"


@pytest.mark.parametrize("change", [_shift, _blind, _other_activation])
def test_a_guarantee_in_another_arrangement_is_refused(
    file: Path, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    forged = with_configuration(file, tmp_path / "forged.keras", change)
    network = keras.models.load_model(forged)
    with pytest.raises(GuaranteeError, match="arranged in another way, for which nothing can be promised"):
        densities_of(Classifier(network, ("a", "b", "c")), "forged")


def test_densities_that_are_none_are_refused() -> None:
    mixed = with_guarantee(toy_classifier(), DENSITIES)
    outside = mixed.network.get_layer("guarantee_outside")
    kernel, bias = outside.get_weights()
    outside.set_weights([np.concatenate([kernel[:-1], -kernel[-1:]]), bias])
    with pytest.raises(GuaranteeError, match="guarantee_outside grow without end"):
        densities_of(mixed, "forged")
    outside.set_weights([kernel * 1_000, bias])
    with pytest.raises(GuaranteeError, match=r"at least 1\.25 times as wide"):
        densities_of(mixed, "forged")
