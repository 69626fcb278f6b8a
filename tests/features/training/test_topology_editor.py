from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSpinBox, QToolButton

from fooler_gui.core.topology import Convolution, Dense, Topology
from fooler_gui.features.training.topology_editor import MOST_LAYERS, TopologyEditor


@pytest.fixture
def editor(qtbot):
    made = TopologyEditor()
    qtbot.addWidget(made)
    made.show()
    return made


def click(qtbot, editor, name):
    qtbot.mouseClick(editor.findChild(QToolButton, name), Qt.MouseButton.LeftButton)


def names(editor: TopologyEditor) -> list[str]:
    texts = [label.text() for label in editor.findChildren(QLabel)]
    return [text for text in texts if text.startswith(("conv", "fc"))]


def test_it_begins_with_the_articles_layers(editor):
    assert editor.topology() == Topology()
    assert names(editor) == ["conv0", "conv1", "fc"]


def test_each_field_changes_its_layer(qtbot, editor):
    changes = []
    editor.topology_changed.connect(changes.append)
    editor.findChild(QSpinBox, "conv0_filters").setValue(7)
    editor.findChild(QComboBox, "conv0_padding").setCurrentText("valid")
    editor.findChild(QSpinBox, "conv0_pool").setValue(1)
    editor.findChild(QSpinBox, "dense0_units").setValue(99)
    first = Convolution(filters=7, padding="valid", pool=1)
    assert changes[-1] == Topology(convolutions=(first, Convolution(filters=64)), dense=(99,))
    assert len(changes) == 4


def test_normalisation_dropout_and_the_maps_end_are_edited_too(qtbot, editor):
    changes = []
    editor.topology_changed.connect(changes.append)
    editor.findChild(QCheckBox, "conv1_norm").click()
    editor.findChild(QDoubleSpinBox, "conv0_dropout").setValue(0.25)
    editor.findChild(QCheckBox, "dense0_norm").click()
    editor.findChild(QDoubleSpinBox, "dense0_dropout").stepUp()
    editor.findChild(QComboBox, "topology_maps").setCurrentText("average")
    assert changes[-1] == Topology(
        convolutions=(Convolution(dropout=0.25), Convolution(filters=64, batch_norm=True)),
        dense=(Dense(batch_norm=True, dropout=0.05),),
        maps="average",
    )
    assert len(changes) == 5


@pytest.mark.parametrize(
    ("typed", "kernel"), [("3x7", (3, 7)), ("3 × 3", (3, 3)), ("9", (9, 9)), ("0x3", (5, 5)), ("big", (5, 5))]
)
def test_a_kernel_is_typed_and_nonsense_gives_way_to_the_last_good_one(qtbot, editor, typed, kernel):
    field = editor.findChild(QLineEdit, "conv0_kernel")
    field.selectAll()
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert editor.topology().convolutions[0].kernel == kernel
    assert field.text() == f"{kernel[0]}×{kernel[1]}"


def test_a_convolution_is_added_like_the_last_one(qtbot, editor):
    with qtbot.waitSignal(editor.topology_changed, timeout=1000) as changed:
        click(qtbot, editor, "add_convolution_button")
    assert [layer.filters for layer in changed.args[0].convolutions] == [32, 64, 64]
    assert "conv2" in names(editor)


def test_the_layer_whose_button_is_pressed_goes(qtbot, editor):
    with qtbot.waitSignal(editor.topology_changed, timeout=1000) as changed:
        click(qtbot, editor, "remove_conv0")
    assert changed.args[0] == Topology(convolutions=(Convolution(filters=64),))
    assert editor.topology() == changed.args[0]


def test_several_dense_layers_are_numbered_and_a_single_one_is_not(qtbot, editor):
    click(qtbot, editor, "add_dense_button")
    assert names(editor)[-2:] == ["fc0", "fc1"]
    click(qtbot, editor, "remove_dense0")
    assert names(editor)[-1] == "fc"


def test_every_layer_can_go_and_come_back(qtbot, editor):
    for name in ("remove_conv1", "remove_conv0", "remove_dense0"):
        click(qtbot, editor, name)
    assert editor.topology() == Topology(convolutions=(), dense=())
    click(qtbot, editor, "add_convolution_button")
    click(qtbot, editor, "add_dense_button")
    assert editor.topology() == Topology(convolutions=(Convolution(),), dense=(1024,))


def test_no_more_layers_than_allowed_can_be_added(qtbot, editor):
    editor.set_topology(Topology(convolutions=(Convolution(pool=1),) * MOST_LAYERS))
    button = editor.findChild(QToolButton, "add_convolution_button")
    assert not button.isEnabled()
    assert "16" in button.toolTip()
    click(qtbot, editor, "remove_conv0")
    assert button.isEnabled()


def test_a_topology_set_from_outside_is_shown_without_an_echo(qtbot, editor):
    topology = Topology(
        convolutions=(Convolution(kernel=(2, 3), filters=4, padding="valid", pool=3, batch_norm=True, dropout=0.5),),
        dense=(5, Dense(units=6, batch_norm=True, dropout=0.25)),
        maps="average",
    )
    with qtbot.assertNotEmitted(editor.topology_changed):
        editor.set_topology(topology)
    assert editor.topology() == topology
