"""The attacks that the strongest attack consists of, in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.objectives import MARGIN, OBJECTIVES
from fooler_gui.core.strong_attack import PLAIN_STEPS, StrongAttackSettings
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.strong.adam import by_adam
from fooler_gui.engine.strong.guaranteed import GuaranteedRises
from fooler_gui.engine.strong.halving import by_halving
from fooler_gui.engine.strong.rise import Rise, Search, rise_of
from fooler_gui.engine.strong.squares import by_squares

_PROBABILITY, _CROSS_ENTROPY, _LOGIT = OBJECTIVES[:3]
_RATIO_SHARE = 10
"""Adam raises ln r alone for a tenth of its steps: the way into the density of the training images is short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAttack:
    """One of the attacks.

    Attributes:
        name: What it is called on screen.
        length: How often it asks about each image after its start.
        begin: Returns the search from images (N, H, W, C) towards labels (N,), N ≥ 1.
        blind: Whether it sees no gradient.
    """

    name: str
    length: int
    begin: Callable[[FloatArray, IntArray], Search]
    blind: bool = False


def planned_attacks(
    classifier: Classifier,
    settings: StrongAttackSettings,
    guaranteed: GuaranteedRises | None,
    rng: np.random.Generator,
) -> list[PlannedAttack]:
    """Returns the attacks in their order: the plain descent first, then from the fastest to the slowest.

    Args:
        classifier: The classifier to attack.
        settings: How long each searches.
        guaranteed: What else rises if it has a guarantee; None if it has none.
        rng: The only source of randomness.
    """
    margin = rise_of(classifier, MARGIN)
    steps = settings.steps

    def adam(rise: Rise, length: int) -> Callable[[FloatArray, IntArray], Search]:
        return partial(by_adam, rise, steps=length)

    def halving(objective: Rise) -> Callable[[FloatArray, IntArray], Search]:
        return partial(by_halving, objective, steps=steps)

    def at_target(place: int) -> PlannedAttack:
        def begin(images: FloatArray, _labels: IntArray) -> Search:
            return by_halving(margin, images, likeliest(classifier, images)[:, place], steps)

        return PlannedAttack(name=f"target {place + 1}", length=steps, begin=begin)

    targets = min(settings.targets, len(classifier.class_names))
    attacks = [
        PlannedAttack(name="descent", length=PLAIN_STEPS, begin=adam(rise_of(classifier, _PROBABILITY), PLAIN_STEPS)),
        PlannedAttack(name="margin", length=steps, begin=halving(margin)),
        PlannedAttack(name="cross-entropy", length=steps, begin=halving(rise_of(classifier, _CROSS_ENTROPY))),
        *map(at_target, range(targets)),
    ]
    if guaranteed is not None:
        attacks += _through_densities(classifier, settings, guaranteed, margin)
    logit = adam(rise_of(classifier, _LOGIT), settings.adam_steps)
    squares = partial(by_squares, margin, queries=settings.queries, rng=rng)
    return [
        *attacks,
        PlannedAttack(name="Adam on the logit", length=settings.adam_steps, begin=logit),
        PlannedAttack(name="random search", length=settings.queries, begin=squares, blind=True),
    ]


def likeliest(classifier: Classifier, images: FloatArray) -> IntArray:
    """Returns (N, classes) the classes of `images` (N, H, W, C) by their logits, the likeliest first."""
    classes: IntArray = np.argsort(-classifier.logits(images), axis=1, kind="stable")
    return classes


def _through_densities(
    classifier: Classifier, settings: StrongAttackSettings, guaranteed: GuaranteedRises, margin: Rise
) -> list[PlannedAttack]:
    rising = max(1, settings.adam_steps // _RATIO_SHARE)

    def ratio_first(images: FloatArray, labels: IntArray) -> Search:
        near = yield from by_adam(guaranteed.ratio, images, labels, rising)
        return (yield from by_halving(margin, near, likeliest(classifier, near)[:, 0], settings.steps))

    return [
        PlannedAttack(name="density, then margin", length=rising + 1 + settings.steps, begin=ratio_first),
        PlannedAttack(
            name="density and margin",
            length=settings.adam_steps,
            begin=partial(by_adam, guaranteed.both, steps=settings.adam_steps),
        ),
    ]
