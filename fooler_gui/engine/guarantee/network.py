"""A classifier with a guarantee as a network of stock layers, and the densities that such a network holds.

With ln r from the densities, the logarithm of the mixture of method.md, A guarantee, is

    ln p(y|x) = softplus(ln p̂(y|x) + ln r + ln M) − softplus(ln r) − ln M,

which stays finite where r vanishes. The densities are computed in float64, a last softmax of ln p(y|x) in float32.
"""

from __future__ import annotations

import json
import math
from typing import Any

import keras
import numpy as np
from keras import layers

from fooler_gui.core.arrays import DoubleArray
from fooler_gui.engine.guarantee.densities import Densities, GuaranteeError
from fooler_gui.engine.guarantee.mixture import Mixture
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.layer_kinds import GUARANTEE
from fooler_gui.engine.nets.recorded_layers import is_softmax

LEAST_WIDTH = 1.25
"""The least variance of a component of p_out, as a multiple of the greatest of p_in."""

_EXACT = "float64"
_METRIC, _INSIDE, _OUTSIDE, _CLASSES = (f"{GUARANTEE}{part}" for part in ("metric", "inside", "outside", "classes"))
_PARTS = {_METRIC, _INSIDE, _OUTSIDE, _CLASSES}


def check_classifier(classifier: Classifier) -> None:
    """Checks that `classifier` can be given a guarantee.

    Raises:
        GuaranteeError: It has one already, or does not take images as they are, in float32.
    """
    if classifier.has_guarantee:
        raise GuaranteeError("The classifier has a guarantee already; make a new one from the classifier without it.")
    precision = classifier.network.inputs[0].dtype
    if precision != "float32":
        raise GuaranteeError(f"A guarantee needs a classifier that takes images in float32; it takes {precision}.")


def with_guarantee(classifier: Classifier, densities: Densities) -> Classifier:
    """Returns a copy of `classifier` that mixes what it says with the guarantee's `densities`.

    Raises:
        GuaranteeError: It cannot be given one; see `check_classifier`.
    """
    check_classifier(classifier)
    network = classifier.copy().network
    images = network.inputs[0]
    inside, outside = len(densities.inside.variances), len(densities.outside.variances)
    probabilities = _mixed(images, _logits(network), inside, outside)
    mixed = keras.Model(images, probabilities, name=network.name)
    made = classifier.rebuilt(mixed)
    set_densities(made, densities)
    return made


def set_densities(classifier: Classifier, densities: Densities) -> None:
    """Gives the guarantee of `classifier` other `densities` of as many components."""
    network = classifier.network
    network.get_layer(_METRIC).set_weights([densities.matrix.T, densities.offset])
    network.get_layer(_INSIDE).set_weights(_exponents(densities.inside))
    network.get_layer(_OUTSIDE).set_weights(_exponents(densities.outside))


def set_densities_trained(classifier: Classifier, *, trained: bool) -> None:
    """Sets whether a training changes the two densities of `classifier`, too; their metric always stays."""
    for part in (_INSIDE, _OUTSIDE):
        classifier.network.get_layer(part).trainable = trained


def densities_of(classifier: Classifier, name: str) -> Densities:
    """Returns the densities that the network of `classifier` holds.

    Args:
        classifier: The classifier.
        name: What it is called in messages.

    Raises:
        GuaranteeError: It has no guarantee, or its layers are not exactly those of one.
    """
    network = classifier.network
    known = {layer.name: layer for layer in network.layers}
    if not set(known) >= _PARTS:
        raise GuaranteeError(
            f"{name} must be a classifier with a guarantee, as `fooler guarantee` makes it; it has none."
        )
    if not _is_mixture(network, known):
        raise GuaranteeError(
            f"{name} must have the layers of a guarantee exactly as `fooler guarantee` makes them, on images in the "
            "range 0 to 1; they are arranged in another way, for which nothing can be promised."
        )
    kernel, offset = (np.asarray(values, np.float64) for values in known[_METRIC].get_weights())
    densities = Densities(
        matrix=kernel.T, offset=offset, inside=_mixture(known[_INSIDE], name), outside=_mixture(known[_OUTSIDE], name)
    )
    least, greatest = densities.outside.variances.min(), densities.inside.variances.max()
    if not least >= LEAST_WIDTH * greatest:
        raise GuaranteeError(
            f"{name} must have a density of everything else that is at least {LEAST_WIDTH} times as wide as that of "
            f"training images; it is {least / greatest:.3g} times as wide."
        )
    return densities


def parts_of(classifier: Classifier) -> keras.Model | None:
    """Returns what the network of `classifier` mixes; None if it has no guarantee as `with_guarantee` makes it.

    Returns:
        A model from images to the logits (B, M) of the classifier without a guarantee, ln r (B, 1) and the
        probabilities (B, M).
    """
    network = classifier.network
    known = {layer.name: layer for layer in network.layers}
    if not set(known) >= _PARTS or not _is_mixture(network, known):
        return None
    logits, ratio = known[_CLASSES]._inbound_nodes[0].input_tensors[0], known[f"{GUARANTEE}ratio"].output
    return keras.Model(network.inputs, [logits, ratio, network.outputs[0]])


# Layers -------------------------------------------------------------------------------------------------------------


