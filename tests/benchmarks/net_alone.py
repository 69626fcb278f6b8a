"""The net's forward and backward pass alone, which every step needs. TensorFlow must be loaded first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import tensorflow as tf

from benchmarks.determinism import without_determinism
from benchmarks.timing import Timing, interleaved, timed
from fooler_gui.core.arrays import FloatArray
from fooler_gui.engine.nets.classifier import Classifier

GRAPH, XLA = "graph", "XLA"
_REPETITIONS, _TIMES = 5, 10


class NetAlone:
    """The gradient of the mean of 1 − p with respect to images, by the plain Keras network.

    It is compiled both as a graph and by XLA, and run, without determinism.

    Args:
        classifier: The classifier.
        images: (B, H, W, C) float32.
        labels: The class of each image.

    Attributes:
        timings: The time as a graph and by XLA.
        faster: The faster of the two.
    """

    def __init__(self, classifier: Classifier, images: FloatArray, labels: list[int]) -> None:
        self._network = classifier.network
        self._images = tf.constant(images)
        self._labels = tf.constant(labels)
        with without_determinism():
            self._compiled = {
                name: self._compile(jit_compile=jit_compile) for name, jit_compile in ((GRAPH, False), (XLA, True))
            }
        parts = {name: timed(partial(self.gradient, name), _TIMES) for name in self._compiled}
        self.timings: dict[str, Timing] = interleaved(parts, _REPETITIONS)
        self.faster = min(self.timings, key=lambda name: self.timings[name].median)

    def gradient(self, name: str | None = None) -> FloatArray:
        """Returns the gradient (B, H, W, C), computed by `name`, by default the faster way."""
        gradient: FloatArray = self._compiled[name or self.faster](self._images).numpy()
        return gradient

    @property
    def sentence(self) -> str:
        """A comparison of the two."""
        graph, xla = (1000 * self.timings[name].median for name in (GRAPH, XLA))
        return (
            f"The net alone takes {graph:.1f} ms as graph and {xla:.1f} ms by XLA (compiled without determinism, which "
            f"rules out XLA's gradient of a max-pool); compared with {self.faster}."
        )

    def _compile(self, *, jit_compile: bool) -> Callable[[tf.Tensor], tf.Tensor]:
        compiled: Callable[[tf.Tensor], tf.Tensor] = tf.function(self._gradient, jit_compile=jit_compile)
        gradient = compiled(self._images)
        assert np.isfinite(gradient.numpy()).all()
        return compiled

    def _gradient(self, images: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(images)
            probabilities = tf.gather(self._network(images, training=False), self._labels, axis=1, batch_dims=1)
            cost = tf.reduce_mean(1 - probabilities)
        return tape.gradient(cost, images)
