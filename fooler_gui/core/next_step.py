"""Which step is the next sensible one: the one whose button is filled."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from fooler_gui.core.lab_state import LabState


class NextStep(enum.Enum):
    """What a person does next."""

    WAIT = "wait"
    OPEN = "open a classifier"
    TRAIN = "train a classifier"
    RUN = "run"
    PAUSE = "pause"
    GO_ON = "go on"
    RETRAIN = "retrain"
    KEEP = "keep the new classifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What there is besides the lab's state.

    Attributes:
        has_dataset: Whether a dataset is in use.
        has_run: Whether a run of the classifier in use is on screen.
        all_over: Whether all images of its end are over the threshold.
        found_some: Whether some of them are found images, which retraining needs.
        awaits_decision: Whether a retrained classifier is to be kept or discarded.
    """

    has_dataset: bool
    has_run: bool = False
    all_over: bool = False
    found_some: bool = False
    awaits_decision: bool = False


_IN_ALL_SITUATIONS = {LabState.BACKWORKING: NextStep.PAUSE, LabState.PAUSED: NextStep.RUN}


def next_step(state: LabState, situation: Situation) -> NextStep:
    """Returns the next step in `state`: fool the net, go on until it is fooled, mend it, decide, and fool it again.

    During a run that is to pause; during all other work there is nothing to press but to wait.
    """
    if state is LabState.UNTRAINED:
        return NextStep.TRAIN if situation.has_dataset else NextStep.OPEN
    if state is not LabState.READY:
        return _IN_ALL_SITUATIONS.get(state, NextStep.WAIT)
    if situation.awaits_decision:
        return NextStep.KEEP
    if situation.has_run and not situation.all_over:
        return NextStep.GO_ON
    mendable = situation.has_run and situation.found_some and situation.has_dataset
    return NextStep.RETRAIN if mendable else NextStep.RUN
