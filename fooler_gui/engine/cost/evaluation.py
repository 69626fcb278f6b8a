"""What is evaluated, batches of images, and what comes of it, their cost and its gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray, frozen
from fooler_gui.core.save import LabelCosts
from fooler_gui.engine.cost.references import ReferenceSearch


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """The cost of a batch of images.

    Attributes:
        gradient: (B, H, W, C) float32, of the total cost with respect to the pixels.
        probabilities: (B,) float32, the correct classification probabilities.
        tops: (B,) int32, the most probable classes.
        top_probabilities: (B,) float32, their probabilities.
        costs: The costs of all terms.
        activations: (B,) float32, of the unit that is the objective; None with another objective.
        net_probabilities: (N, B) float32, the correct classification probabilities by each of the N nets of an
            ensemble, of which the least are `probabilities`; None for a single net.
    """

    gradient: FloatArray
    probabilities: FloatArray
    tops: IntArray
    top_probabilities: FloatArray
    costs: LabelCosts
    activations: FloatArray | None = None
    net_probabilities: FloatArray | None = None

    @property
    def leads(self) -> BoolArray:
        """(B,), whether the label is the most probable class."""
        return frozen(self.tops == self.costs.label)

    @property
    def is_finite(self) -> bool:
        """Whether the total and every part of the gradient are finite numbers."""
        return bool(np.isfinite(self.costs.total) and np.isfinite(self.gradient).all())


class Batch(NamedTuple):
    """A batch of images to evaluate.

    Attributes:
        images: (B, H, W, C) float32.
        label: The class they are driven towards.
        search: The search of the label's references; the same for the same batch as it moves.
        starts: (B, H, W, C) float32, the images' starts.
        maps: (K, B, 2, 3) float32, transformations of each image (`transformations.map_of`), over which the terms of
            the output are averaged; None for the images themselves.
    """

    images: FloatArray
    label: int
    search: ReferenceSearch
    starts: FloatArray
    maps: FloatArray | None = None
