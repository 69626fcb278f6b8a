"""Training of a classifier: Adam on the summed cross-entropy of batches (method.md, Classifier)."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import TrainingProgress
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.work_time import PROGRESS_EVERY, validate_every
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.mending.fused_adam import FusedAdam
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.seeded_layers import seed_layers
from fooler_gui.engine.nets.trained_layers import check_trainable
from fooler_gui.engine.nets.weights import fingerprint, not_finite


class DivergedTraining(LabError, ArithmeticError):
    """The loss or a weight is no longer a finite number."""


class IdleTraining(LabError, ArithmeticError):
    """A training changed nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Training examples: the training images with their labels, and extra images.

    Attributes:
        images: (N, H, W, C) uint8.
        labels: (N,) integers below the number of classes.
        classes: The number of classes.
        extra_images: (M, H, W, C) float32 in [0, 1], which show nothing (method.md, Retraining).
        extra_target: (classes,) float32, the distribution that extra images are trained towards.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.unsignedinteger]
    classes: int
    extra_images: FloatArray
    extra_target: FloatArray

    def __len__(self) -> int:
        return len(self.images) + len(self.extra_images)

    def batch(self, indices: npt.NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
        """Returns images (B, H, W, C) float32 and target distributions (B, classes) float32 of `indices`."""
        is_extra = indices >= len(self.images)
        images = np.empty((len(indices), *self.images.shape[1:]), np.float32)
        images[~is_extra] = to_float(self.images[indices[~is_extra]])
        images[is_extra] = self.extra_images[indices[is_extra] - len(self.images)]
        targets = np.tile(self.extra_target, (len(indices), 1))
        of_classes = np.flatnonzero(~is_extra)
        targets[of_classes] = 0
        targets[of_classes, self.labels[indices[of_classes]]] = 1
        return images, targets


def target_of_nothing(classes: int, none_class: int | None = None) -> FloatArray:
    """Returns (classes,), the target of images that show nothing: all classes equally likely, or `none_class`."""
    if none_class is None:
        return np.full(classes, 1 / classes, np.float32)
    target: FloatArray = np.eye(classes, dtype=np.float32)[none_class]
    return target


def examples_of(
    dataset: Dataset,
    validation_images: int,
    extra_images: FloatArray | None = None,
    extra_target: FloatArray | None = None,
) -> Examples:
    """Returns the training images after the first `validation_images`, with `extra_images` if there are any.

    Args:
        dataset: The images.
        validation_images: How many, from the first on, are left out.
        extra_images: (M, H, W, C) float32, which show nothing.
        extra_target: (classes,), see `target_of_nothing`; None for the dataset's classes, all equally likely.
    """
    none = np.empty((0, *dataset.input_shape), np.float32)
    target = target_of_nothing(len(dataset.class_names)) if extra_target is None else extra_target
    return Examples(
        images=dataset.train_images[validation_images:],
        labels=dataset.train_labels[validation_images:],
        classes=len(target),
        extra_images=none if extra_images is None else extra_images,
        extra_target=target,
    )


def shuffled_batches(count: int, batch_size: int, rng_seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """Yields the indices of batches without end: every index once per epoch, newly shuffled each time."""
    rng = np.random.default_rng(rng_seed)
    order = np.empty(0, np.int64)
    while True:
        while len(order) < batch_size:
            order = np.concatenate([order, rng.permutation(count)])
        yield order[:batch_size]
        order = order[batch_size:]


class Trainer:
    """Trains one classifier; a further training continues with its weights and Adam's moments.

    Args:
        classifier: The weights of its trainable layers change.

    Raises:
        NotTrainable: It has none, or cannot be trained for another reason.
    """

    def __init__(self, classifier: Classifier) -> None:
        check_trainable(classifier)
        self._classifier = classifier
        # 1e-8 is the 2016 program's epsilon.
        self._optimizer = FusedAdam(classifier.network.trainable_variables, epsilon=1e-8)
        self._step = tf.function(
            self._train_on,
            input_signature=[
                tf.TensorSpec((None, *classifier.input_shape), tf.float32),
                tf.TensorSpec((None, len(classifier.class_names)), tf.float32),
            ],
            autograph=False,
        )

    def train(
        self,
        examples: Examples,
        validation: tuple[npt.NDArray[np.uint8], npt.NDArray[np.unsignedinteger]],
        control: RunControl,
        *,
        steps: int,
        batch_size: int,
        learning_rate: float,
        rng_seed: int,
        falling: bool = False,
    ) -> Generator[TrainingProgress, None, int]:
        """Yields progress while it trains; ends after `steps`, or within one batch of a stop.

        Args:
            examples: The training examples.
            validation: Images (N, H, W, C) uint8 and labels (N,), to measure accuracy; N may be 0.
            control: Stop and pause.
            steps: How many batches.
            batch_size: Images per batch.
            learning_rate: Of Adam, on the summed cross-entropy.
            rng_seed: The number that starts the order of images and the random numbers of layers such as dropout.
            falling: Whether the learning rate falls linearly to zero after the last step.

        Returns:
            The number of steps done.

        Raises:
            DivergedTraining: The loss or a weight is no longer finite.
            IdleTraining: No weight has changed.
        """
        network = self._classifier.network
        before = [fingerprint(variable) for variable in network.trainable_variables]
        seed_layers(network, rng_seed)
        self._optimizer.learning_rate.assign(learning_rate)
        validating = validate_every(steps)
        losses: list[tf.Tensor] = []
        busy, begun = 0.0, time.perf_counter()
        for step, indices in zip(
            range(1, steps + 1), shuffled_batches(len(examples), batch_size, rng_seed), strict=False
        ):
            if control.next() is Next.STOP:
                self._checked_loss(losses, step - 1)
                return step - 1
            if falling:
                self._optimizer.learning_rate.assign(learning_rate * (steps - step + 1) / steps)
            images, targets = examples.batch(indices)
            losses.append(self._step(tf.constant(images), tf.constant(targets)))
            if step % PROGRESS_EVERY and step < steps and step % validating:
                continue
            loss = self._checked_loss(losses, step) / batch_size
            losses.clear()
            busy += time.perf_counter() - begun
            accuracy = None
            if step % validating == 0 or step == steps:
                accuracy = accuracy_on(self._classifier, *validation, control)
            rate = step * batch_size / busy
            yield TrainingProgress(
                step=step,
                steps=steps,
                loss=loss,
                validation_accuracy=accuracy,
                images_per_second=rate,
                seconds_left=(steps - step) * batch_size / rate,
            )
            begun = time.perf_counter()
        if all(fingerprint(variable) == was for variable, was in zip(network.trainable_variables, before, strict=True)):
            raise IdleTraining(
                f"No weight has changed in {steps:,} steps: training needs a loss with a gradient at the classifier's "
                "weights, and this one's has none."
            )
        return steps

    def _train_on(self, images: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            _, logits, _ = self._classifier.activations(images, training=True)
            loss = tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        self._optimizer.apply(tape.gradient(loss, self._classifier.network.trainable_variables))
        return loss

    def _checked_loss(self, losses: Sequence[tf.Tensor], step: int) -> float:
        """Returns the mean of the latest `losses`, 0 if there are none; refuses it or weights that are not finite."""
        loss = float(np.mean([loss.numpy() for loss in losses])) if losses else 0.0
        culprit = "The loss" if not math.isfinite(loss) else not_finite(self._classifier.network)
        if culprit:
            raise DivergedTraining(
                f"{culprit} is no longer a finite number after {step} steps, so the training was stopped; a smaller "
                "learning rate avoids this."
            )
        return loss


def accuracy_on(
    classifier: Classifier,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.unsignedinteger],
    control: RunControl | None = None,
    chunk: int = 500,
) -> float | None:
    """Returns the share of `images` (N, H, W, C) uint8 that `classifier` gets right, 0 to 1.

    None if there are no images or `control` requested a stop.
    """
    right = 0
    for start in range(0, len(images), chunk):
        if control is not None and control.stop_requested:
            return None
        probabilities = classifier.probabilities(to_float(images[start : start + chunk]))
        right += int(np.sum(probabilities.argmax(axis=1) == labels[start : start + chunk]))
    return right / len(images) if len(images) else None
