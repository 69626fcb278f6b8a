"""The next sensible step, in every state and situation."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.next_step import NextStep, Situation, next_step

WAITING = (
    LabState.STARTING,
    LabState.WORKING,
    LabState.TRAINING,
    LabState.RETRAINING,
    LabState.ROUNDS,
    LabState.ROUNDS_PAUSED,
    LabState.EVALUATING,
    LabState.LEAST_CHANGE,
    LabState.GUARANTEE,
    LabState.ATTACKING,
    LabState.CLOSING,
)
FIELDS = [field.name for field in dataclasses.fields(Situation)]
SITUATIONS = [
    Situation(**dict(zip(FIELDS, values, strict=True)))
    for values in itertools.product((False, True), repeat=len(FIELDS))
]


def test_there_is_one_step_for_every_state_in_every_situation() -> None:
    steps = {next_step(state, situation) for state in LabState for situation in SITUATIONS}
    assert steps == set(NextStep)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("state", WAITING)
def test_while_the_lab_works_one_waits(state: LabState, situation: Situation) -> None:
    assert next_step(state, situation) is NextStep.WAIT


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_run_is_paused_and_resumed(situation: Situation) -> None:
    assert next_step(LabState.BACKWORKING, situation) is NextStep.PAUSE
    assert next_step(LabState.PAUSED, situation) is NextStep.RUN


def test_without_a_classifier_one_is_trained_or_without_a_dataset_opened() -> None:
    assert next_step(LabState.UNTRAINED, Situation(has_dataset=True)) is NextStep.TRAIN
    assert next_step(LabState.UNTRAINED, Situation(has_dataset=False)) is NextStep.OPEN


@pytest.mark.parametrize(
    ("situation", "step"),
    [
        (Situation(has_dataset=True), NextStep.RUN),
        (Situation(has_dataset=True, has_run=True), NextStep.GO_ON),
        (Situation(has_dataset=True, has_run=True, found_some=True), NextStep.GO_ON),
        (Situation(has_dataset=True, has_run=True, all_over=True, found_some=True), NextStep.RETRAIN),
        (Situation(has_dataset=False, has_run=True, all_over=True, found_some=True), NextStep.RUN),
        (Situation(has_dataset=True, has_run=True, all_over=True), NextStep.RUN),
        (Situation(has_dataset=True, has_run=True, all_over=True, awaits_decision=True), NextStep.KEEP),
        (Situation(has_dataset=True, all_over=True, found_some=True), NextStep.RUN),
        (
            Situation(has_dataset=True, has_run=True, is_held_back=True, stays_held_back=True),
            NextStep.DROP_PENALTIES,
        ),
        (Situation(has_dataset=True, has_run=True, is_held_back=True), NextStep.RUN),
        (Situation(has_dataset=True, is_held_back=True, stays_held_back=True), NextStep.RUN),
        (
            Situation(has_dataset=True, has_run=True, is_held_back=True, stays_held_back=True, awaits_decision=True),
            NextStep.KEEP,
        ),
    ],
    ids=[
        "before a run",
        "a run that ended below the threshold",
        "some images are over it",
        "a net that is fooled is mended",
        "without a dataset it cannot be",
        "averages that were the label already are no found images",
        "a retrained classifier waits",
        "the run was of another classifier, which is attacked again",
        "penalties hold a picture back",
        "without them it is run again",
        "another classifier may not be held back",
        "a retrained classifier waits for a decision first",
    ],
)
def test_when_the_lab_rests_it_follows_from_what_there_is(situation: Situation, step: NextStep) -> None:
    assert next_step(LabState.READY, situation) is step
