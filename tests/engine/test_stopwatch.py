from __future__ import annotations

from collections.abc import Generator

import pytest
from tiny import TINY_NET, make_classifier

from fooler_gui.core.messages import TrainingProgress, WorkTimed
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.topology_size import size_of
from fooler_gui.engine import stopwatch
from fooler_gui.engine.stopwatch import Stopwatch, timed_training


class Clock:
    """A clock that a test sets."""

    now = 100.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: made.now)
    return made


def progress(step: int, busy: float, *, validated: bool) -> TrainingProgress:
    """Returns the progress of a training with batches of 4 whose steps took `busy` seconds so far."""
    accuracy = 0.5 if validated else None
    return TrainingProgress(
        step=step, steps=70, loss=1.0, validation_accuracy=accuracy, images_per_second=4 * step / busy, seconds_left=0.0
    )


def training(clock: Clock) -> Generator[TrainingProgress, None, int]:
    """The first ten steps take 30 s with compiling, the others a second each; three validations take 10 s in all."""
    yield progress(10, 30.0, validated=True)
    yield progress(40, 60.0, validated=True)
    yield progress(70, 90.0, validated=True)
    clock.now += 100.0
    return 70


def test_steps_and_validations_are_timed_apart_and_compiling_is_left_out(clock: Clock) -> None:
    net = make_classifier()
    size = size_of(TINY_NET, net.input_shape, len(net.class_names)).operations
    *messages, steps, validations = timed_training(training(clock), net, 4, 25, RunControl())
    assert [message.step for message in messages] == [10, 40, 70]
    assert (steps.part, steps.operations, steps.images, steps.times) == ("training", size, 4, 60)
    assert steps.seconds == pytest.approx(60.0)
    assert (validations.part, validations.images, validations.times) == ("validating", 25, 3)
    assert validations.seconds == pytest.approx(10.0)


def test_a_short_training_says_nothing_of_longer_ones(clock: Clock) -> None:
    def short() -> Generator[TrainingProgress, None, int]:
        yield progress(10, 30.0, validated=True)
        yield progress(50, 60.0, validated=True)
        return 50

    messages = timed_training(short(), make_classifier(), 4, 25, RunControl())
    assert not any(isinstance(message, WorkTimed) for message in messages)


def test_the_time_of_a_pause_does_not_count(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    control = RunControl()
    watch = Stopwatch(control)
    clock.now += 9.0
    monkeypatch.setattr(RunControl, "waited", 4.0)
    assert watch.seconds == 5.0
