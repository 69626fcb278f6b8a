from __future__ import annotations

import pytest

from fooler_gui.sweeps.figure_words import difference_text, figure_text, figure_title, interval_text
from fooler_gui.sweeps.statistics import Interval


def test_figures_are_called_what_they_are_with_their_units() -> None:
    assert figure_title("fooling") == "images that fool"
    assert figure_title("seconds") == "time (s)"
    assert figure_title("validation_accuracy") == "validation accuracy"


@pytest.mark.parametrize(
    ("figure", "value", "text"),
    [
        ("fooling", 0.875, "87.5 %"),
        ("all_fool", 1.0, "100.0 %"),
        ("distance", 3.14159, "3.14"),
        ("steps", 1234.4, "1,234"),
        ("y", 2e8, "2e8"),
    ],
)
def test_shares_are_in_per_cent_and_other_figures_have_three_digits_at_least(
    figure: str, value: float, text: str
) -> None:
    assert figure_text(figure, value) == text


@pytest.mark.parametrize(
    ("figure", "value", "text"),
    [
        ("fooling", -0.125, "−12.5 points"),
        ("fooling", 0.0, "0.0 points"),
        ("distance", 10.0, "+10"),
        ("distance", -0.5, "−0.5"),
        ("distance", 0.0, "0"),
    ],
)
def test_differences_have_a_sign_and_those_of_shares_are_points(figure: str, value: float, text: str) -> None:
    assert difference_text(figure, value) == text


def test_an_interval_without_width_is_its_figure() -> None:
    assert interval_text("steps", Interval(value=4.0, low=4.0, high=4.0, count=3)) == "4"
    assert interval_text("steps", Interval(value=12.5, low=12.0, high=18.0, count=4)) == "12.5 (12 to 18)"
    assert interval_text("steps", None) == "–"
