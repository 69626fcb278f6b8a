from __future__ import annotations

from round_samples import make_report

from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.rounds_csv import figures_csv


def test_numbers_have_a_point_and_nothing_is_an_empty_field() -> None:
    assert csv_text([["name", "share"], ["a, b", 0.5], ["c", None]]) == 'name,share\n"a, b",0.5\nc,\n'


def test_rounds_without_a_control_have_an_empty_field() -> None:
    header, before, _ = figures_csv([make_report(0), make_report(1)]).splitlines()
    assert before.split(",")[header.split(",").index("control_accuracy")] == ""
