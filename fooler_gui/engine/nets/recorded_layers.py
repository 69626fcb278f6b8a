"""Determines which layers of a network are recorded (method.md, Classifier; Any classifier, any dataset).

A plain network, a chain of convolutions and dense layers as in the article, has the article's names: ``conv0`` …,
``fc``. Any other has those of its own layers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf
from keras import layers, tree

from fooler_gui.engine.nets.blocks import Call, proposed
from fooler_gui.engine.nets.graph import run_through, signals_in
from fooler_gui.engine.nets.layer_kinds import GUARANTEE
from fooler_gui.engine.nets.quick_gradients import dense_product, image_convolution

INPUTS = "inputs"
"""The name of the images among the recorded layers."""

_FEW_CHANNELS = 4
_LEAST_PROBABILITY = 1e-7
_MOST_OF_A_CHAIN = 5

_OF_A_CONVOLUTION = (
    layers.MaxPooling2D,
    layers.AveragePooling2D,
    layers.ReLU,
    layers.LeakyReLU,
    layers.ELU,
    layers.PReLU,
    layers.Activation,
)
_AFTER_CONVOLUTIONS = (
    layers.Flatten,
    layers.Reshape,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling2D,
    layers.Dense,
)
_WEIGHTED = (layers.Conv2D, layers.Dense)
_IN_FORMER_CHAINS = (
    layers.Conv2D,
    *(kind for kind in _OF_A_CONVOLUTION if kind is not layers.PReLU),
    *_AFTER_CONVOLUTIONS,
    layers.ZeroPadding2D,
    layers.Softmax,
    layers.Dropout,
    layers.BatchNormalization,
    layers.Rescaling,
)
"""What chains were made of when they were all that could be opened: their names must stay."""
_IN_CHAINS = (
    *_IN_FORMER_CHAINS,
    layers.PReLU,
    layers.Normalization,
    layers.Permute,
    layers.ZeroPadding1D,
    layers.Cropping2D,
    layers.Resizing,
    layers.CenterCrop,
    layers.RandomFlip,
    layers.RandomRotation,
    layers.RandomTranslation,
    layers.RandomZoom,
    layers.RandomCrop,
    layers.RandomContrast,
    layers.RandomBrightness,
    layers.SpatialDropout2D,
    layers.AlphaDropout,
    layers.GaussianDropout,
    layers.GaussianNoise,
    layers.ActivityRegularization,
    layers.Identity,
    layers.Concatenate,  # of one signal with itself: grey values for three colours
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """A network's signals as symbolic tensors.

    Attributes:
        images: The input.
        layers: By name, all layers that can be recorded, in order.
        operations: By the same names, the layers or operations that make them.
        proposed: The names of those that are recorded if nobody chooses. For a plain network, each convolution after
            its last activation or pool (``conv0`` …), then each hidden dense layer before its activation (``fc``, or
            ``fc0`` …), without a convolution that makes the output in place of a dense layer; for another, the last
            layer of at most four blocks, and the last one before the output.
        plain: Whether it is a plain network, one layer after another.
        logits: The softmax's input.
        probabilities: The softmax's output.
    """

    images: keras.KerasTensor
    layers: dict[str, keras.KerasTensor]
    operations: dict[str, keras.Operation]
    proposed: tuple[str, ...]
    plain: bool
    logits: keras.KerasTensor
    probabilities: keras.KerasTensor


def follow(network: keras.Model) -> Signals:
    """Returns the signals of `network`, from its images to its probabilities.

    Args:
        network: A functional or sequential network with one input and one output; nested ones are taken apart.
    """
    entry = network.inputs[0]
    images = keras.Input(entry.shape[1:], dtype=entry.dtype)
    calls: list[Call] = []

    def apply(operation: keras.Operation, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        entering = signals_in((arguments, keywords))
        is_alone = len(arguments) == 1 and bool(entering) and arguments[0] is entering[0]
        if is_alone and not keywords and isinstance(operation, layers.Layer):
            before, leaving = _applied(operation, *entering)
        else:
            before = leaving = operation(*arguments, **keywords)
        calls.append(Call(operation, entering, tree.flatten(before)[0], tree.flatten(leaving)[0]))
        return leaving

    probabilities = run_through(network, [images], apply)[0]
    of_classifier = [call for call in calls if not call.operation.name.startswith(GUARANTEE)]
    chain = dict(_of_chain(of_classifier)) if _is_chain(of_classifier, images) else {}
    plain = bool(chain) or _is_former_chain(of_classifier, images)
    if len(chain) > _MOST_OF_A_CHAIN and not _is_former_chain(of_classifier, images):
        plain, chain = False, {}
    own = dict(_by_own_names(calls, chain))
    names = {id(signal): name for name, signal in own.items()}
    if plain:
        chosen = tuple(_hidden(chain, of_classifier))
    else:
        chosen = tuple(names[id(signal)] for signal in proposed(of_classifier))
    places = {id(signal): place for place, call in enumerate(calls) for signal in (call.leaving, call.before)}
    recordable = dict(sorted((chain | own).items(), key=lambda layer: places[id(layer[1])]))
    return Signals(
        images=images,
        layers=recordable,
        operations={name: calls[places[id(signal)]].operation for name, signal in recordable.items()},
        proposed=chosen,
        plain=plain,
        logits=_before_softmax(calls[-1], probabilities),
        probabilities=probabilities,
    )


def _is_chain(calls: Sequence[Call], images: keras.KerasTensor, kinds: tuple[type, ...] = _IN_CHAINS) -> bool:
    """Returns whether each of `calls` is of another layer of `kinds`, on the output of the one before it."""
    outputs = [images, *(call.leaving for call in calls)]
    return len({id(call.operation) for call in calls}) == len(calls) and all(
        type(call.operation) in kinds and {id(signal) for signal in call.entering} == {id(output)}
        for call, output in zip(calls, outputs, strict=False)
    )


def _is_former_chain(calls: Sequence[Call], images: keras.KerasTensor) -> bool:
    return _is_chain(calls, images, _IN_FORMER_CHAINS)


def _of_chain(calls: Sequence[Call]) -> Iterator[tuple[str, keras.KerasTensor]]:
    """Yields the recorded layers of a plain network with the article's names."""
    weighted = [call for call in calls if isinstance(call.operation, _WEIGHTED)]
    convolutions: list[keras.KerasTensor] = []
    dense: list[keras.KerasTensor] = []
    in_convolution = False
    for call in calls:
        layer = call.operation
        if isinstance(layer, layers.Conv2D):
            convolutions.append(call.leaving)
            in_convolution = True
        elif isinstance(layer, _OF_A_CONVOLUTION) and in_convolution:
            convolutions[-1] = call.leaving
        elif isinstance(layer, _AFTER_CONVOLUTIONS):
            in_convolution = False
        if isinstance(layer, layers.Dense) and call is not weighted[-1]:  # the last one is the output
            dense.append(call.before)
    names = ["fc"] if len(dense) == 1 else [f"fc{index}" for index in range(len(dense))]
    yield from ((f"conv{index}", pattern) for index, pattern in enumerate(convolutions))
    yield from zip(names, dense, strict=True)


