"""Drives many images at once, each towards a label of its own, by what the classifier says of it alone.

The descent of `descent` with every penalty at zero, whose images then have nothing to do with each other. Here each
stops for itself, and what has stopped costs nothing more; that is what thousands of images need.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import tensorflow as tf

from fooler_gui.core.attack_settings import LOGIT, PROBABILITY, SIGN, AttackSettings
from fooler_gui.core.messages import BoolArray, FloatArray, IntArray, frozen
from fooler_gui.engine.descent.pixel_adam import PixelAdam
from fooler_gui.engine.nets.classifier import Classifier


class SurenessGradient:
    """How sure a classifier is of labels, and in which direction each image has to change to make it surer.

    Args:
        classifier: The classifier.
        objective: What the direction raises: "probability" of the label, or "logit", its logit's lead over the
            greatest other one, whose gradient does not vanish where the softmax is saturated.
    """

    def __init__(self, classifier: Classifier, objective: str = PROBABILITY) -> None:
        self._classifier = classifier
        self._objective = objective
        self._compiled = tf.function(
            self._differentiate,
            input_signature=[tf.TensorSpec((None, *classifier.input_shape)), tf.TensorSpec((None,), tf.int64)],
        )

    def __call__(self, images: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray]:
        """Returns the probabilities (N,) of `labels` (N,), and the gradient (N, H, W, C) of what is to rise.

        Args:
            images: (N, H, W, C) float32, N ≥ 0.
            labels: (N,), below the number of classes.
        """
        gradient, probabilities = np.empty_like(images), np.empty(len(images), np.float32)
        chunk = self._classifier.chunk
        for start in range(0, len(images), chunk):
            part = slice(start, start + chunk)
            slopes, sureness = self._compiled(tf.constant(images[part]), tf.constant(labels[part]))
            gradient[part], probabilities[part] = slopes.numpy(), sureness.numpy()
        return probabilities, gradient

    def _differentiate(self, images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(images)
            _, logits, all_probabilities = self._classifier.activations(images)
            probabilities = tf.gather(all_probabilities, labels, batch_dims=1)
            rising = self._lead(logits, labels) if self._objective == LOGIT else probabilities
        return tape.gradient(rising, images), probabilities

    def _lead(self, logits: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        own = tf.one_hot(labels, logits.shape[-1], on_value=True, off_value=False)
        others = tf.where(own, tf.float32.min, logits)
        return tf.gather(logits, labels, batch_dims=1) - tf.reduce_max(others, axis=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Driven:
    """Where N images stand after some steps.

    Attributes:
        step: Steps done.
        images: (N, H, W, C) float32 in [0, 1].
        probabilities: (N,) of their labels, of these images.
        sure_at: (N,), the first step at which an image's probability was above the threshold; -1 before.
        gradient_norms: (N,), of the gradient that the next step follows; of a stopped image, its last.
        zero_gradients: (N,), whether that gradient is zero in every pixel.
    """

    step: int
    images: FloatArray
    probabilities: FloatArray
    sure_at: IntArray
    gradient_norms: FloatArray
    zero_gradients: BoolArray


@dataclass(slots=True, eq=False)
class _Steps:
    """What moves images along their gradients."""

    settings: AttackSettings
    shape: tuple[int, ...]
    adam: PixelAdam = field(init=False)

    def __post_init__(self) -> None:
        self.adam = PixelAdam(self.shape)

    def change(self, gradient: FloatArray, moving: BoolArray) -> FloatArray:
        """Returns what is to be added to the images (N, H, W, C), zero where `moving` (N,) is false."""
        if self.settings.optimizer == SIGN:
            change = np.float32(self.settings.learning_rate) * np.sign(gradient)
            change[~moving] = 0
            return change
        return self.adam.update(-gradient, self.settings.learning_rate, moving)


def drive(
    sureness: SurenessGradient, images: FloatArray, labels: IntArray, settings: AttackSettings, *, go_on: bool = False
) -> Iterator[Driven]:
    """Yields where the images stand at the start and after each step, until all are sure or the steps are over.

    Args:
        sureness: Of the classifier that is to be fooled.
        images: (N, H, W, C) float32 in [0, 1], N ≥ 1, the starts.
        labels: (N,), what each is driven towards.
        settings: Steps, learning rate, threshold and so on.
        go_on: Whether an image that is sure goes on changing; else it stays as it was when it first was.
    """
    sure_at = np.full(len(images), -1, np.int64)
    probabilities, gradient = np.empty(len(images), np.float32), np.zeros_like(images)
    moving = np.ones(len(images), np.bool_)
    norms, zeros = np.zeros(len(images), np.float32), np.zeros(len(images), np.bool_)
    steps = _Steps(settings, images.shape)
    for step in range(settings.steps + 1):
        probabilities, norms, zeros = probabilities.copy(), norms.copy(), zeros.copy()
        probabilities[moving], gradient[moving] = sureness(images[moving], labels[moving])
        flat = gradient[moving].reshape(int(moving.sum()), -1)
        norms[moving], zeros[moving] = np.sqrt(np.vecdot(flat, flat)), ~flat.any(axis=1)
        sure_at = np.where((sure_at < 0) & (probabilities > settings.threshold), step, sure_at)
        yield Driven(
            step=step,
            images=frozen(images),
            probabilities=frozen(probabilities),
            sure_at=frozen(sure_at),
            gradient_norms=frozen(norms),
            zero_gradients=frozen(zeros),
        )
        if not go_on:
            moving = sure_at < 0
        if step == settings.steps or not moving.any():
            return
        images = np.clip(images + steps.change(gradient, moving), 0, 1)
