"""What the program notes in a classifier's file, which stock Keras ignores."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from fooler_gui.core.published import MNIST_SHA256
from fooler_gui.core.rounds_spec import NONE_NAME

NOTES = "fooler.json"
"""The member of the archive: class names, whether the last one is for images that show nothing, test accuracy, the
fingerprint of the net it was measured for, and the hash of the dataset."""


def notes_in(content: bytes) -> dict[str, Any]:
    """Returns the valid entries of the program's own notes."""
    try:
        notes = json.loads(content)
    except ValueError:
        return {}
    if not isinstance(notes, dict):
        return {}
    good: dict[str, Any] = {
        "measured_sha256": notes.get("measured_sha256"),
        "dataset_sha256": notes.get("dataset_sha256", MNIST_SHA256),  # earlier versions knew no other
    }
    names, accuracy = notes.get("class_names"), notes.get("test_accuracy")
    if isinstance(names, list) and all(isinstance(name, str) and _is_short_text(name) for name in names):
        good["class_names"] = tuple(names)
        # Earlier versions told that class by its name alone.
        good["has_none_class"] = notes.get("has_none_class", names[-1:] == [NONE_NAME]) is True
    if isinstance(accuracy, float) and math.isfinite(accuracy) and 0 <= accuracy <= 1:
        good["test_accuracy"] = accuracy
    return good


def _is_short_text(text: str) -> bool:
    return 0 < len(text) <= 100 and text.isprintable()


def fingerprint(configuration: bytes, weights: bytes) -> str:
    """Returns the SHA-256 that tells a net by these two members of its file, in hexadecimal."""
    return hashlib.sha256(configuration + hashlib.sha256(weights).digest()).hexdigest()
