"""Makes of a network a function of images (H, W, C) in [0, 1] to probabilities, by layers of Keras in front and behind.

The result is an ordinary network without nested ones, which stock Keras saves and loads. A network that is such a
function already stays the same object.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from fooler_gui.core.errors import ChoiceNeeded
from fooler_gui.core.input_range import BYTES, CENTRED, INPUT_RANGES, STANDARDISED
from fooler_gui.engine.nets.configuration_check import ClassifierFileError
from fooler_gui.engine.nets.entry import Shape
from fooler_gui.engine.nets.graph import holds_nets, taken_apart
from fooler_gui.engine.nets.recorded_layers import is_softmax

_COLOURS, _WITH_TRANSPARENCY = 3, 4
_PROBED = 4
_PASSING_ON = (layers.Flatten, layers.Reshape, layers.Dropout, layers.Identity, layers.ActivityRegularization)
"""Layers at the end of a network that only pass on what they get."""
_TOLERANCE = 1e-3
_PREFIX = "adapted"


class SeveralOutputs(ClassifierFileError, ChoiceNeeded):
    """A classifier's file `name` has the outputs `names`, and none is chosen."""

    def __init__(self, name: str, names: list[str]) -> None:
        super().__init__(
            f"{name} has {len(names)} outputs, {' and '.join(names)}; choose one, for instance with --output "
            f"{names[0]}."
        )
        self.choices = tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Adapted:
    """A network from images to probabilities.

    Attributes:
        network: A functional or sequential network without nested ones.
        sentences: What was put in front or behind, and why.
    """

    network: keras.Model
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entrance:
    """How images become what a network takes.

    Attributes:
        image: (height, width, channels) of the images that the network takes in some form.
        form: The layer that brings them into that form, if any.
        sentence: What it does; "" if there is none.
    """

    image: Shape
    form: Callable[[str], layers.Layer] | None = None
    sentence: str = ""


# Inputs -------------------------------------------------------------------------------------------------------------


def check_purpose(network: keras.Model, output: str, name: str) -> None:
    """Refuses a network that does not turn an image into classes.

    Args:
        network: As the file describes it.
        output: The name of the output to use if there are several, or "".
        name: The file's name for messages.

    Raises:
        ClassifierFileError: It is refused.
    """
    if len(network.inputs) != 1:
        names = ", ".join(entry.name for entry in network.inputs)
        raise ClassifierFileError(
            f"{name} must take one image; it takes {len(network.inputs)} inputs ({names}): save a net with the image "
            "alone as its input."
        )
    _entrance(tuple(network.inputs[0].shape[1:]), None, name)
    end = _chosen_output(network, output, name)
    shape = tuple(end.shape[1:])
    if len(shape) != 1:
        what = "images" if len(shape) == 3 else f"arrays of shape {shape}"
        raise ClassifierFileError(
            f"{name} must turn an image into classes; it makes {what}, as an autoencoder or a segmentation does: "
            "save the part that ends in classes."
        )


def _chosen_output(network: keras.Model, output: str, name: str) -> keras.KerasTensor:
    names = list(network.output_names) if hasattr(network, "output_names") else []
    if len(network.outputs) == 1 and not output:
        return network.outputs[0]
    if output in names:
        return network.outputs[names.index(output)]
    if output:
        raise ClassifierFileError(f"{name} has no output {output!r}; it has {', '.join(names)}.")
    raise SeveralOutputs(name, names)


def _entrance(wanted: tuple[int, ...], image_shape: Shape | None, name: str) -> _Entrance:
    """Returns how images of `image_shape` (or of a shape of its own) become `wanted`.

    Raises:
        ClassifierFileError: They cannot.
    """
    match wanted:
        case (units,):
            image = _of_units(units, image_shape, name)
            return _Entrance(
                image=image,
                form=lambda called: layers.Reshape((units,), name=called),
                sentence=f"Its {units:,} inputs get the image of {_size(image)} row by row.",
            )
        case (height, width):
            return _Entrance(
                image=(height, width, 1),
                form=lambda called: layers.Reshape((height, width), name=called),
                sentence=f"It takes images of {height} × {width} without a channel, so the channel is dropped.",
            )
        case (1 | 3 as channels, height, width) if width not in (1, 3):
            return _Entrance(
                image=(height, width, channels),
                form=lambda called: layers.Permute((3, 1, 2), name=called),
                sentence="It takes the channels first, so they are moved in front.",
            )
        case (height, width, 1 | 3 as channels):
            return _Entrance(image=(height, width, channels))
        case (_, _, channels):
            way_out = (
                "; train it on images without transparency, such as x[..., :3]"
                if channels == _WITH_TRANSPARENCY
                else ""
            )
            raise ClassifierFileError(f"{name} must take images of 1 or 3 channels; it takes {channels}{way_out}.")
    raise ClassifierFileError(f"{name} must take images; it takes arrays of shape {wanted}.")


