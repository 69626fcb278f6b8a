"""Finds out what a classifier expects of the pixels (method.md, Any classifier, any dataset).

Each input range is tried on some training images, and the one that the classifier reads best is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.formats import format_share
from fooler_gui.core.input_range import BYTES, CENTRED, INPUT_RANGES, STANDARDISED, UNIT
from fooler_gui.core.settings import SettingError
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.nets.adapter import in_range
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.graph import run_through, signals_in

_LOOKED_AT, _LEAST_LOOKED_AT = 1_000, 100
_WORK = 2**33
"""Bytes of activations that are computed for one input range."""
_CLEARLY_BETTER = 0.01
"""By how much another range must read better to be taken instead of 0 to 1."""
_WORTH_TELLING = 0.2
"""Share of the way from guessing to perfect accuracy that still counts as guessing, and that makes a finding."""
_SHRINKING = 0.05
"""A net whose first steps make less than this of a difference of 1 is made for pixels from 0 to 255."""
_OF_MOBILENETS = {"conv_dw_1", "expanded_conv_depthwise"}
"""The first block of MobileNet and of MobileNetV2, which Teachable Machine's classifiers are made of."""
_WHY = {
    UNIT: "as nothing in it tells otherwise and no dataset that fits can be tried; another input range can be set",
    BYTES: "as its first layers tell",
    CENTRED: "as a MobileNet without a scaling of its own does; another input range can be set",
}
"""What speaks for each range that `declared_range` returns."""
_TURNS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "": lambda images: images,
    "light and dark swapped": lambda images: 1 - images,
    "rows and columns swapped": lambda images: images.swapaxes(1, 2),
}
_BEFORE_SCALING = (
    layers.Resizing, layers.Reshape, layers.Permute, layers.Concatenate, layers.RandomFlip, layers.RandomRotation,
    layers.RandomTranslation, layers.RandomZoom, layers.RandomCrop, layers.RandomContrast, layers.CenterCrop,
    layers.ZeroPadding2D, layers.Identity,
)  # fmt: skip


class Pixels:
    """What the pixels of a dataset are in each input range.

    Args:
        dataset: Its first training images are looked at.
        most: How many at most.
    """

    def __init__(self, dataset: Dataset, most: int = _LOOKED_AT) -> None:
        self.images = to_float(dataset.train_images[:most])
        self.labels = dataset.train_labels[:most]
        shares = np.bincount(dataset.test_labels, minlength=1) / len(dataset.test_labels)
        self.guessing = float(shares.max())
        mean, deviation = self.images.mean((0, 1, 2)), self.images.std((0, 1, 2))
        deviation = np.where(deviation == 0, 1, deviation)
        self.scale, self.offset = (1 / deviation).tolist(), (-mean / deviation).tolist()

    def encoded(self, input_range: str, turn: str = "") -> FloatArray:
        """Returns the images looked at, (N, H, W, C), in `input_range`, first turned as a key of `_TURNS` says."""
        images = _TURNS[turn](self.images)
        if input_range == STANDARDISED:
            return (images * np.float32(self.scale) + np.float32(self.offset)).astype(np.float32)
        lowest, highest = {UNIT: (0, 1), BYTES: (0, 255)}.get(input_range, (-1, 1))
        return images * np.float32(highest - lowest) + np.float32(lowest)

    def share(self, classifier: Classifier, input_range: str, turn: str = "") -> float:
        """Returns the share, 0 to 1, of the images that `classifier` gets right in `input_range`."""
        images = self.encoded(input_range, turn)
        if images.shape[1:] != classifier.input_shape:
            return 0.0
        return float((classifier.probabilities(images).argmax(axis=1) == self.labels).mean())


