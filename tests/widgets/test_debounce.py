from PySide6.QtCore import QObject

from fooler_gui.widgets.debounce import Debounce


def test_many_values_become_the_latest_one(qtbot):
    parent = QObject()
    debounce = Debounce(parent)
    received = []
    debounce.value_changed.connect(received.append)
    with qtbot.waitSignal(debounce.value_changed, timeout=2000):
        for value in range(100):
            debounce.submit(value)
    assert received == [99]


def test_a_value_given_later_is_passed_on_too(qtbot):
    parent = QObject()
    debounce = Debounce(parent)
    received = []
    debounce.value_changed.connect(received.append)
    for value in ("first", "second"):
        with qtbot.waitSignal(debounce.value_changed, timeout=2000):
            debounce.submit(value)
    assert received == ["first", "second"]


def test_a_cancelled_value_is_never_passed_on(qtbot):
    parent = QObject()
    debounce, other = Debounce(parent, 1), Debounce(parent, 30)
    received = []
    debounce.value_changed.connect(received.append)
    debounce.submit("cancelled")
    debounce.cancel()
    with qtbot.waitSignal(other.value_changed, timeout=2000):
        other.submit("later")
    assert received == []
