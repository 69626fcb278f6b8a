"""Every window fits the screen when it is first shown, and panels give their room back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from open_window import PAGES_OF_THE_WINDOW, OpenWindow
from PIL import Image
from PySide6.QtCore import QPoint, QRect, QSettings, QSize
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QDockWidget, QPushButton, QStatusBar, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.shell.arrangement import LAYOUT_VERSION
from fooler_gui.shell.diagnostics import DiagnosticsDialog
from fooler_gui.widgets.figure_view import FigureView
from fooler_gui.widgets.window_fit import FRAME, centre_over, fitting_size, resize_to_fit

SCREENS = [QSize(1024, 700), QSize(1280, 800), QSize(1366, 768)]
LEFT = ("classifier_dock", "retraining_dock")
RIGHT = ("coefficients_dock", "descent_dock", "inspector_dock", "inside_dock")


@pytest.fixture(params=SCREENS, ids=lambda size: f"{size.width()}x{size.height()}")
def screen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[QSize]:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _screen: QRect(QPoint(), request.param))
    return request.param


@pytest.fixture
def window(screen: QSize, opened: OpenWindow) -> OpenWindow:
    return opened.begin()


def child(parent: QWidget, kind: type[QWidget], name: str) -> QWidget:
    found = parent.findChild(kind, name)
    assert found is not None
    return found


def lies_within(widget: QWidget, window: QWidget) -> bool:
    return window.rect().contains(QRect(widget.mapTo(window, QPoint()), widget.size()))


def has_room(window: QWidget, screen: QSize) -> bool:
    size = window.size() + FRAME
    return size.width() <= screen.width() and size.height() <= screen.height()


def test_a_size_is_reduced_only_in_the_direction_that_lacks_room() -> None:
    available = QRect(0, 27, 1366, 741)
    assert fitting_size(QSize(1280, 800), available) == QSize(1280, 741 - FRAME.height())
    assert fitting_size(QSize(1400, 300), available) == QSize(1366 - FRAME.width(), 300)


def test_the_main_window_fits_with_its_status_bar(window: OpenWindow, screen: QSize) -> None:
    assert has_room(window.window, screen)
    bar = child(window.window, QStatusBar, "")
    assert bar.isVisible()
    assert lies_within(bar, window.window)
    assert lies_within(window.window.plots, window.window)


def test_everything_of_the_toolbar_is_seen(window: OpenWindow, screen: QSize, qapp: QApplication) -> None:
    window.run_to_its_end()
    qapp.processEvents()
    for name in ("run_button", "stop_button", "start_button", "pace_unlimited", "show_button", "export_button"):
        widget = child(window.window, QWidget, name)
        assert widget.isVisible(), name
        assert lies_within(widget, window.window), name
    rows = child(window.window, QToolBar, "setup_toolbar")
    window.window.resize(1500, 700)
    qapp.processEvents()
    assert not rows.isVisible()
    assert window.window.run_bar.isVisible()
    window.window.run_bar.set_class_names("0123456789")
    window.window.resize(1000, 640)
    qapp.processEvents()
    assert rows.isVisible()
    assert lies_within(window.window.run_bar, window.window)


def test_a_layout_of_another_width_leaves_no_empty_row_of_the_toolbar_and_hides_none(
    opened: OpenWindow, qapp: QApplication
) -> None:
    window = opened.begin().window
    rows = child(window, QToolBar, "setup_toolbar")
    window.resize(1000, 640)
    qapp.processEvents()
    assert rows.isVisible()
    of_two_rows = window.saveState(LAYOUT_VERSION)
    window.reset_layout()
    qapp.processEvents()
    assert rows.isVisible()
    assert lies_within(window.run_bar, window)
    window.resize(1500, 700)
    qapp.processEvents()
    assert window.restoreState(of_two_rows, LAYOUT_VERSION)
    qapp.processEvents()
    assert not rows.isVisible()
    assert lies_within(window.run_bar, window)
    window.resize(1000, 640)
    opened.action("presentation").trigger()
    qapp.processEvents()
    assert not rows.isVisible()


def test_three_columns_at_most_leave_the_grid_its_room(window: OpenWindow, qapp: QApplication) -> None:
    window.run_to_its_end()
    before = window.window.grid.width()
    window.action("inspector").trigger()
    qapp.processEvents()
    assert window.window.inspector_dock.isVisible()
    assert window.window.grid.width() == before


@pytest.mark.parametrize("name", PAGES_OF_THE_WINDOW)
def test_every_page_fits(name: str, window: OpenWindow, screen: QSize) -> None:
    assert has_room(window.lab.pages.show(name), screen)


def test_a_page_first_opens_in_the_middle_of_the_window(window: OpenWindow) -> None:
    window.window.move(100, 30)
    page = window.lab.pages.show("guide")
    place = page.pos()
    page.move(0, 0)
    centre_over(page, window.window)
    assert page.pos() == place


def test_a_window_is_centred_over_another_as_far_as_the_screen_has_room(screen: QSize, qtbot: QtBot) -> None:
    under, over = QWidget(), QWidget()
    for widget in (under, over):
        qtbot.addWidget(widget)
    over.resize(QSize(400, 300) - FRAME)
    for place, wanted in (
        (QRect(100, 100, 800, 500), QPoint(300, 200)),
        (QRect(0, 0, 100, 100), QPoint(0, 0)),
        (
            QRect(QPoint(*screen.toTuple()) - QPoint(200, 200), QSize(400, 400)),
            QPoint(screen.width() - 400, screen.height() - 300),
        ),
    ):
        under.setGeometry(place)
        centre_over(over, under)
        assert over.pos() == wanted


def test_every_button_of_the_run_browser_is_on_the_screen(window: OpenWindow) -> None:
    window.run_to_its_end()
    page = window.lab.pages.show("runs")
    for name in ("open_run", "repeat_run", "branch_run", "compare_run", "export_run", "delete_run"):
        assert lies_within(child(page, QPushButton, name), page)


def test_all_eight_columns_of_the_figure_are_seen(window: OpenWindow, qapp: QApplication) -> None:
    page = window.lab.pages.show("figures")
    view = page.findChild(FigureView, "fooling_view")
    assert view is not None
    view.set_picture(Image.new("L", (580, 740)), "Eight columns")
    qapp.processEvents()
    assert view.horizontalScrollBar().maximum() == 0
    assert lies_within(view, page)


def test_a_dialog_fits_whatever_it_wants(screen: QSize, qtbot: QtBot) -> None:
    dialog = DiagnosticsDialog("text", ArrayStore(Path("nowhere")))
    qtbot.addWidget(dialog)
    resize_to_fit(dialog, QSize(3000, 3000))
    assert dialog.size() == screen - FRAME


@pytest.mark.parametrize("column", [LEFT, RIGHT], ids=["left", "right"])
def test_closing_a_column_gives_its_room_to_the_grid(
    column: tuple[str, ...], opened: OpenWindow, qapp: QApplication
) -> None:
    window = opened.begin().window
    window.resize(1264, 760)
    qapp.processEvents()
    docks = [window.findChild(QDockWidget, name) for name in column]
    before, taken = window.grid.width(), docks[0].width()
    for dock in docks[1:]:
        dock.close()
    qapp.processEvents()
    assert window.grid.width() == before
    docks[0].close()
    qapp.processEvents()
    assert window.grid.width() >= before + taken


def test_a_panel_opened_from_the_menu_comes_to_the_front_of_its_column(opened: OpenWindow, qapp: QApplication) -> None:
    descent = opened.window.findChild(QDockWidget, "descent_dock")
    assert descent is not None
    toggle = descent.toggleViewAction()
    assert not toggle.isChecked(), "it is behind another tab"
    for _ in range(2):
        toggle.trigger()
        qapp.processEvents()
        assert toggle.isChecked()
        assert descent.isVisible()
        assert not opened.window.descent.visibleRegion().isEmpty()
        toggle.trigger()
        assert not toggle.isChecked()
        assert not descent.isVisible()


def test_of_the_panels_in_a_column_only_the_one_in_front_is_ticked(opened: OpenWindow) -> None:
    docks = [opened.window.findChild(QDockWidget, name) for name in RIGHT]
    for front in docks:
        front.raise_()
        assert [dock for dock in docks if dock.toggleViewAction().isChecked()] == [front]


def test_a_layout_of_before_the_columns_is_not_restored(opened: OpenWindow, tmp_path: Path) -> None:
    opened.window.close()
    layout = tmp_path / "config" / "layout.ini"
    stored = opened.window.saveState(2)
    settings = QSettings(str(layout), QSettings.Format.IniFormat)
    settings.setValue("state", stored)
    settings.sync()
    again = opened.again().window
    tabs = again.tabifiedDockWidgets(again.findChild(QDockWidget, "coefficients_dock"))
    assert {dock.objectName() for dock in tabs} == {"descent_dock", "inspector_dock", "inside_dock"}
