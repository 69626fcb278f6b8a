"""The grid as a screen reader reads it: a table with rows, columns, names, selection and focus."""

from __future__ import annotations

import pytest
from colour_checks import has_colour
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot
from saves import make_save

from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.widgets.colours import STAGE

NAME, ROLE = QAccessible.Text.Name, QAccessible.Role
NAMES = [str(label) for label in range(10)]


@pytest.fixture
def grid(qtbot: QtBot) -> BatchGrid:
    grid = BatchGrid()
    qtbot.addWidget(grid)
    grid.set_class_names(NAMES)
    grid.resize(660, 420)
    with qtbot.waitExposed(grid):
        grid.show()
    return grid


def children(interface: QAccessibleInterface) -> list[QAccessibleInterface]:
    return [interface.child(index) for index in range(interface.childCount())]


def table(grid: BatchGrid) -> QAccessibleInterface:
    """Returns the table below the grid, found as screen readers do: from parent to child."""
    found = [
        inner
        for part in children(QAccessible.queryAccessibleInterface(grid))
        for inner in children(part)
        if inner.role() == ROLE.Table
    ]
    assert len(found) == 1
    return found[0]


def cells(grid: BatchGrid) -> list[QAccessibleInterface]:
    return [child for child in children(table(grid)) if child.role() == ROLE.Cell]


def on_screen(grid: BatchGrid, label: int, slot: int) -> QRect:
    box = grid.image_rect(label, slot)
    return QRect(grid.viewport().mapToGlobal(box.topLeft()), box.size())


def test_every_slot_is_a_cell_that_says_what_stands_under_the_image(grid: BatchGrid) -> None:
    grid.show_save(
        make_save(
            (3,),
            4,
            probabilities=[0.9997, 0.25, 0.998, 0.6],
            reinitialised=[(0, 1)],
            reinitialisations=1,
            pinned=[(0, 3)],
        )
    )
    assert table(grid).text(NAME) == "Images of the batch"
    assert [cell.text(NAME) for cell in cells(grid)] == [
        "slot 1: 3, 99.97 %, done, reinitialised 1 ×",
        "slot 2: 4, 75.00 %, reinitialised 2 ×",
        "slot 3: 3, 99.80 %, reinitialised 1 ×",
        "slot 4: 3, 60.00 %, reinitialised 1 ×, pinned",
    ]


def test_rows_and_columns_are_those_on_screen_and_rows_have_the_name_of_their_label(grid: BatchGrid) -> None:
    grid.show_save(make_save((0, 7), 3))
    where = [(cell.tableCellInterface().rowIndex(), cell.tableCellInterface().columnIndex()) for cell in cells(grid)]
    assert where == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    headers = [child.text(NAME) for child in children(table(grid)) if child.role() == ROLE.RowHeader]
    assert headers == ["0", "7"]
    columns = [child.text(NAME) for child in children(table(grid)) if child.role() == ROLE.ColumnHeader]
    assert columns == ["1", "2", "3"]


@pytest.mark.parametrize(("labels", "slots"), [((3,), 8), ((3,), 5), ((0, 4, 9), 4), (tuple(range(10)), 8)])
def test_every_cell_lies_where_its_image_is(grid: BatchGrid, labels: tuple[int, ...], slots: int) -> None:
    grid.show_save(make_save(labels, slots))
    named = [cell for cell in cells(grid) if cell.text(NAME)]
    places = [(label, slot) for label in labels for slot in range(slots)]
    assert len(named) == len(places)
    for cell, (label, slot) in zip(named, places, strict=True):
        assert cell.rect().adjusted(-1, -1, 2, 2).contains(on_screen(grid, label, slot))
        assert cell.text(NAME).startswith(f"slot {slot + 1}: ")


def test_the_cells_follow_when_the_grid_scrolls_and_is_enlarged(grid: BatchGrid) -> None:
    grid.show_save(make_save((3,), 8))
    grid.set_selected(3, 6)
    grid.zoom_by(4)
    cell = cells(grid)[6]
    assert cell.text(NAME).startswith("slot 7: ")
    assert cell.rect().adjusted(-1, -1, 2, 2).contains(on_screen(grid, 3, 6))


def test_the_selected_slot_is_selected_and_has_the_focus_with_the_grid(grid: BatchGrid, qtbot: QtBot) -> None:
    grid.show_save(make_save((3,), 8))
    grid.activateWindow()
    grid.setFocus()
    qtbot.waitUntil(grid.hasFocus)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    states = [cell.state() for cell in cells(grid)]
    assert [bool(state.selected) for state in states] == [slot == 1 for slot in range(8)]
    assert [bool(state.focused) for state in states] == [slot == 1 for slot in range(8)]
    assert [cell.text(NAME)[:6] for cell in table(grid).selectionInterface().selectedItems()] == ["slot 2"]
    assert table(grid).focusChild().text(NAME).startswith("slot 2: ")


def test_a_screen_reader_can_select_a_slot(grid: BatchGrid, qtbot: QtBot) -> None:
    grid.show_save(make_save((3, 5), 4))
    with qtbot.waitSignal(grid.selection_changed) as selected:
        grid.findChild(QTableView).setCurrentIndex(grid.findChild(QTableView).model().index(1, 2))
    assert selected.args == [5, 2]
    assert grid.selected() == (5, 2)


def test_a_newer_save_is_read_and_without_images_there_is_nothing_to_read(grid: BatchGrid) -> None:
    grid.show_save(make_save((3,), 2, probabilities=0.25))
    grid.show_save(make_save((3,), 2, step=1, probabilities=0.75))
    assert [cell.text(NAME) for cell in cells(grid)] == ["slot 1: 3, 75.00 %", "slot 2: 3, 75.00 %"]
    grid.clear("Nothing yet.")
    assert cells(grid) == []


def test_the_table_is_not_seen_and_leaves_the_mouse_to_the_images(grid: BatchGrid, qtbot: QtBot) -> None:
    grid.show_save(make_save((3,), 8))
    centre = grid.image_rect(3, 5).center()
    view = grid.findChild(QTableView)
    assert view.geometry().contains(centre)
    assert grid.viewport().childAt(centre) is None
    assert has_colour(grid, STAGE)
    seen = grid.grab().toImage()
    view.hide()
    assert grid.grab().toImage() == seen
    view.show()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert grid.selected() == (3, 5)
    assert grid.slot_at(QPoint(centre)) == (3, 5)
