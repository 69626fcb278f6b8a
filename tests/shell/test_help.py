"""The guide within the program: how it is reached, and that what it names exists in the window."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_engine import info
from open_window import PAGES_OF_THE_WINDOW, OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDockWidget,
    QLabel,
    QListWidget,
    QMenu,
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import fooler_gui
from fooler_gui.core.messages import LayerFacts, LayersDescribed, RecordedFacts
from fooler_gui.features.guide.guide_pages import NAMES, anchor_of, guide_folder
from fooler_gui.features.guide.guide_view import GuideView
from fooler_gui.features.run.slot_menu import SlotMenu
from fooler_gui.features.training.recorded_layers_dialog import RecordedLayersDialog
from fooler_gui.shell.main_window import HELP

README = Path(__file__).resolve().parents[2] / "README.md"
PAGES = [README, *(guide_folder() / f"{name}.md" for name in NAMES if name != "method")]
"""The method sets words in bold for other reasons."""
CODE_BLOCK = re.compile(r"^```.*?^```$", re.M | re.S)
TABLE = re.compile(r"^\| (?:column|row) \|.*\n\|[- |]+\n((?:\|.*\n)+)", re.M)
KEY = re.compile(r"\b(?:(?:Ctrl|Shift|Alt)\+)+(?:[A-Z][a-z]+|F?[0-9]+|[A-Z]|[-+=])|\bF[0-9]{1,2}\b")
KEYS_OF_WIDGETS = {"f2", "ctrl+c", "ctrl+v", "ctrl+enter", "shift+f10"}
"""Of the grid, of tables, of the list of classes."""
SOMETIMES = {"fc", "Class", "No dataset", "Ctrl+C"}
"""A layer of the article's net, words of other datasets, what a menu offers with one, a key of grid and tables."""
LAYERS = LayersDescribed(
    layers=(LayerFacts("inputs", "InputLayer", (4, 4, 1), 0),),
    recorded=(RecordedFacts("inputs", 16, 64, 16_000),),
    proposed=("inputs",),
)


def test_f1_opens_the_guide_and_again_where_it_was(qtbot: QtBot, opened: OpenWindow) -> None:
    opened.window.activateWindow()
    qtbot.waitUntil(opened.window.isActiveWindow)
    qtbot.keyClick(opened.window, Qt.Key.Key_F1)
    guide = opened.lab.pages["guide"]
    assert guide.isVisible()
    assert not guide.isModal()
    assert guide.windowTitle() == "Guide – Fooler"
    guide.show_page("keys")
    guide.close()
    opened.action("guide").trigger()
    assert guide.isVisible()
    assert guide.page() == "keys"


@pytest.mark.parametrize("dock", HELP)
def test_the_question_mark_of_a_panel_opens_its_page_at_its_heading(
    qtbot: QtBot, opened: OpenWindow, dock: str
) -> None:
    opened.window.findChild(QDockWidget, dock).show()
    button = opened.window.findChild(QToolButton, f"help_{dock}")
    assert button.accessibleName().startswith("What the guide says about ")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    page, anchor = HELP[dock]
    guide = opened.lab.pages["guide"]
    assert guide.page() == page
    block = guide.findChild(GuideView).textCursor().block()
    assert (anchor_of(block.text()) == anchor) if anchor else block.blockNumber() == 0


def test_every_panel_has_a_question_mark_and_still_floats_and_closes(qtbot: QtBot, opened: OpenWindow) -> None:
    docks = opened.window.findChildren(QDockWidget)
    assert {dock.objectName() for dock in docks} == set(HELP)
    dock = opened.window.findChild(QDockWidget, "coefficients_dock")
    floats = opened.window.findChild(QToolButton, "float_coefficients_dock")
    qtbot.mouseClick(floats, Qt.MouseButton.LeftButton)
    assert dock.isFloating()
    qtbot.mouseClick(floats, Qt.MouseButton.LeftButton)
    assert not dock.isFloating()
    qtbot.mouseClick(opened.window.findChild(QToolButton, "close_coefficients_dock"), Qt.MouseButton.LeftButton)
    assert not dock.isVisible()
    dock.toggleViewAction().trigger()
    assert dock.isVisible()


@pytest.mark.parametrize(
    ("window", "page"),
    [(name, name) for name in ("rounds", "runs", "guarantee", "evaluation", "sweeps", "figures")]
    + [("comparison", "runs"), ("other_nets", "other-nets"), ("least_change", "least-change")],
)
def test_f1_in_another_window_opens_its_page(qtbot: QtBot, opened: OpenWindow, window: str, page: str) -> None:
    shown = opened.lab.pages.show(window)
    qtbot.waitUntil(shown.isActiveWindow)
    qtbot.keyClick(shown, Qt.Key.Key_F1)
    assert opened.lab.pages["guide"].page() == page


