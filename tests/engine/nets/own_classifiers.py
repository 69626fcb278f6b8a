"""Small nets of every kind that people bring, untrained, and what must come of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

layers = keras.layers
GREY = (12, 12, 1)
COLOUR = (12, 12, 3)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of classifier.

    Attributes:
        build: Makes the network.
        images: The shape of the dataset's images, with which the file is opened.
        classes: How many it tells apart.
        adapted: The beginnings of the sentences of what is adapted.
        recorded: The recorded layers after the inputs.
        refused: What its refusal says; "" if it opens.
        shown: Makes what the network takes of images.
        output: Makes probabilities of what the network gives.
        wish: The output asked for.
        tolerance: For arithmetic in low precision.
    """

    build: Callable[[], keras.Model]
    images: tuple[int, int, int] = GREY
    classes: int = 4
    adapted: tuple[str, ...] = ()
    recorded: tuple[str, ...] | None = None
    refused: str = ""
    shown: Callable[[np.ndarray], Any] = field(default=lambda images: images)
    output: Callable[[Any], np.ndarray] = field(default=np.asarray)
    wish: str = ""
    tolerance: float = 1e-6


def softmax(logits: Any) -> np.ndarray:
    exponents = np.exp(np.asarray(logits, np.float64))
    result: np.ndarray = exponents / exponents.sum(axis=-1, keepdims=True)
    return result


def two_classes(sigmoid: Any) -> np.ndarray:
    return np.concatenate([1 - np.asarray(sigmoid), np.asarray(sigmoid)], axis=1)


def plain(
    *parts: keras.layers.Layer, shape: Sequence[int | None] = GREY, last: str | None = "softmax", units: int = 4
) -> keras.Model:
    return keras.Sequential([keras.Input(shape), *parts, layers.Dense(units, activation=last, name="out")])


def conv(*between: keras.layers.Layer, activation: str | None = "relu", **more: Any) -> keras.Model:
    """A convolution, `between`, a pool, a hidden dense layer."""
    hidden = [layers.Flatten(), layers.Dense(6, activation="relu")]
    first = more.pop("first", ())
    return plain(*first, layers.Conv2D(3, 3, activation=activation), *between, layers.MaxPooling2D(), *hidden, **more)


def behind(network: keras.Model, last: keras.layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input(GREY), *network.layers, last])


def graph(
    body: Callable[[keras.KerasTensor], keras.KerasTensor],
    shape: Sequence[int | None] = GREY,
    last: str | None = "softmax",
    units: int = 4,
) -> keras.Model:
    images = keras.Input(shape, name="photo")
    return keras.Model(images, layers.Dense(units, activation=last, name="out")(body(images)))


def residual(images: keras.KerasTensor) -> keras.KerasTensor:
    signal = layers.Conv2D(3, 3, padding="same", activation="relu", name="stem")(images)
    for index in range(3):
        inner = layers.Conv2D(3, 3, padding="same", name=f"inner{index}")(signal)
        inner = layers.BatchNormalization(name=f"norm{index}")(inner)
        signal = layers.Add(name=f"sum{index}")([signal, inner])
        signal = layers.ReLU(name=f"relu{index}")(signal)
    return layers.GlobalAveragePooling2D(name="gap")(signal)


def inception(images: keras.KerasTensor) -> keras.KerasTensor:
    one = layers.Conv2D(2, 1, padding="same")(images)
    other = layers.Conv2D(2, 3, padding="same")(images)
    both = layers.Concatenate(name="both")([one, other])
    return layers.GlobalAveragePooling2D(name="gap")(both)


def squeeze_excite(images: keras.KerasTensor) -> keras.KerasTensor:
    signal = layers.Conv2D(4, 3, activation="relu", name="conv")(images)
    signal = layers.MaxPooling2D(name="pool")(signal)
    scale = layers.GlobalAveragePooling2D(name="squeeze")(signal)
    scale = layers.Dense(4, activation="sigmoid", name="excite")(scale)
    signal = layers.Multiply(name="scaled")([signal, layers.Reshape((1, 1, 4))(scale)])
    return layers.GlobalAveragePooling2D(name="gap")(signal)


def layernorm(images: keras.KerasTensor) -> keras.KerasTensor:
    signal = layers.Conv2D(4, 3, strides=3, name="stem")(images)
    inner = layers.DepthwiseConv2D(3, padding="same")(signal)
    inner = layers.LayerNormalization()(inner)
    inner = layers.Dense(8, activation="gelu")(inner)
    inner = layers.Dense(4)(inner)
    signal = layers.Add(name="sum")([signal, inner])
    return layers.LayerNormalization(name="last_norm")(layers.GlobalAveragePooling2D(name="gap")(signal))


