from __future__ import annotations

import numpy as np
import pytest
from tiny import noise

from fooler_gui.core.optimiser_names import GRADIENT_OPTIMISERS
from fooler_gui.engine.descent.optimisers import PixelAdam, optimiser_of

SHAPE = (3, 2, 2, 1)
ALL = np.ones(3, np.bool_)
RATE = 0.01


class AdamByHand:
    """Kingma and Ba's algorithm 1 in the rearranged form of its section 2, in float64, for one slot."""

    def __init__(self) -> None:
        self.first = self.second = np.zeros(SHAPE[1:])
        self.steps = 0

    def update(self, gradient: np.ndarray) -> np.ndarray:
        gradient = gradient.astype(np.float64)
        self.steps += 1
        self.first = 0.9 * self.first + 0.1 * gradient
        self.second = 0.999 * self.second + 0.001 * gradient**2
        rate = RATE * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        return -rate * self.first / (np.sqrt(self.second) + 1e-8)


def gradients(count: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(count, *SHAPE)).astype(np.float32)


def test_the_first_step_moves_every_pixel_by_the_learning_rate_against_its_gradient() -> None:
    gradient = np.array([1e-3, -2.0, 50.0, -7e4], np.float32).reshape(1, 2, 2, 1)
    change = PixelAdam((1, 2, 2, 1)).update(gradient, RATE, np.ones(1, np.bool_))
    np.testing.assert_allclose(change.ravel(), [-0.01, 0.01, -0.01, 0.01], rtol=1e-3)


def test_steps_agree_with_adam_worked_by_hand() -> None:
    adam, by_hand = PixelAdam(SHAPE), [AdamByHand() for _ in range(3)]
    for gradient in gradients(12):
        change = adam.update(gradient, RATE, ALL)
        expected = [hand.update(own) for hand, own in zip(by_hand, gradient, strict=True)]
        np.testing.assert_allclose(change, expected, rtol=1e-4, atol=1e-9)


def test_forgotten_slots_start_anew_and_the_others_go_on() -> None:
    adam, by_hand = PixelAdam(SHAPE), [AdamByHand() for _ in range(3)]
    for step, gradient in enumerate(gradients(10)):
        if step == 4:
            adam.forget(np.array([False, True, False]))
            by_hand[1] = AdamByHand()
        change = adam.update(gradient, RATE, ALL)
        expected = [hand.update(own) for hand, own in zip(by_hand, gradient, strict=True)]
        np.testing.assert_allclose(change, expected, rtol=1e-4, atol=1e-9)


def test_slots_left_out_do_not_move_and_keep_their_moments() -> None:
    adam, by_hand = PixelAdam(SHAPE), [AdamByHand() for _ in range(3)]
    for step, gradient in enumerate(gradients(8)):
        slots = np.array([True, step % 2 == 0, True])
        change = adam.update(gradient, RATE, slots)
        for slot in np.flatnonzero(slots):
            np.testing.assert_allclose(change[slot], by_hand[slot].update(gradient[slot]), rtol=1e-4, atol=1e-9)
        assert not change[~slots].any()


@pytest.mark.parametrize("size", [1e-30, 1e25, 3e38])
def test_gradients_of_any_size_give_finite_steps(size: float) -> None:
    adam = PixelAdam(SHAPE)
    for _ in range(4):
        change = adam.update(np.float32(size) * (noise(SHAPE) - np.float32(0.5)), RATE, ALL)
        assert np.isfinite(change).all()
        assert np.abs(change).max() <= 1.1 * RATE


def test_zero_gradients_move_nothing() -> None:
    assert not PixelAdam(SHAPE).update(np.zeros(SHAPE, np.float32), RATE, ALL).any()


def test_normalised_steps_have_the_length_of_the_learning_rate_along_each_gradient() -> None:
    gradient = np.array([[3.0, -4.0], [0.0, 0.0], [6e-20, 8e-20]], np.float32).reshape(3, 1, 2, 1)
    change = optimiser_of("normalised", gradient.shape).update(gradient, 0.5, ALL)
    np.testing.assert_allclose(change.reshape(3, 2), [[-0.3, 0.4], [0, 0], [-0.3, -0.4]], rtol=1e-6)
    assert change.dtype == np.float32


@pytest.mark.parametrize("name", GRADIENT_OPTIMISERS)
def test_slots_that_are_not_to_move_do_not_move(name: str) -> None:
    gradient = gradients(1)[0]
    change = optimiser_of(name, SHAPE).update(gradient, RATE, np.array([True, False, True]))
    assert change[[0, 2]].all()
    assert not change[1].any()
