from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from fooler_gui.engine.mending.fused_adam import FusedAdam

SHAPE = (3, 4)
RATE, EPSILON = 0.01, 1e-8


def moved(gradients: np.ndarray, dtype: str = "float32", *, keras_own: bool = False) -> np.ndarray:
    """Returns where a variable that starts at one stands after each of `gradients` (steps, *SHAPE)."""
    variable = keras.Variable(np.ones(SHAPE), dtype=dtype)
    if keras_own:
        theirs = keras.optimizers.Adam(RATE, epsilon=EPSILON)
        theirs.build([variable])
    else:
        ours = FusedAdam([variable], EPSILON)
        ours.learning_rate.assign(RATE)

    @tf.function(input_signature=[tf.TensorSpec(SHAPE, dtype)])
    def apply(gradient: tf.Tensor) -> None:
        if keras_own:
            theirs.apply([gradient], [variable])
        else:
            ours.apply([gradient])

    places = []
    for gradient in gradients:
        apply(tf.cast(gradient, dtype))
        places.append(tf.cast(variable.value, tf.float64).numpy())
    return np.stack(places)


@pytest.fixture(scope="module")
def gradients() -> np.ndarray:
    """(steps, *SHAPE), of very different sizes, down to where the epsilon counts."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(60, *SHAPE)) * 10.0 ** np.linspace(-8, 3, SHAPE[1])


def test_every_step_is_that_of_the_2016_program(gradients: np.ndarray) -> None:
    place, mean, square = np.ones(SHAPE), np.zeros(SHAPE), np.zeros(SHAPE)
    expected = []
    for step, gradient in enumerate(gradients, start=1):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        rate = RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        place = place - rate * mean / (np.sqrt(square) + EPSILON)
        expected.append(place)
    np.testing.assert_allclose(moved(gradients, "float64"), expected, rtol=1e-6)
    np.testing.assert_allclose(moved(gradients), expected, rtol=1e-4)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("bfloat16", 0.03)])
def test_every_step_is_that_of_keras_own_operations(gradients: np.ndarray, dtype: str, tolerance: float) -> None:
    own = moved(gradients, dtype, keras_own=True)
    np.testing.assert_allclose(moved(gradients, dtype), own, rtol=tolerance)


def test_a_constraint_of_a_variable_is_kept() -> None:
    variable = keras.Variable(np.ones(SHAPE, np.float32))
    variable.constraint = keras.constraints.NonNeg()
    optimizer = FusedAdam([variable], EPSILON)
    optimizer.learning_rate.assign(2.0)
    optimizer.apply([tf.ones(SHAPE)])
    np.testing.assert_array_equal(variable.numpy(), np.zeros(SHAPE))
    assert int(optimizer.steps) == 1


def test_a_variable_without_a_gradient_stays() -> None:
    variables = [keras.Variable(np.ones(SHAPE, np.float32)) for _ in range(2)]
    optimizer = FusedAdam(variables, EPSILON)
    optimizer.learning_rate.assign(RATE)
    optimizer.apply([None, tf.ones(SHAPE)])
    np.testing.assert_array_equal(variables[0].numpy(), np.ones(SHAPE))
    np.testing.assert_allclose(variables[1].numpy(), np.full(SHAPE, 1 - RATE), rtol=1e-6)
