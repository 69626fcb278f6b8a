from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lab_jobs import FOUND, only, perform

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import Classified, TestImages
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import load_classifier


def test_the_classifier_in_use_tells_the_probabilities_of_every_class(ready: Lab, path: str) -> None:
    probabilities = only(perform(ready, jobs.Classify(images=FOUND)), Classified).probabilities
    np.testing.assert_array_equal(probabilities, load_classifier(Path(path))[0].probabilities(FOUND))
    assert probabilities.shape == (len(FOUND), 3)
    assert not probabilities.flags.writeable


def test_nothing_can_be_classified_without_a_classifier(lab: Lab) -> None:
    with pytest.raises(LabError, match="no classifier"):
        perform(lab, jobs.Classify(images=FOUND))


def test_the_first_test_images_of_a_class_are_shown_with_their_places(lab: Lab) -> None:
    dataset = lab.dataset
    shown = only(perform(lab, jobs.ShowTestImages(label=2, most=2, towards=0)), TestImages)
    places = [place for place, label in enumerate(dataset.test_labels) if label == 2][:2]
    assert (shown.label, shown.places.tolist()) == (2, places)
    np.testing.assert_array_equal(shown.images, dataset.test_images[places])


@pytest.mark.parametrize("label", [0, 1, 2])
def test_images_that_are_read_right_come_first_the_likeliest_of_the_label_before_others(ready: Lab, label: int) -> None:
    dataset, towards = ready.dataset, (label + 1) % 3
    shown = only(perform(ready, jobs.ShowTestImages(label=label, most=99, towards=towards)), TestImages)
    assert sorted(shown.places) == np.flatnonzero(dataset.test_labels == label).tolist()
    probabilities = only(perform(ready, jobs.Classify(images=to_float(shown.images))), Classified).probabilities
    keys = [(row.argmax() != label, -row[towards]) for row in probabilities]
    assert keys == sorted(keys)


def test_without_a_dataset_no_test_images_are_shown(ready: Lab, path: str) -> None:
    perform(ready, jobs.OpenClassifier(path=path, dataset=DatasetUse.NONE))
    with pytest.raises(LabError, match="A start from an image of the dataset needs a dataset"):
        perform(ready, jobs.ShowTestImages(label=0, most=1, towards=1))
