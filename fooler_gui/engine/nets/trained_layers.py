"""Which layers of a classifier a training changes, and which it leaves as they are."""

from __future__ import annotations

from collections.abc import Iterator

import keras

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import Remark
from fooler_gui.engine.nets.classifier import Classifier


class NotTrainable(LabError, ValueError):
    """A classifier cannot be trained as its file says. Its text is one sentence that can be shown as it is."""


def frozen_layers(network: keras.Model) -> tuple[str, ...]:
    """Returns the names of the layers with weights that are not trainable; those stay as they are."""
    return tuple(layer.name for layer in network.layers if layer.weights and not layer.trainable_weights)


def frozen_remark(classifier: Classifier) -> Iterator[Remark]:
    """Yields which layers a training leaves as they are, if any."""
    frozen = frozen_layers(classifier.network)
    if frozen:
        yield Remark(sentence=f"Frozen layers stay as they are in training: {', '.join(frozen)}.")


def check_trainable(classifier: Classifier) -> None:
    """Refuses a classifier that no training would change as it ought to.

    Raises:
        NotTrainable: All layers are frozen; some have adapters, of which a file holds nothing to go on from; or weights
            are of half precision, in which the small steps of a training are lost.
    """
    network = classifier.network
    adapted = [layer.name for layer in network.layers if getattr(layer, "lora_enabled", False)]
    if adapted:
        raise NotTrainable(
            "A classifier to be trained must have no adapters (LoRA), whose part a .keras file holds merged into the "
            f"weights; {', '.join(adapted)} have some."
        )
    coarse = [variable.path for variable in network.trainable_variables if variable.dtype in ("float16", "bfloat16")]
    if coarse:
        raise NotTrainable(
            "A classifier to be trained must have weights of float32 or float64, as others lose small steps; those of "
            f"{coarse[0]} and others are of half precision."
        )
    if not network.trainable_variables:
        frozen = ", ".join(frozen_layers(network))
        raise NotTrainable(
            "A classifier to be trained must have at least one layer that is trainable; all of its layers are frozen"
            f"{f' ({frozen})' if frozen else ''}."
        )