def _logits(network: keras.Model) -> keras.KerasTensor:
    """Returns what the last softmax of `network` gets, or the logarithm of its output if it ends in something else."""
    end = network.outputs[0]
    operation, call, _ = end._keras_history
    if is_softmax(operation):
        return operation._inbound_nodes[call].input_tensors[0]
    if isinstance(operation, layers.Dense) and operation.activation is keras.activations.softmax:
        operation.activation = keras.activations.linear
        return end
    return keras.ops.log(keras.ops.maximum(end, float(np.finfo(np.float32).tiny)))


def _mixed(images: keras.KerasTensor, logits: keras.KerasTensor, inside: int, outside: int) -> keras.KerasTensor:
    """Returns the probabilities (B, M) with a guarantee of so many components `inside` and `outside`.

    Args:
        images: (B, H, W, C).
        logits: (B, M), of the classifier without it.
        inside: The components of p_in.
        outside: Those of p_out.
    """

    def layer(kind: type, part: str, *arguments: Any, dtype: str = _EXACT, **settings: Any) -> layers.Layer:
        return kind(*arguments, name=f"{GUARANTEE}{part}", dtype=dtype, **settings)

    def log_sum(exponents: keras.KerasTensor, part: str) -> keras.KerasTensor:
        return keras.src.ops.math.Logsumexp(axis=1, keepdims=True, name=f"{GUARANTEE}{part}")(exponents)

    pixels = layer(layers.Flatten, "pixels", dtype="float32")(images)
    point = layer(layers.Dense, "metric", pixels.shape[1], trainable=False)(pixels)
    square = layer(layers.Dot, "square", axes=1)([point, point])
    both = layer(layers.Concatenate, "both")([point, square])
    p_in = log_sum(layer(layers.Dense, "inside", inside, trainable=False)(both), "log_inside")
    p_out = log_sum(layer(layers.Dense, "outside", outside, trainable=False)(both), "log_outside")
    ratio = layer(layers.Subtract, "ratio")([p_in, p_out])
    shift = math.log(logits.shape[1])
    own = layer(layers.Activation, "classes", "log_softmax")(logits)
    shifted = layer(layers.Rescaling, "shifted", 1.0, shift)(layer(layers.Add, "beside")([own, ratio]))
    mixed = layer(layers.Activation, "mixed", "softplus")(shifted)
    whole = layer(layers.Rescaling, "sum", 1.0, shift)(layer(layers.Activation, "whole", "softplus")(ratio))
    logarithms = layer(layers.Subtract, "logarithms")([mixed, whole])
    return layer(layers.Softmax, "softmax", dtype="float32")(logarithms)


def _is_mixture(network: keras.Model, known: dict[str, layers.Layer]) -> bool:
    """Returns whether `network` ends in the layers of `_mixed`, connected like them, on its very images.

    What comes before their `_CLASSES` may be anything.
    """
    entry, classes = network.inputs[0], network.outputs[0].shape[1]
    name = entry._keras_history.operation.name
    images = keras.Input(entry.shape[1:], dtype=entry.dtype, name=name)
    logits = keras.Input((classes,), name=f"{name}_logits")
    end = _mixed(images, logits, *(known[part].units for part in (_INSIDE, _OUTSIDE)))
    expected, found = (_described(net, name) for net in (keras.Model([images, logits], end), network))
    entering = known[_CLASSES]._inbound_nodes[0].input_tensors[0]
    return expected == found and tuple(entering.shape) == (None, classes)


def _described(network: keras.Model, entry: str) -> Any:
    """Returns what `network` says of its output, its input layer `entry` and all layers of a guarantee.

    Of `_CLASSES` it leaves out what enters there.
    """
    configuration = json.loads(network.to_json())["config"]
    described = {
        layer["name"]: layer
        for layer in configuration["layers"]
        if layer["name"] == entry or layer["name"].startswith(GUARANTEE)
    }
    described[_CLASSES]["inbound_nodes"] = len(described[_CLASSES]["inbound_nodes"])
    return described, configuration["output_layers"]


# Weights ------------------------------------------------------------------------------------------------------------


def _exponents(mixture: Mixture) -> list[DoubleArray]:
    """Returns the kernel (n + 1, K) and bias (K,) that make ln(w N(z; μ, σ²)) of a point z and its square |z|²."""
    precisions = 1 / mixture.variances
    kernel = np.vstack([(mixture.centres * precisions[:, np.newaxis]).T, -precisions / 2])
    return [kernel, mixture.log_peaks - np.square(mixture.centres).sum(axis=1) * precisions / 2]


def _mixture(layer: layers.Dense, name: str) -> Mixture:
    """Returns the mixture of `_exponents`.

    Raises:
        GuaranteeError: They are of no density.
    """
    kernel, bias = (np.asarray(values, np.float64) for values in layer.get_weights())
    precisions = -2 * kernel[-1]
    if not (precisions > 0).all():
        raise GuaranteeError(f"{name} must hold densities; those of its layer {layer.name} grow without end.")
    variances = 1 / precisions
    centres = kernel[:-1].T * variances[:, np.newaxis]
    log_peaks = bias + np.square(centres).sum(axis=1) * precisions / 2
    log_weights = log_peaks + centres.shape[1] / 2 * np.log(2 * math.pi * variances)
    return Mixture(centres=centres, variances=variances, log_weights=log_weights)
