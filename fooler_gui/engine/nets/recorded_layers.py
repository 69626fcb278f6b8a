"""Determines the recorded layers of a network (method.md, Classifier).

A classifier's network is a chain: each layer acts once, on the output of the layer before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf
from keras import layers

from fooler_gui.engine.nets.quick_gradients import dense_product, image_convolution

_FEW_CHANNELS = 4

_OF_A_CONVOLUTION = (
    layers.MaxPooling2D,
    layers.AveragePooling2D,
    layers.ReLU,
    layers.LeakyReLU,
    layers.ELU,
    layers.Activation,
)
_AFTER_CONVOLUTIONS = (
    layers.Flatten,
    layers.Reshape,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling2D,
    layers.Dense,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """A network's signals as symbolic tensors.

    Attributes:
        images: The input.
        recorded: By name: each convolution after its last activation or pool (``conv0`` …), then each hidden dense
            layer before its activation (``fc``, or ``fc0`` …).
        logits: The softmax's input.
        probabilities: The softmax's output.
    """

    images: keras.KerasTensor
    recorded: dict[str, keras.KerasTensor]
    logits: keras.KerasTensor
    probabilities: keras.KerasTensor


def follow(network: keras.Model) -> Signals:
    """Returns the signals of `network`, from its images to its probabilities."""
    entry = network.inputs[0]
    chain = [layer for layer in network.layers if not isinstance(layer, layers.InputLayer)]
    weighted = [layer for layer in chain if isinstance(layer, (layers.Conv2D, layers.Dense))]
    images = reaching = before = signal = keras.Input(entry.shape[1:], dtype=entry.dtype)
    convolutions: list[keras.KerasTensor] = []
    dense: list[keras.KerasTensor] = []
    in_convolution = False
    for layer in chain:
        reaching = signal
        before, signal = _applied(layer, signal)
        if isinstance(layer, layers.Conv2D):
            convolutions.append(signal)
            in_convolution = True
        elif isinstance(layer, _OF_A_CONVOLUTION) and in_convolution:
            convolutions[-1] = signal
        elif isinstance(layer, _AFTER_CONVOLUTIONS):
            in_convolution = False
        if isinstance(layer, layers.Dense) and layer is not weighted[-1]:  # the last one is the output
            dense.append(before)
    names = ["fc"] if len(dense) == 1 else [f"fc{index}" for index in range(len(dense))]
    recorded = {f"conv{index}": pattern for index, pattern in enumerate(convolutions)}
    recorded.update(zip(names, dense, strict=True))
    logits = _before_softmax(network.layers[-1], reaching, before, signal)
    return Signals(images=images, recorded=recorded, logits=logits, probabilities=signal)


def _applied(layer: layers.Layer, signal: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Returns the output of `layer` for `signal` before and after its activation, with fast gradients if known.

    Before and after differ only for dense layers.
    """
    is_float = layer.compute_dtype == "float32"
    if is_float and type(layer) is layers.Dense and len(signal.shape) == 2:
        before = _BeforeActivation(layer)(signal)
        return before, _activated(layer, before)
    after = _output(layer, signal) if is_float else layer(signal)
    is_activated = isinstance(layer, layers.Dense) and layer.activation is not keras.activations.linear
    return _BeforeActivation(layer)(signal) if is_activated else after, after


def _output(layer: layers.Layer, signal: keras.KerasTensor) -> keras.KerasTensor:
    """Returns the output of `layer`, in float32, for `signal`; a plain convolution of images gets a fast gradient."""
    if (
        type(layer) is layers.Conv2D
        and signal.shape[-1] <= _FEW_CHANNELS
        and (layer.data_format, layer.groups) == ("channels_last", 1)
        and (tuple(layer.strides), tuple(layer.dilation_rate)) == ((1, 1), (1, 1))
    ):
        return _activated(layer, _ImageConvolution(layer)(signal))
    return layer(signal)


def _activated(layer: layers.Layer, signal: keras.KerasTensor) -> keras.KerasTensor:
    return signal if layer.activation is keras.activations.linear else _Activated(layer)(signal)


class _Activated(layers.Layer):  # type: ignore[misc]
    """The activation function of a layer.

    Called directly, a function such as ReLU would take the name ``re_lu``, which a layer of the network may have.
    """

    def __init__(self, layer: layers.Layer) -> None:
        super().__init__(dtype=layer.dtype_policy)
        self._function = layer.activation

    def call(self, signal: tf.Tensor) -> tf.Tensor:
        return self._function(signal)


class _ImageConvolution(layers.Layer):  # type: ignore[misc]
    """A convolution of images without its activation function."""

    def __init__(self, convolution: layers.Conv2D) -> None:
        super().__init__(dtype=convolution.dtype_policy)
        self._convolution = convolution

    def call(self, images: tf.Tensor) -> tf.Tensor:
        layer = self._convolution
        result = image_convolution(images, tf.convert_to_tensor(layer.kernel), layer.padding)
        return tf.nn.bias_add(result, layer.bias) if layer.use_bias else result


class _BeforeActivation(layers.Layer):  # type: ignore[misc]
    """A dense layer without its activation function."""

    def __init__(self, dense: layers.Dense) -> None:
        super().__init__(dtype=dense.dtype_policy)
        self._dense = dense

    def call(self, signal: tf.Tensor) -> tf.Tensor:
        product = dense_product(signal, tf.convert_to_tensor(self._dense.kernel))
        return tf.nn.bias_add(product, self._dense.bias) if self._dense.use_bias else product


def _before_softmax(
    layer: layers.Layer, reaching: keras.KerasTensor, before: keras.KerasTensor, signal: keras.KerasTensor
) -> keras.KerasTensor:
    if isinstance(layer, layers.Softmax) or (
        isinstance(layer, layers.Activation) and layer.activation is keras.activations.softmax
    ):
        return reaching
    return before if isinstance(layer, layers.Dense) else keras.ops.log(signal)
