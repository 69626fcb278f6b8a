from __future__ import annotations

import math

import numpy as np
import pytest

from fooler_gui.core.formats import (
    format_above,
    format_bytes,
    format_count,
    format_left,
    format_moment,
    format_number,
    format_part,
    format_probability,
    format_seconds,
    format_share,
    format_two_digits,
    shortest_text,
)


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0.0, ".0000"),
        (1e-9, ".0000"),
        (0.05, ".0500"),
        (0.9993, ".9993"),
        (0.99994, ".9999"),
        (0.99995, ">.9999"),
        (0.9999999, ">.9999"),
        (1.0, "1.000"),
        (math.nan, "–"),
    ],
)
def test_probabilities_have_digits_that_do_not_jump(probability: float, text: str) -> None:
    assert format_probability(probability) == text


def test_a_probability_below_one_never_reads_as_one() -> None:
    below = np.nextafter(np.float32(1), np.float32(0))
    assert format_probability(float(below)) == ">.9999"
    for probability in np.linspace(0.9998, 1, 2001)[:-1]:
        assert not format_probability(float(probability)).startswith("1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.5, "0.5"),
        (1.0, "1"),
        (10.0, "10"),
        (0.015, "0.015"),
        (0.01, "0.01"),
        (1e-4, "1e-4"),
        (1e-5, "1e-5"),
        (2.5e-3, "2.5e-3"),
        (1e6, "1e6"),
        (123456.0, "123456"),
        (1234567.0, "1.23457e6"),
        (1 / 3, "0.333333"),
        (-0.001, "-1e-3"),
    ],
)
def test_numbers_are_written_in_their_shortest_form(value: float, text: str) -> None:
    assert format_number(value) == text


def test_numbers_read_back_as_what_was_written() -> None:
    for value in (1e-5, 0.01, 3.25e-7, 0.5, 999_999.0, 1e6, 42.0):
        assert float(format_number(value)) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (-3, "0 s"), (8.4, "8 s"), (59.4, "59 s"), (59.6, "1:00"), (130, "2:10"), (3730, "1:02:10")],
)
def test_times_are_written_as_on_a_note(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_shares_are_written_in_per_cent() -> None:
    assert format_share(0.9923) == "99.2 %"
    assert format_share(1.0) == "100.0 %"
    assert format_share(0.5, 0) == "50 %"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0314, "3.1e-2"), (2.5, "2.5e0"), (1234.0, "1.2e3"), (0.0, "0.0e0"), (math.nan, "–")]
)
def test_two_digits_and_an_exponent_always_take_the_same_room(value: float, text: str) -> None:
    assert format_two_digits(value) == text


def test_every_text_reads_back_as_the_same_number() -> None:
    for value in (1 / 3, 1.23456789e-7, 123456.789, 0.99999949):
        assert float(shortest_text(value)) == value


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (999_600, "1.0 MB"),
        (12_345, "12 kB"),
        (3_140_000, "3.1 MB"),
        (4_300_000_000, "4.3 GB"),
        (5 * 10**12, "5,000 GB"),
    ],
)
def test_sizes_are_told_as_file_managers_do(count: int, text: str) -> None:
    assert format_bytes(count) == text


def test_moments_are_told_to_the_minute() -> None:
    assert format_moment("2026-03-14T09:26:53+01:00") == "2026-03-14 09:26"
    assert format_moment("Tuesday") == "–"


@pytest.mark.parametrize(
    ("value", "limit", "digits", "text"),
    [(81.0, 50, 0, "81"), (50.000001, 50, 0, "50.000001"), (1.5, 1, 1, "1.5"), (1 + 2**-30, 1, 1, "1.000000001"),
     (3_600.0, 50, 0, "3,600")],
)  # fmt: skip
def test_what_is_above_a_limit_is_told_with_the_digits_that_show_it(value, limit, digits, text):
    assert format_above(value, limit, digits) == text


def test_counts_have_commas_and_one_thing_is_singular() -> None:
    assert [format_count(count, "step") for count in (0, 1, 2_000)] == ["0 steps", "1 step", "2,000 steps"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"), (1e-9, "<1 %"), (0.0099, "<1 %"), (0.01, "1 %"), (0.0349, "3 %"), (0.62, "62 %"), (1.0, "100 %"),
    ],
)  # fmt: skip
def test_parts_of_a_whole_take_five_characters_at_most(share: float, text: str) -> None:
    assert format_part(share) == text
    assert len(text) <= 5


@pytest.mark.parametrize(
    ("elapsed", "fraction", "text"),
    [(4.0, 0.25, " · 12 s left"), (100.0, 0.5, " · 1:40 left"), (1.9, 0.5, ""), (9.0, 0.0, ""), (9.0, None, "")],
)
def test_the_time_left_is_told_once_it_is_known(elapsed: float, fraction: float | None, text: str) -> None:
    assert format_left(elapsed, fraction) == text
