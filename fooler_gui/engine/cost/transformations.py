"""Random shifts, turns and scalings of images (method.md, Robustness and blur)."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.random_transformations import RandomTransformations


def random_maps(rng: np.random.Generator, wanted: RandomTransformations, slots: int) -> FloatArray:
    """Returns (K, slots, 2, 3) float32, a random map for each of K transformations of each slot; see `map_of`.

    Shift, turn and scale are uniform in their ranges. The first maps are the same however many are wanted.
    """
    numbers = rng.uniform(-1, 1, (wanted.number, slots, 4))
    down, right, turn, scale = np.moveaxis(numbers, -1, 0)
    return map_of(wanted.shift * down, wanted.shift * right, wanted.turn * turn, 1 + wanted.scale * scale)


def map_of(down: FloatArray, right: FloatArray, turn: FloatArray, scale: FloatArray) -> FloatArray:
    """Returns (..., 2, 3) float32, the maps of transformations that scale, turn and then move images.

    A map takes a pixel's row and column in the transformed image, relative to the centre, with a 1 appended, to its
    place in the image.

    Args:
        down: (...), by how many pixels images move down.
        right: (...), by how many they move to the right.
        turn: (...), by how many degrees they turn, counter-clockwise.
        scale: (...), how many times as large they become, above 0.
    """
    sine, cosine = np.sin(np.radians(turn)) / scale, np.cos(np.radians(turn)) / scale
    rows = np.stack([cosine, sine, -cosine * down - sine * right], axis=-1)
    columns = np.stack([-sine, cosine, sine * down - cosine * right], axis=-1)
    maps: FloatArray = np.stack([rows, columns], axis=-2).astype(np.float32)
    return maps


def transformed(images: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
    """Returns (K, N, H, W, C), K transformations of each image; differentiable with respect to the images.

    Pixels are interpolated linearly between their four neighbours; beyond an edge its pixels are repeated.

    Args:
        images: (N, H, W, C) float32, with H, W and C known.
        maps: (K, N, 2, 3) float32; see `map_of`.
    """
    height, width, channels = images.shape[1:]
    middle = np.array([height - 1, width - 1], np.float32) / 2
    down, right = np.indices((height, width), np.float32).reshape(2, -1) - middle[:, np.newaxis]
    to_rows, to_columns = (
        maps[..., axis, 0:1] * down + maps[..., axis, 1:2] * right + maps[..., axis, 2:3] + middle[axis]
        for axis in (0, 1)
    )
    top, bottom, row_share = _neighbours(to_rows, height)
    left, side, column_share = _neighbours(to_columns, width)
    values = tf.reshape(images, (-1, height * width, channels))

    def at(rows: tf.Tensor, columns: tf.Tensor) -> tf.Tensor:
        places = tf.transpose(rows * width + columns, (1, 0, 2))
        return tf.transpose(tf.gather(values, places, batch_dims=1), (1, 0, 2, 3))

    upper = at(top, left) * (1 - column_share) + at(top, side) * column_share
    lower = at(bottom, left) * (1 - column_share) + at(bottom, side) * column_share
    result = upper * (1 - row_share) + lower * row_share
    return tf.reshape(result, (tf.shape(maps)[0], -1, height, width, channels))


def _neighbours(places: tf.Tensor, size: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns the pixels (K, N, P) before and after `places` (K, N, P), and the share (K, N, P, 1) of that after."""
    inside = tf.clip_by_value(places, 0, size - 1)
    before = tf.floor(inside)
    first = tf.cast(before, tf.int32)
    return first, tf.minimum(first + 1, size - 1), (inside - before)[..., tf.newaxis]
