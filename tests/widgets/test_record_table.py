from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable

SENTENCE = "Whose figure it is."


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    title: str = ""


ONE, TWO, THREE = Figure("a", 1.0), Figure("b", 2.0), Figure("c", 3.0)


def columns(least: str = "") -> tuple[Column[Figure], ...]:
    return (
        Column(
            words="Name",
            tip=SENTENCE,
            text=lambda figure: figure.title or figure.name,
            order=lambda figure: figure.name,
            of_words=True,
            widest=least,
            share=int(bool(least)),
            cell_tip=lambda figure: f"The one called {figure.name}.",
            edited=lambda figure: None if figure.name == "c" else figure.title,
        ),
        Column(
            words="Figure\nin bits",
            text=lambda figure: f"{figure.value:.1f}",
            order=lambda figure: figure.value,
            spoken=lambda figure: f"{figure.value:g} bits",
            role=lambda figure: QPalette.ColorRole.PlaceholderText,
        ),
    )


def made(qtbot: QtBot, least: str = "", **options: object) -> RecordTable[Figure]:
    table = RecordTable("figures", "Figures", columns(least), lambda figure: figure.name, several=True, **options)
    qtbot.addWidget(table)
    table.resize(500, 200)
    with qtbot.waitExposed(table):
        table.show()
    return table


@pytest.fixture
def table(qtbot: QtBot) -> RecordTable[Figure]:
    table = made(qtbot)
    table.set_records((TWO, ONE, THREE))
    assert table.shown() == (TWO, ONE, THREE)
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    return table


def at(table: RecordTable[Figure], row: int, column: int, role: Qt.ItemDataRole) -> object:
    return table.model().index(row, column).data(role)


def head(table: RecordTable[Figure], column: int, role: Qt.ItemDataRole) -> object:
    return table.model().headerData(column, Qt.Orientation.Horizontal, role)


def press(table: RecordTable[Figure], key: Qt.Key, control: bool = False) -> None:
    QTest.keyClick(table, key, Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier)


def test_each_record_is_a_line_of_what_the_columns_say_of_it(table: RecordTable[Figure]) -> None:
    assert table.cells() == [["a", "1.0"], ["b", "2.0"], ["c", "3.0"]]
    assert table.shown() == (ONE, TWO, THREE)
    assert table.records() == (TWO, ONE, THREE)
    assert table.record("b") is TWO
    assert table.record("d") is None


def test_heads_and_cells_are_aligned_alike_and_explained(table: RecordTable[Figure]) -> None:
    for column in range(2):
        alignment = head(table, column, Qt.ItemDataRole.TextAlignmentRole)
        assert alignment == at(table, 0, column, Qt.ItemDataRole.TextAlignmentRole)
    assert head(table, 0, Qt.ItemDataRole.ToolTipRole) == f"<p>{SENTENCE}</p>"
    assert at(table, 0, 0, Qt.ItemDataRole.ToolTipRole) == "The one called a."
    assert at(table, 0, 1, Qt.ItemDataRole.AccessibleTextRole) == "1 bits"
    assert at(table, 0, 0, Qt.ItemDataRole.AccessibleTextRole) is None


def test_a_record_that_changed_stays_in_its_place_and_selected(table: RecordTable[Figure], qtbot: QtBot) -> None:
    table.select(["b"])
    with qtbot.waitSignals([table.model().dataChanged, table.selection_changed]):
        table.put([replace(TWO, value=2.5)])
    assert table.cells()[1] == ["b", "2.5"]
    assert table.selected() == [Figure("b", 2.5)]
    with qtbot.assertNotEmitted(table.selection_changed):
        table.put([replace(ONE, value=0.5)])


def test_selection_and_current_record_outlive_a_refill_and_another_order(table: RecordTable[Figure]) -> None:
    table.select(["b", "c"])
    table.set_records((THREE, Figure("ab", 9.0), TWO))
    assert table.selected() == [TWO, THREE]
    assert table.currentIndex().row() == 1
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert [row[0] for row in table.cells()] == ["ab", "c", "b"]
    assert table.selected() == [THREE, TWO]
    assert table.currentIndex().row() == 2


def test_what_comes_and_goes_is_told_and_takes_its_place_in_the_order(table: RecordTable[Figure], qtbot: QtBot) -> None:
    table.select(["b"])
    with qtbot.waitSignal(table.shown_changed):
        table.put([Figure("aa", 0.0)])
    assert [row[0] for row in table.cells()] == ["a", "aa", "b", "c"]
    assert table.verticalHeader().count() == 4
    with qtbot.waitSignals([table.shown_changed, table.selection_changed]):
        table.remove(["b", "aa"])
    assert table.selected() == []
    with qtbot.waitSignal(table.shown_changed):
        table.want(lambda figure: figure.value > 2)
    assert table.shown() == (THREE,)
    table.want(None)
    assert table.shown() == (ONE, THREE)


