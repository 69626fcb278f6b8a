"""Fast gradients on a CPU for two products whose gradients TensorFlow computes slowly.

The forward pass is TensorFlow's own; the gradients are the same sums in another order. Each is a separate compiled
function, because TensorFlow never releases the graph in which a custom gradient is defined: this way it is a small
graph for each shape, not the graph of every network ever used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import tensorflow as tf

Gradients = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


@tf.function(autograph=False)  # type: ignore[untyped-decorator]
@tf.custom_gradient  # type: ignore[untyped-decorator]
def dense_product(signal: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Gradients]:
    """Returns ``signal @ kernel``.

    The signal's gradient is computed as ``(kernel @ upstreamᵀ)ᵀ``: the kernel is read along its rows, about twice as
    fast for some dozens of images as ``upstream @ kernelᵀ``. As a batch of one product it is faster still, and an
    image's gradient has the same bits however many images there are.

    Args:
        signal: (B, I).
        kernel: (I, O).
    """

    def gradients(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        to_signal = tf.transpose(tf.matmul(kernel[tf.newaxis], upstream[tf.newaxis], transpose_b=True)[0])
        return to_signal, tf.matmul(signal, upstream, transpose_a=True)

    return tf.matmul(signal, kernel), gradients


@tf.function(autograph=False)  # type: ignore[untyped-decorator]
def image_convolution(images: tf.Tensor, kernel: tf.Tensor, padding: Literal["same", "valid"]) -> tf.Tensor:
    """Returns the convolution (stride 1) of images with few channels.

    The images' gradient is one product with the kernel, whose rows are then shifted and summed, first along x, then
    along y. That pays off for few channels (up to about 4): it makes kh · kw · C values for every position.

    Args:
        images: (B, H, W, C); H, W and C are static.
        kernel: (kh, kw, C, filters).
        padding: ``"same"`` pads with zeros to (B, H, W, filters), with an odd row or column at the end;
            ``"valid"`` gives (B, H − kh + 1, W − kw + 1, filters).
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def convolution(images: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Gradients]:
        def gradients(upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            to_kernel = tf.raw_ops.Conv2DBackpropFilter(
                input=images,
                filter_sizes=kernel.shape,
                out_backprop=upstream,
                strides=[1, 1, 1, 1],
                padding=padding.upper(),
            )
            return _to_images(upstream, kernel, images.shape, padding), to_kernel

        return tf.nn.conv2d(images, kernel, 1, padding.upper()), gradients

    return convolution(images, kernel)


def _to_images(upstream: tf.Tensor, kernel: tf.Tensor, images_shape: tf.TensorShape, padding: str) -> tf.Tensor:
    rows, columns, channels, filters = kernel.shape
    height, width = images_shape[1:3]
    by_column = tf.reshape(tf.transpose(kernel, (1, 0, 2, 3)), (-1, filters))
    product = tf.matmul(by_column, tf.reshape(upstream, (-1, filters)), transpose_b=True)
    parts = tf.reshape(product, (columns, rows, channels, -1, *upstream.shape[1:3]))
    parts = _moved_sum(parts, axis=5, size=width, padding=padding)
    return tf.transpose(_moved_sum(parts, axis=3, size=height, padding=padding), (1, 2, 3, 0))


def _moved_sum(parts: tf.Tensor, *, axis: int, size: int, padding: str) -> tf.Tensor:
    """Returns the sum of `parts` over their first axis, where part k is first shifted by k minus the padding."""
    last = parts.shape[0] - 1
    before = last // 2 if padding == "same" else 0
    zeros = [(0, 0)] * len(parts.shape)
    zeros[axis] = (last - before, size + before - parts.shape[axis])
    padded = tf.pad(parts, zeros)
    whole = (slice(None),) * (axis - 1)
    return tf.add_n([padded[(k, *whole, slice(last - k, last - k + size))] for k in range(last + 1)])
