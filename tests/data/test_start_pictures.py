from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fooler_gui.data.array_file import ArrayFileError, write_images
from fooler_gui.data.start_pictures import read_start_images

GREY, COLOUR = (4, 4, 1), (4, 4, 3)
NO_EXAMPLES = np.empty((0, *GREY), np.uint8)
ON_DARK = np.zeros((2, *GREY), np.uint8)


def picture(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


def test_pictures_and_arrays_become_images_in_their_order(tmp_path: Path) -> None:
    arrays = np.linspace(0, 1, 2 * 16, dtype=np.float32).reshape(2, *GREY)
    write_images(tmp_path / "two.npz", arrays)
    paths = [picture(tmp_path / "own.png", np.full((4, 4), 51)), tmp_path / "two.npz"]
    images, inverted = read_start_images(paths, GREY, NO_EXAMPLES)
    assert (images.shape, images.dtype, inverted) == ((3, *GREY), np.float32, ())
    np.testing.assert_array_equal(images[0], np.full(GREY, np.float32(0.2)))
    np.testing.assert_array_equal(images[1:], arrays)


def test_a_picture_is_scaled_and_has_the_colours_that_the_net_takes(tmp_path: Path) -> None:
    red = np.zeros((8, 16, 3))
    red[..., 0] = 255
    path = picture(tmp_path / "red.png", red)
    np.testing.assert_array_equal(read_start_images([path], COLOUR, NO_EXAMPLES).images[0, 2, 2], [1, 0, 0])
    grey = read_start_images([path], GREY, NO_EXAMPLES).images
    np.testing.assert_allclose(grey, np.full((1, *GREY), 76 / 255))


def test_dark_on_light_is_inverted_only_where_the_dataset_is_light_on_dark(tmp_path: Path) -> None:
    pixels = np.full((4, 4), 255)
    pixels[1:3, 1:3] = 0
    light = picture(tmp_path / "light.png", pixels)
    dark = picture(tmp_path / "dark.png", 255 - pixels)
    turned = read_start_images([light, dark], GREY, ON_DARK)
    np.testing.assert_array_equal(turned.images[0], turned.images[1])
    assert turned.inverted == (light,)
    as_they_are = read_start_images([light, dark], GREY, 255 - ON_DARK)
    np.testing.assert_array_equal(as_they_are.images[0, ..., 0], pixels / 255)
    assert as_they_are.inverted == ()


def test_what_is_no_picture_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "odd.png").write_bytes(bytes(range(256)))
    with pytest.raises(ArrayFileError, match=r"odd\.png must be a picture, a folder .*; it is none, or"):
        read_start_images([tmp_path / "odd.png"], GREY, NO_EXAMPLES)
    with pytest.raises(ArrayFileError, match=r"none\.png"):
        read_start_images([tmp_path / "none.png"], GREY, NO_EXAMPLES)
