"""Checks of a network's weights."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt


def not_finite(network: keras.Model) -> str:
    """Returns the path, such as ``conv0/kernel``, of the first weights that are not all finite numbers, or ""."""
    return next((variable.path for variable in network.weights if not np.isfinite(_values(variable)).all()), "")


def negative_variance(network: keras.Model) -> str:
    """Returns the path of the first variances of a normalisation that are not all at least 0, or ""."""
    normalising = [layer for layer in network._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    return next((layer.moving_variance.path for layer in normalising if (layer.moving_variance.numpy() < 0).any()), "")


def set_weights(network: keras.Model, values: Sequence[npt.NDArray[np.float32]]) -> None:
    """Gives `network` the weights `values`, and its layers what they derive from them."""
    network.set_weights(values)
    settle(network)


def settle(network: keras.Model) -> None:
    """Lets the layers of `network` derive from their weights what they compute with, such as a mean."""
    for layer in network._flatten_layers():
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def fingerprint(variable: keras.Variable) -> bytes:
    """Returns a hash of every value in `variable`."""
    return hashlib.blake2b(np.atleast_1d(_values(variable)).view(np.uint8).data).digest()


def _values(variable: keras.Variable) -> npt.NDArray[Any]:
    """Returns the values of `variable`, on a CPU without a copy: they may not be kept."""
    values: npt.NDArray[Any] = np.asarray(keras.ops.convert_to_tensor(variable))
    return values
