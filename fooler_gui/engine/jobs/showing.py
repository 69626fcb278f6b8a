"""Shows images of the dataset, and what the classifier in use sees in an image."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import frozen
from fooler_gui.core.jobs import Classify, ShowTestImages
from fooler_gui.core.messages import Classified, TestImages
from fooler_gui.engine.contents import LabContents


def classify(contents: LabContents, job: Classify) -> Classified:
    """Returns the probabilities of all classes.

    Raises:
        LabError: There is no classifier.
    """
    return Classified(probabilities=frozen(contents.require_present().classifier.probabilities(job.images)))


def show_test_images(contents: LabContents, job: ShowTestImages) -> TestImages:
    """Returns test images of a class.

    Raises:
        LabError: There is no dataset.
    """
    contents.require_images("A start from an image of the dataset")
    dataset = contents.dataset
    places = np.flatnonzero(dataset.test_labels == job.label)[: job.most]
    return TestImages(label=job.label, places=frozen(places), images=frozen(dataset.test_images[places]))
