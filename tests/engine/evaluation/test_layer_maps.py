from __future__ import annotations

import keras
import numpy as np
import pytest
from tiny import make_classifier, noise

from fooler_gui.core.settings import METHODS, MethodSettings, article_coefficients
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.evaluation import layer_maps
from fooler_gui.engine.evaluation.inspector import Inspector
from fooler_gui.engine.nets.classifier import Classifier

SUM, DIFFERENCE = (1.0, 1.0), (1.0, -1.0)
"""What the two filters do to neighbouring pixels of a row."""

IMAGE = np.float32([[0, 0.5, 1], [1, 0, 0]])[..., np.newaxis]
NEAR = np.float32([[0, 0.5, 0.5], [1, 0, 0]])[..., np.newaxis]
FAR = np.float32([[1, 1, 0.75], [0, 1, 1]])[..., np.newaxis]


@pytest.fixture(scope="module")
def by_hand() -> Classifier:
    """A convolution whose kernel is known, and a dense layer of three units, each one pixel of the first map."""
    network = keras.Sequential(
        [
            keras.Input((2, 3, 1)),
            keras.layers.Conv2D(2, (1, 2), use_bias=False),
            keras.layers.Flatten(name="row"),
            keras.layers.Dense(3, use_bias=False),
            keras.layers.Dense(2, activation="softmax", name="output"),
        ]
    )
    picks = np.zeros((8, 3), np.float32)
    picks[0, 0], picks[2, 1], picks[4, 2] = 1, 1, 1  # pixels (0, 0), (0, 1), (1, 0) of map 0
    kernel = np.float32([SUM, DIFFERENCE]).T.reshape(1, 2, 1, 2)
    network.set_weights([kernel, picks, np.float32([[1, 0], [0, 1], [1, 1]]), np.zeros(2, np.float32)])
    return Classifier(network, ("a", "b"))


def maps_of(classifier: Classifier, layer: str, images: np.ndarray, references: np.ndarray, **how: object):
    """Returns the maps of the first of `images` in a layer."""
    method = how.get("method", MethodSettings())
    cost = CostFunction(classifier, method, has_references=len(references) > 0)
    batch = Batch(images, 1, ReferenceSearch(cost.record(references)), images)
    costs = cost.evaluate_together([batch], article_coefficients(cost.layers))[0].costs
    inspection = Inspector(classifier, None, None).look(batch, costs, 0, 0, layer)
    return inspection, inspection.maps


def test_a_known_kernel_gives_known_maps_of_the_image_and_of_its_nearest_training_image(by_hand):
    inspection, maps = maps_of(by_hand, "conv0", IMAGE[np.newaxis], np.stack([FAR, NEAR]))
    assert (maps.layer, maps.count, maps.numbers.tolist(), maps.is_flat) == ("conv0", 2, [0, 1], False)
    np.testing.assert_allclose(maps.own[0], [[0.5, 1.5], [1, 0]])
    np.testing.assert_allclose(maps.own[1], [[-0.5, -0.5], [1, 0]])
    np.testing.assert_allclose(maps.nearest[0], [[0.5, 1.0], [1, 0]])
    np.testing.assert_allclose(maps.nearest[1], [[-0.5, 0.0], [1, 0]])
    layer = inspection.layers[1]
    assert (layer.name, layer.nearest_index) == ("conv0", 1)
    assert layer.distance == pytest.approx((0.5**2 + 0.5**2) / 8)


def test_the_inputs_are_one_map_for_each_channel(by_hand):
    _, maps = maps_of(by_hand, "inputs", IMAGE[np.newaxis], np.stack([FAR, NEAR]))
    np.testing.assert_array_equal(maps.own, IMAGE.transpose(2, 0, 1))
    np.testing.assert_array_equal(maps.nearest, NEAR.transpose(2, 0, 1))


def test_a_dense_layer_is_flat_and_has_a_value_for_each_unit(by_hand):
    _, maps = maps_of(by_hand, "fc", IMAGE[np.newaxis], np.stack([FAR, NEAR]))
    assert (maps.count, maps.is_flat, maps.is_by_unit) == (3, True, False)
    np.testing.assert_allclose(maps.own.ravel(), [0.5, 1.5, 1])
    np.testing.assert_allclose(maps.nearest.ravel(), [0.5, 1, 1])


def test_where_the_nearest_is_taken_unit_by_unit_the_nearest_values_stand_beside(by_hand):
    method = METHODS["2016"]
    inspection, maps = maps_of(by_hand, "fc", IMAGE[np.newaxis], np.stack([FAR, NEAR]), method=method)
    assert maps.is_by_unit
    np.testing.assert_allclose(maps.nearest.ravel(), [0.5, 1.75, 1])  # of {2, .5}, {1.75, 1}, {1, 1}
    assert inspection.layers[2].nearest is None


def test_without_training_images_the_maps_of_the_image_stand_alone(by_hand):
    _, maps = maps_of(by_hand, "conv0", IMAGE[np.newaxis], np.empty((0, 2, 3, 1), np.float32))
    np.testing.assert_allclose(maps.own[0], [[0.5, 1.5], [1, 0]])
    assert maps.nearest is None
    assert not maps.is_by_unit


def test_of_many_maps_the_strongest_in_either_image_are_shown_in_their_order(by_hand, monkeypatch):
    monkeypatch.setattr(layer_maps, "MOST_MAPS", 1)
    _, maps = maps_of(by_hand, "conv0", IMAGE[np.newaxis], np.stack([NEAR, NEAR]))
    assert (maps.count, maps.numbers.tolist(), maps.own.shape) == (2, [0], (1, 2, 2))
    monkeypatch.setattr(layer_maps, "MOST_UNITS", 2)
    _, units = maps_of(by_hand, "fc", IMAGE[np.newaxis], np.stack([NEAR, NEAR]))
    assert (units.count, units.numbers.tolist(), units.own.ravel().tolist()) == (3, [1, 2], [1.5, 1])


@pytest.mark.parametrize("layer", ["", "conv7"])
def test_a_layer_that_is_not_recorded_has_no_maps(by_hand, layer):
    _, maps = maps_of(by_hand, layer, IMAGE[np.newaxis], np.stack([NEAR, NEAR]))
    assert maps is None


def test_the_nearest_training_image_in_a_layer_is_that_of_brute_force():
    topology = Topology(convolutions=(Convolution(kernel=(3, 3), filters=4),), dense=(6,))
    classifier = make_classifier(topology, (8, 8, 3))
    images, references = noise((3, 8, 8, 3)), noise((40, 8, 8, 3), rng_seed=1)
    known, own = classifier.record(references), classifier.record(images)
    for place, layer in enumerate(classifier.recorded_layers):
        distances = np.square(known[place] - own[place][0]).mean(axis=1)
        inspection, maps = maps_of(classifier, layer, images, references)
        assert inspection.layers[place].nearest_index == distances.argmin()
        assert inspection.layers[place].distance == pytest.approx(distances.min(), rel=1e-4)
        assert np.square(maps.own - maps.nearest).mean() == pytest.approx(distances.min(), rel=1e-4)


def test_a_classifier_tells_every_layer_with_its_shape_from_the_inputs_up(by_hand):
    assert [(layer.name, layer.shape) for layer in by_hand.layers] == [
        ("inputs", (2, 3, 1)),
        ("conv0", (2, 2, 2)),
        ("row", (8,)),
        ("fc", (3,)),
        ("output", (2,)),
    ]
    assert [layer.parameters for layer in by_hand.layers] == [0, 4, 0, 24, 8]
