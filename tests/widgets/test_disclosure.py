from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton

from fooler_gui.widgets.disclosure import Disclosure


@pytest.fixture
def disclosure(qtbot):
    made = Disclosure("More", "more_disclosure", "More of it.", QLabel("content"))
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_is_closed_at_first_and_opened_by_a_click(qtbot, disclosure):
    button, content = disclosure.findChild(QToolButton, "more_disclosure"), disclosure.findChild(QLabel)
    assert not content.isVisible()
    with qtbot.waitSignal(disclosure.open_changed, timeout=1000) as toggled:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert toggled.args == [True]
    assert content.isVisible()
    assert button.arrowType() is Qt.ArrowType.DownArrow


def test_opening_it_from_outside_does_not_echo(qtbot, disclosure):
    with qtbot.assertNotEmitted(disclosure.open_changed):
        disclosure.set_open(True)
    assert disclosure.is_open()
    assert disclosure.findChild(QLabel).isVisible()
