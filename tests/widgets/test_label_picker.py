import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QMainWindow

from fooler_gui.widgets.label_picker import LabelPicker

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(LabelPicker())
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=2000)
    return window


@pytest.fixture
def picker(window):
    return window.centralWidget()


def button(picker, name):
    return picker.findChild(QAbstractButton, name)


def click(qtbot, picker, name, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(button(picker, name), Qt.MouseButton.LeftButton, modifier)


def recorded(picker):
    values = []
    picker.labels_changed.connect(values.append)
    return values


def test_a_click_picks_one_label_alone(qtbot, picker):
    picker.set_labels([1, 2])
    values = recorded(picker)
    click(qtbot, picker, "label_3")
    assert values == [(3,)]
    assert [child.text() for child in picker.findChildren(QAbstractButton) if child.isChecked()] == ["3"]


@pytest.mark.parametrize("modifier", [CTRL, SHIFT])
def test_a_click_with_ctrl_or_shift_adds_and_takes_away(qtbot, picker, modifier):
    picker.set_labels([3])
    values = recorded(picker)
    click(qtbot, picker, "label_1", modifier)
    click(qtbot, picker, "label_3", modifier)
    assert values == [(1, 3), (1,)]


def test_the_last_label_cannot_be_taken_away(qtbot, picker):
    picker.set_labels([3])
    values = recorded(picker)
    click(qtbot, picker, "label_3", CTRL)
    assert picker.labels() == (3,)
    assert button(picker, "label_3").isChecked()
    assert values == []


def test_all_picks_every_label_and_a_second_click_goes_back(qtbot, picker):
    picker.set_labels([3])
    values = recorded(picker)
    assert button(picker, "all_labels").accessibleName() == "All digits"
    click(qtbot, picker, "all_labels")
    assert button(picker, "all_labels").isChecked()
    click(qtbot, picker, "all_labels")
    assert values == [tuple(range(10)), (3,)]
    assert not button(picker, "all_labels").isChecked()


def test_set_labels_sends_nothing_and_leaves_out_what_does_not_exist(picker):
    values = recorded(picker)
    picker.set_labels([7, 2, 12])
    assert picker.labels() == (2, 7)
    picker.set_labels([])
    assert picker.labels() == (0,)
    assert values == []


def test_arrow_keys_move_and_space_adds(qtbot, picker):
    picker.set_labels([3])
    button(picker, "label_3").setFocus()
    qtbot.keyClick(picker.window().focusWidget(), Qt.Key.Key_Right)
    assert picker.window().focusWidget() is button(picker, "label_4")
    qtbot.keyClick(picker.window().focusWidget(), Qt.Key.Key_Space)
    assert picker.labels() == (3, 4)
    for _ in range(5):
        qtbot.keyClick(picker.window().focusWidget(), Qt.Key.Key_Left)
    assert picker.window().focusWidget() is button(picker, "all_labels")


def test_tab_leads_from_the_first_label_to_all(qtbot, picker):
    button(picker, "label_0").setFocus()
    for name in [*(f"label_{label}" for label in range(1, 10)), "all_labels"]:
        qtbot.keyClick(picker.window().focusWidget(), Qt.Key.Key_Tab)
        assert picker.window().focusWidget() is button(picker, name)


def test_space_stays_the_windows_after_a_click_and_is_the_buttons_after_tab(qtbot, window, picker):
    runs = []
    run = QAction("Run", window)
    run.setShortcut("Space")
    run.triggered.connect(lambda: runs.append(picker.labels()))
    window.addAction(run)
    window.setFocus()
    click(qtbot, picker, "all_labels")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert runs == [tuple(range(10))]
    button(picker, "label_3").setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button(picker, "label_3"), Qt.Key.Key_Space)
    assert len(runs) == 1
    assert 3 not in picker.labels()


def test_class_names_replace_the_digits(qtbot, picker):
    picker.set_labels([1, 9])
    picker.set_class_names(["cat", "dog", "aeroplane"])
    assert picker.labels() == (1,)
    assert button(picker, "label_2").text() == "aeroplane"
    assert button(picker, "label_2").accessibleName() == "aeroplane"
    assert button(picker, "label_3") is None
    click(qtbot, picker, "all_labels")
    assert picker.labels() == (0, 1, 2)


def test_names_too_long_for_the_toolbar_give_way_to_their_numbers(picker):
    digits_width = width_of_labels(picker)
    names = [f"a class with a long name, {label}" for label in range(10)]
    picker.set_class_names(names)
    assert [button(picker, f"label_{label}").text() for label in range(10)] == [str(label) for label in range(10)]
    assert [button(picker, f"label_{label}").accessibleName() for label in range(10)] == names
    assert names[4] in button(picker, "label_4").toolTip()
    assert width_of_labels(picker) == digits_width


def width_of_labels(picker):
    return sum(button(picker, f"label_{label}").sizeHint().width() for label in range(10))
