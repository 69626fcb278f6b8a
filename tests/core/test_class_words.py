from __future__ import annotations

import pytest

from fooler_gui.core.class_words import class_name, class_word, classes_word, short_name


@pytest.mark.parametrize(
    ("names", "word"),
    [
        ("0123456789", "digit"),
        (("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "none"), "digit"),
        ("012", "class"),
        ("9876543210", "class"),
        (("cat", "dog"), "class"),
        ((), "class"),
    ],
)
def test_classes_are_digits_only_if_they_are_zero_to_nine(names, word):
    assert class_word(tuple(names)) == word
    assert classes_word(tuple(names), 1) == word


def test_several_are_digits_or_classes():
    assert classes_word(tuple("0123456789")) == "digits"
    assert classes_word(("cat", "dog"), 3) == "classes"


def test_a_class_without_a_name_is_called_by_its_number():
    assert [class_name(("cat", "dog"), label) for label in (0, 1, 2, -1)] == ["cat", "dog", "2", "-1"]


def test_a_long_name_is_shortened_to_one_line():
    assert short_name("an enormous\nname " * 20) == "an enormous name an enormous na…"
    assert short_name("Fire  truck") == "Fire truck"
    assert short_name("x" * 32) == "x" * 32
