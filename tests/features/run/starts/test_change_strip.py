from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fooler_gui.features.run.starts.change_strip import ChangeStrip
from fooler_gui.widgets.pixel_picture import PixelPicture


@pytest.fixture
def strip(qtbot: QtBot) -> ChangeStrip:
    made = ChangeStrip()
    qtbot.addWidget(made)
    return made


def grey(strip: ChangeStrip, name: str) -> list[int]:
    image = strip.findChild(PixelPicture, f"change_{name}").image()
    return [image.pixelColor(x, 0).red() for x in range(image.width())]


def text(strip: ChangeStrip, name: str) -> str:
    return strip.findChild(QLabel, f"change_{name}").text()


def test_original_difference_and_result_are_shown_with_the_distance(strip: ChangeStrip) -> None:
    original, result = np.float32([[[0.5], [0.5], [0.0]]]), np.float32([[[0.5], [0.125], [0.25]]])
    strip.show_change(original, result)
    assert grey(strip, "original") == [128, 128, 0]
    assert grey(strip, "result") == [128, 32, 64]
    # Twice the changes of 0, −0.375 and 0.25, around grey: ½ + ½ · 2 · change.
    assert text(strip, "difference_title") == "Difference × 2"
    assert grey(strip, "difference") == [128, 32, 191]
    assert text(strip, "distance") == "Euclidean distance from the original: 0.45"
    assert "largest change of a pixel is 0.38" in strip.findChild(QLabel, "change_distance").toolTip()


@pytest.mark.parametrize(("change", "factor"), [(0.0, 1), (1.0, 1), (0.1875, 5), (0.11, 5), (0.009, 100), (1e-6, 100)])
def test_the_factor_is_the_largest_round_one_that_shows_every_change(
    strip: ChangeStrip, change: float, factor: int
) -> None:
    strip.show_change(np.zeros((1, 2, 1), np.float32), np.float32([[[change], [0]]]))
    assert text(strip, "difference_title") == f"Difference × {factor}"


def test_of_a_reinitialised_image_it_is_said_that_it_comes_from_noise(strip: ChangeStrip) -> None:
    image = np.zeros((1, 2, 1), np.float32)
    strip.show_change(image, image, reinitialised=True)
    assert text(strip, "distance") == "Reinitialised: made from noise now, not from the original."
