from __future__ import annotations

import itertools

import numpy as np
import pytest
from made_rises import Hill, gone_through

from fooler_gui.engine.descent.budgets import Budgets
from fooler_gui.engine.strong.adam import by_adam
from fooler_gui.engine.strong.halving import by_halving, checkpoints
from fooler_gui.engine.strong.rise import Search, Tried
from fooler_gui.engine.strong.squares import by_squares, side_at

TOP = np.full((4, 4, 1), 0.7, np.float32)
STARTS = np.random.default_rng(3).random((3, 4, 4, 1), np.float32)
LABELS = np.array([0, 1, 2])


def searches(hill: Hill) -> dict[str, Search]:
    return {
        "adam": by_adam(hill, STARTS, LABELS, 200),
        "halving": by_halving(hill, STARTS, LABELS, 100),
        "squares": by_squares(hill, STARTS, LABELS, 300, np.random.default_rng(0)),
    }


def test_checkpoints_come_closer_to_each_other() -> None:
    assert checkpoints(100) == [22, 41, 57, 70, 80, 87, 93, 99]
    assert checkpoints(1) == []


@pytest.mark.parametrize("name", ["adam", "halving", "squares"])
def test_every_search_begins_with_the_starts_and_climbs(name: str) -> None:
    tried, end = gone_through(searches(Hill(TOP))[name])
    np.testing.assert_array_equal(tried[0].images, STARTS)
    assert end.shape == STARTS.shape
    highest = np.max([one.confidences for one in tried], axis=0)
    assert (highest > {"adam": 0.999, "halving": 0.999, "squares": 0.9}[name]).all()
    for one in tried:
        assert one.images.dtype == np.float32
        assert one.images.min() >= 0
        assert one.images.max() <= 1


@pytest.mark.parametrize("name", ["adam", "halving", "squares"])
def test_images_that_are_dropped_cost_nothing_more_and_change_nothing(name: str) -> None:
    both, alone = Hill(TOP), Hill(TOP)
    expected, end = gone_through(searches(both)[name])

    def first_alone(tried: Tried) -> np.ndarray:
        return np.arange(len(tried.images)) == 0

    tried, left = gone_through(searches(alone)[name], first_alone)
    assert [len(one.images) for one in tried[:3]] == [3, 1, 1]
    assert alone.asked == 3 + (both.asked - 3) // 3
    if name == "squares":  # it draws as many squares as there are images
        return
    np.testing.assert_array_equal(left[0], end[0])
    for one, other in zip(tried, expected, strict=True):
        np.testing.assert_array_equal(one.images[0], other.images[0])


def test_an_image_without_a_gradient_costs_adam_nothing_more() -> None:
    hill = Hill(TOP)
    tried, _ = gone_through(by_adam(hill, np.stack([STARTS[0], TOP]), LABELS[:2], 5))
    assert hill.asked == 2 + 5
    assert all(len(one.images) == 2 for one in tried)
    np.testing.assert_array_equal(tried[-1].images[1], TOP)


def test_steps_that_stall_are_halved_and_go_on_from_the_best() -> None:
    """From 0.7 ± the first step of 0.2 pixels swing about the top, until their steps are short enough to reach it."""
    tried, _ = gone_through(by_halving(Hill(TOP), np.full((1, 4, 4, 1), 0.05, np.float32), LABELS[:1], 100))
    moves = [np.abs(after.images - before.images).max() for before, after in itertools.pairwise(tried)]
    assert moves[0] == pytest.approx(0.2, rel=1e-5)
    assert max(moves[:22]) > 0.1
    assert max(moves[-5:]) < 0.02
    assert tried[-1].confidences[0] > 0.9999


def test_a_search_within_a_ball_stays_there_and_comes_as_near_as_can_be() -> None:
    radius = 0.3
    start = np.full((1, 4, 4, 1), 0.5, np.float32)
    tried, _ = gone_through(by_halving(Hill(TOP), start, LABELS[:1], 100, Budgets(start, length=radius)))
    lengths = [float(np.linalg.norm(one.images.astype(np.float64) - 0.5)) for one in tried]
    assert max(lengths) <= radius * (1 + 1e-6)
    nearest = (4 * 0.2 - radius) ** 2  # the top is 4 · 0.2 away
    assert max(one.confidences[0] for one in tried) == pytest.approx(1 - nearest, rel=1e-4)


def test_squares_shrink() -> None:
    sides = [side_at(done, (28, 28)) for done in (0.0, 0.0009, 0.001, 0.02, 0.1, 0.4, 0.99)]
    assert sides == [25, 25, 18, 9, 4, 2, 1]
    assert side_at(0.0, (28, 4)) == 4


def test_a_square_is_kept_only_where_it_raises_the_value() -> None:
    hill = Hill(TOP)
    tried, end = gone_through(by_squares(hill, STARTS, LABELS, 50, np.random.default_rng(0)))
    best = np.max([one.confidences for one in tried], axis=0)
    first = tried[0].confidences
    assert (best > first).all()
    assert len(tried) == 51
    np.testing.assert_allclose(hill(tried[-1].images, LABELS).confidences, tried[-1].confidences)
    assert (hill(end, LABELS).confidences >= first).all()
