from __future__ import annotations

import pytest

from fooler_gui.core.lab_state import LabState, may_follow

S = LabState
MOVES = {
    S.STARTING: {S.UNTRAINED, S.READY},
    S.UNTRAINED: {S.WORKING, S.TRAINING},
    S.READY: {
        S.WORKING,
        S.TRAINING,
        S.BACKWORKING,
        S.PAUSED,
        S.RETRAINING,
        S.ROUNDS,
        S.EVALUATING,
        S.LEAST_CHANGE,
        S.GUARANTEE,
        S.ATTACKING,
    },
    S.WORKING: {S.UNTRAINED, S.READY},
    S.TRAINING: {S.UNTRAINED, S.READY},
    S.BACKWORKING: {S.PAUSED, S.READY},
    S.PAUSED: {S.BACKWORKING, S.READY},
    S.RETRAINING: {S.READY},
    S.ROUNDS: {S.ROUNDS_PAUSED, S.READY},
    S.ROUNDS_PAUSED: {S.ROUNDS, S.READY},
    S.EVALUATING: {S.READY},
    S.LEAST_CHANGE: {S.READY},
    S.GUARANTEE: {S.READY},
    S.ATTACKING: {S.READY},
    S.CLOSING: set(),
}


@pytest.mark.parametrize("present", LabState)
def test_a_state_may_be_followed_by_these_and_no_others(present: LabState) -> None:
    followers = {following for following in LabState if may_follow(present, following)}
    assert followers == MOVES[present] | {S.CLOSING}


@pytest.mark.parametrize("state", LabState)
def test_the_engine_is_at_work_in_every_state_but_two(state: LabState) -> None:
    assert state.busy is (state not in (S.UNTRAINED, S.READY))


def test_every_busy_state_leads_back_to_a_usable_one() -> None:
    for state in LabState:
        if state.busy and state is not S.CLOSING:
            assert may_follow(state, S.READY)
