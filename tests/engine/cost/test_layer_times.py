"""Tests of how much longer a step takes for each recorded layer, by a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

from fooler_gui.engine.cost.layer_times import TIMED_STEPS, UNTIMED_STEPS, milliseconds_of_layers
from tests.tiny import make_classifier, make_dataset


def clock_of(*seconds_a_step: float) -> Iterator[float]:
    """Yields the readings before and after each step, for steps that take so long: without layers, then with each."""
    now = 0.0
    for seconds in seconds_a_step:
        for step in range(UNTIMED_STEPS + TIMED_STEPS):
            yield now
            now += 60.0 if step < UNTIMED_STEPS else seconds
            yield now


def test_a_layers_time_is_what_its_costs_add_to_a_step():
    classifier, images = make_classifier(), make_dataset().training_images_of(1)
    readings = clock_of(0.25, 0.5, 0.125, 0.375)
    told = list(milliseconds_of_layers(classifier, images, slots=2, clock=lambda: next(readings)))
    assert told == [("inputs", 250.0), ("conv0", 0.0), ("fc", 125.0)]
    assert next(readings, None) is None


def test_no_layer_is_measured_before_it_is_asked_for():
    classifier, images = make_classifier(), make_dataset().training_images_of(1)
    readings = clock_of(0.25, 0.5)
    measured = milliseconds_of_layers(classifier, images, slots=2, clock=lambda: next(readings))
    assert next(measured) == ("inputs", 250.0)
    measured.close()
