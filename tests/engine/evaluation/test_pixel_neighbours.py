from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from tiny import make_dataset, noise

from fooler_gui.data.dataset import to_float
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours


@pytest.mark.parametrize("a_class", [4, 1_800])
def test_the_nearest_are_those_of_brute_force(a_class):
    dataset = make_dataset(a_class=a_class)
    images = noise((7, 8, 8, 1))
    everyone = to_float(dataset.train_images).reshape(len(dataset.train_images), -1).astype(np.float64)
    brute = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(everyone)
    expected = brute.kneighbors(images.reshape(7, -1).astype(np.float64), return_distance=False)
    nearest = PixelNeighbours(dataset).nearest(images)
    np.testing.assert_array_equal(nearest.indices, expected)
    np.testing.assert_array_equal(nearest.labels, dataset.train_labels[expected])
    np.testing.assert_array_equal(nearest.images, to_float(dataset.train_images[expected]))


def test_a_training_image_is_nearest_to_itself_and_of_twins_the_first_is():
    dataset = make_dataset()
    dataset.train_images[9] = dataset.train_images[2]
    nearest = PixelNeighbours(dataset).nearest(to_float(dataset.train_images[[9, 30]]), 2)
    assert nearest.indices[0].tolist() == [2, 9]
    assert nearest.indices[1, 0] == 30


def test_more_neighbours_than_images_are_all_images():
    dataset = make_dataset(a_class=2)
    nearest = PixelNeighbours(dataset).nearest(noise((1, 8, 8, 1)), 50)
    assert sorted(nearest.indices[0].tolist()) == list(range(6))


def test_votes_are_shares_and_the_majority_decides():
    neighbours = PixelNeighbours(make_dataset())
    votes = neighbours.votes(np.array([[0, 2, 2, 1, 2], [1, 1, 1, 1, 1]]))
    np.testing.assert_allclose(votes, [[0.2, 0.2, 0.6], [0, 1, 0]])


def test_digits_are_called_what_they_are():
    dataset = make_dataset(a_class=40)
    images, labels = to_float(dataset.test_images), dataset.test_labels.astype(np.int64)
    neighbours = PixelNeighbours(dataset)
    assert neighbours.agrees(images, labels).all()
    assert not neighbours.agrees(images, (labels + 1) % 3).any()