def test_windows_come_back_where_they_were(qtbot: QtBot, opened: OpenWindow) -> None:
    for name in ("guide", "rounds"):
        opened.lab.pages.show(name).setGeometry(60, 70, 641, 503)
    opened.window.close()
    again = opened.again()
    for name in ("guide", "rounds"):
        assert again.pages.show(name).geometry().getRect() == (60, 70, 641, 503)


@pytest.fixture
def widgets(opened: OpenWindow, qtbot: QtBot) -> list[QWidget]:
    """Returns all widgets of all windows."""
    opened.begin()
    opened.window.run_bar.set_class_names("0123456789")
    pages = [opened.lab.pages.show(name) for name in PAGES_OF_THE_WINDOW]
    dialog = RecordedLayersDialog(info("net"), LAYERS, opened.window)
    windows = [opened.window, *pages, dialog, SlotMenu(opened.window)]
    return [widget for window in windows for widget in (window, *window.findChildren(QWidget))]


def texts_of(widgets: list[QWidget]) -> Iterator[str]:
    """Yields every text that a control, a menu, a heading or a label of `widgets` shows."""
    for widget in widgets:
        yield from (action.text() for action in widget.findChildren(QAction))
        match widget:
            case QAbstractButton() | QLabel():
                yield widget.text()
            case QComboBox():
                yield from (widget.itemText(index) for index in range(widget.count()))
            case QMenu():
                yield widget.title()
            case QDockWidget():
                yield widget.windowTitle()
            case QTabBar():
                yield from (widget.tabText(index) for index in range(widget.count()))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub("[&●○]", "", text)).strip().rstrip("…")


def keys_of(widgets: list[QWidget]) -> set[str]:
    sequences = [
        sequence
        for widget in widgets
        for thing in (*widget.findChildren(QAction), *widget.findChildren(QShortcut))
        for sequence in (thing.shortcuts() if isinstance(thing, QAction) else thing.keys())
    ]
    return {sequence.toString(QKeySequence.SequenceFormat.PortableText) for sequence in sequences}


def test_every_control_and_key_that_the_guide_sets_in_bold_exists(widgets: list[QWidget]) -> None:
    texts = {plain(text) for text in texts_of(widgets)} | SOMETIMES
    keys = {key.casefold() for key in keys_of(widgets)}
    missing = [
        f"{page.name}: {bold}"
        for page in PAGES
        for bold in re.findall(r"\*\*(.+?)\*\*", CODE_BLOCK.sub("", page.read_text(encoding="utf-8")), re.S)
        if plain(bold) not in texts and bold.casefold() not in keys
    ]
    assert not missing, "\n".join(missing)


def test_every_key_that_the_guide_or_the_program_names_exists(widgets: list[QWidget]) -> None:
    known = {key.casefold() for key in keys_of(widgets)} | KEYS_OF_WIDGETS
    package = Path(fooler_gui.__file__).parent
    named = {
        (source.name, key)
        for source in (*PAGES, *(file for room in ("core", "features") for file in (package / room).rglob("*.py")))
        for key in KEY.findall(source.read_text(encoding="utf-8").replace("**", ""))
    }
    assert {("keys.md", "F11"), ("lessons.py", "Ctrl+Shift+R"), ("tour_steps.py", "F1")} <= named
    assert [(name, key) for name, key in named if key.casefold() not in known] == []


def test_every_action_with_a_key_stands_on_the_page_of_keys(opened: OpenWindow) -> None:
    told = {key.casefold() for key in re.findall(r"\*\*(.+?)\*\*", (guide_folder() / "keys.md").read_text("utf-8"))}
    keys = {action.shortcut().toString().casefold() for action in opened.window.commands.values()} - {""}
    assert keys - told == set()


def test_every_column_and_row_that_the_guide_explains_exists(widgets: list[QWidget]) -> None:
    heads = {plain(text) for text in texts_of(widgets)}
    for table in (widget for widget in widgets if isinstance(widget, QTableView)):
        model = table.model()
        heads |= {
            plain(str(model.headerData(column, Qt.Orientation.Horizontal))) for column in range(model.columnCount())
        }
    explained = [
        row.split("|")[1].strip()
        for page in PAGES
        for table in TABLE.findall(page.read_text(encoding="utf-8"))
        for row in table.splitlines()
    ]
    assert {"AUPR others +", "Masking", "Test images read right"} <= set(explained)
    assert [head for head in explained if head not in heads] == []


def test_the_list_of_the_guide_is_reached_by_tab_from_the_search(qtbot: QtBot, opened: OpenWindow) -> None:
    guide = opened.lab.pages.show("guide")
    qtbot.waitUntil(guide.isActiveWindow)
    qtbot.keyClick(guide, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(guide.focusWidget(), Qt.Key.Key_Tab)
    assert isinstance(guide.focusWidget(), QListWidget)
    qtbot.keyClick(guide.focusWidget(), Qt.Key.Key_Tab)
    assert isinstance(guide.focusWidget(), GuideView)
