from __future__ import annotations

import numpy as np
from saves import make_save


def test_images_and_labels_are_those_of_the_wanted_slots() -> None:
    save = make_save(labels=(1, 2), slots=3, probabilities=[[0.9995, 0.2, 0.99999], [0.1, 0.999, 0.9999]])
    found = save.images_of(save.done)
    np.testing.assert_array_equal(found, [save.images[0, 0], save.images[0, 2], save.images[1, 2]])
    np.testing.assert_array_equal(save.labels_of(save.done), [1, 1, 2])


def test_without_wanted_slots_there_are_no_images() -> None:
    save = make_save(slots=4, probabilities=0.5)
    assert save.images_of(save.done).shape == (0, 28, 28, 1)
