"""Tests of the dialog of recorded layers, on a real window's table and buttons."""

from __future__ import annotations

import dataclasses

import pytest
from fake_engine import info
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QTableView

from fooler_gui.core.classifier_info import LayerFacts, RecordedFacts
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import LayersDescribed
from fooler_gui.features.training.recorded_layers_dialog import RecordedLayersDialog

NET = info("net")  # it records inputs, conv0 and fc
LAYERS = LayersDescribed(
    layers=(
        LayerFacts("inputs", "InputLayer", (4, 4, 1), 0),
        LayerFacts("conv0", "Conv2D", (2, 2, 3), 30),
        LayerFacts("flatten", "Flatten", (12,), 0),
        LayerFacts("fc", "Dense", (5,), 65),
    ),
    recorded=(
        RecordedFacts("inputs", 16, 64, 16_000),
        RecordedFacts("conv0", 12, 48, 24_000),
        RecordedFacts("flatten", 12, 48, 24_000),
        RecordedFacts("fc", 5, 20, 10_000),
    ),
    proposed=("inputs", "conv0", "fc"),
)


@pytest.fixture
def dialog(qtbot):
    dialog = RecordedLayersDialog(NET, LAYERS)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def table(dialog) -> QTableView:
    return dialog.findChild(QTableView, "recorded_layers")


def cells(dialog) -> list[list[str]]:
    model = table(dialog).model()
    return [[model.index(row, column).data() for column in range(5)] for row in range(model.rowCount())]


def tick(dialog, row: int, *, ticked: bool = True) -> None:
    state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
    table(dialog).model().setData(table(dialog).model().index(row, 0), state.value, Qt.ItemDataRole.CheckStateRole)


def button(dialog, name: str) -> QPushButton:
    return dialog.findChild(QPushButton, name)


def test_every_layer_is_shown_and_those_in_use_are_ticked(dialog):
    assert cells(dialog) == [
        ["inputs", "InputLayer", "4 × 4 × 1", "16 kB", "–"],
        ["conv0", "Conv2D", "2 × 2 × 3", "24 kB", "–"],
        ["flatten", "Flatten", "12", "24 kB", "–"],
        ["fc", "Dense", "5", "10 kB", "–"],
    ]
    assert dialog.ticked() == ("inputs", "conv0", "fc")
    assert dialog.findChild(QLabel, "recorded_layers_sum").text() == "3 layers · all references 50 kB"
    assert not button(dialog, "use_layers").isEnabled()
    assert not button(dialog, "propose_layers").isEnabled()


def test_ticked_layers_are_used_in_the_order_of_the_net(dialog, qtbot):
    tick(dialog, 3, ticked=False)
    tick(dialog, 2)
    assert dialog.ticked() == ("inputs", "conv0", "flatten")
    with qtbot.waitSignal(dialog.use_requested) as used:
        qtbot.mouseClick(button(dialog, "use_layers"), Qt.MouseButton.LeftButton)
    assert used.args == [("conv0", "flatten")]
    assert not dialog.isVisible()


def test_the_inputs_stay_ticked(dialog):
    assert not table(dialog).model().index(0, 0).flags() & Qt.ItemFlag.ItemIsUserCheckable
    tick(dialog, 0, ticked=False)
    assert dialog.ticked() == ("inputs", "conv0", "fc")


def test_the_proposed_layers_are_asked_for_without_names(qtbot):
    dialog = RecordedLayersDialog(dataclasses.replace(NET, recorded_layers=("inputs", "flatten")), LAYERS)
    qtbot.addWidget(dialog)
    button(dialog, "propose_layers").click()
    assert dialog.ticked() == LAYERS.proposed
    with qtbot.waitSignal(dialog.use_requested) as used:
        button(dialog, "use_layers").click()
    assert used.args == [None]


def test_ticked_layers_are_measured_and_their_times_shown(dialog, qtbot):
    with qtbot.waitSignal(dialog.measure_requested) as measured:
        button(dialog, "measure_layers").click()
    assert measured.args == [("conv0", "fc")]
    dialog.set_state(LabState.WORKING)
    assert not button(dialog, "measure_layers").isEnabled()
    with qtbot.waitSignal(dialog.stop_requested):
        button(dialog, "stop_measuring").click()
    dialog.set_times({"inputs": 1.0, "conv0": 2.25, "fc": 0.5})
    assert [row[4] for row in cells(dialog)] == ["1.0", "2.2", "–", "0.5"]
    assert dialog.findChild(QLabel, "recorded_layers_sum").text() == "3 layers · all references 50 kB · 3.8 ms a step"


def test_a_classifier_without_a_file_says_why_its_layers_cannot_be_changed(qtbot):
    dialog = RecordedLayersDialog(dataclasses.replace(NET, path=""), LAYERS)
    qtbot.addWidget(dialog)
    tick(dialog, 2)
    assert not button(dialog, "use_layers").isEnabled()
    assert "save it first" in button(dialog, "use_layers").toolTip()


def test_without_a_dataset_nothing_is_measured(qtbot):
    unknown = tuple(facts._replace(reference_bytes=0) for facts in LAYERS.recorded)
    dialog = RecordedLayersDialog(NET, dataclasses.replace(LAYERS, recorded=unknown))
    qtbot.addWidget(dialog)
    assert not button(dialog, "measure_layers").isEnabled()
    assert "needs a dataset" in button(dialog, "measure_layers").toolTip()