def vit(images: keras.KerasTensor) -> keras.KerasTensor:
    patches = layers.Conv2D(6, 4, strides=4, name="patches")(images)
    signal = layers.Reshape((9, 6))(patches)
    for index in range(2):
        normed = layers.LayerNormalization()(signal)
        attended = layers.MultiHeadAttention(2, 3, name=f"attention{index}")(normed, normed)
        signal = layers.Add(name=f"attended{index}")([signal, attended])
        inner = layers.Dense(8, activation="gelu")(layers.LayerNormalization()(signal))
        signal = layers.Add(name=f"mixed{index}")([signal, layers.Dense(6)(inner)])
    return layers.GlobalAveragePooling1D(name="gap")(signal)


def shared(images: keras.KerasTensor) -> keras.KerasTensor:
    twice = layers.Conv2D(3, 3, padding="same", activation="relu", name="twice")
    signal = twice(layers.Conv2D(3, 1, name="first")(images))
    return layers.Flatten()(layers.MaxPooling2D(name="pool")(twice(signal)))


def body(shape: tuple[int, int, int] = COLOUR) -> keras.Model:
    """A small net within a net, frozen, as in transfer learning; its layers are called as those around it."""
    signal = images = keras.Input(shape)
    signal = layers.Conv2D(3, 3, strides=2, use_bias=False, name="conv")(signal)
    signal = layers.BatchNormalization(name="norm")(signal)
    signal = layers.ReLU(6.0, name="relu")(signal)
    inner = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(signal)
    signal = layers.Add(name="sum")([signal, inner])
    network = keras.Model(images, signal, name="body")
    network.trainable = False
    return network


def transfer() -> keras.Model:
    images = keras.Input(COLOUR)
    signal = layers.RandomFlip("horizontal", name="flip")(images)
    signal = layers.Rescaling(1 / 127.5, -1, name="scale")(signal)
    signal = body()(signal, training=False)
    signal = layers.GlobalAveragePooling2D(name="gap")(signal)
    return keras.Model(images, layers.Dense(4, name="norm")(layers.Dropout(0.2)(signal)))


def grey_to_colours() -> keras.Model:
    images = keras.Input(GREY)
    signal = body()(layers.Concatenate()([images, images, images]))
    return keras.Model(images, layers.Dense(4, activation="softmax")(layers.GlobalAveragePooling2D(name="gap")(signal)))


def wrapper() -> keras.Model:
    inner = keras.Sequential([keras.Input(GREY[:2]), layers.Flatten(), layers.Dense(5, "relu"), layers.Dense(4)])
    network = keras.Sequential([inner, layers.Softmax()])
    network.build((None, *GREY[:2]))
    return network


def nested() -> keras.Model:
    inner = keras.Sequential([keras.Input(GREY), layers.Conv2D(3, 3, activation="relu"), layers.MaxPooling2D()])
    return keras.Sequential(
        [keras.Input(GREY), inner, layers.Flatten(), layers.Dense(6, "relu"), layers.Dense(4, "softmax")]
    )


def two_outputs() -> keras.Model:
    images = keras.Input(GREY)
    signal = layers.Dense(6, activation="relu", name="hidden")(layers.Flatten()(images))
    digit, parity = layers.Dense(4, activation="softmax", name="digit"), layers.Dense(2, name="parity")
    return keras.Model(images, [digit(signal), parity(signal)])


def two_inputs() -> keras.Model:
    one, other = keras.Input(GREY, name="left"), keras.Input(GREY, name="right")
    signal = layers.Flatten()(layers.Concatenate()([one, other]))
    return keras.Model([one, other], layers.Dense(4, activation="softmax")(signal))


def autoencoder() -> keras.Model:
    down = layers.Conv2D(2, 3, strides=2, padding="same")
    up = layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="sigmoid")
    return keras.Sequential([keras.Input(GREY), down, up])


def all_conv() -> keras.Model:
    convolutions = [layers.Conv2D(3, 3, activation="relu"), layers.Conv2D(4, 1)]
    return keras.Sequential([keras.Input(GREY), *convolutions, layers.GlobalAveragePooling2D(), layers.Softmax()])


