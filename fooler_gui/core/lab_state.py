"""The states of the lab: one table holds each state's successors and texts."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class LabState(enum.Enum):
    """What the lab is doing."""

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
    LEAST_CHANGE = "looking for the least change"
    GUARANTEE = "making a guarantee"
    ATTACKING = "making the strongest attack"
    CLOSING = "closing"

    @property
    def busy(self) -> bool:
        """Whether the engine is at work on a job."""
        return self not in (LabState.UNTRAINED, LabState.READY)

    @property
    def stoppable(self) -> bool:
        """Whether something is in progress that a person may stop."""
        return self.busy and self not in (LabState.STARTING, LabState.CLOSING)


NO_CLASSIFIER = "There is no classifier yet. Train one, or open one."
NO_DATASET = "This needs a dataset, and none is in use. Open one under Dataset and classifier."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A state in the table.

    Attributes:
        next: The states that may follow; closing may follow any.
        why_not: Why no new work can be started; "" if it can.
        doing: What is in progress, for the question asked before the window closes.
        paused: The state in which the work waits; None if it cannot be paused.
        no_images: The grid's text while there are no images; "" where it invites to a first run.
    """

    next: tuple[LabState, ...] = ()
    why_not: str = ""
    doing: str = ""
    paused: LabState | None = None
    no_images: str = ""


_BY_ITSELF = "No images yet. Rounds are in progress; see their own window."
_TABLE = {
    LabState.STARTING: _Row(
        next=(LabState.UNTRAINED, LabState.READY),
        why_not="The engine is still starting.",
        no_images="Loading TensorFlow and the classifier; this takes a few seconds.",
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
            LabState.LEAST_CHANGE,
            LabState.GUARANTEE,
            LabState.ATTACKING,
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
        no_images="Starting the run.",
    ),
    LabState.PAUSED: _Row(
        next=(LabState.BACKWORKING, LabState.READY),
        why_not="The run is paused: resume it, or stop it.",
        doing="A run",
        no_images="Starting the run.",
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
        why_not="The rounds are paused: resume them, or stop them.",
        doing="A round of retraining",
        no_images=_BY_ITSELF,
    ),
    LabState.EVALUATING: _Row(
        next=(LabState.READY,),
        why_not="Wait until the evaluation ends, or stop it.",
        doing="An evaluation",
        no_images="No images yet. The classifier is being evaluated; see the evaluation's own window.",
    ),
    LabState.LEAST_CHANGE: _Row(
        next=(LabState.READY,),
        why_not="Wait until the search for the least change ends, or stop it.",
        doing="A search for the least change",
        no_images="No images yet. The least change is being looked for; see its own window.",
    ),
    LabState.GUARANTEE: _Row(
        next=(LabState.READY,),
        why_not="Wait until the guarantee is made, or stop it.",
        doing="The making of a guarantee",
        no_images="No images yet. A guarantee is being made; see its own window.",
    ),
    LabState.ATTACKING: _Row(
        next=(LabState.READY,),
        why_not="Wait until the strongest attack ends, or stop it.",
        doing="The strongest attack",
        no_images="No images yet. The classifier is being attacked; see the window of rounds.",
    ),
    LabState.CLOSING: _Row(why_not="The program is closing."),
}


def may_follow(present: LabState, following: LabState) -> bool:
    """Returns whether the lab may go from `present` to `following`. It may close from any state."""
    return following is LabState.CLOSING or following in _TABLE[present].next


def why_not_now(state: LabState, *, needs_classifier: bool = True, lacks_dataset: bool = False) -> str:
    """Returns why new work cannot be started in `state`; "" if it can.

    Args:
        state: What the lab is doing.
        needs_classifier: Whether the work starts from the classifier in use.
        lacks_dataset: Whether the work needs a dataset, and none is in use.
    """
    if needs_classifier and state is LabState.UNTRAINED:
        return NO_CLASSIFIER
    return _TABLE[state].why_not or (NO_DATASET if lacks_dataset else "")


def paused(state: LabState) -> LabState | None:
    """Returns the paused state of `state`; None if its work cannot be paused."""
    return _TABLE[state].paused


def resumed(state: LabState) -> LabState | None:
    """Returns the state to resume from `state`; None if nothing is paused."""
    return next((going for going, row in _TABLE.items() if row.paused is state), None)


def doing(state: LabState) -> str:
    """Returns what is in progress in `state`, such as "A run"; "" if nothing would be lost."""
    return _TABLE[state].doing


def no_images(state: LabState) -> str:
    """Returns the text shown in `state` while there are no images; "" where the grid invites to a first run."""
    return _TABLE[state].no_images
