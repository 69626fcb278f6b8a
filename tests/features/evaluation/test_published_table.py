from __future__ import annotations

import dataclasses

import pytest
from evaluation_samples import make_digits, make_report, make_set
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fooler_gui.core.evaluation_report import FASHION, NORMAL, SCALED, UNIFORM, made_sets
from fooler_gui.core.published import PUBLISHED
from fooler_gui.features.evaluation.published_table import PublishedTable
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.theme import dark_palette


@pytest.fixture
def published(qtbot: QtBot) -> PublishedTable:
    made = PublishedTable()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def table_of(published: PublishedTable) -> RecordTable:
    return published.findChild(RecordTable, "published_table")


def rows(published: PublishedTable, title: str) -> list[list[str]]:
    """Returns the texts of the rows under the heading that begins with `title`."""
    table = table_of(published)
    found: list[list[str]] = []
    within = False
    for row, cells in enumerate(table.cells()):
        if table.columnSpan(row, 0) > 1:
            within = cells[0].startswith(title)
        elif within:
            found.append(cells)
    return found


def headings(published: PublishedTable) -> list[str]:
    table = table_of(published)
    return [cells[0] for row, cells in enumerate(table.cells()) if table.columnSpan(row, 0) > 1]


def text(published: PublishedTable, name: str) -> str:
    return published.findChild(QLabel, name).text()


def test_it_is_told_that_rows_can_be_selected(qtbot: QtBot) -> None:
    published = PublishedTable()
    qtbot.addWidget(published)
    assert text(published, "published_detail") == "Select a row to read how its published value was computed."


def test_published_values_are_there_before_any_figures(published: PublishedTable) -> None:
    first, second, *_ = rows(published, "Uniform noise")
    assert first[:5] == ["Mean confidence", "–", "98.70 %", "90.00 – 100.00 %", ""]
    assert second[:5] == ["AUROC", "–", "91.90 %", "80.00 – 97.00 %", ""]
    assert sum(len(rows(published, title)) for title in headings(published)) == len(PUBLISHED)
    assert "Press Evaluate" in text(published, "published_summary")


def test_ours_is_in_the_band_outside_or_beside_another_net(published: PublishedTable) -> None:
    uniform = make_set(UNIFORM, mean_confidence=0.9, auroc=0.9701)
    published.set_report(make_report(sets=(uniform,)), going=False)
    mean, auroc, other, *_ = rows(published, "Uniform noise")
    assert (mean[1], mean[4]) == ("90.00 %", "✓ in the band")
    assert (auroc[1], auroc[4]) == ("97.01 %", "✗ outside")
    assert (other[1], other[3], other[4]) == ("90.00 %", "", "– another net")


def test_a_set_not_loaded_is_told_and_is_never_a_zero(published: PublishedTable) -> None:
    published.set_report(make_report(), going=False)
    assert "Fashion-MNIST · not loaded" in headings(published)
    assert {(row[1], row[4]) for row in rows(published, "Fashion-MNIST")} == {("–", "not loaded")}


def test_sets_to_come_and_sets_never_reached_are_told_apart(published: PublishedTable) -> None:
    report = make_report(sets=(make_set(UNIFORM),))
    published.set_report(report, going=True)
    assert "Normal noise · not yet" in headings(published)
    assert rows(published, "Normal noise")[0][4] == "not yet"
    published.set_report(report, going=False)
    assert rows(published, "Normal noise")[0][4] == "not evaluated"
    published.set_report(make_report(sets=(make_set(UNIFORM), make_set(NORMAL))), going=False)
    assert rows(published, "Normal noise")[0][4] == "– another net"


def test_a_figure_that_there_is_not_is_told(published: PublishedTable) -> None:
    scaled = make_set(SCALED, median_scale=None)
    published.set_report(make_report(sets=(scaled,), test=make_digits(error_aupr=float("nan"))), going=False)
    factor = rows(published, "Scaled noise")[0]
    assert factor[:3] == ["Median factor to .999", "–", "1.5"]
    assert factor[4] == "– no figure"
    aupr = next(row for row in rows(published, "Test images") if row[0].endswith("AUPR"))
    assert (aupr[1], aupr[4]) == ("–", "– no figure")


def test_a_factor_is_a_plain_number(published: PublishedTable) -> None:
    published.set_report(make_report(sets=(make_set(SCALED, median_scale=1.41372),)), going=False)
    assert rows(published, "Scaled noise")[0][1] == "1.41"


def test_it_is_summed_up_how_many_lie_in_their_bands(published: PublishedTable) -> None:
    uniform = make_set(UNIFORM, mean_confidence=0.95, auroc=0.99)
    report = make_report(sets=(uniform,), missing=(FASHION,))
    published.set_report(report, going=False)
    # three of the test images and one of two of the noise; five values are of Fashion-MNIST
    expected = "4 of 5 figures with a band lie in it. 5 published values are of sets that are not loaded."
    assert text(published, "published_summary") == expected
    published.set_report(dataclasses.replace(report, missing=()), going=False)
    assert text(published, "published_summary") == "4 of 5 figures with a band lie in it."


def test_the_selected_row_tells_convention_net_and_source(published: PublishedTable) -> None:
    table = table_of(published)
    published.set_report(make_report(sets=tuple(make_set(name) for name in made_sets())), going=False)
    start = next(row for row, cells in enumerate(table.cells()) if cells[0] == "Uniform noise")
    table.selectRow(start)
    assert text(published, "published_detail") == "Uniform noise: Every pixel uniform in [0, 1)."
    table.selectRow(start + 2)
    assert text(published, "published_detail").splitlines() == [
        "Uniform noise, AUROC: published 91.90 % · ours 91.43 % · band 80.00 – 97.00 % · ✓ in the band",
        "Highest probability, whole sets; trained on cropped digits.",
        "Net: convolutions of 32 and 64, dense 1024",
        "Source: Meinke and Hein, certified-certain-uncertainty, results/MNIST.csv, 2019",
    ]
    published.set_report(make_report(sets=(make_set(UNIFORM, auroc=0.5),)), going=False)
    assert "ours 50.00 %" in text(published, "published_detail")


def test_the_selection_stays_while_figures_come(published: PublishedTable) -> None:
    table = table_of(published)
    table.selectRow(5)
    published.set_report(make_report(), going=True)
    assert table.currentIndex().row() == 5


def test_verdicts_are_painted_in_both_themes(published: PublishedTable) -> None:
    published.set_report(make_report(sets=(make_set(UNIFORM, auroc=0.99),)), going=False)
    light = published.grab().toImage()
    published.setPalette(dark_palette())
    assert published.grab().toImage() != light
