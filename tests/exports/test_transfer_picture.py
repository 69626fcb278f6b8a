from __future__ import annotations

import numpy as np
from transfer_samples import make_transfer

from fooler_gui.exports.transfer_picture import _FILLED, draw_transfer, example_places


def test_the_picture_fills_a_bar_in_proportion_to_each_share() -> None:
    pixels = np.asarray(draw_transfer(make_transfer()))
    filled = (pixels == _FILLED).all(axis=2)
    rows = np.flatnonzero(filled.any(axis=1))
    widths = np.diff(np.flatnonzero(np.diff(np.concatenate([[0], filled[rows[0]].astype(int), [0]]))))[::2]
    assert len(widths) == 2  # the file's images have no labels, and no bars
    assert abs(widths[1] / widths[0] - 1 / 3) < 0.02


def test_the_same_report_gives_the_same_picture() -> None:
    assert draw_transfer(make_transfer()).tobytes() == draw_transfer(make_transfer()).tobytes()


def test_the_images_shown_are_evenly_spaced() -> None:
    assert example_places(9, 4) == [0, 3, 5, 8]
    assert example_places(2, 4) == [0, 1]
    assert example_places(0, 4) == []
