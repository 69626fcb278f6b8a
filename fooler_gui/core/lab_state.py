"""The states of the lab, and which may follow which."""

from __future__ import annotations

import enum


class LabState(enum.Enum):
    """What the lab is doing. One value in place of a handful of flags."""

    STARTING = "starting"
    UNTRAINED = "untrained"
    READY = "ready"
    WORKING = "working"
    TRAINING = "training"
    BACKWORKING = "backworking"
    PAUSED = "paused"
    RETRAINING = "retraining"
    ROUNDS = "making rounds"
    ROUNDS_PAUSED = "making rounds, paused"
    EVALUATING = "evaluating"
    CLOSING = "closing"

    @property
    def busy(self) -> bool:
        """Whether the engine is at work on a job."""
        return self not in (LabState.UNTRAINED, LabState.READY)


_MOVES: dict[LabState, frozenset[LabState]] = {
    LabState.STARTING: frozenset({LabState.UNTRAINED, LabState.READY}),
    LabState.UNTRAINED: frozenset({LabState.WORKING, LabState.TRAINING}),
    LabState.READY: frozenset(
        {
            LabState.WORKING,
            LabState.TRAINING,
            LabState.BACKWORKING,
            LabState.PAUSED,
            LabState.RETRAINING,
            LabState.ROUNDS,
            LabState.EVALUATING,
        }
    ),
    LabState.WORKING: frozenset({LabState.UNTRAINED, LabState.READY}),
    LabState.TRAINING: frozenset({LabState.UNTRAINED, LabState.READY}),
    LabState.BACKWORKING: frozenset({LabState.PAUSED, LabState.READY}),
    LabState.PAUSED: frozenset({LabState.BACKWORKING, LabState.READY}),
    LabState.RETRAINING: frozenset({LabState.READY}),
    LabState.ROUNDS: frozenset({LabState.ROUNDS_PAUSED, LabState.READY}),
    LabState.ROUNDS_PAUSED: frozenset({LabState.ROUNDS, LabState.READY}),
    LabState.EVALUATING: frozenset({LabState.READY}),
    LabState.CLOSING: frozenset(),
}


def may_follow(present: LabState, following: LabState) -> bool:
    """Tells whether the lab may go from `present` to `following`. It may begin to close from any state."""
    return following is LabState.CLOSING or following in _MOVES[present]
