"""Adam on weights, with one operation a variable."""

from __future__ import annotations

import keras
import tensorflow as tf


class FusedAdam(keras.optimizers.Adam):  # type: ignore[misc]
    """Keras' Adam, whose update of a variable is TensorFlow's one operation for it instead of a dozen small ones.

    Both compute the 2016 program's form, ``lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)``. Only one pass over the
    weights is made, which counts where a dense layer has millions of them. Keras keeps the rest: moments, steps,
    learning rate, constraints, variables without a gradient.
    """

    def update_step(self, gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor) -> None:
        """Changes `variable` and its moments by one step along `gradient`; both have the same shape."""
        index = self._get_variable_index(variable)
        precision = variable.dtype
        beta_1, beta_2 = tf.constant(self.beta_1, precision), tf.constant(self.beta_2, precision)
        step = tf.cast(self.iterations + 1, precision)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(beta_1, step),
            beta2_power=tf.pow(beta_2, step),
            lr=tf.cast(learning_rate, precision),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=tf.constant(self.epsilon, precision),
            grad=tf.cast(gradient, precision),
        )
