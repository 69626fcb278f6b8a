"""Detects a classifier that is no better than guessing, and the pixel range it may have been made for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fooler_gui.core.formats import format_share
from fooler_gui.core.messages import FloatArray
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.nets.classifier import Classifier

_LOOKED_AT = 1_000
_WORTH_TELLING = 0.2
"""Share of the way from guessing to perfect accuracy that still counts as guessing, and that makes a finding."""

_ENCODINGS: dict[str, Callable[[FloatArray, float, float], FloatArray]] = {
    "pixels from 0 to 255": lambda images, _mean, _deviation: images * 255,
    "pixels from -1 to 1": lambda images, _mean, _deviation: images * 2 - 1,
    "pixels of mean 0 and deviation 1": lambda images, mean, deviation: (images - mean) / deviation,
    "light and dark swapped": lambda images, _mean, _deviation: 1 - images,
    "dark on light from 0 to 255": lambda images, _mean, _deviation: 255 - images * 255,
    "rows and columns swapped": lambda images, _mean, _deviation: images.swapaxes(1, 2),
}


def doubt_of(classifier: Classifier, accuracy: float, dataset: Dataset) -> str:
    """Returns a sentence if `classifier` cannot classify the dataset, with pixels for which it can; otherwise "".

    Args:
        classifier: For images of the dataset's shape.
        accuracy: Its test accuracy, 0 to 1.
        dataset: The images.
    """
    shares = np.bincount(dataset.test_labels, minlength=1) / len(dataset.test_labels)
    guessing = float(shares.max())
    if accuracy > guessing + _WORTH_TELLING * (1 - guessing):
        return ""
    doubt = f"The classifier gets {format_share(accuracy)} of the test images right, little better than guessing"
    best, share = _best_encoding(classifier, dataset)
    if share <= accuracy + _WORTH_TELLING * (1 - guessing):
        return f"{doubt}. It gets pixels from 0 to 1; it may have been made for others, or never been trained."
    return f"{doubt}. It gets pixels from 0 to 1; with {best} it would be right on {format_share(share)}."


def _best_encoding(classifier: Classifier, dataset: Dataset) -> tuple[str, float]:
    images, labels = to_float(dataset.test_images[:_LOOKED_AT]), dataset.test_labels[:_LOOKED_AT]
    mean, deviation = float(images.mean()), float(images.std()) or 1.0
    shares = {}
    for words, encode in _ENCODINGS.items():
        encoded = encode(images, mean, deviation).astype(np.float32)
        if encoded.shape[1:] == classifier.input_shape:
            shares[words] = float((classifier.probabilities(encoded).argmax(axis=1) == labels).mean())
    best = max(shares, key=shares.__getitem__)
    return best, shares[best]