def _of_units(units: int, image_shape: Shape | None, name: str) -> Shape:
    if image_shape is not None and math.prod(image_shape) == units:
        return image_shape
    for channels in (1, _COLOURS):
        side = math.isqrt(units // channels)
        if side * side * channels == units:
            return side, side, channels
    raise ClassifierFileError(
        f"{name} takes {units:,} numbers, which are no square image; open it together with a dataset of its images."
    )


# Adapting -----------------------------------------------------------------------------------------------------------


def adapted(network: keras.Model, image_shape: Shape | None, output: str, name: str) -> Adapted:
    """Returns `network` as a function of images to probabilities.

    Args:
        network: With its weights; checked by `check_purpose`. An output layer of one sigmoid is made linear.
        image_shape: (height, width, channels) of the images, or None for those that it takes itself.
        output: The name of the output to use if there are several, or "".
        name: The file's name for messages.

    Raises:
        ClassifierFileError: Its output or the images' channels do not allow it.
    """
    chosen = _chosen_output(network, output, name)
    used = network if len(network.outputs) == 1 else keras.Model(network.inputs[0], chosen)
    told = [] if used is network else [f"Of its outputs, {' and '.join(network.output_names)}, {output} is used."]
    entry = used.inputs[0]
    entrance = _entrance(tuple(entry.shape[1:]), image_shape, name)
    image_shape = image_shape or entrance.image
    front = list(_front(image_shape, entrance, name))
    told += [sentence for _, sentence in front]
    behind = _behind(used, name)
    if used is network and not front and not behind and not holds_nets(network):
        return Adapted(network=network)
    images = keras.Input(image_shape, dtype=entry.dtype, name=entry._keras_history.operation.name)
    names = _FreshNames(used)
    signal = images
    for make, _ in front:
        signal = make(names)(signal)
    signal = taken_apart(used, signal)
    for step, sentence in behind:
        signal = step(names, signal)
        told.append(sentence)
    return Adapted(network=keras.Model(images, signal, name=network.name), sentences=tuple(told))


def in_range(network: keras.Model, input_range: str, scale: Sequence[float], offset: Sequence[float]) -> keras.Model:
    """Returns `network` behind a scaling of pixels in [0, 1] to `input_range`.

    Args:
        network: From images to probabilities, without nested networks.
        input_range: One of `INPUT_RANGES`; for the standardised one, `scale` and `offset` tell what to do.
        scale: For each channel.
        offset: Likewise.
    """
    scaling = {BYTES: (255.0, 0.0), CENTRED: (2.0, -1.0), STANDARDISED: (list(scale), list(offset))}
    if input_range not in scaling:
        return network
    assert input_range in INPUT_RANGES
    entry = network.inputs[0]
    images = keras.Input(entry.shape[1:], dtype=entry.dtype, name=entry._keras_history.operation.name)
    factor, shift = scaling[input_range]
    scaled = layers.Rescaling(factor, shift, name=_FreshNames(network)("range"))(images)
    return keras.Model(images, taken_apart(network, scaled), name=network.name)


class _FreshNames:
    """Gives names that no layer of a network has."""

    def __init__(self, network: keras.Model) -> None:
        self._taken = {layer.name for layer in network._flatten_layers()}
        self._taken |= {operation.name for operation in getattr(network, "operations", ())}

    def __call__(self, what: str) -> str:
        name, number = f"{_PREFIX}_{what}", 1
        while name in self._taken:
            number += 1
            name = f"{_PREFIX}_{what}_{number}"
        self._taken.add(name)
        return name


def _front(
    image_shape: Shape, entrance: _Entrance, name: str
) -> Sequence[tuple[Callable[[_FreshNames], Callable[[keras.KerasTensor], keras.KerasTensor]], str]]:
    """Returns the steps from images of `image_shape` to what the network takes, each with its sentence."""
    steps: list[tuple[Callable[[_FreshNames], Callable[[keras.KerasTensor], keras.KerasTensor]], str]] = []
    wanted, form = entrance.image, entrance.form
    if image_shape[:2] != wanted[:2]:
        steps.append(
            (
                lambda names: layers.Resizing(*wanted[:2], name=names("resizing")),
                f"Images of {_size(image_shape[:2])} are resized to {_size(wanted[:2])}, which it takes.",
            )
        )
    if (image_shape[2], wanted[2]) == (1, _COLOURS):

        def repeat(names: _FreshNames) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
            join = layers.Concatenate(name=names("colours"))
            return lambda grey: join([grey] * _COLOURS)

        steps.append((repeat, "It takes colours, so the grey value is given to all three."))
    elif image_shape[2] != wanted[2]:
        raise ClassifierFileError(
            f"{name} must take images of {image_shape[2]} channels, as the dataset's; it takes {wanted[2]}."
        )
    if form is not None:
        steps.append((lambda names: form(names("form")), entrance.sentence))
    return steps


# Outputs ------------------------------------------------------------------------------------------------------------

_Behind = tuple[Callable[[_FreshNames, keras.KerasTensor], keras.KerasTensor], str]


def _behind(network: keras.Model, name: str) -> list[_Behind]:
    """Returns what makes probabilities of the output of `network`, with its sentence."""
    end = network.outputs[0]
    classes = end.shape[1]
    kind = _output_kind(end)
    if classes == 1:
        if kind != "sigmoid":
            raise ClassifierFileError(
                f"{name} must tell classes apart; it gives one number, as a regression does: for two classes let it "
                "end in one sigmoid, or in a softmax of two."
            )
        return [(_two_classes, "Its single sigmoid p is taken as two classes, with probabilities 1 - p and p.")]
    if kind == "sigmoid":
        raise ClassifierFileError(
            f"{name} must choose one of its {classes} classes; it answers yes or no to each on its own ({classes} "
            "sigmoids), which are no probabilities of one image's class: let it end in a softmax."
        )
    if kind == "softmax" or (kind == "other" and _makes_probabilities(network)):
        return []
    what = "log-probabilities" if kind == "log_softmax" else "logits"
    return [(_softmax, f"It gives {what}, so a softmax is put behind.")]


def _softmax(names: _FreshNames, signal: keras.KerasTensor) -> keras.KerasTensor:
    return layers.Softmax(name=names("softmax"), dtype="float32")(signal)


def _two_classes(names: _FreshNames, signal: keras.KerasTensor) -> keras.KerasTensor:
    """Returns the softmax of (0, z) for a sigmoid of z: the probabilities are 1 - p and p."""
    operation, call, _ = signal._keras_history
    logit = signal
    while isinstance(operation, _PASSING_ON):
        operation, call, _ = operation._inbound_nodes[call].input_tensors[0]._keras_history
    if hasattr(operation, "activation"):
        operation.activation = keras.activations.linear
    else:
        logit = operation._inbound_nodes[call].input_tensors[0]
    column = layers.Reshape((1, 1), name=names("column"))(logit)
    both = layers.ZeroPadding1D((1, 0), name=names("zero"))(column)
    return _softmax(names, layers.Flatten(name=names("logits"))(both))


def _output_kind(end: keras.KerasTensor) -> str:
    """Returns what makes the signal `end`: "softmax", "log_softmax", "sigmoid", "linear" or "other"."""
    operation, call, index = end._keras_history
    if isinstance(operation, keras.Model):
        graph = getattr(operation, "_functional", None) or operation
        return _output_kind(graph.outputs[index])
    if is_softmax(operation):
        return "softmax"
    if isinstance(operation, _PASSING_ON):
        return _output_kind(operation._inbound_nodes[call].input_tensors[0])
    activation = getattr(operation, "activation", None)
    if activation is not None:
        called = getattr(activation, "__name__", "")
        return called if called in ("softmax", "log_softmax", "sigmoid", "linear") else "other"
    return {"LogSoftmax": "log_softmax", "Sigmoid": "sigmoid"}.get(type(operation).__name__, "other")


def _makes_probabilities(network: keras.Model) -> bool:
    """Returns whether the output of `network` is a probability of each class for some images."""
    shape = tuple(network.inputs[0].shape[1:])
    images = np.random.default_rng(0).random((_PROBED, *shape), np.float32)
    alone = keras.Model(network.inputs[0], network.outputs[0])
    outputs = np.asarray(alone(images, training=False), np.float32)
    return bool(outputs.min() >= 0 and np.all(np.abs(outputs.sum(axis=1) - 1) <= _TOLERANCE))


def _size(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))
