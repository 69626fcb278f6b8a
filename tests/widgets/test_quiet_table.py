from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fooler_gui.widgets.quiet_table import Column, QuietTable

COLUMNS = (Column(words="Name", tip="<p>Whose.</p>", of_words=True), Column(words="Figure", tip="<p>What.</p>"))


@pytest.fixture
def table(qtbot: QtBot) -> QuietTable:
    made = QuietTable("figures", "Figures", COLUMNS)
    qtbot.addWidget(made)
    made.setRowCount(1)
    made.set_row(0, ("a", "1.0"))
    made.resize(500, 200)
    made.show()
    return made


def test_heads_and_cells_are_aligned_alike(table: QuietTable) -> None:
    for column in range(2):
        head = table.horizontalHeaderItem(column)
        assert head.textAlignment() == table.item(0, column).textAlignment()
        assert head.toolTip() == COLUMNS[column].tip


def test_a_cell_is_written_anew_in_its_place(table: QuietTable) -> None:
    item = table.item(0, 1)
    table.set_text(0, 1, "2.0")
    assert table.item(0, 1) is item
    assert item.text() == "2.0"


def test_a_column_takes_what_width_is_left_and_no_less_than_it_needs(table: QuietTable, qtbot: QtBot) -> None:
    table.fill_with(0, "a long name, as wide as it gets")
    qtbot.waitUntil(lambda: table.columnWidth(0) + table.columnWidth(1) == table.viewport().width())
    table.resize(120, 200)
    least = table.fontMetrics().horizontalAdvance("a long name, as wide as it gets")
    assert table.columnWidth(0) >= least
    assert table.horizontalScrollBar().maximum() > 0
