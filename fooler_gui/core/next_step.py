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
    DROP_PENALTIES = "use no penalties"
    RETRAIN = "retrain"
    KEEP = "keep the new classifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What there is besides the lab's state.

    Attributes:
        has_dataset: Whether a dataset is in use.
        has_run: Whether a run of the classifier in use is on screen.
        all_over: Whether all images of its end are over the threshold.
        is_held_back: Whether its penalties held it back: it began as a picture, and found nothing.
        stays_held_back: Whether the next run would be too: it begins as the same picture, and has penalties.
        found_some: Whether some of them are found images, which retraining needs.
        awaits_decision: Whether a retrained classifier is to be kept or discarded.
    """

    has_dataset: bool
    has_run: bool = False
    all_over: bool = False
    is_held_back: bool = False
    stays_held_back: bool = False
    found_some: bool = False
    awaits_decision: bool = False


_IN_ALL_SITUATIONS = {LabState.BACKWORKING: NextStep.PAUSE, LabState.PAUSED: NextStep.RUN}


def next_step(state: LabState, situation: Situation) -> NextStep:
    """Returns the next step in `state`: fool the net, go on until it is fooled, mend it, decide, and fool it again.

    A picture that the penalties hold back is run again without them, from its start; to go on would hardly change it.
    During a run that is to pause; during all other work there is nothing to press but to wait.
    """
    if state is LabState.UNTRAINED:
        return NextStep.TRAIN if situation.has_dataset else NextStep.OPEN
    if state is not LabState.READY:
        return _IN_ALL_SITUATIONS.get(state, NextStep.WAIT)
    if situation.awaits_decision:
        return NextStep.KEEP
    if situation.has_run and situation.is_held_back:
        return NextStep.DROP_PENALTIES if situation.stays_held_back else NextStep.RUN
    if situation.has_run and not situation.all_over:
        return NextStep.GO_ON
    mendable = situation.has_run and situation.found_some and situation.has_dataset
    return NextStep.RETRAIN if mendable else NextStep.RUN
