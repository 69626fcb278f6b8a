"""The states of the lab: one table says of each what may follow it, and what is said while it lasts."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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

    @property
    def stoppable(self) -> bool:
        """Whether something goes on that a person may stop."""
        return self.busy and self not in (LabState.STARTING, LabState.CLOSING)


NO_CLASSIFIER = "There is no classifier yet. Train one, or open one."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A state in the table.

    Attributes:
        next: The states that may follow; closing may follow every one.
        why_not: Why no new work can be begun meanwhile; "" where it can.
        doing: What goes on, as the question says that is asked before the window closes.
        paused: The state in which the work waits; None where it cannot be paused.
        no_images: What the grid says while there are no images.
    """

    next: tuple[LabState, ...] = ()
    why_not: str = ""
    doing: str = ""
    paused: LabState | None = None
    no_images: str = "No images yet. Press Space to start."


_BY_ITSELF = "No images yet. Rounds are made; their own window shows them."
_TABLE = {
    LabState.STARTING: _Row(
        next=(LabState.UNTRAINED, LabState.READY),
        why_not="The engine is still starting.",
        no_images="TensorFlow and the classifier are being loaded; this takes a few seconds.",
    ),
    LabState.UNTRAINED: _Row(next=(LabState.WORKING, LabState.TRAINING), no_images=NO_CLASSIFIER),
    LabState.READY: _Row(
        next=(
            LabState.WORKING,
            LabState.TRAINING,
            LabState.BACKWORKING,
            LabState.PAUSED,
            LabState.RETRAINING,
            LabState.ROUNDS,
            LabState.EVALUATING,
        )
    ),
    LabState.WORKING: _Row(
        next=(LabState.UNTRAINED, LabState.READY),
        why_not="Wait until the present work is done.",
        doing="Work on a file",
    ),
    LabState.TRAINING: _Row(
        next=(LabState.UNTRAINED, LabState.READY),
        why_not="Wait until the training ends, or stop it.",
        doing="A training",
        no_images="No images yet. Press Space once the training has ended.",
    ),
    LabState.BACKWORKING: _Row(
        next=(LabState.PAUSED, LabState.READY),
        why_not="Wait until the run ends, or stop it.",
        doing="A run",
        paused=LabState.PAUSED,
        no_images="The run begins.",
    ),
    LabState.PAUSED: _Row(
        next=(LabState.BACKWORKING, LabState.READY),
        why_not="The run is paused: let it go on to its end, or stop it.",
        doing="A run",
        no_images="The run begins.",
    ),
    LabState.RETRAINING: _Row(
        next=(LabState.READY,), why_not="Wait until the retraining ends, or stop it.", doing="A retraining"
    ),
    LabState.ROUNDS: _Row(
        next=(LabState.ROUNDS_PAUSED, LabState.READY),
        why_not="Wait until the rounds end, or stop them.",
        doing="A round of retraining",
        paused=LabState.ROUNDS_PAUSED,
        no_images=_BY_ITSELF,
    ),
    LabState.ROUNDS_PAUSED: _Row(
        next=(LabState.ROUNDS, LabState.READY),
        why_not="The rounds are paused: let them go on to their end, or stop them.",
        doing="A round of retraining",
        no_images=_BY_ITSELF,
    ),
    LabState.EVALUATING: _Row(
        next=(LabState.READY,),
        why_not="Wait until the evaluation ends, or stop it.",
        doing="An evaluation",
        no_images="No images yet. The classifier is being evaluated; a window of its own shows it.",
    ),
    LabState.CLOSING: _Row(why_not="The program is closing."),
}


def may_follow(present: LabState, following: LabState) -> bool:
    """Tells whether the lab may go from `present` to `following`. It may begin to close from any state."""
    return following is LabState.CLOSING or following in _TABLE[present].next


def why_not_now(state: LabState, *, needs_classifier: bool = True) -> str:
    """Returns why new work cannot be started in `state`, or "" if it can.

    Args:
        state: What the lab is doing.
        needs_classifier: Whether the work starts from the classifier in use.
    """
    if needs_classifier and state is LabState.UNTRAINED:
        return NO_CLASSIFIER
    return _TABLE[state].why_not


def paused(state: LabState) -> LabState | None:
    """Returns the state in which the work of `state` waits; None where it cannot be paused."""
    return _TABLE[state].paused


def resumed(state: LabState) -> LabState | None:
    """Returns the state of the work that waits in `state`; None where none does."""
    return next((going for going, row in _TABLE.items() if row.paused is state), None)


def doing(state: LabState) -> str:
    """Returns what goes on in `state`, such as "A run"; "" where nothing does that would be lost."""
    return _TABLE[state].doing


def no_images(state: LabState) -> str:
    """Returns what is said in `state` in place of the first images."""
    return _TABLE[state].no_images
