from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QSpinBox, QVBoxLayout, QWidget

from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    at,
    column_of,
    empty_grid,
    fill,
    form_of,
    margined,
    row_of,
)


def boxes(count):
    made = [QWidget() for _ in range(count)]
    for box in made:
        box.setMinimumSize(20, 10)
    return made


def laid_out(qtbot, page, width, height):
    qtbot.addWidget(page)
    page.resize(width, height)
    page.layout().activate()


def test_a_column_has_its_items_below_each_other_eight_pixels_apart(qtbot):
    page = QWidget()
    first, second, third = boxes(3)
    column_of(first, 4, fill(second), at(Qt.AlignmentFlag.AlignRight, third), on=page, margins=(8, 0, 0, 16))
    laid_out(qtbot, page, 108, 100)
    third.setFixedSize(20, 10)
    page.layout().activate()
    assert first.geometry() == QRect(8, 0, 100, 10)
    assert second.geometry() == QRect(8, 10 + SPACING + 4, 100, 100 - 16 - 10 - SPACING - (10 + SPACING + 4))
    assert third.geometry() == QRect(88, 74, 20, 10)


def test_a_row_shares_what_is_left_and_stands_in_a_column(qtbot):
    page = QWidget()
    first, second, third = boxes(3)
    first.setFixedWidth(20)
    column_of(row_of(first, fill(second), fill(third, 3), gap=0), STRETCH, on=page, margins=(8, 4))
    laid_out(qtbot, page, 196, 60)
    assert [box.width() for box in (first, second, third)] == [20, 40, 120]
    assert second.geometry() == QRect(28, 4, 40, 10)


def test_a_grid_and_a_form_keep_the_rhythm_without_margins(qtbot):
    page, other = QWidget(), QWidget()
    made = empty_grid(page)
    cells = boxes(4)
    for place, cell in enumerate(cells):
        made.addWidget(cell, *divmod(place, 2))
    laid_out(qtbot, page, 48, 24)
    assert [cell.pos().toTuple() for cell in cells] == [(0, 0), (28, 0), (0, 14), (28, 14)]
    field = QSpinBox()
    label = QLabel("Steps")
    form_of((label, field), on=other)
    laid_out(qtbot, other, 400, 40)
    assert field.x() - label.geometry().right() - 1 == SPACING
    assert field.width() == field.sizeHint().width()


def test_a_page_keeps_its_margins_around_a_view(qtbot):
    (view,) = boxes(1)
    page = margined(view, (0, SPACING, SPACING, SPACING))
    laid_out(qtbot, page, 100, 50)
    assert view.geometry() == QRect(0, 8, 92, 34)


def test_wrapped_text_never_squeezes_its_neighbours_and_nothing_scrolls_sideways(qtbot):
    content = QWidget()
    column = QVBoxLayout(content)
    spin_boxes = [QSpinBox() for _ in range(5)]
    labels = [QuietLabel("Words that need several lines when there is little room. " * 3) for _ in spin_boxes]
    for spin_box, label in zip(spin_boxes, labels, strict=True):
        column.addWidget(spin_box)
        column.addWidget(label)
    area = VerticalScrollArea(content)
    qtbot.addWidget(area)
    area.resize(160, 120)
    area.show()
    labels[0].setText("Even more words, which came later. " * 5)

    def everything_has_room():
        fields = all(spin_box.height() >= spin_box.sizeHint().height() for spin_box in spin_boxes)
        return fields and all(label.height() >= label.heightForWidth(label.width()) for label in labels)

    qtbot.waitUntil(everything_has_room, timeout=2000)
    assert area.minimumWidth() >= content.minimumSizeHint().width()
    assert area.horizontalScrollBar().maximum() == 0


def test_quiet_text_takes_its_colour_from_the_theme(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    label = QuietLabel("Applied at step 37.", window)
    for name in ("#ff0000", "#0000ff"):
        palette = window.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(name))
        window.setPalette(palette)
        assert label.palette().color(label.foregroundRole()).name() == name


def test_fields_are_not_squeezed_once_the_wrapped_text_is_gone_and_more_is_shown(qtbot):
    content = QWidget()
    column = QVBoxLayout(content)
    nothing_yet = QuietLabel("Nothing yet. " * 5)
    spin_boxes = [QSpinBox() for _ in range(6)]
    for widget in (nothing_yet, *spin_boxes):
        column.addWidget(widget)
    for spin_box in spin_boxes[3:]:
        spin_box.hide()
    area = VerticalScrollArea(content)
    qtbot.addWidget(area)
    area.resize(160, 140)
    area.show()
    nothing_yet.hide()
    for spin_box in spin_boxes:
        spin_box.show()

    def nothing_is_squeezed():
        return all(spin_box.height() >= spin_box.sizeHint().height() for spin_box in spin_boxes)

    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0 and nothing_is_squeezed(), timeout=2000)
