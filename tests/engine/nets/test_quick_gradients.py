from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from fooler_gui.engine.nets.quick_gradients import dense_product, image_convolution

Array = np.ndarray
Product = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def gradients(
    product: Product, first: Array, second: Array, upstream: Array | None = None, *, xla: bool = False
) -> tuple[Array, Array, Array]:
    """Returns the product of `first` and `second`, and the gradients of the sum over `upstream` times the product.

    The batch size is not known when the function is traced, as in the program.
    """

    def of(first: tf.Tensor, second: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            tape.watch((first, second))
            result = product(first, second)
        return result, tape.gradient(result, (first, second), upstream)

    batch = tf.TensorSpec((None, *first.shape[1:]), first.dtype)
    compiled = tf.function(of, input_signature=[batch, tf.TensorSpec(second.shape, second.dtype)], jit_compile=xla)
    result, (to_first, to_second) = compiled(tf.constant(first), tf.constant(second))
    return result.numpy(), to_first.numpy(), to_second.numpy()


def finite_differences(of: Callable[[Array], float], at: Array, step: float = 1e-3) -> Array:
    """Returns the gradient of `of` at float64 `at`; exact but for rounding where `of` is linear."""
    slope = np.empty_like(at)
    for index in np.ndindex(at.shape):
        above, below = at.copy(), at.copy()
        above[index] += step
        below[index] -= step
        slope[index] = (of(above) - of(below)) / (2 * step)
    return slope


def test_a_dense_product_worked_by_hand() -> None:
    signal = np.array([[1, 2], [3, 4]], np.float32)
    kernel = np.array([[1, 0, 2], [0, 1, -1]], np.float32)
    upstream = np.array([[1, 10, 100], [2, 20, 200]], np.float32)
    result, to_signal, to_kernel = gradients(dense_product, signal, kernel, upstream)
    np.testing.assert_array_equal(result, [[1, 2, 0], [3, 4, 2]])
    np.testing.assert_array_equal(to_signal, [[201, -90], [402, -180]])
    np.testing.assert_array_equal(to_kernel, [[7, 70, 700], [10, 100, 1000]])


@pytest.mark.parametrize("xla", [False, True])
def test_a_dense_product_has_the_gradients_of_its_finite_differences(xla: bool) -> None:
    rng = np.random.default_rng(0)
    signal, kernel, upstream = rng.normal(size=(3, 5)), rng.normal(size=(5, 4)), rng.normal(size=(3, 4))
    result, to_signal, to_kernel = gradients(dense_product, signal, kernel, upstream, xla=xla)
    np.testing.assert_allclose(result, signal @ kernel, rtol=1e-12)
    np.testing.assert_allclose(to_signal, finite_differences(lambda x: np.sum(x @ kernel * upstream), signal), 1e-8)
    np.testing.assert_allclose(to_kernel, finite_differences(lambda x: np.sum(signal @ x * upstream), kernel), 1e-8)


def test_an_image_s_dense_gradient_does_not_depend_on_the_images_beside_it() -> None:
    rng = np.random.default_rng(1)
    signal = rng.normal(size=(80, 600)).astype(np.float32)
    kernel = rng.normal(size=(600, 200)).astype(np.float32)
    upstream = rng.normal(size=(80, 200)).astype(np.float32)
    _, together, _ = gradients(dense_product, signal, kernel, upstream)
    for count in (1, 8, 16, 50):
        _, alone, _ = gradients(dense_product, signal[:count], kernel, upstream[:count])
        np.testing.assert_array_equal(alone, together[:count])


def test_an_image_convolution_worked_by_hand() -> None:
    images = np.array([[1, 2], [3, 4]], np.float32).reshape(1, 2, 2, 1)
    kernel = np.array([[1, 2], [3, 4]], np.float32).reshape(2, 2, 1, 1)
    result, to_images, to_kernel = gradients(
        lambda x, k: image_convolution(x, k, "valid"), images, kernel, np.full((1, 1, 1, 1), 2, np.float32)
    )
    np.testing.assert_array_equal(result.ravel(), [30])
    np.testing.assert_array_equal(to_images.reshape(2, 2), [[2, 4], [6, 8]])
    np.testing.assert_array_equal(to_kernel.reshape(2, 2), [[2, 4], [6, 8]])
    upstream = np.array([[1, 10], [100, 1000]], np.float32).reshape(1, 2, 2, 1)
    result, to_images, to_kernel = gradients(lambda x, k: image_convolution(x, k, "same"), images, kernel, upstream)
    # An even kernel's zeros are at the end: position (y, x) sees (y, x) … (y + 1, x + 1).
    np.testing.assert_array_equal(result.reshape(2, 2), [[30, 14], [11, 4]])
    np.testing.assert_array_equal(to_images.reshape(2, 2), [[1, 12], [103, 1234]])
    np.testing.assert_array_equal(to_kernel.reshape(2, 2), [[4321, 402], [43, 4]])


CASES = [
    (kernel, channels, padding)
    for kernel, channels, padding in itertools.product([(1, 1), (3, 3), (2, 4), (5, 3)], [1, 3], ["same", "valid"])
]


@pytest.mark.parametrize(("kernel_size", "channels", "padding"), CASES)
def test_an_image_convolution_has_the_gradients_of_its_finite_differences(
    kernel_size: tuple[int, int], channels: int, padding: str
) -> None:
    rng = np.random.default_rng(2)
    images, kernel = rng.normal(size=(2, 5, 6, channels)), rng.normal(size=(*kernel_size, channels, 2))
    shape = tf.nn.conv2d(images, kernel, 1, padding.upper()).shape
    upstream = rng.normal(size=shape)

    def total(images: Array, kernel: Array) -> float:
        return float(np.sum(tf.nn.conv2d(images, kernel, 1, padding.upper()).numpy() * upstream))

    result, to_images, to_kernel = gradients(lambda x, k: image_convolution(x, k, padding), images, kernel, upstream)
    np.testing.assert_array_equal(result, tf.nn.conv2d(images, kernel, 1, padding.upper()))
    np.testing.assert_allclose(to_images, finite_differences(lambda x: total(x, kernel), images), rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(to_kernel, finite_differences(lambda x: total(images, x), kernel), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("xla", [False, True])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_the_article_s_first_convolution_has_tensorflow_s_own_gradients(padding: str, xla: bool) -> None:
    rng = np.random.default_rng(3)
    images = rng.normal(size=(8, 28, 28, 1)).astype(np.float32)
    kernel = rng.normal(size=(5, 5, 1, 32)).astype(np.float32)
    upstream = rng.normal(size=tf.nn.conv2d(images, kernel, 1, padding.upper()).shape).astype(np.float32)
    quick = gradients(lambda x, k: image_convolution(x, k, padding), images, kernel, upstream, xla=xla)
    own = gradients(lambda x, k: tf.nn.conv2d(x, k, 1, padding.upper()), images, kernel, upstream, xla=xla)
    for mine, theirs in zip(quick, own, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


def test_an_image_s_gradient_does_not_depend_on_the_images_beside_it() -> None:
    rng = np.random.default_rng(4)
    images = rng.normal(size=(80, 28, 28, 1)).astype(np.float32)
    kernel = rng.normal(size=(5, 5, 1, 32)).astype(np.float32)
    upstream = rng.normal(size=(80, 28, 28, 32)).astype(np.float32)
    _, together, _ = gradients(lambda x, k: image_convolution(x, k, "same"), images, kernel, upstream)
    for count in (8, 16, 50):
        _, alone, _ = gradients(lambda x, k: image_convolution(x, k, "same"), images[:count], kernel, upstream[:count])
        np.testing.assert_array_equal(alone, together[:count])
