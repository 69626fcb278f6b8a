"""Attacks that a classifier which only hides its gradients would not stand.

After Athalye, Carlini and Wagner 2018, *Obfuscated gradients give a false sense of security*.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np

from fooler_gui.core.attack_settings import LOGIT, SIGN, AttackSettings
from fooler_gui.core.formats import format_number, format_share
from fooler_gui.core.image_kinds import KINDS, ImageRequest
from fooler_gui.core.messages import BoolArray, FloatArray, IntArray, Working
from fooler_gui.core.round_report import THRESHOLD, HonestyCheck
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import Noise, make_images, noise_rng, uniform_noise
from fooler_gui.engine.descent.attack import Driven
from fooler_gui.engine.descent.fresh_attack import driven_to_the_end
from fooler_gui.engine.nets.classifier import Classifier

STEPS = 150
_IMAGES_A_LABEL = 4
_RESTARTS = 2
_SIGN_RATE = 0.02
_BLIND_MUTATION = 0.1
_ZERO_SHARE = 0.1
_OTHER_KINDS = ("gaussian", "blurred", "sparse", "black")

Checks = tuple[HonestyCheck, ...]


def honesty_checks(
    classifier: Classifier, former: Classifier | None, dataset: Dataset, rng_seed: int, number: int, control: RunControl
) -> Generator[Working, None, Checks | None]:
    """Yields progress; returns what each check found, or None after a stop.

    Unless they say otherwise, all start from the same uniform noise. The white-box attack that the others are held
    against is the article's descent without penalties. Masking is suspected where an attack that does not see the
    classifier's gradients beats it by more than chance would, or where many images are not sure and have no gradient
    at all.

    Args:
        classifier: What is attacked.
        former: The classifier before, whose images are tried on this one; None where there is none.
        dataset: Its classes are the labels.
        rng_seed: Starts the noise.
        number: Of the round; another round, other noise.
        control: Pause and stop.
    """
    attacks = _Attacks(classifier, dataset, rng_seed, number, control)
    try:
        return (yield from _checks(attacks, former, dataset))
    except _Stopped:
        return None


def _checks(attacks: _Attacks, former: Classifier | None, dataset: Dataset) -> Generator[Working, None, Checks]:
    white = yield from attacks.driven("Checking gradients", attacks.starts)
    again = white.sure
    for _ in range(_RESTARTS):
        restarted = yield from attacks.driven("Checking restarts", attacks.fresh_starts())
        again = again | restarted.sure
    elsewhere = yield from attacks.driven("Checking other starts", attacks.other_starts(dataset))
    by_logit = yield from attacks.driven("Checking the logit", attacks.starts, objective=LOGIT)
    by_sign = yield from attacks.driven(
        "Checking other steps", attacks.starts, optimizer=SIGN, learning_rate=_SIGN_RATE
    )
    blind = yield from attacks.blind()
    checks = [
        _gradients(white),
        _restarts(white.sure, again),
        _other_starts(white.sure, elsewhere.sure),
        _logit(white.sure, by_logit.sure),
        _sign(white.sure, by_sign.sure),
        _blind(white.sure, blind),
    ]
    if former is not None:
        there, here = yield from attacks.transferred(former)
        checks.append(_transfer(white.sure, there, here))
    return tuple(checks)


class _Stopped(Exception):
    """A person asked for a stop."""


class _Attacks:
    """The attacks of one set of checks, all from the same starts. After a stop each raises `_Stopped`."""

    def __init__(
        self, classifier: Classifier, dataset: Dataset, rng_seed: int, number: int, control: RunControl
    ) -> None:
        self._classifier = classifier
        self._control = control
        self._rng = noise_rng(Noise.HONESTY, rng_seed, number)
        self.labels: IntArray = np.repeat(np.arange(len(dataset.class_names)), _IMAGES_A_LABEL)
        self._shape = (len(self.labels), *dataset.input_shape)
        self.starts = self.fresh_starts()

    def fresh_starts(self) -> FloatArray:
        return uniform_noise(self._rng, self._shape)

    def other_starts(self, dataset: Dataset) -> FloatArray:
        """Returns as many starts, by turns of each of `_OTHER_KINDS`."""
        starts = self.starts.copy()
        for place, kind in enumerate(_OTHER_KINDS):
            chosen = np.arange(place, len(starts), len(_OTHER_KINDS))
            wanted = ImageRequest(rng=self._rng, count=len(chosen), dataset=dataset)
            starts[chosen] = make_images(KINDS.known()[kind], wanted)
        return starts

    def driven(
        self, sentence: str, starts: FloatArray, classifier: Classifier | None = None, **changes: Any
    ) -> Generator[Working, None, Driven]:
        """Returns where `starts` come to; `changes` are settings other than the article's descent has."""
        attacked, settings = classifier or self._classifier, AttackSettings(steps=STEPS, **changes)
        end = yield from driven_to_the_end(attacked, starts, self.labels, settings, sentence, self._control)
        if end is None:
            raise _Stopped
        return end

    def blind(self) -> Generator[Working, None, BoolArray]:
        """Returns (N,) which images a search without gradients made sure: a change is kept where it made surer.

        In each step a tenth of the pixels is drawn anew; so many steps as the others, each with one look.
        """
        images = self.starts.copy()
        best = self._sureness_of(images)
        for step in range(STEPS):
            if self._control.next() is Next.STOP:
                raise _Stopped
            yield Working(sentence="Checking by blind search", fraction=step / STEPS)
            drawn = self._rng.random(self._shape, np.float32) < _BLIND_MUTATION
            changed = np.where(drawn, self.fresh_starts(), images)
            sureness = self._sureness_of(changed)
            better = sureness >= best
            images[better], best = changed[better], np.maximum(best, sureness)
        return best > THRESHOLD

    def transferred(self, former: Classifier) -> Generator[Working, None, tuple[BoolArray, BoolArray]]:
        """Returns (N,) which images made on `former` are sure there, and which of these are so here."""
        driven = yield from self.driven("Checking by transfer", self.starts, former)
        return driven.sure, driven.sure & (self._sureness_of(driven.images) > THRESHOLD)

    def _sureness_of(self, images: FloatArray) -> FloatArray:
        rows = np.arange(len(images))
        sureness: FloatArray = self._classifier.probabilities(images)[rows, self.labels]
        return sureness


