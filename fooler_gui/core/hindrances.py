"""Why a button cannot be pressed while the lab is busy, in one sentence for each state. Used by the panels."""

from __future__ import annotations

from fooler_gui.core.lab_state import LabState

BUSY_REASONS = {
    LabState.STARTING: "The engine is still starting.",
    LabState.WORKING: "Wait until the present work is done.",
    LabState.TRAINING: "Wait until the training ends, or stop it.",
    LabState.BACKWORKING: "Wait until the run ends, or stop it.",
    LabState.PAUSED: "The run is paused: let it go on to its end, or stop it.",
    LabState.RETRAINING: "Wait until the retraining ends, or stop it.",
    LabState.ROUNDS: "Wait until the rounds end, or stop them.",
    LabState.ROUNDS_PAUSED: "The rounds are paused: let them go on to their end, or stop them.",
    LabState.EVALUATING: "Wait until the evaluation ends, or stop it.",
    LabState.CLOSING: "The program is closing.",
}
NO_CLASSIFIER = "There is no classifier yet. Train one, or open one."


def why_not_now(state: LabState, *, needs_classifier: bool = True) -> str:
    """Returns why new work cannot be started in `state`, or "" if it can.

    Args:
        state: What the lab is doing.
        needs_classifier: Whether the work starts from the classifier in use.
    """
    if needs_classifier and state is LabState.UNTRAINED:
        return NO_CLASSIFIER
    return BUSY_REASONS.get(state, "")
