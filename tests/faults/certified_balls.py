"""Attacks a classifier with a guarantee within certified balls: no confidence may exceed the one that is certified.

The bundled classifier, with the default guarantee; images of every kind that rounds or runs start from. In turn the
logarithm of the densities' ratio, that with the net's margin, and the margin alone are raised, 200 steps each.
"""

from __future__ import annotations

import numpy as np
from fault_report import FaultReport

from fooler_gui.core.guarantee import LEVELS, GuaranteeSettings
from fooler_gui.engine import backend
from fooler_gui.resources import bundled_classifier, resource

FULL = 1_000
"""Images."""

_STEPS, _RESTARTS = 200, 10
_AT_A_TIME = 250
_WORDS = "confidence {level:g}"


def run(times: int, seed: int) -> FaultReport:
    """Attacks within the balls of `times` images, at each level those that have a certified radius."""
    report = FaultReport("attacks within certified balls")
    backend.load()
    from fooler_gui.core.objectives import MARGIN
    from fooler_gui.core.strong_attack import strong_starts
    from fooler_gui.data.loading import load_dataset
    from fooler_gui.engine.guarantee.bounds import Bounds
    from fooler_gui.engine.guarantee.fitting import fit_densities
    from fooler_gui.engine.guarantee.network import with_guarantee
    from fooler_gui.engine.nets.classifier_file import load_classifier
    from fooler_gui.engine.strong.ball import highest_within
    from fooler_gui.engine.strong.guaranteed import guaranteed_rises
    from fooler_gui.engine.strong.rise import rise_of
    from fooler_gui.engine.strong.starts import StrongStarts

    dataset = load_dataset(resource("mnist.npz"))
    fitting = fit_densities(dataset, GuaranteeSettings(rng_seed=seed))
    try:
        while True:
            next(fitting)
    except StopIteration as end:
        densities = end.value.densities
    classifier = with_guarantee(load_classifier(bundled_classifier())[0], densities)
    special = guaranteed_rises(classifier)
    assert special is not None
    rises = (*special, rise_of(classifier, MARGIN))
    kinds = strong_starts()
    starts = StrongStarts(classifier, dataset, kinds, -(-times // len(kinds)), seed)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(starts.images))[:times]
    images, labels = starts.images[chosen], starts.labels[chosen]
    around = Bounds(densities, len(classifier.class_names)).around(images)
    for level in LEVELS:
        radii = around.radii(level)
        places = np.flatnonzero(radii > 0)
        words = _WORDS.format(level=level)
        highest = 0.0
        for part in np.array_split(places, max(1, len(places) // _AT_A_TIME)):
            found = highest_within(rises, images[part], labels[part], radii[part], _STEPS, _RESTARTS, rng)
            for confidence in found.tolist():
                report.count(words, [f"confidence {confidence:.6f}"] if confidence > level else [])
            highest = max(highest, float(found.max(initial=0)))
        report.figures[f"{words}, highest found"] = highest
    return report
