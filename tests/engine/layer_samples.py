"""A small net for every layer that a classifier may have, so that what holds for each is shown for each."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import layers

from fooler_gui.engine.nets.classifier import Classifier

SHAPE = (12, 12, 3)
CLASSES = tuple("abcdefghij")

Body = Callable[[keras.KerasTensor], keras.KerasTensor]


def _of(*parts: layers.Layer) -> Body:
    def body(signal: keras.KerasTensor) -> keras.KerasTensor:
        for part in parts:
            signal = part(signal)
        return signal

    return body


def _rows(*parts: layers.Layer) -> Body:
    return _of(layers.Reshape((12, 36)), *parts)


def _merged(merge: layers.Layer) -> Body:
    one, other = layers.Conv2D(4, 3, padding="same"), layers.Conv2D(4, 1, padding="same")
    return lambda images: merge([one(images), other(images)])


def _attended(attention: layers.Layer) -> Body:
    rows = layers.Reshape((12, 36))
    return lambda images: attention(*[rows(images)] * 2)


def _looked_up(images: keras.KerasTensor) -> keras.KerasTensor:
    flat = layers.Flatten()(images)
    return layers.Multiply()([flat, layers.Flatten()(layers.Embedding(256, 1)(layers.Flatten()(images) * 255))])


def _itself(layer: layers.Layer) -> Body:
    return lambda images: layer([layers.Reshape((12, 36))(images)] * 2)


_SEED = {"seed": 1}
SAMPLES: dict[str, Callable[[], Body]] = {
    "Dense": lambda: _of(layers.Flatten(), layers.Dense(90, activation="relu")),
    "Dense on maps": lambda: _of(layers.Dense(7)),
    "EinsumDense": lambda: _of(layers.EinsumDense("bhwc,cd->bhwd", (12, 12, 5))),
    "Embedding": lambda: _looked_up,
    "Identity": lambda: _of(layers.Identity()),
    "Masking": lambda: _rows(layers.Masking()),
    "Activation": lambda: _of(layers.Conv2D(4, 3), layers.Activation("gelu")),
    "ReLU": lambda: _of(layers.Conv2D(4, 3), layers.ReLU(6.0)),
    "LeakyReLU": lambda: _of(layers.Conv2D(4, 3), layers.LeakyReLU()),
    "PReLU": lambda: _of(layers.Conv2D(4, 3), layers.PReLU()),
    "ELU": lambda: _of(layers.Conv2D(4, 3), layers.ELU()),
    "Softmax": lambda: _of(layers.Conv2D(4, 3), layers.Softmax()),
    "Conv1D": lambda: _rows(layers.Conv1D(5, 3)),
    "Conv2D": lambda: _of(layers.Conv2D(8, 3)),
    "Conv2D of many channels": lambda: _of(layers.Conv2D(12, 3, strides=2), layers.Conv2D(8, 1, groups=4)),
    "DepthwiseConv1D": lambda: _rows(layers.DepthwiseConv1D(3)),
    "DepthwiseConv2D": lambda: _of(layers.DepthwiseConv2D(3)),
    "SeparableConv1D": lambda: _rows(layers.SeparableConv1D(5, 3)),
    "SeparableConv2D": lambda: _of(layers.SeparableConv2D(5, 3)),
    "Conv1DTranspose": lambda: _rows(layers.Conv1DTranspose(5, 3)),
    "Conv2DTranspose": lambda: _of(layers.Conv2DTranspose(4, 3, 2)),
    "MaxPooling1D": lambda: _rows(layers.MaxPooling1D(2)),
    "MaxPooling2D": lambda: _of(layers.MaxPooling2D(2)),
    "AveragePooling1D": lambda: _rows(layers.AveragePooling1D(2)),
    "AveragePooling2D": lambda: _of(layers.AveragePooling2D(2)),
    "GlobalMaxPooling1D": lambda: _rows(layers.GlobalMaxPooling1D()),
    "GlobalMaxPooling2D": lambda: _of(layers.Conv2D(9, 3), layers.GlobalMaxPooling2D()),
    "GlobalAveragePooling1D": lambda: _rows(layers.GlobalAveragePooling1D()),
    "GlobalAveragePooling2D": lambda: _of(layers.Conv2D(9, 3), layers.GlobalAveragePooling2D()),
    "BatchNormalization": lambda: _of(layers.Conv2D(4, 3), layers.BatchNormalization()),
    "LayerNormalization": lambda: _of(layers.LayerNormalization(axis=[1, 2, 3])),
    "GroupNormalization": lambda: _of(layers.Conv2D(8, 3), layers.GroupNormalization(2)),
    "UnitNormalization": lambda: _of(layers.UnitNormalization(axis=[1, 2, 3])),
    "RMSNormalization": lambda: _rows(layers.RMSNormalization()),
    "Normalization": lambda: _of(layers.Normalization(mean=[0.5] * 3, variance=[0.1] * 3)),
    "Add": lambda: _merged(layers.Add()),
    "Subtract": lambda: _merged(layers.Subtract()),
    "Multiply": lambda: _merged(layers.Multiply()),
    "Average": lambda: _merged(layers.Average()),
    "Maximum": lambda: _merged(layers.Maximum()),
    "Minimum": lambda: _merged(layers.Minimum()),
    "Concatenate": lambda: _merged(layers.Concatenate()),
    "Dot": lambda: _itself(layers.Dot(axes=2)),
    "Flatten": lambda: _of(layers.Flatten()),
    "Reshape": lambda: _of(layers.Reshape((6, 24, 3))),
    "Permute": lambda: _of(layers.Permute((3, 1, 2))),
    "RepeatVector": lambda: _of(layers.Flatten(), layers.Dense(9), layers.RepeatVector(3)),
    "ZeroPadding1D": lambda: _rows(layers.ZeroPadding1D()),
    "ZeroPadding2D": lambda: _of(layers.ZeroPadding2D()),
    "Cropping1D": lambda: _rows(layers.Cropping1D()),
    "Cropping2D": lambda: _of(layers.Cropping2D()),
    "UpSampling1D": lambda: _rows(layers.UpSampling1D()),
    "UpSampling2D": lambda: _of(layers.UpSampling2D(2, interpolation="bilinear")),
    "Rescaling": lambda: _of(layers.Rescaling(2.0, -1.0)),
    "Resizing": lambda: _of(layers.Resizing(17, 15)),
    "CenterCrop": lambda: _of(layers.CenterCrop(8, 8)),
    "RandomFlip": lambda: _of(layers.RandomFlip(**_SEED)),
    "RandomRotation": lambda: _of(layers.RandomRotation(0.1, **_SEED)),
    "RandomTranslation": lambda: _of(layers.RandomTranslation(0.1, 0.1, **_SEED)),
    "RandomZoom": lambda: _of(layers.RandomZoom(0.1, **_SEED)),
    "RandomCrop": lambda: _of(layers.RandomCrop(12, 12, **_SEED)),
    "RandomContrast": lambda: _of(layers.RandomContrast(0.1, **_SEED)),
    "RandomBrightness": lambda: _of(layers.RandomBrightness(0.1, value_range=(0, 1), **_SEED)),
    "Dropout": lambda: _of(layers.Dropout(0.5, **_SEED)),
    "SpatialDropout1D": lambda: _rows(layers.SpatialDropout1D(0.5, **_SEED)),
    "SpatialDropout2D": lambda: _of(layers.SpatialDropout2D(0.5, **_SEED)),
    "AlphaDropout": lambda: _of(layers.AlphaDropout(0.5, **_SEED)),
    "GaussianDropout": lambda: _of(layers.GaussianDropout(0.5, **_SEED)),
    "GaussianNoise": lambda: _of(layers.GaussianNoise(0.5, **_SEED)),
    "ActivityRegularization": lambda: _of(layers.ActivityRegularization(0.1)),
    "LSTM": lambda: _rows(layers.LSTM(6)),
    "GRU": lambda: _rows(layers.GRU(6)),
    "SimpleRNN": lambda: _rows(layers.SimpleRNN(6)),
    "MultiHeadAttention": lambda: _attended(layers.MultiHeadAttention(2, 5)),
    "Attention": lambda: _itself(layers.Attention()),
    "Bidirectional": lambda: _rows(layers.Bidirectional(layers.GRU(5, return_sequences=True))),
    "TimeDistributed": lambda: _of(layers.TimeDistributed(layers.Dense(5))),
    "arithmetic": lambda: lambda images: keras.ops.sum(images / 127.5 - 1, axis=1) * keras.ops.mean(images, axis=1),
    "products": lambda: lambda images: keras.ops.matmul(images, keras.ops.transpose(images, (0, 1, 3, 2))),
}
"""By the layer's name, or some words: what makes the body of a net."""


def classifier_with(name: str) -> Classifier:
    """Returns a classifier with the layer called `name` in it, always with the same weights."""
    keras.utils.clear_session(free_memory=False)
    images = keras.Input(SHAPE)
    signal = layers.Flatten()(SAMPLES[name]()(images))
    network = keras.Model(images, layers.Dense(len(CLASSES), activation="softmax")(signal))
    rng = np.random.default_rng(1)
    for variable in network.trainable_variables:
        variable.assign(rng.normal(0, 0.3, variable.shape).astype(np.float32))
    return Classifier(network, CLASSES)
