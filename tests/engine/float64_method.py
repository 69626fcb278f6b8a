"""method.md evaluated directly with NumPy in float64: the reference that the engine's costs are held against.

Written from the text alone and shares no code with the engine: convolutions by shifted sums, distances by
brute force over every slot, reference and unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.core.topology import Topology
from fooler_gui.engine.nets.classifier import Classifier


@dataclass(kw_only=True)
class DirectCosts:
    """Every number of method.md's sections on the cost and on further terms, for one batch."""

    reference_distances: list[float] = field(default_factory=list)
    batch_distances: list[float] = field(default_factory=list)
    reference_costs: list[float] = field(default_factory=list)
    batch_costs: list[float] = field(default_factory=list)
    weighted_reference_costs: list[float] = field(default_factory=list)
    weighted_batch_costs: list[float] = field(default_factory=list)
    misclassification_cost: float = 0.0
    weighted_misclassification_cost: float = 0.0
    closeness_cost: float = 0.0
    weighted_closeness_cost: float = 0.0
    total_variation_cost: float = 0.0
    weighted_total_variation_cost: float = 0.0
    total: float = 0.0
    probabilities: np.ndarray = field(default_factory=lambda: np.empty(0))


def recorded_activations(
    classifier: Classifier, topology: Topology, images: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """Returns each recorded layer's patterns (B, U) and the probabilities (B, classes), all float64."""
    weights = iter([np.asarray(array, np.float64) for array in classifier.network.get_weights()])
    signal = np.asarray(images, np.float64)
    patterns = [signal.reshape(len(signal), -1)]
    for convolution in topology.convolutions:
        signal = np.maximum(_convolved(signal, next(weights), convolution.padding) + next(weights), 0)
        signal = _max_pooled(signal, convolution.pool)
        patterns.append(signal.reshape(len(signal), -1))
    signal = signal.reshape(len(signal), -1)
    for _ in topology.dense:
        before_relu = signal @ next(weights) + next(weights)
        patterns.append(before_relu)
        signal = np.maximum(before_relu, 0)
    logits = signal @ next(weights) + next(weights)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return patterns, exponentials / exponentials.sum(axis=1, keepdims=True)


def direct_costs(
    classifier: Classifier,
    topology: Topology,
    images: np.ndarray,
    references: np.ndarray,
    label: int,
    method: MethodSettings,
    coefficients: CostCoefficients,
    starts: np.ndarray | None = None,
) -> DirectCosts:
    """Returns the costs of `images`, which began as `starts`, as a batch for `label` with training images `references`.

    Without `starts` the images are where they began.
    """
    patterns, probabilities = recorded_activations(classifier, topology, images)
    reference_patterns, _ = recorded_activations(classifier, topology, references)
    costs, terms = DirectCosts(probabilities=probabilities[:, label]), coefficients.term_coeffs
    for name, a, r in zip(topology.recorded_layers, patterns, reference_patterns, strict=True):
        squares = (a[:, None, :] - r[None, :, :]) ** 2
        if method.per_unit_minimum and name.startswith("fc"):
            reference_distance = squares.min(axis=1).mean()
        else:
            reference_distance = squares.mean(axis=2).min(axis=1).mean()
        costs.reference_distances.append(float(reference_distance))
        costs.reference_costs.append(1 / costs.reference_distances[-1])
        slots = range(len(a))
        pairs = [((a[b] - a[c]) ** 2).mean() for b in slots for c in slots if method.self_pairs or b != c]
        costs.batch_distances.append(float(np.mean(pairs)) if len(a) > 1 else 0.0)
        costs.batch_costs.append(1 / costs.batch_distances[-1] if len(a) > 1 else 0.0)
        factor = coefficients.layer_cost_coeffs[name]
        costs.weighted_reference_costs.append(factor * terms["reference"] * costs.reference_costs[-1])
        costs.weighted_batch_costs.append(factor * terms["batch"] * costs.batch_costs[-1])
    costs.misclassification_cost = float((1 - costs.probabilities).mean())
    costs.weighted_misclassification_cost = terms["misclassification"] * costs.misclassification_cost
    began, values = (images if starts is None else starts), images[0].size
    changes = [((image - start) ** 2).sum() for image, start in zip(images.astype(float), began, strict=True)]
    costs.closeness_cost = float(np.mean(changes)) / values
    costs.total_variation_cost = float(np.mean([_variation(image.astype(float)) for image in images])) / values
    costs.weighted_closeness_cost = terms["closeness"] * costs.closeness_cost
    costs.weighted_total_variation_cost = terms["total_variation"] * costs.total_variation_cost
    weighted = sum(costs.weighted_reference_costs) + sum(costs.weighted_batch_costs)
    optional = costs.weighted_closeness_cost + costs.weighted_total_variation_cost
    costs.total = weighted + optional + costs.weighted_misclassification_cost
    return costs


def _variation(image: np.ndarray) -> float:
    """Returns the sum of |x_i − x_j| over neighbours, side by side and one above the other, of an image (H, W, C)."""
    height, width, _ = image.shape
    whole = 0.0
    for y in range(height):
        for x in range(width):
            if x + 1 < width:
                whole += float(np.abs(image[y, x + 1] - image[y, x]).sum())
            if y + 1 < height:
                whole += float(np.abs(image[y + 1, x] - image[y, x]).sum())
    return whole


def _convolved(images: np.ndarray, kernel: np.ndarray, padding: str) -> np.ndarray:
    height, width, _, filters = kernel.shape
    if padding == "same":
        above, left = (height - 1) // 2, (width - 1) // 2
        margins = ((0, 0), (above, height - 1 - above), (left, width - 1 - left), (0, 0))
        images = np.pad(images, margins)
    rows, columns = images.shape[1] - height + 1, images.shape[2] - width + 1
    result = np.zeros((len(images), rows, columns, filters))
    for y in range(height):
        for x in range(width):
            result += images[:, y : y + rows, x : x + columns] @ kernel[y, x]
    return result


def _max_pooled(images: np.ndarray, side: int) -> np.ndarray:
    if side == 1:
        return images
    count, height, width, channels = images.shape
    rows, columns = -(-height // side), -(-width // side)
    # SAME: what is missing to whole windows is shared out, the greater half after the image.
    above, left = (rows * side - height) // 2, (columns * side - width) // 2
    padded = np.full((count, rows * side, columns * side, channels), -np.inf)
    padded[:, above : above + height, left : left + width] = images
    return padded.reshape(count, rows, side, columns, side, channels).max(axis=(2, 4))
