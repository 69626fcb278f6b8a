from __future__ import annotations

import pytest

from fooler_gui.core.formats import format_about
from fooler_gui.core.rounds_spec import CONTROL, GUARANTEE, NOISE_ONLY, UNIFORM, RoundsSettings
from fooler_gui.core.settings import RetrainingSettings, TrainingSettings
from fooler_gui.core.work_time import retraining_work, rounds_work, training_work


@pytest.mark.parametrize(
    ("steps", "validated", "validations"),
    # Every 10 steps at most, and 20 times at most; 205 steps are validated every 11, and at the end.
    [(200, 500, 20), (205, 500, 19), (35, 500, 4), (200, 0, 0)],
)
def test_a_training_takes_its_steps_and_is_validated_on_the_way(steps: int, validated: int, validations: int) -> None:
    settings = TrainingSettings(steps=steps, batch_size=30, validation_images=validated)
    assert training_work(settings, 60_000) == (("training", 30, steps), ("validating", validated, validations))


def test_at_most_a_sixth_of_the_training_images_is_validated_on() -> None:
    assert training_work(TrainingSettings(steps=20, batch_size=5), 1_200)[1] == ("validating", 200, 2)
    assert retraining_work(RetrainingSettings(steps=20, batch_size=5), 1_200, 10)[1] == ("validating", 200, 2)
    assert training_work(TrainingSettings(steps=20, batch_size=5), 5)[1] == ("validating", 0, 0)


def test_a_retraining_measures_its_classifier_before_and_after() -> None:
    settings = RetrainingSettings(steps=20, batch_size=5)
    training = (("training", 5, 20), ("validating", 5_000, 2))
    assert retraining_work(settings, 60_000, 10) == (*training, ("comparing", 1, 20))
    assert retraining_work(settings, 60_000, 1_000) == (*training, ("comparing", 1, 60))


@pytest.mark.parametrize(
    ("policy", "control", "trained"),
    [
        # Each of 2 rounds: 100 training images, 7 of noise or blank, 6 found ones at 2 stages so far.
        (UNIFORM, False, 2 * 107 + (1 + 2) * 12),
        (UNIFORM, True, 2 * 207 + (1 + 2) * 12),
        (NOISE_ONLY, False, 2 * 107),
        (CONTROL, False, 2 * 100),
    ],
)
def test_rounds_drive_train_and_attack(policy: str, control: bool, trained: int) -> None:
    settings = RoundsSettings(
        rounds=2, policy=policy, control=control, images_per_label=2, labels_per_round=3, steps_per_round=50,
        stages=2, digits=100, noise=4, blanks=3,
    )  # fmt: skip
    assert rounds_work(settings, 10, with_penalties=True) == (
        ("driving with penalties", 2, 2 * 3 * 50),
        ("training in a round", 128, trained / 128),
        ("attacking", 1, 3 * 10),
    )


def test_finished_rounds_are_not_made_again() -> None:
    settings = RoundsSettings(rounds=3, images_per_label=1, steps_per_round=5, stages=2, digits=100, noise=0, blanks=0)
    # Rounds 0 and 1 are there: rounds 2 and 3 drive 10 images for 5 steps, and train on those of 2 and of 3 rounds.
    assert rounds_work(settings, 10, with_penalties=False, done=2) == (
        ("driving", 1, 2 * 10 * 5),
        ("training in a round", 128, (2 * 100 + (2 + 3) * 10 * 2) / 128),
        ("attacking", 1, 2 * 10),
    )


def test_a_new_guarantee_is_fitted_once_and_what_follows_is_told_apart() -> None:
    settings = RoundsSettings(
        rounds=2, policy=GUARANTEE, control=True, images_per_label=1, steps_per_round=5, stages=1, digits=128, noise=0,
        blanks=0,
    )  # fmt: skip
    # 10 images a round. The control and, before its training, the first round's net have no guarantee.
    trained = (2 * 128 + (1 + 2) * 10) / 128
    assert rounds_work(settings, 10, with_penalties=False) == (
        ("driving", 1, 10 * 5),
        ("training in a round with a guarantee", 128, trained),
        ("training in a round", 128, 2),
        ("driving with a guarantee", 1, 10 * 5),
        ("attacking", 1, 10),
        ("attacking with a guarantee", 1, 2 * 10),
        ("fitting a guarantee", 1, 1),
    )
    continued = rounds_work(settings, 10, with_penalties=False, done=2)
    assert {part for part, _, _ in continued} == {
        "driving with a guarantee", "training in a round with a guarantee", "training in a round",
        "attacking with a guarantee",
    }  # fmt: skip
    had = rounds_work(settings, 10, with_penalties=False, has_guarantee=True)
    assert {part for part, _, _ in had} == {"driving", "training in a round", "attacking"}


def test_a_retraining_with_a_new_guarantee_measures_the_net_before_without_it() -> None:
    settings = RetrainingSettings(steps=20, batch_size=5, guarantee=True)
    assert retraining_work(settings, 60_000, 10) == (
        ("comparing", 1, 10),
        ("fitting a guarantee", 1, 1),
        ("training with a guarantee", 5, 20),
        ("validating with a guarantee", 5_000, 2),
        ("comparing with a guarantee", 1, 10),
    )
    assert retraining_work(settings, 60_000, 10, has_guarantee=True)[-1] == ("comparing", 1, 20)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "a few seconds"), (44, "about 40 s"), (94, "about 90 s"), (96, "about 2 min"), (9_000, "about 2.5 h")],
)
def test_an_estimate_is_told_as_one(seconds: float, words: str) -> None:
    assert format_about(seconds) == words