def test_a_row_beyond_the_last_selects_the_last(table: RecordTable[Figure]) -> None:
    table.select_row(1)
    assert table.selected() == [TWO]
    table.select_row(7)
    assert table.selected() == [THREE]


def test_copied_lines_have_tabs_between_and_headings_above(table: RecordTable[Figure]) -> None:
    table.select(["c", "a"])
    press(table, Qt.Key.Key_C, control=True)
    assert QGuiApplication.clipboard().text() == "Name\tFigure in bits\na\t1.0\nc\t3.0\n"


def test_records_are_opened_and_deleted_by_keys_and_the_mouse(table: RecordTable[Figure], qtbot: QtBot) -> None:
    table.select(["b"])
    with qtbot.waitSignal(table.open_requested) as asked:
        press(table, Qt.Key.Key_Return)
    assert asked.args == [TWO]
    with qtbot.waitSignal(table.delete_requested):
        press(table, Qt.Key.Key_Delete)
    place = table.visualRect(table.model().index(0, 0)).center()
    with qtbot.waitSignal(table.menu_requested) as asked:
        table.customContextMenuRequested.emit(place)
    assert asked.args == [table.viewport().mapToGlobal(place)]
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(table.open_requested) as asked:
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == [ONE]


def test_a_text_that_may_change_is_edited_and_asked_for_but_not_taken(table: RecordTable[Figure], qtbot: QtBot) -> None:
    table.select(["b"])
    press(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.setText(" another ")
    with qtbot.waitSignal(table.edit_requested) as asked:
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == [TWO, "another"]
    assert table.cells()[1][0] == "b"
    assert not table.model().flags(table.model().index(2, 0)) & Qt.ItemFlag.ItemIsEditable


def test_a_column_takes_what_width_is_left_and_no_less_than_it_needs(qtbot: QtBot) -> None:
    table = made(qtbot, "a long name, as wide as it gets")
    table.set_records((ONE,))
    qtbot.waitUntil(lambda: table.columnWidth(0) + table.columnWidth(1) == table.viewport().width())
    table.resize(120, 200)
    assert table.columnWidth(0) >= table.fontMetrics().horizontalAdvance("a long name, as wide as it gets")
    assert table.horizontalScrollBar().maximum() > 0


def test_columns_share_what_is_left_beyond_what_each_of_them_needs(qtbot: QtBot) -> None:
    widest = ("0", "000000000000", "000")
    columns = tuple(Column(words="", text=str, widest=text, share=1) for text in widest)
    table: RecordTable[str] = RecordTable("figures", "Figures", columns, str)
    qtbot.addWidget(table)
    table.fit_width()
    table.show()
    for spare in (0, 30):
        table.resize(table.minimumWidth() + spare, 200)
        assert sum(map(table.columnWidth, range(3))) == table.viewport().width()
        needed = [table.fontMetrics().horizontalAdvance(text) for text in widest]
        beyond = [table.columnWidth(place) - needed[place] for place in range(3)]
        assert max(beyond) - min(beyond) <= 1


def test_without_records_it_says_so(qtbot: QtBot) -> None:
    def ink(table: RecordTable[Figure]) -> int:
        image = table.viewport().grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        ground = image.pixelColor(QPoint(2, 2))
        return sum(image.pixelColor(x, y) != ground for x in range(image.width()) for y in range(60, 100))

    table = made(qtbot, empty="Nothing yet.")
    assert ink(table) > 0
    assert ink(made(qtbot)) == 0


def test_a_text_takes_all_columns_as_a_heading_or_those_from_one_on(qtbot: QtBot) -> None:
    table = made(qtbot, span=lambda figure: {"a": 0, "b": 1}.get(figure.name))
    table.set_records((ONE, TWO, THREE))
    assert [table.columnSpan(row, 0) for row in range(3)] == [2, 1, 1]
    assert at(table, 0, 0, Qt.ItemDataRole.FontRole).bold()
    assert at(table, 1, 0, Qt.ItemDataRole.FontRole) is None
    table.set_records((THREE, ONE))
    assert [table.columnSpan(row, 0) for row in range(2)] == [1, 2]


def test_ten_thousand_records_are_asked_for_the_cells_that_are_seen_alone(qtbot: QtBot) -> None:
    asked: list[str] = []

    def text(figure: Figure) -> str:
        asked.append(figure.name)
        return figure.name

    table = RecordTable("many", "Many", (Column(words="Name", text=text, widest="0000"),), lambda one: one.name)
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show()
    table.set_records(Figure(str(number), number) for number in range(10_000))
    table.viewport().grab()
    assert table.verticalScrollBar().maximum() > 10_000
    assert 0 < len(set(asked)) < 50


def test_it_is_as_high_as_its_records_or_as_so_many_of_them(table: RecordTable[Figure]) -> None:
    table.fit_height()
    high = table.height()
    assert table.verticalScrollBar().maximum() == 0
    table.fit_height(2)
    assert high - table.height() == table.rowHeight(0)
