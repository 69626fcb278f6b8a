from __future__ import annotations

from dataclasses import replace

from fake_engine import LIMIT
from open_window import OpenWindow
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import LabState
from fooler_gui.features.tour.tour_steps import STEPS
from fooler_gui.widgets.log_slider import LogSlider


def test_every_target_is_a_control_of_the_real_window(opened: OpenWindow) -> None:
    for step in STEPS:
        assert opened.window.findChild(QWidget, step.target) is not None, step.target


def test_the_first_start_begins_the_tour_and_no_later_one(opened: OpenWindow) -> None:
    opened.lab.greet()
    assert opened.lab.tour.place == 0
    opened.lab.tour.leave()
    opened.lab.greet()
    assert opened.lab.tour.place == -1
    opened.action("tour").trigger()
    assert opened.lab.tour.place == 0


def test_each_step_is_done_by_what_it_asks_for_and_by_nothing_else(opened: OpenWindow, qtbot: QtBot) -> None:
    tour, window, grid = opened.lab.tour, opened.window, opened.window.grid
    opened.lab.greet()
    assert tour.place == 0
    opened.begin()
    assert tour.place == 1, "the net is loaded"
    opened.engine_lab.found = 0.9999
    opened.run(keep_refining=True)
    qtbot.waitUntil(lambda: tour.place == 2, timeout=LIMIT)
    opened.action("stop").trigger()
    opened.until(LabState.READY)
    assert tour.place == 3, "the run has ended"
    window.descent.set_descent(replace(window.descent.descent(), max_steps=3, keep_refining=False))
    click(window, "run_button")
    opened.until(LabState.READY)
    assert tour.place == 3, "no image was clicked"
    (label,) = opened.model.setup.labels
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.image_rect(label, 1).center())
    assert tour.place == 4
    click(window, "run_button")
    opened.until(LabState.READY)
    assert tour.place == 4, "the rules are the same"
    slider = window.findChild(LogSlider, "reference_cost_coeff_slider")
    assert slider is not None
    drag_to_the_right(slider)
    assert tour.place == 4, "nothing has run by the new rules"
    click(window, "run_button")
    opened.until(LabState.READY)
    assert tour.place == 5
    click(window, "retrain_button")
    qtbot.waitUntil(lambda: tour.place == 6, timeout=LIMIT)
    opened.until(LabState.READY)
    click(window, "tour_leave")
    assert tour.place == -1


def test_the_words_about_the_images_leave_images_timeline_plots_and_inspector_free(
    opened: OpenWindow, qapp: QApplication
) -> None:
    window, tour = opened.begin().window, opened.lab.tour
    window.resize(1366, 741)
    tour.begin()
    words = window.findChild(QWidget, "tour_callout")
    assert words is not None
    opened.run_to_its_end()
    assert tour.place == 3
    click(window, "tour_next")
    tour.begin()
    for place in (2, 3):
        while tour.place < place:
            click(window, "tour_next")
        window.show_inspector()
        qapp.processEvents()
        assert not words.geometry().intersects(window.centralWidget().geometry())
        assert not words.geometry().intersects(window.inspector_dock.geometry())


def click(window: QWidget, name: str) -> None:
    button = window.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def drag_to_the_right(slider: LogSlider) -> None:
    before, middle = slider.value(), slider.height() // 2
    handle, end = round(slider.x_of(before)), slider.width() - 1
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(handle, middle))
    QTest.mouseMove(slider, QPoint(end, middle))
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(end, middle))
    assert slider.value() > before
