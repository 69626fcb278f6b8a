"""Presentation shows images, sentence and plot alone, and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_engine import LIMIT
from open_window import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QSplitter, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import LabState
from fooler_gui.shell.main_window import MainWindow

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def arranged(window: MainWindow) -> dict[str, object]:
    """Returns what a person sees of the arrangement."""
    docks = {
        dock.objectName(): (dock.isVisible(), dock.isFloating(), dock.size(), dock.visibleRegion().isEmpty())
        for dock in window.findChildren(QDockWidget)
    }
    splitter = window.findChild(QSplitter, "centre_splitter")
    assert splitter is not None
    fonts = [label.font() for label in window.net_sentence.findChildren(QLabel)]
    bars = [window.menuBar().isVisible(), window.statusBar().isVisible(), window.timeline.height()]
    return {
        **docks,
        "size": window.size(),
        "state": window.windowState(),
        "centre": splitter.sizes(),
        "fonts": [*fonts, window.grid.font()],
        "bars": bars,
        "tabs": len(rows_of_tabs(window)),
        "costs": child(window, "costs_plot").isVisible(),
    }


def rows_of_tabs(window: MainWindow) -> list[QTabBar]:
    return [bar for bar in window.findChildren(QTabBar, options=DIRECT) if bar.count() and bar.isVisible()]


def child(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None
    return found


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window, key)
    QApplication.processEvents()


@pytest.fixture
def window(opened: OpenWindow) -> MainWindow:
    opened.begin().run_to_its_end()
    window = opened.window
    window.resize(1264, 760)
    child(window, "retraining_dock").raise_()
    window.show_log()
    QApplication.processEvents()
    return window


def test_only_images_sentence_and_plot_are_shown_on_the_full_screen(window: MainWindow) -> None:
    caption, plot = window.grid.font().pointSizeF(), child(window, "probability_plot")
    text, points = plot.label_measures().height(), plot.getAxis("left").style["tickFont"].pointSizeF()
    press(window, Qt.Key.Key_F11)
    assert window.isFullScreen()
    hidden = [*window.findChildren(QDockWidget), window.menuBar(), window.statusBar(), child(window, "run_toolbar")]
    assert not any(widget.isVisible() for widget in hidden)
    assert window.timeline.height() == 0
    assert rows_of_tabs(window) == []
    assert not child(window, "costs_plot").isVisible()
    assert child(window, "probability_plot").width() > 0.9 * window.width()
    assert window.grid.width() == window.width()
    assert window.net_sentence.isVisible()
    assert window.grid.font().pointSizeF() == 1.5 * caption
    assert plot.label_measures().height() == pytest.approx(1.5 * text, rel=0.1)
    assert [label.opts["size"] for _, label in plot.legend.items] == [f"{1.5 * points:g}pt"] * 2


@pytest.mark.parametrize("key", [Qt.Key.Key_F11, Qt.Key.Key_Escape])
def test_either_key_leaves_and_restores_everything(window: MainWindow, key: Qt.Key) -> None:
    before = arranged(window)
    press(window, Qt.Key.Key_F11)
    press(window, key)
    assert not window.commands["presentation"].isChecked()
    assert arranged(window) == before


def test_a_window_that_was_maximised_is_so_again(window: MainWindow) -> None:
    window.showMaximized()
    press(window, Qt.Key.Key_F11)
    press(window, Qt.Key.Key_F11)
    assert window.isMaximized()
    assert not window.isFullScreen()


def test_what_was_closed_stays_closed_and_what_floated_floats(window: MainWindow) -> None:
    child(window, "classifier_dock").close()
    descent = window.findChild(QDockWidget, "descent_dock")
    assert descent is not None
    descent.setFloating(True)
    QApplication.processEvents()
    press(window, Qt.Key.Key_F11)
    assert not descent.isVisible()
    press(window, Qt.Key.Key_F11)
    assert not child(window, "classifier_dock").isVisible()
    assert descent.isFloating()
    assert descent.isVisible()


def test_closing_meanwhile_remembers_the_usual_arrangement(window: MainWindow, opened: OpenWindow) -> None:
    press(window, Qt.Key.Key_F11)
    window.close()
    again = opened.again().window
    again.show()
    again.resize(1264, 760)
    QApplication.processEvents()
    assert not again.isFullScreen()
    assert again.menuBar().isVisible()
    assert child(again, "log_dock").isVisible()
    assert not again.retraining.visibleRegion().isEmpty()
    assert child(again, "run_toolbar").isVisible()


def test_keys_work_and_escape_leaves_instead_of_stopping_a_run(
    window: MainWindow, opened: OpenWindow, qtbot: QtBot
) -> None:
    press(window, Qt.Key.Key_F11)
    opened.gate.clear()
    press(window, Qt.Key.Key_Space)
    opened.until(LabState.BACKWORKING)
    press(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert opened.model.state is LabState.BACKWORKING
    press(window, Qt.Key.Key_Escape)
    opened.gate.set()
    qtbot.waitUntil(lambda: opened.model.state is LabState.READY, timeout=LIMIT)


@pytest.mark.parametrize("leave", [MainWindow.show_inspector, MainWindow.show_log, MainWindow.reset_layout])
def test_what_needs_a_panel_leaves_the_presentation(window: MainWindow, leave: Callable[[MainWindow], None]) -> None:
    press(window, Qt.Key.Key_F11)
    leave(window)
    QApplication.processEvents()
    assert not window.isFullScreen()
    assert window.menuBar().isVisible()
    assert len(rows_of_tabs(window)) == 2
