from __future__ import annotations

import logging
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton

from fooler_gui.shell.log import MAXIMUM_LINES, ErrorBar, LogHandler, LogPanel


@pytest.fixture
def panel(qtbot):
    made = LogPanel()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def error_bar(qtbot):
    made = ErrorBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def logger(panel):
    handler = LogHandler()
    handler.connect_to(panel)
    made = logging.getLogger("fooler_gui.tests.log")
    made.setLevel(logging.DEBUG)
    made.propagate = False
    made.addHandler(handler)
    yield made
    made.removeHandler(handler)


def click(qtbot, owner, name):
    qtbot.mouseClick(owner.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_lines_are_shown_in_order_and_cannot_be_typed_over(panel):
    panel.append("first")
    panel.append("second")
    assert panel.text() == "first\nsecond"
    assert panel.findChild(QPlainTextEdit, "log_view").isReadOnly()


def test_only_the_newest_lines_are_kept(panel):
    for number in range(MAXIMUM_LINES + 5):
        panel.append(str(number))
    lines = panel.text().splitlines()
    assert len(lines) == MAXIMUM_LINES
    assert lines[-1] == str(MAXIMUM_LINES + 4)


def test_records_of_any_thread_arrive(qtbot, panel, logger):
    thread = threading.Thread(target=lambda: [logger.info("line %d", number) for number in range(50)])
    thread.start()
    thread.join()
    logger.warning("from the main thread")
    assert panel.text() == ""
    qtbot.waitUntil(lambda: "from the main thread" in panel.text(), timeout=2000)
    lines = panel.text().splitlines()
    assert [line.rsplit("  ", 1)[1] for line in lines[:50]] == [f"line {number}" for number in range(50)]
    assert "  WARNING  " in lines[50]


def test_a_record_carries_its_traceback_and_fine_detail_is_left_out(qtbot, panel, logger):
    logger.debug("too fine")
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        logger.exception("It failed")
    qtbot.waitUntil(lambda: "It failed" in panel.text(), timeout=2000)
    assert "RuntimeError: broken" in panel.text()
    assert "too fine" not in panel.text()


def test_copy_all_puts_every_line_on_the_clipboard(qtbot, panel):
    panel.append("first")
    panel.append("second")
    click(qtbot, panel, "copy_log_button")
    assert QGuiApplication.clipboard().text() == "first\nsecond"


def test_clear_empties_the_view_and_is_offered_where_there_is_something_in_it(qtbot, panel):
    buttons = [panel.findChild(QPushButton, name) for name in ("clear_log_button", "copy_log_button")]
    panel.append("first")
    assert all(button.isEnabled() for button in buttons)
    click(qtbot, panel, "clear_log_button")
    assert panel.text() == ""
    assert not any(button.isEnabled() for button in buttons)
    assert all("The log is empty." in button.toolTip() for button in buttons)


def test_an_error_is_shown_until_it_is_closed(qtbot, error_bar):
    assert error_bar.objectName() == "error_bar"
    assert not error_bar.isVisible()
    error_bar.show_error("The file cannot be read. Choose another.", "Traceback")
    assert error_bar.isVisible()
    assert error_bar.findChild(QLabel, "error_sentence").text() == "The file cannot be read. Choose another."
    click(qtbot, error_bar, "error_close_button")
    assert not error_bar.isVisible()


def test_details_are_asked_for(qtbot, error_bar):
    error_bar.show_error("It failed.", "Traceback")
    with qtbot.waitSignal(error_bar.details_requested, timeout=1000):
        click(qtbot, error_bar, "error_details_button")
    assert error_bar.isVisible()


def test_an_error_without_details_offers_none(error_bar):
    error_bar.show_error("It failed.")
    assert not error_bar.findChild(QPushButton, "error_details_button").isVisible()
