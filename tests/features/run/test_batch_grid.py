import itertools

import numpy as np
import pytest
from clocks import Clock
from colour_checks import contrast, has_colour
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QWheelEvent,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QTableView, QToolTip
from saves import make_save

from fooler_gui.core.save import Save
from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.widgets import picture_file
from fooler_gui.widgets.colours import DONE, INK, REINITIALISED, SELECTED, STAGE
from fooler_gui.widgets.grid_layout import CaptionSpace, arrange
from fooler_gui.widgets.grid_overlay import GridOverlay


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def grid(qtbot, clock):
    grid = BatchGrid(clock=clock)
    qtbot.addWidget(grid)
    grid.set_class_names([str(label) for label in range(10)])
    grid.set_slot_actions_enabled(True)
    grid.resize(660, 420)
    with qtbot.waitExposed(grid):
        grid.show()
    return grid


def click(qtbot, grid, label, slot, button=Qt.MouseButton.LeftButton):
    qtbot.mouseClick(grid.viewport(), button, pos=grid.image_rect(label, slot).center())


def action(grid, name):
    return grid.findChild(QAction, name)


# What is drawn


@pytest.mark.parametrize("ground", [STAGE, DONE, REINITIALISED])
def test_captions_and_signs_can_be_read_on_the_grounds_they_stand_on(ground):
    assert contrast(INK, ground) >= 4.5


@pytest.mark.parametrize(
    ("labels", "slots", "shape"),
    [
        ((3,), 8, (28, 28, 1)),
        ((3,), 1, (28, 28, 1)),
        ((7,), 80, (28, 28, 1)),
        ((4,), 5, (9, 7, 3)),
        (tuple(range(10)), 8, (28, 28, 1)),
        ((2, 9), 40, (28, 28, 1)),
    ],
)
def test_every_pixel_of_every_slot_is_on_the_screen(grid, labels, slots, shape):
    levels = np.random.default_rng(0).integers(0, 256, (len(labels), slots, *shape))
    save = make_save(labels, slots, shape, images=levels.astype(np.float32) / 255, probabilities=0.5)
    grid.show_save(save)
    shown = grid.grab().toImage()
    for (group, label), slot in itertools.product(enumerate(labels), range(slots)):
        rect = grid.image_rect(label, slot)
        if not grid.viewport().rect().contains(rect):
            continue
        for y, x in ((0, 0), (shape[0] - 1, shape[1] - 1), (3, 2)):
            across, down = (
                (2 * place + 1) * side // (2 * of)
                for place, side, of in ((x, rect.width(), shape[1]), (y, rect.height(), shape[0]))
            )
            pixel = shown.pixelColor(rect.x() + across, rect.y() + down)
            expected = np.broadcast_to(levels[group, slot, y, x], 3).tolist()
            assert [pixel.red(), pixel.green(), pixel.blue()] == expected


def test_the_slots_of_one_label_flow_and_several_labels_get_a_row_each(grid):
    grid.show_save(make_save(slots=8))
    assert len({grid.image_rect(3, slot).y() for slot in range(8)}) == 2
    grid.show_save(make_save(labels=range(10), slots=8))
    for label in range(10):
        assert len({grid.image_rect(label, slot).y() for slot in range(8)}) == 1
        assert grid.image_rect(label, 0).x() == grid.image_rect(0, 0).x() > 8
    assert grid.verticalScrollBar().maximum() == 0


def test_slots_that_do_not_fit_can_be_scrolled_to(grid):
    grid.resize(400, 300)
    grid.show_save(make_save(labels=range(10), slots=8))
    assert grid.verticalScrollBar().maximum() > 0
    assert grid.horizontalScrollBar().maximum() == 0
    assert not grid.viewport().rect().contains(grid.image_rect(9, 7))
    grid.set_selected(9, 7)
    assert grid.viewport().rect().contains(grid.image_rect(9, 7))
    assert grid.slot_at(grid.image_rect(9, 7).center()) == (9, 7)


