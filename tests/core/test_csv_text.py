from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from round_samples import make_report

from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.rounds_csv import figures_csv


def test_numbers_have_a_point_and_nothing_is_an_empty_field() -> None:
    assert csv_text([["name", "share"], ["a, b", 0.5], ["c", None]]) == 'name,share\n"a, b",0.5\nc,\n'


def test_rounds_without_a_control_have_an_empty_field() -> None:
    header, before, _ = figures_csv([make_report(0), make_report(1)]).splitlines()
    assert before.split(",")[header.split(",").index("control_accuracy")] == ""


def test_what_is_certified_of_a_round_is_empty_without_a_guarantee() -> None:
    reports = [make_report(0), dataclasses.replace(make_report(1), certified=0.55)]
    rows = list(csv.DictReader(io.StringIO(figures_csv(reports))))
    assert [row["certified"] for row in rows] == ["", "0.55"]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+cmd", "-2+3", "@SUM(1)", "\t=1", "\n=1"])
def test_text_that_a_spreadsheet_would_compute_is_text(text: str) -> None:
    ((read,),) = csv.reader(io.StringIO(csv_text([[text]])))
    assert read == f"'{text}"


def test_no_text_begins_a_line_of_its_own() -> None:
    assert csv_text([["a\r=1", "b\r\nc"]]) == '"a\n=1","b\n\nc"\n'


@pytest.mark.parametrize("value", [-0.5, "-0.5", "+3", "-inf", "a=b", "", "−1"])
def test_numbers_and_other_text_are_as_they_are(value: object) -> None:
    assert csv_text([[value, "x"]]) == f"{value},x\n"
