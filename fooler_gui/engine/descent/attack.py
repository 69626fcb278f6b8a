"""Drives many images at once, each towards a label of its own, by what the classifier says of it alone.

The descent with every penalty at zero, whose images then have nothing to do with each other. Here each stops for
itself, and what has stopped costs nothing more; that is what thousands of images need.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.core.messages import BoolArray, FloatArray, IntArray, frozen
from fooler_gui.engine.descent.loop import descended
from fooler_gui.engine.descent.optimisers import optimiser_of, stepped
from fooler_gui.engine.nets.classifier import Classifier


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Driven:
    """Where N images stand after some steps.

    Attributes:
        step: Steps done.
        images: (N, H, W, C) float32 in [0, 1].
        probabilities: (N,) of their labels, of these images.
        sure_at: (N,), the first step at which an image's probability was above the threshold; -1 before.
        gradient: (N, H, W, C), of what is to rise; of a stopped image, its last.
    """

    step: int
    images: FloatArray
    probabilities: FloatArray
    sure_at: IntArray
    gradient: FloatArray

    @property
    def sure(self) -> BoolArray:
        """(N,), which images were above the threshold at some step."""
        return self.sure_at >= 0

    @property
    def gradient_norms(self) -> FloatArray:
        """(N,), of the gradient that the next step follows."""
        flat = self.gradient.reshape(len(self.gradient), -1)
        norms: FloatArray = np.sqrt(np.vecdot(flat, flat))
        return norms

    @property
    def zero_gradients(self) -> BoolArray:
        """(N,), whether that gradient is zero in every pixel."""
        zeros: BoolArray = np.logical_not(self.gradient.reshape(len(self.gradient), -1).any(axis=1))
        return zeros


def drive(
    classifier: Classifier, images: FloatArray, labels: IntArray, settings: AttackSettings, *, go_on: bool = False
) -> Generator[Driven, None, Driven]:
    """Yields where the images stand at the start and after each step, until all are sure or the steps are over.

    Args:
        classifier: What is to be fooled.
        images: (N, H, W, C) float32 in [0, 1], N ≥ 1, the starts.
        labels: (N,), what each is driven towards.
        settings: Steps, learning rate, threshold and so on.
        go_on: Whether an image that is sure goes on changing; else it stays as it was when it first was.

    Returns:
        Where they end.
    """
    return (yield from descended(_Attack(classifier, images, labels, settings, go_on=go_on)))


class _Attack:
    """The `Descent` of images that have nothing to do with each other."""

    def __init__(
        self, classifier: Classifier, images: FloatArray, labels: IntArray, settings: AttackSettings, *, go_on: bool
    ) -> None:
        self._classifier, self._labels, self._settings, self._go_on = classifier, labels, settings, go_on
        self._optimiser = optimiser_of(settings.optimizer, images.shape)
        self._images = images
        self._moving: BoolArray = np.ones(len(images), np.bool_)
        self._stands = Driven(  # nowhere yet
            step=-1,
            images=images[:0],
            probabilities=np.empty(len(images), np.float32),
            sure_at=np.full(len(images), -1, np.int64),
            gradient=np.zeros_like(images),
        )

    @property
    def is_over(self) -> bool:
        return self._stands.step == self._settings.steps or not self._moving.any()

    def evaluate(self) -> Driven:
        if self._stands.images is not self._images:
            self._stands = self._evaluated(self._stands, self._moving)
        return self._stands

    def judged(self, costs: Driven) -> Iterator[Driven]:
        yield costs
        if not self._go_on:
            self._moving = costs.sure_at < 0

    def asked(self) -> Generator[Driven, None, bool]:
        yield from ()
        return True

    def step(self, costs: Driven) -> None:
        self._images = stepped(
            self._images, -costs.gradient, self._optimiser, self._settings.learning_rate, self._moving
        )

    def end(self) -> Driven:
        return self._stands

    def _evaluated(self, former: Driven, moving: BoolArray) -> Driven:
        probabilities, gradient = former.probabilities.copy(), former.gradient.copy()
        probabilities[moving], gradient[moving] = self._classifier.label_gradient(
            self._images[moving], self._labels[moving], self._settings.objective
        )
        step = former.step + 1
        newly = (former.sure_at < 0) & (probabilities > self._settings.threshold)
        return Driven(
            step=step,
            images=frozen(self._images),
            probabilities=frozen(probabilities),
            sure_at=frozen(np.where(newly, step, former.sure_at)),
            gradient=frozen(gradient),
        )