def looked_at(classifier: Classifier) -> int:
    """Returns how many images tell the range of `classifier`: a thousand, or fewer where that would take minutes."""
    return min(_LOOKED_AT, max(_LEAST_LOOKED_AT, _WORK // classifier.bytes_an_image))


def reading(classifier: Classifier, pixels: Pixels, input_range: str = "") -> Classifier:
    """Returns `classifier` behind a scaling of pixels in [0, 1] to the range that it expects.

    Args:
        classifier: It gets pixels as they come.
        pixels: Those of the dataset.
        input_range: A key of `INPUT_RANGES`; "" for the one that it reads best, or, where it reads none, the one that
            its first layers tell.
    """
    if input_range:
        sentence = f"It gets {INPUT_RANGES[input_range]}, as was asked for."
        return _behind(classifier, pixels, input_range, sentence)
    shares = {name: pixels.share(classifier, name) for name in INPUT_RANGES}
    best = max(shares, key=shares.__getitem__)
    if shares[best] <= pixels.guessing + _WORTH_TELLING * (1 - pixels.guessing):
        best = declared_range(classifier.network)
        return _behind(classifier, pixels, best, f"It gets {INPUT_RANGES[best]}, {_WHY[best]}.")
    if shares[best] <= shares[UNIT] + _CLEARLY_BETTER:
        return classifier
    sentence = (
        f"It gets {INPUT_RANGES[best]}: it reads {format_share(shares[best])} of {len(pixels.images):,} training "
        f"images right with them, and {format_share(shares[UNIT])} with {INPUT_RANGES[UNIT]}."
    )
    return _behind(classifier, pixels, best, sentence)


def in_declared_range(classifier: Classifier, input_range: str = "") -> Classifier:
    """Returns `classifier` behind the scaling that `input_range`, or else its first layers, tell: without a dataset.

    Raises:
        SettingError: `input_range` needs the mean of a dataset.
    """
    if input_range == STANDARDISED:
        raise SettingError("The input range mean/std needs a dataset of images as the classifier's.")
    chosen = input_range or declared_range(classifier.network)
    sentence = f"It gets {INPUT_RANGES[chosen]}, {'as was asked for' if input_range else _WHY[chosen]}."
    if chosen == UNIT:
        classifier.adapted = (*classifier.adapted, sentence)
    return _behind(classifier, None, chosen, sentence)


def _behind(classifier: Classifier, pixels: Pixels | None, input_range: str, sentence: str) -> Classifier:
    if input_range == UNIT:
        return classifier
    scale, offset = ([1.0], [0.0]) if pixels is None else (pixels.scale, pixels.offset)
    network = in_range(classifier.network, input_range, scale, offset)
    return classifier.rebuilt(network, adapted=(*classifier.adapted, sentence), input_range=input_range)


def doubt_of(as_made: Classifier, input_range: str, accuracy: float, pixels: Pixels) -> str:
    """Returns a sentence if a classifier cannot classify the dataset, with pixels for which it can; otherwise "".

    Args:
        as_made: It without a scaling in front.
        input_range: What it gets.
        accuracy: Its test accuracy with that, 0 to 1.
        pixels: Those of the dataset.
    """
    worth = _WORTH_TELLING * (1 - pixels.guessing)
    if accuracy > pixels.guessing + worth:
        return ""
    doubt = f"The classifier gets {format_share(accuracy)} of the test images right, little better than guessing"
    shares = {(name, turn): pixels.share(as_made, name, turn) for name in INPUT_RANGES for turn in _TURNS}
    best = max(shares, key=shares.__getitem__)
    words = " and ".join(filter(None, (INPUT_RANGES[best[0]] if best[0] != input_range else "", best[1])))
    if not words or shares[best] <= accuracy + worth:
        return f"{doubt}. It gets {INPUT_RANGES[input_range]}; it may have been made for others, or never been trained."
    return (
        f"{doubt}. It gets {INPUT_RANGES[input_range]}; with {words} it would be right on {format_share(shares[best])}."
    )


# What a net tells itself --------------------------------------------------------------------------------------------


def declared_range(network: keras.Model) -> str:
    """Returns the range that `network` itself tells.

    0 to 255 if its first steps scale such pixels down; -1 to 1 if it is a MobileNet, as Keras and Teachable Machine
    make them, without a scaling of its own; otherwise 0 to 1.
    """
    calls = _calls(network)
    gains = list(_gains(calls))
    if gains:
        return BYTES if math.prod(gains) < _SHRINKING else UNIT
    return UNIT if _OF_MOBILENETS.isdisjoint(operation.name for operation, _ in calls) else CENTRED


def _calls(network: keras.Model) -> list[tuple[keras.Operation, tuple[Any, ...]]]:
    """Returns each call of a layer or operation with its arguments, in order."""
    calls: list[tuple[keras.Operation, tuple[Any, ...]]] = []

    def apply(operation: keras.Operation, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        calls.append((operation, arguments))
        return operation.compute_output_spec(*arguments, **keywords)

    run_through(network, network.inputs, apply)
    return calls


def _gains(calls: Sequence[tuple[keras.Operation, tuple[Any, ...]]]) -> Iterator[float]:
    """Yields the factor of each step that scales pixels, until the first one that does something else."""
    for operation, arguments in calls:
        numbers = [part for part in arguments if isinstance(part, int | float) and part]
        match type(operation).__name__:
            case "Rescaling":
                yield float(np.max(np.abs(np.asarray(operation.scale))))
            case "Normalization":
                yield float(np.max(1 / np.sqrt(np.maximum(np.asarray(operation.variance), 1e-12))))
            case "Divide" | "TrueDivide" if numbers and signals_in(arguments[0]):
                yield abs(1 / numbers[0])
            case "Multiply" if numbers:
                yield abs(numbers[0])
            case "Add" | "Subtract" if numbers:
                continue
            case _ if isinstance(operation, _BEFORE_SCALING):
                continue
            case _:
                return
