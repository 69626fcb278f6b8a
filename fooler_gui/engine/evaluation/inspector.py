"""Inspects one image of a batch: what the classifier, its layers and second opinions see in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.core.guarantee import LEVELS, CertifiedBalls
from fooler_gui.core.inspection import FooledShare, InspectedLayer, InspectedTerm, Inspection, Opinion
from fooler_gui.core.save import LabelCosts, Save, TermCost
from fooler_gui.core.terms import TINY, known_terms
from fooler_gui.engine.cost.evaluation import Batch
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.evaluation.layer_maps import layer_maps
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.guarantee.bounds import Bounds
from fooler_gui.engine.nets.classifier import Classifier

INDEPENDENT_NET = "independent net"
NEAREST_NEIGHBOURS = "nearest neighbours"

_BEYOND = 1.25
"""How far the bound of an image's confidence is told, over the greatest distance that is of interest."""
_REACHES = 41


class Inspector:
    """Inspects images that are driven to fool a classifier.

    Args:
        classifier: The classifier.
        neighbours: Finds the nearest training images in pixels; None without a dataset.
        second: An independent classifier that never saw a found image; None if there is none.
        others: Further classifiers that give second opinions, each with its name.
        bounds: What the classifier's guarantee promises; None if it has none.
    """

    def __init__(
        self,
        classifier: Classifier,
        neighbours: PixelNeighbours | None,
        second: Classifier | None,
        others: Sequence[tuple[str, Classifier]] = (),
        bounds: Bounds | None = None,
    ) -> None:
        self._classifier = classifier
        self._neighbours = neighbours
        self._bounds = bounds
        self._nets = [*([] if second is None else [(INDEPENDENT_NET, second)]), *others]

    def warm_up(self) -> None:
        """Compiles the functions used, so that the first inspection is as fast as later ones."""
        blank = np.zeros((1, *self._classifier.input_shape), np.float32)
        self._classifier.label_gradient(blank, np.zeros(1, np.int64))
        self._classifier.probabilities(blank)
        self.opinions(blank)

    def look(self, batch: Batch, costs: LabelCosts, slot: int, step: int, layer: str = "") -> Inspection:
        """Returns the inspection of one slot.

        Args:
            batch: The images, the label, and the search as their evaluation left it.
            costs: The batch's costs.
            slot: Below B.
            step: The run's step.
            layer: The one whose maps are wanted; "" for none. One that is not recorded has none.
        """
        image = batch.images[slot : slot + 1]
        _, gradient = self._classifier.label_gradient(image, np.array([batch.label]))
        opinions = self.opinions(image)
        return Inspection(
            label=batch.label,
            slot=slot,
            step=step,
            image=frozen(image[0].copy()),
            probabilities=frozen(self._classifier.probabilities(image)[0]),
            gradient=frozen(gradient[0]),
            layers=tuple(_layer(batch.search, place, costs, slot) for place in range(len(costs.layers))),
            terms=tuple(_part(cost, slot) for cost in costs.terms if cost.place.term in known_terms()),
            opinions=opinions,
            maps=(
                layer_maps(self._classifier, batch.search, image, slot, costs.layers.index(layer))
                if layer in costs.layers
                else None
            ),
            certified=self._certified(image, opinions),
        )

    def opinions(self, image: FloatArray) -> tuple[Opinion, ...]:
        """Returns the second opinions on `image` (1, H, W, C)."""
        none: FloatArray = np.empty((0, *image.shape[1:]), np.float32)
        opinions = [
            Opinion(who=who, probabilities=frozen(net.probabilities(image)[0]), neighbours=none, neighbour_labels=())
            for who, net in self._nets
        ]
        if self._neighbours is not None:
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

    def _certified(self, image: FloatArray, opinions: Sequence[Opinion]) -> CertifiedBalls | None:
        """Returns what the guarantee promises of all images near `image` (1, H, W, C); None without one."""
        if self._bounds is None:
            return None
        nearest = [float(np.linalg.norm(image[0] - one.neighbours[0])) for one in opinions if len(one.neighbours)]
        around = self._bounds.around(image)
        radii = tuple(float(around.radii(level)[0]) for level in LEVELS)
        reaches = np.unique([*np.linspace(0, _BEYOND * max(*nearest, *radii) or 1.0, _REACHES), *radii])
        bounds = np.concatenate([around.confidences(reach) for reach in reaches.tolist()])
        return CertifiedBalls(
            radii=radii, nearest=nearest[0] if nearest else None, reaches=frozen(reaches), bounds=frozen(bounds)
        )

    def fooled(self, save: Save) -> tuple[FooledShare, ...]:
        """Returns how many of the images of `save` over the threshold fool each second opinion too.

        With the objective unit none count.
        """
        done = save.done if save.activations is None else np.zeros_like(save.done)
        found, labels = save.images_of(done), save.labels_of(done)
        shares = []
        for who, net in self._nets:
            agreed = int((net.probabilities(found).argmax(axis=1) == labels).sum()) if len(found) else 0
            shares.append(FooledShare(who=who, fooled=agreed, images=len(found)))
        if self._neighbours is not None:
            agreed = int(self._neighbours.agrees(found, labels).sum()) if len(found) else 0
            shares.append(FooledShare(who=NEAREST_NEIGHBOURS, fooled=agreed, images=len(found)))
        return tuple(shares)


def _layer(search: ReferenceSearch, place: int, costs: LabelCosts, slot: int) -> InspectedLayer:
    index, name = search.nearest_index(place, slot), costs.layers[place]
    measuring = [term.name for term in known_terms().values() if term.measures_nearest]
    measured = next((cost for cost in costs.terms if cost.place.layer == name and cost.place.term in measuring), None)
    return InspectedLayer(
        name=name,
        nearest=None if index is None else frozen(search.references.image(index)),
        nearest_index=None if index is None else search.references.number(index),
        distance=None if measured is None else float(measured.slot_values[slot]),
    )


def _part(cost: TermCost, slot: int) -> InspectedTerm:
    """Returns the part of `slot` in a cost of its batch."""
    term, values = known_terms()[cost.place.term], cost.slot_values.astype(np.float64)
    if cost.mean_value is None:
        return InspectedTerm(place=cost.place, value=None, share=0.0)
    weights = 1 / (values + TINY) if term.repels else values
    whole = float(weights.sum())
    part = float(weights[slot]) / whole if whole > 0 else 0.0
    return InspectedTerm(place=cost.place, value=float(values[slot]), share=cost.weighted_cost * part)