@pytest.mark.parametrize(
    ("labels", "slots", "shape"),
    [((3,), 1, (500, 900, 1)), ((3,), 8, (224, 224, 3)), ((3,), 8, (48, 640, 3)), ((1, 2, 3), 6, (160, 96, 3))],
)
def test_images_larger_than_the_room_are_reduced_and_keep_their_shape(grid, labels, slots, shape):
    grid.show_save(make_save(labels, slots, shape))
    rects = [grid.image_rect(label, slot) for label in labels for slot in range(slots)]
    height, width, _ = shape
    for rect in rects:
        assert grid.viewport().rect().contains(rect)
        assert rect.width() < width
        assert abs(rect.width() / rect.height() / (width / height) - 1) < 0.03
    assert grid.horizontalScrollBar().maximum() == grid.verticalScrollBar().maximum() == 0


def test_reduced_images_show_the_mean_of_their_pixels_and_keep_their_colours(grid):
    images = np.zeros((1, 8, 224, 224, 3), np.float32)
    images[..., ::2, 0] = 1.0  # every second column red
    images[:, :, :, 112:, 2] = 1.0  # blue on the right
    grid.show_save(make_save(slots=8, shape=(224, 224, 3), images=images))
    shown = grid.grab().toImage()
    rect = grid.image_rect(3, 5)
    for left, blue in ((rect.left() + 4, 0), (rect.right() - 34, 255)):
        pixels = [shown.pixelColor(left + x, rect.center().y()) for x in range(30)]
        assert abs(np.mean([pixel.red() for pixel in pixels]) - 128) < 6
        assert {(pixel.green(), pixel.blue()) for pixel in pixels} == {(0, blue)}


def test_far_too_many_large_images_scroll_at_a_size_that_can_be_told_apart(grid):
    grid.show_save(make_save(slots=200, shape=(224, 112, 3)))
    assert grid.image_rect(3, 0).size().toTuple() == (24, 48)
    assert grid.verticalScrollBar().maximum() > 0
    assert grid.horizontalScrollBar().maximum() == 0


def test_a_caption_is_at_the_left_of_its_image_and_the_sign_at_the_right(grid):
    grid.show_save(make_save(slots=8, probabilities=0.99999))
    shown, rect = grid.grab().toImage(), grid.image_rect(3, 0)
    below = range(rect.bottom() + 3, rect.bottom() + 18)
    done, ink = QColor(DONE), 60
    columns = range(max(0, rect.left() - 40), rect.right() + 40)
    sign = [x for x in columns if any(shown.pixelColor(x, y) == done for y in below)]
    text = [x for x in columns if x < sign[0] - 1 and any(shown.pixelColor(x, y).red() < ink for y in below)]
    assert abs(text[0] - rect.left()) <= 2
    assert abs(sign[-1] - rect.right()) <= 2
    assert sign[0] - text[-1] >= 5


def test_the_empty_stage_says_what_to_do_and_is_grey(grid, qtbot):
    assert grid.save() is None
    assert grid.grab().toImage().pixelColor(5, 5) == QColor(STAGE)
    assert has_colour(grid, INK)
    grid.show_save(make_save())
    grid.clear("Nothing here.")
    assert grid.save() is None
    assert grid.slot_at(grid.viewport().rect().center()) is None


def test_done_reinitialised_and_selected_slots_are_told_apart(grid):
    grid.show_save(make_save(probabilities=0.5))
    assert not any(has_colour(grid, colour) for colour in (DONE, REINITIALISED, SELECTED))
    grid.show_save(make_save(step=1, probabilities=0.9995))
    grid.redraw_overlay()
    assert has_colour(grid, DONE)
    grid.show_save(make_save(step=2, probabilities=0.5, reinitialisations=2))
    grid.redraw_overlay()
    assert has_colour(grid, REINITIALISED)
    grid.set_selected(3, 4)
    assert has_colour(grid, SELECTED)


def test_captions_come_to_the_last_state_while_saves_stream_in(grid, clock, qtbot):
    grid.show_save(make_save(step=0, probabilities=0.5))
    grid.grab()
    clock.now += 0.01
    grid.show_save(make_save(step=1, probabilities=0.9995))
    assert grid.save().step == 1
    qtbot.waitUntil(lambda: has_colour(grid, DONE), timeout=2000)


def test_saves_that_come_while_hidden_are_drawn_when_shown_again(grid, clock):
    grid.show_save(make_save(step=0, probabilities=0.5))
    grid.grab()
    grid.hide()
    grid.show_save(make_save(step=1, probabilities=0.9995, reinitialised=[(0, 1)]))
    assert not any(timer.isActive() for timer in grid.findChildren(QTimer))
    grid.show()
    assert has_colour(grid, DONE)


