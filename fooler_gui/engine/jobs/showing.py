"""Shows images of the dataset, and what the classifier in use sees in an image."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import frozen
from fooler_gui.core.inspection import Opinions
from fooler_gui.core.jobs import Classify, GiveOpinions, ShowTestImages
from fooler_gui.core.messages import Classified, TestImages
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.contents import LabContents


def classify(contents: LabContents, job: Classify) -> Classified:
    """Returns the probabilities of all classes.

    Raises:
        LabError: There is no classifier.
    """
    return Classified(probabilities=frozen(contents.require_present().classifier.probabilities(job.images)))


def give_opinions(contents: LabContents, job: GiveOpinions) -> Opinions:
    """Returns the second opinions on an image.

    Raises:
        LabError: There is no classifier, or the independent one cannot be opened.
    """
    save, label, slot = job.save, job.label, job.slot
    image = save.images[save.labels.index(label), slot]
    opinions = contents.inspector().opinions(image[np.newaxis])
    return Opinions(label=label, slot=slot, step=save.step, opinions=opinions)


def show_test_images(contents: LabContents, job: ShowTestImages) -> TestImages:
    """Returns test images of a class, in the dataset's order if there is no classifier.

    Raises:
        LabError: There is no dataset.
    """
    contents.require_images("A start from an image of the dataset")
    dataset = contents.dataset
    places = np.flatnonzero(dataset.test_labels == job.label)[: job.most]
    if len(places) and contents.present is not None:
        probabilities = contents.present.classifier.probabilities(to_float(dataset.test_images[places]))
        is_misread = probabilities.argmax(axis=1) != job.label
        places = places[np.lexsort((-probabilities[:, job.towards], is_misread))]
    return TestImages(label=job.label, places=frozen(places), images=frozen(dataset.test_images[places]))
