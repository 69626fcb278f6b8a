"""Before anything ran, the stage invites to choose a start, by mouse and by keyboard, and then to run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from colour_checks import contrast, has_colour
from fake_engine import DATASET, LIMIT
from open_window import OpenWindow
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import NO_DATASET, LabState
from fooler_gui.core.run_spec import AVERAGES, NOISE
from fooler_gui.core.sentences import HELD_BACK
from fooler_gui.core.settings import no_penalties
from fooler_gui.session.start_file import start_name
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.colours import INK, STAGE
from fooler_gui.widgets.picture_card import PictureCard

SHAPE = (4, 4, 1)


def card(opened: OpenWindow, name: str) -> PictureCard:
    return opened.window.invitation.cards[name]


def press(opened: OpenWindow, name: str) -> None:
    """Clicks the picture called `name`, as a person does."""
    QTest.mouseClick(card(opened, name), Qt.MouseButton.LeftButton)


def dialog(opened: OpenWindow, name: str) -> QWidget:
    found = opened.window.findChild(QWidget, name)
    assert found is not None
    return found


def chosen(opened: OpenWindow) -> list[str]:
    return [name for name, shown in opened.window.invitation.cards.items() if shown.is_chosen()]


def test_the_invitation_is_there_until_something_runs(opened: OpenWindow) -> None:
    assert not opened.window.invitation.isVisible()
    opened.begin()
    assert opened.window.invitation.isVisible()
    opened.gate.clear()
    opened.run(max_steps=3, keep_refining=False)
    assert not opened.window.invitation.isVisible()
    opened.gate.set()
    opened.until(LabState.READY)
    assert not opened.window.invitation.isVisible()


def test_noise_is_chosen_at_first_and_the_line_says_what_will_happen(opened: OpenWindow) -> None:
    opened.begin()
    opened.model.change_setup(labels=(2,))
    assert chosen(opened) == ["noise"]
    assert opened.window.invitation.sentence() == (
        "Uniform noise will change until the net takes it for 2.\nPress Space or Run to start."
    )
    opened.model.change_setup(labels=(0, 1, 2), start=AVERAGES)
    assert chosen(opened) == []
    assert opened.window.invitation.sentence() == (
        "Averages of training images will change until the net takes it for each of 3 classes.\n"
        "Press Space or Run to start."
    )


def test_a_click_chooses_noise_and_space_then_runs(opened: OpenWindow) -> None:
    opened.begin()
    opened.model.change_setup(start=AVERAGES)
    press(opened, "noise")
    assert opened.model.setup.start == NOISE
    assert opened.text("status_sentence") == "The next run starts from uniform noise. Press Space to run."
    assert opened.window.focusWidget() is opened.window.grid
    opened.window.descent.set_descent(replace(opened.window.descent.descent(), max_steps=3, keep_refining=False))
    QTest.keyClick(opened.window.grid, Qt.Key.Key_Space)
    opened.until(LabState.READY)
    assert opened.model.run is not None
    assert opened.model.run.spec.start == NOISE


def test_tab_leads_to_the_pictures_and_space_presses_the_one_with_the_focus(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    opened.model.change_setup(start=AVERAGES)
    qtbot.waitUntil(opened.window.isActiveWindow)
    opened.window.grid.setFocus()
    reached = []
    for _ in range(3):
        QTest.keyClick(opened.window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(opened.window.focusWidget())
    assert reached == list(opened.window.invitation.cards.values())
    card(opened, "noise").setFocus()
    QTest.keyClick(card(opened, "noise"), Qt.Key.Key_Space)
    assert opened.model.setup.start == NOISE
    assert opened.model.run is None


def test_an_image_of_the_dataset_is_picked_and_stands_on_the_picture(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    opened.model.change_setup(labels=(0,))
    before = card(opened, "gallery").grab().toImage()
    press(opened, "gallery")
    gallery = dialog(opened, "start_gallery")
    images, use = gallery.findChild(QListWidget, "gallery_images"), gallery.findChild(QPushButton, "use_image_button")
    assert images is not None
    assert use is not None
    qtbot.waitUntil(lambda: images.count() == 2, timeout=LIMIT)
    use.click()
    qtbot.waitUntil(lambda: opened.lab.start_file.image is not None, timeout=LIMIT)
    assert chosen(opened) == ["gallery"]
    name = start_name(opened.model.setup.start)
    assert opened.window.invitation.sentence() == (
        f"“{name}” will change until the net takes it for 0.\nPress Space or Run to start."
    )
    advice = "The penalties hold a picture back; the preset no penalties takes fewer steps."
    assert opened.text("invitation_advice") == advice
    drop = opened.window.findChild(ActionButton, "invitation_no_penalties")
    assert drop is not None
    assert drop.isVisible()
    penalised = opened.model.setup.coefficients
    QTest.mouseClick(drop, Qt.MouseButton.LeftButton)
    assert opened.model.setup.coefficients == no_penalties(("inputs", "conv0", "fc"))
    assert opened.text("status_sentence") == "The next run has no penalties. Press Space to run."
    assert not drop.isVisible()
    assert opened.text("invitation_advice") == ""
    opened.action("undo").trigger()
    qtbot.waitUntil(lambda: opened.model.setup.coefficients == penalised, timeout=LIMIT)
    assert drop.isVisible()
    opened.action("redo").trigger()
    qtbot.waitUntil(lambda: not opened.model.setup.coefficients.has_penalties, timeout=LIMIT)
    assert opened.window.invitation.sentence() == (
        f"“{name}” will change until the net takes it for 0.\nPress Space or Run to start."
    )
    assert card(opened, "gallery").grab().toImage() != before
    assert opened.window.focusWidget() is opened.window.grid


def test_a_drawing_becomes_the_start(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    press(opened, "drawing")
    drawing, pad = dialog(opened, "drawing_dialog"), dialog(opened, "drawing_pad")
    qtbot.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(115, 192))
    use = drawing.findChild(QPushButton, "use_drawing_button")
    assert use is not None
    use.click()
    assert start_name(opened.model.setup.start) == "drawing"
    assert chosen(opened) == ["drawing"]


def test_without_a_dataset_its_images_cannot_be_chosen_and_the_reason_is_told(opened: OpenWindow) -> None:
    opened.begin()
    assert card(opened, "gallery").isEnabled()
    without = replace(DATASET, train=(0, 0, 0), test=(0, 0, 0))
    opened.model.set_dataset(without, np.empty((0, *SHAPE), np.uint8))
    gallery = card(opened, "gallery")
    assert not gallery.isEnabled()
    assert gallery.text() == "Needs a dataset"
    assert NO_DATASET in gallery.toolTip()
    press(opened, "gallery")
    assert opened.window.findChild(QWidget, "start_gallery") is None
    opened.model.set_dataset(replace(DATASET, test=(0, 0, 0)), np.zeros((3, *SHAPE), np.uint8))
    assert "no test images" in gallery.toolTip()


def test_a_dataset_of_digits_is_named_so(opened: OpenWindow) -> None:
    opened.begin()
    assert card(opened, "gallery").text() == "A test image"
    digits = replace(DATASET, class_names=tuple("0123456789"), train=(2,) * 10, test=(1,) * 10)
    opened.model.set_dataset(digits, np.zeros((10, *SHAPE), np.uint8))
    assert card(opened, "gallery").text() == "A digit"


def test_each_picture_has_a_name_for_a_screen_reader_and_says_whether_it_is_chosen(opened: OpenWindow) -> None:
    opened.begin()
    told = []
    for shown in opened.window.invitation.cards.values():
        interface = QAccessible.queryAccessibleInterface(shown)
        assert interface.role() == QAccessible.Role.Button
        told.append((interface.text(QAccessible.Text.Name), interface.text(QAccessible.Text.Description)))
    assert [name for name, _ in told] == ["Static", "A test image", "Draw your own"]
    assert [description == "Chosen" for _, description in told] == [True, False, False]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_words_are_legible_in_both_themes(opened: OpenWindow, theme: str) -> None:
    opened.begin().window.theme_actions[theme].trigger()
    invitation = opened.window.invitation
    invitation.show_start("noise", invitation.sentence(), "Why no penalties are offered.")
    lines = invitation.findChildren(QLabel)
    assert len(lines) == 4
    assert all(contrast(line.palette().color(line.foregroundRole()), STAGE) >= 4.5 for line in lines)
    assert all(has_colour(line, INK) for line in lines)
    opened.window.theme_actions["light"].trigger()


@pytest.mark.parametrize("size", [(1000, 640), (1264, 760), (1350, 728)])
def test_nothing_of_the_invitation_is_cut_off(opened: OpenWindow, qapp: QApplication, size: tuple[int, int]) -> None:
    opened.begin().window.resize(*size)
    invitation, viewport = opened.window.invitation, opened.window.grid.viewport()
    invitation.show_start("noise", invitation.sentence(), HELD_BACK)
    qapp.processEvents()
    for child in invitation.findChildren(QWidget):
        place = QRect(child.mapTo(viewport, QPoint()), child.size())
        assert viewport.rect().contains(place), child.objectName()
        wraps = child.hasHeightForWidth()
        needed = child.heightForWidth(child.width()) if wraps else child.sizeHint().height()
        assert child.height() >= needed, child.objectName()
        assert child.width() >= child.minimumSizeHint().width(), child.objectName()
