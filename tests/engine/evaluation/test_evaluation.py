from __future__ import annotations

import numpy as np
import pytest
from generators import outcome
from tiny import make_classifier, noise

from fooler_gui.core.messages import Fooledness, Working, WorstImages
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import SettingError
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.evaluation.worst_images import (
    find_worst_images,
    fresh_fooled_share,
    mean_confidence,
    measure_fooledness,
)
from fooler_gui.engine.mending.training import accuracy_on
from fooler_gui.engine.nets.classifier import Classifier


def stopped() -> RunControl:
    control = RunControl()
    control.stop()
    return control


def test_mean_confidence_is_the_mean_of_the_highest_probabilities(classifier: Classifier) -> None:
    images = noise((9, 8, 8, 1))
    by_hand = sum(max(float(p) for p in row) for row in classifier.probabilities(images)) / 9
    assert mean_confidence(classifier, images, 3) == pytest.approx(by_hand, rel=1e-6)


def test_the_share_of_fooled_noise_is_from_zero_to_one_and_the_same_every_time(classifier: Classifier) -> None:
    said, share = outcome(fresh_fooled_share(classifier, 3, 0, RunControl()))
    assert 0 <= share <= 1
    assert share * 24 == pytest.approx(round(share * 24))
    assert outcome(fresh_fooled_share(classifier, 3, 0, RunControl()))[1] == share
    fractions = [message.fraction for message in said]
    assert fractions == sorted(fractions)
    assert 0 == fractions[0] < fractions[-1] <= 1


def test_a_classifier_that_is_always_sure_of_one_class_is_fooled_for_that_class_alone() -> None:
    certain = make_classifier()
    weights = [np.zeros_like(array) for array in certain.network.get_weights()]
    weights[-1][:] = [0, 50, 0]
    certain.network.set_weights(weights)
    assert outcome(fresh_fooled_share(certain, 3, 0, RunControl()))[1] == pytest.approx(1 / 3)


def test_a_classifier_that_knows_nothing_is_never_fooled() -> None:
    blind = make_classifier()
    blind.network.set_weights([np.zeros_like(array) for array in blind.network.get_weights()])
    assert outcome(fresh_fooled_share(blind, 3, 0, RunControl()))[1] == 0


def test_fooledness_has_the_four_numbers_and_measures_the_same_twice(classifier: Classifier, dataset: Dataset) -> None:
    found = noise((6, 8, 8, 1), rng_seed=8)
    first = outcome(measure_fooledness(classifier, dataset, found, 3, RunControl()))[1]
    assert isinstance(first, Fooledness)
    assert first.test_accuracy == accuracy_on(classifier, dataset.test_images, dataset.test_labels)
    assert first.found_mean_confidence == pytest.approx(mean_confidence(classifier, found, 3))
    assert 1 / 3 <= first.noise_mean_confidence <= 1
    assert 0 <= first.fresh_fooled_share <= 1
    assert outcome(measure_fooledness(classifier, dataset, found, 3, RunControl()))[1] == first
    other_seed = outcome(measure_fooledness(classifier, dataset, found, 4, RunControl()))[1]
    assert other_seed.noise_mean_confidence != first.noise_mean_confidence


def test_a_stop_ends_the_measuring_without_a_result(classifier: Classifier, dataset: Dataset) -> None:
    assert outcome(fresh_fooled_share(classifier, 3, 0, stopped())) == ([], None)
    assert outcome(measure_fooledness(classifier, dataset, noise((2, 8, 8, 1)), 0, stopped()))[1] is None
    assert list(find_worst_images(classifier, dataset, 2, stopped())) == []


def test_worst_images_are_those_that_the_classifier_is_least_sure_of(classifier: Classifier, dataset: Dataset) -> None:
    *said, worst = find_worst_images(classifier, dataset, 4, RunControl())
    assert isinstance(worst, WorstImages)
    assert all(isinstance(message, Working) for message in said)
    assert worst.labels == (0, 1, 2)
    assert worst.images.shape == (3, 4, 8, 8, 1)
    for label in worst.labels:
        own = to_float(dataset.training_images_of(label))
        ranked = sorted((float(classifier.probabilities(image[None])[0, label]), image.tobytes()) for image in own)
        np.testing.assert_allclose(worst.probabilities[label], [sure for sure, _ in ranked[:4]], rtol=1e-4)
        assert [image.tobytes() for image in worst.images[label]] == [image for _, image in ranked[:4]]
        taken_for = classifier.probabilities(worst.images[label]).argmax(axis=1)
        np.testing.assert_array_equal(worst.tops[label], taken_for)
    assert not worst.images.flags.writeable


@pytest.mark.parametrize("count", [0, -1, 17])
def test_more_worst_images_than_a_class_has_or_none_are_refused(
    count: int, classifier: Classifier, dataset: Dataset
) -> None:
    with pytest.raises(SettingError, match=rf"must be a whole number from 1 to 16; received {count}\."):
        list(find_worst_images(classifier, dataset, count, RunControl()))
