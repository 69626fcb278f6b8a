from __future__ import annotations

import pytest

from fooler_gui.core.number_text import read_number, read_size, read_whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7), ("0.5", 0.5), (".5", 0.5), ("5.", 5.0), ("1e-4", 1e-4), ("2E3", 2000.0), ("-3", -3), (" 3 ", 3),
        ("+2", 2), ("1,000", 1000), ("12,345,678", 12_345_678), ("1,000.5", 1000.5), ("1,000e2", 100_000.0),
        ("1 000", 1000), ("1\u202f000\u202f000", 1_000_000), ("1'000", 1000), ("1’000", 1000), ("1_000", 1000),
        ("0,5", 0.5), (",5", 0.5), ("1,5", 1.5), ("0,125", 0.125), ("1,5e3", 1500.0),
        ("٣", 3), ("۱۲", 12), ("१२", 12), ("１２", 12), ("٠٫٥", 0.5), ("٥٬٠٠٠", 5000), ("−3", -3),
    ],
)  # fmt: skip
def test_a_number_is_read_in_its_one_meaning(text: str, number: float) -> None:
    read = read_number(text)
    assert read == number
    assert type(read) is type(number)


@pytest.mark.parametrize(
    "text",
    ["", ".", ",", "e3", "1e", "nan", "inf", "0x10", "three", "1.000,5", "1,00,000", "1,000 000", "1,000,", "1e9999",
     "½", "²", "9" * 5000],
)  # fmt: skip
def test_what_could_be_two_numbers_or_is_none_is_not_read(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("1,000", 1000), ("1e3", 1000), ("٣", 3), ("1.000", None), ("0,5", None), ("1e-3", None)]
)
def test_a_whole_number_has_no_point(text: str, number: int | None) -> None:
    assert read_whole(text) == number


@pytest.mark.parametrize(
    ("text", "size"),
    [("500MB", 500_000_000), ("1.5 GB", 1_500_000_000), ("2tb", 2 * 10**12), (" 1,000 kB ", 1_000_000), ("0kB", 0)],
)
def test_a_size_is_read_in_any_unit(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "5", "5 B", "MB", "much GB", "-2GB", "1e999TB", "9" * 400 + "kB", "1e300MB", "2 GiB"]
)
def test_what_is_no_size_is_not_read(text: str) -> None:
    assert read_size(text) is None
