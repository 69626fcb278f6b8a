import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QSpinBox,
    QToolBar,
    QWidget,
)

from fooler_gui.core.pace import ADAPTIVE
from fooler_gui.core.run_spec import MAXIMUM_SLOTS
from fooler_gui.features.run.run_bar import RunBar
from fooler_gui.widgets.label_picker import LabelPicker
from fooler_gui.widgets.pick_button import PickButton


@pytest.fixture
def bar(qtbot):
    bar = RunBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def received(bar):
    received = []
    for name in ("labels_changed", "slots_changed", "pace_changed"):
        getattr(bar, name).connect(lambda value, name=name: received.append((name, value)))
    return received


def picked(bar):
    return [name for name in ("adaptive", "unlimited") if bar.findChild(PickButton, f"pace_{name}").isChecked()]


def test_it_begins_with_eight_slots_at_an_adaptive_pace(bar):
    assert (bar.labels(), bar.slots(), bar.pace()) == ((0,), 8, ADAPTIVE)
    assert picked(bar) == ["adaptive"]


def test_a_pace_is_one_click_or_one_number_away(qtbot, bar, received):
    number = bar.findChild(QDoubleSpinBox, "pace")
    for choose, pace, is_picked in (
        (lambda: click(qtbot, bar, "pace_unlimited"), None, ["unlimited"]),
        (lambda: qtbot.keyClick(number, Qt.Key.Key_Return), 10.0, []),
        (lambda: click(qtbot, bar, "pace_adaptive"), ADAPTIVE, ["adaptive"]),
        (lambda: number.setValue(2), 2.0, []),
    ):
        choose()
        assert (bar.pace(), picked(bar)) == (pace, is_picked)
        assert received[-1] == ("pace_changed", pace)
    assert len(received) == 4
    click(qtbot, bar, "pace_adaptive")
    click(qtbot, bar, "pace_adaptive")
    assert picked(bar) == ["adaptive"]
    assert len(received) == 5


def click(qtbot, bar, name):
    qtbot.mouseClick(bar.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def test_labels_slots_and_pace_are_sent(qtbot, bar, received):
    qtbot.mouseClick(bar.findChild(QAbstractButton, "label_3"), Qt.MouseButton.LeftButton)
    bar.findChild(QSpinBox, "slots_per_label").setValue(20)
    bar.findChild(QDoubleSpinBox, "pace").setValue(25)
    click(qtbot, bar, "pace_unlimited")
    assert received == [
        ("labels_changed", (3,)),
        ("slots_changed", 20),
        ("pace_changed", 25.0),
        ("pace_changed", None),
    ]
    assert (bar.labels(), bar.slots(), bar.pace()) == ((3,), 20, None)


def test_setting_from_outside_sends_nothing(bar, received):
    bar.set_labels([2, 5])
    bar.set_slots(80)
    bar.set_pace(None)
    bar.set_class_names(["a", "b", "c"])
    assert (bar.labels(), bar.slots(), bar.pace()) == ((2,), 80, None)
    assert picked(bar) == ["unlimited"]
    assert received == []


def test_slots_stay_in_their_range(bar):
    slots = bar.findChild(QSpinBox, "slots_per_label")
    assert (slots.minimum(), slots.maximum()) == (1, MAXIMUM_SLOTS)


def test_during_a_run_only_the_pace_can_change(bar):
    bar.set_run_going(True)
    for control in (bar.findChild(LabelPicker), bar.findChild(QSpinBox, "slots_per_label")):
        assert not control.isEnabled()
        assert "during a run" in control.toolTip()
    assert bar.findChild(QDoubleSpinBox, "pace").isEnabled()
    bar.set_run_going(False)
    assert bar.findChild(LabelPicker).isEnabled()
    assert "during a run" not in bar.findChild(LabelPicker).toolTip()


def test_every_label_says_during_a_run_why_it_cannot_be_picked(bar):
    bar.set_run_going(True)
    assert "during a run" in bar.findChild(QAbstractButton, "label_3").toolTip()
    bar.set_class_names(["a", "b"])
    assert "during a run" in bar.findChild(QAbstractButton, "label_1").toolTip()
    bar.set_run_going(False)
    assert "during a run" not in bar.findChild(QAbstractButton, "label_1").toolTip()


def test_classes_are_called_digits_only_if_they_are(bar):
    def label():
        return next(one.text() for one in bar.findChildren(QLabel) if one.buddy() is bar.findChild(LabelPicker))

    assert label() == "Digit"
    bar.set_class_names(["cat", "dog"])
    assert label() == "Class"
    bar.set_class_names(tuple("0123456789"))
    assert label() == "Digit"


@pytest.mark.parametrize("class_names", [None, "abc"])
def test_tab_leads_from_the_start_through_the_labels_to_all_and_on_to_the_slots(qtbot, class_names):
    window = QMainWindow()
    qtbot.addWidget(window)
    toolbar, before, bar = QToolBar(window), QLineEdit(), RunBar()
    toolbar.addWidget(before)
    toolbar.addWidget(bar)
    window.addToolBar(toolbar)
    window.resize(1000, 200)
    window.show()
    window.activateWindow()
    if class_names:
        bar.set_class_names(class_names)
    before.setFocus()
    qtbot.waitUntil(before.hasFocus, timeout=2000)
    for name in [
        "start_button",
        *(f"label_{label}" for label in range(len(class_names or range(10)))),
        "all_labels",
        "slots_per_label",
    ]:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget().objectName() == name


def test_every_control_has_a_name_for_screen_readers_and_a_tooltip(bar):
    for control in bar.findChildren(QWidget):
        if control.objectName() and not control.objectName().startswith("qt_"):
            assert control.accessibleName(), control.objectName()
            assert control.toolTip(), control.objectName()
