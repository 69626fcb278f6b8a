"""Training of a classifier and its densities together, on a tiny net."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from generators import outcome
from tiny import TINY_NET, make_classifier, make_dataset

from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.messages import TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.guarantee import joint
from fooler_gui.engine.guarantee.bounds import Bounds
from fooler_gui.engine.guarantee.densities import Densities, GuaranteeError
from fooler_gui.engine.guarantee.fitting import KEPT_RATIO, fit_densities
from fooler_gui.engine.guarantee.network import densities_of, set_densities, with_guarantee
from fooler_gui.engine.nets.classifier import Classifier

DATASET = make_dataset(a_class=210)
KEPT = 105
SETTINGS = GuaranteeSettings(components=6, kept=0.9, joint_steps=30)


@pytest.fixture(autouse=True)
def _little_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joint, "_NOISE_IMAGES", 80)
    monkeypatch.setattr(joint, "_LEARNING_RATE", 0.01)


@pytest.fixture(scope="module")
def fitted() -> Densities:
    densities: Densities = outcome(fit_densities(DATASET, SETTINGS, RunControl()))[1].densities
    return densities


@pytest.fixture
def classifier(fitted: Densities) -> Classifier:
    return with_guarantee(make_classifier(TINY_NET), fitted)


def trained(classifier: Classifier) -> tuple[list[Any], Densities]:
    return outcome(joint.train_jointly(classifier, DATASET, SETTINGS, RunControl()))


def test_the_net_and_both_densities_are_trained_and_the_metric_stays(classifier: Classifier, fitted: Densities) -> None:
    before = classifier.network.get_layer("fc").get_weights()[0]
    told, densities = trained(classifier)
    assert not np.array_equal(classifier.network.get_layer("fc").get_weights()[0], before)
    assert not np.allclose(densities.inside.centres, fitted.inside.centres)
    assert not np.allclose(densities.outside.centres, fitted.outside.centres)
    np.testing.assert_array_equal(densities.matrix, fitted.matrix)
    progress = [message for message in told if isinstance(message, TrainingProgress)]
    assert [message.step for message in progress] == [10, 20, 30]
    assert progress[-1].loss < progress[0].loss


def test_what_the_classifier_holds_is_a_guarantee_that_keeps_the_asked_share(classifier: Classifier) -> None:
    _, densities = trained(classifier)
    held = densities_of(classifier, "trained")
    np.testing.assert_allclose(held.inside.centres, densities.inside.centres, rtol=1e-9, atol=1e-9)
    ratios = held.log_ratio(to_float(DATASET.train_images[:KEPT]))
    assert (ratios >= np.log(KEPT_RATIO) - 1e-6).sum() == KEPT - int(0.1 * KEPT)
    noise = np.random.default_rng(3).random((50, 8, 8, 1), np.float32)
    bounds = Bounds(held, 3).around(noise).confidences(0)
    assert (classifier.probabilities(noise).max(axis=1) <= bounds).all()
    assert not any("guarantee" in variable.path for variable in classifier.network.trainable_variables)


def test_the_same_seed_trains_the_same(fitted: Densities) -> None:
    first, again = (trained(with_guarantee(make_classifier(TINY_NET), fitted))[1] for _ in range(2))
    np.testing.assert_array_equal(first.inside.centres, again.inside.centres)
    np.testing.assert_array_equal(first.outside.log_weights, again.outside.log_weights)


def test_a_stop_ends_it_without_densities(classifier: Classifier) -> None:
    control = RunControl()
    control.stop()
    assert outcome(joint.train_jointly(classifier, DATASET, SETTINGS, control)) == ([], None)


def test_an_outer_density_that_became_too_narrow_is_refused(classifier: Classifier, fitted: Densities) -> None:
    narrow = fitted.outside.variances / 30
    outside = type(fitted.outside)(
        centres=fitted.outside.centres, variances=narrow, log_weights=fitted.outside.log_weights
    )
    set_densities(
        classifier,
        Densities(matrix=fitted.matrix, offset=fitted.offset, inside=fitted.inside, outside=outside),
    )
    with pytest.raises(GuaranteeError, match=r"trained jointly must have a density .* at least 1\.25 times as wide"):
        trained(classifier)
