"""Adam on weights, with one operation a variable."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf


class FusedAdam:
    """Changes variables by ``lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)``, the 2016 program's form and Keras'.

    TensorFlow's one operation for it makes a single pass over a variable, where Keras has a dozen small ones; that
    counts where a dense layer has millions of weights. And nothing of it outlives the trainer: the graph that Keras'
    ``apply`` leaves behind keeps all variables for ever.

    Args:
        variables: What is to be trained.
        epsilon: What is added to the root.
        beta_1: The share of the mean gradient that stays from step to step.
        beta_2: Of the mean square.

    Attributes:
        learning_rate: A variable; to be assigned to before the first step, and whenever it is to change.
        steps: A variable: how many steps there were.
    """

    def __init__(
        self, variables: Sequence[keras.Variable], epsilon: float, beta_1: float = 0.9, beta_2: float = 0.999
    ) -> None:
        self.learning_rate = tf.Variable(0.0, trainable=False)
        self.steps = tf.Variable(0, trainable=False, dtype=tf.int64)
        self._variables = tuple(variables)
        self._moments = [
            tuple(tf.Variable(tf.zeros_like(variable.value), trainable=False) for _ in range(2))
            for variable in variables
        ]
        self._epsilon, self._beta_1, self._beta_2 = epsilon, beta_1, beta_2

    def apply(self, gradients: Sequence[tf.Tensor | None]) -> None:
        """Changes every variable by one step along its gradient; one without a gradient stays. Keeps constraints.

        Args:
            gradients: For each variable, of its shape.
        """
        step = self.steps.assign_add(1)
        for variable, (mean, square), gradient in zip(self._variables, self._moments, gradients, strict=True):
            if gradient is None:
                continue
            precision = variable.value.dtype
            beta_1, beta_2 = tf.constant(self._beta_1, precision), tf.constant(self._beta_2, precision)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle,
                m=mean.handle,
                v=square.handle,
                beta1_power=tf.pow(beta_1, tf.cast(step, precision)),
                beta2_power=tf.pow(beta_2, tf.cast(step, precision)),
                lr=tf.cast(self.learning_rate, precision),
                beta1=beta_1,
                beta2=beta_2,
                epsilon=tf.constant(self._epsilon, precision),
                grad=tf.cast(gradient, precision),
            )
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))
