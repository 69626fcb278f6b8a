"""How much memory and how many multiplications a network takes for one image, computed from shapes alone."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import layers, tree

from fooler_gui.engine.nets.graph import run_through, signals_in
from fooler_gui.engine.nets.layer_kinds import CONVOLUTIONS, POOLS, RECURRENT

_VALUES_A_STATE = 16
"""Gates and states that a recurrent layer keeps for each unit and place of a sequence, in both directions."""
_BYTES_A_UNIT = 4


def activation_bytes(network: keras.Model) -> int:
    """Returns the bytes of all activations of `network` for one image, in single precision."""
    units = 2 * sum(_units(entry) for entry in network.inputs)  # the images, and the input layer's

    def apply(operation: keras.Operation, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        nonlocal units
        entering = signals_in((arguments, keywords))
        leaving = operation.compute_output_spec(*arguments, **keywords)
        units += sum(_units(signal) for signal in tree.flatten(leaving))
        units += _units_within(operation, entering) if entering else 0
        return leaving

    run_through(network, network.inputs, apply)
    return _BYTES_A_UNIT * int(units)


def operations_of(network: keras.Model) -> int:
    """Returns about how many multiplications `network` makes for an image: each weight of a kernel at each place."""
    count = 0

    def apply(operation: keras.Operation, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        nonlocal count
        leaving = operation.compute_output_spec(*arguments, **keywords)
        kernels = (weight.shape for weight in getattr(operation, "weights", ()) if len(weight.shape) > 1)
        sizes = tree.flatten(leaving)[0].shape
        places = sizes[2:] if getattr(operation, "data_format", "") == "channels_first" else sizes[1:-1]
        count += math.prod(size or 1 for size in places) * sum(map(math.prod, kernels))
        return leaving

    run_through(network, network.inputs, apply)
    return count


def _units(signal: keras.KerasTensor) -> int:
    return math.prod(size or 1 for size in signal.shape[1:])


def _units_within(operation: keras.Operation, entering: tuple[keras.KerasTensor, ...]) -> int:
    """Returns the units that `operation` needs beside its output."""
    shape = entering[0].shape
    if isinstance(operation, CONVOLUTIONS):
        # The input, padded so that the window fits at every unit.
        reach = tuple(size * rate for size, rate in zip(operation.kernel_size, operation.dilation_rate, strict=True))
        return _padded(shape, reach, operation.data_format)
    if isinstance(operation, POOLS):
        return _padded(shape, operation.pool_size, operation.data_format)
    if isinstance(operation, (layers.MultiHeadAttention, layers.Attention)):
        asking, asked = (math.prod(size or 1 for size in signal.shape[1:-1]) for signal in (entering[0], entering[-1]))
        heads, width = getattr(operation, "num_heads", 1), getattr(operation, "key_dim", 1)
        return int(heads * (asking * asked + (asking + 2 * asked) * width))
    if isinstance(operation, RECURRENT):
        cell = operation.forward_layer if isinstance(operation, layers.Bidirectional) else operation
        return int(shape[1] * cell.units * _VALUES_A_STATE)
    return 0


def _padded(shape: tuple[int | None, ...], reach: tuple[int, ...], data_format: str) -> int:
    first = 2 if data_format == "channels_first" else 1
    sizes = [size or 1 for size in shape[1:]]
    for axis, more in enumerate(reach, first - 1):
        sizes[axis] += more
    return math.prod(sizes)
