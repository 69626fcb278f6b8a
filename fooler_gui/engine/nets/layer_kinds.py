"""Kinds of layers that are treated alike."""

from __future__ import annotations

from keras import layers

CONVOLUTIONS = (
    layers.Conv1D,
    layers.Conv2D,
    layers.DepthwiseConv1D,
    layers.DepthwiseConv2D,
    layers.SeparableConv1D,
    layers.SeparableConv2D,
)
POOLS = (layers.MaxPooling1D, layers.AveragePooling1D, layers.MaxPooling2D, layers.AveragePooling2D)
AVERAGING = (
    layers.GlobalAveragePooling1D,
    layers.GlobalAveragePooling2D,
    layers.LayerNormalization,
    layers.GroupNormalization,
    layers.UnitNormalization,
    layers.RMSNormalization,
)
"""Layers whose sums are rounded by their place among all, unless the images are a multiple of eight."""
RECURRENT = (layers.LSTM, layers.GRU, layers.SimpleRNN, layers.Bidirectional)
"""Layers whose products are rounded otherwise for other numbers of images."""
GUARANTEE = "guarantee_"
"""What the names of the layers begin with that a guarantee adds; they are not the classifier's own."""
