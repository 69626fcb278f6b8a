"""How much memory a network's activations take for one image, computed from shapes alone."""

from __future__ import annotations

import math

import keras

_POOLS = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
_BYTES_A_UNIT = 4


def activation_bytes(network: keras.Model) -> int:
    """Returns the bytes of all activations of `network` for one image, in single precision."""
    units = math.prod(network.inputs[0].shape[1:])
    units += sum(math.prod(layer.output.shape[1:]) + _padded_units(layer) for layer in network.layers)
    return _BYTES_A_UNIT * int(units)


def _padded_units(layer: keras.layers.Layer) -> int:
    """Returns the units of a windowed layer's input, padded so that the window fits at every unit."""
    if isinstance(layer, keras.layers.Conv2D):
        height, width = (size * rate for size, rate in zip(layer.kernel_size, layer.dilation_rate, strict=True))
    elif isinstance(layer, _POOLS):
        height, width = layer.pool_size
    else:
        return 0
    _, rows, columns, channels = layer.input.shape
    return int((rows + height) * (columns + width) * channels)
