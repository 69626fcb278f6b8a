"""A cost made for tests of the descent's rules: a slot's one pixel is its probability, and moves as it is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import cast

import numpy as np

from fooler_gui.core.objectives import PROBABILITY, UNIT
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import LabelCosts, TermCost, TermPlace
from fooler_gui.core.settings import CostCoefficients, DescentSettings, MethodSettings
from fooler_gui.data.starts import slot_rng
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.references import References
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.nets.classifier import Classifier

RISES, STAYS, FALLS = -1.0, 0.0, 1.0
NO_LAYERS = CostCoefficients(layer_cost_coeffs={}, term_coeffs={"misclassification": 1.0})


class PixelCost:
    """Stands in for a `CostFunction`. With Adam every pixel moves by the learning rate a step in its direction.

    Args:
        directions: Of each slot; may be changed at any time.
    """

    def __init__(self, directions: Sequence[float]) -> None:
        self.directions = np.array(directions, np.float32)
        self.class_names = tuple("0123456789")

    def evaluate_together(
        self, batches: Sequence[Batch], coefficients: CostCoefficients, objective: str = PROBABILITY, unit: str = ""
    ) -> list[Evaluation]:
        """Returns the pixels of each batch as probabilities and one minus their mean as the cost.

        With the objective unit ten times the pixels are the activations.
        """
        made = [self._evaluate(batch.images, batch.label, coefficients) for batch in batches]
        if objective != UNIT:
            return made
        return [dataclasses.replace(each, activations=10 * each.probabilities) for each in made]

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Returns (N, 10): the pixel is the probability of class 0, and the rest that of class 1."""
        pixels = images.reshape(-1, 1)
        return np.hstack([pixels, 1 - pixels, np.zeros((len(pixels), 8), np.float32)])

    def _evaluate(self, images: np.ndarray, label: int, coefficients: CostCoefficients) -> Evaluation:
        probabilities = images.reshape(len(images)).copy()
        cost = float(1 - probabilities.mean())
        weighted = coefficients.term_coeffs["misclassification"] * cost
        term = TermCost(
            place=TermPlace("misclassification", ""),
            cost=cost,
            weighted_cost=weighted,
            mean_value=cost,
            slot_values=1 - probabilities,
        )
        return Evaluation(
            gradient=self.directions.reshape(-1, 1, 1, 1),
            probabilities=probabilities,
            tops=np.where(probabilities > 0.5, label, label + 1),
            top_probabilities=np.maximum(probabilities, 1 - probabilities),
            costs=LabelCosts(label=label, terms=(term,), total=weighted),
        )


def pixel_batch(
    starts: Sequence[float],
    directions: Sequence[float],
    *,
    label: int = 0,
    method: MethodSettings | None = None,
) -> LabelBatch:
    """Returns a batch whose probabilities start at `starts` and move in `directions`."""
    images = np.array(starts, np.float32).reshape(-1, 1, 1, 1)
    cost = cast("CostFunction", PixelCost(directions))
    no_references = References(cast("Classifier", None), images, places=(), per_unit=())
    return LabelBatch(label, images, no_references, cost, method or MethodSettings(), slot_rng(0, label))


def pixel_control(*, paused: bool = False, **settings: object) -> RunControl:
    """Returns the control of a run of pixel batches; probabilities move by 0.01 a step unless told otherwise."""
    return RunControl.for_descent(NO_LAYERS, DescentSettings(**settings), paused=paused)  # type: ignore[arg-type]
