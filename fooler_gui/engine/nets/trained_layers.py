"""Which layers of a classifier training changes, and which stay unchanged."""

from __future__ import annotations

from collections.abc import Iterator

import keras

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import Remark
from fooler_gui.engine.nets.classifier import Classifier


class NotTrainable(LabError, ValueError):
    """A classifier cannot be trained."""


def frozen_layers(network: keras.Model) -> tuple[str, ...]:
    """Returns the names of the layers with weights that are not trainable."""
    return tuple(layer.name for layer in network.layers if layer.weights and not layer.trainable_weights)


def frozen_remark(classifier: Classifier) -> Iterator[Remark]:
    """Yields a remark naming the layers that training leaves unchanged, if any."""
    frozen = frozen_layers(classifier.network)
    if frozen:
        yield Remark(sentence=f"Frozen layers stay unchanged in training: {', '.join(frozen)}.")


def check_trainable(classifier: Classifier) -> None:
    """Refuses a classifier that training would not change properly.

    Raises:
        NotTrainable: All layers are frozen; some have adapters, which a file does not keep; or weights are in half
            precision, in which small training steps are lost.
    """
    network = classifier.network
    adapted = [layer.name for layer in network.layers if getattr(layer, "lora_enabled", False)]
    if adapted:
        raise NotTrainable(
            "A classifier to train must have no adapters (LoRA), which a .keras file holds only merged into the "
            f"weights; {', '.join(adapted)} have some."
        )
    coarse = [variable.path for variable in network.trainable_variables if variable.dtype in ("float16", "bfloat16")]
    if coarse:
        raise NotTrainable(
            "A classifier to train must have weights in float32 or float64, as others lose small steps; those of "
            f"{coarse[0]} and others are in half precision."
        )
    if not network.trainable_variables:
        frozen = ", ".join(frozen_layers(network))
        raise NotTrainable(
            "A classifier to train must have at least one trainable layer; all of its layers are frozen"
            f"{f' ({frozen})' if frozen else ''}."
        )