def _share(images: BoolArray) -> str:
    return format_share(float(images.mean()))


def beats(challenger: BoolArray, white_box: BoolArray) -> bool:
    """Tells whether an attack succeeded on more images than the white-box one, beyond chance.

    The images, (N,) each, start from the same noise; of those on which the two differ, the challenger must have won
    by more than twice the standard deviation of a fair coin (McNemar 1947).
    """
    won, lost = int((challenger & ~white_box).sum()), int((white_box & ~challenger).sum())
    return won - lost > 2 * math.sqrt(won + lost)


def _gradients(white: Driven) -> HonestyCheck:
    unsure = ~white.sure
    share = float((white.zero_gradients & unsure).mean())
    norm = float(np.median(white.gradient_norms[unsure])) if unsure.any() else float(np.median(white.gradient_norms))
    suspicious = share > _ZERO_SHARE
    return HonestyCheck(
        name="gradients",
        done=f"Drove {len(unsure)} images of noise for {STEPS} steps and looked at the last gradients.",
        found=f"{format_share(share)} of the images were not sure and had no gradient at all; the median norm was "
        f"{format_number(float(f'{norm:.3g}'))}.",
        meaning="Descent cannot move these images, so their low probability proves nothing."
        if suspicious
        else "Descent has something to follow.",
        suspicious=suspicious,
        figures={"zero_gradients": share, "median_norm": norm},
    )


def _restarts(once: BoolArray, again: BoolArray) -> HonestyCheck:
    return HonestyCheck(
        name="restarts",
        done=f"Tried every image again from {_RESTARTS} other starts.",
        found=f"{_share(again)} were driven over {THRESHOLD} at least once, {_share(once)} at the first try.",
        meaning="Count the share with restarts: an attacker has more than one try.",
        suspicious=False,
        figures={"once": float(once.mean()), "with_restarts": float(again.mean())},
    )


def _stronger(name: str, done: str, subject: str, white: BoolArray, other: BoolArray) -> HonestyCheck:
    """Returns what an attack that follows gradients too comes to; to go further is no sign that they are hidden."""
    return HonestyCheck(
        name=name,
        done=done,
        found=f"{subject} drove {_share(other)} of the images over {THRESHOLD}, descent on the probability "
        f"{_share(white)}.",
        meaning="This way leads further: count its share, not the other."
        if beats(other, white)
        else "It leads no further.",
        suspicious=False,
        figures={"share": float(other.mean()), "white_box": float(white.mean())},
    )


def _other_starts(white: BoolArray, other: BoolArray) -> HonestyCheck:
    done = f"Started from other kinds of images by turns: {', '.join(_OTHER_KINDS)}."
    return _stronger("other starts", done, "It", white, other)


def _logit(white: BoolArray, other: BoolArray) -> HonestyCheck:
    return _stronger(
        "logit", "Raised the logit's lead over the others in place of the probability.", "It", white, other
    )


def _sign(white: BoolArray, other: BoolArray) -> HonestyCheck:
    done = f"Took equal steps of {_SIGN_RATE} along the gradient's sign in place of Adam's of up to 0.01."
    return _stronger("other steps", done, "They", white, other)


def _blind(white: BoolArray, other: BoolArray) -> HonestyCheck:
    suspicious = beats(other, white)
    return HonestyCheck(
        name="blind search",
        done=f"Changed pixels at random for {STEPS} steps and kept what made the classifier surer, without any "
        "gradient.",
        found=f"It drove {_share(other)} of the images over {THRESHOLD}, descent on the probability {_share(white)}.",
        meaning="Masking suspected: chance finds what the gradients do not show."
        if suspicious
        else "Chance does no better than the gradients, as it should be.",
        suspicious=suspicious,
        figures={"share": float(other.mean()), "white_box": float(white.mean())},
    )


def _transfer(white: BoolArray, there: BoolArray, here: BoolArray) -> HonestyCheck:
    suspicious = beats(here, white)
    return HonestyCheck(
        name="transfer",
        done="Showed this classifier the images made on the former one.",
        found=f"Of the images, {_share(there)} fooled the former classifier, {_share(here)} this one too; its own "
        f"gradients made {_share(white)} of them fool it.",
        meaning="Masking suspected: another classifier's gradients lead where its own do not."
        if suspicious
        else "Its own gradients lead at least as far, as it should be.",
        suspicious=suspicious,
        figures={"former": float(there.mean()), "share": float(here.mean()), "white_box": float(white.mean())},
    )
