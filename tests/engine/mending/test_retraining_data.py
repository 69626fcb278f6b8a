from __future__ import annotations

import numpy as np
import pytest
from generators import outcome
from tiny import make_classifier, noise

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import RetrainingSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.mending.retraining import images_of_nothing, retrain
from fooler_gui.engine.nets.classifier import Classifier

FOUND = noise((5, 8, 8, 1), rng_seed=77)


def retrained(classifier: Classifier, dataset: Dataset, found: np.ndarray, **settings: object) -> int:
    training = retrain(
        classifier,
        dataset,
        found,
        RetrainingSettings(batch_size=16, **settings),  # type: ignore[arg-type]
        8,
        RunControl(),
    )
    return outcome(training)[1]


def test_images_of_nothing_are_the_found_ones_then_noise_then_blanks() -> None:
    images = images_of_nothing(FOUND, RetrainingSettings(noise=40, blanks=3))
    assert images.shape == (48, 8, 8, 1)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images[:5], FOUND)
    added = images[5:45]
    assert added.min() >= 0
    assert added.max() < 1
    assert added.mean() == pytest.approx(0.5, abs=0.03)
    assert len({image.tobytes() for image in added}) == 40
    assert not images[45:].any()


def test_without_noise_and_blanks_there_are_only_the_found_images() -> None:
    np.testing.assert_array_equal(images_of_nothing(FOUND, RetrainingSettings()), FOUND)


def test_the_noise_depends_on_the_seed() -> None:
    one, same, other = (images_of_nothing(FOUND, RetrainingSettings(noise=4, rng_seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_retrained_classifier_is_less_sure_of_the_found_images(dataset: Dataset) -> None:
    classifier = make_classifier()
    sure = np.stack([image for image in noise((300, 8, 8, 1)) if classifier.probabilities(image[None]).max() > 0.8])
    before = classifier.probabilities(sure).max(axis=1).mean()
    assert len(sure) >= 10
    assert retrained(classifier, dataset, sure, steps=150, learning_rate=0.01) == 150
    assert classifier.probabilities(sure).max(axis=1).mean() < before - 0.2


def test_retraining_from_the_start_forgets_the_present_weights(dataset: Dataset) -> None:
    ends = []
    for from_start in (True, False):
        for seed in (3, 4):
            classifier = make_classifier(rng_seed=seed)
            retrained(classifier, dataset, FOUND, steps=3, from_start=from_start)
            ends.append(classifier.network.get_weights()[0])
    np.testing.assert_array_equal(ends[0], ends[1])
    assert not np.array_equal(ends[2], ends[3])
