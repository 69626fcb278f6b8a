from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from rounds_samples import make_report, make_reports

from fooler_gui.core.formats import format_probability
from fooler_gui.core.round_report import matrix
from fooler_gui.features.rounds.rounds_matrix import RoundsMatrix
from fooler_gui.widgets.colours import REINITIALISED
from fooler_gui.widgets.probability_scale import ink_on, scale_colour
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.theme import dark_palette, light_palette


@pytest.fixture
def widget(qtbot):
    made = RoundsMatrix()
    qtbot.addWidget(made)
    made.setPalette(light_palette())
    made.resize(560, 320)
    with qtbot.waitExposed(made):
        made.show()
    return made


def table(widget) -> RecordTable:
    return widget.findChild(RecordTable, "rounds_matrix_table")


def cell(widget, row, column, role):
    return table(widget).model().index(row, column).data(role)


def texts(widget):
    return table(widget).cells()


def headers(widget):
    model = table(widget).model()
    return (
        [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())],
        [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())],
    )


def colour_in(widget, row, column, dx, dy):
    """Returns the colour of a pixel so far from a cell's upper left corner."""
    shown = table(widget)
    box = shown.visualRect(shown.model().index(row, column))
    image = shown.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return image.pixelColor(box.left() + dx, box.top() + dy)


def two_rounds():
    return (
        make_report(0),
        make_report(1, former_scores=(0.99931,), scores=(0.25,)),
        make_report(2, former_scores=(0.75, 0.99999), scores=(0.1234, 0.05)),
    )


def test_rows_are_images_and_columns_are_classifiers(widget):
    widget.set_reports(two_rounds())
    assert texts(widget) == [[".9993", ".2500", ".1234"], [".7500", ">.9999", ".0500"]]
    assert headers(widget) == (["images of round 1", "images of round 2"], ["before", "1", "2"])


def test_one_round_is_a_row_of_two(widget):
    widget.set_reports(make_reports(1))
    assert texts(widget) == [[".9995", ".0200"]]
    assert table(widget).isVisible()


@pytest.mark.parametrize("reports", [(), make_reports(0)])
def test_no_round_says_so(widget, reports):
    widget.set_reports(two_rounds())
    widget.set_reports(reports)
    empty = widget.findChild(QLabel, "rounds_matrix_empty")
    assert empty.isVisible()
    assert empty.text() == "No round yet."
    assert not table(widget).isVisible()
    assert not widget.findChild(QLabel, "rounds_matrix_note").isVisible()
    widget.set_reports(two_rounds())
    assert not empty.isVisible()


@pytest.mark.parametrize("palette", [light_palette, dark_palette])
def test_every_cell_is_painted_in_the_colour_of_its_number_in_both_themes(widget, palette):
    widget.setPalette(palette())
    widget.set_reports(two_rounds())
    for row, scores in enumerate(matrix(two_rounds())):
        for column, score in enumerate(scores):
            assert colour_in(widget, row, column, 5, 8).rgb() == QColor(scale_colour(score)).rgb()
            assert cell(widget, row, column, Qt.ItemDataRole.ForegroundRole) == ink_on(scale_colour(score))


def test_numbers_are_painted(widget):
    widget.set_reports(two_rounds())
    shown = table(widget)
    shown.setCurrentIndex(shown.model().index(0, 0))
    box = shown.visualRect(shown.model().index(0, 1)).adjusted(8, 3, -8, -4)
    image = shown.viewport().grab(box).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[..., :3]
    assert pixels.min() < 60
    assert pixels.max() > 200


def test_a_line_parts_the_classifiers_before_the_images_from_those_since(widget):
    widget.set_reports(two_rounds())
    line = QColor(REINITIALISED)
    height = table(widget).rowHeight(0)
    assert colour_in(widget, 0, 1, 0, 8) == line
    assert colour_in(widget, 0, 1, 20, height - 1) == line
    assert colour_in(widget, 1, 2, 0, 8) == line
    assert colour_in(widget, 1, 2, 20, height - 1) != line
    assert colour_in(widget, 0, 2, 0, 8) != line
    assert colour_in(widget, 1, 1, 0, 8) != line


def test_every_cell_says_a_sentence(widget):
    widget.set_reports(two_rounds())
    spoken = cell(widget, 1, 0, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == (
        "The classifier before the first round, older than them, gives the images of round 2 a mean probability of "
        "their label of .7500."
    )
    assert spoken in cell(widget, 1, 0, Qt.ItemDataRole.ToolTipRole)
    assert cell(widget, 0, 2, Qt.ItemDataRole.AccessibleTextRole) == (
        "The classifier after round 2, retrained since, gives the images of round 1 a mean probability of their label "
        "of .1234."
    )


def test_50_rounds_scroll_and_show_the_newest_first(widget, qtbot):
    reports = make_reports(50)
    widget.set_reports(reports)
    assert texts(widget) == [[format_probability(score) for score in scores] for scores in matrix(reports)]
    assert widget.size().height() == 320
    shown = table(widget)
    for bar in (shown.horizontalScrollBar(), shown.verticalScrollBar()):
        assert bar.maximum() > 0
        assert bar.value() == bar.maximum()
    assert shown.visualRect(shown.model().index(49, 50)).right() <= shown.viewport().width()


def test_a_person_who_looks_at_older_rounds_is_not_disturbed_by_the_same_reports(widget):
    widget.set_reports(make_reports(50))
    table(widget).verticalScrollBar().setValue(0)
    widget.set_reports(make_reports(50))
    assert table(widget).verticalScrollBar().value() == 0


def test_few_rounds_need_no_scrolling_and_leave_no_room_below(widget):
    widget.set_reports(make_reports(4))
    shown = table(widget)
    assert shown.verticalScrollBar().maximum() == 0
    assert shown.horizontalScrollBar().maximum() == 0
    last = shown.visualRect(shown.model().index(3, 0)).bottom()
    assert shown.viewport().height() - last < 24


def test_headers_have_room_for_their_texts(widget):
    widget.set_reports(make_reports(12))
    shown = table(widget)
    metrics = shown.fontMetrics()
    assert shown.verticalHeader().width() > metrics.horizontalAdvance("images of round 12")
    assert shown.columnWidth(0) > metrics.horizontalAdvance("before")
    assert shown.columnWidth(0) > metrics.horizontalAdvance(">.9999")