def _hidden(chain: dict[str, keras.KerasTensor], calls: Sequence[Call]) -> list[str]:
    """Returns the names in `chain` but that of a convolution which makes the output."""
    weighted = [call for call in calls if isinstance(call.operation, _WEIGHTED)]
    by_convolution = bool(weighted) and isinstance(weighted[-1].operation, layers.Conv2D)
    convolutions = [name for name in chain if name.startswith("conv")]
    return [name for name in chain if not (by_convolution and name == convolutions[-1])]


def _by_own_names(
    calls: Sequence[Call], taken: dict[str, keras.KerasTensor]
) -> Iterator[tuple[str, keras.KerasTensor]]:
    """Yields each call's signal, before its activation if it is a dense layer's, by the layer's name.

    A name that stands already, such as that of a layer used twice, gets a number. What has a name already has no other.
    """
    names = {INPUTS, *taken}
    named = {id(signal) for signal in taken.values()}
    for place, call in enumerate(calls):
        if id(call.before) in named:
            continue
        name = call.operation.name
        name = name if name.isprintable() and 0 < len(name) <= 80 else f"layer{place}"
        numbered = (f"{name}_{number}" for number in itertools.count(2))
        name = name if name not in names else next(other for other in numbered if other not in names)
        names.add(name)
        yield name, call.before


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
        kernel = tf.convert_to_tensor(self._dense.kernel)
        product = dense_product(signal, kernel) if len(signal.shape) == 2 else tf.tensordot(signal, kernel, 1)
        return tf.nn.bias_add(product, self._dense.bias) if self._dense.use_bias else product


class _Logarithm(layers.Layer):  # type: ignore[misc]
    """The logarithm of probabilities, finite where they vanish."""

    def call(self, probabilities: tf.Tensor) -> tf.Tensor:
        return tf.math.log(tf.maximum(probabilities, tf.cast(_LEAST_PROBABILITY, probabilities.dtype)))


def _before_softmax(last: Call, probabilities: keras.KerasTensor) -> keras.KerasTensor:
    if is_softmax(last.operation):
        return last.entering[0]
    return (
        last.before
        if isinstance(last.operation, layers.Dense)
        else _Logarithm(dtype=probabilities.dtype)(probabilities)
    )


def is_softmax(operation: keras.Operation) -> bool:
    """Returns whether `operation` is a softmax and nothing else."""
    of_activation = isinstance(operation, layers.Activation) and operation.activation is keras.activations.softmax
    return of_activation or isinstance(operation, (layers.Softmax, keras.src.ops.nn.Softmax))
