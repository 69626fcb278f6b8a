from __future__ import annotations

import pytest
import random_use
from PySide6.QtWidgets import QApplication, QPushButton
from random_use import RandomUser

from fooler_gui.app import Lab


@pytest.fixture(autouse=True)
def without_a_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the window take a minute to close; `tests/faults` at full size measures it."""
    monkeypatch.setattr(random_use, "CLOSES_WITHIN", 60.0)


@pytest.mark.usefixtures("qapp")
def test_random_use_of_the_window_raises_nothing_and_leaves_nothing() -> None:
    assert QApplication.instance() is not None
    report = random_use.run(60, seed=3)
    assert report.failures == []


@pytest.mark.usefixtures("qapp")
def test_a_button_of_the_window_that_does_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def press_it(user: RandomUser, lab: Lab) -> tuple[str, object]:
        button = lab.window.findChild(QPushButton, "planted")
        if button is None:
            button = QPushButton("Planted", lab.window.statusBar(), objectName="planted")
            lab.window.statusBar().addPermanentWidget(button)
            button.show()
        return "click", lambda: user._press(button)

    monkeypatch.setattr(RandomUser, "_choose", press_it)
    assert random_use.run(4, seed=3).failures == ["nothing followed any of the 4 presses of main_window/planted"]
