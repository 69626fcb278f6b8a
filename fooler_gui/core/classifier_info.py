"""What is known of a classifier and of its layers."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from fooler_gui.core.input_range import UNIT
from fooler_gui.core.label_sample import sampled_labels


class LayerFacts(NamedTuple):
    """One use of a layer or operation: its output's shape without the number of images, and its weights' number."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierInfo:
    """The classifier in use.

    Attributes:
        name: A short name to show.
        path: Its ``.keras`` file.
        sha256: The hash of that file, in hexadecimal.
        topology: Its layers.
        input_shape: (height, width, channels).
        class_names: One for each output.
        recorded_layers: Their names in order, from ``inputs`` up.
        parameters: How many weights it has.
        test_accuracy: Share of the test images it gets right, 0 to 1; None without a dataset.
        doubt: Why it may not be usable as it is, in sentences; "" if nothing is wrong.
        input_range: What it was made for, a key of `INPUT_RANGES`.
        adapted: What was put in front of the net and behind it, so that it takes images in [0, 1] and gives
            probabilities, and which names of classes beside its file are not used, in sentences.
        asked_range: The input range that was asked for when the file was opened; "" if none was.
        asked_output: The output that was asked for then; "" likewise.
        has_none_class: Whether its last class is for images that show nothing.
        asked_layers: The layers that were asked to be recorded; None for those proposed.
        fits_article: Whether the article's coefficients fit it: an ordinary net for MNIST, as the article's.
        operations: About how many multiplications it makes for an image; 0 if unknown.
        layer_distances: The mean squared distance between training images of a class in each recorded layer; () where
            the article's coefficients fit, or without training images.
        layers: The inputs and every layer that can be recorded, in order; () if unknown.
        has_guarantee: Whether it has a guarantee.
    """

    name: str
    path: str
    sha256: str
    topology: str
    input_shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    recorded_layers: tuple[str, ...]
    parameters: int
    test_accuracy: float | None
    doubt: str = ""
    input_range: str = UNIT
    adapted: tuple[str, ...] = ()
    asked_range: str = ""
    asked_output: str = ""
    has_none_class: bool = False
    asked_layers: tuple[str, ...] | None = None
    fits_article: bool = True
    operations: int = 0
    layer_distances: tuple[float, ...] = ()
    layers: tuple[LayerFacts, ...] = ()
    has_guarantee: bool = False

    @property
    def label_names(self) -> tuple[str, ...]:
        """The classes that images can be driven towards: all but the class for images that show nothing."""
        return self.class_names[:-1] if self.has_none_class else self.class_names

    @property
    def every_label(self) -> tuple[int, ...]:
        """The indices of `label_names`."""
        return tuple(range(len(self.label_names)))

    @property
    def channels(self) -> dict[str, int]:
        """The number of channels, or of units where there are none, of each recorded layer whose shape is known."""
        return channels_of(self.layers, self.recorded_layers)

    def figure_labels(self, rng_seed: int) -> tuple[int, ...]:
        """Returns the labels of the article's first figure: all, or of very many a sample drawn with `rng_seed`."""
        return sampled_labels(len(self.label_names), rng_seed)

    def is_figure(self, labels: tuple[int, ...], rng_seed: int) -> bool:
        """Returns whether a run of `labels` with `rng_seed` makes the article's first figure, or one of every label."""
        return tuple(sorted(labels)) in (self.every_label, self.figure_labels(rng_seed))

    def is_same_net(self, other: ClassifierInfo) -> bool:
        """Returns whether `other` is this output of the same file, perhaps with other pixels or recorded layers."""
        return bool(self.sha256) and (self.sha256, self.asked_output) == (other.sha256, other.asked_output)

    def takes(self, image_shape: tuple[int, ...], label: int) -> bool:
        """Returns whether images of `image_shape`, (height, width, channels), can be driven towards `label`."""
        return image_shape == self.input_shape and label < len(self.label_names)


def channels_of(layers: Iterable[LayerFacts], recorded: Container[str]) -> dict[str, int]:
    """Returns the number of channels, or of units where there are none, of each of `layers` that is `recorded`."""
    return {layer.name: layer.shape[-1] for layer in layers if layer.name in recorded}


class RecordedFacts(NamedTuple):
    """A recorded layer: its units, the bytes of one image's activations, and those of all references (0: unknown).

    `milliseconds` is the time that its costs add to a step of one label; None if it was not measured.
    """

    name: str
    units: int
    bytes: int
    reference_bytes: int
    milliseconds: float | None = None
