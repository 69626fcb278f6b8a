"""How easily fresh images from many kinds of starts are driven over the threshold."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.core.image_kinds import HELD_OUT, KINDS, ImageRequest, kinds_for
from fooler_gui.core.label_sample import sampled_labels
from fooler_gui.core.messages import Working
from fooler_gui.core.round_report import THRESHOLD, WITHIN, FreshShare
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import Noise, make_images, noise_rng
from fooler_gui.engine.descent.attack import Attack, Driven, drive_together
from fooler_gui.engine.nets.classifier import Classifier

UNIFORM_KIND = "uniform"
_UNIFORM_IMAGES_A_LABEL, _IMAGES_A_LABEL = 8, 4


Judge = Callable[[FloatArray, IntArray], BoolArray]
"""Returns (N,) which of images (N, H, W, C) a second opinion also classifies as their labels (N,)."""


class FreshImages(NamedTuple):
    """How fresh images fared.

    Attributes:
        shares: How easily those of each kind fool the classifier.
        noise: (N, H, W, C) float32, the starts of the uniform noise, in the order of their labels.
        noted: The state of the uniform noise after some steps.
    """

    shares: tuple[FreshShare, ...]
    noise: FloatArray
    noted: Driven


def drive_fresh(
    classifier: Classifier,
    judge: Judge,
    dataset: Dataset,
    rng_seed: int,
    number: int,
    control: RunControl,
    noted_at: int = 0,
) -> Generator[Working, None, FreshImages | None]:
    """Yields progress; returns how easily fresh images of each kind fool `classifier`, or None after a stop.

    Uniform noise is driven for up to 1,000 steps, eight images per label; starts that no round trains on for up to 300,
    four images per label.

    Args:
        classifier: The classifier to attack.
        judge: A second opinion that knows no found image; it shows which images may have come to show their label.
        dataset: Its classes are the labels; of very many a sample (`label_sample`), the same in each round.
        rng_seed: The number that starts the noise.
        number: The round's number; each round has its own noise.
        control: Pause and stop.
        noted_at: After how many steps the state of the uniform noise is noted; at its end if that comes first.
    """
    each = sampled_labels(len(dataset.class_names), rng_seed)
    attacks = {}
    for place, kind in enumerate((UNIFORM_KIND, *kinds_for(HELD_OUT))):
        rng = noise_rng(Noise.ROUND_EVALUATION, rng_seed, number, place)
        uniform = kind == UNIFORM_KIND
        labels = np.repeat(each, _UNIFORM_IMAGES_A_LABEL if uniform else _IMAGES_A_LABEL)
        images = make_images(KINDS.known()[kind], ImageRequest(rng=rng, count=len(labels), dataset=dataset))
        steps = WITHIN[-1] if uniform else WITHIN[-2]
        attacks[kind] = Attack(images, labels, AttackSettings(steps=steps, threshold=THRESHOLD))
    noted: list[Driven] = []

    def note(uniform: Driven, *_others: Driven) -> None:
        if uniform.step <= noted_at:
            noted[:] = [uniform]

    ends = yield from driven_to_the_end(classifier, list(attacks.values()), "Driving fresh images", control, note)
    if ends is None:
        return None
    shares = tuple(
        _share(kind, attack.settings.steps, end.over_at, judge(end.images, attack.labels))
        for (kind, attack), end in zip(attacks.items(), ends, strict=True)
    )
    return FreshImages(shares, attacks[UNIFORM_KIND].images, *noted)


def driven_to_the_end(
    classifier: Classifier,
    attacks: Sequence[Attack],
    sentence: str,
    control: RunControl,
    note: Callable[..., None] = lambda *_: None,
) -> Generator[Working, None, tuple[Driven, ...] | None]:
    """Yields progress with `sentence`; returns the final states of `attacks` made together, or None after a stop.

    `note` is called with the states of all after each step.
    """
    ends: tuple[Driven, ...] = ()
    steps = sum(attack.settings.steps for attack in attacks)
    for ends in drive_together(classifier, attacks):
        if control.next() is Next.STOP:
            return None
        note(*ends)
        done = sum(max(0, driven.step) for driven in ends)
        yield Working(sentence=sentence, fraction=done / steps)
    return ends


def judge_of(second: Classifier) -> Judge:
    """Returns the judge that an independent classifier is, which never saw a found image."""

    def agrees(images: FloatArray, labels: IntArray) -> BoolArray:
        agreed: BoolArray = second.probabilities(images).argmax(axis=1) == labels
        return agreed

    return agrees


def _share(kind: str, steps: int, over_at: IntArray, agreed: BoolArray) -> FreshShare:
    within = tuple(limit for limit in WITHIN if limit <= steps)
    by_then = [(over_at >= 0) & (over_at <= limit) for limit in within]
    return FreshShare(
        kind=kind,
        held_out=kind in kinds_for(HELD_OUT),
        images=len(over_at),
        within=within,
        sure=tuple(float(sure.mean()) for sure in by_then),
        agreed=tuple(float((sure & agreed).mean()) for sure in by_then),
        median_steps=float(np.median(over_at[over_at >= 0])) if (over_at >= 0).any() else None,
    )
