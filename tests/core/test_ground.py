from __future__ import annotations

import numpy as np

from fooler_gui.core.ground import has_dark_ground, is_on_light_ground


def framed(border: int, middle: int, side: int = 6) -> np.ndarray:
    image = np.full((side, side, 1), border, np.uint8)
    image[1:-1, 1:-1] = middle
    return image


def test_a_dataset_is_light_on_dark_if_nine_tenths_of_its_border_are_dark() -> None:
    # A border of 6 × 6 has 24 pixels with its corners counted twice.
    dark, light = framed(0, 255), framed(255, 0)
    assert has_dark_ground(np.stack([dark] * 9 + [light]))
    assert not has_dark_ground(np.stack([dark] * 8 + [light] * 2))
    assert not has_dark_ground(np.stack([framed(60, 0)]))
    assert not has_dark_ground(np.empty((0, 6, 6, 1), np.uint8))


def test_a_picture_is_on_a_light_ground_if_most_of_its_border_is_lighter_than_grey() -> None:
    assert is_on_light_ground(framed(255, 0).astype(np.float32) / 255)
    assert not is_on_light_ground(framed(100, 255).astype(np.float32) / 255)
