from __future__ import annotations

from open_window import OpenWindow
from PySide6.QtWidgets import QWidget

from fooler_gui.features.tour.tour_steps import STEPS


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
