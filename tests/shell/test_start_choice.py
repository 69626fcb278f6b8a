"""What the next run starts from, chosen in the window: kinds, images of the dataset, drawings, pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dropping
import numpy as np
import pytest
from fake_engine import DATASET, LIMIT
from open_window import OpenWindow
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QListWidget, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_spec import AVERAGES, NOISE
from fooler_gui.core.start_words import start_name
from fooler_gui.data.array_file import read_images, write_images

SHAPE = (4, 4, 1)


def button(opened: OpenWindow) -> QToolButton:
    found = opened.window.findChild(QToolButton, "start_button")
    assert found is not None
    return found


def choose(opened: OpenWindow, name: str) -> None:
    """Opens the menu of starts and chooses the entry called `name`."""
    button(opened).menu().aboutToShow.emit()
    action = opened.window.findChild(QAction, f"start_{name}_action")
    assert action is not None
    assert action.isEnabled()
    action.trigger()


def dialog(opened: OpenWindow, name: str) -> QWidget:
    found = opened.window.findChild(QWidget, name)
    assert found is not None
    return found


def label(widget: QWidget, name: str) -> str:
    found = widget.findChild(QLabel, name)
    assert found is not None
    return found.text()


def started_from(opened: OpenWindow) -> np.ndarray:
    """Returns the images in the file that the next run starts from."""
    return read_images(Path(opened.model.setup.start), SHAPE)


def picture(path: Path, border: str, middle: str) -> Path:
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(border))
    for x, y in ((1, 1), (1, 2), (2, 1), (2, 2)):
        image.setPixelColor(x, y, QColor(middle))
    assert image.save(str(path))
    return path


def drop_on_grid(opened: OpenWindow, path: Path) -> None:
    target = opened.window.grid.viewport()
    assert dropping.drop(target, [str(path)], target.rect().center())


def test_the_menu_offers_every_kind_with_a_picture_and_shows_which_is_chosen(opened: OpenWindow) -> None:
    opened.begin()
    choose(opened, AVERAGES)
    assert opened.model.setup.start == AVERAGES
    kinds = [action for action in button(opened).menu().actions() if action.isCheckable()]
    assert all(not action.icon().isNull() for action in kinds)
    assert [action.text() for action in kinds if action.isChecked()] == ["Averages of training images"]
    assert [action.text() for action in kinds if action.font().bold()] == ["Averages of training images"]
    assert button(opened).accessibleName() == "Start: averages of training images"
    assert opened.window.descent.start() == AVERAGES
    opened.model.change_setup(start=NOISE)
    assert button(opened).accessibleName() == "Start: uniform noise"


def test_without_a_dataset_what_needs_its_images_cannot_be_chosen(opened: OpenWindow) -> None:
    opened.begin()
    without = replace(DATASET, train=(0, 0, 0), test=(0, 0, 0))
    opened.model.set_dataset(without, np.empty((0, *SHAPE), np.uint8))
    button(opened).menu().aboutToShow.emit()
    actions = {action.objectName(): action for action in button(opened).menu().actions()}
    assert not actions["start_averages_action"].isEnabled()
    assert "needs a dataset" in actions["start_averages_action"].toolTip()
    assert not actions["start_gallery_action"].isEnabled()
    assert actions["start_noise_action"].isEnabled()
    assert actions["start_drawing_action"].isEnabled()


def test_an_image_of_the_dataset_is_picked_by_its_class(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    opened.model.change_setup(labels=(0,))
    choose(opened, "gallery")
    gallery = dialog(opened, "start_gallery")
    classes, images = (
        gallery.findChild(QListWidget, "gallery_classes"),
        gallery.findChild(QListWidget, "gallery_images"),
    )
    assert classes is not None
    assert images is not None
    assert classes.currentRow() == 1  # the first class that is no label
    qtbot.waitUntil(lambda: images.count() == 2, timeout=LIMIT)
    assert label(gallery, "gallery_sentence") == "From this 1 to 0."
    classes.setCurrentRow(0)
    qtbot.waitUntil(lambda: images.count() == 2, timeout=LIMIT)
    assert label(gallery, "gallery_sentence") == "This is 0 already; pick another class to start from."
    classes.setCurrentRow(2)
    qtbot.waitUntil(lambda: images.count() == 2, timeout=LIMIT)
    qtbot.keyClick(images, Qt.Key.Key_Right)
    use = gallery.findChild(QPushButton, "use_image_button")
    assert use is not None
    use.click()
    np.testing.assert_array_equal(started_from(opened), np.full((1, *SHAPE), np.float32(102 / 255)))
    assert start_name(opened.model.setup.start) == "tiny 2, test image 13"
    assert button(opened).accessibleName() == "Start: tiny 2, test image 13"
    assert opened.text("status_sentence") == (
        "The next run starts from “tiny 2, test image 13”; slots after the first get a little noise, so that they "
        "part. No slot will be reinitialised. Press Space to run."
    )


def test_every_slot_starts_from_another_test_image_of_a_class_that_is_picked(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    opened.model.change_setup(labels=(0,), descent=replace(opened.model.setup.descent, reinitialise_below=0.75))
    choose(opened, "gallery")
    gallery = dialog(opened, "start_gallery")
    several = gallery.findChild(QPushButton, "use_class_button")
    assert several is not None
    qtbot.waitUntil(several.isEnabled, timeout=LIMIT)
    several.click()
    assert opened.model.setup.start == "digits:1"
    assert opened.model.setup.descent.reinitialise_below == 0
    assert button(opened).accessibleName() == "Start: test images of class 1"
    assert not button(opened).icon().isNull()
    assert opened.text("status_sentence") == (
        "The next run starts from test images of class 1, another one for each slot. No slot will be reinitialised. "
        "Press Space to run."
    )
    choose(opened, NOISE)
    assert opened.model.setup.descent.reinitialise_below == 0.75


def test_a_drawing_is_classified_while_it_is_drawn_and_becomes_the_start(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    choose(opened, "drawing")
    drawing = dialog(opened, "drawing_dialog")
    pad = dialog(opened, "drawing_pad")
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(115, 192))
    qtbot.waitUntil(lambda: label(drawing, "drawing_sentence") == "The net: 1, 80.00 % sure.", timeout=LIMIT)
    assert opened.engine is not None
    (asked,) = [job for job in opened.engine.jobs if isinstance(job, jobs.Classify)]
    use = drawing.findChild(QPushButton, "use_drawing_button")
    assert use is not None
    use.click()
    np.testing.assert_array_equal(started_from(opened), asked.images)
    assert asked.images[0].argmax() == 2 * 4 + 1


def test_what_the_engine_precomputes_goes_on_once_it_has_answered_a_dialog(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    choose(opened, "gallery")
    gallery = dialog(opened, "start_gallery")
    assert opened.engine is not None
    asked = opened.engine.jobs
    qtbot.waitUntil(lambda: [type(job) for job in asked[-2:]] == [jobs.ShowTestImages, jobs.Prepare], timeout=LIMIT)
    qtbot.keyClick(gallery, Qt.Key.Key_Escape)
    assert opened.model.setup.start == NOISE


@pytest.mark.parametrize(("border", "middle", "turned"), [("white", "black", True), ("black", "white", False)])
def test_a_dropped_picture_becomes_the_start_and_is_turned_to_light_on_dark_like_the_dataset(
    opened: OpenWindow, tmp_path: Path, border: str, middle: str, turned: bool
) -> None:
    opened.begin()
    drop_on_grid(opened, picture(tmp_path / "mine.png", border, middle))
    image = started_from(opened)[0]
    assert (image[0, 0], image[1, 1]) == (0, 1)
    assert ("“mine”, turned to light on dark as in the dataset" in opened.text("status_sentence")) == turned


def test_a_picture_dropped_on_images_at_rest_is_for_the_next_run_and_during_a_run_for_the_slot(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin().run_to_its_end()
    path = picture(tmp_path / "mine.png", "black", "white")
    grid = opened.window.grid
    slot = grid.image_rect(opened.model.newest.labels[0], 1).center()
    assert dropping.drop(grid.viewport(), [str(path)], slot)
    assert start_name(opened.model.setup.start) == "mine"
    assert opened.engine_lab.actions == []
    opened.run(keep_refining=True)
    opened.until(LabState.BACKWORKING)
    qtbot.waitUntil(lambda: opened.model.starting is None, timeout=LIMIT)
    before = opened.model.setup.start
    other = picture(tmp_path / "other.png", "black", "white")
    assert dropping.drop(grid.viewport(), [str(other)], slot)
    qtbot.waitUntil(lambda: len(opened.engine_lab.actions) == 1, timeout=LIMIT)
    opened.lab.starts.open_picture(str(other))
    assert opened.model.setup.start == before
    assert "becomes the start of the next run; stop this run first" in opened.text("error_sentence")
    assert not button(opened).isEnabled()


def test_the_menu_of_an_image_at_rest_makes_a_picture_the_start(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin().run_to_its_end()
    grid = opened.window.grid
    grid.set_selected(opened.model.newest.labels[0], 0)
    QGuiApplication.clipboard().setImage(QImage(str(picture(tmp_path / "mine.png", "black", "white"))))
    paste, open_file, pin = (grid.findChild(QAction, f"{name}_slot_action") for name in ("paste", "open", "pin"))
    assert paste is not None
    assert open_file is not None
    assert pin is not None
    assert (paste.text(), open_file.text()) == ("Paste as the start", "Open as the start…")
    assert not pin.isEnabled()
    paste.trigger()
    assert start_name(opened.model.setup.start) == "pasted picture"
    open_file.trigger()
    chooser = grid.findChild(QFileDialog, "open_slot_image_dialog")
    assert chooser is not None
    chooser.fileSelected.emit(str(tmp_path / "mine.png"))
    chooser.close()
    assert start_name(opened.model.setup.start) == "mine"


def test_a_picture_without_a_file_is_pasted_or_dropped_at_rest(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin()
    image = QImage(str(picture(tmp_path / "mine.png", "black", "white")))
    QGuiApplication.clipboard().setImage(image)
    choose(opened, "paste")
    assert start_name(opened.model.setup.start) == "pasted picture"
    opened.model.change_setup(start=NOISE)
    opened.window.grid.setFocus()
    QApplication.sendEvent(opened.window.grid, paste_key())
    assert start_name(opened.model.setup.start) == "pasted picture"
    data = QMimeData()
    data.setImageData(image)
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target = opened.window.grid.viewport()
    enter, let_go = QDragEnterEvent(QPoint(9, 9), *how), QDropEvent(QPointF(9, 9), *how)
    for event in (enter, let_go):
        QApplication.sendEvent(target, event)
        assert event.isAccepted()
    assert start_name(opened.model.setup.start) == "dropped picture"
    assert started_from(opened)[0, 1, 1] == 1


def paste_key() -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_what_is_no_picture_is_refused_and_the_start_stays(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin()
    (tmp_path / "notes.png").write_text("no picture")
    opened.lab.starts.open_picture(str(tmp_path / "notes.png"))
    assert "notes.png cannot be read" in opened.text("error_sentence")
    assert opened.model.setup.start == NOISE


def test_a_start_of_ones_own_is_never_reinitialised_and_noise_is_again(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin()
    opened.model.change_setup(descent=replace(opened.model.setup.descent, reinitialise_below=0.75))
    for name, colour in (("one", "red"), ("two", "white")):
        opened.lab.starts.open_picture(str(picture(tmp_path / f"{name}.png", "black", colour)))
        assert opened.model.setup.descent.reinitialise_below == 0
    opened.lab.starts.open_picture(str(tmp_path / "two.png"))
    choose(opened, NOISE)
    assert opened.model.setup.descent.reinitialise_below == 0.75
    opened.lab.starts.open_picture(str(tmp_path / "one.png"))
    opened.model.change_setup(descent=replace(opened.model.setup.descent, reinitialise_below=0.5))
    choose(opened, AVERAGES)
    assert opened.model.setup.descent.reinitialise_below == 0.5


def test_a_file_that_cannot_start_a_run_is_told_and_the_kind_before_it_is_used(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin()
    opened.model.change_setup(start=AVERAGES)
    write_images(tmp_path / "large.npz", np.zeros((8, 5, 5, 1), np.float32))
    write_images(tmp_path / "few.npz", np.zeros((3, *SHAPE), np.float32))
    write_images(tmp_path / "good.npz", np.zeros((8, *SHAPE), np.float32))
    for path, reason in (
        ("none.npz", "There is no file"),
        ("large.npz", "images must hold images of 4 × 4 × 1; received 5 × 5 × 1"),
        ("few.npz", "must hold at least 8 images"),
    ):
        opened.model.dismiss_problem()
        opened.model.change_setup(start=str(tmp_path / path))
        qtbot.waitUntil(lambda: opened.model.setup.start == AVERAGES, timeout=LIMIT)
        assert reason in opened.text("error_sentence")
        assert opened.text("error_sentence").endswith("The next run starts from averages of training images.")
    opened.model.dismiss_problem()
    opened.model.change_setup(start=str(tmp_path / "good.npz"))
    qtbot.waitUntil(lambda: opened.lab.start_file.image is not None, timeout=LIMIT)
    assert opened.model.setup.start == str(tmp_path / "good.npz")
    assert opened.model.problem == ("", "")


def test_a_file_of_images_of_another_program_is_chosen_in_the_menu(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin()
    given = np.random.default_rng(0).random((9, *SHAPE), np.float32)
    np.savez(tmp_path / "art.npz", x_adv=given.transpose(0, 3, 1, 2), y=np.arange(9))
    choose(opened, "images")
    chooser = opened.window.findChild(QFileDialog, "open_images_dialog")
    assert chooser is not None
    chooser.fileSelected.emit(str(tmp_path / "art.npz"))
    qtbot.waitUntil(lambda: opened.lab.start_file.image is not None, timeout=LIMIT)
    np.testing.assert_array_equal(opened.lab.start_file.image, given[0])
    assert opened.model.setup.start == str(tmp_path / "art.npz")


def test_a_bad_start_file_in_the_settings_is_told_and_left_out(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin()
    write_images(tmp_path / "mine.npz", np.zeros((8, *SHAPE), np.float32))
    opened.model.change_setup(start=str(tmp_path / "mine.npz"))
    qtbot.waitUntil(lambda: opened.lab.start_file.image is not None, timeout=LIMIT)
    opened.window.close()
    (tmp_path / "mine.npz").write_text("damaged")
    again = opened.again()
    assert again.model.setup.start == str(tmp_path / "mine.npz")
    again.window.show()
    again.start_engine()
    qtbot.waitUntil(lambda: again.model.setup.start == NOISE, timeout=LIMIT)
    assert (
        "mine.npz must be an .npz, .npy or IDX file of images, or a folder of pictures; it is a text file"
        in (again.model.problem[0])
    )
    assert again.model.problem[0].endswith("The next run starts from uniform noise.")


def test_beside_a_run_from_a_picture_stand_original_difference_and_result(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin().run_to_its_end()
    strip = opened.window.change_strip
    assert not strip.isVisible()
    opened.lab.starts.open_picture(str(picture(tmp_path / "mine.png", "black", "white")))
    opened.run_to_its_end()
    assert strip.isVisible()
    opened.model.look_at(0)
    assert label(strip, "change_distance") == "Euclidean distance from the original: 0.00"
    choose(opened, NOISE)
    opened.run_to_its_end()
    assert not strip.isVisible()
