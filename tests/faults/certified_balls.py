"""Attacks a classifier with a guarantee within certified balls: no confidence may exceed the one that is certified.

The bundled classifier, with the default guarantee; images of every kind that rounds or runs start from. In turn the
logarithm of the densities' ratio, that with the net's margin, and the margin alone are raised, 200 steps each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from fault_report import FaultReport

from fooler_gui.core.guarantee import LEVELS, GuaranteeSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.strong_attack import strong_starts
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.loading import load_dataset
from fooler_gui.engine import backend
from fooler_gui.resources import bundled_classifier, resource

if TYPE_CHECKING:
    from fooler_gui.engine.nets.classifier import Classifier

FULL = 1_000
"""Images."""

_STEPS, _RESTARTS = 200, 10
_AT_A_TIME = 250


def run(times: int, seed: int) -> FaultReport:
    """Attacks within the balls of `times` images, at each level those that have a certified radius."""
    backend.load()
    from generators import outcome

    from fooler_gui.engine.guarantee.fitting import fit_densities
    from fooler_gui.engine.guarantee.network import with_guarantee
    from fooler_gui.engine.nets.classifier_file import load_classifier

    dataset = load_dataset(resource("mnist.npz"))
    _, fitted = outcome(fit_densities(dataset, GuaranteeSettings(rng_seed=seed), RunControl()))
    plain, _ = load_classifier(bundled_classifier())
    return attack_within_balls(with_guarantee(plain, fitted.densities), dataset, times, seed)


def attack_within_balls(classifier: Classifier, dataset: Dataset, times: int, seed: int) -> FaultReport:
    """Attacks `classifier`, which has a guarantee; see `run`."""
    from fooler_gui.core.objectives import MARGIN
    from fooler_gui.engine.guarantee.bounds import Bounds
    from fooler_gui.engine.guarantee.network import densities_of
    from fooler_gui.engine.strong.ball import highest_within
    from fooler_gui.engine.strong.guaranteed import guaranteed_rises
    from fooler_gui.engine.strong.rise import rise_of
    from fooler_gui.engine.strong.starts import StrongStarts

    report = FaultReport("attacks within certified balls")
    special = guaranteed_rises(classifier)
    assert special is not None
    rises = (*special, rise_of(classifier, MARGIN))
    kinds = strong_starts()
    starts = StrongStarts(classifier, dataset, kinds, -(-times // len(kinds)), seed)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(starts.images))[:times]
    images, labels = starts.images[chosen], starts.labels[chosen]
    around = Bounds(densities_of(classifier, "the classifier"), len(classifier.class_names)).around(images)
    for level in LEVELS:
        radii = around.radii(level)
        places = np.flatnonzero(radii > 0)
        if not len(places):
            continue
        highest = 0.0
        for part in np.array_split(places, -(-len(places) // _AT_A_TIME)):
            found = highest_within(rises, images[part], labels[part], radii[part], _STEPS, _RESTARTS, rng)
            for confidence in found.tolist():
                report.count(f"confidence {level:g}", [f"reached {confidence:.6f}"] if confidence > level else [])
            highest = max(highest, float(found.max()))
        report.figures[f"highest found, {level:g} certified"] = highest
    return report
