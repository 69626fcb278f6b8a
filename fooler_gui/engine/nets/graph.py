"""Walks through the graph of a network, call by call, with nested networks taken apart."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import tree

Apply = Callable[[keras.Operation, tuple[Any, ...], dict[str, Any]], Any]
"""Calls a layer or operation with arguments and keywords, which hold signals, and returns its output or outputs."""


def run_through(
    network: keras.Model, entering: Sequence[keras.KerasTensor], apply: Apply, *, training: bool | None = None
) -> list[keras.KerasTensor]:
    """Returns the outputs of `network`, where `apply` makes each call of a layer or operation, in order.

    Args:
        network: A functional or sequential network; a nested one is gone through likewise.
        entering: Its inputs.
        apply: Makes one call.
        training: The training mode that the network was called with, if any.
    """
    # A sequential network keeps its graph in a functional one.
    graph = getattr(network, "_functional", None) or network
    signals = {id(entry): signal for entry, signal in zip(graph.inputs, entering, strict=True)}
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            if node.is_input:
                continue
            arguments, keywords = node.arguments.fill_in(signals)
            operation = node.operation
            if isinstance(operation, keras.Model):
                inner = keywords.get("training", training)
                leaving: Any = run_through(operation, tree.flatten(arguments), apply, training=inner)
            else:
                if training is not None and getattr(operation, "_call_has_training_arg", False):
                    keywords = {"training": training} | keywords
                leaving = apply(operation, arguments, keywords)
            signals.update(zip(map(id, node.outputs), tree.flatten(leaving), strict=True))
    return [signals[id(end)] for end in graph.outputs]


def signals_in(arguments: object) -> tuple[keras.KerasTensor, ...]:
    """Returns the signals among `arguments`, however nested, in order."""
    return tuple(part for part in tree.flatten(arguments) if isinstance(part, keras.KerasTensor))


def holds_nets(network: keras.Model) -> bool:
    """Returns whether `network` has other networks among its layers."""
    return any(isinstance(layer, keras.Model) for layer in network.layers)


def times_called(network: keras.Model, operation: keras.Operation) -> int:
    """Returns how often `network` calls `operation`, nested networks left out."""
    graph = getattr(network, "_functional", None) or network
    nodes = itertools.chain.from_iterable(graph._nodes_by_depth.values())
    return sum(node.operation is operation for node in nodes)


def taken_apart(network: keras.Model, entering: keras.KerasTensor) -> keras.KerasTensor:
    """Returns the output of `network` for `entering`, made by its layers alone, without nested networks.

    Layers keep their names; one whose name is taken already gets a number behind it.
    """
    names: dict[str, keras.Operation] = {}

    def apply(operation: keras.Operation, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        if names.setdefault(operation.name, operation) is not operation and operation not in names.values():
            operation.name = next(name for name in _numbered(operation.name) if name not in names)
            names[operation.name] = operation
        return operation(*arguments, **keywords)

    return run_through(network, [entering], apply)[0]


def _numbered(name: str) -> Any:
    number = 1
    while True:
        yield f"{name}_{number}"
        number += 1
