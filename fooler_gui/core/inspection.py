"""A closer look at one image of a run. Its arrays are read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.guarantee import CertifiedBalls
from fooler_gui.core.save import Save, TermPlace


class Inspected(NamedTuple):
    """The image of a run that is inspected: its label, its slot, and the layer whose maps are wanted; "" for none."""

    label: int
    slot: int
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InspectedLayer:
    """One image in one recorded layer.

    Attributes:
        name: The layer's name.
        nearest: (H, W, C) float32 in [0, 1], the label's nearest training image in this layer; None if the
            nearest is taken unit by unit.
        nearest_index: Its index among the label's training images, in the dataset's order; None likewise.
        distance: To the nearest, the mean squared difference over the layer's units; None if no term measures it.
    """

    name: str
    nearest: FloatArray | None
    nearest_index: int | None
    distance: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerMaps:
    """What one recorded layer makes of an image, beside what its reference cost compares that with.

    Of very many maps only the strongest are there: those with the greatest mean absolute values.

    Attributes:
        layer: The layer's name.
        count: The number of its maps; of its units if it is flat.
        numbers: (N,), ascending, from 0: which of them are there.
        own: (N, h, w) float32, the image's; 1 × 1 if the layer is flat.
        nearest: (N, h, w) float32, those of the label's nearest training image, or the nearest values; None without
            training images.
        is_by_unit: Whether the nearest value is taken for each unit by itself, so that there is no nearest image.
    """

    layer: str
    count: int
    numbers: IntArray
    own: FloatArray
    nearest: FloatArray | None
    is_by_unit: bool

    @property
    def is_flat(self) -> bool:
        """Whether the layer has single units in place of maps."""
        return self.own.shape[1:] == (1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedTerm:
    """One image's part in one cost of its batch.

    Attributes:
        place: Identifies the cost.
        value: The image's own value; None if the batch is too small for this cost or it was not computed.
        share: Its own share of the batch's weighted cost.
    """

    place: TermPlace
    value: float | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opinion:
    """A second opinion on an image.

    Attributes:
        who: "independent net", "nearest neighbours", or the name of a net that is open beside the one in use.
        probabilities: (classes,) float32: the net's, or the shares of the neighbours.
        neighbours: (K, H, W, C) float32 in [0, 1], the training images nearest in pixels, nearest first; 0 for a net.
        neighbour_labels: Their K classes.
    """

    who: str
    probabilities: FloatArray
    neighbours: FloatArray
    neighbour_labels: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opinions:
    """All second opinions on one image of a run that is not in progress.

    Attributes:
        label: The class that the image is driven towards.
        slot: Its slot.
        step: The run's step.
        opinions: The opinions; there may be none.
    """

    label: int
    slot: int
    step: int
    opinions: tuple[Opinion, ...]

    def is_on(self, save: Save, image: tuple[int, int]) -> bool:
        """Returns whether they are on the `image`, (label, slot), of `save`, a save of the same run."""
        return (self.label, self.slot, self.step) == (*image, save.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class FooledShare:
    """How many of the images over the threshold fool a second opinion too.

    Attributes:
        who: As in `Opinion`.
        fooled: How many.
        images: The number of images over the threshold, from 0.
    """

    who: str
    fooled: int
    images: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inspection:
    """A closer look at one image of a batch.

    Shares add up to the batch's costs: a mean is split into each image's part; one over a mean distance is split in
    proportion to one over each image's own distance, so that the nearest image has the largest share.

    Attributes:
        label: The class that it is driven towards.
        slot: Its slot.
        step: The run's step.
        image: (H, W, C) float32.
        probabilities: (classes,) float32, of every class of the classifier.
        gradient: (H, W, C) float32, of the label's probability with respect to the pixels.
        layers: One for each recorded layer.
        terms: Its part in each cost, in the order of `LabelCosts`.
        opinions: Second opinions on it.
        fooled: The second opinions on all images over the threshold; empty while a run is in progress.
        maps: Those of the layer whose maps were asked for; None if none were.
        certified: What the classifier's guarantee promises of all images near it; None without one.
    """

    label: int
    slot: int
    step: int
    image: FloatArray
    probabilities: FloatArray
    gradient: FloatArray
    layers: tuple[InspectedLayer, ...]
    terms: tuple[InspectedTerm, ...]
    opinions: tuple[Opinion, ...]
    fooled: tuple[FooledShare, ...] = ()
    maps: LayerMaps | None = None
    certified: CertifiedBalls | None = None
