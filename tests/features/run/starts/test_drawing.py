"""The pad and its dialog, drawn on with a real mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fooler_gui.core.messages import Classified, JobFailed
from fooler_gui.features.run.starts.drawing_dialog import DrawingDialog
from fooler_gui.features.run.starts.drawing_pad import BRUSHES, DrawingPad
from fooler_gui.widgets.class_bars import ClassBars

LEFT = Qt.MouseButton.LeftButton


def stroke(qtbot: QtBot, pad: DrawingPad, *points: tuple[int, int]) -> None:
    """Draws through `points`, in pixels of the image: (row, column)."""
    scale = pad.width() // pad.image().shape[1]
    places = [QPoint(column * scale + scale // 2, row * scale + scale // 2) for row, column in points]
    qtbot.mousePress(pad, LEFT, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(pad, place)
    qtbot.mouseRelease(pad, LEFT, pos=places[-1])


@pytest.fixture
def pad(qtbot: QtBot) -> DrawingPad:
    made = DrawingPad((28, 28, 1), dark=True)
    qtbot.addWidget(made)
    return made


def test_a_stroke_is_light_on_dark_in_the_classifiers_own_pixels(qtbot: QtBot, pad: DrawingPad) -> None:
    assert pad.image().shape == (28, 28, 1)
    assert pad.image().dtype == np.float32
    assert not pad.image().any()
    stroke(qtbot, pad, (14, 5), (14, 22))
    image = pad.image()[..., 0]
    assert (image[14, 5:23] == 1).all()
    assert not image[:10].any()
    assert not image[19:].any()
    assert not image[:, :3].any()


def test_on_a_light_ground_one_draws_dark(qtbot: QtBot) -> None:
    pad = DrawingPad((8, 12, 3), dark=False)
    qtbot.addWidget(pad)
    assert (pad.image() == 1).all()
    pad.brush = 0.25
    stroke(qtbot, pad, (4, 6))
    assert (pad.image()[4, 6] == 0).all()


def test_brushes_have_the_width_that_they_say(qtbot: QtBot, pad: DrawingPad) -> None:
    for width in BRUSHES.values():
        pad.brush = width
        pad.clear()
        stroke(qtbot, pad, (14, 4), (14, 23))
        assert pad.image()[:, 14].sum() == pytest.approx(28 * width, rel=0.02)


def test_the_eraser_paints_the_ground_and_undo_takes_back_one_stroke_after_another(
    qtbot: QtBot, pad: DrawingPad
) -> None:
    stroke(qtbot, pad, (14, 5), (14, 22))
    drawn = pad.image()
    pad.erases, pad.brush = True, BRUSHES["Broad"]
    stroke(qtbot, pad, (14, 14))
    assert pad.image()[14, 14] == 0
    assert pad.image()[14, 5] == 1
    pad.clear()
    assert not pad.image().any()
    pad.undo()
    pad.undo()
    np.testing.assert_array_equal(pad.image(), drawn)
    pad.undo()
    assert not pad.image().any()
    assert not pad.can_undo()
    pad.undo()


@pytest.fixture
def dialog(qtbot: QtBot) -> DrawingDialog:
    made = DrawingDialog(None, (28, 28, 1), dark=True, class_names=("a", "b", "c"), label=2)
    qtbot.addWidget(made)
    made.show()
    return made


def button(dialog: DrawingDialog, name: str) -> QAbstractButton:
    found = dialog.findChild(QAbstractButton, name)
    assert found is not None
    return found


def test_every_piece_of_a_stroke_asks_what_the_net_sees_and_the_answer_is_shown(
    qtbot: QtBot, dialog: DrawingDialog
) -> None:
    asked: list[np.ndarray] = []
    dialog.classify_requested.connect(asked.append)
    pad = dialog.findChild(DrawingPad, "drawing_pad")
    stroke(qtbot, pad, (14, 5), (14, 14), (14, 22))
    assert len(asked) == 3
    np.testing.assert_array_equal(asked[-1], pad.image())
    dialog.take(Classified(probabilities=np.float32([[0.125, 0.75, 0.125]])))
    assert dialog.findChild(QLabel, "drawing_sentence").text() == "The net: b, 75.00 % sure."
    rows = dialog.findChild(ClassBars).rows()
    assert [(row.name, row.text, row.strong) for row in rows] == [
        ("a", ".1250", False),
        ("b", ".7500", False),
        ("c", ".1250", True),
    ]
    dialog.take(JobFailed(sentence="There is no classifier."))
    assert dialog.findChild(QLabel, "drawing_sentence").text() == "There is no classifier."


def test_only_a_drawing_can_be_started_from_and_it_is_the_one_on_the_pad(qtbot: QtBot, dialog: DrawingDialog) -> None:
    use, pad = dialog.findChild(QPushButton, "use_drawing_button"), dialog.findChild(DrawingPad, "drawing_pad")
    assert not use.isEnabled()
    button(dialog, "brush_fine").click()
    stroke(qtbot, pad, (3, 3), (20, 20))
    assert use.isEnabled()
    assert use.isDefault()
    assert pad.brush == BRUSHES["Fine"]
    drawn = pad.image()
    button(dialog, "drawing_clear").click()
    button(dialog, "drawing_eraser").click()
    stroke(qtbot, pad, (20, 3))
    for _ in range(2):
        button(dialog, "drawing_undo").click()
    with qtbot.waitSignal(dialog.start_requested) as started:
        use.click()
    np.testing.assert_array_equal(started.args[0], drawn)
    assert not dialog.isVisible()


def test_the_eraser_has_an_icon_and_stands_apart_from_the_brushes(dialog: DrawingDialog) -> None:
    eraser, broad = button(dialog, "drawing_eraser"), button(dialog, "brush_broad")
    words = eraser.fontMetrics().horizontalAdvance
    assert eraser.width() - words(eraser.text()) > broad.width() - words(broad.text()) + 16
    assert eraser.x() - broad.geometry().right() > broad.x() - button(dialog, "brush_medium").geometry().right()
    for checked in (False, True):
        eraser.setChecked(checked)
        picture = eraser.grab(QRect(7, 5, 16, 16)).toImage()
        assert len({picture.pixel(x, y) for x in range(16) for y in range(16)}) > 2


def test_a_colour_is_offered_for_coloured_images_alone(qtbot: QtBot, dialog: DrawingDialog) -> None:
    assert not button(dialog, "drawing_colour").isVisible()
    coloured = DrawingDialog(None, (8, 8, 3), dark=True, class_names=("a", "b"), label=0)
    qtbot.addWidget(coloured)
    coloured.show()
    assert button(coloured, "drawing_colour").isVisible()
