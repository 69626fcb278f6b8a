"""Names references in an `ArrayStore` by all that they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fooler_gui.core.versions import versions
from fooler_gui.engine.machine import machine
from fooler_gui.engine.nets.classifier import Classifier

_FORM = 1


def fingerprint(classifier: Classifier) -> str:
    """Returns a hash of all that activations depend on beside the images: net, weights, versions and machine."""
    surroundings = json.dumps([_FORM, versions(), machine(), classifier.network.to_json()], sort_keys=True)
    digest = hashlib.sha256(surroundings.encode())
    for weights in classifier.network.get_weights():
        digest.update(np.ascontiguousarray(weights).data)
    return digest.hexdigest()


def key_of(classifier: str, layers: Sequence[str], images: npt.NDArray[np.uint8]) -> str:
    """Returns the key of references.

    Args:
        classifier: The classifier's `fingerprint`.
        layers: The names of the recorded layers.
        images: (N, H, W, C), a dataset's.
    """
    digest = hashlib.sha256(json.dumps([classifier, list(layers), images.shape]).encode())
    digest.update(np.ascontiguousarray(images).data)
    return digest.hexdigest()
