import numpy as np
import pytest

from fooler_gui.core.mosaic import Cells, compose, to_bytes


def test_a_mosaic_holds_each_image_in_its_cell_and_grey_between():
    images = np.stack([np.full((9, 7, 1), value, np.float32) for value in (0.0, 0.2, 1.0)])
    mosaic = compose(images, Cells(rows=2, columns=2, height=11, width=10, top=1, left=2), grey=128)
    assert mosaic.shape == (22, 20, 4)
    assert mosaic.dtype == np.uint8
    assert mosaic.flags.c_contiguous
    for place, byte in enumerate((0, 51, 255)):
        top, left = 11 * (place // 2) + 1, 10 * (place % 2) + 2
        assert (mosaic[top : top + 9, left : left + 7, :3] == byte).all()
        mosaic[top : top + 9, left : left + 7, :3] = 128
    assert (mosaic[..., :3] == 128).all()
    assert (mosaic[..., 3] == 255).all()


def test_colours_are_blue_green_red_for_the_screen():
    image = np.zeros((1, 9, 7, 3), np.float32)
    image[..., 0], image[..., 2] = 1.0, 0.4
    mosaic = compose(image, Cells(rows=1, columns=1, height=9, width=7), grey=0)
    assert mosaic[4, 3].tolist() == [102, 0, 255, 255]


def test_values_outside_the_range_are_clipped_only_for_display():
    images = np.array([-3.0, 0.5, 7.0, np.nan, np.inf, -np.inf], np.float32).reshape(6, 1, 1, 1)
    before = images.copy()
    mosaic = compose(images, Cells(rows=1, columns=6, height=1, width=1), grey=9)
    assert mosaic[0, :, 0].tolist() == [0, 128, 255, 0, 255, 0]
    np.testing.assert_array_equal(images, before)


def test_images_can_be_put_into_chosen_cells():
    images = np.ones((2, 1, 1, 1), np.float32)
    mosaic = compose(images, Cells(rows=2, columns=2, height=1, width=1), grey=7, places=np.array([1, 2]))
    assert mosaic[..., 0].tolist() == [[7, 255], [255, 7]]


@pytest.mark.parametrize("shape", [(2, 4, 4), (2, 4, 4, 2), (1, 2, 4, 4, 1)])
def test_arrays_that_are_no_images_are_refused(shape):
    with pytest.raises(ValueError, match="received the shape"):
        compose(np.zeros(shape, np.float32), Cells(rows=2, columns=2, height=4, width=4), grey=0)


@pytest.mark.parametrize(
    "cells", [Cells(rows=1, columns=1, height=9, width=9), Cells(rows=2, columns=2, height=3, width=9)]
)
def test_images_that_do_not_fit_are_refused(cells):
    with pytest.raises(ValueError, match="must fit into"):
        compose(np.zeros((2, 4, 4, 1), np.float32), cells, grey=0)


def test_bytes_are_rounded_to_the_nearest():
    assert to_bytes(np.array([0.0, 0.4 / 255, 0.6 / 255, 1.0], np.float32)).tolist() == [0, 0, 1, 255]