# Reinitialised slots


def test_a_reinitialised_slot_is_highlighted_for_a_while_and_until_the_next_save(grid, clock):
    grid.show_save(make_save(step=4, reinitialised=[(0, 2)]))
    assert grid.highlighted() == {(3, 2)}
    clock.now = 1.0
    grid.show_save(make_save(step=5))
    assert grid.highlighted() == {(3, 2)}
    clock.now = 1.6
    assert grid.highlighted() == frozenset()
    grid.show_save(make_save(step=6, reinitialised=[(0, 5)]))
    clock.now = 60.0
    assert grid.highlighted() == {(3, 5)}
    grid.show_save(make_save(step=7))
    assert grid.highlighted() == frozenset()


def test_a_slot_reinitialised_in_a_save_that_was_not_shown_is_highlighted_with_the_next(grid, clock):
    grid.show_save(make_save(labels=(3, 7), step=1))
    grid.note_reinitialised(make_save(labels=(3, 7), step=2, reinitialised=[(1, 0)]))
    clock.now = 9.0
    grid.show_save(make_save(labels=(3, 7), step=3))
    assert grid.highlighted() == {(7, 0)}
    grid.show_save(make_save(labels=(3, 7), step=4))
    assert grid.highlighted() == frozenset()


def test_noting_a_save_that_is_shown_too_changes_nothing(grid, clock):
    save = make_save(step=2, reinitialised=[(0, 0)])
    grid.note_reinitialised(save)
    grid.show_save(save)
    grid.note_reinitialised(save)
    clock.now = 2.0
    grid.show_save(make_save(step=3))
    assert grid.highlighted() == frozenset()


def test_a_new_run_and_an_empty_stage_have_no_old_highlights(grid):
    grid.show_save(make_save(step=9, reinitialised=[(0, 0)]))
    grid.show_save(make_save(step=0))
    assert grid.highlighted() == frozenset()
    grid.show_save(make_save(step=1, reinitialised=[(0, 0)]))
    grid.clear()
    assert grid.highlighted() == frozenset()


def edge_colour(grid, label, slot):
    rect = grid.image_rect(label, slot)
    return grid.grab().toImage().pixelColor(rect.x() + 1, rect.y() - 3)


def test_a_highlight_fades_but_stands_still_with_reduced_motion(grid, clock):
    grid.show_save(make_save(step=1, probabilities=0.5, reinitialised=[(0, 1)]))
    strong = edge_colour(grid, 3, 1)
    assert strong == QColor(REINITIALISED)
    clock.now = 1.4
    assert edge_colour(grid, 3, 1) not in (strong, QColor(STAGE))
    grid.set_reduce_motion(True)
    assert edge_colour(grid, 3, 1) == strong


def test_fading_ends_by_itself(grid, clock, qtbot):
    grid.show_save(make_save(reinitialised=[(0, 1)]))
    assert any(timer.isActive() for timer in grid.findChildren(QTimer))
    clock.now = 2.0
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in grid.findChildren(QTimer)), timeout=2000)
    assert grid.highlighted() == {(3, 1)}


# Selection


def test_a_click_selects_the_slot_under_it(grid, qtbot):
    grid.show_save(make_save(labels=(3, 7), slots=4))
    with qtbot.waitSignal(grid.selection_changed, timeout=1000) as selected:
        click(qtbot, grid, 7, 2)
    assert selected.args == [7, 2]
    assert grid.selected() == (7, 2)


def test_hit_testing_knows_images_captions_and_gaps_without_slots(grid):
    grid.show_save(make_save(slots=7))
    for slot in range(7):
        rect = grid.image_rect(3, slot)
        assert grid.slot_at(rect.topLeft()) == grid.slot_at(rect.bottomRight()) == (3, slot)
        assert grid.slot_at(QPoint(rect.center().x(), rect.bottom() + 10)) == (3, slot)
    last = grid.image_rect(3, 6)
    assert grid.slot_at(QPoint(last.right() + last.width(), last.center().y())) is None
    assert grid.slot_at(QPoint(1, 1)) is None
    with pytest.raises(ValueError, match="received label 4, slot 0"):
        grid.image_rect(4, 0)


