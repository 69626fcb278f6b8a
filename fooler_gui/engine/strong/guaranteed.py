"""What attacks on a classifier with a guarantee raise besides: its densities, whose gradient never vanishes.

Far from all training images the confidence is 1/M to the last bit, whatever the net says: its gradient is zero there.
That of the logarithm ln r of the densities' ratio is not.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

from fooler_gui.core.objectives import MARGIN
from fooler_gui.engine.guarantee.network import parts_of
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.strong.rise import Rise, raised_by

ENOUGH = 10.0
"""The ln r above which the densities cost an image less than 1e-4 of its confidence."""


class GuaranteedRises(NamedTuple):
    """What rises for a classifier with a guarantee.

    Attributes:
        ratio: ln r, whatever the label.
        both: The lead of the label's logit in the net without a guarantee, plus ln r as far as `ENOUGH`.
    """

    ratio: Rise
    both: Rise


def guaranteed_rises(classifier: Classifier) -> GuaranteedRises | None:
    """Returns what rises; None for a classifier without a guarantee."""
    parts = parts_of(classifier)
    if parts is None:
        return None

    def ratio(images: tf.Tensor, _labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        _, ratios, probabilities = parts(images, training=False)
        return ratios[:, 0], probabilities

    def both(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        logits, ratios, probabilities = parts(images, training=False)
        lead = raised_by(MARGIN, tf.cast(logits, tf.float32), probabilities, labels)
        return lead + tf.minimum(ratios[:, 0], ENOUGH), probabilities

    return GuaranteedRises(Rise(classifier, ratio), Rise(classifier, both))
