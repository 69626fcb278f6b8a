from __future__ import annotations

import numpy as np

from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.data.start_previews import start_previews


def test_every_kind_has_a_picture_and_averages_are_the_mean_of_the_examples() -> None:
    examples = np.stack([np.full((8, 8, 1), value, np.uint8) for value in (0, 51, 255)])
    previews = start_previews(examples, (8, 8, 1))
    assert list(previews) == list(kinds_for(RUNS))
    assert all(image.shape == (8, 8, 1) for image in previews.values())
    np.testing.assert_allclose(previews["averages"], 0.4, rtol=1e-6)
    assert previews["black"].max() == 0
    assert previews["noise"].std() > 0.2


def test_without_a_dataset_kinds_made_of_its_images_have_no_picture() -> None:
    previews = start_previews(np.empty((0, 8, 8, 3), np.uint8), (8, 8, 3))
    assert previews.keys() < kinds_for(RUNS).keys()
    assert {"noise", "black"} <= previews.keys()
    assert not {"averages", "permuted", "faint", "negative"} & previews.keys()


def test_previews_of_large_images_have_fewer_pixels() -> None:
    previews = start_previews(np.zeros((2, 224, 112, 3), np.uint8), (224, 112, 3))
    assert {image.shape for image in previews.values()} == {(56, 28, 3)}