def test_keys_move_the_selection(grid, qtbot):
    grid.show_save(make_save(labels=(3, 7), slots=4))
    chosen = []
    grid.selection_changed.connect(lambda label, slot: chosen.append((label, slot)))
    keys = Qt.Key
    for key in (keys.Key_Right, keys.Key_Right, keys.Key_Down, keys.Key_Left, keys.Key_End, keys.Key_Up, keys.Key_Home):
        qtbot.keyClick(grid, key)
    assert chosen == [(3, 0), (3, 1), (7, 1), (7, 0), (7, 3), (3, 3), (3, 0)]
    qtbot.keyClick(grid, keys.Key_Up)
    qtbot.keyClick(grid, keys.Key_Left)
    assert grid.selected() == (3, 0)
    assert len(chosen) == 7


def test_selecting_from_outside_does_not_echo(grid, qtbot):
    grid.show_save(make_save())
    with qtbot.assertNotEmitted(grid.selection_changed):
        grid.set_selected(3, 5)
        grid.set_selected(9, 9)
    assert grid.selected() == (3, 5)


def test_the_selection_stays_over_saves_and_goes_with_its_slot(grid):
    grid.show_save(make_save(step=0))
    grid.set_selected(3, 7)
    grid.show_save(make_save(step=1))
    assert grid.selected() == (3, 7)
    grid.show_save(make_save(step=2, slots=4))
    assert grid.selected() is None
    assert grid.accessibleDescription() == "No slot is selected."


def test_a_slot_is_described_in_words_for_tooltip_and_assistive_programs(grid):
    grid.set_class_names(["zero", "one"])
    assert grid.accessibleDescription() == "No slot is selected."
    grid.show_save(make_save(labels=(1,), probabilities=0.9993, reinitialisations=2, pinned=[(0, 4)]))
    grid.set_selected(1, 4)
    sentence = "Label one, slot 5 of 8: probability .9993, over the threshold, reinitialised 2 ×, pinned."
    assert grid.describe(1, 4) == sentence
    assert grid.accessibleDescription() == sentence
    grid.clear()
    assert grid.accessibleDescription() == "No slot is selected."


def test_with_the_objective_unit_a_slot_is_described_by_its_activation(grid):
    grid.set_class_names(["zero", "one"])
    grid.show_save(make_save(labels=(1,), probabilities=0.9993, activations=np.linspace(0, 7, 8), unit_done=5.5))
    assert grid.describe(1, 4) == "Label one, slot 5 of 8: activation 4.00, reinitialised 0 ×."
    assert grid.describe(1, 6) == (
        "Label one, slot 7 of 8: activation 6.00, over the activation goal, reinitialised 0 ×."
    )
    cells = grid.findChild(QTableView).model()
    assert cells.index(*divmod(6, cells.columnCount())).data() == "slot 7: activation 6.00, done"


# What can be done to a slot


def test_the_menu_asks_to_reinitialise_the_selected_slot(grid, qtbot):
    grid.show_save(make_save())
    grid.set_selected(3, 6)
    with qtbot.waitSignal(grid.reinitialise_requested, timeout=1000) as asked:
        action(grid, "reinitialise_slot_action").trigger()
    assert asked.args == [3, 6]


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard")
def test_the_menu_opens_on_the_slot_by_key_and_offers_to_unpin_a_pinned_one(grid, qtbot):
    grid.show_save(make_save(pinned=[(0, 1)]))
    for slot, text, wanted in ((0, "Pin", True), (1, "Unpin", False)):
        grid.set_selected(3, slot)
        qtbot.keyClick(grid, Qt.Key.Key_Menu)
        pin = action(grid, "pin_slot_action")
        assert pin.text() == text
        with qtbot.waitSignal(grid.pin_requested, timeout=1000) as asked:
            pin.trigger()
        assert asked.args == [3, slot, wanted]
        grid.findChild(QMenu, "slot_menu").close()


def test_actions_that_change_a_slot_are_disabled_with_a_reason(grid, qtbot):
    grid.show_save(make_save())
    grid.set_selected(3, 0)
    grid.set_slot_actions_enabled(False, "There is no run.")
    for name in ("reinitialise_slot_action", "pin_slot_action", "paste_slot_action", "open_slot_action"):
        assert not action(grid, name).isEnabled()
        assert action(grid, name).toolTip() == "There is no run."
    assert action(grid, "copy_slot_action").isEnabled()
    with qtbot.waitSignal(grid.refusal_changed, timeout=1000) as refused, qtbot.assertNotEmitted(grid.image_requested):
        grid.paste_image(3, 0)
    assert refused.args == ["There is no run."]
    grid.set_slot_actions_enabled(True)
    assert action(grid, "pin_slot_action").isEnabled()
    assert action(grid, "pin_slot_action").toolTip() != "There is no run."


