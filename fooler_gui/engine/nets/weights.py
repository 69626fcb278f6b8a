"""Checks of a network's weights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import keras
import numpy as np
import numpy.typing as npt


def not_finite(network: keras.Model) -> str:
    """Returns the path, such as ``conv0/kernel``, of the first weights that are not all finite numbers, or ""."""
    return next((variable.path for variable in network.weights if not np.isfinite(variable.numpy()).all()), "")


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


def fingerprint(variables: Iterable[keras.Variable]) -> bytes:
    """Returns a hash of every value in `variables`."""
    digest = hashlib.blake2b()
    for variable in variables:
        digest.update(variable.numpy().tobytes())
    return digest.digest()
