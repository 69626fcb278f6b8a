"""Builds untrained classifiers from a topology."""

from __future__ import annotations

import keras
from keras import layers

from fooler_gui.core.settings import ARTICLE, HE
from fooler_gui.core.topology import AVERAGE, Convolution, Dense, Topology
from fooler_gui.core.topology_size import size_of
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.fresh_weights import NETWORK_NAMES, set_fresh_weights

_KERNELS = {ARTICLE: "glorot_uniform", HE: "he_normal"}
"""The initialiser that hidden layers name, by initialisation. The article's is none of Keras's."""
_MOMENTUM = 0.9
"""Of the moving means and variances. Keras's 0.99 lags behind the weights for hundreds of steps at the beginning."""


def build_classifier(
    topology: Topology,
    input_shape: tuple[int, int, int],
    class_names: tuple[str, ...],
    rng_seed: int,
    initialisation: str = ARTICLE,
) -> Classifier:
    """Returns an untrained classifier.

    Args:
        topology: Its convolutions and dense layers.
        input_shape: (height, width, channels) of an image.
        class_names: One for each output, at least two.
        rng_seed: The number that starts the weights.
        initialisation: How they are drawn, one of `INITIALISATIONS`; see `set_fresh_weights`.

    Raises:
        SettingError: The images are too small for the topology.
    """
    size_of(topology, input_shape, len(class_names))
    drawn = _KERNELS[initialisation]
    images = keras.Input(input_shape, name="inputs")
    signal = images
    for index, convolution in enumerate(topology.convolutions):
        signal = _convolved(signal, convolution, drawn, f"conv{index}")
    if topology.maps == AVERAGE:
        signal = layers.GlobalAveragePooling2D(name="average")(signal)
    else:
        signal = layers.Flatten(name="flatten")(signal)
    for name, dense in zip(topology.dense_names, topology.dense, strict=True):
        kernel = layers.Dense(dense.units, use_bias=not dense.batch_norm, kernel_initializer=drawn, name=name)
        signal = _normalised(kernel(signal), dense, name)
        signal = _dropped(layers.ReLU(name=f"{name}_relu")(signal), dense, name)
    signal = layers.Dense(len(class_names), name="logits")(signal)
    signal = layers.Softmax(name="softmax")(signal)
    network = keras.Model(images, signal, name=NETWORK_NAMES[initialisation])
    classifier = Classifier(network, class_names)
    set_fresh_weights(classifier, rng_seed)
    return classifier


def _convolved(signal: keras.KerasTensor, convolution: Convolution, drawn: str, name: str) -> keras.KerasTensor:
    """Returns `signal` after `convolution` and its pool; the last layer of both is called `name`."""
    pooled = convolution.pool > 1
    signal = layers.Conv2D(
        convolution.filters,
        convolution.kernel,
        padding=convolution.padding,
        activation=None if convolution.batch_norm else "relu",
        use_bias=not convolution.batch_norm,
        kernel_initializer=drawn,
        name=f"{name}_filters" if pooled or convolution.batch_norm else name,
    )(signal)
    if convolution.batch_norm:
        signal = _normalised(signal, convolution, name)
        signal = layers.ReLU(name=f"{name}_relu" if pooled else name)(signal)
    if pooled:
        signal = layers.MaxPooling2D(convolution.pool, padding="same", name=name)(signal)
    return _dropped(signal, convolution, name)


def _normalised(signal: keras.KerasTensor, layer: Convolution | Dense, name: str) -> keras.KerasTensor:
    return layers.BatchNormalization(momentum=_MOMENTUM, name=f"{name}_norm")(signal) if layer.batch_norm else signal


def _dropped(signal: keras.KerasTensor, layer: Convolution | Dense, name: str) -> keras.KerasTensor:
    return layers.Dropout(layer.dropout, name=f"{name}_dropout")(signal) if layer.dropout else signal
