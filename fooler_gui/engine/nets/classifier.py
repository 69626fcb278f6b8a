"""The classifier: a Keras network with its recorded layers (method.md, Classifier)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.attack_settings import ATTACK_OBJECTIVES
from fooler_gui.core.classifier_info import LayerFacts
from fooler_gui.core.input_range import UNIT
from fooler_gui.core.objectives import MARGIN, PROBABILITY
from fooler_gui.core.settings import SettingError
from fooler_gui.engine.nets.layer_kinds import AVERAGING, GUARANTEE, RECURRENT
from fooler_gui.engine.nets.network_size import activation_bytes, operations_of
from fooler_gui.engine.nets.recorded_layers import INPUTS, Signals, follow
from fooler_gui.engine.nets.weights import set_weights

_MAXIMUM_CHUNK = 250
_AT_A_TIME = 8
"""How many numbers a processor sums at a time, or a multiple of that."""
_MAXIMUM_CHUNK_BYTES = 2**28
_MOST_IN_WORDS = 8
_WORDS = {
    keras.layers.Conv1D: ("conv", "filters"),
    keras.layers.Conv2D: ("conv", "filters"),
    keras.layers.SeparableConv1D: ("separable conv", "filters"),
    keras.layers.SeparableConv2D: ("separable conv", "filters"),
    keras.layers.DepthwiseConv2D: ("depthwise conv", ""),
    keras.layers.Dense: ("dense", "units"),
    keras.layers.LSTM: ("LSTM", "units"),
    keras.layers.GRU: ("GRU", "units"),
    keras.layers.SimpleRNN: ("RNN", "units"),
    keras.layers.Bidirectional: ("bidirectional", ""),
    keras.layers.MultiHeadAttention: ("attention", "num_heads"),
}
"""How each kind of layer is called in a description, and the attribute that tells its size."""


class Classifier:
    """A CNN that returns the probability of each class and the activations of its layers.

    Args:
        network: A functional or sequential Keras model from images (H, W, C) in [0, 1] to softmax probabilities.
        class_names: One for each output.
        recorded_layers: The names of the layers to record beside the inputs, some of `layer_names`; None for those
            that `recorded_layers.follow` proposes.
        adapted: What was put in front of the network and behind it, in sentences.
        input_range: What the network was made for, a key of `INPUT_RANGES`, and gets from a scaling in front.
        has_none_class: Whether its last class is for images that show nothing.
        unused_names: Why the names of classes beside its file are not used, in a sentence; "" if there are none.

    Attributes:
        network: The Keras model.
        class_names: One for each output.
        adapted: See above.
        input_range: See above.
        has_none_class: See above.
        unused_names: See above.
        chosen_layers: The argument `recorded_layers`.
        layers: What the inputs and all layers that can be recorded beside them give, in order.
        layer_names: The names of these layers.
        proposed_layers: The names of those that are recorded beside the inputs if nobody chooses.
        is_plain: Whether it is an ordinary convolutional net, one layer after another.
        recorded_layers: The names of the layers whose activations enter costs: ``inputs``, then in a plain network
            each convolution after its last activation or pool (``conv0`` …), then each hidden dense layer (``fc``).
        bytes_an_image: The bytes of all activations for one image.
        units: The number of units of each recorded layer.
        flat_layers: For each recorded layer whether it lacks height and width, like dense layers.

    Raises:
        SettingError: There is no layer of a name to record.
    """

    def __init__(
        self,
        network: keras.Model,
        class_names: tuple[str, ...],
        recorded_layers: tuple[str, ...] | None = None,
        adapted: tuple[str, ...] = (),
        input_range: str = UNIT,
        *,
        has_none_class: bool = False,
        unused_names: str = "",
    ) -> None:
        self.network = network
        self.class_names = class_names
        self.adapted = adapted
        self.input_range = input_range
        self.has_none_class = has_none_class
        self.unused_names = unused_names
        signals = follow(network)
        self.layers = (LayerFacts(INPUTS, "InputLayer", self.input_shape, 0), *_facts_of(signals))
        self.layer_names = tuple(signals.layers)
        self.proposed_layers = signals.proposed
        self.is_plain = signals.plain
        self.chosen_layers = recorded_layers
        recorded = signals.proposed if recorded_layers is None else self._known(recorded_layers)
        if set(recorded) == set(signals.proposed):
            recorded = signals.proposed
        self.recorded_layers = (INPUTS, *recorded)
        patterns = [signals.layers[name] for name in recorded]
        self.bytes_an_image = activation_bytes(network)
        self.operations = operations_of(network)
        self.units = tuple(math.prod(pattern.shape[1:]) for pattern in (signals.images, *patterns))
        self.flat_layers = (False, *(len(pattern.shape) == 2 for pattern in patterns))
        self._recorder = keras.Model(signals.images, [*patterns, signals.logits, signals.probabilities])
        signature = [tf.TensorSpec((None, *self.input_shape), tf.float32)]
        self._compiled = tf.function(self._forward, input_signature=signature, autograph=False)
        self._compiled_logits = tf.function(self._logits, input_signature=signature, autograph=False)
        self._compiled_gradients = {
            objective: tf.function(
                partial(self._gradient, objective),
                input_signature=[*signature, tf.TensorSpec((None,), tf.int64)],
                autograph=False,
            )
            for objective in ATTACK_OBJECTIVES
        }

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of an image."""
        shape: tuple[int, int, int] = tuple(self.network.inputs[0].shape[1:])
        return shape

    @property
    def is_unnamed(self) -> bool:
        """Whether the names of its classes are mere numbers."""
        return self.class_names == tuple(map(str, range(len(self.class_names))))

    @property
    def labels(self) -> int:
        """The number of classes that images can show: all but one for images that show nothing."""
        return len(self.class_names) - self.has_none_class

    @property
    def none_class(self) -> int | None:
        """The index of the class for images that show nothing; None without one."""
        return self.labels if self.has_none_class else None

    @property
    def parameters(self) -> int:
        """The number of weights."""
        return int(self.network.count_params())

    @property
    def chunk(self) -> int:
        """How many images are processed at a time, so that all activations fit into 256 MiB."""
        return max(1, min(_MAXIMUM_CHUNK, _MAXIMUM_CHUNK_BYTES // self.bytes_an_image))

    def is_same_beside_others(self, slots: int) -> bool:
        """Returns whether batches of `slots` images come out with the same bits one by one and all at once."""
        kinds = RECURRENT if slots % _AT_A_TIME == 0 else (*RECURRENT, *AVERAGING)
        return not any(isinstance(layer, kinds) for layer in self.network._flatten_layers())

    @property
    def description(self) -> str:
        """The layers as text, such as ``conv 32 · conv 64 · dense 1024``."""
        own = [layer for layer in self.network.layers if not layer.name.startswith(GUARANTEE)]
        weighted = [layer for layer in own if isinstance(layer, tuple(_WORDS))]
        if weighted and isinstance(weighted[-1], keras.layers.Dense):
            weighted.pop()  # it makes the output
        if len(weighted) > _MOST_IN_WORDS:
            words = f"{len(weighted)} layers, such as {_words(weighted[0])} and {_words(weighted[-1])}"
        else:
            words = " · ".join(map(_words, weighted)) or "softmax alone"
        return f"{words}, with a guarantee" if self.has_guarantee else words

    @property
    def has_guarantee(self) -> bool:
        """Whether it has layers of a guarantee."""
        return any(layer.name.startswith(GUARANTEE) for layer in self.network.layers)

    def activations(self, images: tf.Tensor, *, training: bool = False) -> tuple[list[tf.Tensor], tf.Tensor, tf.Tensor]:
        """Returns activations, logits and probabilities of `images`; differentiable, for use inside a ``tf.function``.

        Args:
            images: (B, H, W, C) float32.
            training: Whether layers with a training mode use it.

        Returns:
            For each recorded layer its activations as (B, units); the logits (B, classes); the probabilities
            (B, classes).
        """
        *recorded, logits, probabilities = self._recorder(images, training=training)
        patterns = [tf.reshape(layer, (-1, math.prod(layer.shape[1:]))) for layer in (images, *recorded)]
        # A foreign classifier may compute in another precision.
        *patterns, logits, probabilities = (tf.cast(part, tf.float32) for part in (*patterns, logits, probabilities))
        return patterns, logits, probabilities

    def record(self, images: FloatArray) -> list[FloatArray]:
        """Returns each recorded layer's activations on `images` (N, H, W, C) as an (N, units) float32 array."""
        chunks = [[pattern.numpy() for pattern in patterns] for patterns, _ in self._work_through(images)]
        return [np.concatenate(layer) if len(chunks) > 1 else layer[0] for layer in zip(*chunks, strict=True)]

    def probabilities(self, images: FloatArray) -> FloatArray:
        """Returns the (N, classes) float32 probabilities of `images` (N, H, W, C)."""
        chunks = [probabilities.numpy() for _, probabilities in self._work_through(images)]
        return np.concatenate(chunks) if chunks else np.empty((0, len(self.class_names)), np.float32)

    def logits(self, images: FloatArray) -> FloatArray:
        """Returns the (N, classes) float32 logits of `images` (N, H, W, C)."""
        chunk = self.chunk
        parts = [
            self._compiled_logits(tf.constant(images[start : start + chunk])).numpy()
            for start in range(0, len(images), chunk)
        ]
        return np.concatenate(parts) if parts else np.empty((0, len(self.class_names)), np.float32)

    def label_gradient(
        self, images: FloatArray, labels: IntArray, objective: str = PROBABILITY
    ) -> tuple[FloatArray, FloatArray]:
        """Returns the probabilities (N,) of `labels` (N,), and the gradient (N, H, W, C) of the objective.

        Args:
            images: (N, H, W, C) float32, N ≥ 0.
            labels: (N,), below the number of classes.
            objective: "probability" of the label, or "margin", its logit's lead over the greatest other one, whose
                gradient does not vanish when the softmax is saturated; one of `ATTACK_OBJECTIVES`.
        """
        _, probabilities, gradient = self._risen(objective, images, labels)
        return probabilities, gradient

    def lead_gradient(self, images: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Returns how far the logits of `labels` (N,) lead the greatest others, with the leads' gradient.

        Args:
            images: (N, H, W, C) float32, N ≥ 0.
            labels: (N,), below the number of classes.

        Returns:
            (N,) the leads, minus the margin of method.md; (N,) the labels' probabilities; (N, H, W, C) the gradient.
        """
        return self._risen(MARGIN, images, labels)

    @property
    def gradient_traces(self) -> int:
        """How often `label_gradient` has been traced: once for each objective used."""
        return sum(compiled.experimental_get_tracing_count() for compiled in self._compiled_gradients.values())

    def copy(self) -> Classifier:
        """Returns an independent classifier with the same layers and weights."""
        network = type(self.network).from_config(self.network.get_config())
        set_weights(network, self.network.get_weights())
        return self.rebuilt(network, unused_names="")

    def rebuilt(self, network: keras.Model, **changes: Any) -> Classifier:
        """Returns a classifier of `network` that is as this one but for `changes`, arguments of the class."""
        known = {
            "class_names": self.class_names,
            "recorded_layers": self.chosen_layers,
            "adapted": self.adapted,
            "input_range": self.input_range,
            "has_none_class": self.has_none_class,
            "unused_names": self.unused_names,
        }
        return Classifier(network, **known | changes)

    def _known(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Returns `names` without doubles and in the network's order.

        Raises:
            SettingError: One is of no layer.
        """
        unknown = [name for name in names if name not in (INPUTS, *self.layer_names)]
        if unknown:
            raise SettingError(
                f"The recorded layers must be some of {', '.join(self.layer_names)}; received {', '.join(unknown)}."
            )
        return tuple(name for name in self.layer_names if name in names)

    def _work_through(self, images: FloatArray) -> Iterator[tuple[list[tf.Tensor], tf.Tensor]]:
        chunk = self.chunk
        for start in range(0, len(images), chunk):
            part = images[start : start + chunk]
            if len(part) > 1:
                yield self._compiled(tf.constant(part))
            else:  # products of one image are rounded differently from those of several
                patterns, probabilities = self._compiled(tf.constant(np.repeat(part, 2, axis=0)))
                yield [pattern[:1] for pattern in patterns], probabilities[:1]

    def _forward(self, images: tf.Tensor) -> tuple[list[tf.Tensor], tf.Tensor]:
        patterns, _, probabilities = self.activations(images)
        return patterns, probabilities

    def _logits(self, images: tf.Tensor) -> tf.Tensor:
        return self.activations(images)[1]

    def _risen(self, objective: str, images: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Returns the objective (N,), the probabilities of `labels` (N,) and the objective's gradient (N, H, W, C)."""
        gradient = np.empty_like(images)
        rising, probabilities = np.empty(len(images), np.float32), np.empty(len(images), np.float32)
        chunk = self.chunk
        for start in range(0, len(images), chunk):
            part = slice(start, start + chunk)
            parts = self._compiled_gradients[objective](tf.constant(images[part]), tf.constant(labels[part]))
            rising[part], probabilities[part], gradient[part] = (computed.numpy() for computed in parts)
        return rising, probabilities, gradient

    def _gradient(self, objective: str, images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(images)
            _, logits, probabilities = self.activations(images)
            own = tf.gather(probabilities, labels, batch_dims=1)
            rising = _lead(logits, labels) if objective == MARGIN else own
        return rising, own, tape.gradient(rising, images)


def _facts_of(signals: Signals) -> Iterator[LayerFacts]:
    for name, signal in signals.layers.items():
        operation = signals.operations[name]
        weights = sum(math.prod(variable.shape) for variable in getattr(operation, "weights", ()))
        yield LayerFacts(name, type(operation).__name__, tuple(signal.shape[1:]), weights)


def _words(layer: keras.layers.Layer) -> str:
    word, size = next(words for kind, words in _WORDS.items() if isinstance(layer, kind))
    return f"{word} {getattr(layer, size)}" if size else word


def _lead(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Returns (N,) the leads of the logits of `labels` over the greatest other ones."""
    own = tf.one_hot(labels, logits.shape[-1], on_value=True, off_value=False)
    others = tf.where(own, tf.float32.min, logits)
    return tf.gather(logits, labels, batch_dims=1) - tf.reduce_max(others, axis=1)
