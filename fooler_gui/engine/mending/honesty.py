"""Attacks that reveal whether a classifier only hides its gradients.

After Athalye, Carlini and Wagner 2018, *Obfuscated gradients give a false sense of security*.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.core.formats import format_number, format_share
from fooler_gui.core.image_kinds import KINDS, ImageRequest
from fooler_gui.core.label_sample import sampled_labels
from fooler_gui.core.messages import Working
from fooler_gui.core.objectives import MARGIN
from fooler_gui.core.optimiser_names import SIGN
from fooler_gui.core.round_report import THRESHOLD, HonestyCheck
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import Noise, make_images, noise_rng, uniform_noise
from fooler_gui.engine.descent.attack import Attack, Driven
from fooler_gui.engine.descent.fresh_attack import FreshImages, driven_to_the_end
from fooler_gui.engine.guarantee.certifying import certified_radii
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
    classifier: Classifier,
    former: Classifier | None,
    dataset: Dataset,
    rng_seed: int,
    number: int,
    control: RunControl,
    known: FreshImages | None = None,
) -> Generator[Working, None, Checks | None]:
    """Yields progress; returns the result of each check, or None after a stop.

    Unless stated otherwise, all start from the same uniform noise. The white-box attack that others are compared with
    is the article's descent without penalties. Masking is suspected if an attack without the classifier's gradients
    beats it beyond chance, or if many images are below the threshold and have no gradient at all.

    Args:
        classifier: The classifier to attack.
        former: The classifier before it, whose images are tried on this one; None if there is none.
        dataset: Its classes are the labels; of very many a sample (`label_sample`).
        rng_seed: The number that starts the noise.
        number: The round's number; each round has its own noise.
        control: Pause and stop.
        known: Fresh images driven on this classifier with the same seed, noted after `STEPS` steps: their uniform noise
            is then taken for the first tries, as it was driven in the same way. None if there are none.
    """
    attacks = _Attacks(classifier, dataset, rng_seed, number, control, known)
    try:
        return (yield from _checks(attacks, former, dataset))
    except _Stopped:
        return None


def _checks(attacks: _Attacks, former: Classifier | None, dataset: Dataset) -> Generator[Working, None, Checks]:
    together = [attacks.attack(starts) for starts in attacks.untried()]
    together.append(attacks.attack(attacks.other_starts(dataset)))
    together.append(attacks.attack(attacks.starts, objective=MARGIN))
    together.append(attacks.attack(attacks.starts, optimiser=SIGN, learning_rate=_SIGN_RATE))
    *tries, elsewhere, by_margin, by_sign = yield from attacks.driven("Checking by descent", together)
    white, *restarted = attacks.tried + tries
    again = np.any([white.over, *(restart.over for restart in restarted)], axis=0)
    blind = yield from attacks.blind()
    checks = [
        _gradients(white, attacks.proved(white)),
        _restarts(white.over, again),
        _other_starts(white.over, elsewhere.over),
        _margin(white.over, by_margin.over),
        _sign(white.over, by_sign.over),
        _blind(white.over, blind),
    ]
    if former is not None:
        there, here = yield from attacks.transferred(former)
        checks.append(_transfer(white.over, there, here))
    return tuple(checks)


class _Stopped(Exception):
    """A stop was requested."""


class _Attacks:
    """The attacks of one set of checks, all from the same starts. Each raises `_Stopped` after a stop."""

    def __init__(
        self,
        classifier: Classifier,
        dataset: Dataset,
        rng_seed: int,
        number: int,
        control: RunControl,
        known: FreshImages | None,
    ) -> None:
        self._classifier = classifier
        self._control = control
        self._rng = noise_rng(Noise.HONESTY, rng_seed, number)
        each = sampled_labels(len(dataset.class_names), rng_seed)
        self.labels: IntArray = np.repeat(each, _IMAGES_A_LABEL)
        self._shape = (len(self.labels), *dataset.input_shape)
        self.tried: list[Driven] = []
        if known is None:
            self.starts = self.fresh_starts()
        else:
            places = np.arange(len(known.noise)).reshape(len(each), -1, _IMAGES_A_LABEL).swapaxes(0, 1)
            tries = places.reshape(-1, len(self.labels))[: 1 + _RESTARTS]
            self.starts, self.tried = known.noise[tries[0]], [known.noted.of(chosen) for chosen in tries]

    def fresh_starts(self) -> FloatArray:
        return uniform_noise(self._rng, self._shape)

    def untried(self) -> list[FloatArray]:
        """Returns the starts of the first try and the restarts that are not known."""
        first = [] if self.tried else [self.starts]
        return first + [self.fresh_starts() for _ in range(1 + _RESTARTS - len(self.tried) - len(first))]

    def other_starts(self, dataset: Dataset) -> FloatArray:
        """Returns as many starts, taking each of `_OTHER_KINDS` in turn."""
        starts = self.starts.copy()
        for place, kind in enumerate(_OTHER_KINDS):
            chosen = np.arange(place, len(starts), len(_OTHER_KINDS))
            wanted = ImageRequest(rng=self._rng, count=len(chosen), dataset=dataset)
            starts[chosen] = make_images(KINDS.known()[kind], wanted)
        return starts

    def attack(self, starts: FloatArray, **changes: Any) -> Attack:
        """Returns the attack from `starts`; `changes` are settings that differ from the article's descent."""
        return Attack(starts, self.labels, AttackSettings(steps=STEPS, **changes))

    def driven(
        self, sentence: str, attacks: Sequence[Attack], classifier: Classifier | None = None
    ) -> Generator[Working, None, tuple[Driven, ...]]:
        """Returns the final states of `attacks`, on the classifier or another one."""
        ends = yield from driven_to_the_end(classifier or self._classifier, attacks, sentence, self._control)
        if ends is None:
            raise _Stopped
        return ends

    def blind(self) -> Generator[Working, None, BoolArray]:
        """Returns (N,) which images a search without gradients drove over the threshold.

        In each step a tenth of the pixels is redrawn; an image's change is kept if it raised the probability.
        """
        images = self.starts.copy()
        best = self._probabilities(images)
        for step in range(STEPS):
            if self._control.next() is Next.STOP:
                raise _Stopped
            yield Working(sentence="Checking by blind search", fraction=step / STEPS)
            drawn = self._rng.random(self._shape, np.float32) < _BLIND_MUTATION
            changed = np.where(drawn, self.fresh_starts(), images)
            probabilities = self._probabilities(changed)
            better = probabilities >= best
            images[better], best = changed[better], np.maximum(best, probabilities)
        return best > THRESHOLD

    def proved(self, driven: Driven) -> BoolArray:
        """Returns (N,) of which images a guarantee proves that nothing near them is over the threshold."""
        radii = certified_radii(self._classifier, driven.images, THRESHOLD)
        return np.zeros(len(driven.images), np.bool_) if radii is None else radii > 0

    def transferred(self, former: Classifier) -> Generator[Working, None, tuple[BoolArray, BoolArray]]:
        """Returns (N,) which images made on `former` are over its threshold, and which of these are so here."""
        (driven,) = yield from self.driven("Checking by transfer", [self.attack(self.starts)], former)
        return driven.over, driven.over & (self._probabilities(driven.images) > THRESHOLD)

    def _probabilities(self, images: FloatArray) -> FloatArray:
        rows = np.arange(len(images))
        probabilities: FloatArray = self._classifier.probabilities(images)[rows, self.labels]
        return probabilities


