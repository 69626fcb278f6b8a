"""In a narrow window the left column folds to icons, and nothing of it is lost."""

from __future__ import annotations

import pytest
from open_window import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDockWidget, QLabel, QToolBar, QToolButton, QWidget

from fooler_gui.shell.main_window import MainWindow

LEFT = ("classifier_dock", "retraining_dock")
NARROW, WIDE = (1024, 700), (1280, 760)


def resize(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    QApplication.processEvents()
    QApplication.processEvents()


def dock(window: MainWindow, name: str) -> QDockWidget:
    found = window.findChild(QDockWidget, name)
    assert found is not None
    return found


def seen(window: MainWindow) -> list[str]:
    """Returns the docks of the left column that are in front."""
    docks = [dock(window, name) for name in (*LEFT, "lesson_dock")]
    return [found.objectName() for found in docks if not found.visibleRegion().isEmpty()]


def rail_button(window: MainWindow, name: str) -> QToolButton:
    found = window.findChild(QToolButton, f"rail_{name}")
    assert found is not None
    return found


def press(window: MainWindow, name: str) -> None:
    QTest.mouseClick(rail_button(window, name), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    QApplication.processEvents()


@pytest.fixture
def window(opened: OpenWindow) -> MainWindow:
    window = opened.begin().window
    resize(window, WIDE)
    resize(window, NARROW)
    return window


def test_a_narrow_window_gives_the_left_column_to_the_grid(window: MainWindow) -> None:
    assert seen(window) == []
    assert window.findChild(QToolBar, "rail_toolbar").isVisible()
    assert window.grid.width() > 600
    resize(window, WIDE)
    assert seen(window) == ["classifier_dock"]
    assert not window.findChild(QToolBar, "rail_toolbar").isVisible()
    assert not dock(window, "retraining_dock").isHidden()


def test_an_icon_opens_its_panel_and_a_second_click_folds_the_column(window: MainWindow) -> None:
    press(window, "retraining_dock")
    assert seen(window) == ["retraining_dock"]
    assert rail_button(window, "retraining_dock").isChecked()
    press(window, "classifier_dock")
    assert seen(window) == ["classifier_dock"]
    assert not rail_button(window, "retraining_dock").isChecked()
    press(window, "classifier_dock")
    assert seen(window) == []
    assert not rail_button(window, "classifier_dock").isChecked()
    press(window, "lesson_dock")
    assert seen(window) == ["lesson_dock"]


def test_the_icons_are_reached_by_keyboard_and_have_names(window: MainWindow) -> None:
    button = rail_button(window, "classifier_dock")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_Space)
    QApplication.processEvents()
    assert seen(window) == ["classifier_dock"]
    name = QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    assert name == "Dataset and classifier"


def test_a_panel_that_is_shown_by_other_means_opens_the_column(window: MainWindow) -> None:
    window.show_retraining()
    QApplication.processEvents()
    assert seen(window) == ["retraining_dock"]
    assert not dock(window, "classifier_dock").isHidden()


def test_what_was_closed_stays_closed_and_the_panel_in_front_is_so_again(opened: OpenWindow) -> None:
    window = opened.begin().window
    resize(window, WIDE)
    dock(window, "retraining_dock").raise_()
    dock(window, "classifier_dock").close()
    resize(window, NARROW)
    assert seen(window) == []
    resize(window, WIDE)
    assert seen(window) == ["retraining_dock"]
    assert dock(window, "classifier_dock").isHidden()


def test_the_next_start_in_a_wide_window_has_its_column(window: MainWindow, opened: OpenWindow) -> None:
    window.close()
    again = opened.again().window
    again.show()
    resize(again, WIDE)
    assert seen(again) == ["classifier_dock"]
    assert not again.findChild(QToolBar, "rail_toolbar").isVisible()


def test_the_panel_in_front_is_so_at_the_next_start(opened: OpenWindow) -> None:
    window = opened.begin().window
    resize(window, WIDE)
    dock(window, "retraining_dock").raise_()
    window.close()
    again = opened.again().window
    again.show()
    resize(again, WIDE)
    assert seen(again) == ["retraining_dock"]


def test_presentation_and_reset_leave_the_column_folded(window: MainWindow, opened: OpenWindow) -> None:
    for name in ("presentation", "presentation", "reset_layout"):
        opened.action(name).trigger()
        QApplication.processEvents()
    assert seen(window) == []
    assert window.findChild(QToolBar, "rail_toolbar").isVisible()
    resize(window, WIDE)
    assert seen(window) == ["classifier_dock"]


def test_beside_both_columns_there_is_one_plot_to_choose(window: MainWindow, opened: OpenWindow) -> None:
    opened.run_to_its_end()
    plots = [window.findChild(QWidget, name) for name in ("probability_plot", "costs_plot")]
    choice = window.findChild(QComboBox, "plot_choice")
    assert [plot.isVisible() for plot in plots] == [True, True]
    assert not choice.isVisible()
    press(window, "classifier_dock")
    assert [plot.isVisible() for plot in plots] == [True, False]
    choice.setCurrentIndex(1)
    QApplication.processEvents()
    assert [plot.isVisible() for plot in plots] == [False, True]
    assert plots[1].width() > 0.9 * window.plots.width()


@pytest.mark.parametrize("size", [NARROW, (1264, 760), (1350, 728)])
@pytest.mark.parametrize("column", ["folded", "open"])
def test_no_legend_covers_a_line_or_is_cut_off(opened: OpenWindow, size: tuple[int, int], column: str) -> None:
    window = opened.begin().window
    opened.run_to_its_end()
    resize(window, size)
    if column == "open" and size == NARROW:
        press(window, "classifier_dock")
    for name in ("probability_plot", "costs_plot"):
        plot = window.findChild(QWidget, name)
        if not plot.isVisible():
            continue
        view = plot.getViewBox()
        legend = plot.legend.sceneBoundingRect()
        assert legend.right() <= view.sceneBoundingRect().right() + 1, name
        for line in plot.series():
            drawn = plot._drawn[line.name].items[0]
            values = getattr(drawn, "yData", None)
            if values is not None and len(values):
                top = view.childGroup.sceneTransform().map(0.0, float(max(values)))[1]
                assert top >= legend.center().y(), (name, line.name)


def test_a_title_is_shown_only_where_no_tab_says_it(opened: OpenWindow) -> None:
    window = opened.begin().window
    resize(window, WIDE)

    def title(name: str) -> str:
        return dock(window, name).titleBarWidget().findChild(QLabel).text()

    assert title("coefficients_dock") == ""
    for name in ("descent_dock", "inspector_dock", "inside_dock"):
        dock(window, name).close()
    resize(window, (1281, 761))
    assert title("coefficients_dock") == "Coefficients"
    dock(window, "classifier_dock").setFloating(True)
    QApplication.processEvents()
    QApplication.processEvents()
    assert title("classifier_dock") == "Dataset and classifier"
