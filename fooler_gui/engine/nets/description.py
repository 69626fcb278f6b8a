"""Describes a classifier layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import keras
from keras import tree

from fooler_gui.core.classifier_info import LayerFacts, RecordedFacts
from fooler_gui.core.messages import LayersDescribed
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.graph import run_through
from fooler_gui.engine.nets.recorded_layers import INPUTS
from fooler_gui.engine.nets.reference_bytes import bytes_a_reference
from fooler_gui.engine.search_choice import SearchWay, search_way

_BYTES_A_VALUE = 4


def layers_of(classifier: Classifier) -> tuple[LayerFacts, ...]:
    """Returns what each use of a layer or operation in the network gives, in order."""
    facts: list[LayerFacts] = []
    counted: set[int] = set()

    def apply(operation: keras.Operation, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        leaving = operation.compute_output_spec(*arguments, **keywords)
        weights = 0
        if isinstance(operation, keras.layers.Layer) and id(operation) not in counted:
            counted.add(id(operation))
            weights = sum(math.prod(variable.shape) for variable in operation.weights)
        shape = tuple(tree.flatten(leaving)[0].shape[1:])
        facts.append(LayerFacts(operation.name, type(operation).__name__, shape, weights))
        return leaving

    run_through(classifier.network, classifier.network.inputs, apply)
    return tuple(facts)


def recorded_of(
    classifier: Classifier, images: int, milliseconds: Mapping[str, float] = MappingProxyType({})
) -> tuple[RecordedFacts, ...]:
    """Returns the recorded layers with the bytes of one image's activations, and of `images` references.

    Args:
        classifier: The classifier.
        images: How many references there are; 0 if unknown.
        milliseconds: What each layer adds to a step, by name, as far as it was measured
            (`layer_times.milliseconds_of_layers`).
    """
    return tuple(_recorded(classifier, images, milliseconds))


def _recorded(classifier: Classifier, images: int, milliseconds: Mapping[str, float]) -> Iterator[RecordedFacts]:
    for name, units in zip(classifier.recorded_layers, classifier.units, strict=True):
        yield _facts(name, units, images, milliseconds.get(name))


def _facts(name: str, units: int, images: int, milliseconds: float | None = None) -> RecordedFacts:
    references = images * bytes_a_reference(name, units, as_values=search_way() is SearchWay.GRAPH)
    return RecordedFacts(name, units, units * _BYTES_A_VALUE, references, milliseconds)


def recordable_of(classifier: Classifier, images: int) -> LayersDescribed:
    """Returns every layer that `classifier` can record, with the bytes of `images` references (0: unknown)."""
    return LayersDescribed(
        layers=classifier.layers,
        recorded=tuple(_facts(layer.name, math.prod(layer.shape), images) for layer in classifier.layers),
        proposed=(INPUTS, *classifier.proposed_layers),
    )
