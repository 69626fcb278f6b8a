from __future__ import annotations

import numpy as np
from saves import make_save


def test_found_images_are_those_of_the_slots_that_are_done() -> None:
    save = make_save(labels=(1, 2), slots=3, probabilities=[[0.9995, 0.2, 0.99999], [0.1, 0.999, 0.9999]])
    found = save.found_images()
    np.testing.assert_array_equal(found, [save.images[0, 0], save.images[0, 2], save.images[1, 2]])


def test_a_save_without_done_slots_has_no_found_images() -> None:
    assert make_save(slots=4, probabilities=0.5).found_images().shape == (0, 28, 28, 1)
