from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QMenu, QPlainTextEdit, QPushButton, QTableView
from pytestqt.qtbot import QtBot
from run_samples import make_spec, make_summary

from fooler_gui.core.arrays import frozen
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_spec import Parent
from fooler_gui.core.run_summary import DAMAGED, IN_PROGRESS, UNFINISHED, RunSummary
from fooler_gui.core.settings import DescentSettings
from fooler_gui.features.runs.run_browser import RunBrowserPage
from fooler_gui.widgets.colours import STAGE
from fooler_gui.widgets.theme import dark_palette

NEWEST = make_summary("/runs/a", id="aaaa1111", begun="2026-03-14T12:00:00+00:00", name="Newest")
MIDDLE = make_summary(
    "/runs/b", id="bbbb1111", begun="2026-03-14T11:00:00+00:00", spec=make_spec((0, 1, 2), rng_seed=3), found=20
)
OLDEST = make_summary("/runs/c", id="cccc1111", begun="2026-03-13T12:00:00+00:00", name="Oldest", notes="Look.")
LOST = make_summary(
    "/runs/d",
    id="",
    begun="2026-03-12T12:00:00+00:00",
    spec=None,
    class_names=(),
    state=DAMAGED,
    problem="It is damaged.",
    lowest=math.nan,
    mean=math.nan,
    thumbnails=frozen(np.empty((0, 1, 1, 1), np.float32)),
)


@pytest.fixture
def page(qtbot: QtBot) -> RunBrowserPage:
    page = RunBrowserPage()
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.set_state(LabState.READY)
    page.show()
    qtbot.waitExposed(page)
    return page


def listed(page: RunBrowserPage, runs: tuple[RunSummary, ...] = (OLDEST, NEWEST, MIDDLE)) -> None:
    page.set_loading(True)
    page.add_summaries(runs)
    page.set_loading(False)


def cells(page: RunBrowserPage) -> list[list[str]]:
    model = table(page).model()
    return [
        [model.index(row, column).data() for column in range(1, model.columnCount())] for row in range(model.rowCount())
    ]


def table(page: RunBrowserPage) -> QTableView:
    return page.findChild(QTableView, "run_table")


def names(page: RunBrowserPage) -> list[str]:
    return [row[0] for row in cells(page)]


def button(page: RunBrowserPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None
    return found


def text(page: RunBrowserPage, name: str) -> str:
    return page.findChild(QLabel, name).text()


def search(page: RunBrowserPage, wanted: str) -> None:
    page.findChild(QLineEdit, "run_search").setText(wanted)


def test_without_runs_it_says_how_to_get_some(page: RunBrowserPage) -> None:
    page.set_loading(True)
    assert text(page, "run_browser_message") == "Reading the runs…"
    page.set_loading(False)
    assert "Press Space in the main window" in text(page, "run_browser_message")
    assert not button(page, "open_run").isEnabled()
    assert "Select a run." in button(page, "delete_run").toolTip()


def test_runs_are_listed_newest_first_and_the_newest_is_selected(page: RunBrowserPage) -> None:
    listed(page)
    assert cells(page) == [
        ["Newest", "✓ finished", "3", "2026-03-14 12:00", "37", "7 of 8", ".9984", "1.2 MB"],
        ["b", "✓ finished", "0–2", "2026-03-14 11:00", "37", "20 of 24", ".9984", "1.2 MB"],
        ["Oldest", "✓ finished", "3", "2026-03-13 12:00", "37", "7 of 8", ".9984", "1.2 MB"],
    ]
    assert text(page, "run_count") == "3 runs"
    assert page.findChild(QLineEdit, "run_name").text() == "Newest"


def test_a_damaged_run_shows_what_is_known_of_it_and_can_only_be_deleted(page: RunBrowserPage) -> None:
    listed(page, (LOST,))
    assert cells(page) == [["d", "✗ damaged", "–", "2026-03-12 12:00", "–", "–", "–", "1.2 MB"]]
    assert text(page, "run_sentence") == "It is damaged."
    for name in ("open_run", "repeat_run", "branch_run", "compare_run", "export_run", "ask_run"):
        assert "The run is damaged." in button(page, name).toolTip()
    assert button(page, "delete_run").isEnabled()
    assert not page.findChild(QLabel, "run_fact_seed").isVisible()
    assert not page.findChild(QPlainTextEdit, "run_notes").isEnabled()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("seed 3", ["b"]), ("digit 3", ["Newest", "Oldest"]), ("look", ["Oldest"]), ("2026-03-14", ["Newest", "b"])],
)
def test_search_shows_what_matches(page: RunBrowserPage, wanted: str, found: list[str]) -> None:
    listed(page)
    search(page, wanted)
    assert names(page) == found
    assert text(page, "run_count") == f"{len(found)} of 3 runs"