def _share(images: BoolArray) -> str:
    return format_share(float(images.mean()))


def beats(challenger: BoolArray, white_box: BoolArray) -> bool:
    """Returns whether an attack succeeded on more images than the white-box one, beyond chance.

    The images, (N,) each, start from the same noise; of those on which the two differ, the challenger must have won
    by more than twice the standard deviation of a fair coin (McNemar 1947).
    """
    won, lost = int((challenger & ~white_box).sum()), int((white_box & ~challenger).sum())
    return won - lost > 2 * math.sqrt(won + lost)


def _gradients(white: Driven, proved: BoolArray) -> HonestyCheck:
    missed = ~white.over
    stuck = white.zero_gradients & missed
    share, by_guarantee = float((stuck & ~proved).mean()), float((stuck & proved).mean())
    norm = float(np.median(white.gradient_norms[missed])) if missed.any() else float(np.median(white.gradient_norms))
    suspicious = share > _ZERO_SHARE
    return HonestyCheck(
        name="gradients",
        done=f"Drove {len(missed)} images of noise for {STEPS} steps and looked at the last gradients.",
        found=f"{format_share(share)} of the images did not fool it and had no gradient at all; the median norm was "
        f"{format_number(float(f'{norm:.3g}'))}."
        + (f" Nor had {format_share(by_guarantee)}, which provably cannot fool it." if by_guarantee else ""),
        meaning="Descent cannot move these images, so their low probability proves nothing."
        if suspicious
        else "Where descent has no gradients to follow, there is provably nothing to find near."
        if by_guarantee
        else "Descent has gradients to follow.",
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
    """Returns the check of an attack that also follows gradients; doing better does not mean they are hidden."""
    return HonestyCheck(
        name=name,
        done=done,
        found=f"{subject} drove {_share(other)} of the images over {THRESHOLD}, descent on the probability "
        f"{_share(white)}.",
        meaning="This attack does better: use its share." if beats(other, white) else "It does no better.",
        suspicious=False,
        figures={"share": float(other.mean()), "white_box": float(white.mean())},
    )


def _other_starts(white: BoolArray, other: BoolArray) -> HonestyCheck:
    done = f"Started from other kinds of images in turn: {', '.join(_OTHER_KINDS)}."
    return _stronger("other starts", done, "It", white, other)


def _margin(white: BoolArray, other: BoolArray) -> HonestyCheck:
    return _stronger(
        "margin", "Raised the logit's lead over the others instead of the probability.", "It", white, other
    )


def _sign(white: BoolArray, other: BoolArray) -> HonestyCheck:
    done = f"Took equal steps of {_SIGN_RATE} along the gradient's sign instead of Adam's of up to 0.01."
    return _stronger("other steps", done, "They", white, other)


def _blind(white: BoolArray, other: BoolArray) -> HonestyCheck:
    suspicious = beats(other, white)
    return HonestyCheck(
        name="blind search",
        done=f"Changed pixels at random for {STEPS} steps and kept what raised the probability, without any gradient.",
        found=f"It drove {_share(other)} of the images over {THRESHOLD}, descent on the probability {_share(white)}.",
        meaning="Masking suspected: random search finds what the gradients do not show."
        if suspicious
        else "Random search does no better than the gradients, as expected.",
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
        meaning="Masking suspected: another classifier's gradients work where its own do not."
        if suspicious
        else "Its own gradients do at least as well, as expected.",
        suspicious=suspicious,
        figures={"former": float(there.mean()), "share": float(here.mean()), "white_box": float(white.mean())},
    )
