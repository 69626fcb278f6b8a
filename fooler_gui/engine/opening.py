"""Opens a classifier for the images of a dataset, or without one (method.md, Any classifier, any dataset)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from fooler_gui.core.class_words import are_classes, few_names
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.errors import LabError
from fooler_gui.core.input_range import STANDARDISED
from fooler_gui.core.jobs import OpenClassifier
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.guarantee.densities import GuaranteeError
from fooler_gui.engine.guarantee.network import densities_of
from fooler_gui.engine.in_use import InUse
from fooler_gui.engine.mending.training import accuracy_on
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, describe, load_classifier
from fooler_gui.engine.nets.input_range import Pixels, doubt_of, in_declared_range, looked_at, reading
from fooler_gui.engine.nets.wish import Wish

WITHOUT = "It is used without a dataset, so reference cost, averages, training, rounds and accuracy are not available."


def opened(path: Path, wanted: OpenClassifier, dataset: Dataset) -> tuple[InUse, str]:
    """Returns the classifier in the file at `path`, and a sentence if it is used without a dataset, else "".

    Args:
        path: The file.
        wanted: How to open it, and what becomes of `dataset`.
        dataset: The dataset in use; it may have no images.

    Raises:
        LabError: The file cannot be used, or does not fit a dataset that is required.
    """
    if wanted.dataset is DatasetUse.REQUIRED and dataset.has_images:
        return _fitted(path, wanted, dataset), ""
    if wanted.dataset is DatasetUse.IF_IT_FITS and dataset.has_images:
        try:
            fitted = _fitted(path, wanted, dataset)
        except LabError as misfit:
            return _alone(path, wanted), f"{misfit} {WITHOUT}"
        if fitted.info.doubt and wanted.input_range != STANDARDISED:  # which needs a dataset
            alone = _alone(path, wanted)
            if alone.classifier.input_shape != dataset.input_shape:
                return alone, f"{fitted.info.doubt} {WITHOUT}"
        return fitted, ""
    return _alone(path, wanted), ""


def opened_as_it_is(path: Path, wanted: OpenClassifier, dataset: Dataset) -> InUse:
    """Returns the classifier in the file at `path` for images as it takes them itself.

    Args:
        path: The file.
        wanted: How to open it; what it says of the dataset does not matter.
        dataset: What the classifier is opened for if its images are of that shape, and its classes as many.

    Raises:
        LabError: The file cannot be used.
    """
    as_made, accuracy = load_classifier(path, dataclasses.replace(_wish(wanted, dataset), image_shape=None))
    alike = (as_made.input_shape, as_made.labels) == (dataset.input_shape, len(dataset.class_names))
    if alike and dataset.has_images:
        return _for_dataset(as_made, accuracy, path, wanted, dataset)
    return _for_itself(as_made, path, wanted)


def opened_beside(path: Path, wanted: OpenClassifier, present: InUse) -> InUse:
    """Returns the classifier in the file at `path` for the images and classes of `present`, the one in use.

    Args:
        path: The file.
        wanted: How to open it; what it says of the dataset does not matter.
        present: The classifier in use.

    Raises:
        LabError: The file cannot be used, or is of other images or classes.
    """
    dataset = present.dataset
    if dataset.has_images:
        entering = _fitted(path, wanted, dataset)
    else:
        entering = _for_itself(load_classifier(path, _wish(wanted, dataset))[0], path, wanted)
    problem = misfit(entering.info, present.info)
    if problem:
        raise ClassifierFileError(f"{path.name} {problem}")
    return entering


def misfit(info: ClassifierInfo, present: ClassifierInfo) -> str:
    """Returns why a classifier cannot be used beside `present`, the one in use, to follow its name; "" if it can."""
    if info.input_shape != present.input_shape:
        wanted, own = (" × ".join(map(str, net.input_shape)) for net in (present, info))
        return f"must take images of {wanted}, as {present.name} does; it takes {own}."
    if not are_classes(info.label_names, present.label_names):
        wanted, own = (few_names(net.label_names) for net in (present, info))
        return f"must tell the classes {wanted} apart, as {present.name} does; it tells {own} apart."
    return ""


def measured_accuracy(classifier: Classifier, dataset: Dataset) -> float:
    """Returns the share of the test images, of which there are some, that `classifier` gets right."""
    accuracy = accuracy_on(classifier, dataset.test_images, dataset.test_labels)
    assert accuracy is not None, "a dataset has test images"
    return accuracy


def _fitted(path: Path, wanted: OpenClassifier, dataset: Dataset) -> InUse:
    """Returns the classifier for the images and classes of `dataset`.

    Raises:
        LabError: It cannot be used so.
    """
    as_made, accuracy = load_classifier(path, _wish(wanted, dataset))
    if as_made.labels != len(dataset.class_names):
        raise ClassifierFileError(
            f"{path.name} must distinguish {len(dataset.class_names)} classes, as the dataset does; it distinguishes "
            f"{as_made.labels}."
        )
    return _for_dataset(as_made, accuracy, path, wanted, dataset)


def _for_dataset(
    as_made: Classifier, accuracy: float | None, path: Path, wanted: OpenClassifier, dataset: Dataset
) -> InUse:
    """Returns the classifier as it reads `dataset`, which it fits; `accuracy` is that noted in its file, if any."""
    if as_made.is_unnamed:
        as_made.class_names = dataset.class_names
    pixels, classifier = Pixels(dataset, looked_at(as_made)), as_made
    if accuracy is None or as_made.adapted or wanted.input_range:
        classifier = reading(as_made, pixels, wanted.input_range)
        accuracy = measured_accuracy(classifier, dataset)
    doubt = doubt_of(as_made, classifier.input_range, accuracy, pixels)
    return _in_use(classifier, path, wanted, dataset, accuracy, doubt)


def _alone(path: Path, wanted: OpenClassifier) -> InUse:
    """Returns the classifier for images as it takes them itself, without a dataset.

    Raises:
        LabError: The file cannot be used.
    """
    return _for_itself(load_classifier(path, _wish(wanted, None))[0], path, wanted)


def _for_itself(as_made: Classifier, path: Path, wanted: OpenClassifier) -> InUse:
    """Returns the classifier for images as it takes them itself, without a dataset.

    Raises:
        SettingError: The input range that is wanted needs a dataset.
    """
    classifier = in_declared_range(as_made, wanted.input_range)
    dataset = Dataset.without_images(classifier.input_shape, classifier.class_names[: classifier.labels])
    return _in_use(classifier, path, wanted, dataset, None, "")


def _wish(wanted: OpenClassifier, dataset: Dataset | None) -> Wish:
    return Wish(
        image_shape=None if dataset is None else dataset.input_shape,
        output=wanted.output,
        recorded_layers=wanted.recorded_layers,
        dataset_sha256=None if dataset is None else dataset.sha256,
    )


def _in_use(
    classifier: Classifier, path: Path, wanted: OpenClassifier, dataset: Dataset, accuracy: float | None, doubt: str
) -> InUse:
    described = describe(classifier, path, accuracy)
    broken = _broken_guarantee(classifier, described)
    info = dataclasses.replace(
        described,
        doubt=" ".join(filter(None, (doubt, broken))),
        has_guarantee=described.has_guarantee and not broken,
        asked_range=wanted.input_range,
        asked_output=wanted.output,
    )
    return InUse(classifier, info, dataset)


def _broken_guarantee(classifier: Classifier, described: ClassifierInfo) -> str:
    """Returns why nothing can be promised of `classifier`, which has layers of a guarantee; "" if something can."""
    try:
        if described.has_guarantee:
            densities_of(classifier, described.name)
    except GuaranteeError as error:
        return str(error)
    return ""