@pytest.mark.parametrize("shape", [(28, 28, 1), (9, 7, 3)])
def test_a_copied_image_can_be_pasted_into_another_slot_unchanged(grid, qtbot, shape):
    save = make_save(shape=shape)
    grid.show_save(save)
    grid.set_selected(3, 2)
    qtbot.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().image().size().toTuple() == (shape[1], shape[0])
    grid.set_selected(3, 5)
    with qtbot.waitSignal(grid.image_requested, timeout=1000) as given:
        action(grid, "paste_slot_action").trigger()
    label, slot, image = given.args
    assert (label, slot) == (3, 5)
    assert image.dtype == np.float32
    assert image.shape == shape
    assert image.flags.c_contiguous
    np.testing.assert_allclose(image, save.images[0, 2], atol=0.51 / 255)


def picture(path, width=56, height=56, colour="red"):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return path


@pytest.mark.parametrize("name", ["picture.png", "picture.bmp", "picture with spaces.jpg"])
def test_a_picture_of_another_size_and_colour_is_brought_to_the_classifiers_shape(grid, qtbot, tmp_path, name):
    path = picture(tmp_path / name, colour="#406080")
    for shape, expected in (((28, 28, 1), [[88 / 255]]), ((9, 7, 3), [[0x40 / 255, 0x60 / 255, 0x80 / 255]])):
        grid.show_save(make_save(shape=shape))
        with qtbot.waitSignal(grid.image_requested, timeout=1000) as given:
            grid.open_image(3, 1, str(path))
        image = given.args[2]
        assert image.shape == shape
        assert 0 <= image.min() <= image.max() <= 1
        np.testing.assert_allclose(image, np.broadcast_to(expected, shape), atol=0.03)


def test_what_is_transparent_in_a_picture_becomes_white(grid, qtbot, tmp_path):
    image = QImage(28, 28, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    assert image.save(str(tmp_path / "clear.png"))
    grid.show_save(make_save())
    with qtbot.waitSignal(grid.image_requested, timeout=1000) as given:
        grid.open_image(3, 0, str(tmp_path / "clear.png"))
    assert (given.args[2] == 1).all()


def test_an_image_can_be_chosen_in_a_dialog(grid, qtbot, tmp_path):
    path = picture(tmp_path / "picture.png")
    grid.show_save(make_save())
    grid.set_selected(3, 3)
    action(grid, "open_slot_action").trigger()
    dialog = grid.findChild(QFileDialog, "open_slot_image_dialog")
    with qtbot.waitSignal(grid.image_requested, timeout=1000) as given:
        dialog.fileSelected.emit(str(path))
    assert given.args[:2] == [3, 3]
    dialog.close()


def refusal(grid, qtbot, act):
    with qtbot.waitSignal(grid.refusal_changed, timeout=1000) as refused, qtbot.assertNotEmitted(grid.image_requested):
        act()
    return refused.args[0]


def test_files_that_are_no_pictures_are_refused_in_a_sentence(grid, qtbot, tmp_path, monkeypatch):
    grid.show_save(make_save())
    text = tmp_path / "notes.png"
    text.write_text("no picture")
    sentence = refusal(grid, qtbot, lambda: grid.open_image(3, 0, str(text)))
    assert "notes.png cannot be read" in sentence
    assert "PNG or JPEG" in sentence
    sentence = refusal(grid, qtbot, lambda: grid.open_image(3, 0, str(tmp_path / "gone.png")))
    assert "no file gone.png" in sentence
    monkeypatch.setattr(picture_file, "MOST_PIXELS", 1_000_000)
    big = picture(tmp_path / "big.png", 2000, 1000)
    assert "2000 × 1000 pixels" in refusal(grid, qtbot, lambda: grid.open_image(3, 0, str(big)))


def test_a_clipboard_without_a_picture_is_refused(grid, qtbot):
    grid.show_save(make_save())
    QGuiApplication.clipboard().setText("no picture")
    assert "no picture was received" in refusal(grid, qtbot, lambda: grid.paste_image(3, 0))


def drop(grid, data, position):
    enter = QDragEnterEvent(
        position, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QGuiApplication.sendEvent(grid.viewport(), enter)
    assert enter.isAccepted()
    event = QDropEvent(
        QPointF(position), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QGuiApplication.sendEvent(grid.viewport(), event)
    return event


def test_a_picture_file_can_be_dropped_on_a_slot(grid, qtbot, tmp_path):
    grid.show_save(make_save())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture(tmp_path / "picture.png")))])
    with qtbot.waitSignal(grid.image_requested, timeout=1000) as given:
        drop(grid, data, grid.image_rect(3, 6).center())
    assert given.args[:2] == [3, 6]
    data.setUrls([QUrl.fromLocalFile("/one.png"), QUrl.fromLocalFile("/two.png")])
    sentence = refusal(grid, qtbot, lambda: drop(grid, data, grid.image_rect(3, 6).center()))
    assert "received 2 files" in sentence


