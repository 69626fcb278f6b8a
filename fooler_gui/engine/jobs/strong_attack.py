"""Attacks the classifier in use as strongly as can be, and looks at the images that it is sure of afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray, frozen
from fooler_gui.core.jobs import AttackStrongly
from fooler_gui.core.messages import Message, StronglyAttacked, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.strong_attack import (
    USUAL_STARTS,
    AttackMade,
    KindAttacked,
    StrongAttackReport,
    SureImage,
    check_starts,
    strong_starts,
)
from fooler_gui.data.starts import Noise, noise_rng
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.descent.fresh_attack import judge_of
from fooler_gui.engine.jobs.measuring import sample_remark
from fooler_gui.engine.strong.ensemble import Worst, attacked
from fooler_gui.engine.strong.guaranteed import guaranteed_rises
from fooler_gui.engine.strong.plan import PlannedAttack, planned_attacks
from fooler_gui.engine.strong.starts import StrongStarts, most_labels


def attack_strongly(contents: LabContents, job: AttackStrongly, control: RunControl) -> Iterator[Message]:
    """Attacks the classifier in use; a stop ends it with what has been found.

    Without chosen starts they are the usual ones, and of a classifier with a guarantee all that there are.

    Raises:
        LabError: There is no classifier, or starts are unknown or cannot be made.
    """
    check_starts(job.starts)
    present = contents.require_present()
    present.forget_computed()
    classifier, settings, dataset = present.classifier, job.settings, contents.dataset
    began = time.perf_counter()
    yield from sample_remark("Images are", dataset, most_labels(settings.images_a_kind))
    guaranteed = guaranteed_rises(classifier)
    everything = guaranteed is not None and dataset.has_images
    kinds = job.starts or (strong_starts() if everything else USUAL_STARTS)
    yield Working(sentence="Making the starts")
    starts = StrongStarts(classifier, dataset, kinds, settings.images_a_kind, settings.rng_seed)
    rng = noise_rng(Noise.STRONG_ATTACK, settings.rng_seed, settings.restarts + 1)
    attacks = planned_attacks(classifier, settings, guaranteed, rng)
    worst = yield from attacked(attacks, starts.images, starts.labels, settings.restarts, starts.fresh, control)
    yield Working(sentence="Looking at the images that fooled it")
    sure = _Sure(contents, worst)
    report = StrongAttackReport(
        classifier=present.info.name,
        settings=settings,
        guaranteed=guaranteed is not None,
        kinds=tuple(_of_kind(kind, starts.kinds == place, worst, sure) for place, kind in enumerate(kinds)),
        attacks=tuple(_made(attack, number, worst) for number, attack in enumerate(attacks)),
        images=tuple(sure.described([kinds[place] for place in starts.kinds], attacks)),
        seconds=time.perf_counter() - began,
        stopped=worst.stopped,
    )
    yield StronglyAttacked(report=report, images=frozen(sure.images), nearest=frozen(sure.nearest))


class _Sure:
    """The images over the threshold, first those that the second opinion does not call the class.

    Attributes:
        places: (N,), their places among all.
        images: (N, H, W, C).
        nearest: (N, H, W, C), the nearest training images; (0, H, W, C) without a dataset.
        agreed: (N,), whether the second opinion agrees; None if there is nobody to ask.
    """

    def __init__(self, contents: LabContents, worst: Worst) -> None:
        self._worst = worst
        places: IntArray = np.flatnonzero(worst.over)
        images = worst.images[places]
        labels: IntArray = contents.require_present().classifier.probabilities(images).argmax(axis=1)
        agreed = _agreed(contents, images, labels)
        order = np.arange(len(places)) if agreed is None else np.argsort(agreed, kind="stable")
        self.places, self.images, self._labels = places[order], images[order], labels[order]
        self.agreed = None if agreed is None else agreed[order]
        self.nearest, self._nearest_labels = images[:0], labels[:0]
        if len(images) and contents.dataset.has_images:
            found = contents.neighbours.nearest(self.images, 1)
            self.nearest, self._nearest_labels = found.images[:, 0], found.labels[:, 0]

    def described(self, kinds: list[str], attacks: list[PlannedAttack]) -> Iterator[SureImage]:
        """Yields what is told of each image; `kinds` has one for each of all images."""
        for number, place in enumerate(self.places.tolist()):
            yield SureImage(
                kind=kinds[place],
                attack=attacks[self._worst.by[place]].name,
                confidence=float(self._worst.confidences[place]),
                label=int(self._labels[number]),
                agreed=None if self.agreed is None else bool(self.agreed[number]),
                nearest=int(self._nearest_labels[number]) if len(self._nearest_labels) else None,
            )


def _agreed(contents: LabContents, images: FloatArray, labels: IntArray) -> BoolArray | None:
    second = contents.second_classifier()
    if not contents.dataset.has_images and second is None:
        return None
    if not len(images):
        return np.zeros(0, np.bool_)
    judge = contents.neighbours.agrees if second is None else judge_of(second)
    return judge(images, labels)


def _of_kind(kind: str, of_it: BoolArray, worst: Worst, sure: _Sure) -> KindAttacked:
    return KindAttacked(
        kind=kind,
        images=int(of_it.sum()),
        plain=int((worst.plain & of_it).sum()),
        over=int((worst.over & of_it).sum()),
        agreed=None if sure.agreed is None else int(sure.agreed[of_it[sure.places]].sum()),
        highest=float(worst.confidences[of_it].max(initial=0)),
    )


def _made(attack: PlannedAttack, number: int, worst: Worst) -> AttackMade:
    return AttackMade(
        name=attack.name,
        tried=int(worst.tried[number]),
        over=int((worst.by == number).sum()),
        blind=attack.blind,
    )