def mobilenet() -> keras.Model:
    return keras.applications.MobileNetV2((32, 32, 3), alpha=0.35, weights=None, classes=4)


@keras.saving.register_keras_serializable("own")
class Scale(layers.Layer):
    def call(self, signal: Any) -> Any:
        return 2 * signal


@keras.saving.register_keras_serializable("own")
class Subclassed(keras.Model):
    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.flat, self.out = layers.Flatten(), layers.Dense(4, activation="softmax")

    def call(self, images: Any) -> Any:
        return self.out(self.flat(images))


def subclassed() -> keras.Model:
    network = Subclassed()
    network(np.zeros((1, *GREY), np.float32))
    return network


def channels_first() -> keras.Model:
    first: dict[str, Any] = {"data_format": "channels_first"}
    return plain(
        layers.Conv2D(3, 3, activation="relu", **first),
        layers.MaxPooling2D(**first),
        layers.Flatten(),
        shape=(1, 12, 12),
    )


def in_precision(policy: str) -> keras.Model:
    kept: dict[str, Any] = {"dtype": policy}
    inner = [layers.Conv2D(3, 3, activation="relu", **kept), layers.GlobalAveragePooling2D(**kept)]
    return keras.Sequential(
        [keras.Input(GREY, dtype="float64" if policy == "float64" else "float32"), *inner,
         layers.Dense(4, activation="softmax", **kept)]
    )  # fmt: skip


def normalised() -> keras.Model:
    norm = layers.Normalization(axis=-1)
    norm.adapt(np.linspace(0, 255, 288, dtype=np.float32).reshape((2, *GREY)))
    return conv(first=[norm])


ARTICLE = ("conv0", "fc")
LOGITS = ("It gives logits, so a softmax is put behind.",)
FLAT = ("Its 144 inputs get the image of 12 × 12 × 1 row by row.",)
NO_CHANNEL = ("It takes images of 12 × 12 without a channel, so the channel is dropped.",)
CODE, OWN = "holds code (Lambda)", "needs a Python class of its own"


def flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)


def squeezed(images: np.ndarray) -> np.ndarray:
    return images[..., 0]