def test_a_search_without_result_says_so_and_can_be_taken_back(page: RunBrowserPage) -> None:
    listed(page)
    search(page, "zebra")
    assert text(page, "run_browser_message") == "No run matches “zebra”."
    assert text(page, "run_selection") == "Select a run to see its details."
    search(page, "")
    assert len(names(page)) == 3
    assert page.findChild(QLineEdit, "run_name").text() == "Newest"


def test_the_columns_sort(page: RunBrowserPage) -> None:
    listed(page)
    table(page).sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert names(page) == ["Newest", "Oldest", "b"]
    table(page).sortByColumn(6, Qt.SortOrder.DescendingOrder)
    assert names(page)[0] == "b"


def test_buttons_ask_for_the_selected_run(page: RunBrowserPage, qtbot: QtBot) -> None:
    listed(page)
    page.set_on_screen("/runs/b")
    for name, signal in (
        ("open_run", page.open_requested),
        ("repeat_run", page.repeat_requested),
        ("branch_run", page.branch_requested),
        ("compare_run", page.compare_requested),
        ("export_run", page.export_requested),
        ("ask_run", page.ask_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            button(page, name).click()
        assert asked.args == ["/runs/a"]
    with qtbot.waitSignal(page.delete_requested) as asked:
        button(page, "delete_run").click()
    assert asked.args == [["/runs/a"]]


def test_only_another_run_than_that_on_screen_can_be_compared(page: RunBrowserPage) -> None:
    listed(page)
    assert "There is no run on screen." in button(page, "compare_run").toolTip()
    page.set_on_screen("/runs/a")
    assert "This is the run on screen." in button(page, "compare_run").toolTip()
    assert cells(page)[0][1] == "▶ on screen"
    page.set_on_screen("/runs/b")
    assert button(page, "compare_run").isEnabled()
    assert [row[1] for row in cells(page)] == ["✓ finished", "▶ on screen", "✓ finished"]


def test_while_the_lab_is_busy_runs_can_be_looked_at_but_not_opened(page: RunBrowserPage) -> None:
    listed(page)
    page.set_state(LabState.BACKWORKING)
    for name in ("open_run", "repeat_run", "branch_run"):
        assert "Wait until the run ends" in button(page, name).toolTip()
    assert button(page, "export_run").isEnabled()
    assert button(page, "delete_run").isEnabled()


def test_without_a_classifier_runs_are_not_opened(page: RunBrowserPage) -> None:
    listed(page)
    page.set_state(LabState.UNTRAINED)
    assert "There is no classifier yet." in button(page, "open_run").toolTip()
    assert not button(page, "open_run").isEnabled()


def test_a_run_in_progress_is_left_alone(page: RunBrowserPage) -> None:
    listed(page, (dataclasses.replace(NEWEST, state=IN_PROGRESS),))
    assert "cannot be deleted" in button(page, "delete_run").toolTip()
    assert "Wait until the run has ended." in button(page, "repeat_run").toolTip()
    assert not page.findChild(QLineEdit, "run_name").isEnabled()
    page.add_summaries([dataclasses.replace(NEWEST, state=UNFINISHED)])
    assert button(page, "delete_run").isEnabled()
    assert cells(page)[0][1] == "⚠ unfinished"


def test_several_runs_are_deleted_together(page: RunBrowserPage, qtbot: QtBot) -> None:
    listed(page)
    table(page).selectAll()
    assert text(page, "run_selection") == "3 runs selected · 3.7 MB"
    assert "Select only one run." in button(page, "open_run").toolTip()
    with qtbot.waitSignal(page.delete_requested) as asked:
        QTest.keyClick(table(page), Qt.Key.Key_Delete)
    assert asked.args == [["/runs/a", "/runs/b", "/runs/c"]]
    page.remove(["/runs/a", "/runs/c"])
    assert names(page) == ["b"]
    assert page.findChild(QLineEdit, "run_name").placeholderText() == "b"


def test_the_run_after_a_deleted_one_is_selected(page: RunBrowserPage) -> None:
    listed(page)
    page.select("/runs/b")
    page.remove(["/runs/b"])
    assert page.findChild(QLineEdit, "run_name").text() == "Oldest"


def test_return_and_double_click_open(page: RunBrowserPage, qtbot: QtBot) -> None:
    listed(page)
    page.select("/runs/c")
    with qtbot.waitSignal(page.open_requested) as asked:
        QTest.keyClick(table(page), Qt.Key.Key_Return)
    assert asked.args == ["/runs/c"]
    place = table(page).visualRect(table(page).model().index(1, 1)).center()
    viewport = table(page).viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(page.open_requested) as asked:
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert asked.args == ["/runs/b"]


def test_a_run_is_named_beside_its_images_and_in_the_table(page: RunBrowserPage, qtbot: QtBot) -> None:
    listed(page)
    field = page.findChild(QLineEdit, "run_name")
    field.selectAll()
    QTest.keyClicks(field, "Strong")
    with qtbot.waitSignal(page.rename_requested) as asked:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert asked.args == ["/runs/a", "Strong"]
    assert names(page)[0] == "Newest"
    page.add_summaries([dataclasses.replace(NEWEST, name="Strong")])
    assert names(page)[0] == "Strong"

    table(page).setFocus()
    QTest.keyClick(table(page), Qt.Key.Key_F2)
    editor = table(page).findChild(QLineEdit)
    assert editor.text() == "Strong"
    editor.setText("Stronger")
    with qtbot.waitSignal(page.rename_requested) as asked:
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert asked.args == ["/runs/a", "Stronger"]


def test_notes_are_saved_when_they_are_left(page: RunBrowserPage, qtbot: QtBot) -> None:
    listed(page)
    page.activateWindow()
    notes = page.findChild(QPlainTextEdit, "run_notes")
    notes.setFocus()
    QTest.keyClicks(notes, "Alike.")
    with qtbot.waitSignal(page.notes_changed) as changed:
        table(page).setFocus()
    assert changed.args == ["/runs/a", "Alike."]
    page.add_summaries([dataclasses.replace(NEWEST, notes="Alike.")])
    with qtbot.assertNotEmitted(page.notes_changed):
        notes.setFocus()
        table(page).setFocus()


def test_notes_count_when_another_run_is_selected_or_the_page_is_closed(page: RunBrowserPage, qtbot: QtBot) -> None:
    listed(page)
    notes = page.findChild(QPlainTextEdit, "run_notes")
    QTest.keyClicks(notes, "One.")
    with qtbot.waitSignal(page.notes_changed) as changed:
        page.select("/runs/c")
    assert changed.args == ["/runs/a", "One."]
    assert notes.toPlainText() == "Look."
    QTest.keyClicks(notes, "Two. ")
    with qtbot.waitSignal(page.notes_changed) as changed:
        page.close()
    assert changed.args == ["/runs/c", "Two. Look."]


def test_notes_that_are_being_written_stay_while_the_run_is_read_again(page: RunBrowserPage) -> None:
    listed(page)
    notes = page.findChild(QPlainTextEdit, "run_notes")
    QTest.keyClicks(notes, "Half")
    page.add_summaries([dataclasses.replace(NEWEST, steps=38)])
    assert notes.toPlainText() == "Half"


def test_notes_are_not_written_for_merely_being_looked_at(page: RunBrowserPage, qtbot: QtBot) -> None:
    listed(page, (dataclasses.replace(NEWEST, notes="One.\r\nTwo\u00a0."), OLDEST))
    with qtbot.assertNotEmitted(page.notes_changed):
        page.select("/runs/c")
        page.select("/runs/a")
        page.close()


def test_notes_have_an_end(page: RunBrowserPage) -> None:
    listed(page)
    notes = page.findChild(QPlainTextEdit, "run_notes")
    notes.setPlainText("a" * 10_005)
    assert len(notes.toPlainText()) == 10_000


def test_the_details_tell_how_a_run_was_made(page: RunBrowserPage) -> None:
    spec = make_spec(
        (3, 4),
        rng_seed=9,
        start="branch",
        parent=Parent(run="cccc1111", step=1200),
        descent=DescentSettings(max_steps=1000, keep_refining=True),
    )
    listed(page, (dataclasses.replace(NEWEST, spec=spec, found=15), OLDEST))
    facts = {
        name: text(page, f"run_fact_{name}") for name in ("labels", "found", "seed", "settings", "duration", "method")
    }
    assert facts == {
        "labels": "3, 4 · 8 images each",
        "found": "15 of 16",
        "seed": "9",
        "settings": "At most 1,000 steps · Keep refining after the stop",
        "duration": "37 steps · 2 s",
        "method": "the article's",
    }
    assert text(page, "run_fact_coefficients").startswith(
        "misclassification 10, reference 0.5, batch 0.5, closeness 0, total variation 0, inputs 1e-5"
    )
    start = page.findChild(QLabel, "run_fact_start")
    assert start.text() == 'branched from <a href="cccc1111">Oldest</a> at step 1,200'
    search(page, "newest")
    start.linkActivated.emit("cccc1111")
    assert page.findChild(QLineEdit, "run_name").text() == "Oldest"


def test_a_parent_that_is_not_listed_is_shown_by_its_id(page: RunBrowserPage) -> None:
    spec = make_spec(start="branch", parent=Parent(run="<b>0123456789abcdef", step=4))
    listed(page, (dataclasses.replace(NEWEST, spec=spec),))
    assert text(page, "run_fact_start") == "branched from run &lt;b&gt;012345678, which is not listed, at step 4"


def test_words_of_strangers_are_shown_as_they_are(page: RunBrowserPage) -> None:
    listed(page, (dataclasses.replace(LOST, problem="<img src=x> is damaged."),))
    assert page.findChild(QLabel, "run_sentence").textFormat() is Qt.TextFormat.PlainText


def test_thumbnails_are_painted_on_the_stage(page: RunBrowserPage) -> None:
    white = frozen(np.ones((2, 28, 28, 1), np.float32))
    listed(page, (dataclasses.replace(NEWEST, thumbnails=white),))
    rect = table(page).visualRect(table(page).model().index(0, 0))
    shot = table(page).viewport().grab().toImage()
    left, middle = rect.left() + 4, rect.center().y()
    assert shot.pixelColor(left + 15, middle).name() == "#ffffff"
    assert shot.pixelColor(left + 29, middle).name() == STAGE
    assert shot.pixelColor(left + 45, middle).name() == "#ffffff"


@pytest.mark.parametrize("shape", [(1, 28, 28, 3), (3, 48, 20, 1), (8, 5, 40, 2), (1, 1, 1, 1)])
def test_thumbnails_of_every_form_are_shown(page: RunBrowserPage, shape: tuple[int, ...]) -> None:
    listed(page, (dataclasses.replace(NEWEST, thumbnails=frozen(np.full(shape, np.nan, np.float32))),))
    assert not page.grab().isNull()


def test_a_dropped_folder_is_asked_to_be_listed(page: RunBrowserPage, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/runs/elsewhere"), QUrl("https://example.org/run")])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(page.folder_requested) as dropped:
        page.dropEvent(event)
    assert dropped.args == ["/runs/elsewhere"]


def test_a_folder_can_be_chosen(page: RunBrowserPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: "/runs/chosen")
    with qtbot.waitSignal(page.folder_requested) as dropped:
        button(page, "open_run_folder").click()
    assert dropped.args == ["/runs/chosen"]


def test_runs_of_the_same_folder_replace_each_other_and_the_selection_stays(page: RunBrowserPage) -> None:
    listed(page)
    page.select("/runs/b")
    page.add_summaries([dataclasses.replace(MIDDLE, name="Middle"), LOST, NEWEST, NEWEST])
    assert names(page) == ["Newest", "Middle", "Oldest", "d"]
    assert page.findChild(QLineEdit, "run_name").text() == "Middle"


def test_the_menu_of_a_run_offers_what_the_buttons_do(
    page: RunBrowserPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMenu, "popup", lambda *_args: None)
    listed(page)
    table(page).customContextMenuRequested.emit(table(page).visualRect(table(page).model().index(0, 1)).center())
    menu = page.findChild(QMenu, "run_menu")
    actions = {action.text(): action for action in menu.actions()}
    assert not actions["Compare with the run on screen"].isEnabled()
    with qtbot.waitSignal(page.open_requested):
        actions["Open"].trigger()


def test_a_thousand_runs_are_listed_and_only_those_seen_are_drawn(page: RunBrowserPage) -> None:
    runs = [dataclasses.replace(NEWEST, folder=f"/runs/{number}") for number in range(1000)]
    listed(page, tuple(runs))
    page.grab()
    assert len(names(page)) == 1000
    search(page, "seed 1")
    assert text(page, "run_count") == "0 of 1,000 runs"


def test_both_themes_and_tiny_windows_are_painted(page: RunBrowserPage) -> None:
    listed(page)
    light = page.grab().toImage()
    page.setPalette(dark_palette())
    assert page.grab().toImage() != light
    page.resize(200, 120)
    assert not page.grab().isNull()
