from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QSpinBox, QVBoxLayout, QWidget

from fooler_gui.widgets.panel_layout import QuietLabel, VerticalScrollArea


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
