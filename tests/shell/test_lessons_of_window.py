"""Every task of the lessons, done in the real window as a person does it: it is ticked then, and not before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_engine import LIMIT
from open_window import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import LabState
from fooler_gui.features.run.starts.gallery_dialog import GalleryDialog
from fooler_gui.widgets.log_slider import LogSlider

SURE, UNSURE = 0.9999, 0.5


class Pupil:
    """Uses the window with the mouse and keys, and reads the lesson."""

    def __init__(self, opened: OpenWindow, qtbot: QtBot) -> None:
        self.opened = opened.begin()
        self.window, self._qtbot = opened.window, qtbot
        self.opened.window.run_bar.set_class_names("012")

    def begin(self, lesson: str) -> None:
        self.window.show()
        self.opened.action(f"lesson_{lesson}").trigger()
        assert self.done == []

    @property
    def done(self) -> list[int]:
        """The numbers of the tasks that are ticked."""
        signs = [sign for sign in self.window.lesson.findChildren(QLabel) if sign.objectName().endswith("_sign")]
        return [int(sign.objectName().split("_")[1]) for sign in signs if sign.text() == "✓" and not sign.isHidden()]

    def run(self, found: float = SURE) -> None:
        self.opened.engine_lab.found = found
        self.opened.run_to_its_end()

    def click(self, name: str, within: QWidget | None = None) -> None:
        button = (within or self.window).findChild(QAbstractButton, name)
        assert button is not None, name
        assert button.isEnabled(), button.toolTip()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def click_image(self, label: int, slot: int, *, twice: bool = False) -> None:
        grid = self.window.grid
        press = QTest.mouseDClick if twice else QTest.mouseClick
        press(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.image_rect(label, slot).center())

    def choose_preset(self, words: str) -> None:
        box = self.window.coefficients.findChild(QComboBox, "coefficient_preset")
        assert box is not None
        index = box.findText(words)
        assert index >= 0, [box.itemText(each) for each in range(box.count())]
        box.setCurrentIndex(index)
        box.activated.emit(index)

    def pick_an_image(self, row: int) -> None:
        self.opened.action("start_gallery").trigger()
        gallery = self.window.findChild(GalleryDialog)
        assert gallery is not None
        classes, images = (gallery.findChild(QListWidget, f"gallery_{part}") for part in ("classes", "images"))
        assert classes is not None
        assert images is not None
        classes.setCurrentRow(row)
        self.wait(lambda: images.count() == 2)
        self.click("use_image_button", gallery)

    def wait(self, holds: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(holds, timeout=LIMIT)

    def retrain(self) -> None:
        self.click("retrain_button")
        self.wait(lambda: self.opened.model.retraining is not None and self.opened.model.state is LabState.READY)


@pytest.fixture
def pupil(opened: OpenWindow, qtbot: QtBot) -> Pupil:
    return Pupil(opened, qtbot)


def test_fool_it(pupil: Pupil) -> None:
    pupil.begin("fool")
    pupil.run(UNSURE)
    assert pupil.done == []
    pupil.run()
    assert pupil.done == [1]
    pupil.run()
    assert pupil.done == [1], "the same noise again is no other noise"
    pupil.opened.action("new_seed").trigger()
    pupil.wait(lambda: pupil.done == [1, 2])
    pupil.opened.until(LabState.READY)
    track = pupil.window.findChild(QWidget, "timeline_track")
    assert track is not None
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=track.rect().center())
    pupil.wait(lambda: pupil.done == [1, 2, 3])
    pupil.click("all_labels")
    assert pupil.done == [1, 2, 3], "a choice is no run"
    pupil.run()
    assert pupil.done == [1, 2, 3, 4]
    pupil.window.run_bar.set_labels((0,))
    pupil.opened.model.change_setup(labels=(0,))
    pupil.pick_an_image(2)
    pupil.run(UNSURE)
    assert pupil.done == [1, 2, 3, 4], "it has to fool the net"
    pupil.run()
    assert pupil.done == [1, 2, 3, 4, 5]


def test_why_it_works(pupil: Pupil) -> None:
    pupil.run()
    pupil.click_image(0, 0, twice=True)
    pupil.begin("why")
    pupil.run()
    assert pupil.done == [], "the inspector was opened before"
    pupil.click_image(0, 1)
    assert pupil.done == [], "a click does not open the inspector"
    pupil.click_image(0, 1, twice=True)
    assert pupil.done == [1]
    pupil.choose_preset("no penalties")
    assert pupil.done == [1], "a choice is no run"
    pupil.opened.action("new_seed").trigger()
    pupil.opened.until(LabState.READY)
    assert pupil.done == [1], "another seed is no comparison"
    pupil.choose_preset("article")
    pupil.run()
    assert pupil.done == [1, 2]
    slider = pupil.window.findChild(LogSlider, "reference_cost_coeff_slider")
    assert slider is not None
    QTest.keyClick(slider, Qt.Key.Key_PageUp)
    assert pupil.done == [1, 2], "a moved slider is no run"
    pupil.run()
    assert pupil.done == [1, 2, 3]
    pupil.click_image(0, 2)
    assert pupil.done == [1, 2, 3], "these are two images"
    pupil.click_image(0, 3)
    assert pupil.done == [1, 2, 3, 4]


def test_mend_it_and_check_honestly(pupil: Pupil) -> None:
    pupil.begin("mend")
    pupil.run()
    assert pupil.done == [], "one digit is not all"
    pupil.click("all_labels")
    pupil.run()
    assert pupil.done == [1]
    pupil.retrain()
    assert pupil.done == [1, 2]
    pupil.run()
    assert pupil.done == [1, 2], "the new classifier is not kept yet"
    pupil.click("keep_button")
    pupil.wait(lambda: pupil.opened.model.state is LabState.READY)
    assert pupil.done == [1, 2], "it has not been attacked yet"
    pupil.run()
    assert pupil.done == [1, 2, 3]
    pupil.opened.action("rounds").trigger()
    assert pupil.done == [1, 2, 3], "an open window is no check"
    pupil.click("check_honesty", pupil.opened.lab.pages["rounds"])
    pupil.wait(lambda: pupil.done == [1, 2, 3, 4])
    pupil.opened.until(LabState.READY)
    pupil.opened.action("evaluation").trigger()
    assert pupil.done == [1, 2, 3, 4], "an open window is no evaluation"
    pupil.click("evaluate", pupil.opened.lab.pages["evaluation"])
    pupil.wait(lambda: pupil.done == [1, 2, 3, 4, 5])
    pupil.opened.until(LabState.READY)
    assert pupil.opened.text("lesson_progress") == "All done. This was the last lesson."
