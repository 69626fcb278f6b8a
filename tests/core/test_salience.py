from __future__ import annotations

import numpy as np
import pytest

from fooler_gui.core.salience import (
    SalienceSettings,
    chosen,
    part_of,
    pixel_salience,
    scaled,
    strengths,
    strongest,
)
from fooler_gui.core.settings import SettingError

GRADIENT = np.array([[[1.0], [-4.0]], [[2.0], [0.0]]], np.float32)
SALIENCE = np.array([[1.0, -4.0], [2.0, 0.0]])


def test_a_grey_gradient_is_its_own_salience() -> None:
    np.testing.assert_array_equal(pixel_salience(GRADIENT), SALIENCE)


def test_the_channels_of_a_coloured_pixel_add_up() -> None:
    gradient = np.array([[[1.0, 2.0, -4.0], [0.5, 0.25, 0.0]]], np.float32)
    np.testing.assert_array_equal(pixel_salience(gradient), [[-1.0, 0.75]])


def test_a_channel_of_a_coloured_pixel_stands_alone_and_a_grey_one_has_no_other() -> None:
    gradient = np.array([[[1.0, 2.0, -4.0], [0.5, 0.25, 0.0]]], np.float32)
    alone = [pixel_salience(gradient, channel).tolist() for channel in ("red", "green", "blue")]
    assert alone == [[[1.0, 0.5]], [[2.0, 0.25]], [[-4.0, 0.0]]]
    np.testing.assert_array_equal(pixel_salience(GRADIENT, "blue"), SALIENCE)


def test_what_is_not_finite_counts_as_zero() -> None:
    gradient = np.array([[[np.nan], [np.inf]], [[-np.inf], [3.0]]], np.float32)
    np.testing.assert_array_equal(pixel_salience(gradient), [[0.0, 0.0], [0.0, 3.0]])


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("signed", [[1.0, -4.0], [2.0, 0.0]]),
        ("positive", [[1.0, 0.0], [2.0, 0.0]]),
        ("negative", [[0.0, -4.0], [0.0, 0.0]]),
    ],
)
def test_a_part_is_zero_where_the_other_one_is_not(part: str, expected: list[list[float]]) -> None:
    np.testing.assert_array_equal(part_of(SALIENCE, part), expected)


def test_another_part_is_refused() -> None:
    with pytest.raises(ValueError, match="signed, positive, negative; received 'both'"):
        part_of(SALIENCE, "both")


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, [[0.0, -4.0], [0.0, 0.0]]),
        (2, [[0.0, -4.0], [2.0, 0.0]]),
        (3, [[1.0, -4.0], [2.0, 0.0]]),
        (4, [[1.0, -4.0], [2.0, 0.0]]),
        (99, [[1.0, -4.0], [2.0, 0.0]]),
        (0, [[1.0, -4.0], [2.0, 0.0]]),
    ],
)
def test_the_strongest_are_those_of_the_largest_absolute_value(count: int, expected: list[list[float]]) -> None:
    np.testing.assert_array_equal(strongest(SALIENCE, count), expected)


def test_of_equals_those_that_come_first_are_kept() -> None:
    equals = np.array([[2.0, -2.0, 2.0], [-2.0, 5.0, 2.0]])
    np.testing.assert_array_equal(strongest(equals, 3), [[2.0, -2.0, 0.0], [0.0, 5.0, 0.0]])


def test_the_strongest_are_found_within_the_part() -> None:
    settings = SalienceSettings(part="positive", strongest=1)
    np.testing.assert_array_equal(chosen(GRADIENT, settings), [[0.0, 0.0], [2.0, 0.0]])


def test_scaled_salience_is_relative_to_the_largest_absolute_value() -> None:
    np.testing.assert_array_equal(scaled(SALIENCE), [[0.25, -1.0], [0.5, 0.0]])
    np.testing.assert_array_equal(strengths(SALIENCE, binary=False), scaled(SALIENCE))


def test_a_gradient_of_the_smallest_numbers_is_scaled_too() -> None:
    gradient = np.array([[[1e-45], [-2.8e-45]]], np.float32)
    assert np.abs(scaled(pixel_salience(gradient))).max() == 1


def test_binary_salience_is_the_sign() -> None:
    np.testing.assert_array_equal(strengths(SALIENCE, binary=True), [[1.0, -1.0], [1.0, 0.0]])


def test_zero_stays_zero() -> None:
    np.testing.assert_array_equal(scaled(np.zeros((2, 2))), np.zeros((2, 2)))
    np.testing.assert_array_equal(strengths(np.zeros((2, 2)), binary=True), np.zeros((2, 2)))


def test_nothing_writes_into_what_it_is_given() -> None:
    gradient, salience = GRADIENT.copy(), SALIENCE.copy()
    gradient.setflags(write=False)
    salience.setflags(write=False)
    for settings in (SalienceSettings(strongest=0), SalienceSettings(part="negative", strongest=2)):
        chosen(gradient, settings)
    for binary in (True, False):
        assert strengths(strongest(part_of(salience, "signed"), 0), binary=binary) is not salience


def test_settings_are_checked() -> None:
    with pytest.raises(SettingError, match="part must be one of signed, positive, negative"):
        SalienceSettings(part="both")
    with pytest.raises(SettingError, match="strongest must be a whole number"):
        SalienceSettings(strongest=-1)
