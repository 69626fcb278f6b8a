"""Drives many images at once, each towards its own label, by the classifier's output alone.

This is the descent without penalties, so images are independent: each stops by itself and then costs nothing more,
which makes thousands of images practical.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray, frozen
from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.engine.descent.loop import descended
from fooler_gui.engine.descent.optimisers import optimiser_of, stepped
from fooler_gui.engine.nets.classifier import Classifier


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Driven:
    """The state of N images after some steps.

    Attributes:
        step: Steps done.
        images: (N, H, W, C) float32 in [0, 1].
        probabilities: (N,), of the images' labels.
        over_at: (N,), the first step at which an image was over the threshold; -1 if none yet.
        gradient: (N, H, W, C), of the objective, which should rise; for a stopped image its last.
    """

    step: int
    images: FloatArray
    probabilities: FloatArray
    over_at: IntArray
    gradient: FloatArray

    @property
    def over(self) -> BoolArray:
        """(N,), which images were over the threshold at some step."""
        return self.over_at >= 0

    @property
    def gradient_norms(self) -> FloatArray:
        """(N,), the norms of the gradients."""
        flat = self.gradient.reshape(len(self.gradient), -1)
        norms: FloatArray = np.sqrt(np.vecdot(flat, flat))
        return norms

    @property
    def zero_gradients(self) -> BoolArray:
        """(N,), which gradients are zero in every pixel."""
        zeros: BoolArray = np.logical_not(self.gradient.reshape(len(self.gradient), -1).any(axis=1))
        return zeros


def drive(
    classifier: Classifier, images: FloatArray, labels: IntArray, settings: AttackSettings, *, go_on: bool = False
) -> Generator[Driven, None, Driven]:
    """Yields the state at the start and after each step, until all images are over the threshold or all steps are done.

    Args:
        classifier: The classifier to fool.
        images: (N, H, W, C) float32 in [0, 1], N ≥ 1, the starts.
        labels: (N,), the labels they are driven towards.
        settings: Steps, learning rate, threshold and so on.
        go_on: Whether an image over the threshold keeps changing; otherwise it stops there.

    Returns:
        The final state.
    """
    return (yield from descended(_Attack(classifier, images, labels, settings, go_on=go_on)))


class _Attack:
    """The `Descent` of independent images."""

    def __init__(
        self, classifier: Classifier, images: FloatArray, labels: IntArray, settings: AttackSettings, *, go_on: bool
    ) -> None:
        self._classifier, self._labels, self._settings, self._go_on = classifier, labels, settings, go_on
        self._optimiser = optimiser_of(settings.optimizer, images.shape)
        self._images = images
        self._moving: BoolArray = np.ones(len(images), np.bool_)
        self._state = Driven(  # not evaluated yet
            step=-1,
            images=images[:0],
            probabilities=np.empty(len(images), np.float32),
            over_at=np.full(len(images), -1, np.int64),
            gradient=np.zeros_like(images),
        )

    @property
    def is_over(self) -> bool:
        return self._state.step == self._settings.steps or not self._moving.any()

    def evaluate(self) -> Driven:
        if self._state.images is not self._images:
            self._state = self._evaluated(self._state, self._moving)
        return self._state

    def judged(self, costs: Driven) -> Iterator[Driven]:
        yield costs
        if not self._go_on:
            self._moving = costs.over_at < 0

    def asked(self) -> Generator[Driven, None, bool]:
        yield from ()
        return True

    def step(self, costs: Driven) -> None:
        self._images = stepped(
            self._images, -costs.gradient, self._optimiser, self._settings.learning_rate, self._moving
        )

    def end(self) -> Driven:
        return self._state

    def _evaluated(self, former: Driven, moving: BoolArray) -> Driven:
        probabilities, gradient = former.probabilities.copy(), former.gradient.copy()
        probabilities[moving], gradient[moving] = self._classifier.label_gradient(
            self._images[moving], self._labels[moving], self._settings.objective
        )
        step = former.step + 1
        newly = (former.over_at < 0) & (probabilities > self._settings.threshold)
        return Driven(
            step=step,
            images=frozen(self._images),
            probabilities=frozen(probabilities),
            over_at=frozen(np.where(newly, step, former.over_at)),
            gradient=frozen(gradient),
        )