KINDS: dict[str, Kind] = {
    "dropout": Kind(build=lambda: conv(layers.Dropout(0.5)), recorded=ARTICLE),
    "residual": Kind(build=lambda: graph(residual), recorded=("relu0", "relu1", "relu2", "gap")),
    "hundred classes": Kind(build=lambda: conv(shape=COLOUR, units=100), images=COLOUR, classes=100, recorded=ARTICLE),
    "colour": Kind(build=lambda: conv(shape=COLOUR), images=COLOUR, recorded=ARTICLE),
    "any size": Kind(
        build=lambda: plain(
            layers.Conv2D(3, 3, activation="relu"), layers.GlobalAveragePooling2D(), shape=(None, None, 3)
        ),
        images=COLOUR, recorded=("conv0",), adapted=("It takes images of any size, and gets them in their own.",),
    ),
    "any size, of grey images": Kind(
        build=lambda: plain(
            layers.Conv2D(3, 3, activation="relu"), layers.GlobalAveragePooling2D(), shape=(None, None, 3)
        ),
        recorded=("conv0",), shown=lambda images: np.repeat(images, 3, axis=-1),
        adapted=("It takes images of any size", "It takes colours, so the grey value is given to all three."),
    ),
    "MobileNetV2": Kind(
        build=mobilenet, images=(32, 32, 3), tolerance=2e-6,
        recorded=("Conv1_relu", "block_5_add", "block_9_add", "block_15_add", "global_average_pooling2d"),
    ),
    "small": Kind(build=lambda: conv(shape=(8, 8, 1)), images=(8, 8, 1), recorded=ARTICLE),
    "twenty-six classes": Kind(build=lambda: conv(units=26), classes=26, recorded=ARTICLE),
    "all convolutions": Kind(build=all_conv, recorded=("conv0",)),
    "augmentation": Kind(
        build=lambda: conv(first=[layers.RandomFlip(), layers.RandomRotation(0.1), layers.RandomTranslation(0.1, 0.1),
                                  layers.RandomZoom(0.1)]), recorded=ARTICLE,
    ),
    "autoencoder": Kind(build=autoencoder, refused="it makes images, as an autoencoder"),
    "batch normalisation": Kind(build=lambda: conv(layers.BatchNormalization()), recorded=ARTICLE),
    "bfloat16": Kind(build=lambda: in_precision("mixed_bfloat16"), recorded=("conv0",), tolerance=2e-2),
    "one sigmoid": Kind(
        build=lambda: conv(last="sigmoid", units=1), classes=2, recorded=ARTICLE, output=two_classes,
        adapted=("Its single sigmoid p is taken as two classes, with probabilities 1 - p and p.",),
    ),
    "one sigmoid as a layer": Kind(
        build=lambda: behind(conv(last=None, units=1), layers.Activation("sigmoid")), classes=2,
        output=two_classes, adapted=("Its single sigmoid p",),
    ),
    "two classes": Kind(build=lambda: conv(units=2), classes=2, recorded=ARTICLE),
    "centred inside": Kind(build=lambda: conv(first=[layers.Rescaling(2.0, -1.0)]), recorded=ARTICLE),
    "channels first": Kind(
        build=channels_first, adapted=("It takes the channels first, so they are moved in front.",),
        recorded=("conv0",), shown=lambda images: images.transpose(0, 3, 1, 2),
    ),
    "ELU": Kind(build=lambda: conv(layers.ELU(), activation=None), recorded=ARTICLE),
    "flat": Kind(
        build=lambda: plain(layers.Dense(6, "relu"), shape=(144,)), adapted=FLAT, recorded=("fc",), shown=flat
    ),
    "flat, reshaped inside": Kind(
        build=lambda: conv(first=[layers.Reshape(GREY)], shape=(144,)), adapted=FLAT, recorded=ARTICLE, shown=flat
    ),
    "float64": Kind(build=lambda: in_precision("float64"), recorded=("conv0",)),
    "strided, global pool": Kind(
        build=lambda: plain(layers.Conv2D(3, 3, 2, activation="relu"), layers.GlobalAveragePooling2D()),
        recorded=("conv0",),
    ),
    "GELU": Kind(build=lambda: conv(layers.Activation("gelu"), activation=None), recorded=ARTICLE),
    "grey to colours": Kind(build=grey_to_colours, recorded=("relu", "sum", "gap")),
    "inception": Kind(build=lambda: graph(inception), recorded=("both", "gap")),
    "lambda": Kind(build=lambda: conv(first=[layers.Lambda(lambda images: images / 2)]), refused=CODE),
    "layer normalisation": Kind(build=lambda: graph(layernorm), recorded=("stem", "sum", "gap")),
    "leaky": Kind(build=lambda: conv(layers.LeakyReLU(), activation=None), recorded=ARTICLE),
    "log-softmax": Kind(
        build=lambda: conv(last="log_softmax"), output=softmax, recorded=ARTICLE,
        adapted=("It gives log-probabilities, so a softmax is put behind.",),
    ),
    "logits": Kind(build=lambda: conv(last=None), adapted=LOGITS, recorded=ARTICLE, output=softmax),
    "LSTM": Kind(
        build=lambda: plain(layers.LSTM(5, name="rows"), shape=GREY[:2]), adapted=NO_CHANNEL, recorded=("rows",),
        shown=squeezed,
    ),
    "GRU in both directions": Kind(
        build=lambda: plain(layers.Bidirectional(layers.GRU(3, return_sequences=True), name="both"),
                            layers.SimpleRNN(4, name="last"), shape=GREY[:2]),
        adapted=NO_CHANNEL, recorded=("both", "last"), shown=squeezed,
    ),
    "float16": Kind(build=lambda: in_precision("mixed_float16"), recorded=("conv0",), tolerance=2e-3),
    "mobile": Kind(
        build=lambda: plain(layers.Conv2D(3, 3, 2), layers.DepthwiseConv2D(3), layers.BatchNormalization(),
                            layers.ReLU(6.0, name="relu6"), layers.GlobalAveragePooling2D(name="gap")),
        recorded=("conv2d", "gap"),
    ),
    "several sigmoids": Kind(build=lambda: conv(last="sigmoid"), refused="yes or no to each on its own (4 sigmoids)"),
    "nested": Kind(build=nested, recorded=ARTICLE),
    "no channel": Kind(
        build=lambda: conv(first=[layers.Reshape(GREY)], shape=GREY[:2]), adapted=NO_CHANNEL, recorded=ARTICLE,
        shown=squeezed,
    ),
    "noise layers": Kind(
        build=lambda: conv(layers.GaussianNoise(0.1), layers.SpatialDropout2D(0.1), layers.GaussianDropout(0.1)),
        recorded=ARTICLE,
    ),
    "normalisation": Kind(build=normalised, recorded=ARTICLE),
    "arithmetic in the graph": Kind(
        build=lambda: graph(lambda images: layers.Flatten()(
            layers.MaxPooling2D(name="pool")(layers.Conv2D(3, 3)(images / 127.5 - 1)))),
        recorded=("pool",),
    ),
    "own layer": Kind(build=lambda: conv(Scale()), refused=OWN),
    "PReLU": Kind(build=lambda: conv(layers.PReLU(), activation=None), recorded=ARTICLE),
    "wrapper": Kind(build=wrapper, adapted=NO_CHANNEL, recorded=("fc",), shown=squeezed),
    "regression": Kind(build=lambda: conv(last=None, units=1), refused="gives one number, as a regression does"),
    "resizing inside": Kind(build=lambda: conv(first=[layers.Resizing(14, 14)]), recorded=ARTICLE),
    "other size": Kind(
        build=lambda: conv(shape=(14, 16, 1)), recorded=ARTICLE,
        adapted=("Images of 12 × 12 are resized to 14 × 16, which it takes.",),
        shown=lambda images: layers.Resizing(14, 16)(images), tolerance=1e-5,
    ),
    "separable": Kind(
        build=lambda: plain(layers.SeparableConv2D(3, 3, activation="relu"), layers.MaxPooling2D(name="pool"),
                            layers.Flatten(), layers.Dense(6, "relu", name="hidden")),
        recorded=("pool", "hidden"),
    ),
    "shared layer": Kind(build=lambda: graph(shared), recorded=("pool",)),
    "softmax as an activation": Kind(
        build=lambda: behind(conv(last=None), layers.Activation("softmax")), recorded=ARTICLE
    ),
    "softmax as a layer": Kind(
        build=lambda: behind(conv(last=None), layers.Softmax()), recorded=ARTICLE
    ),
    "squeeze and excite": Kind(build=lambda: graph(squeeze_excite), recorded=("pool", "gap")),
    "named activations": Kind(build=lambda: conv(layers.Conv2D(2, 3, activation="silu"), activation="gelu"),
                              recorded=("conv0", "conv1", "fc")),
    "subclassed": Kind(build=subclassed, refused=OWN),
    "swish": Kind(build=lambda: conv(layers.Activation("swish"), activation=None), recorded=ARTICLE),
    "quickstart": Kind(
        build=lambda: plain(layers.Flatten(), layers.Dense(6, "relu"), layers.Dropout(0.2), shape=GREY[:2], last=None),
        adapted=NO_CHANNEL + LOGITS, recorded=("fc",), shown=squeezed, output=softmax,
    ),
    "two inputs": Kind(build=two_inputs, refused="it takes 2 inputs (left, right)"),
    "two outputs": Kind(build=two_outputs, refused="has 2 outputs, digit and parity; choose one"),
    "two outputs, one chosen": Kind(
        build=two_outputs, wish="digit", recorded=("fc",),
        adapted=("Of its outputs, digit and parity, digit is used.",),
        output=lambda outputs: np.asarray(outputs[0]),
    ),
    "two outputs, the other": Kind(
        build=two_outputs, wish="parity", classes=2, adapted=("Of its outputs, digit and parity, parity", *LOGITS),
        output=lambda outputs: softmax(outputs[1]),
    ),
    "two outputs, a third": Kind(build=two_outputs, wish="size", refused="no output 'size'; it has digit, parity"),
    "vision transformer": Kind(
        build=lambda: graph(vit), recorded=("patches", "attended0", "attended1", "mixed1", "gap"), tolerance=2e-6
    ),
    "oblong": Kind(build=lambda: conv(shape=(9, 14, 3), units=3), images=(9, 14, 3), classes=3, recorded=ARTICLE),
    "transfer": Kind(
        build=transfer, images=COLOUR, adapted=LOGITS, recorded=("relu", "sum", "gap"), output=softmax
    ),
    "four channels": Kind(
        build=lambda: conv(shape=(12, 12, 4)),
        refused="images of 1 or 3 channels; it takes 4; train it on images without transparency, such as x[..., :3].",
    ),
    "fixed number": Kind(
        build=lambda: keras.Sequential([keras.Input(batch_shape=(2, *GREY)), *conv().layers]), recorded=ARTICLE,
        adapted=("It takes any number of images at a time instead of 2.",),
    ),
}  # fmt: skip
