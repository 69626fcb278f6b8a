"""The objective unit: the mean activation of a channel or unit of a recorded layer."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from float64_method import recorded_activations
from tiny import TINY_NET, noise

from fooler_gui.core.settings import MethodSettings, SettingError, no_penalties
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.cost.units import UnitPlace, unit_place
from fooler_gui.engine.nets.classifier import Classifier

IMAGE = np.array([[0.1, 0.2], [0.3, 0.4]], np.float32).reshape(1, 2, 2, 1)
UNITS = ("inputs:0", "conv0:0", "conv0:1", "fc:0", "fc:2")


@pytest.fixture(scope="module")
def by_hand() -> Classifier:
    """Two channels, x + 0.5 and 1 − 2x, each cut off below 0, and three units that sum one, the other and both."""
    images = keras.Input((2, 2, 1))
    maps = keras.layers.Conv2D(2, 1, activation="relu")(images)
    units = keras.layers.Dense(3, activation="relu")(keras.layers.Flatten()(maps))
    network = keras.Model(images, keras.layers.Dense(2, activation="softmax")(units))
    to_units = np.zeros((4, 2, 3), np.float32)
    to_units[:, 0, [0, 2]] = to_units[:, 1, [1, 2]] = 1
    weights = [
        np.array([1, -2], np.float32).reshape(1, 1, 1, 2), np.array([0.5, 1], np.float32),
        to_units.reshape(8, 3), np.zeros(3, np.float32),
        np.ones((3, 2), np.float32), np.zeros(2, np.float32),
    ]  # fmt: skip
    network.set_weights(weights)
    return Classifier(network, ("a", "b"))


def evaluated(classifier: Classifier, images: np.ndarray, unit: str, cost: CostFunction | None = None) -> Evaluation:
    cost = cost or CostFunction(classifier, MethodSettings(), layers=(), has_references=False)
    batch = Batch(images, 0, ReferenceSearch(cost.record(images[:0])), images)
    coefficients = no_penalties(classifier.recorded_layers).with_terms(misclassification=3.0)
    return cost.evaluate_together([batch], coefficients, "unit", unit)[0]


@pytest.mark.parametrize(
    ("unit", "activation", "slope"),
    [
        ("inputs:0", 0.25, 0.25),  # (0.1 + 0.2 + 0.3 + 0.4) / 4
        ("conv0:0", 0.75, 0.25),  # (0.6 + 0.7 + 0.8 + 0.9) / 4
        ("conv0:1", 0.5, -0.5),  # (0.8 + 0.6 + 0.4 + 0.2) / 4
        ("fc:0", 3.0, 1.0),
        ("fc:1", 2.0, -2.0),
        ("fc:2", 5.0, -1.0),
    ],
)
def test_activation_cost_and_gradient_are_those_worked_by_hand(
    by_hand: Classifier, unit: str, activation: float, slope: float
) -> None:
    assert by_hand.recorded_layers == ("inputs", "conv0", "fc")
    evaluation = evaluated(by_hand, IMAGE, unit)
    assert evaluation.activations is not None
    np.testing.assert_allclose(evaluation.activations, [activation], rtol=1e-6)
    cost = evaluation.costs.of("misclassification")
    assert cost.cost == pytest.approx(-activation, rel=1e-6)
    assert cost.weighted_cost == evaluation.costs.total == pytest.approx(-3 * activation, rel=1e-6)
    np.testing.assert_allclose(evaluation.gradient, np.full((1, 2, 2, 1), -3 * slope), rtol=1e-5)
    np.testing.assert_allclose(evaluation.probabilities, [0.5])


def test_a_channel_that_is_cut_off_everywhere_has_no_activation_and_no_gradient(by_hand: Classifier) -> None:
    evaluation = evaluated(by_hand, np.ones((1, 2, 2, 1), np.float32), "conv0:1")
    assert evaluation.activations is not None
    assert evaluation.activations.tolist() == [0.0]
    assert not evaluation.gradient.any()


@pytest.mark.parametrize("unit", UNITS)
def test_activations_agree_with_a_direct_float64_evaluation_and_the_gradient_with_its_slope(
    unit: str, classifier: Classifier
) -> None:
    images = noise((3, 8, 8, 1), rng_seed=3)
    layer, _, number = unit.rpartition(":")
    place = classifier.recorded_layers.index(layer)
    channels = {"inputs": 1, "conv0": 2, "fc": 5}[layer]

    def means(changed: np.ndarray) -> np.ndarray:
        pattern = recorded_activations(classifier, TINY_NET, changed)[0][place]
        return pattern.reshape(len(changed), -1, channels)[..., int(number)].mean(axis=1)

    evaluation = evaluated(classifier, images, unit)
    assert evaluation.activations is not None
    np.testing.assert_allclose(evaluation.activations, means(images), rtol=1e-5)
    scale, step, rng = float(np.abs(evaluation.gradient).max()), 1e-6, np.random.default_rng(1)
    assert scale > 0
    for _ in range(40):
        pixel = tuple(int(rng.integers(side)) for side in images.shape)
        above, below = images.astype(np.float64), images.astype(np.float64)
        above[pixel] += step
        below[pixel] -= step
        slope = -3.0 * float((means(above) - means(below)).mean()) / (2 * step)
        assert evaluation.gradient[pixel] == pytest.approx(slope, rel=1e-3, abs=1e-4 * scale)


def test_every_unit_is_evaluated_in_one_trace_and_other_objectives_have_no_activations(classifier: Classifier) -> None:
    cost = CostFunction(classifier, MethodSettings(), layers=(), has_references=False)
    images = noise((2, 8, 8, 1))
    found = [evaluated(classifier, images, unit, cost).activations for unit in UNITS]
    assert len({activations.tobytes() for activations in found if activations is not None}) == len(UNITS)
    batch = Batch(images, 0, ReferenceSearch(cost.record(images[:0])), images)
    (other,) = cost.evaluate_together([batch], no_penalties(classifier.recorded_layers), "margin", "fc:0")
    assert other.activations is None
    assert cost.traces == 1


def test_batches_side_by_side_have_the_bits_that_each_has_alone(classifier: Classifier) -> None:
    cost = CostFunction(classifier, MethodSettings(), layers=(), has_references=False)
    coefficients = no_penalties(classifier.recorded_layers)
    batches = [
        Batch(images, label, ReferenceSearch(cost.record(images[:0])), images)
        for label, images in enumerate(noise((3, 4, 8, 8, 1)))
    ]
    together = cost.evaluate_together(batches, coefficients, "unit", "conv0:1")
    for batch, beside in zip(batches, together, strict=True):
        (alone,) = cost.evaluate_together([batch], coefficients, "unit", "conv0:1")
        assert alone.activations is not None
        assert beside.activations is not None
        assert alone.activations.tobytes() == beside.activations.tobytes()
        assert alone.gradient.tobytes() == beside.gradient.tobytes()


def test_units_are_found_by_layer_and_number(classifier: Classifier) -> None:
    assert unit_place(classifier, "inputs:0") == UnitPlace(1, 0)
    assert unit_place(classifier, "fc:4") == UnitPlace(3, 4)


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        ("", "unit must be a recorded layer, one of inputs, conv0, fc, and the number of a channel or unit in it, such "
         "as fc:0; received ''."),
        ("conv9:0", "one of inputs, conv0, fc, .*; received 'conv9:0'"),
        ("conv0:2", "unit must be from conv0:0 to conv0:1; received 'conv0:2'."),
        ("fc:5", "unit must be from fc:0 to fc:4; received 'fc:5'."),
    ],
)  # fmt: skip
def test_a_unit_that_there_is_not_is_refused_with_those_that_there_are(
    classifier: Classifier, unit: str, sentence: str
) -> None:
    with pytest.raises(SettingError, match=sentence):
        unit_place(classifier, unit)
