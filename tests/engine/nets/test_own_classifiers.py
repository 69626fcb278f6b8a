from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from own_classifiers import KINDS, Kind
from tiny import noise

from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, load_classifier, save_classifier
from fooler_gui.engine.nets.wish import Wish

OPENED = [name for name, kind in KINDS.items() if not kind.refused]
REFUSED = [name for name, kind in KINDS.items() if kind.refused]


def saved(kind: Kind, path: Path) -> keras.Model:
    keras.utils.clear_session()  # names are given from the first one on again
    keras.utils.set_random_seed(3)
    network = kind.build()
    network.save(path)
    return network


def wish_of(kind: Kind) -> Wish:
    return Wish(image_shape=kind.images, output=kind.wish)


def check_layers(classifier: Classifier, images: np.ndarray) -> None:
    """Checks that what is recorded under a layer's own name is what the layer gives."""
    named = {layer.name: layer for layer in classifier.network.layers}
    own = [name for name in classifier.recorded_layers if name in named and classifier.layer_names.count(name)]
    own = [name for name in own if getattr(named[name], "activation", None) in (None, keras.activations.linear)]
    if own:
        outputs = keras.Model(classifier.network.inputs[0], [named[name].output for name in own])(
            images, training=False
        )
        recorded = dict(zip(classifier.recorded_layers, classifier.activations(images)[0], strict=True))
        for name, output in zip(own, outputs if len(own) > 1 else [outputs], strict=True):
            expected = np.reshape(np.asarray(output[0] if isinstance(output, list) else output), recorded[name].shape)
            np.testing.assert_allclose(recorded[name], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", OPENED)
def test_a_classifier_of_ones_own_opens_and_gives_what_it_gives_itself(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    network = saved(kind, tmp_path / "net.keras")
    images = noise((3, *kind.images))
    expected = kind.output(network(kind.shown(images), training=False))
    classifier, accuracy = load_classifier(tmp_path / "net.keras", wish_of(kind))
    assert accuracy is None
    assert (classifier.input_shape, len(classifier.class_names)) == (kind.images, kind.classes)
    assert [told[: len(begun)] for told, begun in zip(classifier.adapted, kind.adapted, strict=True)] == list(
        kind.adapted
    )
    if kind.recorded is not None:
        assert classifier.recorded_layers == ("inputs", *kind.recorded)
    shown = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(shown)
        patterns, logits, probabilities = classifier.activations(shown)
        lead = logits[:, 0] - logits[:, 1]
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=kind.tolerance)
    np.testing.assert_allclose(tf.nn.softmax(logits), expected, rtol=0, atol=kind.tolerance)
    assert [pattern.shape[1] for pattern in patterns] == list(classifier.units)
    gradient = tape.gradient(lead, shown).numpy()
    assert np.isfinite(gradient).all()
    assert gradient.any()
    copy = classifier.copy()
    check_layers(copy, images)
    np.testing.assert_allclose(copy.activations(shown)[2], expected, rtol=0, atol=kind.tolerance)


@pytest.mark.parametrize(
    "name",
    ["residual", "any size, of grey images", "one sigmoid", "normalisation", "transfer", "wrapper", "other size"],
)
def test_what_was_adapted_is_saved_as_a_net_that_stock_keras_loads_and_that_needs_no_more(
    name: str, tmp_path: Path
) -> None:
    kind = KINDS[name]
    network = saved(kind, tmp_path / "net.keras")
    images = noise((3, *kind.images))
    expected = kind.output(network(kind.shown(images), training=False))
    save_classifier(load_classifier(tmp_path / "net.keras", wish_of(kind))[0], tmp_path / "again.keras")
    stock = keras.saving.load_model(tmp_path / "again.keras")
    np.testing.assert_allclose(stock(images, training=False), expected, rtol=0, atol=kind.tolerance)
    again, _ = load_classifier(tmp_path / "again.keras")
    assert again.adapted == ()
    np.testing.assert_allclose(again.probabilities(images), expected, rtol=0, atol=kind.tolerance)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_classifier_of_images_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    saved(kind, tmp_path / "net.keras")
    with pytest.raises(ClassifierFileError) as caught:
        load_classifier(tmp_path / "net.keras", wish_of(kind))
    sentence = str(caught.value)
    assert kind.refused in sentence
    assert sentence.startswith("net.keras ")
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0