@pytest.mark.parametrize("ending", ["svg", "PDF"])
def test_a_drawing_is_left_to_the_window_around(grid, ending):
    grid.show_save(make_save())
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f"/drawing.{ending}")])
    enter = QDragEnterEvent(
        grid.image_rect(3, 6).center(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QGuiApplication.sendEvent(grid.viewport(), enter)
    assert not enter.isAccepted()


# Zoom


def turn(grid, at, angle, modifier=Qt.KeyboardModifier.ControlModifier):
    spot, where = QPointF(at), QPointF(grid.viewport().mapToGlobal(at))
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(spot, where, QPoint(), QPoint(0, angle), none, modifier, phase, False)
    QGuiApplication.sendEvent(grid.viewport(), event)


def test_the_wheel_with_ctrl_enlarges_images_around_the_mouse(grid):
    grid.show_save(make_save(slots=8))
    before, at = grid.image_rect(3, 5), grid.image_rect(3, 5).center()
    turn(grid, at, 240)
    assert grid.zoom() == 1.25**2
    after = grid.image_rect(3, 5)
    assert after.width() == pytest.approx(before.width() * 1.25**2, abs=1)
    assert after.contains(at)
    assert grid.horizontalScrollBar().maximum() > 0
    assert grid.verticalScrollBar().maximum() > 0
    turn(grid, at, -240)
    assert (grid.zoom(), grid.image_rect(3, 5)) == (1.0, before)


def test_parts_of_a_notch_add_up_to_a_step(grid):
    grid.show_save(make_save(slots=8))
    at = grid.image_rect(3, 0).center()
    for _ in range(3):
        turn(grid, at, 40)
    assert grid.zoom() == 1.25


def test_the_wheel_without_ctrl_scrolls(grid):
    grid.resize(400, 300)
    grid.show_save(make_save(labels=range(10), slots=8))
    turn(grid, QPoint(100, 100), -120, Qt.KeyboardModifier.NoModifier)
    assert grid.zoom() == 1.0
    assert grid.verticalScrollBar().value() > 0


def test_images_are_never_smaller_than_fits_nor_larger_than_can_be_composed(grid):
    grid.show_save(make_save(slots=1))
    usual = grid.image_rect(3, 0)
    grid.zoom_by(-3)
    assert (grid.zoom(), grid.image_rect(3, 0)) == (1.0, usual)
    grid.zoom_by(100)
    most = grid.zoom()
    assert grid.image_rect(3, 0).width() <= 2048
    grid.zoom_by(1)
    assert grid.zoom() == most
    grid.reset_zoom()
    assert (grid.zoom(), grid.image_rect(3, 0)) == (1.0, usual)


def test_what_is_enlarged_shows_the_same_pixels_wherever_it_is_scrolled_to(grid):
    levels = np.random.default_rng(1).integers(0, 256, (2, 40, 28, 28, 1))
    grid.show_save(make_save((2, 9), 40, images=levels.astype(np.float32) / 255, probabilities=0.5))
    grid.zoom_by(4)
    for label, slot in ((2, 0), (9, 39), (2, 20)):
        grid.set_selected(label, slot)
        rect = grid.image_rect(label, slot)
        assert grid.viewport().rect().contains(rect)
        shown = grid.grab().toImage()
        for y, x in ((0, 0), (27, 27), (3, 2)):
            across, down = ((2 * place + 1) * rect.width() // 56 for place in (x, y))
            expected = int(levels[(2, 9).index(label), slot, y, x, 0])
            assert shown.pixelColor(rect.x() + across, rect.y() + down).red() == expected


def test_zooming_by_key_keeps_the_selected_slot_in_sight(grid):
    grid.show_save(make_save(slots=8))
    grid.set_selected(3, 7)
    grid.zoom_by(3)
    assert grid.viewport().rect().contains(grid.image_rect(3, 7))


def test_an_empty_grid_can_be_zoomed(grid):
    grid.clear()
    grid.zoom_by(1)
    grid.show_save(make_save(slots=8))
    assert grid.horizontalScrollBar().maximum() > 0


# Arrangement


SPACES = (
    CaptionSpace(font=12, height=18, text=45, inline=143, rail=18, gap=12, margin=8),
    CaptionSpace(font=10, height=11, text=37, inline=115, rail=14, gap=3, margin=0),
)


@pytest.mark.parametrize("groups", [1, 2, 10])
@pytest.mark.parametrize("slots", [1, 7, 8, 80])
@pytest.mark.parametrize("image", [(28, 28), (9, 7), (64, 48)])
@pytest.mark.parametrize("room", [(660, 420), (400, 300), (1900, 1000), (90, 60)])
def test_slots_lie_inside_their_cells_apart_from_each_other(groups, slots, image, room):
    layout = arrange(groups=groups, slots=slots, image=image, room=room, names=20, captions=SPACES, scroll_bar=14)
    boxes = set()
    for group, slot in itertools.product(range(groups), range(slots)):
        x, y, width, height = layout.image_box(group, slot)
        cell_x, cell_y, cell_width, cell_height = layout.cell_box(group, slot)
        assert cell_x <= x
        assert cell_y <= y
        assert x + width <= cell_x + cell_width
        assert y + height + layout.captions.height <= cell_y + cell_height
        assert layout.slot_at(x, y) == layout.slot_at(x + width - 1, y + height - 1) == (group, slot)
        boxes.add((cell_x, cell_y))
    assert len(boxes) == groups * slots
    if layout.image > image:
        assert layout.size[0] <= room[0]
        assert layout.size[1] <= room[1]


def test_more_room_gives_smaller_images_only_by_what_better_captions_may_take():
    largest = 0
    for width in range(200, 1600, 50):
        side, _ = arrange(
            groups=1, slots=8, image=(28, 28), room=(width, 420), names=0, captions=SPACES, scroll_bar=14
        ).image
        assert side >= int(0.85 * largest)
        largest = max(largest, side)
    assert largest > 150


DIGITS = tuple(str(label) for label in range(10))
CLOTHES = "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"
USUAL_ROOMS = ((652, 388), (556, 388), (556, 342), (738, 366), (642, 366), (642, 320))
"""Of the grid at 1280 × 800 and 1366 × 768: alone, beside the change strip, and below the caption of a show-piece."""


def captioned(names, room, pixels, slots):
    """Returns the layout of `slots` images of 28 × 28 in a font of `pixels`, and the width of its captions."""
    font = QFont()
    font.setPixelSize(pixels)
    captions = GridOverlay(font, 1.0, names).captions
    layout = arrange(groups=1, slots=slots, image=(28, 28), room=room, names=0, captions=captions, scroll_bar=14)
    return layout, layout.captions.inline if layout.inline else layout.captions.text


@pytest.mark.parametrize("names", [DIGITS, CLOTHES], ids=["digits", "clothes"])
@pytest.mark.parametrize("room", USUAL_ROOMS)
def test_captions_of_eight_images_are_13_pixels_and_name_the_class_on_a_small_screen(grid, names, room):
    layout, width = captioned(names, room, 12, 8)
    assert layout.captions.font >= 13
    assert layout.captions.names
    assert width <= layout.image[1]
    assert layout.image[1] >= 120


@pytest.mark.parametrize("names", [DIGITS, CLOTHES], ids=["digits", "clothes"])
@pytest.mark.parametrize("slots", [1, 2, 4, 8, 20])
@pytest.mark.parametrize("room", [(1280, 480), (1366, 472), (1920, 700)])
def test_captions_of_a_presentation_are_no_wider_than_their_images(grid, names, slots, room):
    layout, width = captioned(names, room, 18, slots)
    assert layout.captions.font >= 18
    assert width <= layout.image[1]


@pytest.mark.parametrize("names", [DIGITS, CLOTHES], ids=["digits", "clothes"])
@pytest.mark.parametrize(("room", "least"), [((652, 388), 34), ((738, 366), 32), ((1366, 472), 40)])
def test_captions_of_ten_rows_stand_beside_their_images_which_are_larger_for_it(grid, names, room, least):
    font = QFont()
    font.setPixelSize(12)
    captions = GridOverlay(font, 1.0, names).captions
    below = [space for space in captions if not space.beside]
    shown, usual = (
        arrange(groups=10, slots=8, image=(28, 28), room=room, names=20, captions=spaces, scroll_bar=14)
        for spaces in (captions, below)
    )
    assert shown.captions.beside
    assert shown.image[0] >= max(least, 1.2 * usual.image[0])
    assert shown.size[0] <= room[0]
    assert shown.size[1] <= room[1]
    font.setPixelSize(shown.captions.font)
    number = QFontMetricsF(font).horizontalAdvance("99.99")
    left, _, width, _ = shown.image_box(0, 0)
    assert left + width + number <= shown.image_box(0, 1)[0]


def test_ten_rows_are_all_seen_on_the_smallest_screen(grid):
    font = QFont()
    font.setPixelSize(12)
    captions, room = GridOverlay(font, 1.0, DIGITS).captions, (650, 296)
    layout = arrange(groups=10, slots=8, image=(28, 28), room=room, names=20, captions=captions, scroll_bar=14)
    assert layout.captions.beside
    assert layout.image[0] >= 25
    assert layout.size[1] <= room[1]


def test_a_caption_beside_its_image_is_the_number_with_the_signs_below(grid, qtbot):
    grid.resize(660, 388)
    save = make_save(tuple(range(10)), 8, probabilities=0.9997, leads=True)
    grid.show_save(save)
    qtbot.waitUntil(lambda: grid.viewport().size().width() == 660, timeout=2000)
    box, picture = grid.image_rect(3, 0), grid.viewport().grab().toImage()
    beside = range(box.right() + 2, grid.image_rect(3, 1).left() - 1)

    def colours(top, bottom):
        return {picture.pixelColor(x, y).name() for x in beside for y in range(top, bottom)}

    assert DONE.lower() in colours(box.top() + 12, box.bottom())
    assert any(QColor(colour).lightness() < 60 for colour in colours(box.top(), box.top() + 12))


def test_a_class_that_has_no_room_beside_the_percentage_stands_on_a_line_above_it(grid, qtbot):
    grid.set_class_names(CLOTHES)
    grid.resize(556, 388)
    grid.show_save(make_save())
    qtbot.waitUntil(lambda: grid.viewport().size().width() == 556, timeout=2000)
    box, picture = grid.image_rect(3, 0), grid.viewport().grab().toImage()
    below = range(box.bottom() + 2, min(grid.image_rect(3, 4).top(), box.bottom() + 40))
    written = [
        any(picture.pixelColor(x, y).lightness() < 60 for x in range(box.left(), box.left() + 60)) for y in below
    ]
    lines = [key for key, _ in itertools.groupby(written)].count(True)
    assert lines == 2


def test_a_long_name_of_a_class_is_cut_to_the_room_of_its_caption(grid):
    names = ("a name that is much longer than any image is wide", *DIGITS[1:])
    layout, width = captioned(names, (556, 388), 12, 8)
    font = QFont()
    font.setPixelSize(layout.captions.font)
    assert QFontMetricsF(font).horizontalAdvance(names[0]) > layout.image[1] >= width


def test_a_made_save_is_a_save():
    save = make_save(labels=(1, 2), slots=3, reinitialised=[(1, 2)], reinitialisations=1)
    assert isinstance(save, Save)
    assert save.reinitialisations.tolist() == [[1, 1, 1], [1, 1, 2]]
    assert not save.images.flags.writeable


def test_a_tooltip_event_over_a_slot_is_answered(grid):
    grid.show_save(make_save())
    place = grid.image_rect(3, 2).center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, grid.viewport().mapToGlobal(place))
    assert QGuiApplication.sendEvent(grid.viewport(), event)
    assert QToolTip.text() == grid.describe(3, 2)
