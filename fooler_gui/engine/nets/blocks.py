"""Proposes which signals of any acyclic network to record (method.md, Any classifier, any dataset).

The last layer of each block, at most four of them, evenly spread; and the last hidden layer before the output.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from fooler_gui.engine.nets.layer_kinds import CONVOLUTIONS, POOLS, RECURRENT

_MOST_BLOCKS = 4
_DENSE = (layers.Dense, layers.EinsumDense)
_MERGING = ("Add", "Concatenate", "Average", "Maximum")
"""Names of layers and operations that end a block where signals meet."""
_CARRYING_ON = (
    layers.BatchNormalization,
    layers.GroupNormalization,
    layers.Activation,
    layers.ReLU,
    layers.LeakyReLU,
    layers.PReLU,
    layers.ELU,
    *POOLS,
)
_GLOBAL_POOLS = (
    layers.GlobalAveragePooling1D,
    layers.GlobalMaxPooling1D,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling2D,
)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One use of a layer or operation in a network.

    Attributes:
        operation: The layer or operation.
        entering: The signals that it gets.
        before: Its output before its activation function, if it is a dense layer; otherwise its output.
        leaving: Its (first) output.
    """

    operation: keras.Operation
    entering: tuple[keras.KerasTensor, ...]
    before: keras.KerasTensor
    leaving: keras.KerasTensor


def proposed(calls: Sequence[Call]) -> list[keras.KerasTensor]:
    """Returns the signals to record, in order, of a network of `calls`: at most five, each a call's `before`."""
    weighted = [place for place, call in enumerate(calls) if getattr(call.operation, "weights", None)]
    hidden = calls[: weighted[-1]] if weighted else ()
    learned = _learned(hidden)
    ends = [_carried_on(hidden, call) for call in hidden if id(call.leaving) in learned and _ends_block(call, learned)]
    if not ends:
        kinds = (*CONVOLUTIONS, *_DENSE, *RECURRENT, layers.MultiHeadAttention)
        units = [call for call in hidden if isinstance(call.operation, kinds) and len(call.leaving.shape) > 2]
        ends = [_carried_on(hidden, call) for call in units]
    ends = sorted(set(ends), key=hidden.index)
    if len(ends) > _MOST_BLOCKS:
        ends = [ends[round(place)] for place in np.linspace(0, len(ends) - 1, _MOST_BLOCKS)]
    chosen = dict.fromkeys([*ends, *_last_hidden(hidden, learned)])
    return [call.before for call in sorted(chosen, key=hidden.index)]


def _learned(calls: Sequence[Call]) -> set[int]:
    """Returns the identities of the signals that weights had a part in."""
    learned: set[int] = set()
    for call in calls:
        normalises = isinstance(call.operation, layers.Normalization)
        weights = getattr(call.operation, "weights", None)
        if (weights and not normalises) or any(id(signal) in learned for signal in call.entering):
            learned.add(id(call.leaving))
    return learned


def _ends_block(call: Call, learned: set[int]) -> bool:
    operation = call.operation
    if isinstance(operation, CONVOLUTIONS):
        return bool(np.max(operation.strides) > 1)
    if type(operation).__name__ in _MERGING:
        meeting = [signal for signal in call.entering if id(signal) in learned and len(signal.shape) > 2]
        return len(meeting) > 1
    return isinstance(operation, POOLS)


def _carried_on(calls: Sequence[Call], call: Call) -> Call:
    """Returns the last of the normalisations, activations and pools that alone use what `call` gives."""
    while True:
        users = [user for user in calls if any(signal is call.leaving for signal in user.entering)]
        if len(users) != 1 or not isinstance(users[0].operation, _CARRYING_ON):
            return call
        call = users[0]


def _last_hidden(calls: Sequence[Call], learned: set[int]) -> Iterator[Call]:
    kinds = (*_DENSE, *_GLOBAL_POOLS, *RECURRENT)
    for call in reversed(calls):
        if isinstance(call.operation, kinds) and len(call.leaving.shape) == 2 and id(call.leaving) in learned:
            yield call
            return
