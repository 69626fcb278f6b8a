"""A closer look at one image of a batch: what the classifier, its layers and others see in it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import (
    FloatArray,
    FooledShare,
    InspectedLayer,
    Inspection,
    LayerCosts,
    Opinion,
    Save,
    frozen,
)
from fooler_gui.engine.attack import SurenessGradient
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.cost import Batch, Evaluation
from fooler_gui.engine.penalties import TINY
from fooler_gui.engine.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.references import ReferenceSearch

INDEPENDENT_NET = "independent net"
NEAREST_NEIGHBOURS = "nearest neighbours"


class Inspector:
    """Looks closer at images that one classifier is to be fooled by.

    Args:
        classifier: The one.
        neighbours: Tells nearest training images in pixels.
        second: An independent classifier that never saw a found image; None where there is none.
    """

    def __init__(self, classifier: Classifier, neighbours: PixelNeighbours, second: Classifier | None) -> None:
        self._classifier = classifier
        self._neighbours = neighbours
        self._second = second
        self._salience = SurenessGradient(classifier)

    def warm_up(self) -> None:
        """Compiles what looking takes, so that the first look is as quick as later ones."""
        blank = np.zeros((1, *self._classifier.input_shape), np.float32)
        self._salience(blank, np.zeros(1, np.int64))
        self._classifier.probabilities(blank)
        self._opinions(blank)

    def look(self, batch: Batch, evaluation: Evaluation, slot: int, step: int) -> Inspection:
        """Returns what there is to be seen in one slot.

        Args:
            batch: The images, the label, and the search as the evaluation left it.
            evaluation: Of this batch by a cost with all recorded layers.
            slot: Below B.
            step: Of the run.
        """
        image = batch.images[slot : slot + 1]
        _, gradient = self._salience(image, np.array([batch.label]))
        costs = evaluation.costs
        doubts = 1 - evaluation.probabilities.astype(np.float64)
        return Inspection(
            label=batch.label,
            slot=slot,
            step=step,
            image=frozen(image[0].copy()),
            probabilities=frozen(self._classifier.probabilities(image)[0]),
            gradient=frozen(gradient[0]),
            layers=tuple(_layer(batch.search, place, layer, slot) for place, layer in enumerate(costs.layers)),
            misclassification_share=costs.weighted_misclassification_cost * _part(doubts, slot),
            opinions=self._opinions(image),
        )

    def fooled(self, save: Save) -> tuple[FooledShare, ...]:
        """Returns how many of the images of `save` over the threshold the others call their labels too."""
        found, labels = save.found_images(), save.found_labels()
        shares = []
        if self._second is not None:
            agreed = int((self._second.probabilities(found).argmax(axis=1) == labels).sum()) if len(found) else 0
            shares.append(FooledShare(who=INDEPENDENT_NET, fooled=agreed, images=len(found)))
        agreed = int(self._neighbours.agrees(found, labels).sum()) if len(found) else 0
        return (*shares, FooledShare(who=NEAREST_NEIGHBOURS, fooled=agreed, images=len(found)))

    def _opinions(self, image: FloatArray) -> tuple[Opinion, ...]:
        opinions = []
        if self._second is not None:
            none: FloatArray = np.empty((0, *image.shape[1:]), np.float32)
            probabilities = frozen(self._second.probabilities(image)[0])
            opinions.append(
                Opinion(who=INDEPENDENT_NET, probabilities=probabilities, neighbours=none, neighbour_labels=())
            )
        nearest = self._neighbours.nearest(image)
        opinions.append(
            Opinion(
                who=NEAREST_NEIGHBOURS,
                probabilities=frozen(self._neighbours.votes(nearest.labels)[0]),
                neighbours=frozen(nearest.images[0]),
                neighbour_labels=tuple(nearest.labels[0].tolist()),
            )
        )
        return tuple(opinions)


def _layer(search: ReferenceSearch, place: int, costs: LayerCosts, slot: int) -> InspectedLayer:
    index = search.nearest_index(place, slot)
    alone = len(costs.slot_reference_distances) == 1
    to_references, to_others = (
        distances.astype(np.float64) + TINY
        for distances in (costs.slot_reference_distances, costs.slot_batch_distances)
    )
    return InspectedLayer(
        name=costs.name,
        nearest=None if index is None else frozen(search.references.image(index)),
        nearest_index=index,
        reference_distance=float(costs.slot_reference_distances[slot]),
        batch_distance=None if alone else float(costs.slot_batch_distances[slot]),
        reference_share=costs.weighted_reference_cost * _part(1 / to_references, slot),
        batch_share=0.0 if alone else costs.weighted_batch_cost * _part(1 / to_others, slot),
    )


def _part(weights: npt.NDArray[np.float64], slot: int) -> float:
    """Returns the part of the whole, 0 to 1, that `slot` has by its weight among `weights` (B,), none below zero."""
    whole = float(weights.sum())
    return float(weights[slot]) / whole if whole > 0 else 0.0
