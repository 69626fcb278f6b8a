from __future__ import annotations

import numpy as np
import pytest
from colour_checks import contrast, luminance
from PySide6.QtGui import QColor

from fooler_gui.widgets.probability_scale import ink_on, scale_colour


def test_the_ends_are_nearly_white_and_dark_blue():
    assert scale_colour(0).name() == "#f4f8fc"
    assert scale_colour(1).name() == "#08306b"


def test_more_is_darker_in_steps_that_look_equal():
    lightness = [116 * luminance(scale_colour(share)) ** (1 / 3) - 16 for share in np.linspace(0, 1, 11)]
    steps = -np.diff(lightness)
    assert steps.min() > 0
    assert steps.max() < 1.3 * steps.min()


@pytest.mark.parametrize("probability", np.linspace(0, 1, 101))
def test_numbers_can_be_read_on_every_colour(probability):
    ground = scale_colour(probability)
    assert contrast(ink_on(ground), ground) >= 4.5


def test_the_ink_can_be_read_on_any_ground():
    grounds = [QColor.fromHsv(hue, saturation, value) for hue in range(0, 360, 30) for saturation in (0, 128, 255)
               for value in range(0, 256, 15)]  # fmt: skip
    assert min(contrast(ink_on(ground), ground) for ground in grounds) >= 4.5


def test_what_is_no_probability_gets_the_colour_of_the_nearest_end():
    assert scale_colour(-0.1) == scale_colour(0)
    assert scale_colour(1.1) == scale_colour(1)
