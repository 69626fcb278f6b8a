"""Compositional pattern-producing networks (Stanley 2007), which make an image of the places of its pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray
from fooler_gui.engine.evolution.polynomial import mutated

_INPUTS = 4
_HIDDEN = 16
"""The most hidden nodes of a network."""
_RANGE = 10.0
"""Weights are from minus this to this."""
_MUTATION_RATE = 0.1
"""Of each weight and each function."""
_ADD_CONNECTION, _REMOVE_CONNECTION, _MOVE_CONNECTION, _ADD_NODE, _REMOVE_NODE = 0.5, 0.3, 0.5, 0.5, 0.2
"""The rates of the program of Nguyen and others 2015, of each network."""
_MOST_BYTES = 2**26

_FUNCTIONS: tuple[Callable[[FloatArray], FloatArray], ...] = (
    np.sin,
    lambda total: np.tanh(total / 2),  # the sigmoid, from −1 to 1
    lambda total: 2 * np.exp(-np.square(total)) - 1,
    lambda total: np.clip(total, -1, 1),
)
"""What a node gives for the sum of its weighted inputs: sine, sigmoid, Gaussian or linear; from −1 to 1."""


class CppnEncoding:
    """A genome is a network from a pixel's place to its values.

    The inputs are x and y, from −1 to 1 across the image, the distance from its centre, and 1. A node takes only from
    inputs and hidden nodes before it. A genome holds for each node, hidden ones first, a weight of each input and each
    hidden node, 0 for no connection, and the number of its function. A channel's value v makes a pixel of (1 + v) / 2.

    Args:
        shape: (H, W, C) of an image.
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        height, width, channels = self._shape = shape
        self._nodes, self._sources = _HIDDEN + channels, _INPUTS + _HIDDEN
        y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
        places = np.stack([x, y, np.hypot(x, y), np.ones_like(x)])
        self._inputs = places.reshape(_INPUTS, -1).astype(np.float32)
        hidden_before = np.arange(_HIDDEN) < np.arange(self._nodes)[:, np.newaxis]
        self._allowed: BoolArray = np.hstack([np.ones((self._nodes, _INPUTS), np.bool_), hidden_before])

    @property
    def length(self) -> int:
        """How many numbers a genome has."""
        return self._nodes * (self._sources + 1)

    def fresh(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Returns the genomes (count, length) of networks without hidden nodes, with random weights and functions."""
        networks = np.zeros((count, self._nodes, self._sources + 1), np.float32)
        weights = networks[:, _HIDDEN:, :_INPUTS]
        weights[:] = rng.uniform(-_RANGE, _RANGE, weights.shape)
        networks[..., -1] = rng.integers(len(_FUNCTIONS), size=networks.shape[:2])
        return networks.reshape(count, -1)

    def offspring(self, parents: FloatArray, _generation: int, rng: np.random.Generator) -> FloatArray:
        """Returns a mutated copy of each of the `parents` (N, length), at the same rates in every generation."""
        networks = parents.reshape(-1, self._nodes, self._sources + 1).copy()
        for network in networks:
            self._restructure(network[:, :-1], rng)
        weights, functions = networks[..., :-1], networks[..., -1]
        chosen = (weights != 0) & (rng.random(weights.shape) < _MUTATION_RATE)
        shares = ((weights / _RANGE + 1) / 2).astype(np.float32)
        weights[:] = np.where(chosen, 2 * _RANGE * mutated(shares, chosen, rng) - _RANGE, weights)
        drawn = rng.integers(len(_FUNCTIONS), size=functions.shape)
        functions[:] = np.where(rng.random(functions.shape) < _MUTATION_RATE, drawn, functions)
        return networks.reshape(len(parents), -1)

    def images(self, genomes: FloatArray) -> FloatArray:
        """Returns the images (N, H, W, C) that `genomes` (N, length) encode."""
        at_a_time = max(1, _MOST_BYTES // (4 * (self._nodes + _INPUTS) * self._inputs.shape[1]))
        parts = [self._drawn(genomes[start : start + at_a_time]) for start in range(0, len(genomes), at_a_time)]
        return np.concatenate(parts)

    def genome_of(self, image: FloatArray) -> None:
        """Returns None: an image tells nothing of a network that would make it."""

    def _drawn(self, genomes: FloatArray) -> FloatArray:
        networks = genomes.reshape(-1, self._nodes, self._sources + 1)
        values = np.zeros((len(networks), _INPUTS + self._nodes, self._inputs.shape[1]), np.float32)
        values[:, :_INPUTS] = self._inputs
        for node in range(self._nodes):
            connected = np.flatnonzero(networks[:, node, :-1].any(axis=1))
            before = _INPUTS + min(node, _HIDDEN)
            totals = (networks[connected, node, np.newaxis, :before] @ values[connected, :before])[:, 0]
            for number, function in enumerate(_FUNCTIONS):
                own = networks[connected, node, -1] == number
                values[connected[own], _INPUTS + node] = function(totals[own])
        pixels = np.clip((1 + values[:, self._sources :]) / 2, 0, 1)
        height, width, channels = self._shape
        return np.ascontiguousarray(np.moveaxis(pixels.reshape(-1, channels, height, width), 1, -1))

    def _restructure(self, weights: FloatArray, rng: np.random.Generator) -> None:
        """Adds and removes nodes and connections of a network with these `weights` (nodes, sources), in place."""
        add, remove, move, add_node, remove_node = rng.random(5) < (
            _ADD_CONNECTION,
            _REMOVE_CONNECTION,
            _MOVE_CONNECTION,
            _ADD_NODE,
            _REMOVE_NODE,
        )
        if add_node:
            self._split(weights, rng)
        if remove_node:
            hidden = np.flatnonzero(weights[:_HIDDEN].any(axis=1))
            if len(hidden):
                node = rng.choice(hidden)
                weights[node] = weights[:, _INPUTS + node] = 0
        if add:
            self._connect(weights, rng.uniform(-_RANGE, _RANGE), rng)
        if remove:
            self._cut(weights, rng)
        if move:
            weight = self._cut(weights, rng)
            self._connect(weights, weight, rng)

    def _split(self, weights: FloatArray, rng: np.random.Generator) -> None:
        """Puts a hidden node into a connection, if there is room for one between its ends."""
        connections = np.argwhere(weights)
        if not len(connections):
            return
        target, source = rng.choice(connections)
        free = np.flatnonzero(~weights[:_HIDDEN].any(axis=1))
        free = free[(free > source - _INPUTS) & (free < target)]
        if len(free):
            node = rng.choice(free)
            weights[:, _INPUTS + node] = 0
            weights[node, source], weights[target, _INPUTS + node] = 1, weights[target, source]
            weights[target, source] = 0

    def _connect(self, weights: FloatArray, weight: float, rng: np.random.Generator) -> None:
        """Connects two nodes that are not connected, if there are such."""
        used = weights[:_HIDDEN].any(axis=1)
        takes = np.append(used, np.ones(self._nodes - _HIDDEN, np.bool_))
        gives = np.append(np.ones(_INPUTS, np.bool_), used)
        places = np.argwhere(self._allowed & takes[:, np.newaxis] & gives & (weights == 0))
        if len(places):
            weights[tuple(rng.choice(places))] = weight

    def _cut(self, weights: FloatArray, rng: np.random.Generator) -> float:
        """Removes a connection, if there is one, and returns its weight."""
        connections = np.argwhere(weights)
        if not len(connections):
            return 0.0
        place = tuple(rng.choice(connections))
        weight = float(weights[place])
        weights[place] = 0
        return weight
