"""Drives many images at once, each towards its own label, by the classifier's output alone.

This is the descent without penalties, so images are independent: each stops by itself and then costs nothing more,
which makes thousands of images practical. Several attacks share the classifier's calls, which take less time an image
the more images there are.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray, frozen
from fooler_gui.core.attack_settings import ATTACK_OBJECTIVES, AttackSettings
from fooler_gui.engine.descent.loop import descended
from fooler_gui.engine.descent.optimisers import optimiser_of, stepped
from fooler_gui.engine.nets.classifier import Classifier


@dataclass(frozen=True, slots=True, eq=False)
class Attack:
    """Images to drive.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1], N ≥ 1, the starts.
        labels: (N,), the labels they are driven towards.
        settings: Steps, learning rate, threshold and so on.
        go_on: Whether an image over the threshold keeps changing; otherwise it stops there.
    """

    images: FloatArray
    labels: IntArray
    settings: AttackSettings
    go_on: bool = False


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

    def of(self, places: IntArray) -> Driven:
        """Returns the state of the images `places` (M,) alone."""
        return Driven(
            step=self.step,
            images=self.images[places],
            probabilities=self.probabilities[places],
            over_at=self.over_at[places],
            gradient=self.gradient[places],
        )


def drive(
    classifier: Classifier, images: FloatArray, labels: IntArray, settings: AttackSettings, *, go_on: bool = False
) -> Generator[Driven, None, Driven]:
    """Yields the state at the start and after each step, until all images are over the threshold or all steps are done.

    Args:
        classifier: The classifier to fool.
        images: See `Attack`, as for the other arguments.
        labels: See `Attack`.
        settings: See `Attack`.
        go_on: See `Attack`.

    Returns:
        The final state.
    """
    for (driven,) in drive_together(classifier, [Attack(images, labels, settings, go_on)]):
        yield driven
    return driven


def drive_together(
    classifier: Classifier, attacks: Sequence[Attack]
) -> Generator[tuple[Driven, ...], None, tuple[Driven, ...]]:
    """Yields the states of all `attacks` after each step of those under way, until all are over.

    They begin in their order, each as soon as its images and those that still move are together no more than the
    classifier processes at a time. The step of one that has not begun is -1.

    Args:
        classifier: The classifier to fool.
        attacks: At least one.

    Returns:
        Their final states: up to rounding, those of each driven alone.
    """
    return (yield from descended(_Attacks(classifier, attacks)))


class _Attacks:
    """The `Descent` of several attacks."""

    def __init__(self, classifier: Classifier, attacks: Sequence[Attack]) -> None:
        self._classifier = classifier
        self._states = [_not_evaluated(attack) for attack in attacks]
        self._waiting = list(enumerate(attacks))
        self._under_way: dict[int, _Moving] = {}
        self._begin()

    @property
    def is_over(self) -> bool:
        return not self._waiting and all(moving.is_over for moving in self._under_way.values())

    def evaluate(self) -> tuple[Driven, ...]:
        for objective in ATTACK_OBJECTIVES:
            self._evaluate([moving for moving in self._under_way.values() if moving.needs(objective)], objective)
        for place, moving in self._under_way.items():
            self._states[place] = moving.state
        return tuple(self._states)

    def judged(self, costs: tuple[Driven, ...]) -> Iterator[tuple[Driven, ...]]:
        yield costs
        for moving in self._under_way.values():
            moving.judge()

    def asked(self) -> Generator[tuple[Driven, ...], None, bool]:
        yield from ()
        return True

    def step(self, costs: tuple[Driven, ...]) -> None:
        self._under_way = {place: moving for place, moving in self._under_way.items() if not moving.is_over}
        for place, moving in self._under_way.items():
            moving.step(costs[place].gradient)
        self._begin()

    def end(self) -> tuple[Driven, ...]:
        return tuple(self._states)

    def _begin(self) -> None:
        """Begins the attacks next in order that there is room for, one at least if none is under way."""
        room = self._classifier.chunk - sum(moving.count for moving in self._under_way.values())
        while self._waiting and (not self._under_way or len(self._waiting[0][1].images) <= room):
            place, attack = self._waiting.pop(0)
            self._under_way[place] = _Moving(attack)
            room -= len(attack.images)

    def _evaluate(self, several: list[_Moving], objective: str) -> None:
        if not several:
            return
        probabilities, gradient = self._classifier.label_gradient(
            np.concatenate([moving.images[moving.slots] for moving in several]),
            np.concatenate([moving.labels[moving.slots] for moving in several]),
            objective,
        )
        ends = np.cumsum([moving.count for moving in several])[:-1]
        for moving, *evaluated in zip(several, np.split(probabilities, ends), np.split(gradient, ends), strict=True):
            moving.note(*evaluated)


class _Moving:
    """An attack under way.

    Attributes:
        images: (N, H, W, C), the present images.
        labels: (N,), their labels.
        slots: (N,), which images move.
        state: As last evaluated.
    """

    def __init__(self, attack: Attack) -> None:
        self.images, self.labels = attack.images, attack.labels
        self.slots: BoolArray = np.ones(len(attack.images), np.bool_)
        self.state = _not_evaluated(attack)
        self._settings, self._go_on = attack.settings, attack.go_on
        self._optimiser = optimiser_of(attack.settings.optimiser, attack.images.shape)

    @property
    def count(self) -> int:
        """How many images move."""
        return int(self.slots.sum())

    @property
    def is_over(self) -> bool:
        return self.state.step == self._settings.steps or not self.slots.any()

    def needs(self, objective: str) -> bool:
        """Returns whether the present images are to raise `objective` and have not been evaluated."""
        return self._settings.objective == objective and self.state.images is not self.images

    def note(self, moved: FloatArray, moved_gradient: FloatArray) -> None:
        """Notes the probabilities and gradients of the images that move, in their order."""
        before = self.state
        probabilities, gradient = before.probabilities.copy(), before.gradient.copy()
        probabilities[self.slots], gradient[self.slots] = moved, moved_gradient
        step = before.step + 1
        newly = (before.over_at < 0) & (probabilities > self._settings.threshold)
        self.state = Driven(
            step=step,
            images=frozen(self.images),
            probabilities=frozen(probabilities),
            over_at=frozen(np.where(newly, step, before.over_at)),
            gradient=frozen(gradient),
        )

    def judge(self) -> None:
        """Stops the images over the threshold, unless they go on."""
        if not self._go_on:
            self.slots = self.state.over_at < 0

    def step(self, gradient: FloatArray) -> None:
        """Moves the images one step along `gradient` (N, H, W, C)."""
        self.images = stepped(self.images, -gradient, self._optimiser, self._settings.learning_rate, self.slots)


def _not_evaluated(attack: Attack) -> Driven:
    """Returns the state of an attack that has not begun."""
    return Driven(
        step=-1,
        images=attack.images[:0],
        probabilities=np.empty(len(attack.images), np.float32),
        over_at=np.full(len(attack.images), -1, np.int64),
        gradient=np.zeros_like(attack.images),
    )
