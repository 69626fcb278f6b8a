"""Adam on weights, with one operation per variable."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf


class FusedAdam:
    """Changes variables by ``lr · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)``, as the 2016 program and Keras do.

    TensorFlow's fused operation makes a single pass over a variable, where Keras has a dozen small ones; that matters
    for dense layers with millions of weights. And nothing outlives the trainer: the graph that Keras' ``apply`` leaves
    behind keeps all variables for ever.

    Args:
        variables: The variables to train.
        epsilon: Added to the root.
        beta_1: Decay of the mean gradient.
        beta_2: Decay of the mean square.

    Attributes:
        learning_rate: A variable, assigned before the first step and at every change.
        steps: A variable: the number of steps so far.
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
        """Moves every variable one step against its gradient; one without a gradient stays. Applies constraints.

        Args:
            gradients: One for each variable, of its shape.
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
