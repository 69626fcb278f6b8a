"""How large a classifier becomes, computed from its layers before anything is built."""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.core.settings import SettingError
from fooler_gui.core.topology import AVERAGE, Convolution, Dense, Topology

_BYTES_A_VALUE = 4
_VALUES_A_WEIGHT = 4
"""A weight, its gradient and Adam's two moments."""
_VALUES_A_UNIT = 3
"""A unit's activation, its gradient and what is copied on the way."""
_WEIGHTS_OF_A_NORM = 4
"""Scale, shift, moving mean and moving variance of one normalised map or unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopologySize:
    """The size of a topology's classifier for images of one shape.

    Attributes:
        parameters: The number of weights.
        operations: The number of multiplications that convolutions and dense layers make for one image.
        units: The number of units that all layers have for one image.
    """

    parameters: int
    operations: int
    units: int

    def training_bytes(self, batch_size: int) -> int:
        """Returns about how many bytes a training with Adam needs for weights and activations."""
        return _BYTES_A_VALUE * (_VALUES_A_WEIGHT * self.parameters + _VALUES_A_UNIT * batch_size * self.units)


def size_of(topology: Topology, image_shape: tuple[int, int, int], classes: int) -> TopologySize:
    """Returns the size of the classifier that `topology` makes for images (height, width, channels).

    Raises:
        SettingError: A kernel does not fit into the map that it gets, or there is nothing left to pool.
    """
    height, width, channels = image_shape
    parameters, operations, units = 0, 0, height * width * channels
    for index, layer in enumerate(topology.convolutions):
        weights = layer.kernel[0] * layer.kernel[1] * channels * layer.filters
        height, width, channels = *_convolved(layer, (height, width), f"conv{index}"), layer.filters
        parameters += weights + _shifts(layer, layer.filters)
        operations += weights * height * width
        units += height * width * channels * (2 + layer.batch_norm)
        if layer.pool > 1:
            height, width = _pooled(layer, (height, width), f"conv{index}")
            units += height * width * channels
        units += height * width * channels * (layer.dropout > 0)
    entering = channels if topology.maps == AVERAGE else height * width * channels
    units += entering
    for dense in topology.dense:
        parameters += entering * dense.units + _shifts(dense, dense.units)
        operations += entering * dense.units
        units += dense.units * (2 + dense.batch_norm + (dense.dropout > 0))
        entering = dense.units
    return TopologySize(
        parameters=parameters + (entering + 1) * classes,
        operations=operations + entering * classes,
        units=units + 2 * classes,
    )


def _shifts(layer: Convolution | Dense, outputs: int) -> int:
    """Returns the weights of `layer` beside its kernel: its biases, or its batch normalisation."""
    return outputs * (_WEIGHTS_OF_A_NORM if layer.batch_norm else 1)


def _convolved(layer: Convolution, size: tuple[int, int], name: str) -> tuple[int, int]:
    """Returns the height and width of the maps that `layer` makes of maps of `size`."""
    if layer.padding == "same":
        return size
    kernel = layer.kernel
    if kernel[0] > size[0] or kernel[1] > size[1]:
        raise SettingError(
            f"{name}: the kernel must fit into its input of {size[0]} × {size[1]} units; "
            f"received {kernel[0]} × {kernel[1]}."
        )
    return size[0] - kernel[0] + 1, size[1] - kernel[1] + 1


def _pooled(layer: Convolution, size: tuple[int, int], name: str) -> tuple[int, int]:
    """Returns `size` after the pool of `layer`; what is left over at the edges makes units of its own."""
    if max(size) == 1:
        raise SettingError(
            f"{name}: the pool must get maps of more than 1 × 1 units, and earlier pools leave no more. With fewer or "
            "smaller pools the maps stay large enough."
        )
    return -(-size[0] // layer.pool), -(-size[1] // layer.pool)
