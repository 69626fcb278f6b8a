"""The classifier: a Keras network with its recorded layers (method.md, Classifier)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from fooler_gui.core.attack_settings import LOGIT, OBJECTIVES, PROBABILITY
from fooler_gui.core.messages import FloatArray, IntArray
from fooler_gui.core.settings import SettingError
from fooler_gui.core.topology import Topology
from fooler_gui.engine.nets.network_size import activation_bytes
from fooler_gui.engine.nets.recorded_layers import follow

_MAXIMUM_CHUNK = 250
_MAXIMUM_CHUNK_BYTES = 2**28


class Classifier:
    """A CNN that returns the probability of each class and the activations of its layers.

    Args:
        network: A functional or sequential Keras model from images (H, W, C) to softmax probabilities, a chain of
            layers (see `recorded_layers`).
        class_names: One for each output.

    Attributes:
        network: The Keras model.
        class_names: One for each output.
        recorded_layers: The names of the layers whose activations enter costs: ``inputs``, then each
            convolution after its last activation or pool (``conv0`` …), then each hidden dense layer (``fc``).
        units: The number of units of each recorded layer.
        flat_layers: For each recorded layer whether it lacks height and width, like dense layers.
    """

    def __init__(self, network: keras.Model, class_names: tuple[str, ...]) -> None:
        self.network = network
        self.class_names = class_names
        signals = follow(network)
        self.recorded_layers = ("inputs", *signals.recorded)
        patterns = list(signals.recorded.values())
        self.units = tuple(math.prod(pattern.shape[1:]) for pattern in (signals.images, *patterns))
        self.flat_layers = (False, *(len(pattern.shape) == 2 for pattern in patterns))
        self._recorder = keras.Model(signals.images, [*patterns, signals.logits, signals.probabilities])
        signature = [tf.TensorSpec((None, *self.input_shape), tf.float32)]
        self._compiled = tf.function(self._forward, input_signature=signature)
        self._compiled_logits = tf.function(self._logits, input_signature=signature)
        self._compiled_gradients = {
            objective: tf.function(
                partial(self._gradient, objective), input_signature=[*signature, tf.TensorSpec((None,), tf.int64)]
            )
            for objective in OBJECTIVES
        }

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of an image."""
        shape: tuple[int, int, int] = tuple(self.network.inputs[0].shape[1:])
        return shape

    @property
    def parameters(self) -> int:
        """The number of weights."""
        return int(self.network.count_params())

    @property
    def chunk(self) -> int:
        """How many images are processed at a time, so that all activations fit into 256 MiB."""
        return max(1, min(_MAXIMUM_CHUNK, _MAXIMUM_CHUNK_BYTES // activation_bytes(self.network)))

    @property
    def description(self) -> str:
        """The layers as text, such as ``conv 32 · conv 64 · dense 1024``."""
        layers = [
            layer for layer in self.network.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))
        ]
        if layers and isinstance(layers[-1], keras.layers.Dense):
            layers.pop()  # it makes the output
        words = [
            f"conv {layer.filters}" if isinstance(layer, keras.layers.Conv2D) else f"dense {layer.units}"
            for layer in layers
        ]
        return " · ".join(words) or "softmax alone"

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
        return [np.concatenate(layer) for layer in zip(*chunks, strict=True)]

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
            objective: "probability" of the label, or "logit", its logit's lead over the greatest other one, whose
            gradient
                does not vanish when the softmax is saturated.
        """
        gradient, probabilities = np.empty_like(images), np.empty(len(images), np.float32)
        chunk = self.chunk
        for start in range(0, len(images), chunk):
            part = slice(start, start + chunk)
            slopes, own = self._compiled_gradients[objective](tf.constant(images[part]), tf.constant(labels[part]))
            gradient[part], probabilities[part] = slopes.numpy(), own.numpy()
        return probabilities, gradient

    @property
    def gradient_traces(self) -> int:
        """How often `label_gradient` has been traced: once for each objective used."""
        return sum(compiled.experimental_get_tracing_count() for compiled in self._compiled_gradients.values())

    def copy(self) -> Classifier:
        """Returns an independent classifier with the same layers and weights."""
        network = keras.models.clone_model(self.network)
        network.set_weights(self.network.get_weights())
        return Classifier(network, self.class_names)

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

    def _gradient(self, objective: str, images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(images)
            _, logits, probabilities = self.activations(images)
            own = tf.gather(probabilities, labels, batch_dims=1)
            rising = _lead(logits, labels) if objective == LOGIT else own
        return tape.gradient(rising, images), own


def _lead(logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Returns (N,) the leads of the logits of `labels` over the greatest other ones."""
    own = tf.one_hot(labels, logits.shape[-1], on_value=True, off_value=False)
    others = tf.where(own, tf.float32.min, logits)
    return tf.gather(logits, labels, batch_dims=1) - tf.reduce_max(others, axis=1)


def build_classifier(
    topology: Topology, input_shape: tuple[int, int, int], class_names: tuple[str, ...], rng_seed: int
) -> Classifier:
    """Returns an untrained classifier: truncated normal weights (σ 0.1) and biases of 0.1, as in the 2016 program.

    Args:
        topology: Its convolutions and dense layers.
        input_shape: (height, width, channels) of an image.
        class_names: One for each output, at least two.
        rng_seed: The number that starts the weights.

    Raises:
        SettingError: The images are too small for the topology.
    """
    images = keras.Input(input_shape, name="inputs")
    signal = images
    for index, convolution in enumerate(topology.convolutions):
        name = f"conv{index}"
        size, kernel = signal.shape[1:3], convolution.kernel
        if convolution.padding == "valid" and (kernel[0] > size[0] or kernel[1] > size[1]):
            raise SettingError(
                f"{name}: the kernel must fit into its input of {size[0]} × {size[1]} units; "
                f"received {kernel[0]} × {kernel[1]}."
            )
        pooled = convolution.pool > 1
        signal = keras.layers.Conv2D(
            convolution.filters,
            kernel,
            padding=convolution.padding,
            activation="relu",
            name=f"{name}_filters" if pooled else name,
        )(signal)
        if pooled:
            signal = keras.layers.MaxPooling2D(convolution.pool, padding="same", name=name)(signal)
    signal = keras.layers.Flatten(name="flatten")(signal)
    for name, units in zip(topology.dense_names, topology.dense, strict=True):
        signal = keras.layers.Dense(units, name=name)(signal)
        signal = keras.layers.ReLU(name=f"{name}_relu")(signal)
    signal = keras.layers.Dense(len(class_names), name="logits")(signal)
    signal = keras.layers.Softmax(name="softmax")(signal)
    classifier = Classifier(keras.Model(images, signal, name="classifier"), class_names)
    set_fresh_weights(classifier, rng_seed)
    return classifier


def set_fresh_weights(classifier: Classifier, rng_seed: int) -> None:
    """Gives every layer that is not frozen fresh weights.

    Convolutions and dense layers get those of `build_classifier`, others those of their own initialisers.
    """
    seeds = np.random.SeedSequence(rng_seed)
    for layer in classifier.network.layers:
        if not layer.trainable:
            continue
        if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
            seed = int(seeds.spawn(1)[0].generate_state(1)[0] >> 1)
            layer.kernel.assign(keras.initializers.TruncatedNormal(stddev=0.1, seed=seed)(layer.kernel.shape))
            if layer.use_bias:
                layer.bias.assign(keras.initializers.Constant(0.1)(layer.bias.shape))
        elif layer.weights:
            fresh = type(layer).from_config(layer.get_config())
            fresh.build(layer.input.shape)
            layer.set_weights(fresh.get_weights())
