from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from fooler_gui.widgets.unit_box import UnitBox

CHANNELS = {"inputs": 1, "conv0": 32, "fc": 1024}


@pytest.fixture
def box(qtbot: QtBot) -> UnitBox:
    made = UnitBox()
    qtbot.addWidget(made)
    made.set_units(CHANNELS)
    return made


def layer(box: UnitBox) -> QComboBox:
    found = box.findChild(QComboBox, "unit_layer")
    assert found is not None
    return found


def number(box: UnitBox) -> QSpinBox:
    found = box.findChild(QSpinBox, "unit_number")
    assert found is not None
    return found


def test_until_a_unit_is_chosen_the_last_layers_first_is_shown(box: UnitBox) -> None:
    assert (box.value(), box.shown()) == ("", "fc:0")


def test_a_unit_is_shown_and_nothing_is_sent(box: UnitBox, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(box.value_changed):
        box.set_value("conv0:5")
    assert (box.value(), layer(box).currentText(), number(box).value()) == ("conv0:5", "conv0", 5)
    assert number(box).maximum() == 31


def test_another_layer_keeps_the_number_as_far_as_it_has_units(box: UnitBox) -> None:
    sent: list[str] = []
    box.value_changed.connect(sent.append)
    box.set_value("fc:40")
    layer(box).setCurrentText("conv0")
    number(box).setValue(7)
    layer(box).setCurrentText("inputs")
    assert sent == ["conv0:31", "conv0:7", "inputs:0"]
    assert box.value() == "inputs:0"


@pytest.mark.parametrize(
    ("unit", "there"), [("conv0:31", True), ("conv0:32", False), ("conv1:0", False), ("", False), ("fc:x", False)]
)
def test_it_knows_which_units_there_are(box: UnitBox, unit: str, there: bool) -> None:
    assert box.has(unit) is there


def test_before_there_are_layers_there_is_no_unit(qtbot: QtBot) -> None:
    box = UnitBox()
    qtbot.addWidget(box)
    box.set_value("conv0:5")
    assert (box.value(), box.shown(), box.has("conv0:5")) == ("conv0:5", "", False)
    box.set_units(CHANNELS)
    assert box.shown() == "conv0:5"
