import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListView, QMainWindow, QWidget

from fooler_gui.widgets.class_list import ClassList
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


LONG = [f"a class with a long name, {label}" for label in range(10)]
MANY = [f"number {label}" for label in range(998)] + ["A tabby cat", "concatenation"]


def shown_list(qtbot, picker):
    qtbot.mouseClick(button(picker, "label_list"), Qt.MouseButton.LeftButton)
    classes = picker.findChild(ClassList)
    qtbot.waitUntil(classes.isVisible, timeout=2000)
    return classes


def search(classes, text=None):
    line = classes.findChild(QLineEdit, "class_search")
    if text is not None:
        line.setText(text)
    return line


def rows(classes):
    model = classes.findChild(QListView).model()
    return [model.index(row).data() for row in range(model.rowCount())]


def ticked(classes):
    model, checked = classes.findChild(QListView).model(), Qt.CheckState.Checked
    every = [model.index(row) for row in range(model.rowCount())]
    return [index.data() for index in every if index.data(Qt.ItemDataRole.CheckStateRole) == checked]


def click_row(qtbot, classes, row, *, on_box=False, modifier=Qt.KeyboardModifier.NoModifier):
    view = classes.findChild(QListView)
    box = view.visualRect(view.model().index(row))
    place = QPoint(box.left() + 6, box.center().y()) if on_box else box.center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_names_too_long_for_the_toolbar_are_in_a_list_beside_all(qtbot, picker):
    picker.set_labels([4])
    picker.set_class_names(LONG)
    assert button(picker, "label_0") is None
    assert button(picker, "label_list").text() == LONG[4]
    assert button(picker, "all_labels").isVisible()
    assert rows(shown_list(qtbot, picker)) == LONG


def test_few_short_names_are_buttons_again(picker):
    picker.set_class_names(LONG)
    picker.set_class_names(["cat", "dog"])
    assert button(picker, "label_1").text() == "dog"
    assert not button(picker, "label_list").isVisible()


def test_more_than_twenty_classes_are_in_a_list_and_not_offered_all_at_once(picker):
    picker.set_class_names(list("abcdefghijklmnopqrst"))
    assert button(picker, "all_labels").isVisible()
    picker.set_class_names(list("abcdefghijklmnopqrstu"))
    assert not button(picker, "all_labels").isVisible()
    assert button(picker, "label_list").text() == "a"


def test_the_list_s_button_tells_the_choice(picker):
    picker.set_class_names(MANY)
    picker.set_labels([998])
    assert button(picker, "label_list").text() == button(picker, "label_list").accessibleName() == "A tabby cat"
    picker.set_labels([1, 2, 999])
    assert button(picker, "label_list").text() == "3 classes"
    assert "number 1, number 2, concatenation" in button(picker, "label_list").toolTip()
    assert picker.accessibleName() == "Class"


def test_a_thousand_classes_are_rows_and_no_widgets_and_the_choice_is_in_sight(qtbot, picker):
    picker.set_class_names(MANY)
    picker.set_labels([700])
    classes = shown_list(qtbot, picker)
    view = classes.findChild(QListView)
    assert len(rows(classes)) == 1_000
    assert ticked(classes) == ["number 700"]
    assert view.viewport().rect().contains(view.visualRect(view.model().index(700)))
    assert len(classes.findChildren(QWidget)) < 20


def test_typing_searches_and_enter_picks_the_first_that_begins_so(qtbot, picker):
    picker.set_class_names(MANY)
    values = recorded(picker)
    classes = shown_list(qtbot, picker)
    assert search(classes).hasFocus()
    qtbot.keyClicks(search(classes), "CAT")
    assert rows(classes) == ["A tabby cat", "concatenation"]
    qtbot.keyClicks(search(classes), "e")
    assert rows(classes) == ["concatenation"]
    search(classes, "con")
    qtbot.keyClick(search(classes), Qt.Key.Key_Return)
    assert values == [(999,)]
    assert not classes.isVisible()
    assert rows(shown_list(qtbot, picker)) == MANY


def test_a_class_is_found_by_its_number_too(qtbot, picker):
    picker.set_class_names(MANY)
    classes = shown_list(qtbot, picker)
    search(classes, "998")
    assert rows(classes) == ["A tabby cat"]


def test_arrow_keys_move_and_enter_with_ctrl_or_shift_adds_and_leaves_the_list_open(qtbot, picker):
    picker.set_class_names(MANY)
    picker.set_labels([3])
    values = recorded(picker)
    classes = shown_list(qtbot, picker)
    qtbot.keyClick(search(classes), Qt.Key.Key_Down)
    qtbot.keyClick(search(classes), Qt.Key.Key_Return, CTRL)
    qtbot.keyClick(search(classes), Qt.Key.Key_Up)
    qtbot.keyClick(search(classes), Qt.Key.Key_Return, SHIFT)
    qtbot.keyClick(search(classes), Qt.Key.Key_Down)
    qtbot.keyClick(search(classes), Qt.Key.Key_Return, CTRL)
    assert values == [(3, 4), (4,)]  # the last class cannot be taken away
    assert ticked(classes) == ["number 4"]
    assert classes.isVisible()


def test_what_is_found_nowhere_picks_nothing_and_says_so(qtbot, picker):
    picker.set_class_names(MANY)
    values = recorded(picker)
    classes = shown_list(qtbot, picker)
    search(classes, "zebra")
    assert classes.findChild(QLabel, "class_hint").text() == "No class has this in its name."
    qtbot.keyClick(search(classes), Qt.Key.Key_Return)
    assert values == []
    assert classes.isVisible()


def test_a_click_picks_and_closes_and_one_on_a_box_or_with_ctrl_adds(qtbot, picker):
    picker.set_class_names(MANY)
    values = recorded(picker)
    classes = shown_list(qtbot, picker)
    click_row(qtbot, classes, 2, on_box=True)
    click_row(qtbot, classes, 3, modifier=CTRL)
    click_row(qtbot, classes, 0, on_box=True)
    assert ticked(classes) == ["number 2", "number 3"]
    click_row(qtbot, classes, 5)
    assert values == [(0, 2), (0, 2, 3), (2, 3), (5,)]
    assert not classes.isVisible()


def test_the_list_is_reached_by_tab_opened_by_space_and_disabled_with_a_reason(qtbot, picker):
    picker.set_class_names(LONG)
    button(picker, "all_labels").setFocus()
    qtbot.keyClick(picker.window().focusWidget(), Qt.Key.Key_Backtab)
    assert picker.window().focusWidget() is button(picker, "label_list")
    qtbot.keyClick(button(picker, "label_list"), Qt.Key.Key_Space)
    assert picker.findChild(ClassList).isVisible()
    picker.set_disabled_because("Not now.")
    picker.set_labels([2])
    assert not button(picker, "label_list").isEnabled()
    assert "Not now." in button(picker, "label_list").toolTip()
    picker.set_disabled_because("")
    assert LONG[2] in button(picker, "label_list").toolTip()
    assert "Not now." not in button(picker, "label_list").toolTip()
